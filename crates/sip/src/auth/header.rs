//! The parameters of a `Digest` header, ours and theirs.

use std::borrow::Cow;

use super::Algorithm;
use crate::header::{find_outside, unquote};

/// The parameters of an Authorization or WWW-Authenticate value, quotes removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DigestParams<'a> {
    /// Who.
    pub username: Option<Cow<'a, str>>,
    /// For which realm.
    pub realm: Option<Cow<'a, str>>,
    /// The server's nonce.
    pub nonce: Option<Cow<'a, str>>,
    /// The URI that was hashed.
    pub uri: Option<Cow<'a, str>>,
    /// The proof.
    pub response: Option<Cow<'a, str>>,
    /// The hash.
    pub algorithm: Option<Cow<'a, str>>,
    /// The quality of protection; in a challenge a list.
    pub qop: Option<Cow<'a, str>>,
    /// The client's nonce.
    pub cnonce: Option<Cow<'a, str>>,
    /// How often the nonce was used, in hexadecimal.
    pub nc: Option<Cow<'a, str>>,
    /// To be sent back.
    pub opaque: Option<Cow<'a, str>>,
}

impl<'a> DigestParams<'a> {
    /// Reads a value; none when it is not `Digest`, is malformed, or holds a parameter twice.
    pub fn parse(value: &'a str) -> Option<DigestParams<'a>> {
        let (scheme, mut rest) = value.trim().split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let mut params = DigestParams::default();
        while !rest.is_empty() {
            let (item, next) = match find_outside(rest, b',') {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, ""),
            };
            rest = next;
            if item.trim().is_empty() {
                continue;
            }
            let (name, value) = item.split_once('=')?;
            let Some(slot) = params.slot(name.trim()) else { continue };
            if slot.is_some() {
                return None;
            }
            *slot = Some(unquote(value.trim()));
        }
        Some(params)
    }

    /// The algorithm; none when we do not speak it.
    pub fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::parse(self.algorithm.as_deref())
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<Cow<'a, str>>> {
        let slots: [(&str, &mut Option<Cow<'a, str>>); 10] = [
            ("username", &mut self.username),
            ("realm", &mut self.realm),
            ("nonce", &mut self.nonce),
            ("uri", &mut self.uri),
            ("response", &mut self.response),
            ("algorithm", &mut self.algorithm),
            ("qop", &mut self.qop),
            ("cnonce", &mut self.cnonce),
            ("nc", &mut self.nc),
            ("opaque", &mut self.opaque),
        ];
        slots.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, slot)| slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_phone() {
        let params = DigestParams::parse(
            r#"digest username="a\"b, c",realm = "r,1" , nonce=n,uri="sip:a@b;x=1",qop=auth, NC=0000001A,unknown="1",,"#,
        );
        let params = params.expect("parameters");
        assert_eq!(params.username.as_deref(), Some(r#"a"b, c"#));
        assert_eq!((params.realm.as_deref(), params.nonce.as_deref()), (Some("r,1"), Some("n")));
        assert_eq!((params.uri.as_deref(), params.nc.as_deref()), (Some("sip:a@b;x=1"), Some("0000001A")));
        assert_eq!((params.algorithm(), params.response), (Some(Algorithm::Md5), None));
    }

    #[test]
    fn other_schemes_doubles_and_noise_are_refused() {
        for value in ["", "Digest", "Basic YTpi", r#"Digest realm="a", realm="b""#, "Digest nonsense", "NoOneKnows x=1"]
        {
            assert_eq!(DigestParams::parse(value), None, "{value}");
        }
        assert_eq!(DigestParams::parse("Digest algorithm=MD5-sess").and_then(|p| p.algorithm()), None);
    }
}
