//! Readers of header values: numbers, lists, parameters, addresses, Via. They borrow from the text and copy nothing.

mod name_addr;
mod params;
mod via;

use thiserror::Error;

pub use name_addr::NameAddr;
pub use params::Params;
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
            let item = match find_outside(text, |b| b == b',') {
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

/// Where the first ASCII byte that `wanted` accepts stands outside quoted strings and `<>`.
pub(crate) fn find_outside(text: &str, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    let mut angle = false;
    for (at, byte) in text.bytes().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        match byte {
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'<' => angle = true,
            b'>' => angle = false,
            _ if !angle && wanted(byte) => return Some(at),
            _ => {}
        }
    }
    None
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
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

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
