//! One SIP message: its bytes as they came, an index of its header lines, and readers that look into the bytes when
//! asked. Nothing is copied per header. Parsing is lenient where RFC 3261 asks for it (folded lines, compact names,
//! any case, blanks around `:`, unknown methods and schemes) and strict about where a message ends.
//!
//! Start with [`Message::parse`] (a datagram) or [`Message::parse_stream`] (TCP and the like); then call
//! [`Message::validate`] once before anything of the message is believed. Never here: sockets, transactions, answers.

mod body;
mod error;
mod parse;
mod stream;
#[cfg(test)]
mod tests;
mod validate;

use bytes::Bytes;

pub use error::{ParseError, ParseErrorKind, Rejection, StreamError};
pub use stream::take_pings;
pub use validate::SUPPORTED;

use crate::header::{self, HeaderError, NameAddr, Via};
use crate::method::Method;
use crate::name::Name;

/// The largest datagram read as a message.
pub const MAX_DATAGRAM: usize = 64 * 1024;
/// The largest message read from a stream.
pub const MAX_STREAM_MESSAGE: usize = 128 * 1024;
/// The largest header section read from a stream.
pub const MAX_HEAD: usize = 64 * 1024;
/// The longest header line, with its folds.
pub const MAX_LINE: usize = 8 * 1024;
/// The most lines of one header.
pub const MAX_LINES_PER_NAME: usize = 64;
/// The most header lines.
pub const MAX_LINES: usize = 256;
/// The longest URI.
pub const MAX_URI: usize = 2 * 1024;

/// A parsed message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The bytes with folds opened and bad bytes replaced, each by as many bytes, so that offsets hold in both.
    text: Bytes,
    /// The bytes as they came, when `text` had to differ.
    original: Option<Bytes>,
    start: Start,
    lines: Vec<Line>,
    body: Span,
    defect: Option<(u16, &'static str)>,
}

/// A range of bytes. Messages are far smaller than 4 GiB, and the index is a third smaller so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The span, which fits because every message is at most [`MAX_STREAM_MESSAGE`] long.
    fn new(start: usize, end: usize) -> Span {
        Span { start: start as u32, end: end as u32 }
    }
}

/// A header line: where its name begins and ends, and its value without the blanks around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line {
    start: u32,
    name_len: u16,
    name: Name,
    value: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Request { method: Method, method_end: u32, uri: Span },
    Response { status: u16, reason: Span },
}

impl Message {
    /// Whether this is a request (else it is a response).
    pub fn is_request(&self) -> bool {
        matches!(self.start, Start::Request { .. })
    }

    /// The method; of a response, the method of its CSeq.
    pub fn method(&self) -> Method {
        match self.start {
            Start::Request { method, .. } => method,
            Start::Response { .. } => self.cseq().map_or(Method::Other, |(_, method)| method),
        }
    }

    /// The method as written; of a response, that of its CSeq.
    pub fn method_text(&self) -> &str {
        match self.start {
            Start::Request { method_end, .. } => self.slice(Span { start: 0, end: method_end }),
            Start::Response { .. } => {
                self.header(Name::CSeq).and_then(|value| value.split_ascii_whitespace().nth(1)).unwrap_or("")
            }
        }
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            Start::Request { .. } => None,
            Start::Response { status, .. } => Some(status),
        }
    }

    /// The reason phrase of a response, else empty.
    pub fn reason(&self) -> &str {
        match self.start {
            Start::Request { .. } => "",
            Start::Response { reason, .. } => self.slice(reason),
        }
    }

    /// The request's URI, as written; empty for a response.
    pub fn request_uri(&self) -> &str {
        match self.start {
            Start::Request { uri, .. } => self.slice(uri),
            Start::Response { .. } => "",
        }
    }

    /// The value of the first line of this name: unfolded, without blanks around it, bad bytes replaced by `?`.
    pub fn header(&self, name: Name) -> Option<&str> {
        self.lines.iter().find(|line| line.name == name).map(|line| self.slice(line.value))
    }

    /// The value of every line of this name, in order.
    pub fn headers(&self, name: Name) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(move |line| line.name == name).map(|line| self.slice(line.value))
    }

    /// Every item of every line of this name: lines are split at commas outside quotes and `<>`. Not for headers
    /// whose commas mean something else (`Date`, `WWW-Authenticate`, `Authorization`).
    pub fn list(&self, name: Name) -> impl Iterator<Item = &str> {
        self.headers(name).flat_map(header::split_list)
    }

    /// The value of the first line with this name in text; for extension headers.
    pub fn other(&self, name: &str) -> Option<&str> {
        self.all_headers().find(|(text, _)| text.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All header lines in order: name as written, value.
    pub fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(|line| {
            let name = Span { start: line.start, end: line.start + u32::from(line.name_len) };
            (self.slice(name), self.slice(line.value))
        })
    }

    /// The topmost Via.
    pub fn via(&self) -> Result<Via<'_>, HeaderError> {
        self.list(Name::Via).next().ok_or(HeaderError::Missing).and_then(Via::parse)
    }

    /// The CSeq; none when it is missing or no number below 2^31 and a method.
    pub fn cseq(&self) -> Option<(u32, Method)> {
        let mut words = self.header(Name::CSeq)?.split_ascii_whitespace();
        let number = header::parse_number(words.next()?)?;
        let method = Method::parse(words.next()?.as_bytes());
        (number < 1 << 31 && words.next().is_none()).then_some((number, method))
    }

    /// The Call-ID; empty when missing (which [`Message::validate`] refuses).
    pub fn call_id(&self) -> &str {
        self.header(Name::CallId).unwrap_or("")
    }

    /// The From header.
    pub fn from(&self) -> Result<NameAddr<'_>, HeaderError> {
        self.address(Name::From)
    }

    /// The To header.
    pub fn to(&self) -> Result<NameAddr<'_>, HeaderError> {
        self.address(Name::To)
    }

    /// The first Contact (`*` is an address without anything but the URI `*`).
    pub fn contact(&self) -> Result<NameAddr<'_>, HeaderError> {
        self.address(Name::Contact)
    }

    /// The first address of a header that holds addresses: From, Refer-To, P-Asserted-Identity…
    pub fn address(&self, name: Name) -> Result<NameAddr<'_>, HeaderError> {
        self.list(name).next().ok_or(HeaderError::Missing).and_then(NameAddr::parse)
    }

    /// The tag of From.
    pub fn from_tag(&self) -> Option<&str> {
        self.from().ok()?.params.get("tag")
    }

    /// The tag of To.
    pub fn to_tag(&self) -> Option<&str> {
        self.to().ok()?.params.get("tag")
    }

    /// Max-Forwards, when there and a number from 0 to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        header::parse_number(self.header(Name::MaxForwards)?).and_then(|n| u8::try_from(n).ok())
    }

    /// Expires in seconds; a number too large counts as the largest (RFC 3261 section 20.19).
    pub fn expires(&self) -> Option<u32> {
        header::parse_seconds(self.header(Name::Expires)?)
    }

    /// The Content-Type without its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.header(Name::ContentType).map(|value| value.split(';').next().unwrap_or("").trim())
    }

    /// The message as it came, up to the end of its body.
    pub fn raw(&self) -> &[u8] {
        &self.original.as_ref().unwrap_or(&self.text)[..self.body.end as usize]
    }

    /// The same, shared instead of borrowed.
    pub fn raw_bytes(&self) -> Bytes {
        self.original.as_ref().unwrap_or(&self.text).slice(..self.body.end as usize)
    }

    /// The values of all lines of this name exactly as they came (folds and all), for an answer that must repeat
    /// them.
    pub(crate) fn raw_values(&self, name: Name) -> impl Iterator<Item = &[u8]> {
        let bytes = self.original.as_ref().unwrap_or(&self.text);
        self.lines
            .iter()
            .filter(move |line| line.name == name)
            .map(|line| &bytes[line.value.start as usize..line.value.end as usize])
    }

    fn slice(&self, span: Span) -> &str {
        let bytes = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        // The header section was made valid UTF-8 by the parser, and spans begin and end at ASCII bytes.
        std::str::from_utf8(bytes).unwrap_or("")
    }
}

impl std::fmt::Debug for Message {
    /// The start line only: headers hold digests and numbers, which belong in no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.start {
            Start::Request { .. } => write!(f, "{} request, {} bytes", self.method_text(), self.body.end),
            Start::Response { status, .. } => write!(f, "{status} response, {} bytes", self.body.end),
        }
    }
}
