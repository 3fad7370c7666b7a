//! Addresses as From, To, Contact and Route hold them: `"Name" <uri>;params` or `uri;params`.

use std::borrow::Cow;

use memchr::memchr3;

use super::{HeaderError, Params, end_of_quotes, find_outside, unquote};
use crate::uri::{Uri, UriError};

/// One address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameAddr<'a> {
    /// The display name as written, with its quotes.
    pub display: &'a str,
    /// The URI as written, without `<>`. Parameters of an address without `<>` belong to the header
    /// (RFC 3261 section 20).
    pub uri: &'a str,
    /// The header's parameters.
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one address.
    pub fn parse(text: &'a str) -> Result<NameAddr<'a>, HeaderError> {
        let text = text.trim();
        let open = open_bracket(text)?;
        let (display, uri, rest) = match open {
            Some(open) => {
                let close = open + text[open..].find('>').ok_or(HeaderError::Malformed)?;
                (text[..open].trim(), text[open + 1..close].trim(), &text[close + 1..])
            }
            None => {
                let end = find_outside(text, b';').unwrap_or(text.len());
                let uri = text[..end].trim();
                // A URI with headers must stand in brackets (RFC 3261 section 20).
                if uri.contains('?') {
                    return Err(HeaderError::Malformed);
                }
                ("", uri, &text[end..])
            }
        };
        let rest = rest.trim();
        let params_ok = rest.is_empty() || rest.starts_with(';');
        if uri.is_empty() || !params_ok || uri.contains(|c: char| c.is_ascii_whitespace() || c == '"' || c == '<') {
            return Err(HeaderError::Malformed);
        }
        Ok(NameAddr { display, uri, params: Params::new(rest) })
    }

    /// The display name for people: without quotes and escapes.
    pub fn display_text(&self) -> Cow<'a, str> {
        unquote(self.display)
    }

    /// The URI in its parts.
    pub fn uri(&self) -> Result<Uri<'a>, UriError> {
        Uri::parse(self.uri)
    }

    /// The tag parameter.
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag")
    }
}

/// Where `<` opens outside quotes; an error when a quoted string does not end.
fn open_bracket(text: &str) -> Result<Option<usize>, HeaderError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr3(b'"', b'<', b';', &bytes[at..]) {
        at += found;
        match bytes[at] {
            b'<' => return Ok(Some(at)),
            b';' => return Ok(None),
            _ => at = end_of_quotes(bytes, at).ok_or(HeaderError::Malformed)?,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, &str, &str) {
        let address = NameAddr::parse(text).expect("an address");
        (address.display_text().into_owned(), address.uri, address.params.as_str())
    }

    #[test]
    fn all_forms_of_an_address() {
        assert_eq!(parts("sip:a@b;tag=1"), (String::new(), "sip:a@b", ";tag=1"));
        assert_eq!(parts("<sip:a@b;lr>;tag=1"), (String::new(), "sip:a@b;lr", ";tag=1"));
        assert_eq!(parts("Lan <sip:a@b>"), ("Lan".into(), "sip:a@b", ""));
        assert_eq!(parts(r#""L <\"a\">, n"<sip:a@b> ; x"#), (r#"L <"a">, n"#.into(), "sip:a@b", "; x"));
        assert_eq!(parts("*"), (String::new(), "*", ""));
        assert_eq!(parts("Alô Đất <tel:+84901>"), ("Alô Đất".into(), "tel:+84901", ""));
    }

    #[test]
    fn broken_addresses_are_refused() {
        for text in
            ["", "<>", "<sip:a@b", r#""open <sip:a@b>"#, "<sip:a b@c>", "<sip:a@b> x", ";tag=1", "sip:a@b?Route=x"]
        {
            assert_eq!(NameAddr::parse(text), Err(HeaderError::Malformed), "{text}");
        }
    }
}
