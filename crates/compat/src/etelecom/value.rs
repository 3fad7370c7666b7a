//! The vendor's forms of values: ids are whole numbers written as texts, times are RFC 3339, and what is absent has a value
//! of its own.

use super::answer::Refusal;
use jiff::Timestamp;
use model::{Id, PhoneNumber};
use serde::{Deserialize, Deserializer};

/// The id that stands for none.
pub(super) const NO_ID: &str = "0";
/// The time that stands for none.
pub(super) const NEVER: &str = "0001-01-01T00:00:00Z";

/// An id in the vendor's form.
pub(super) fn id(id: impl Id) -> String {
    id.number().to_string()
}

/// The same of what may be missing.
pub(super) fn some_id(known: Option<impl Id>) -> String {
    known.map_or_else(|| NO_ID.to_owned(), id)
}

/// A moment, given in milliseconds since 1970.
pub(crate) fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| NEVER.to_owned(), |at| at.to_string())
}

/// The same of what may be missing.
pub(super) fn some_time(at_ms: Option<i64>) -> String {
    at_ms.map_or_else(|| NEVER.to_owned(), time)
}

/// A telephone number as people of the country write it; an extension's stays.
pub(super) fn number(number: &str, country: &str) -> String {
    PhoneNumber::parse(number, country).map_or_else(|| number.to_owned(), |parsed| parsed.national(country))
}

/// Milliseconds since 1970 of a moment that was sent; none for an absent one.
pub(super) fn read_time(name: &str, text: &str) -> Result<Option<i64>, Refusal> {
    if text.is_empty() || text == NEVER {
        return Ok(None);
    }
    let wrong = || Refusal::invalid(format!("{name}: send a time like 2026-11-22T09:05:00+07:00"));
    parse_time(text).map(Some).ok_or_else(wrong)
}

/// Milliseconds since 1970 of a moment; none for an absent one, and for what is none.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().filter(|_| text != NEVER).map(Timestamp::as_millisecond)
}

/// An id that was sent, as text or number; `0`, an empty text and null are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sent(pub(super) Option<u64>);

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Sent, D::Error> {
        let text = crate::loose::text(input)?;
        if text.is_empty() || text == NO_ID {
            return Ok(Sent(None));
        }
        let wrong = |_| serde::de::Error::custom("send an id: a whole number as text");
        text.parse().map(|number| Sent(Some(number))).map_err(wrong)
    }
}

impl Sent {
    /// The id, which is needed.
    pub(super) fn needed(self, name: &str) -> Result<u64, Refusal> {
        self.0.ok_or_else(|| Refusal::invalid(format!("{name}: this field is needed")))
    }

    /// Whether it is this one.
    pub(super) fn is(self, known: impl Id) -> bool {
        self.0 == Some(known.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(json: &str) -> Option<Sent> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn ids_come_as_texts_or_numbers_and_zero_is_none() {
        assert_eq!(sent(r#""1052570182707778180""#), Some(Sent(Some(1_052_570_182_707_778_180))));
        assert_eq!(sent("7"), Some(Sent(Some(7))));
        for none in [r#""0""#, r#""""#, "null", "0"] {
            assert_eq!(sent(none), Some(Sent(None)), "{none}");
        }
        for wrong in [r#""ext_1""#, "-1", "1.5", "true", "{}", r#""99999999999999999999999""#] {
            assert_eq!(sent(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(time(1_602_299_410_000), "2020-10-10T03:10:10Z");
        assert_eq!(some_time(None), NEVER);
        assert_eq!(read_time("t", "2020-10-10T10:10:10+07:00").ok(), Some(Some(1_602_299_410_000)));
        assert_eq!(read_time("t", "").ok(), Some(None));
        assert!(read_time("t", "yesterday").is_err());
    }
}
