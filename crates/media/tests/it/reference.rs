//! Our Opus against the reference library, in the shape of Debian's `opusenc` and `opusdec` (`scripts/deps.sh test`).

use crate::ogg;
use crate::phone::{House, decode};
use media::{Codec, Law, Sound, sound};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

const OPUS: &str = "RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1";

/// Something like a voice: a gliding pitch with overtones, in syllables. One second at 8 kHz begins with 200 ms of silence.
fn voice() -> Vec<i16> {
    let mut phase = 0.0f64;
    (0..16_000)
        .map(|n| {
            let t = f64::from(n) / 8000.0 - 0.2;
            phase += std::f64::consts::TAU * (140.0 + 40.0 * (t * 5.0).sin()) / 8000.0;
            let loud = if t < 0.0 { 0.0 } else { 0.55 + 0.45 * (t * 20.0).sin() };
            let tones: f64 = (1..12).map(|k| (phase * f64::from(k)).sin() / f64::from(k)).sum();
            (tones * loud * 6000.0) as i16
        })
        .collect()
}

/// The delay in samples at which two sounds fit best, and the ratio of signal to difference there in dB.
fn fit(sent: &[i16], heard: &[i16], most: usize) -> (usize, f64) {
    let length = sent.len().min(heard.len()) - most;
    let db = |delay: usize| {
        let (mut signal, mut noise) = (0.0f64, 1.0f64);
        for (a, b) in sent[..length].iter().zip(&heard[delay..]) {
            signal += f64::from(*a).powi(2);
            noise += (f64::from(*a) - f64::from(*b)).powi(2);
        }
        10.0 * (signal / noise).log10()
    };
    (0..most).map(|d| (d, db(d))).max_by(|a, b| a.1.total_cmp(&b.1)).expect("delays")
}

fn level(pcm: &[i16]) -> f64 {
    (pcm.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
}

fn run(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error}; scripts/deps.sh test installs it"));
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
}

struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Files {
        let folder = std::env::temp_dir().join(format!("alo-opus-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Files(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_reference_decoder_hears_what_we_encode() {
    let files = Files::new("decoder");
    let mut house = House::new();
    let (leg, phone) = house.speak(OPUS);
    let sent = voice();
    leg.play(Arc::new(Sound::from_pcm(sent.clone())), false);
    let mut packets = Vec::new();
    for n in 0..100u32 {
        let (header, payload) = phone.hear();
        assert!(payload.len() < 200, "{} bytes", payload.len());
        packets.push((header, payload));
        let (first, last) = (&packets[0].0, &packets[n as usize].0);
        assert_eq!(last.timestamp.wrapping_sub(first.timestamp), n * 960);
        assert_eq!(last.sequence.wrapping_sub(first.sequence), n as u16);
    }
    let bytes: usize = packets.iter().map(|(_, p)| p.len()).sum();
    assert!((10_000..32_000).contains(&(bytes * 4)), "{} bit/s", bytes * 4);
    let packets: Vec<_> = packets.into_iter().map(|(_, p)| p).collect();
    std::fs::write(files.path("ours.opus"), ogg::write(&packets)).expect("a file");
    run("opusdec", &["--quiet", "--rate", "8000", "--no-dither", &files.path("ours.opus"), &files.path("heard.wav")]);
    let heard = sound::load(std::fs::read(files.path("heard.wav")).expect("the sound")).expect("WAV");
    let (delay, db) = fit(&sent, heard.pcm(), 200);
    // A voice coder keeps the sound, not the wave; what is wrong altogether is below 0 dB.
    assert!(db > 5.0, "{db:.1} dB at {delay} samples");
    assert!(delay <= 120, "{delay} samples of delay");
    let gain = level(&heard.pcm()[delay..]) / level(&sent);
    assert!((0.9..1.1).contains(&gain), "{gain}");
}

#[test]
fn we_hear_what_the_reference_encoder_makes() {
    let files = Files::new("encoder");
    let sent = voice();
    std::fs::write(files.path("sent.wav"), sound::to_wav(&Sound::from_pcm(sent.clone()))).expect("a file");
    let (input, output) = (files.path("sent.wav"), files.path("theirs.opus"));
    run("opusenc", &["--quiet", "--bitrate", "32", "--framesize", "20", "--speech", &input, &output]);
    let (packets, skip) = ogg::read(&std::fs::read(output).expect("a file"));
    let mut house = House::new();
    let (near, mut alice) = house.speak(OPUS);
    let (far, bob) = house.speak("RTP/AVP 8");
    near.bridge(&far);
    let mut heard = Vec::new();
    for packet in &packets {
        alice.send(111, packet);
        alice.timestamp = alice.timestamp.wrapping_add(960);
        heard.extend(bob.hear().1);
    }
    assert_eq!(far.codec(), Some(Codec::Pcma));
    let heard = decode(Law::A, &heard);
    let (delay, db) = fit(&sent, &heard, 400);
    assert!(db > 10.0, "{db:.1} dB at {delay} samples");
    // What the encoder says is to be skipped, and at most 10 ms of ours.
    let ours = delay as i64 - skip as i64 / 6;
    assert!((-8..=80).contains(&ours), "{ours} samples of our own delay");
    let gain = level(&heard[delay..]) / level(&sent);
    assert!((0.9..1.1).contains(&gain), "{gain}");
}
