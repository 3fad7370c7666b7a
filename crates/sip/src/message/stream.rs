//! Cutting messages out of a byte stream by Content-Length (RFC 3261 section 18.3).

use bytes::{Buf, BytesMut};
use memchr::memchr_iter;

use super::parse::{content_length, failed, read_head};
use super::{MAX_HEAD, MAX_STREAM_MESSAGE, Message, ParseError, ParseErrorKind, StreamError};
use crate::header;

impl Message {
    /// Takes the next message out of what a stream has delivered; none when more bytes are needed. Line ends before a
    /// message are dropped. After an error the stream cannot be read further.
    pub fn parse_stream(buf: &mut BytesMut) -> Result<Option<Message>, StreamError> {
        let skip = header::leading_line_ends(buf);
        buf.advance(skip);
        let Some(head_end) = blank_line(&buf[..buf.len().min(MAX_HEAD)]) else {
            let too_large = buf.len() >= MAX_HEAD;
            return if too_large { Err(bare(ParseErrorKind::TooLarge)) } else { Ok(None) };
        };
        let head = match read_head(&buf[..head_end]) {
            Ok(head) => head,
            Err((kind, _)) => return Err(bare(kind)),
        };
        let kind = match content_length(&head, buf) {
            Ok(Some(length)) if length > MAX_STREAM_MESSAGE - head.end => ParseErrorKind::TooLarge,
            Ok(Some(length)) => {
                let end = head.end + length;
                if buf.len() < end {
                    return Ok(None);
                }
                return Ok(Some(head.into_message(buf.split_to(end).freeze(), length)));
            }
            Ok(None) => ParseErrorKind::NoContentLength,
            Err(()) => ParseErrorKind::ContentLength,
        };
        let raw = buf.split_to(head.end).freeze();
        Err(StreamError(failed(kind, head, raw)))
    }
}

/// Takes RFC 5626 pings (an empty line twice) from the front of a stream's bytes and says how many there were; each
/// wants one line end as its answer.
pub fn take_pings(buf: &mut BytesMut) -> usize {
    let mut pings = 0;
    while buf.starts_with(b"\r\n\r\n") {
        buf.advance(4);
        pings += 1;
    }
    pings
}

fn bare(kind: ParseErrorKind) -> StreamError {
    StreamError(ParseError { kind, message: None })
}

/// Where the first empty line ends.
fn blank_line(bytes: &[u8]) -> Option<usize> {
    memchr_iter(b'\n', bytes).find_map(|at| match bytes.get(at + 1..) {
        Some([b'\n', ..]) => Some(at + 2),
        Some([b'\r', b'\n', ..]) => Some(at + 3),
        _ => None,
    })
}
