use crate::phone::{House, PATIENCE, Phone, decode, pace, share};
use media::rtp::Header;
use media::{Codec, Event, Law, sound};
use model::Digit;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The phone says a tone in G.711 for so many packets, in real time; what the other hears meanwhile.
fn talk(alice: &mut Phone, bob: &Phone, hz: f64, packets: u32) -> Vec<(Header, Vec<u8>)> {
    let tone = sound::tone(hz, 1000);
    let mut heard = Vec::new();
    pace(packets, |tick| {
        let at = tick as usize % 50 * 160;
        alice.say(8, &tone.coded(Law::A)[at..at + 160]);
        heard.extend(std::iter::from_fn(|| bob.hear_within(Duration::from_millis(1))));
    });
    heard.extend(std::iter::from_fn(|| bob.hear_within(Duration::from_millis(200))));
    heard
}

fn sound_of(heard: &[(Header, Vec<u8>)]) -> Vec<i16> {
    decode(Law::A, &heard.iter().flat_map(|(_, p)| p.clone()).collect::<Vec<_>>())
}

fn level(pcm: &[i16]) -> f64 {
    (pcm.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
}

#[test]
fn a_tone_crosses_each_codec_both_ways_with_its_level() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut house = House::new();
        let (near, mut alice) = house.call("8 101");
        let (far, mut bob) = house.call("8 101");
        let (one, other) = house.line(codec);
        near.bridge(&one);
        other.bridge(&far);
        for hz in [440.0, 1000.0] {
            let (talker, listener) = if hz == 440.0 { (&mut alice, &bob) } else { (&mut bob, &alice) };
            let heard = talk(talker, listener, hz, 60);
            assert!(heard.len() >= 55, "{codec:?}: {} packets", heard.len());
            for pair in heard.windows(2) {
                assert_eq!(pair[1].0.sequence, pair[0].0.sequence.wrapping_add(1), "{codec:?}");
                assert_eq!(pair[1].0.timestamp, pair[0].0.timestamp.wrapping_add(160), "{codec:?}");
            }
            let pcm = sound_of(&heard);
            let pcm = &pcm[2400..8000];
            let gain = level(pcm) / level(&sound::tone(hz, 1000).pcm()[..5600]);
            assert!(share(pcm, hz) > 0.95, "{codec:?} {hz}: {}", share(pcm, hz));
            assert!((0.85..1.15).contains(&gain), "{codec:?} {hz}: {gain}");
        }
        let quality = house.quality(one);
        assert_eq!((quality.codec, quality.lost), (Some(codec), 0));
        assert!(quality.jitter_ms < 60.0, "{quality:?}");
    }
}

#[test]
fn two_legs_of_one_codec_are_relayed_untouched() {
    for (audio, payload_type) in
        [("RTP/AVP 9", 9), ("RTP/AVP 18", 18), ("RTP/AVP 111\r\na=rtpmap:111 opus/48000/2", 111)]
    {
        let mut house = House::new();
        let (a, mut alice) = house.speak(audio);
        let (b, bob) = house.speak(audio);
        a.bridge(&b);
        for n in 0..5 {
            alice.send(payload_type, &[n; 33]);
            let (header, payload) = bob.hear();
            assert_eq!((header.payload_type, payload), (payload_type, vec![n; 33]));
        }
    }
}

#[test]
fn sounds_and_keys_of_ours_reach_every_codec() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut house = House::new();
        let (one, other) = house.line(codec);
        let (far, bob) = house.call("8 101");
        other.bridge(&far);
        one.play(Arc::new(sound::tone(1000.0, 600)), false);
        let heard: Vec<_> = (0..29).map(|_| bob.hear()).collect();
        assert!(share(&sound_of(&heard)[1600..4000], 1000.0) > 0.95);
        one.send_digit(Digit::new('7').expect("a key"));
        let mut digits = Vec::new();
        while let Some(event) = house.event_within(Duration::from_millis(600)) {
            if let Event::Digit { digit, .. } = event {
                digits.push(digit.as_char());
            }
        }
        assert_eq!(digits, ['7'], "{codec:?}");
        let events: Vec<_> = std::iter::from_fn(|| bob.hear_within(Duration::from_millis(100)))
            .filter(|(h, _)| h.payload_type == 101)
            .collect();
        assert_eq!(events.len(), 8);
        // 100 ms at 8 kHz, whatever clock it had on its way.
        assert_eq!((events[7].1[0], &events[7].1[2..]), (7, &800u16.to_be_bytes()[..]));
        assert!(events.iter().all(|(h, _)| h.timestamp == events[0].0.timestamp));
    }
}

#[test]
fn tones_of_keys_are_heard_in_every_codec() {
    for (audio, codec) in [("RTP/AVP 9", Codec::G722), ("RTP/AVP 111\r\na=rtpmap:111 opus/48000/2", Codec::Opus)] {
        let mut house = House::new();
        // The line has no events: the far leg answers as such a phone.
        let mut listens = house.media.open(50).expect("a leg");
        let (speaks, relay) = house.speak(audio);
        listens
            .accept_offer(
                &format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {} {audio}\r\n", relay.address().port()).into_bytes(),
                None,
            )
            .expect("an answer");
        assert_eq!(listens.codec(), Some(codec));
        speaks.send_digit(Digit::new('5').expect("a key"));
        while let Some((header, payload)) = relay.hear_within(Duration::from_millis(300)) {
            let mut packet = vec![0; 12];
            media::rtp::write(
                packet.first_chunk_mut().expect("room"),
                header.payload_type,
                header.marker,
                header.sequence,
                header.timestamp,
                header.ssrc,
            );
            packet.extend(payload);
            relay.socket.send_to(&packet, listens.local()).expect("sent");
        }
        assert_eq!(
            house.event_within(PATIENCE),
            Some(Event::Digit { tag: 50, digit: Digit::new('5').expect("a key") }),
            "{codec:?}"
        );
    }
}

#[test]
fn a_wide_band_leg_is_recorded_at_its_pitch_and_length() {
    for codec in [Codec::G722, Codec::Opus] {
        let mut house = House::new();
        let (near, mut alice) = house.call("8");
        let (far, bob) = house.call("8");
        let (one, other) = house.line(codec);
        near.bridge(&one);
        other.bridge(&far);
        let path: PathBuf = std::env::temp_dir().join(format!("alo-wide-{}-{codec:?}.wav", std::process::id()));
        far.record(&other, path.clone());
        talk(&mut alice, &bob, 1000.0, 75);
        far.stop_record();
        let (duration, complete) = loop {
            if let Event::Recorded { duration_ms, complete, .. } = house.event() {
                break (duration_ms, complete);
            }
        };
        let wav = std::fs::read(&path).expect("the file");
        std::fs::remove_file(&path).expect("the file");
        assert_eq!((complete, u32::from_le_bytes([wav[24], wav[25], wav[26], wav[27]])), (true, 16_000));
        assert_eq!((wav.len() as u64 - 44) / 64, duration);
        let right: Vec<i16> = wav[44..].chunks_exact(4).map(|b| i16::from_le_bytes([b[2], b[3]])).collect();
        // Every second sample is sound at 8 kHz.
        let right: Vec<i16> = right[8000..20_000].iter().copied().step_by(2).collect();
        assert!(share(&right, 1000.0) > 0.9, "{codec:?}: {}", share(&right, 1000.0));
    }
}

#[test]
fn packets_longer_than_a_phone_takes_are_cut() {
    let mut house = House::new();
    let (a, mut alice) = house.speak("RTP/AVP 8");
    let (b, bob) = house.speak("RTP/AVP 8\r\na=ptime:10\r\na=maxptime:10");
    let (c, carol) = house.speak("RTP/AVP 0\r\na=ptime:60");
    a.bridge(&b);
    let tone = sound::tone(1000.0, 1000);
    for frame in tone.coded(Law::A).chunks_exact(480) {
        alice.say(8, frame);
    }
    let heard: Vec<_> = (0..96).map(|_| bob.hear()).collect();
    assert!(heard.iter().all(|(_, p)| p.len() == 80));
    let sent = &tone.coded(Law::A)[..7680];
    assert_eq!(heard.iter().flat_map(|(_, p)| p.clone()).collect::<Vec<_>>(), sent);
    a.bridge(&c);
    alice.say(8, &tone.coded(Law::A)[..480]);
    assert_eq!(carol.hear().1.len(), 480);
    b.play(Arc::new(sound::tone(440.0, 40)), false);
    assert_eq!((0..4).map(|_| bob.hear().1.len()).collect::<Vec<_>>(), [80; 4]);
}

#[test]
fn a_bad_network_costs_a_transcoded_call_no_more_than_it_lost() {
    let mut house = House::new();
    let (a, mut alice) = house.speak("RTP/AVP 8");
    let (b, bob) = house.speak("RTP/AVP 9");
    a.bridge(&b);
    let tone = sound::tone(1000.0, 2000);
    // One in ten lost, one in twenty doubled, every fifth packet four places late.
    let mut order: Vec<u16> = (0..100).filter(|n| n % 10 != 7).collect();
    for at in (0..order.len() - 4).step_by(5) {
        order[at..at + 5].rotate_left(1);
    }
    let order: Vec<u16> = order.into_iter().flat_map(|n| vec![n; 1 + usize::from(n % 20 == 3)]).collect();
    let (sequence, timestamp) = (alice.sequence, alice.timestamp);
    let mut heard = Vec::new();
    pace(order.len() as u32, |tick| {
        let n = order[tick as usize];
        alice.sequence = sequence.wrapping_add(n);
        alice.timestamp = timestamp.wrapping_add(u32::from(n) * 160);
        alice.send(8, &tone.coded(Law::A)[usize::from(n) * 160..][..160]);
        heard.extend(std::iter::from_fn(|| bob.hear_within(Duration::from_millis(1))));
    });
    heard.extend(std::iter::from_fn(|| bob.hear_within(Duration::from_millis(300))));
    // What was lost is made up for: the listener misses nothing.
    assert!(heard.len() >= 95, "{}", heard.len());
    for pair in heard.windows(2) {
        assert_eq!(pair[1].0.sequence, pair[0].0.sequence.wrapping_add(1));
    }
    let heard_ms = heard.last().map(|(h, _)| h.timestamp.wrapping_sub(heard[0].0.timestamp) / 8);
    assert!(heard_ms.is_some_and(|ms| (1900..2000).contains(&ms)), "{heard_ms:?}");
}

#[test]
fn comfort_noise_goes_on_as_such_or_is_made() {
    let mut house = House::new();
    let (a, mut alice) = house.speak("RTP/AVP 8 13");
    for (audio, wide) in [("RTP/AVP 0 13", false), ("RTP/AVP 9 13", true)] {
        let (b, bob) = house.speak(audio);
        a.bridge(&b);
        house.settle(&a);
        alice.say(8, &[0xD5; 160]);
        bob.hear();
        alice.send(13, &[60]);
        let (header, payload) = bob.hear();
        assert_eq!((header.payload_type, payload), (13, vec![60]), "{wide}");
        alice.timestamp = alice.timestamp.wrapping_add(1600);
    }
    let (b, bob) = house.speak("RTP/AVP 0");
    a.bridge(&b);
    house.settle(&a);
    alice.say(8, &[0xD5; 160]);
    bob.hear();
    alice.send(13, &[50]);
    let noise: Vec<_> = (0..10).map(|_| bob.hear()).collect();
    let pcm = decode(Law::Mu, &noise.iter().flat_map(|(_, p)| p.clone()).collect::<Vec<_>>());
    let db = 20.0 * (level(&pcm) / 32_768.0).log10();
    assert!((-52.0..-46.0).contains(&db), "{db} dBov");
    alice.timestamp = alice.timestamp.wrapping_add(1760);
    alice.say(8, &[0x55; 160]);
    let mut after = bob.hear();
    while after.0.payload_type == 0 && after.1 != bob_hears(&[0x55; 160]) {
        after = bob.hear();
    }
    assert!(bob.is_left_alone(), "the noise ends when the voice is back");
}

/// A-law as a µ-law phone hears it.
fn bob_hears(codes: &[u8]) -> Vec<u8> {
    let mut codes = codes.to_vec();
    media::g711::convert(Law::A, Law::Mu, &mut codes);
    codes
}
