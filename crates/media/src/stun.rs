//! STUN messages (RFC 8489) as far as an ICE-lite agent needs them: reading binding requests, writing the answers. Pure.

use aws_lc_rs::hmac;
use std::net::{IpAddr, SocketAddr};

const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const HEADER: usize = 20;
/// What the fingerprint is mixed with (RFC 8489 section 14.7).
const FINGERPRINT: u32 = 0x5354_554E;

mod attribute {
    pub(super) const USERNAME: u16 = 0x0006;
    pub(super) const INTEGRITY: u16 = 0x0008;
    pub(super) const ERROR: u16 = 0x0009;
    pub(super) const UNKNOWN: u16 = 0x000A;
    pub(super) const MAPPED: u16 = 0x0020;
    pub(super) const PRIORITY: u16 = 0x0024;
    pub(super) const USE_CANDIDATE: u16 = 0x0025;
    pub(super) const FINGERPRINT: u16 = 0x8028;
    pub(super) const CONTROLLED: u16 = 0x8029;
}

/// A binding request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    raw: &'a [u8],
    transaction: [u8; 12],
    /// The name, `ours:theirs` in ICE.
    pub username: Option<&'a str>,
    /// The priority that a candidate at the sender's address would have.
    pub priority: u32,
    /// The sender wants media to take this path.
    pub use_candidate: bool,
    /// The sender thinks that it is the controlled side.
    pub controlled: bool,
    /// Attributes that must be understood and are not.
    pub unknown: Vec<u16>,
    /// Where the authentication code stands.
    integrity: Option<usize>,
}

impl<'a> Request<'a> {
    /// Reads a binding request; none when it is anything else or its fingerprint is wrong.
    pub fn parse(raw: &'a [u8]) -> Option<Request<'a>> {
        let header = raw.first_chunk::<HEADER>()?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if header[..2] != [0, 1] || header[4..8] != COOKIE || raw.len() != HEADER + length || length % 4 != 0 {
            return None;
        }
        let mut request = Request {
            raw,
            transaction: header[8..].try_into().ok()?,
            username: None,
            priority: 0,
            use_candidate: false,
            controlled: false,
            unknown: Vec::new(),
            integrity: None,
        };
        let mut at = HEADER;
        while let Some(head) = raw.get(at..at + 4) {
            let (kind, length) = (u16::from_be_bytes([head[0], head[1]]), u16::from_be_bytes([head[2], head[3]]));
            let value = raw.get(at + 4..at + 4 + usize::from(length))?;
            match kind {
                attribute::FINGERPRINT => {
                    let ours = crc32(&raw[..at]) ^ FINGERPRINT;
                    return (value == ours.to_be_bytes() && at + 8 == raw.len()).then_some(request);
                }
                // What stands behind the code is not covered by it (section 14.5).
                _ if request.integrity.is_some() => {}
                attribute::INTEGRITY => request.integrity = (value.len() == 20).then_some(at),
                attribute::USERNAME => request.username = std::str::from_utf8(value).ok(),
                attribute::PRIORITY => request.priority = u32::from_be_bytes(value.try_into().ok()?),
                attribute::USE_CANDIDATE => request.use_candidate = true,
                attribute::CONTROLLED => request.controlled = true,
                0..0x8000 if request.unknown.len() < 8 => request.unknown.push(kind),
                _ => {}
            }
            at += 4 + usize::from(length).next_multiple_of(4);
        }
        Some(request)
    }

    /// Whether who sent it knows the password.
    pub fn is_by_who_knows(&self, password: &str) -> bool {
        let Some(at) = self.integrity else { return false };
        let mut context = hmac::Context::with_key(&key(password));
        context.update(&self.raw[..2]);
        // As if the message ended with the code (section 14.5).
        context.update(&((at + 24 - HEADER) as u16).to_be_bytes());
        context.update(&self.raw[4..at]);
        let theirs = &self.raw[at + 4..at + 24];
        bool::from(subtle::ConstantTimeEq::ct_eq(context.sign().as_ref(), theirs))
    }

    /// The answer of success, which tells the sender its address as we see it.
    pub fn answer(&self, source: SocketAddr, password: &str) -> Vec<u8> {
        let mut value = vec![0, if source.is_ipv4() { 1 } else { 2 }];
        value.extend((source.port() ^ 0x2112).to_be_bytes());
        let mask = [&COOKIE[..], &self.transaction].concat();
        match source.ip() {
            IpAddr::V4(ip) => value.extend(ip.octets().iter().zip(&mask).map(|(a, b)| a ^ b)),
            IpAddr::V6(ip) => value.extend(ip.octets().iter().zip(&mask).map(|(a, b)| a ^ b)),
        }
        self.reply([1, 1], &[(attribute::MAPPED, &value)], password)
    }

    /// The answer to a sender that thinks it is controlled, as we are (RFC 8445 section 7.3.1.1).
    pub fn role_conflict(&self, password: &str) -> Vec<u8> {
        self.reply([1, 0x11], &[(attribute::ERROR, b"\0\0\x04\x57Role Conflict")], password)
    }

    /// The answer to a request with attributes that we do not know (RFC 8489 section 6.3.1).
    pub fn unknown_attributes(&self, password: &str) -> Vec<u8> {
        let unknown: Vec<u8> = self.unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
        let error = (attribute::ERROR, &b"\0\0\x04\x14Unknown Attribute"[..]);
        self.reply([1, 0x11], &[error, (attribute::UNKNOWN, &unknown)], password)
    }

    fn reply(&self, kind: [u8; 2], attributes: &[(u16, &[u8])], password: &str) -> Vec<u8> {
        let mut reply = [&kind[..], &[0, 0], &COOKIE, &self.transaction].concat();
        for (kind, value) in attributes {
            put(&mut reply, *kind, value);
        }
        set_length(&mut reply, 24);
        let code = hmac::sign(&key(password), &reply);
        put(&mut reply, attribute::INTEGRITY, code.as_ref());
        set_length(&mut reply, 8);
        let fingerprint = crc32(&reply) ^ FINGERPRINT;
        put(&mut reply, attribute::FINGERPRINT, &fingerprint.to_be_bytes());
        reply
    }
}

/// A binding request as the far side of a leg writes it.
#[cfg(test)]
pub(crate) fn request(transaction: [u8; 12], name: &str, password: &str, extra: &[(u16, &[u8])]) -> Vec<u8> {
    let attributes = [&[(attribute::USERNAME, name.as_bytes())], extra].concat();
    let head = Request {
        raw: &[],
        transaction,
        username: None,
        priority: 0,
        use_candidate: false,
        controlled: false,
        unknown: Vec::new(),
        integrity: None,
    };
    head.reply([0, 1], &attributes, password)
}

/// Appends an attribute, filled up to a whole word.
fn put(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend(kind.to_be_bytes());
    message.extend((value.len() as u16).to_be_bytes());
    message.extend(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

/// States the length as if so many bytes more were there already.
fn set_length(message: &mut [u8], more: usize) {
    let length = (message.len() - HEADER + more) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
}

fn key(password: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes())
}

/// The check sum of ISO 3309. A message is a hundred bytes, a few come in a second: no table is worth it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    /// The request of RFC 5769 section 2.1; its password is below.
    const SAMPLE: [u8; 108] = [
        0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87,
        0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c,
        0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f,
        0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76,
        0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e,
        0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf,
    ];
    const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

    #[test]
    fn the_sample_of_the_rfc_is_read() {
        let request = Request::parse(&SAMPLE).expect("a request");
        assert_eq!(request.username, Some("evtj:h6vY"));
        assert_eq!((request.priority, request.use_candidate, request.controlled), (0x6e00_01ff, false, true));
        assert!(request.is_by_who_knows(PASSWORD));
        assert!(!request.is_by_who_knows("VOkJxbRl1RmTxUk/WvJxBu"));
    }

    #[test]
    fn one_changed_bit_is_noticed() {
        // Of what stands behind the code nothing is used.
        for bit in 0..(SAMPLE.len() - 8) * 8 {
            let mut forged = SAMPLE;
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(Request::parse(&forged).is_none_or(|r| !r.is_by_who_knows(PASSWORD)), "{bit}");
        }
    }

    #[test]
    fn an_answer_carries_the_address_the_code_and_the_fingerprint() {
        let request = Request::parse(&SAMPLE).expect("a request");
        for source in ["192.0.2.1:32853", "[2001:db8::5]:9"] {
            let source: SocketAddr = source.parse().expect("an address");
            let answer = request.answer(source, PASSWORD);
            assert_eq!((&answer[..2], &answer[4..20]), (&[1, 1][..], &SAMPLE[4..20]));
            let length = usize::from(u16::from_be_bytes([answer[2], answer[3]]));
            assert_eq!(length, answer.len() - 20);
            if source.is_ipv4() {
                // RFC 5769 section 2.2 has the same address and transaction.
                assert_eq!(answer[20..32], [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
            }
            let end = answer.len() - 8;
            assert_eq!(answer[end + 4..], (crc32(&answer[..end]) ^ FINGERPRINT).to_be_bytes());
        }
        let refusal = request.role_conflict(PASSWORD);
        assert_eq!((refusal[1], &refusal[24..28]), (0x11, &[0, 0, 4, 87][..]));
    }

    #[test]
    fn messages_of_any_form_are_read_or_refused() {
        let mut dice = Dice::new(3);
        for _ in 0..100_000 {
            let message = dice.mutate(&SAMPLE);
            if let Some(request) = Request::parse(&message) {
                let covered = |message: &[u8]| [&message[..2], message.get(4..100).unwrap_or_default()].concat();
                assert!(covered(&message) == covered(&SAMPLE) || !request.is_by_who_knows(PASSWORD));
                request.answer(([192, 0, 2, 1], 5).into(), PASSWORD);
            }
        }
    }
}
