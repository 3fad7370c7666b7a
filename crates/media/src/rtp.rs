//! RTP packets (RFC 3550 section 5): reading the header, and writing one of our own in front of a payload.

use std::ops::Range;

/// The bytes of a header without contributing sources and extension.
pub const HEADER: usize = 12;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The payload type.
    pub payload_type: u8,
    /// Begins a talk spurt or an event.
    pub marker: bool,
    /// The sequence number.
    pub sequence: u16,
    /// The timestamp in units of the codec's clock.
    pub timestamp: u32,
    /// Who sends.
    pub ssrc: u32,
    /// Where in the packet the payload is. It begins at [`HEADER`] or later.
    pub payload: Range<usize>,
}

/// Reads a header; none when this is no RTP packet.
pub fn parse(packet: &[u8]) -> Option<Header> {
    let fixed = packet.first_chunk::<HEADER>()?;
    if fixed[0] >> 6 != 2 {
        return None;
    }
    let payload_type = fixed[1] & 0x7F;
    // RTCP on the wrong port would show these types (RFC 5761 section 4).
    if (64..96).contains(&payload_type) {
        return None;
    }
    let mut start = HEADER + 4 * usize::from(fixed[0] & 0x0F);
    if fixed[0] & 0x10 != 0 {
        let extension = packet.get(start..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([extension[2], extension[3]]));
    }
    let mut end = packet.len();
    if fixed[0] & 0x20 != 0 {
        let padding = usize::from(*packet.last()?);
        if padding == 0 {
            return None;
        }
        end = end.checked_sub(padding)?;
    }
    if start > end {
        return None;
    }
    Some(Header {
        payload_type,
        marker: fixed[1] & 0x80 != 0,
        sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
        timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
        ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        payload: start..end,
    })
}

/// Writes a plain header.
pub fn write(header: &mut [u8; HEADER], payload_type: u8, marker: bool, sequence: u16, timestamp: u32, ssrc: u32) {
    header[0] = 0x80;
    header[1] = payload_type | if marker { 0x80 } else { 0 };
    header[2..4].copy_from_slice(&sequence.to_be_bytes());
    header[4..8].copy_from_slice(&timestamp.to_be_bytes());
    header[8..12].copy_from_slice(&ssrc.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(first: u8, rest: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; HEADER];
        write(packet.first_chunk_mut().expect("room"), 8, true, 7, 160, 42);
        packet[0] = first;
        packet.extend_from_slice(rest);
        packet
    }

    #[test]
    fn a_written_header_reads_back() {
        let header = parse(&packet(0x80, &[1, 2, 3])).expect("RTP");
        let want = Header { payload_type: 8, marker: true, sequence: 7, timestamp: 160, ssrc: 42, payload: 12..15 };
        assert_eq!(header, want);
    }

    #[test]
    fn sources_extension_and_padding_are_passed_over() {
        let mut rest = vec![0; 8];
        rest.extend([0xBE, 0xDE, 0, 1, 9, 9, 9, 9]);
        rest.extend([1, 2, 3, 0, 2]);
        assert_eq!(parse(&packet(0x80 | 0x20 | 0x10 | 2, &rest)).map(|h| h.payload), Some(28..31));
    }

    #[test]
    fn what_is_no_rtp_is_refused() {
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&packet(0x80, &[])[..11]), None);
        for (first, rest) in [
            (0x00, &[1, 2, 3][..]), // STUN and others begin with two zero bits
            (0x40, &[1]),
            (0x81, &[1, 2, 3]),          // a source is missing
            (0x90, &[0, 0, 0]),          // half an extension header
            (0x90, &[0, 0, 0, 9, 1, 2]), // an extension longer than the packet
            (0xA0, &[1, 0]),             // padding of nothing
            (0xA0, &[1, 200]),           // more padding than packet
        ] {
            assert_eq!(parse(&packet(first, rest)), None, "{first:#x} {rest:?}");
        }
        let mut rtcp = packet(0x80, &[0; 16]);
        rtcp[1] = 200;
        assert_eq!(parse(&rtcp), None);
    }
}
