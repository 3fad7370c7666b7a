//! Mutated messages: whatever comes, every reader returns, and returns soon. Seeded, so that a failure comes back.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use sip::auth::DigestParams;
use sip::header::{NameAddr, Replaces, Via};
use sip::uri::Uri;
use sip::{Message, Name, ResponseBuilder};

use crate::corpus;

/// The time given to it in an ordinary run; a slow machine simply tries fewer. `SIP_MUTATIONS=2000000` tries that many,
/// however long it takes (with `--release`).
const TIME: Duration = Duration::from_secs(4);
const INPUTS: usize = 200_000;

/// Bytes that mean something to some reader.
const SPICE: [&str; 24] = [
    "\r\n",
    "\r\n ",
    "\n",
    "\r",
    "\0",
    ":",
    ";",
    ",",
    "<",
    ">",
    "\"",
    "\\",
    "@",
    "%",
    "[",
    "]",
    "=",
    " ",
    "\t",
    "sip:",
    "Via: SIP/2.0/UDP ",
    "Content-Length: ",
    "\u{fffd}",
    "99999999999999999999",
];

/// A small generator of numbers (xorshift), for inputs that are the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            match self.below(7) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                2 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                3 => {
                    let spice = SPICE[self.below(SPICE.len())];
                    bytes.splice(at..at, spice.bytes());
                }
                4 => {
                    let end = (at + self.below(40)).min(bytes.len());
                    bytes.drain(at..end);
                }
                5 => {
                    let end = (at + self.below(200)).min(bytes.len());
                    let copy: Vec<u8> = bytes[at..end].repeat(1 + self.below(3));
                    bytes.splice(at..at, copy);
                }
                _ => {
                    let from = self.below(other.len() + 1);
                    let end = (from + self.below(200)).min(other.len());
                    bytes.splice(at..at, other[from..end].iter().copied());
                }
            }
        }
    }
}

/// Reads all there is to read.
fn read_all(message: &Message) {
    let _ = (message.validate(), message.method(), message.method_text(), message.reason(), message.request_uri());
    let _ = (message.via(), message.cseq(), message.from_tag(), message.to_tag(), message.contact());
    let _ = (message.max_forwards(), message.expires(), message.content_type(), message.session_description());
    for (_, value) in message.all_headers() {
        for item in sip::header::split_list(value) {
            if let Ok(address) = NameAddr::parse(item) {
                let _ = (address.display_text(), address.params.iter().count());
                if let Ok(uri) = address.uri() {
                    assert!(uri.is_equivalent(&uri), "{}", address.uri);
                }
            }
            if let Ok(via) = Via::parse(item) {
                let _ = (via.branch(), via.received(), via.rport());
            }
        }
        let _ = DigestParams::parse(value);
        let _ = Replaces::parse(value);
    }
    let _ = Uri::parse(message.request_uri());
}

fn try_one(bytes: &[u8], cut: usize) {
    let source = "192.0.2.1:5060".parse().expect("an address");
    let parsed = Message::parse(Bytes::copy_from_slice(bytes));
    let answered = match &parsed {
        Ok(message) => {
            read_all(message);
            Some(message)
        }
        Err(error) => error.message.as_deref(),
    };
    if let Some(request) = answered.filter(|m| m.is_request()) {
        let answer = ResponseBuilder::new(request, 400, "Bad Request", source, "tag").finish();
        let answer = Message::parse(answer).expect("what we write can be read");
        assert_eq!(answer.status(), Some(400));
        assert_eq!(answer.call_id(), request.call_id());
        assert_eq!(answer.headers(Name::CSeq).next(), request.headers(Name::CSeq).next());
    }
    assert_eq!(framed([bytes, &[]]), framed(bytes.split_at(cut % (bytes.len() + 1)).into()), "cut at {cut}");
}

/// The messages of a stream that arrives in two parts, and whether it is still good.
fn framed(parts: [&[u8]; 2]) -> (Vec<Vec<u8>>, bool) {
    let mut buf = BytesMut::new();
    let mut found = Vec::new();
    for part in parts {
        buf.extend_from_slice(part);
        loop {
            match Message::parse_stream(&mut buf) {
                Ok(Some(message)) => {
                    read_all(&message);
                    found.push(message.raw().to_vec());
                }
                Ok(None) => break,
                Err(_) => return (found, false),
            }
        }
    }
    (found, true)
}

#[test]
fn mutated_messages_are_always_read_to_an_end() {
    let seeds: Vec<Vec<u8>> = corpus::rfc4475().into_iter().chain(corpus::rfc5118()).map(|c| c.bytes).collect();
    let mut dice = Dice(0x5150_c0de_5150_c0de);
    let asked: Option<usize> = std::env::var("SIP_MUTATIONS").ok().and_then(|n| n.parse().ok());
    let start = Instant::now();
    for tried in 0..asked.unwrap_or(INPUTS) {
        let mut bytes = seeds[dice.below(seeds.len())].clone();
        let other = dice.below(seeds.len());
        dice.mutate(&mut bytes, &seeds[other]);
        let before = Instant::now();
        try_one(&bytes, dice.below(2000));
        assert!(before.elapsed() < Duration::from_millis(500), "{}", String::from_utf8_lossy(&bytes));
        if asked.is_none() && start.elapsed() > TIME {
            assert!(tried > 100, "far too slow");
            break;
        }
    }
}
