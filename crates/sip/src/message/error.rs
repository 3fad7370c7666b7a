//! What is wrong with a message, and what to answer.

use thiserror::Error;

use super::Message;
use crate::method::Method;
use crate::name::Name;

/// Why bytes are no message. What was readable of a request comes along, so that it can be answered.
#[derive(Debug, Error)]
#[error("{kind}")]
pub struct ParseError {
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// The message as far as it could be read.
    pub message: Option<Box<Message>>,
}

/// What is wrong with bytes that should be a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ParseErrorKind {
    /// Nothing but line ends: a keep-alive.
    #[error("there is nothing but line ends")]
    Empty,
    /// The first line is neither a request line nor a status line.
    #[error("the first line is not SIP")]
    NotSip,
    /// It is longer than allowed.
    #[error("the message is too large")]
    TooLarge,
    /// The empty line after the headers is missing.
    #[error("the headers do not end")]
    Incomplete,
    /// Content-Length is no number, differs between two lines, or is more than there is.
    #[error("the content length is wrong")]
    ContentLength,
    /// There is no Content-Length on a stream.
    #[error("the content length is missing")]
    NoContentLength,
}

impl ParseError {
    /// Status and reason to answer with; none when an answer must not or cannot be sent (a response, an ACK, or too
    /// little was read). The answer is built from [`ParseError::message`].
    pub fn answer(&self) -> Option<(u16, &'static str)> {
        let message = self.message.as_deref()?;
        let answerable = message.is_request() && message.method() != Method::Ack && message.header(Name::Via).is_some();
        if !answerable {
            return None;
        }
        match self.kind {
            ParseErrorKind::Empty | ParseErrorKind::NotSip => None,
            ParseErrorKind::TooLarge => Some((513, "Message Too Large")),
            ParseErrorKind::Incomplete => Some((400, "Incomplete Headers")),
            ParseErrorKind::ContentLength => Some((400, "Bad Content-Length")),
            ParseErrorKind::NoContentLength => Some((400, "Missing Content-Length")),
        }
    }
}

/// A stream on which the next message cannot be told from this one: answer if there is an answer, then close.
#[derive(Debug, Error)]
#[error("the stream cannot be framed: {0}")]
pub struct StreamError(pub ParseError);

/// What to answer to a message that was readable but is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code} {reason}")]
pub struct Rejection {
    /// The status.
    pub code: u16,
    /// The reason phrase.
    pub reason: &'static str,
    /// For 420: the option tags for the `Unsupported` line, separated by commas; else empty.
    pub unsupported: String,
}

impl Rejection {
    /// A rejection with this status.
    pub fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason, unsupported: String::new() }
    }
}
