//! What phones send to keep a way open, and what they get for it: line ends (RFC 5626 section 3.5.1) and STUN binding
//! requests (sections 3.5.2 and 8, RFC 8489). Bytes in, bytes out; nothing here keeps anything.

use std::net::{IpAddr, SocketAddr};

use bytes::{BufMut, Bytes, BytesMut};

/// The answer to a ping of line ends.
pub const PONG: &[u8] = b"\r\n";

const MAGIC: u32 = 0x2112_A442;
const HEADER: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;
const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;

/// What a datagram or frame is when it is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    /// Two line ends: wants one back, where the transport is a stream.
    Ping,
    /// Line ends, a zero byte, nothing: only meant for the boxes in between.
    Blank,
    /// A STUN binding request.
    Stun(Stun),
    /// Another STUN packet: nothing is answered.
    OtherStun,
}

/// A STUN binding request as far as its answer needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stun {
    transaction: [u8; 12],
    /// An attribute that must be understood and is not.
    unknown: Option<u16>,
}

impl KeepAlive {
    /// Reads a whole datagram or frame; none when it may be a message.
    pub fn read(bytes: &[u8]) -> Option<KeepAlive> {
        match bytes {
            b"\r\n\r\n" => Some(KeepAlive::Ping),
            _ if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) => Some(KeepAlive::Blank),
            // No message begins with a control character; every STUN packet does.
            [0..=3, ..] => Some(Stun::read(bytes).map_or(KeepAlive::OtherStun, KeepAlive::Stun)),
            _ => None,
        }
    }
}

impl Stun {
    fn read(bytes: &[u8]) -> Option<Stun> {
        let (head, mut attributes) = bytes.split_at_checked(HEADER)?;
        let number = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
        let magic = u32::from_be_bytes(head[4..8].try_into().ok()?);
        if number(0) != BINDING_REQUEST || magic != MAGIC || usize::from(number(2)) != attributes.len() {
            return None;
        }
        let mut unknown = None;
        while !attributes.is_empty() {
            let (start, rest) = attributes.split_at_checked(4)?;
            let kind = u16::from_be_bytes([start[0], start[1]]);
            let length = usize::from(u16::from_be_bytes([start[2], start[3]])).next_multiple_of(4);
            attributes = rest.get(length..)?;
            // The server's keep-alive knows no users: what phones say of themselves is not looked at.
            let must_be_known = kind < 0x8000 && !matches!(kind, USERNAME | MESSAGE_INTEGRITY);
            unknown = unknown.or(must_be_known.then_some(kind));
        }
        Some(Stun { transaction: head[8..20].try_into().ok()?, unknown })
    }

    /// The answer: the address the request came from, or which attribute was not understood.
    pub fn answer(&self, source: SocketAddr) -> Bytes {
        let mut attributes = BytesMut::with_capacity(24);
        match self.unknown {
            Some(kind) => {
                attributes.put_u16(ERROR_CODE);
                attributes.put_u16(4);
                attributes.put_u32(4 << 8 | 20);
                attributes.put_u16(UNKNOWN_ATTRIBUTES);
                attributes.put_u16(2);
                attributes.put_u16(kind);
                attributes.put_u16(0);
            }
            None => {
                attributes.put_u16(XOR_MAPPED_ADDRESS);
                let port = source.port() ^ (MAGIC >> 16) as u16;
                match source.ip().to_canonical() {
                    IpAddr::V4(ip) => {
                        attributes.put_u16(8);
                        attributes.put_u16(1);
                        attributes.put_u16(port);
                        attributes.put_u32(ip.to_bits() ^ MAGIC);
                    }
                    IpAddr::V6(ip) => {
                        let mut mask = [0; 16];
                        mask[..4].copy_from_slice(&MAGIC.to_be_bytes());
                        mask[4..].copy_from_slice(&self.transaction);
                        attributes.put_u16(20);
                        attributes.put_u16(2);
                        attributes.put_u16(port);
                        attributes.put_u128(ip.to_bits() ^ u128::from_be_bytes(mask));
                    }
                }
            }
        }
        let mut answer = BytesMut::with_capacity(HEADER + attributes.len());
        answer.put_u16(if self.unknown.is_some() { BINDING_ERROR } else { BINDING_SUCCESS });
        answer.put_u16(attributes.len() as u16);
        answer.put_u32(MAGIC);
        answer.put_slice(&self.transaction);
        answer.extend_from_slice(&attributes);
        answer.freeze()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, attributes.len() as u8, 0x21, 0x12, 0xA4, 0x42];
        bytes.extend(1..=12);
        bytes.extend_from_slice(attributes);
        bytes
    }

    fn answer(bytes: &[u8], source: &str) -> Vec<u8> {
        let Some(KeepAlive::Stun(stun)) = KeepAlive::read(bytes) else { panic!("no binding request") };
        stun.answer(source.parse().expect("an address")).to_vec()
    }

    #[test]
    fn a_binding_request_is_told_its_address() {
        let mut expected = vec![1, 1, 0, 12, 0x21, 0x12, 0xA4, 0x42];
        expected.extend(1..=12);
        // RFC 5769 section 2.2: 192.0.2.1:32853.
        expected.extend([0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        assert_eq!(answer(&request(&[]), "192.0.2.1:32853"), expected);
    }

    #[test]
    fn an_ipv6_address_is_masked_with_the_transaction() {
        // RFC 5769 section 2.3.
        let mut bytes = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
        bytes.extend([0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae]);
        let answer = answer(&bytes, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
        let expected = [
            0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25,
            0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9,
        ];
        assert_eq!(answer[20..], expected);
    }

    #[test]
    fn what_must_be_understood_and_is_not_is_named() {
        let answer = answer(&request(&[0x00, 0x26, 0, 1, 9, 0, 0, 0]), "192.0.2.1:5060");
        assert_eq!(answer[..2], [1, 0x11]);
        assert_eq!(answer[20..], [0, 9, 0, 4, 0, 0, 4, 20, 0, 10, 0, 2, 0, 0x26, 0, 0]);
    }

    #[test]
    fn what_is_no_message_is_told_apart() {
        assert_eq!(KeepAlive::read(b"\r\n\r\n"), Some(KeepAlive::Ping));
        for blank in [&b""[..], b"\0", b"\0\0\0\0", b"\r\n", b"\r\n\r\n\r\n"] {
            assert_eq!(KeepAlive::read(blank), Some(KeepAlive::Blank), "{blank:?}");
        }
        for other in [&[0, 1, 0][..], &request(&[1, 2, 0]), &request(&[0x80, 0, 0, 9]), &[1; 40]] {
            assert_eq!(KeepAlive::read(other), Some(KeepAlive::OtherStun), "{other:?}");
        }
        assert_eq!(KeepAlive::read(b"OPTIONS sip:a SIP/2.0"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_and_answered_with_few(bytes in proptest::collection::vec(any::<u8>(), 0..200), typed: bool) {
            let mut bytes = bytes;
            if typed && bytes.len() >= 20 {
                let length = (bytes.len() - 20) as u16;
                bytes[..2].copy_from_slice(&[0, 1]);
                bytes[2..4].copy_from_slice(&length.to_be_bytes());
                bytes[4..8].copy_from_slice(&MAGIC.to_be_bytes());
            }
            if let Some(KeepAlive::Stun(stun)) = KeepAlive::read(&bytes) {
                prop_assert!(stun.answer("192.0.2.1:1".parse().expect("an address")).len() <= 44);
            }
        }
    }
}
