//! RTCP reports (RFC 3550 section 6): what the far side tells about our stream, and what we tell about its.

/// Seconds between 1900, where NTP begins, and 1970.
const NTP_EPOCH: u64 = 2_208_988_800;

/// A report block: one side's figures about the other's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Block {
    /// Whose stream it is about.
    pub ssrc: u32,
    /// The share lost since the last report, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost in all.
    pub lost: u32,
    /// The highest sequence number, with the number of wraps above it.
    pub highest: u32,
    /// Jitter in units of the clock.
    pub jitter: u32,
    /// The middle of the NTP time of the last sender report.
    pub last_report: u32,
    /// How long ago that came, in 65,536ths of a second.
    pub delay: u32,
}

/// What a compound packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// The middle of the NTP time, when there is a sender report.
    pub sent: Option<u32>,
    /// The block about `ours`, when there is one.
    pub block: Option<Block>,
}

/// What we have sent so far, for a sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Our timestamp now.
    pub timestamp: u32,
    /// Packets.
    pub packets: u32,
    /// Payload bytes.
    pub bytes: u32,
}

/// Reads a compound packet; `ours` is our SSRC. None when it is no RTCP.
pub fn parse(packet: &[u8], ours: u32) -> Option<Report> {
    let mut report = Report::default();
    let mut rest = packet;
    while !rest.is_empty() {
        let head = rest.first_chunk::<4>()?;
        if head[0] >> 6 != 2 || !(192..=223).contains(&head[1]) {
            return None;
        }
        let length = 4 + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
        let body = rest.get(4..length)?;
        rest = &rest[length..];
        let blocks = match head[1] {
            200 => {
                report.sent = Some(word(body, 6)?);
                body.get(24..)?
            }
            201 => body.get(4..)?,
            _ => continue,
        };
        for block in blocks.chunks_exact(24).take(usize::from(head[0] & 0x1F)) {
            if word(block, 0)? == ours {
                let loss = word(block, 4)?;
                report.block = Some(Block {
                    ssrc: ours,
                    fraction_lost: (loss >> 24) as u8,
                    lost: loss & 0x00FF_FFFF,
                    highest: word(block, 8)?,
                    jitter: word(block, 12)?,
                    last_report: word(block, 16)?,
                    delay: word(block, 20)?,
                });
            }
        }
    }
    Some(report)
}

/// Writes a compound packet: sender or receiver report, then the canonical name that RFC 3550 asks for. `ntp` is the
/// time now in NTP form.
pub fn write(out: &mut Vec<u8>, ssrc: u32, ntp: u64, sent: Option<Sent>, block: Option<Block>) {
    out.clear();
    let count = u8::from(block.is_some());
    let (kind, words) = if sent.is_some() { (200, 6) } else { (201, 1) };
    let words: u16 = words + 6 * u16::from(count);
    out.extend([0x80 | count, kind]);
    out.extend(words.to_be_bytes());
    out.extend(ssrc.to_be_bytes());
    if let Some(sent) = sent {
        out.extend(ntp.to_be_bytes());
        for word in [sent.timestamp, sent.packets, sent.bytes] {
            out.extend(word.to_be_bytes());
        }
    }
    if let Some(block) = block {
        let loss = u32::from(block.fraction_lost) << 24 | block.lost.min(0x007F_FFFF);
        for word in [block.ssrc, loss, block.highest, block.jitter, block.last_report, block.delay] {
            out.extend(word.to_be_bytes());
        }
    }
    // SDES: one chunk, CNAME of eight letters, ended by two zero bytes to the next word.
    out.extend([0x81, 202, 0, 4]);
    out.extend(ssrc.to_be_bytes());
    out.extend([1, 8]);
    for shift in (0..8).rev() {
        out.push(b"0123456789abcdef"[(ssrc >> (4 * shift)) as usize & 15]);
    }
    out.extend([0, 0]);
}

/// Adds the end of a stream to a compound packet.
pub fn write_bye(out: &mut Vec<u8>, ssrc: u32) {
    out.extend([0x81, 203, 0, 1]);
    out.extend(ssrc.to_be_bytes());
}

/// Nanoseconds since 1970 as NTP time.
pub fn ntp(unix_nanos: u64) -> u64 {
    let seconds = (unix_nanos / 1_000_000_000).wrapping_add(NTP_EPOCH) & 0xFFFF_FFFF;
    let fraction = ((unix_nanos % 1_000_000_000) << 32) / 1_000_000_000;
    seconds << 32 | fraction
}

/// The middle 32 bits of an NTP time, which reports carry.
pub fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// The round trip in milliseconds from a block that arrived at `now` (RFC 3550 section 6.4.1); none when the far side
/// has seen no report of ours, or its clock is mad.
pub fn round_trip_ms(block: &Block, now: u32) -> Option<f64> {
    if block.last_report == 0 {
        return None;
    }
    let trip = now.wrapping_sub(block.last_report).wrapping_sub(block.delay) as i32;
    // A little below zero is the rounding of two clocks.
    let trip = if (-66..0).contains(&trip) { 0 } else { trip };
    (0..60 * 65_536).contains(&trip).then(|| f64::from(trip) * 1000.0 / 65_536.0)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        Block {
            ssrc: 9,
            fraction_lost: 25,
            lost: 70,
            highest: 65_540,
            jitter: 12,
            last_report: 0x1234_5678,
            delay: 65_536,
        }
    }

    #[test]
    fn a_written_report_reads_back() {
        let mut packet = Vec::new();
        let time = ntp(1_700_000_000_500_000_000);
        let sent = Sent { timestamp: 160, packets: 3, bytes: 480 };
        write(&mut packet, 5, time, Some(sent), Some(block()));
        assert_eq!(packet.len() % 4, 0);
        assert_eq!(parse(&packet, 9), Some(Report { sent: Some(middle(time)), block: Some(block()) }));
        assert_eq!(parse(&packet, 8), Some(Report { sent: Some(middle(time)), block: None }));
        write(&mut packet, 5, time, None, Some(block()));
        assert_eq!(parse(&packet, 9), Some(Report { sent: None, block: Some(block()) }));
    }

    #[test]
    fn a_farewell_is_read_as_a_report_and_keeps_its_form() {
        let mut packet = Vec::new();
        write(&mut packet, 5, 0, None, Some(block()));
        write_bye(&mut packet, 5);
        assert_eq!(packet[packet.len() - 8..], [0x81, 203, 0, 1, 0, 0, 0, 5]);
        assert_eq!(parse(&packet, 9), Some(Report { sent: None, block: Some(block()) }));
    }

    #[test]
    fn half_a_report_is_none() {
        let mut packet = Vec::new();
        write(&mut packet, 5, 0, Some(Sent { timestamp: 0, packets: 0, bytes: 0 }), Some(block()));
        for length in 1..packet.len() {
            // Cut between two packets of the compound, the first still stands.
            assert_eq!(parse(&packet[..length], 9).is_some(), length == 52, "{length}");
        }
    }

    #[test]
    fn the_round_trip_is_now_less_report_less_delay() {
        let now = block().last_report.wrapping_add(65_536 + 6_554);
        assert!(round_trip_ms(&block(), now).is_some_and(|ms| (ms - 100.0).abs() < 0.1));
        assert_eq!(round_trip_ms(&Block { last_report: 0, ..block() }, now), None);
        assert_eq!(round_trip_ms(&block(), block().last_report), None);
    }
}
