//! A stream that arrives in two parts: the same messages come out, wherever it is cut.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use sip::Message;

fn messages(parts: [&[u8]; 2]) -> (Vec<Vec<u8>>, bool) {
    let mut buf = BytesMut::new();
    let mut found = Vec::new();
    for part in parts {
        buf.extend_from_slice(part);
        loop {
            match Message::parse_stream(&mut buf) {
                Ok(Some(message)) => found.push(message.raw().to_vec()),
                Ok(None) => break,
                Err(_) => return (found, false),
            }
        }
    }
    (found, true)
}

fuzz_target!(|input: (usize, &[u8])| {
    let (cut, data) = input;
    let cut = cut % (data.len() + 1);
    assert_eq!(messages([data, &[]]), messages([&data[..cut], &data[cut..]]));
});
