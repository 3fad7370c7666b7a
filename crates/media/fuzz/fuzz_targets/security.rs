//! Offers and answers with keys, fingerprints and ICE in them are taken or refused, whatever we offered.
#![no_main]

use media::negotiation::{Identity, Negotiation};
use media::sdes::Line;
use media::{Codec, Offer, Policy, Profile};

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    for policy in [Policy::Off, Policy::Offered, Policy::Required] {
        let local = ([192, 0, 2, 1], 20_000).into();
        let mut leg = Negotiation::new(local, 1, Codec::ALL.into_iter().collect()).identified(Identity::new([7; 32], 9));
        leg.set_policy(policy);
        if let Ok(answer) = leg.accept_offer(text, None) {
            assert!(media::sdp::Session::parse(answer.as_bytes()).is_ok());
        }
        for profile in [Profile::Plain, Profile::Offered, Profile::Sdes, Profile::WebRtc] {
            leg.offer(Offer { profile: Some(profile), ..Offer::default() });
            let _ = leg.accept_answer(text);
        }
    }
    Line::parse(&String::from_utf8_lossy(text));
});
