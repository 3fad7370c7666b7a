//! Session descriptions (RFC 4566/8866): reading what any phone sends, and writing what any phone reads.
//!
//! The reader is tolerant: unknown, odd or missing lines are passed over, `\n` and `\r\n` both end a line, and text
//! that is no UTF-8 is kept as far as it goes. It never panics and what it keeps is bounded ([`Limit`]). Every attribute
//! is kept as text, so that ICE, DTLS and crypto lines reach whoever understands them. What an offer means is decided
//! in [`crate::negotiation`].

mod read;
mod write;

use crate::{Codec, Direction};
use std::net::IpAddr;

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// Who made it and which version it is (`o=`).
    pub origin: Origin,
    /// The session's name (`s=`).
    pub name: String,
    /// Where media goes unless a medium says otherwise (`c=`).
    pub connection: Option<Host>,
    /// The attributes before the first `m=` line.
    pub attributes: Vec<Attribute>,
    /// The media, in order; their number and order never change within a session.
    pub media: Vec<Medium>,
}

/// The `o=` line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The user's name, or `-`.
    pub user: String,
    /// The session's number.
    pub session: u64,
    /// Grows with each changed description.
    pub version: u64,
    /// The address of the maker.
    pub host: Option<Host>,
}

/// An address in an `o=` or `c=` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// An IP address.
    Ip(IpAddr),
    /// A domain name; nothing here looks it up.
    Name(String),
}

impl Host {
    /// The IP address, when it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Host::Ip(ip) => Some(*ip),
            Host::Name(_) => None,
        }
    }
}

/// One `a=` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What stands before the colon.
    pub name: String,
    /// What stands after it; none for a flag.
    pub value: Option<String>,
}

impl Attribute {
    /// `a=name`.
    pub fn flag(name: impl Into<String>) -> Attribute {
        Attribute { name: name.into(), value: None }
    }

    /// `a=name:value`.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Attribute {
        Attribute { name: name.into(), value: Some(value.into()) }
    }
}

/// One `m=` line with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Medium {
    /// `audio`, `video`, `image`…
    pub kind: String,
    /// The port; 0 refuses or stops the medium.
    pub port: u16,
    /// `RTP/AVP`, `UDP/TLS/RTP/SAVPF`, `udptl`…
    pub protocol: String,
    /// The formats: payload types for RTP.
    pub formats: Vec<String>,
    /// Where this medium goes (`c=`).
    pub connection: Option<Host>,
    /// The attributes after the `m=` line.
    pub attributes: Vec<Attribute>,
}

/// A format of an RTP medium, from the `m=` line and `a=rtpmap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format<'a> {
    /// The payload type.
    pub payload_type: u8,
    /// The encoding name.
    pub name: &'a str,
    /// The clock in Hz.
    pub clock: u32,
}

/// The sizes that are read at most; more is an error, so that a description cannot cost more than it may.
#[derive(Debug, Clone, Copy)]
pub struct Limit;

impl Limit {
    /// Bytes of a description.
    pub const BYTES: usize = 64 * 1024;
    /// Media of a description.
    pub const MEDIA: usize = 32;
    /// Formats of one medium.
    pub const FORMATS: usize = 64;
    /// Attributes of the session, or of one medium.
    pub const ATTRIBUTES: usize = 256;
}

/// Why a text is no session description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Larger than one of the [`Limit`]s.
    #[error("the session description has too many {0}")]
    TooMany(&'static str),
    /// An `m=` line without kind, port and protocol.
    #[error("the session description has an m= line without kind, port and protocol")]
    Medium,
    /// There is not one line of the form `x=…`.
    #[error("this is not a session description")]
    NotSdp,
}

impl Session {
    /// Reads a description.
    pub fn parse(text: &[u8]) -> Result<Session, ParseError> {
        read::session(text)
    }

    /// The first attribute of that name on session level.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }

    /// Where a medium goes: its own `c=` line, else the session's.
    pub fn host<'a>(&'a self, medium: &'a Medium) -> Option<&'a Host> {
        medium.connection.as_ref().or(self.connection.as_ref())
    }

    /// The direction of a medium: its own attribute, else the session's, else both ways.
    pub fn direction(&self, medium: &Medium) -> Direction {
        let word = |a: &Attribute| Direction::parse(&a.name);
        medium.attributes.iter().find_map(word).or_else(|| self.attributes.iter().find_map(word)).unwrap_or_default()
    }
}

impl Medium {
    /// The first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        find(&self.attributes, name)
    }

    /// The RTP formats that have a name, in the order of the `m=` line. Static payload types need no `a=rtpmap`.
    pub fn rtp_formats(&self) -> impl Iterator<Item = Format<'_>> {
        self.formats.iter().filter_map(|text| {
            let payload_type = text.parse().ok().filter(|pt| *pt < 128)?;
            let mapped = self.attributes.iter().filter(|a| a.name == "rtpmap").find_map(|a| {
                let (pt, rest) = a.value.as_deref()?.trim().split_once([' ', '\t'])?;
                if pt.parse() != Ok(payload_type) {
                    return None;
                }
                let mut parts = rest.trim().split('/');
                let name = parts.next().filter(|n| !n.is_empty())?;
                let clock = parts.next().and_then(|c| c.trim().parse().ok()).unwrap_or(8000);
                Some(Format { payload_type, name, clock })
            });
            mapped.or_else(|| {
                if payload_type == 13 {
                    return Some(Format { payload_type, name: "CN", clock: 8000 });
                }
                let codec = Codec::from_static(payload_type)?;
                Some(Format { payload_type, name: codec.name(), clock: codec.clock() })
            })
        })
    }

    /// The parameters of a format (`a=fmtp`).
    pub fn parameters(&self, payload_type: u8) -> Option<&str> {
        self.attributes.iter().filter(|a| a.name == "fmtp").find_map(|a| {
            let (number, rest) = a.value.as_deref()?.trim().split_once([' ', '\t'])?;
            (number.parse() == Ok(payload_type)).then(|| rest.trim())
        })
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|a| a.name == name)
}

#[cfg(test)]
mod tests;
