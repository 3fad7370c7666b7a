//! Keys in session descriptions (SDES, RFC 4568): reading and writing `a=crypto` lines. Pure.

use crate::srtp::{MasterKey, Suite};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Some phones leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The longest identifier of a key.
const MKI: usize = 128;

/// A usable `a=crypto` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Names the line in the answer.
    pub tag: u32,
    /// What its writer sends with.
    pub key: MasterKey,
    /// Bytes of the key's identifier in each packet.
    pub mki: usize,
}

impl Line {
    /// Reads what stands behind `a=crypto:`; none when we cannot do what it says.
    pub fn parse(value: &str) -> Option<Line> {
        let mut words = value.split_whitespace();
        let tag = words.next()?.parse().ok()?;
        let suite = Suite::from_name(words.next()?)?;
        // Several keys would have to be told apart by their identifiers.
        let inline = words.next()?;
        let inline = inline.get(..7).filter(|method| method.eq_ignore_ascii_case("inline:")).map(|_| &inline[7..])?;
        if inline.contains(';') || words.any(|parameter| !is_harmless(parameter)) {
            return None;
        }
        let mut parts = inline.split('|');
        let key = MasterKey::new(suite, &BASE64.decode(parts.next()?).ok()?)?;
        // A lifetime has no colon, an identifier has one: value and length.
        let mut mki = 0;
        for part in parts {
            if let Some((_, length)) = part.split_once(':') {
                mki = length.trim().parse().ok().filter(|length| *length <= MKI)?;
            }
        }
        Some(Line { tag, key, mki })
    }

    /// Writes what stands behind `a=crypto:`.
    pub fn write(tag: u32, key: &MasterKey) -> String {
        format!("{tag} {} inline:{}", key.suite().name(), BASE64.encode(key.key_and_salt()))
    }
}

/// Session parameters that change nothing for us: the window is ours to choose, and those with a hyphen are optional.
/// All others must be understood (RFC 4568 section 6.3).
fn is_harmless(parameter: &str) -> bool {
    parameter.starts_with('-') || parameter.to_ascii_uppercase().starts_with("WSH=")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    fn parse(value: &str) -> Option<Line> {
        Line::parse(value)
    }

    #[test]
    fn lines_of_the_rfc_and_of_phones_are_read() {
        for (value, mki) in [
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4"), 4),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^31"), 0),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:32"), 32),
            (format!("1 aes_cm_128_hmac_sha1_80 INLINE:{KEY}"), 0),
            (format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY} WSH=64 -X=1"), 0),
        ] {
            let line = parse(&value).expect(&value);
            assert_eq!((line.tag, line.mki, line.key.key_and_salt().len()), (1, mki, 30), "{value}");
        }
    }

    #[test]
    fn what_we_cannot_do_is_passed_over() {
        for value in [
            String::new(),
            "1 AES_CM_128_HMAC_SHA1_80".to_owned(),
            "1 AES_CM_128_HMAC_SHA1_80 inline:AAAA".to_owned(),
            format!("x AES_CM_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}"),
            format!("1 AEAD_AES_128_GCM inline:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 uri:{KEY}"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:4;inline:{KEY}|2:4"),
            format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1:999"),
        ] {
            assert_eq!(parse(&value), None, "{value}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for suite in Suite::ALL {
            let key = MasterKey::new(suite, &vec![9; suite.key_len() + suite.salt_len()]).expect("a key");
            assert_eq!(parse(&Line::write(3, &key)), Some(Line { tag: 3, key, mki: 0 }));
        }
    }
}
