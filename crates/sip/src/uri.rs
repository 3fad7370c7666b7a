//! URIs as SIP uses them: `sip:`, `sips:`, `tel:`, and any other scheme kept as text.
//!
//! [`Uri`] borrows from the text it was read from. Escapes stay as written; [`Uri::user_text`] removes them.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use memchr::{memchr_iter, memchr2_iter};
use thiserror::Error;

use crate::header::{Params, parse_number};
use crate::message::MAX_URI;

/// The most parameters, and headers, of a URI: comparing two costs the square of it.
const MAX_PARTS: usize = 32;

/// The scheme of a URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other.
    Other,
}

/// Why a text is no URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UriError {
    /// It does not follow the grammar.
    #[error("the URI is malformed")]
    Malformed,
    /// It is longer than [`MAX_URI`].
    #[error("the URI is too long")]
    TooLong,
}

/// A URI in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uri<'a> {
    /// The scheme.
    pub scheme: Scheme,
    /// The user part with its escapes, or the number of a `tel:` URI; empty when there is none.
    pub user: &'a str,
    /// The password, which nobody should write into a URI.
    pub password: Option<&'a str>,
    /// The host as written (an IPv6 address keeps its brackets); of an unknown scheme, all after the colon.
    pub host: &'a str,
    /// The port.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
    /// The headers after `?`; empty when there are none.
    pub headers: &'a str,
}

impl<'a> Uri<'a> {
    /// Reads a URI.
    pub fn parse(text: &'a str) -> Result<Uri<'a>, UriError> {
        if text.len() > MAX_URI {
            return Err(UriError::TooLong);
        }
        Uri::read(text).ok_or(UriError::Malformed)
    }

    fn read(text: &'a str) -> Option<Uri<'a>> {
        if text.bytes().any(|b| b <= b' ' || b == 0x7f || matches!(b, b'<' | b'>' | b'"')) || !escapes_are_whole(text) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let scheme = parse_scheme(scheme)?;
        match scheme {
            Scheme::Sip | Scheme::Sips => Uri::read_sip(scheme, rest),
            Scheme::Tel => {
                let (number, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
                (!number.is_empty()).then_some(Uri {
                    scheme,
                    user: number,
                    password: None,
                    host: "",
                    port: None,
                    params: Params::new(params),
                    headers: "",
                })
            }
            Scheme::Other => Some(Uri {
                scheme,
                user: "",
                password: None,
                host: rest,
                port: None,
                params: Params::default(),
                headers: "",
            }),
        }
    }

    fn read_sip(scheme: Scheme, rest: &'a str) -> Option<Uri<'a>> {
        // A user may hold `;` and `?`, so the `@` is looked for first (RFC 4475 section 3.1.1.13).
        let (user, password, rest) = match rest.split_once('@') {
            Some((user, rest)) => match user.split_once(':') {
                Some((user, password)) => (user, Some(password), rest),
                None => (user, None, rest),
            },
            None => ("", None, rest),
        };
        if rest.contains('@') || (password.is_some() && user.is_empty()) {
            return None;
        }
        let (rest, headers) = rest.split_once('?').unwrap_or((rest, ""));
        if memchr2_iter(b';', b'&', rest.as_bytes()).chain(memchr_iter(b'&', headers.as_bytes())).count() > MAX_PARTS {
            return None;
        }
        let (host, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = split_host_port(host)?;
        Some(Uri { scheme, user, password, host, port, params: Params::new(params), headers })
    }

    /// The user part with its escapes removed; bytes that are no UTF-8 become `?`.
    pub fn user_text(&self) -> Cow<'a, str> {
        decode(self.user)
    }

    /// The host, when it is an address.
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(self.host)
    }

    /// Whether both URIs mean the same (RFC 3261 section 19.1.4): user with case, the rest without; `transport`,
    /// `user`, `ttl`, `method` and `maddr` must stand in both or in neither, other parameters must only not differ.
    pub fn is_equivalent(&self, other: &Uri<'_>) -> bool {
        self.scheme == other.scheme
            && decode(self.user) == decode(other.user)
            && self.password.map(decode) == other.password.map(decode)
            && same_host(self.host, other.host)
            && self.port == other.port
            && self.params_agree(other)
            && other.params_agree(self)
            && same_headers(self.headers, other.headers)
    }

    /// Whether each parameter here agrees with the other URI.
    fn params_agree(&self, other: &Uri<'_>) -> bool {
        const IN_BOTH: [&str; 5] = ["transport", "user", "ttl", "method", "maddr"];
        self.params.iter().all(|(name, _)| match (self.params.get(name), other.params.get(name)) {
            (Some(ours), Some(theirs)) => decode(ours).eq_ignore_ascii_case(&decode(theirs)),
            (None, _) | (_, None) => !IN_BOTH.iter().any(|must| must.eq_ignore_ascii_case(name)),
        })
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.scheme {
            Scheme::Sip => "sip:",
            Scheme::Sips => "sips:",
            Scheme::Tel => "tel:",
            Scheme::Other => "",
        })?;
        f.write_str(self.user)?;
        if let Some(password) = self.password {
            write!(f, ":{password}")?;
        }
        if !self.user.is_empty() && !self.host.is_empty() {
            f.write_str("@")?;
        }
        f.write_str(self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.params.as_str())?;
        if !self.headers.is_empty() {
            write!(f, "?{}", self.headers)?;
        }
        Ok(())
    }
}

/// A SIP URI we make: the user is escaped where it must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UriBuf(String);

impl UriBuf {
    /// `sip:user@host:port`; no user when it is empty.
    pub fn sip(user: &str, host: &str, port: Option<u16>) -> UriBuf {
        let mut text = String::with_capacity(16 + user.len() + host.len());
        text.push_str("sip:");
        if !user.is_empty() {
            text.push_str(&escape_user(user));
            text.push('@');
        }
        // An address of the sixth version stands in brackets.
        if host.contains(':') && !host.starts_with('[') {
            text.push_str(&format!("[{host}]"));
        } else {
            text.push_str(host);
        }
        if let Some(port) = port {
            text.push(':');
            text.push_str(&port.to_string());
        }
        UriBuf(text)
    }

    /// The same with one more parameter, whose text needs no escapes.
    #[must_use]
    pub fn param(mut self, name: &str, value: &str) -> UriBuf {
        self.0.push(';');
        self.0.push_str(name);
        if !value.is_empty() {
            self.0.push('=');
            self.0.push_str(value);
        }
        self
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for UriBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits `host:port`; an IPv6 address stands in brackets; blanks may stand around the colon.
pub(crate) fn split_host_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
    let (host, rest) = text.split_at(end);
    let host = host.trim_end();
    let rest = rest.trim();
    let port = match rest.strip_prefix(':') {
        Some(port) => Some(u16::try_from(parse_number(port.trim())?).ok()?),
        None if rest.is_empty() => None,
        None => return None,
    };
    host_is_valid(host).then_some((host, port))
}

fn host_is_valid(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').is_some_and(|ip| parse_v6(ip).is_some()),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')),
    }
}

/// The address a host is, with or without brackets.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    if bare.contains(':') { parse_v6(bare).map(IpAddr::V6) } else { bare.parse().ok() }
}

/// An IPv6 address; also with three colons before an IPv4 tail, which the grammar of RFC 3261 makes by mistake and
/// RFC 5118 section 4.10 wants read.
fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    if let Some((head, tail)) = text.split_once(":::") {
        tail.parse::<Ipv4Addr>().ok()?;
        return format!("{head}::{tail}").parse().ok();
    }
    text.parse().ok()
}

fn same_host(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || matches!((host_ip(a), host_ip(b)), (Some(a), Some(b)) if a == b)
}

fn same_headers(a: &str, b: &str) -> bool {
    let covers =
        |a: &str, b: &str| a.split('&').all(|item| b.split('&').any(|o| decode(o).eq_ignore_ascii_case(&decode(item))));
    a == b || (covers(a, b) && covers(b, a))
}

fn parse_scheme(text: &str) -> Option<Scheme> {
    const KNOWN: [(&str, Scheme); 3] = [("sip", Scheme::Sip), ("sips", Scheme::Sips), ("tel", Scheme::Tel)];
    if let Some((_, scheme)) = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(text)) {
        return Some(*scheme);
    }
    let mut bytes = text.bytes();
    let starts = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
    let goes_on = bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (starts && goes_on).then_some(Scheme::Other)
}

fn escapes_are_whole(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr_iter(b'%', bytes)
        .all(|at| bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
}

/// The text with `%xx` escapes removed; bytes that are no UTF-8 become `?`.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return text.into();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = tail.get(..2).filter(|_| byte == b'%');
        let value =
            escaped.and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(value.unwrap_or(byte));
        rest = if value.is_some() { &tail[2..] } else { tail };
    }
    match String::from_utf8(out) {
        Ok(text) => text.into(),
        Err(error) => error.into_bytes().iter().map(|b| if b.is_ascii() { *b as char } else { '?' }).collect(),
    }
}

/// The user part of a URI with all escaped that must be (RFC 3261 section 25.1).
pub fn escape_user(user: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&b);
    if user.bytes().all(plain) {
        return user.into();
    }
    let mut out = String::with_capacity(user.len() + 8);
    for byte in user.bytes() {
        if plain(byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(half), 16).map_or('0', |c| c.to_ascii_uppercase()));
            }
        }
    }
    out.into()
}

#[cfg(test)]
mod tests;
