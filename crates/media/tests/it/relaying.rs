use crate::phone::{House, Phone, decode, describe, share};
use media::{Codec, Direction, Law, Offer, sound};
use std::sync::Arc;

#[test]
fn two_tones_cross_a_bridge_untouched() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, mut bob) = house.call("0 101");
    a.bridge(&b);
    let (high, low) = (sound::tone(1000.0, 1000), sound::tone(440.0, 1000));
    let (mut at_alice, mut at_bob) = (Vec::new(), Vec::new());
    for n in 0..50 {
        alice.say(0, &high.coded(Law::Mu)[n * 160..][..160]);
        at_bob.extend(bob.hear().1);
        bob.say(0, &low.coded(Law::Mu)[n * 160..][..160]);
        at_alice.extend(alice.hear().1);
    }
    assert_eq!((&at_bob[..], &at_alice[..]), (high.coded(Law::Mu), low.coded(Law::Mu)));
    let (at_bob, at_alice) = (decode(Law::Mu, &at_bob), decode(Law::Mu, &at_alice));
    assert!(share(&at_bob, 1000.0) > 0.99 && share(&at_bob, 440.0) < 0.01);
    assert!(share(&at_alice, 440.0) > 0.99 && share(&at_alice, 1000.0) < 0.01);
}

#[test]
fn a_law_meets_mu_law() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, mut bob) = house.call("8 101");
    a.bridge(&b);
    let tone = sound::tone(1000.0, 1000);
    for (from, to) in [(Codec::Pcmu, Codec::Pcma), (Codec::Pcma, Codec::Pcmu)] {
        let (talker, listener) = if from == Codec::Pcmu { (&mut alice, &mut bob) } else { (&mut bob, &mut alice) };
        let mut heard = Vec::new();
        for frame in tone.coded(from.law().expect("G.711")).chunks(160) {
            talker.say(from.payload_type(), frame);
            let (header, payload) = listener.hear();
            assert_eq!(header.payload_type, to.payload_type());
            heard.extend(payload);
        }
        let heard = decode(to.law().expect("G.711"), &heard);
        let noise: f64 = heard.iter().zip(tone.pcm()).map(|(h, t)| f64::from(h - t).powi(2)).sum();
        let signal: f64 = tone.pcm().iter().map(|t| f64::from(*t).powi(2)).sum();
        let snr_db = 10.0 * (signal / noise).log10();
        assert!(snr_db > 30.0, "{from:?} to {to:?}: {snr_db:.1} dB");
    }
}

#[test]
fn loss_doubles_and_order_reach_the_listener_as_they_came() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, bob) = house.call("0 101");
    a.bridge(&b);
    let (sequence, timestamp) = (alice.sequence, alice.timestamp);
    let mut heard = Vec::new();
    for ahead in [0u16, 1, 4, 3, 3, 5, 9, 7] {
        alice.sequence = sequence.wrapping_add(ahead);
        alice.timestamp = timestamp.wrapping_add(u32::from(ahead) * 160);
        alice.send(0, &[ahead as u8; 160]);
        let (header, payload) = bob.hear();
        heard.push((header.sequence, header.timestamp, payload[0]));
    }
    let (first, start, _) = heard[0];
    for (sequence, timestamp, mark) in heard {
        assert_eq!(sequence.wrapping_sub(first), u16::from(mark));
        assert_eq!(timestamp.wrapping_sub(start), u32::from(mark) * 160);
    }
}

#[test]
fn prompt_and_bridge_are_one_stream_for_the_listener() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, bob) = house.call("0 101");
    b.play(Arc::new(sound::tone(440.0, 100)), false);
    let prompt: Vec<_> = (0..5).map(|_| bob.hear().0).collect();
    assert!(matches!(house.event(), media::Event::PlayDone { tag: 2 }));
    a.bridge(&b);
    alice.say(0, &[1; 160]);
    let first = bob.hear().0;
    alice.ssrc = 99;
    (alice.sequence, alice.timestamp) = (5, 5);
    alice.say(0, &[2; 160]);
    let second = bob.hear().0;
    assert!(prompt[0].marker && !prompt[1].marker && first.marker && second.marker);
    let all = [&prompt[..], &[first, second]].concat();
    for pair in all.windows(2) {
        assert_eq!(pair[1].ssrc, pair[0].ssrc);
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!((160..8000).contains(&step), "{step}");
    }
}

#[test]
fn a_phone_on_hold_hears_nothing_until_it_resumes() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (mut b, bob) = house.call("0 101");
    a.bridge(&b);
    for (direction, hears) in [("sendonly", false), ("sendrecv", true), ("inactive", false), ("recvonly", true)] {
        b.accept_offer(&bob.describe("0 101", direction), None).expect("an answer");
        house.settle(&b);
        alice.say(0, &[1; 160]);
        assert_eq!(bob.hear_within(crate::phone::MOMENT).is_some(), hears, "{direction}");
        assert_eq!(Some(b.remote_direction()), Direction::parse(direction));
    }
}

#[test]
fn what_was_said_to_who_holds_is_no_loss() {
    let mut house = House::new();
    let (mut a, mut alice) = house.call("0 101");
    let (mut b, bob) = house.call("0 101");
    a.bridge(&b);
    let step = |alice: &mut Phone| {
        alice.say(0, &[1; 160]);
        bob.hear().0.sequence
    };
    let mut last = step(&mut alice);
    let mut goes_on = |sequence: u16, what: &str| {
        last = last.wrapping_add(1);
        assert_eq!(sequence, last, "{what}");
    };
    // Bob holds, or hears somebody else, or Alice talks into her own hold.
    for direction in ["sendonly", "inactive"] {
        b.accept_offer(&bob.describe("0 101", direction), None).expect("an answer");
        house.settle(&b);
        alice.say(0, &[2; 160]);
        assert!(bob.is_left_alone(), "{direction}");
        b.accept_offer(&bob.describe("0 101", "sendrecv"), None).expect("an answer");
        house.settle(&b);
        goes_on(step(&mut alice), direction);
    }
    a.accept_offer(&alice.describe("0 101", "recvonly"), None).expect("an answer");
    house.settle(&a);
    alice.say(0, &[3; 160]);
    assert!(bob.is_left_alone(), "Alice says that she does not send");
    a.accept_offer(&alice.describe("0 101", "sendrecv"), None).expect("an answer");
    house.settle(&a);
    goes_on(step(&mut alice), "Alice is back");
    a.unbridge();
    house.settle(&a);
    alice.say(0, &[4; 160]);
    assert!(bob.is_left_alone(), "parted");
    a.bridge(&b);
    goes_on(step(&mut alice), "bridged again");
}

#[test]
fn a_leg_that_was_parted_or_closed_relays_nothing() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, bob) = house.call("0 101");
    a.bridge(&b);
    alice.say(0, &[1; 160]);
    bob.hear();
    a.unbridge();
    house.settle(&a);
    alice.say(0, &[1; 160]);
    assert!(bob.is_left_alone());
    a.bridge(&b);
    let quality = house.quality(a);
    assert_eq!(quality.rx_packets, 2);
    alice.say(0, &[1; 160]);
    assert!(bob.is_left_alone());
}

#[test]
fn an_incoming_offer_works_like_an_outgoing_one() {
    let mut house = House::new();
    let mut leg = house.media.open(9).expect("a leg");
    let (other, mut caller) = house.call("0");
    let mut bob = crate::phone::Phone::new(leg.local(), 5);
    let answer =
        leg.accept_offer(&describe(bob.address(), "8 0 96", "sendrecv"), Some(Codec::Pcmu)).expect("an answer");
    assert!(String::from_utf8_lossy(&answer).contains(&format!("m=audio {} RTP/AVP 0 96\r\n", leg.local().port())));
    leg.bridge(&other);
    bob.say(0, &[3; 160]);
    assert_eq!(caller.hear().1, [3; 160]);
    caller.say(0, &[4; 160]);
    assert_eq!(bob.hear().1, [4; 160]);
    assert!(!leg.offer(Offer { direction: Direction::SendOnly, ..Offer::default() }).is_empty());
}

#[test]
fn odd_packet_sizes_extensions_and_padding_pass() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0");
    let (b, bob) = house.call("0");
    a.bridge(&b);
    for size in [80, 240, 480] {
        alice.say(0, &vec![7; size]);
        assert_eq!(bob.hear().1.len(), size);
    }
    let mut packet = vec![0x80 | 0x20 | 0x10, 0];
    packet.extend(alice.sequence.to_be_bytes());
    packet.extend(alice.timestamp.to_be_bytes());
    packet.extend(alice.ssrc.to_be_bytes());
    packet.extend([0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
    packet.extend([9; 160]);
    packet.extend([0, 0, 3]);
    alice.socket.send_to(&packet, alice.server).expect("sent");
    assert_eq!(bob.hear().1, [9; 160]);
}

#[test]
fn a_bad_network_gets_no_worse_on_its_way_through() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0");
    let (b, bob) = house.call("0");
    a.bridge(&b);
    // One in ten lost, one in twenty doubled, every fifth pair swapped.
    let mut order: Vec<u16> = (0..400).filter(|n| n % 10 != 7).collect();
    for at in (0..order.len() - 1).step_by(5) {
        order.swap(at, at + 1);
    }
    let order: Vec<u16> = order.into_iter().flat_map(|n| vec![n; 1 + usize::from(n % 20 == 3)]).collect();
    let (sequence, timestamp) = (alice.sequence, alice.timestamp);
    let mut heard = Vec::new();
    for burst in order.chunks(60) {
        for n in burst {
            alice.sequence = sequence.wrapping_add(*n);
            alice.timestamp = timestamp.wrapping_add(u32::from(*n) * 160);
            alice.send(0, &n.to_be_bytes().repeat(80));
        }
        heard.extend(burst.iter().map(|_| bob.hear()));
    }
    assert!(bob.is_left_alone());
    let marks: Vec<u16> = heard.iter().map(|(_, p)| u16::from_be_bytes([p[0], p[1]])).collect();
    assert_eq!(marks, order);
    let first = &heard[0].0;
    for ((header, _), mark) in heard.iter().zip(&order) {
        let ahead = mark.wrapping_sub(order[0]);
        assert_eq!(header.sequence.wrapping_sub(first.sequence), ahead);
        assert_eq!(header.timestamp.wrapping_sub(first.timestamp), (i32::from(ahead as i16) * 160) as u32);
    }
    let quality = house.quality(a);
    assert_eq!(quality.rx_packets, order.len() as u64);
}

#[test]
fn leaps_of_the_timestamp_and_wraps_do_not_stop_the_voice() {
    for (audio, payload_type) in [("RTP/AVP 8", 8), ("RTP/AVP 9", 9), ("RTP/AVP 0", 0)] {
        let mut house = House::new();
        let (a, mut alice) = house.speak("RTP/AVP 8");
        let (b, bob) = house.speak(audio);
        a.bridge(&b);
        (alice.sequence, alice.timestamp) = (65_530, u32::MAX - 480);
        let mut heard = Vec::new();
        for n in 0..20u32 {
            // In the middle the timestamp leaps by 112 s, then the source changes.
            match n {
                10 => alice.timestamp = alice.timestamp.wrapping_add(112 * 8000),
                15 => (alice.ssrc, alice.sequence) = (4711, 77),
                _ => {}
            }
            alice.say(8, &[0x55; 160]);
            let sent = std::time::Instant::now();
            let (header, _) = bob.hear();
            assert!(sent.elapsed().as_millis() < 500, "{audio}: {n}");
            assert_eq!(header.payload_type, payload_type);
            heard.push(header);
        }
        for pair in heard.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1), "{audio}");
            assert_eq!(pair[1].ssrc, pair[0].ssrc);
            let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
            assert!((1..8000).contains(&step), "{audio}: {step}");
        }
        let quality = house.quality(a);
        assert_eq!((quality.rx_packets, quality.lost), (20, 0));
    }
}
