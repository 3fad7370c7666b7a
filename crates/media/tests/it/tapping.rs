use crate::phone::House;
use media::rtp;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Way, local address, far address, sequence number.
type Seen = (bool, SocketAddr, SocketAddr, u16);

#[derive(Default)]
struct Glass(Mutex<Vec<Seen>>);

impl media::Tap for Glass {
    fn packet(&self, _: Instant, sent: bool, local: SocketAddr, remote: SocketAddr, packet: &[u8]) {
        let sequence = rtp::parse(packet).map_or(0, |header| header.sequence);
        self.0.lock().expect("not poisoned").push((sent, local, remote, sequence));
    }
}

#[test]
fn whoever_looks_sees_each_packet_both_ways_and_nothing_of_other_legs() {
    let mut house = House::new();
    let (a, mut alice) = house.call("0 101");
    let (b, mut bob) = house.call("0 101");
    a.bridge(&b);
    let glass = Arc::new(Glass::default());
    a.tap(glass.clone());
    for _ in 0..5 {
        alice.say(0, &[1; 160]);
        bob.hear();
        bob.say(0, &[2; 160]);
        alice.hear();
    }
    let seen = glass.0.lock().expect("not poisoned").clone();
    let ways: Vec<bool> = seen.iter().map(|(sent, ..)| *sent).collect();
    assert_eq!(ways, [false, true].repeat(5));
    assert!(seen.iter().all(|(_, local, remote, _)| *local == a.local() && *remote == alice.address()), "{seen:?}");
    let came: Vec<u16> = seen.iter().filter(|(sent, ..)| !sent).map(|(.., sequence)| *sequence).collect();
    assert!(came.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)), "{came:?}");
}
