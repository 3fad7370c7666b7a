//! Whatever comes as a check of ICE is answered or passed over; nobody passes one without the password.
#![no_main]

use media::ice::{Agent, Credentials, Terms};
use media::stun::Request;
use model::Moment;

libfuzzer_sys::fuzz_target!(|packet: &[u8]| {
    let source = ([192, 0, 2, 1], 5000).into();
    let local = Credentials { fragment: "ours".to_owned(), password: "a password that nobody guesses".to_owned() };
    let mut agent = Agent::new(Terms { local, remote: "theirs".to_owned() });
    agent.check(Moment::START, packet, source);
    assert!(!agent.is_valid(Moment::START, source));
    if let Some(request) = Request::parse(packet) {
        request.answer(source, "password");
        request.unknown_attributes("password");
    }
});
