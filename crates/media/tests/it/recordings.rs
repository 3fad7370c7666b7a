use crate::phone::{House, Phone, pace, share};
use media::{Config, Event, Law, Leg, sound};
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("alo-{name}-{}", std::process::id()));
    // Left over from a run that was killed.
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

struct Pair {
    a: Leg,
    alice: Phone,
    b: Leg,
    bob: Phone,
}

/// An A-law and a µ-law phone talking to each other.
fn pair(house: &mut House) -> Pair {
    let (a, alice) = house.call("8 101");
    let (b, bob) = house.call("0 101");
    a.bridge(&b);
    Pair { a, alice, b, bob }
}

/// Alice says 1 kHz and Bob 440 Hz, for so many packets of 20 ms.
fn talk(pair: &mut Pair, packets: u32) {
    let (high, low) = (sound::tone(1000.0, 1000), sound::tone(440.0, 1000));
    pace(packets, |tick| {
        let at = tick as usize % 50 * 160;
        pair.alice.say(8, &high.coded(Law::A)[at..at + 160]);
        pair.bob.say(0, &low.coded(Law::Mu)[at..at + 160]);
    });
}

fn channels(wav: &[u8]) -> (Vec<i16>, Vec<i16>) {
    wav[44..].chunks_exact(4).map(|b| (i16::from_le_bytes([b[0], b[1]]), i16::from_le_bytes([b[2], b[3]]))).unzip()
}

fn recorded(house: &mut House) -> (PathBuf, u64, u64, bool) {
    loop {
        if let Event::Recorded { tag: 1, path, bytes, duration_ms, complete } = house.event() {
            return (path, bytes, duration_ms, complete);
        }
    }
}

#[test]
fn each_side_is_in_its_channel_and_a_pause_is_silence() {
    let mut house = House::new();
    let mut pair = pair(&mut house);
    let path = folder("stereo").join("deep/call.wav");
    pair.a.record(&pair.b, path.clone());
    talk(&mut pair, 40);
    pace(15, |_| {});
    pair.alice.timestamp += 15 * 160;
    pair.bob.timestamp += 15 * 160;
    talk(&mut pair, 40);
    assert_eq!(house.media.counts().recordings, 1);
    pair.a.stop_record();
    let (told, bytes, duration_ms, complete) = recorded(&mut house);
    assert_eq!((told, complete, house.media.counts().recordings), (path.clone(), true, 0));
    assert!((1800..2300).contains(&duration_ms), "{duration_ms}");
    let wav = std::fs::read(&path).expect("the file");
    assert_eq!(wav.len() as u64, bytes);
    assert_eq!(sound::load(wav.clone()).map(|s| s.pcm().len() as u64 / 8), Ok(duration_ms));
    let (left, right) = channels(&wav);
    for spoken in [800..5600, 10_400..14_400] {
        assert!(share(&left[spoken.clone()], 1000.0) > 0.9, "{}", share(&left[spoken.clone()], 1000.0));
        assert!(share(&right[spoken.clone()], 440.0) > 0.9);
        assert!(share(&left[spoken.clone()], 440.0) < 0.05 && share(&right[spoken], 1000.0) < 0.05);
    }
    assert!(left[7200..8000].iter().chain(&right[7200..8000]).all(|s| s.abs() <= 8));
    assert_eq!(sound::recover(&path).map(|r| r.mended).ok(), Some(false));
    std::fs::remove_dir_all(folder("stereo")).ok();
}

#[test]
fn a_recording_of_a_killed_process_is_mended() {
    let mut house = House::new();
    let mut pair = pair(&mut house);
    let folder = folder("killed");
    let path = folder.join("call.wav");
    pair.a.record(&pair.b, path.clone());
    talk(&mut pair, 75);
    // What a kill would leave behind: the file as it is on disk now.
    let copy = folder.join("copy.wav");
    std::fs::copy(&path, &copy).expect("a file that is being written");
    let found = sound::recover(&copy).expect("a recording");
    assert!(found.mended && found.duration_ms >= 1000, "{found:?}");
    let (left, right) = channels(&std::fs::read(&copy).expect("the copy"));
    assert!(share(&left[800..8000], 1000.0) > 0.9 && share(&right[800..8000], 440.0) > 0.9);
    drop(pair);
    assert!(recorded(&mut house).3, "the end of a leg ends its recording in order");
    std::fs::remove_dir_all(folder).ok();
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_call() {
    let folder = folder("full");
    std::fs::create_dir_all(&folder).expect("a folder");
    // Neither a folder that is a file nor a file that exists can be recorded to.
    std::fs::write(folder.join("taken.wav"), b"precious").expect("a file");
    for path in [folder.join("taken.wav/call.wav"), folder.join("taken.wav")] {
        let mut house = House::with(Config::default());
        let mut pair = pair(&mut house);
        pair.a.record(&pair.b, path.clone());
        assert_eq!(recorded(&mut house), (path, 0, 0, false));
        pair.alice.say(8, &[1; 160]);
        pair.bob.hear();
        talk(&mut pair, 40);
        assert_eq!(house.media.counts().recordings, 0);
    }
    assert_eq!(std::fs::read(folder.join("taken.wav")).ok().as_deref(), Some(&b"precious"[..]));
    std::fs::remove_dir_all(folder).ok();
}

#[test]
fn one_leg_can_be_recorded_twice_and_its_peer_may_go_first() {
    let mut house = House::new();
    let mut pair = pair(&mut house);
    let folder = folder("twice");
    pair.a.record(&pair.b, folder.join("1.wav"));
    talk(&mut pair, 5);
    pair.a.record(&pair.b, folder.join("2.wav"));
    assert_eq!(recorded(&mut house).0, folder.join("1.wav"));
    talk(&mut pair, 5);
    let Pair { a, b, .. } = pair;
    house.quality(b);
    drop(a);
    let (path, _, duration_ms, complete) = recorded(&mut house);
    assert_eq!((path, complete), (folder.join("2.wav"), true));
    assert!(duration_ms >= 80);
    std::fs::remove_dir_all(folder).ok();
}

#[test]
fn another_leg_takes_the_place_of_the_one_that_leaves_on_either_side() {
    let low = sound::tone(440.0, 1000);
    // Who stays keeps its channel: Alice the left one, Bob the right one.
    for alice_stays in [true, false] {
        let mut house = House::new();
        let mut pair = pair(&mut house);
        let (c, mut carol) = house.call("0 101");
        let path = folder("beside").join(format!("{alice_stays}.wav"));
        pair.a.record(&pair.b, path.clone());
        talk(&mut pair, 40);
        let Pair { a, mut alice, b, mut bob } = pair;
        let (stays, goes) = if alice_stays { (a, b) } else { (b, a) };
        stays.record_beside(&c);
        stays.bridge(&c);
        goes.close();
        assert_eq!(house.media.counts().recordings, 1, "it goes on");
        pace(40, |tick| {
            let at = tick as usize % 50 * 160;
            match alice_stays {
                true => alice.say(8, &sound::tone(1000.0, 1000).coded(Law::A)[at..at + 160]),
                false => bob.say(0, &low.coded(Law::Mu)[at..at + 160]),
            }
            carol.say(0, &sound::tone(1700.0, 1000).coded(Law::Mu)[at..at + 160]);
        });
        // It ends with its left side.
        let owner = if alice_stays { stays } else { c };
        owner.stop_record();
        let tag = if alice_stays { 1 } else { 3 };
        let end = loop {
            if let Event::Recorded { tag, complete, .. } = house.event() {
                break (tag, complete);
            }
        };
        assert_eq!(end, (tag, true), "its owner is told");
        let (left, right) = channels(&std::fs::read(&path).expect("a file"));
        // The last half second.
        let late = 4_000;
        let tones = if alice_stays { [1000.0, 1700.0] } else { [1700.0, 440.0] };
        for (channel, tone) in [left, right].iter().zip(tones) {
            let part = &channel[channel.len() - late..];
            assert!(share(part, tone) > 0.9, "{tone} Hz has {} of the end", share(part, tone));
        }
    }
}

#[test]
fn what_is_said_in_a_pause_is_not_recorded() {
    let mut house = House::new();
    let mut pair = pair(&mut house);
    let path = folder("pause").join("call.wav");
    pair.a.record(&pair.b, path.clone());
    talk(&mut pair, 30);
    // Either side may say it.
    pair.b.pause_record(true);
    talk(&mut pair, 40);
    pair.a.pause_record(false);
    talk(&mut pair, 30);
    pair.a.stop_record();
    assert!(recorded(&mut house).3);
    let (left, right) = channels(&std::fs::read(&path).expect("the file"));
    for (side, hz) in [(&left, 1000.0), (&right, 440.0)] {
        assert!(share(&side[800..4000], hz) > 0.9 && share(&side[12_800..15_200], hz) > 0.9);
        assert!(side[5600..10_400].iter().all(|sample| sample.abs() <= 8), "the pause is silence");
    }
    std::fs::remove_dir_all(folder("pause")).ok();
}
