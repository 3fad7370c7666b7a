//! The libpcap file format: packets of raw IP (link type 101), with IP and UDP headers written around what was said.
//! SIP that went over a stream is shown as UDP too, since the segments of the stream are not known.

use std::net::{IpAddr, SocketAddr};

const MAGIC: u32 = 0xa1b2_c3d4;
/// LINKTYPE_RAW: a packet begins with its IP header.
const RAW: u32 = 101;
const LONGEST: u32 = 65_535;
const HEADER: usize = 24;
const UDP: u8 = 17;

/// The beginning of each file.
pub(super) fn header() -> [u8; HEADER] {
    let mut file = [0; HEADER];
    file[..4].copy_from_slice(&MAGIC.to_le_bytes());
    file[4..6].copy_from_slice(&2u16.to_le_bytes());
    file[6..8].copy_from_slice(&4u16.to_le_bytes());
    file[16..20].copy_from_slice(&LONGEST.to_le_bytes());
    file[20..24].copy_from_slice(&RAW.to_le_bytes());
    file
}

/// Adds one datagram.
pub(super) fn add(file: &mut Vec<u8>, at_us: i64, from: SocketAddr, to: SocketAddr, payload: &[u8]) {
    let (from_ip, to_ip) = (from.ip().to_canonical(), to.ip().to_canonical());
    let payload = &payload[..payload.len().min(LONGEST as usize - 48)];
    let udp = 8 + payload.len();
    let (source, target) = match (from_ip, to_ip) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.octets().to_vec(), b.octets().to_vec()),
        (a, b) => (v6(a).to_vec(), v6(b).to_vec()),
    };
    let total = if source.len() == 4 { 20 + udp } else { 40 + udp };
    let at_us = at_us.max(0);
    for field in [at_us / 1_000_000, at_us % 1_000_000, total as i64, total as i64] {
        file.extend_from_slice(&(field as u32).to_le_bytes());
    }
    if source.len() == 4 {
        let mut ip = vec![0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, UDP, 0, 0];
        ip[2..4].copy_from_slice(&(total as u16).to_be_bytes());
        ip.extend_from_slice(&source);
        ip.extend_from_slice(&target);
        let sum = checksum(&[&ip]);
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
        file.extend_from_slice(&ip);
    } else {
        file.extend_from_slice(&[0x60, 0, 0, 0]);
        file.extend_from_slice(&(udp as u16).to_be_bytes());
        file.extend_from_slice(&[UDP, 64]);
        file.extend_from_slice(&source);
        file.extend_from_slice(&target);
    }
    let mut head = Vec::with_capacity(8);
    for field in [from.port(), to.port(), udp as u16, 0] {
        head.extend_from_slice(&field.to_be_bytes());
    }
    let pseudo = [0, UDP, (udp >> 8) as u8, udp as u8];
    // RFC 768: a sum of zero is sent as all ones.
    let sum = match checksum(&[&source, &target, &pseudo, &head, payload]) {
        0 => 0xffff,
        sum => sum,
    };
    head[6..8].copy_from_slice(&sum.to_be_bytes());
    file.extend_from_slice(&head);
    file.extend_from_slice(payload);
}

fn v6(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// RFC 1071, over parts of which only the last may have an odd length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0u32;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u32::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// The packets of a file that was written here: time and the bytes of the record, its own header included. What is cut
/// off at the end is left out.
pub(super) fn records(file: &[u8]) -> Vec<(i64, &[u8])> {
    let mut found = Vec::new();
    let mut rest = file.get(HEADER..).unwrap_or_default();
    while let Some(head) = rest.get(..16) {
        let field = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let Some(record) = rest.get(..16 + field(8) as usize) else { break };
        found.push((i64::from(field(0)) * 1_000_000 + i64::from(field(4)), record));
        rest = &rest[record.len()..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_datagram_has_sound_headers() {
        let mut file = header().to_vec();
        add(&mut file, 1_700_000_000_123_456, address("192.0.2.1:5060"), address("192.0.2.2:5062"), b"abc");
        let packet = &file[40..];
        assert_eq!(packet.len(), 31);
        assert_eq!(checksum(&[&packet[..20]]), 0, "the sum over a whole header is zero");
        assert_eq!((packet[9], &packet[12..16]), (UDP, [192, 0, 2, 1].as_slice()));
        let pseudo = [0, UDP, 0, 11];
        assert_eq!(checksum(&[&packet[12..20], &pseudo, &packet[20..]]), 0);
        assert_eq!(records(&file), [(1_700_000_000_123_456, &file[24..])]);
    }

    #[test]
    fn ipv6_and_mixed_families_are_written_as_ipv6() {
        let mut file = header().to_vec();
        add(&mut file, 5, address("[2001:db8::1]:5060"), address("192.0.2.2:5062"), b"abcd");
        assert_eq!((file[40] >> 4, file.len()), (6, 24 + 16 + 40 + 12));
    }

    #[test]
    fn a_file_that_was_cut_off_gives_what_is_whole() {
        let mut file = header().to_vec();
        add(&mut file, 1, address("192.0.2.1:1"), address("192.0.2.2:2"), &[0; 60_000]);
        let whole = file.len();
        add(&mut file, 2, address("192.0.2.1:1"), address("192.0.2.2:2"), b"later");
        for cut in [whole, whole + 3, whole + 20, file.len() - 1] {
            assert_eq!(records(&file[..cut]).len(), 1);
        }
        assert!(records(&[]).is_empty() && records(&file[..10]).is_empty());
    }
}
