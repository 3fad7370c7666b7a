//! Time-based one-time codes, RFC 6238, as authenticator apps make them: HMAC-SHA-1, 30 seconds, six digits.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

const STEP_MS: i64 = 30_000;
const DIGITS: u32 = 6;
/// How many steps a clock may be off, either way (RFC 6238, section 5.2).
const DRIFT: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of the code, when it is one of about now.
pub(super) fn step_of(secret: &[u8], code: &str, now_ms: i64) -> Option<i64> {
    let present = now_ms.div_euclid(STEP_MS);
    (present - DRIFT..=present + DRIFT).find(|step| self::code(secret, *step) == code)
}

/// The code of a step (RFC 4226, section 5.3).
pub(super) fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0x0f);
    let four = [digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
    format!("{:06}", u32::from_be_bytes(four) % 10u32.pow(DIGITS))
}

/// The present code.
#[cfg(test)]
pub(crate) fn present(secret: &[u8], now_ms: i64) -> String {
    code(secret, now_ms.div_euclid(STEP_MS))
}

/// RFC 4648, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let mut bits = [0u8; 8];
        bits[3..3 + group.len()].copy_from_slice(group);
        let number = u64::from_be_bytes(bits);
        let letters = (group.len() * 8).div_ceil(5);
        text.extend((0..letters).map(|place| char::from(BASE32[(number >> (35 - 5 * place) & 31) as usize])));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B; the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (20_000_000_000, "353130")]
        {
            assert_eq!(present(secret, seconds * 1000), expected);
        }
    }

    #[test]
    fn a_code_counts_a_step_before_and_after_its_own() {
        let secret = b"12345678901234567890";
        let code = present(secret, 10_000 * STEP_MS);
        for (steps, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            assert_eq!(step_of(secret, &code, (10_000 + steps) * STEP_MS).is_some(), counts, "{steps}");
        }
    }

    #[test]
    fn base32_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (plain, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foobar", "MZXW6YTBOI"), ("fooba", "MZXW6YTB")] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
    }
}
