//! One record in the file: a mark, its length, a checksum, its number, the payload.

/// Begins each frame, so that a reader finds the next one behind a damaged one.
pub(crate) const MARK: [u8; 4] = *b"\xa1Al\xf3";
/// Mark, length, checksum, number.
pub(crate) const HEAD: usize = 4 + 4 + 4 + 8;

/// Adds the frame of a record to `out`.
pub(crate) fn encode(out: &mut Vec<u8>, seq: u64, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("the spool refuses records of 4 GiB");
    out.reserve(HEAD + payload.len());
    out.extend(MARK);
    out.extend(length.to_le_bytes());
    out.extend(checksum(seq, payload).to_le_bytes());
    out.extend(seq.to_le_bytes());
    out.extend(payload);
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

/// CRC-32C (Castagnoli), the polynomial of RFC 3720, eight bytes a step: `TABLES[n]` is a byte followed by n zero bytes.
const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0x82f6_3b78 } else { value >> 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut zeros = 1;
    while zeros < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[zeros - 1][byte];
            tables[zeros][byte] = tables[0][(before & 0xff) as usize] ^ (before >> 8);
            byte += 1;
        }
        zeros += 1;
    }
    tables
}

static TABLES: [[u32; 256]; 8] = tables();

fn crc32c(start: u32, bytes: &[u8]) -> u32 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let sum = eights.iter().fold(start, |sum, eight| {
        let mixed = u64::from_le_bytes(*eight) ^ u64::from(sum);
        let step = |place: usize| TABLES[7 - place][((mixed >> (8 * place)) & 0xff) as usize];
        step(0) ^ step(1) ^ step(2) ^ step(3) ^ step(4) ^ step(5) ^ step(6) ^ step(7)
    });
    rest.iter().fold(sum, |sum, byte| TABLES[0][usize::from((sum as u8) ^ byte)] ^ (sum >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc32c() {
        // The check value of the catalogue for "123456789".
        assert_eq!(!crc32c(!0, b"123456789"), 0xe306_9283);
        // RFC 3720, B.4: 32 bytes of zeros, and of 0x00 to 0x1f.
        assert_eq!(!crc32c(!0, &[0; 32]), 0x8a91_36aa);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(!crc32c(!0, &rising), 0x46dd_794e);
    }

    #[test]
    fn a_frame_reads_back_and_each_flipped_bit_is_seen() {
        let mut frame = Vec::new();
        encode(&mut frame, 42, b"hello");
        assert_eq!(decode(&frame, 100), Found::Record { seq: 42, payload: b"hello", length: frame.len() });
        for bit in 0..frame.len() * 8 {
            let mut bad = frame.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(decode(&bad, 100), Found::Record { .. }), "bit {bit}");
        }
    }

    #[test]
    fn a_frame_cut_anywhere_is_torn() {
        let mut frame = Vec::new();
        encode(&mut frame, 7, b"payload");
        for length in 0..frame.len() {
            assert_eq!(decode(&frame[..length], 100), Found::Torn, "{length}");
        }
    }
}
