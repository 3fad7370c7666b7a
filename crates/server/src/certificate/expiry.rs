//! From when until when a certificate is good: the one field of X.509 that the TLS library does not tell (RFC 5280
//! section 4.1.2.5).

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The start and the end of a certificate's validity, in seconds since 1970.
pub(super) fn validity_s(certificate: &[u8]) -> Option<(i64, i64)> {
    let (certificate, _) = expect(certificate, SEQUENCE)?;
    let (mut fields, _) = expect(certificate, SEQUENCE)?;
    if fields.first() == Some(&VERSION) {
        (_, _, fields) = value(fields)?;
    }
    // The serial number, the algorithm and the issuer.
    for _ in 0..3 {
        (_, _, fields) = value(fields)?;
    }
    let (validity, _) = expect(fields, SEQUENCE)?;
    let (first, starts, validity) = value(validity)?;
    let (second, ends, _) = value(validity)?;
    let seconds = |tag, time| seconds(tag, std::str::from_utf8(time).ok()?);
    Some((seconds(first, starts)?, seconds(second, ends)?))
}

fn expect(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = value(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// The first value: its tag, its content, and what comes after it.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // A certificate is far shorter than 16 MiB.
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ`, whose years are 1950 to 2049, or `YYYYMMDDHHMMSSZ`.
fn seconds(tag: u8, text: &str) -> Option<i64> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i64 = digits[..2].parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let part = |at: usize| rest[at..at + 2].parse::<i64>().ok();
    let (month, day) = (part(0)?, part(2)?);
    // Days since 1970 of the civil calendar, whose year is taken to begin in March.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + part(4)?) * 60 + part(6)?) * 60 + part(8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        assert_eq!(seconds(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(seconds(UTC_TIME, "261123021806Z"), Some(1_795_400_286));
        assert_eq!(seconds(GENERALIZED_TIME, "20240229235959Z"), Some(1_709_251_199));
        assert_eq!(seconds(GENERALIZED_TIME, "20500101000000Z"), Some(2_524_608_000));
        for wrong in ["", "Z", "261123021806", "26112302180xZ", "2026112302180600Z"] {
            assert_eq!(seconds(UTC_TIME, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn both_ends_are_found_in_a_certificate() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut wanted = rcgen::CertificateParams::new(vec!["alo.test".to_owned()]).expect("a name");
        wanted.not_before = rcgen::date_time_ymd(2026, 11, 23);
        wanted.not_after = rcgen::date_time_ymd(2031, 7, 9);
        let made = wanted.self_signed(&key).expect("a certificate");
        let expected = seconds(UTC_TIME, "261123000000Z").zip(seconds(UTC_TIME, "310709000000Z"));
        assert_eq!(validity_s(made.der()), expected);
        let bytes = made.der().to_vec();
        for length in 0..bytes.len() {
            // Whatever is cut off, nothing panics.
            let _ = validity_s(&bytes[..length]);
        }
        assert_eq!(validity_s(&bytes[..120]), None);
    }
}
