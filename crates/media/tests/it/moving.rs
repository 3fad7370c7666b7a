//! Legs that move from one media thread to another.

use crate::phone::{House, PATIENCE, Phone, decode, share};
use media::{Config, Event, Law, Leg, sound};
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Tells of each packet that is taken.
struct Count(Mutex<Sender<()>>);

impl media::Tap for Count {
    fn packet(&self, _: Instant, _sent: bool, _local: SocketAddr, _remote: SocketAddr, _packet: &[u8]) {
        // The test may have seen enough.
        let _ = self.0.lock().expect("not poisoned").send(());
    }
}

fn house(threads: usize) -> House {
    House::with(Config { threads, ..Config::default() })
}

/// Half a second of a tone from each phone; each hears the other's and not its own.
fn hear_each_other(alice: &mut Phone, bob: &mut Phone) {
    let (high, low) = (sound::tone(1000.0, 500), sound::tone(440.0, 500));
    let (mut at_alice, mut at_bob) = (Vec::new(), Vec::new());
    for n in 0..25 {
        alice.say(0, &high.coded(Law::Mu)[n * 160..][..160]);
        at_bob.extend(bob.hear().1);
        bob.say(0, &low.coded(Law::Mu)[n * 160..][..160]);
        at_alice.extend(alice.hear().1);
    }
    let (at_bob, at_alice) = (decode(Law::Mu, &at_bob), decode(Law::Mu, &at_alice));
    assert!(share(&at_bob, 1000.0) > 0.99 && share(&at_alice, 440.0) > 0.99);
}

#[test]
fn legs_of_two_threads_are_joined_when_one_moves() {
    let mut house = house(2);
    let (a, mut alice) = house.call("0 101");
    let (mut b, mut bob) = house.call("0 101");
    b.move_beside(&a);
    a.bridge(&b);
    house.settle(&b);
    hear_each_other(&mut alice, &mut bob);
    // Whatever is said of it from now on is said to its new thread.
    b.unbridge();
    b.play(Arc::new(sound::tone(600.0, 100)), false);
    assert!(share(&decode(Law::Mu, &bob.hear().1), 600.0) > 0.9);
    while !matches!(house.event(), Event::PlayDone { tag: 2 }) {}
    drop(b);
    assert!(matches!(house.event(), Event::Closed { tag: 2, .. }));
    assert_eq!(house.media.counts().legs, 1);
}

#[test]
fn what_comes_while_a_leg_moves_is_late_and_not_lost() {
    let mut house = house(3);
    let (one, _) = house.call("0");
    let (two, _) = house.call("0");
    let (mut moves, mut bob) = house.call("0 101");
    let (sender, seen) = channel();
    moves.tap(Arc::new(Count(Mutex::new(sender))));
    for n in 0..100 {
        bob.say(0, &[n as u8; 160]);
        moves.move_beside(if n % 2 == 0 { &one } else { &two });
        bob.say(0, &[n as u8; 160]);
    }
    for n in 0..200 {
        assert!(seen.recv_timeout(PATIENCE).is_ok(), "{n} packets were seen");
    }
    let quality = house.quality(moves);
    assert_eq!((quality.rx_packets, quality.lost, quality.foreign_packets), (200, 0, 0));
}

#[test]
fn a_sound_goes_on_across_a_move() {
    let mut house = house(2);
    let (a, _alice) = house.call("0");
    let (mut b, bob) = house.call("0");
    b.play(Arc::new(sound::tone(600.0, 400)), false);
    let first = bob.hear().0;
    b.move_beside(&a);
    let mut last = first.clone();
    for _ in 1..20 {
        let (next, payload) = bob.hear();
        assert_eq!(next.sequence, last.sequence.wrapping_add(1));
        assert_eq!(next.timestamp, last.timestamp.wrapping_add(160));
        assert!(share(&decode(Law::Mu, &payload), 600.0) > 0.9);
        last = next;
    }
    assert!(matches!(house.event(), Event::PlayDone { tag: 2 }));
}

#[test]
fn a_leg_that_moved_is_transcoded_on_its_new_thread() {
    let mut house = house(2);
    let (a, mut alice) = house.call("0 101");
    let (mut b, mut bob) = house.speak("RTP/AVP 9");
    b.move_beside(&a);
    a.bridge(&b);
    house.settle(&b);
    let tone = sound::tone(1000.0, 400);
    for frame in tone.coded(Law::Mu).chunks(160) {
        alice.say(0, frame);
    }
    let (header, payload) = bob.hear();
    assert_eq!((header.payload_type, payload.len()), (9, 160));
    bob.say(9, &payload);
    let (header, payload) = alice.hear();
    assert_eq!((header.payload_type, payload.len()), (0, 160));
}

#[test]
fn legs_that_move_towards_each_other_do_not_wait_for_each_other() {
    let mut house = house(3);
    let (mut legs, mut phones): (Vec<Leg>, Vec<Phone>) = (0..4).map(|_| house.call("0 101")).unzip();
    let mut dice = 7usize;
    for _ in 0..300 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (who, to) = ((dice >> 33) % 4, (dice >> 40) % 4);
        if who == to {
            continue;
        }
        let mut leg = legs.remove(who);
        let beside = &legs[to % 3];
        leg.move_beside(beside);
        leg.bridge(beside);
        legs.insert(who, leg);
    }
    let mut last = legs.remove(3);
    last.move_beside(&legs[0]);
    last.bridge(&legs[0]);
    house.settle(&last);
    let mut bob = phones.remove(3);
    hear_each_other(&mut phones[0], &mut bob);
    drop((legs, last));
    for _ in 0..4 {
        assert!(matches!(house.event(), Event::Closed { .. }));
    }
    assert_eq!((house.media.counts().legs, house.media.dead_threads()), (0, 0));
}
