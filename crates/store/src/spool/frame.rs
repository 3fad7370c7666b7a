//! One record in the file: a mark, its length, a checksum, its number, the payload.

/// Begins each frame, so that a reader finds the next one behind a damaged one.
pub(crate) const MARK: [u8; 4] = *b"\xa1Al\xf3";
/// Mark, length, checksum, number.
pub(crate) const HEAD: usize = 4 + 4 + 4 + 8;

/// The frame of a record.
pub(crate) fn encode(seq: u64, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("the spool refuses records of 4 GiB");
    let mut frame = Vec::with_capacity(HEAD + payload.len());
    frame.extend(MARK);
    frame.extend(length.to_le_bytes());
    frame.extend(checksum(seq, payload).to_le_bytes());
    frame.extend(seq.to_le_bytes());
    frame.extend(payload);
    frame
}

/// What stands at the beginning of `bytes`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// A whole record, and how long its frame is.
    Record { seq: u64, payload: &'a [u8], length: usize },
    /// The beginning of a frame whose rest is missing.
    Torn,
    /// Something else.
    Damaged,
}

/// Reads one frame; a length above `limit` counts as damage.
pub(crate) fn decode(bytes: &[u8], limit: usize) -> Found<'_> {
    let Some(head) = bytes.first_chunk::<HEAD>() else {
        return if MARK.starts_with(&bytes[..bytes.len().min(4)]) || bytes.starts_with(&MARK) {
            Found::Torn
        } else {
            Found::Damaged
        };
    };
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let length = word(4) as usize;
    if head[..4] != MARK || length > limit {
        return Found::Damaged;
    }
    let seq = u64::from(word(12)) | (u64::from(word(16)) << 32);
    let Some(payload) = bytes.get(HEAD..HEAD + length) else {
        return Found::Torn;
    };
    if checksum(seq, payload) != word(8) {
        return Found::Damaged;
    }
    Found::Record { seq, payload, length: HEAD + length }
}

fn checksum(seq: u64, payload: &[u8]) -> u32 {
    let length = (payload.len() as u64).to_le_bytes();
    !crc32c(crc32c(crc32c(!0, &seq.to_le_bytes()), &length), payload)
}

/// CRC-32C (Castagnoli), the polynomial of RFC 3720, a table of 256 steps.
const fn table() -> [u32; 256] {
    let mut table = [0u32; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0x82f6_3b78 } else { value >> 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
}

static TABLE: [u32; 256] = table();

fn crc32c(start: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(start, |sum, byte| TABLE[usize::from((sum as u8) ^ byte)] ^ (sum >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc32c() {
        // The check value of the catalogue for "123456789".
        assert_eq!(!crc32c(!0, b"123456789"), 0xe306_9283);
    }

    #[test]
    fn a_frame_reads_back_and_each_flipped_bit_is_seen() {
        let frame = encode(42, b"hello");
        assert_eq!(decode(&frame, 100), Found::Record { seq: 42, payload: b"hello", length: frame.len() });
        for bit in 0..frame.len() * 8 {
            let mut bad = frame.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(decode(&bad, 100), Found::Record { .. }), "bit {bit}");
        }
    }

    #[test]
    fn a_frame_cut_anywhere_is_torn() {
        let frame = encode(7, b"payload");
        for length in 0..frame.len() {
            assert_eq!(decode(&frame[..length], 100), Found::Torn, "{length}");
        }
    }
}
