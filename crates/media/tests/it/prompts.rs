use crate::phone::{House, PATIENCE};
use media::sound::{self, Sound};
use media::{Event, Law};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn three_seconds_of_sound_arrive_whole_evenly_and_without_drift() {
    let mut house = House::new();
    let (leg, phone) = house.call("8 101");
    let sound = Arc::new(sound::tone(440.0, 3000));
    let begun = Instant::now();
    leg.play(sound.clone(), false);
    let (mut heard, mut packets, mut arrivals) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..150 {
        let (header, payload) = phone.hear();
        arrivals.push(begun.elapsed());
        packets.push(header);
        heard.extend(payload);
    }
    assert_eq!(heard, sound.coded(Law::A));
    assert!(matches!(house.event(), Event::PlayDone { .. }));
    assert!(phone.is_left_alone());
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp.wrapping_sub(pair[0].timestamp), 160);
    }
    // A machine under load delivers late, never early: the least delay of each half shows the drift.
    let delay = |n: usize| arrivals[n].as_secs_f64() - n as f64 * 0.02;
    let least = |range: std::ops::Range<usize>| range.map(delay).fold(f64::MAX, f64::min);
    let drift = least(75..150) - least(0..75);
    assert!(drift.abs() < 0.02, "{drift} s of drift");
}

#[test]
fn a_sound_can_be_stopped_replaced_and_repeated() {
    let mut house = House::new();
    let (leg, phone) = house.call("8");
    let constant = |sample: i16, ms: usize| Arc::new(Sound::from_pcm(vec![sample; ms * 8]));
    let (one, two) = (constant(1000, 10_000), constant(-9000, 30));
    leg.play(one.clone(), false);
    assert_eq!(phone.hear().1[0], one.coded(Law::A)[0]);
    leg.play(two.clone(), true);
    let wanted = two.coded(Law::A)[0];
    let heard = (0..50).map(|_| phone.hear().1).position(|p| p == [wanted; 160]);
    assert!(heard.is_some_and(|n| n < 3), "{heard:?}");
    for _ in 0..10 {
        assert_eq!(phone.hear().1, [wanted; 160]);
    }
    leg.stop_play();
    while phone.hear_within(Duration::from_millis(100)).is_some() {}
    assert_eq!(house.event_within(Duration::ZERO), None, "neither the replaced nor the stopped sound came to its end");
    leg.play(two, false);
    assert_eq!(phone.hear().1[..160], [wanted; 160]);
    assert!(matches!(house.event_within(PATIENCE), Some(Event::PlayDone { .. })));
}

#[test]
fn a_sound_waits_for_the_negotiation() {
    let mut house = House::new();
    let mut leg = house.media.open(1).expect("a leg");
    let phone = crate::phone::Phone::new(leg.local(), 1);
    leg.play(Arc::new(sound::tone(440.0, 100)), false);
    leg.accept_offer(&phone.describe("0", "sendrecv"), None).expect("an answer");
    for _ in 0..5 {
        assert_eq!(phone.hear().0.payload_type, 0);
    }
    assert!(matches!(house.event(), Event::PlayDone { tag: 1 }));
}

#[test]
fn a_sound_covers_the_peer_and_then_the_peer_is_back() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0");
    let (b, bob) = house.call("0");
    a.bridge(&b);
    b.play(Arc::new(Sound::from_pcm(vec![500; 1600])), false);
    let sound = bob.hear().1;
    alice.say(0, &[9; 160]);
    while !matches!(house.event(), Event::PlayDone { tag: 2 }) {}
    for _ in 1..10 {
        assert_eq!(bob.hear().1, sound);
    }
    alice.say(0, &[8; 160]);
    assert_eq!(bob.hear().1, [8; 160]);
}

#[test]
fn an_empty_sound_is_done_at_once() {
    let mut house = House::new();
    let (leg, _phone) = house.call("0");
    leg.play(Arc::new(Sound::from_pcm(Vec::new())), true);
    assert!(matches!(house.event(), Event::PlayDone { .. }));
}
