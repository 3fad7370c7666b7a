use crate::phone::{House, MOMENT, Phone, decode, share};
use media::{Event, Law, sound};
use model::Digit;

fn digit(c: char) -> Digit {
    Digit::new(c).expect("a key")
}

/// One key as a phone sends it; the numbers of the packets that are sent can be chosen.
fn press(phone: &mut Phone, payload_type: u8, code: u8, packets: std::ops::Range<u16>) {
    for n in packets.clone() {
        let [high, low] = (160 * n.min(5)).to_be_bytes();
        phone.send(payload_type, &[code, if n >= 5 { 0x8A } else { 0x0A }, high, low]);
    }
    phone.timestamp = phone.timestamp.wrapping_add(1600);
}

#[test]
fn a_key_is_told_once_and_reaches_the_peer_under_its_own_payload_type() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 96");
    let (b, bob) = house.call("8 97");
    a.bridge(&b);
    press(&mut alice, 96, 5, 1..8);
    assert_eq!(house.event(), Event::Digit { tag: 1, digit: digit('5') });
    assert_eq!(house.event_within(MOMENT), None);
    let heard: Vec<_> = (0..7).map(|_| bob.hear()).collect();
    assert!(heard.iter().all(|(h, p)| h.payload_type == 97 && h.timestamp == heard[0].0.timestamp && p[0] == 5));
}

#[test]
fn a_key_during_a_prompt_is_told_and_a_key_without_an_end_too() {
    let mut house = House::new();
    let (leg, mut phone) = house.call("0 101");
    leg.play(std::sync::Arc::new(sound::ringback()), true);
    phone.hear();
    press(&mut phone, 101, 11, 1..8);
    assert_eq!(house.event(), Event::Digit { tag: 1, digit: digit('#') });
    press(&mut phone, 101, 0, 1..4);
    assert_eq!(house.event(), Event::Digit { tag: 1, digit: digit('0') });
    assert_eq!(house.event_within(MOMENT), None);
}

#[test]
fn a_key_acts_while_it_is_down_and_who_it_brings_does_not_hear_the_rest() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 96");
    let (b, bob) = house.call("0 97");
    let began = alice.timestamp;
    press(&mut alice, 96, 1, 1..3);
    assert_eq!(house.event(), Event::Digit { tag: 1, digit: digit('1') });
    a.bridge(&b);
    house.settle(&a);
    alice.timestamp = began;
    press(&mut alice, 96, 1, 3..8);
    alice.say(0, &[7; 160]);
    let (header, sound) = bob.hear();
    assert_eq!((header.payload_type, sound), (0, vec![7; 160]));
    press(&mut alice, 96, 2, 1..8);
    assert_eq!(house.event(), Event::Digit { tag: 1, digit: digit('2') });
    assert_eq!(bob.hear().0.payload_type, 97, "the next key is for both");
}

#[test]
fn tones_are_keys_only_where_no_events_were_agreed_on() {
    for (formats, told) in [("0", true), ("0 101", false)] {
        let mut house = House::new();
        let (_leg, mut phone) = house.call(formats);
        let (low, high) = (sound::tone(770.0, 100), sound::tone(1336.0, 100));
        let mut pcm: Vec<i16> = low.pcm().iter().zip(high.pcm()).map(|(l, h)| l + h).collect();
        pcm.resize(1600, 0);
        for frame in sound::Sound::from_pcm(pcm).coded(Law::Mu).chunks(160) {
            phone.say(0, frame);
        }
        let want = told.then_some(Event::Digit { tag: 1, digit: digit('5') });
        assert_eq!(house.event_within(MOMENT * 2), want, "{formats}");
    }
}

#[test]
fn our_keys_go_out_as_events() {
    let mut house = House::new();
    let (leg, phone) = house.call("0 99");
    leg.send_digit(digit('4'));
    leg.send_digit(digit('*'));
    for code in [4, 10] {
        let packets: Vec<_> = (0..8).map(|_| phone.hear()).collect();
        let first = &packets[0].0;
        assert!(first.marker && packets[1..].iter().all(|(h, _)| !h.marker));
        assert!(packets.iter().all(|(h, p)| h.payload_type == 99 && h.timestamp == first.timestamp && p[0] == code));
        assert_eq!(packets.iter().map(|(_, p)| p[1] >> 7).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1, 1, 1]);
        assert_eq!(packets[7].1[2..], 800u16.to_be_bytes());
    }
}

#[test]
fn keys_reach_a_phone_without_events_as_tones() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, bob) = house.call("8");
    a.bridge(&b);
    press(&mut alice, 101, 3, 1..8);
    let packets: Vec<_> = (0..5).map(|_| bob.hear()).collect();
    let pcm = decode(Law::A, &packets.iter().flat_map(|(_, p)| p.clone()).collect::<Vec<_>>());
    assert!(share(&pcm, 697.0) > 0.4 && share(&pcm, 1477.0) > 0.4);
    b.send_digit(digit('0'));
    let pcm = decode(Law::A, &(0..8).flat_map(|_| bob.hear().1).collect::<Vec<_>>());
    assert!(share(&pcm[480..1280], 941.0) > 0.4 && share(&pcm[480..1280], 1336.0) > 0.4);
}
