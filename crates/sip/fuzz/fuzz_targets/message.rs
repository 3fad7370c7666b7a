//! A datagram: parsed, checked, read in full, and answered.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip::header::{NameAddr, Via, split_list};
use sip::{Message, ResponseBuilder};

fuzz_target!(|data: &[u8]| {
    let parsed = Message::parse(Bytes::copy_from_slice(data));
    let message = match &parsed {
        Ok(message) => message,
        Err(error) => match error.message.as_deref() {
            Some(message) => message,
            None => return,
        },
    };
    let _ = (message.validate(), message.session_description(), message.cseq(), message.expires());
    for (_, value) in message.all_headers() {
        for item in split_list(value) {
            let _ = (NameAddr::parse(item).map(|a| a.uri()), Via::parse(item).map(|v| v.received()));
        }
    }
    if message.is_request() {
        let source = ([192, 0, 2, 1], 5060).into();
        let answer = ResponseBuilder::new(message, 400, "Bad Request", source, "tag").finish();
        let answer = Message::parse(answer).expect("what we write can be read");
        assert_eq!(answer.call_id(), message.call_id());
    }
});
