//! The records of a handshake, of any form and in any order, in either role: never keys for who shows no certificate.
#![no_main]

use media::dtls::{Handshake, Terms};
use std::time::Instant;

libfuzzer_sys::fuzz_target!(|packets: &[u8]| {
    for active in [false, true] {
        let now = Instant::now();
        let Some(mut handshake) = Handshake::new(Terms { active, fingerprints: Vec::new() }, now) else { return };
        let mut scratch = Vec::new();
        handshake.begin();
        for packet in packets.split(|byte| *byte == 0xFF) {
            if handshake.packet(now, packet).is_err() || handshake.poll(&mut scratch, drop_packet).is_err() {
                break;
            }
        }
        assert!(handshake.take_keys().is_none());
    }
});

fn drop_packet(_: &[u8]) {}
