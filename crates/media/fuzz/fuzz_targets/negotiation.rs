//! Any offer is answered or refused, any answer taken or refused.
#![no_main]

use media::{Codec, Offer};
use media::negotiation::Negotiation;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let mut leg = Negotiation::new(([192, 0, 2, 1], 20_000).into(), 1, Codec::ALL.into_iter().collect());
    if let Ok(answer) = leg.accept_offer(text, None) {
        assert!(media::sdp::Session::parse(answer.as_bytes()).is_ok());
    }
    leg.offer(Offer::default());
    let _ = leg.accept_answer(text);
});
