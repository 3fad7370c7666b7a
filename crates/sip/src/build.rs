//! Writing messages: one buffer, filled in order. Line ends inside a value become blanks, so that no value can end
//! its line.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::net::SocketAddr;

use bytes::Bytes;

use crate::header::{Via, find_outside, is_token};
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::uri::host_ip;

thread_local! {
    /// The buffer of the message that was written last: written into again, it need not grow, and the message itself takes
    /// as much memory as it is long, which counts where messages are kept for as long as their call.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}
/// A buffer that had to grow beyond this is not kept.
const LONGEST_SPARE: usize = 64 << 10;

/// Writes a request.
#[derive(Debug)]
pub struct RequestBuilder(Writer);

/// Writes a response to a request.
#[derive(Debug)]
pub struct ResponseBuilder(Writer);

macro_rules! common {
    ($builder:ident) => {
        impl $builder {
            /// Adds a header line.
            #[must_use]
            pub fn header(mut self, name: Name, value: impl fmt::Display) -> Self {
                self.0.line(name.as_str(), value);
                self
            }

            /// Adds a header line whose name is text.
            #[must_use]
            pub fn other(mut self, name: &str, value: impl fmt::Display) -> Self {
                self.0.line(name, value);
                self
            }

            /// Ends the message with a body.
            pub fn body(mut self, content_type: &str, body: &[u8]) -> Bytes {
                self.0.line(Name::ContentType.as_str(), content_type);
                self.0.finish(body)
            }

            /// Ends the message without a body.
            pub fn finish(self) -> Bytes {
                self.0.finish(b"")
            }
        }
    };
}

common!(RequestBuilder);
common!(ResponseBuilder);

impl RequestBuilder {
    /// Begins a request. Via comes next, then the rest, as the caller adds them.
    pub fn new(method: Method, uri: &str) -> RequestBuilder {
        RequestBuilder::with_text(method.as_str(), uri)
    }

    /// Begins a request whose method is text.
    pub fn with_text(method: &str, uri: &str) -> RequestBuilder {
        let mut writer = Writer::new();
        writer.text(format_args!("{method} {uri} SIP/2.0"));
        writer.end_line();
        RequestBuilder(writer)
    }
}

impl ResponseBuilder {
    /// Begins the response to a request received from `source`: status line, every Via (the topmost with `received`
    /// and `rport` as RFC 3261 section 18.2.1 and RFC 3581 want them), From, To with `to_tag` unless it has a tag or
    /// the status is 100, Call-ID, CSeq, and Record-Route where a dialog may begin.
    pub fn new(request: &Message, code: u16, reason: &str, source: SocketAddr, to_tag: &str) -> ResponseBuilder {
        let mut writer = Writer::new();
        writer.text(format_args!("SIP/2.0 {code} {reason}"));
        writer.end_line();
        writer.vias(request, source);
        writer.copy(request, Name::From);
        let tag = if code == 100 || to_tag.is_empty() || request.to_tag().is_some() { "" } else { to_tag };
        if let Some(to) = request.raw_values(Name::To).next() {
            writer.name(Name::To.as_str());
            writer.0.extend_from_slice(to);
            if !tag.is_empty() {
                writer.text(format_args!(";tag={tag}"));
            }
            writer.end_line();
        }
        writer.copy(request, Name::CallId);
        writer.copy(request, Name::CSeq);
        if (101..300).contains(&code) {
            for value in request.raw_values(Name::RecordRoute) {
                writer.raw_line(Name::RecordRoute, value);
            }
        }
        if code == 100 {
            writer.copy(request, Name::Timestamp);
        }
        ResponseBuilder(writer)
    }
}

/// The buffer.
#[derive(Debug)]
struct Writer(Vec<u8>);

impl Writer {
    /// An empty one; a second at the same time gets a buffer of its own.
    fn new() -> Writer {
        Writer(SPARE.take())
    }

    fn line(&mut self, name: &str, value: impl fmt::Display) {
        self.name(name);
        self.text(value);
        self.end_line();
    }

    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b": ");
    }

    /// Writes a value; its line ends become blanks.
    fn text(&mut self, value: impl fmt::Display) {
        let from = self.0.len();
        // Writing into a Vec cannot fail, and a Display that fails leaves what it wrote.
        let _ = write!(self, "{value}");
        for byte in self.0.iter_mut().skip(from).filter(|b| matches!(**b, b'\r' | b'\n' | 0)) {
            *byte = b' ';
        }
    }

    fn end_line(&mut self) {
        self.0.extend_from_slice(b"\r\n");
    }

    fn raw_line(&mut self, name: Name, value: &[u8]) {
        self.name(name.as_str());
        self.0.extend_from_slice(value);
        self.end_line();
    }

    /// Copies the first line of a header, if there is one.
    fn copy(&mut self, request: &Message, name: Name) {
        if let Some(value) = request.raw_values(name).next() {
            self.raw_line(name, value);
        }
    }

    fn vias(&mut self, request: &Message, source: SocketAddr) {
        let mut lines = request.raw_values(Name::Via);
        if let (Ok(via), Some(value)) = (request.via(), request.header(Name::Via)) {
            lines.next();
            let (top, rest) = value.split_at(find_outside(value, b',').unwrap_or(value.len()));
            self.name(Name::Via.as_str());
            self.top_via(top.trim(), &via, source);
            self.0.extend_from_slice(rest.as_bytes());
            self.end_line();
        }
        for value in lines {
            self.raw_line(Name::Via, value);
        }
    }

    /// The topmost Via without any `received` or value of `rport` it came with, and with those we saw.
    fn top_via(&mut self, text: &str, via: &Via<'_>, source: SocketAddr) {
        let params_at = text.len().saturating_sub(via.params.as_str().len());
        self.0.extend_from_slice(text[..params_at].trim_end().as_bytes());
        let mut asks_port = false;
        for (name, value) in via.params.iter() {
            let is_port = name.eq_ignore_ascii_case("rport");
            asks_port |= is_port;
            if is_port || name.eq_ignore_ascii_case("received") {
                continue;
            }
            self.0.push(b';');
            self.0.extend_from_slice(name.as_bytes());
            let Some(value) = value else { continue };
            let plain = value.bytes().all(|b| is_token(b) || matches!(b, b'[' | b']' | b':'));
            self.0.extend_from_slice(if plain { b"=" } else { b"=\"" });
            self.0.extend_from_slice(value.as_bytes());
            self.0.extend_from_slice(if plain { b"" } else { b"\"" });
        }
        if asks_port || host_ip(via.host) != Some(source.ip()) {
            self.text(format_args!(";received={}", source.ip()));
        }
        if asks_port {
            self.text(format_args!(";rport={}", source.port()));
        }
    }

    fn finish(mut self, body: &[u8]) -> Bytes {
        self.line(Name::ContentLength.as_str(), body.len());
        self.end_line();
        self.0.extend_from_slice(body);
        let message = Bytes::copy_from_slice(&self.0);
        if self.0.capacity() <= LONGEST_SPARE {
            self.0.clear();
            SPARE.set(self.0);
        }
        message
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
