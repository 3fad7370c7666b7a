//! RTP, RTCP and INFO bodies of any form.
#![no_main]

use media::{parse_info_digit, rtcp, rtp};

libfuzzer_sys::fuzz_target!(|packet: &[u8]| {
    if let Some(header) = rtp::parse(packet) {
        assert!(header.payload.start >= rtp::HEADER && header.payload.end <= packet.len());
    }
    rtcp::parse(packet, 0x2020_2020);
    parse_info_digit("application/dtmf-relay", packet);
    parse_info_digit("application/dtmf", packet);
});
