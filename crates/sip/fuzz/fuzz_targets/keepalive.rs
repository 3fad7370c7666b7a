//! Datagrams that may be keep-alives: reading never panics, and an answer is short.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::keepalive::KeepAlive;

fuzz_target!(|bytes: &[u8]| {
    if let Some(KeepAlive::Stun(stun)) = KeepAlive::read(bytes) {
        assert!(stun.answer(([192, 0, 2, 1], 5060).into()).len() <= 44);
    }
});
