//! A digest header: read, and answered as a challenge.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::auth::{DigestParams, answer_challenge};

fuzz_target!(|text: &str| {
    let _ = DigestParams::parse(text);
    if let Some(answer) = answer_challenge(text, "INVITE", "sip:a@b", "user", "password", "c", 1) {
        let read = DigestParams::parse(&answer).expect("what we write can be read");
        assert_eq!(read.username.as_deref(), Some("user"));
    }
});
