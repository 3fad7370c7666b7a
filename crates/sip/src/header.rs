//! Readers of header values: numbers, lists, parameters, addresses, Via. They borrow from the text and copy nothing.

mod name_addr;
mod params;
mod replaces;
mod via;

use memchr::{memchr, memchr2, memchr3};
use thiserror::Error;

pub use name_addr::NameAddr;
pub use params::Params;
pub use replaces::Replaces;
pub use via::Via;

/// Why a header value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The header is not there.
    #[error("the header is missing")]
    Missing,
    /// Its value does not follow the grammar.
    #[error("the header is malformed")]
    Malformed,
}

/// Splits a value at the commas outside quoted strings and `<>`; empty items are skipped.
pub fn split_list(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        loop {
            let text = rest?;
            let item = match find_outside(text, b',') {
                Some(at) => {
                    rest = Some(&text[at + 1..]);
                    &text[..at]
                }
                None => {
                    rest = None;
                    text
                }
            };
            let item = item.trim();
            if !item.is_empty() {
                return Some(item);
            }
        }
    })
}

/// Where the first `wanted` byte stands outside quoted strings and `<>`; none behind a quote or bracket that does not
/// end.
pub(crate) fn find_outside(text: &str, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr3(wanted, b'"', b'<', &bytes[at..])?;
        match bytes[at] {
            byte if byte == wanted => return Some(at),
            b'"' => at = end_of_quotes(bytes, at)?,
            _ => at += memchr(b'>', &bytes[at..])? + 1,
        }
    }
}

/// Where the quoted string that opens at `at` is over.
pub(crate) fn end_of_quotes(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// A decimal number below 2^32, digits only.
pub(crate) fn parse_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A number of seconds: anything too large counts as the largest; a comment or parameters may follow.
pub(crate) fn parse_seconds(text: &str) -> Option<u32> {
    let text = text.split([';', '(']).next().unwrap_or("").trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// How many bytes of line ends stand in front.
pub(crate) fn leading_line_ends(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count()
}

/// Whether the byte may stand in a token (RFC 3261 section 25.1).
pub(crate) const fn is_token(byte: u8) -> bool {
    TOKEN[byte as usize]
}

/// A table, because this is asked for each byte of each header name.
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let others = b"-.!%*_+`'~";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
};

/// The text of a quoted string with its escapes removed; text without quotes is returned as it is.
pub fn unquote(text: &str) -> std::borrow::Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else { return text.into() };
    if !inner.contains('\\') {
        return inner.into();
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_outside_quotes_and_angle_brackets() {
        let value = r#" "a, \"b," <sip:x,y@z> ;q=1 ,, <sip:c> , sip:d"#;
        let items: Vec<&str> = split_list(value).collect();
        assert_eq!(items, [r#""a, \"b," <sip:x,y@z> ;q=1"#, "<sip:c>", "sip:d"]);
    }

    #[test]
    fn numbers_are_digits_and_bounded() {
        assert_eq!(parse_number("4294967295"), Some(u32::MAX));
        assert_eq!(parse_number("4294967296"), None);
        assert_eq!(parse_number("+1"), None);
        assert_eq!(parse_number(""), None);
        assert_eq!(parse_seconds("100000000000000"), Some(u32::MAX));
        assert_eq!(parse_seconds("60 (a minute)"), Some(60));
        assert_eq!(parse_seconds("-1"), None);
    }

    #[test]
    fn quotes_and_escapes_are_removed() {
        assert_eq!(unquote(r#""a \"b\" \\c""#), r#"a "b" \c"#);
        assert_eq!(unquote("plain"), "plain");
        assert_eq!(unquote(r#""\""#), r"\");
    }
}
