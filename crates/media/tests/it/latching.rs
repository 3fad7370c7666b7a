use crate::phone::{House, MOMENT, Phone, describe};
use std::time::Duration;

/// Longer than the quiet that lets a stream move.
const QUIET: Duration = Duration::from_millis(250);

#[test]
fn nothing_of_a_third_party_is_relayed_and_all_of_it_is_counted() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, bob) = house.call("0 101");
    a.bridge(&b);
    alice.say(0, &[1; 160]);
    bob.hear();
    let mut mallory = Phone::new(alice.server, alice.ssrc);
    for n in 0..100u16 {
        mallory.sequence = alice.sequence.wrapping_add(n);
        mallory.timestamp = alice.timestamp;
        mallory.say(0, &[66; 160]);
        mallory.send(101, &[1, 0x80, 0, 160]);
        mallory.socket.send_to(b"no RTP at all", alice.server).expect("sent");
        // In the middle of it the call goes on.
        alice.say(0, &[2; 160]);
        assert_eq!(bob.hear().1, [2; 160]);
    }
    assert!(bob.is_left_alone());
    assert_eq!(house.event_within(Duration::ZERO), None, "no key of a third party");
    let quality = house.quality(a);
    assert_eq!((quality.rx_packets, quality.foreign_packets), (101, 300));
}

#[test]
fn the_described_source_takes_over_from_whoever_came_first() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0");
    let (b, mut bob) = house.call("0");
    a.bridge(&b);
    let mut early = Phone::new(alice.server, 77);
    early.say(0, &[5; 160]);
    assert_eq!(bob.hear().1, [5; 160]);
    bob.say(0, &[6; 160]);
    assert_eq!(early.hear().1, [6; 160], "symmetric: sound goes where sound comes from");
    alice.say(0, &[1; 160]);
    assert_eq!(bob.hear().1, [1; 160]);
    early.say(0, &[5; 160]);
    assert!(bob.is_left_alone());
    bob.say(0, &[7; 160]);
    assert_eq!(alice.hear().1, [7; 160]);
}

#[test]
fn a_stream_whose_port_changed_is_back_when_the_old_one_is_quiet() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0");
    let (b, mut bob) = house.call("0");
    a.bridge(&b);
    alice.say(0, &[1; 160]);
    bob.hear();
    let mut moved = Phone::new(alice.server, alice.ssrc);
    (moved.sequence, moved.timestamp) = (alice.sequence, alice.timestamp);
    let mut stranger = Phone::new(alice.server, 4711);
    std::thread::sleep(QUIET);
    stranger.say(0, &[66; 160]);
    moved.say(0, &[2; 160]);
    assert_eq!(bob.hear().1, [2; 160]);
    bob.say(0, &[3; 160]);
    assert_eq!(moved.hear().1, [3; 160]);
    assert!(alice.hear_within(MOMENT).is_none());
}

#[test]
fn after_a_negotiation_with_a_new_address_only_that_one_is_heard() {
    let mut house = House::new();
    let (mut a, mut alice) = house.call("0");
    let (b, mut bob) = house.call("0");
    a.bridge(&b);
    alice.say(0, &[1; 160]);
    bob.hear();
    let mut second = Phone::new(alice.server, 5);
    a.accept_offer(&describe(second.address(), "0", "sendrecv"), None).expect("an answer");
    bob.say(0, &[2; 160]);
    assert_eq!(second.hear().1, [2; 160]);
    second.say(0, &[3; 160]);
    assert_eq!(bob.hear().1, [3; 160]);
    alice.say(0, &[4; 160]);
    assert!(bob.is_left_alone());
}

#[test]
fn before_any_negotiation_nobody_is_heard() {
    let mut house = House::new();
    let mut leg = house.media.open(7).expect("a leg");
    let (b, bob) = house.call("0");
    leg.bridge(&b);
    let mut early = Phone::new(leg.local(), 3);
    early.say(0, &[5; 160]);
    assert!(bob.is_left_alone());
    leg.accept_offer(&early.describe("0", "sendrecv"), None).expect("an answer");
    early.say(8, &[6; 160]);
    early.say(0, &[7; 160]);
    assert_eq!(bob.hear().1, [7; 160], "a payload type that was not agreed on is not relayed");
}
