//! Reading a message in one pass over its header section.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::{
    Line, MAX_DATAGRAM, MAX_LINE, MAX_LINES, MAX_LINES_PER_NAME, MAX_URI, Message, ParseError, ParseErrorKind, Span,
    Start,
};
use crate::header;
use crate::method::Method;
use crate::name::Name;

/// Most messages have fewer header lines than this, so the index is allocated once.
const USUAL_LINES: usize = 24;

type Defect = (u16, &'static str);

/// What the pass over the header section found.
pub(super) struct Head {
    start: Start,
    lines: Vec<Line>,
    /// Where the body begins.
    pub(super) end: usize,
    /// Whether something must be replaced before it is shown.
    mends: bool,
    defect: Option<Defect>,
}

impl Message {
    /// Reads one datagram. Bytes after the body that Content-Length announces are dropped (RFC 3261 section 18.3).
    pub fn parse(raw: Bytes) -> Result<Message, ParseError> {
        let raw = raw.slice(header::leading_line_ends(&raw)..);
        if raw.is_empty() {
            return Err(ParseError { kind: ParseErrorKind::Empty, message: None });
        }
        if raw.len() > MAX_DATAGRAM {
            return Err(ParseError { kind: ParseErrorKind::TooLarge, message: None });
        }
        let head = match read_head(&raw) {
            Ok(head) => head,
            // Some senders leave out the empty line after the headers when there is no body.
            Err((ParseErrorKind::Incomplete, Some(head))) if raw.ends_with(b"\n") => head,
            Err((kind, None)) => return Err(ParseError { kind, message: None }),
            Err((kind, Some(head))) => return Err(failed(kind, head, raw)),
        };
        let rest = raw.len() - head.end;
        match content_length(&head, &raw) {
            Ok(Some(length)) if length <= rest => Ok(head.into_message(raw, length)),
            Ok(None) => Ok(head.into_message(raw, rest)),
            Ok(Some(_)) | Err(()) => Err(failed(ParseErrorKind::ContentLength, head, raw)),
        }
    }
}

/// The error with what was read of the message, for the answer.
pub(super) fn failed(kind: ParseErrorKind, head: Head, raw: Bytes) -> ParseError {
    ParseError { kind, message: Some(Box::new(head.into_message(raw, 0))) }
}

/// The length announced; an error when it is no number or when two lines differ.
pub(super) fn content_length(head: &Head, raw: &[u8]) -> Result<Option<usize>, ()> {
    let mut found = None;
    for line in head.lines.iter().filter(|line| line.name == Name::ContentLength) {
        let value = raw.get(line.value.start as usize..line.value.end as usize).unwrap_or_default();
        let text = std::str::from_utf8(value).map_err(|_| ())?;
        let length = header::parse_number(text).ok_or(())? as usize;
        if found.is_some_and(|other| other != length) {
            return Err(());
        }
        found = Some(length);
    }
    Ok(found)
}

/// Reads start line and headers. With [`ParseErrorKind::Incomplete`] comes what was there.
pub(super) fn read_head(raw: &[u8]) -> Result<Head, (ParseErrorKind, Option<Head>)> {
    let incomplete = (ParseErrorKind::Incomplete, None);
    let Some(first) = memchr(b'\n', raw) else { return Err(incomplete) };
    let (start, mut defect) = read_start(&raw[..first]).ok_or((ParseErrorKind::NotSip, None))?;
    let mut lines = Vec::with_capacity(USUAL_LINES);
    let mut per_name = [0u8; Name::COUNT];
    let mut mends = false;
    let mut at = first + 1;
    loop {
        let Some(mut end) = memchr(b'\n', &raw[at..]).map(|n| at + n) else {
            let head = Head { start, lines, end: raw.len(), mends, defect };
            return Err((ParseErrorKind::Incomplete, Some(head.check_bytes(raw))));
        };
        if end == at || &raw[at..end] == b"\r" {
            let head = Head { start, lines, end: end + 1, mends, defect };
            return Ok(head.check_bytes(raw));
        }
        while matches!(raw.get(end + 1), Some(b' ' | b'\t')) {
            mends = true;
            match memchr(b'\n', &raw[end + 1..]) {
                Some(n) => end += 1 + n,
                None => break,
            }
        }
        match read_line(raw, at, end) {
            Ok(line) => {
                let count = &mut per_name[line.name as usize];
                *count = count.saturating_add(1);
                let crowded = line.name != Name::Other && usize::from(*count) > MAX_LINES_PER_NAME;
                if crowded || lines.len() >= MAX_LINES {
                    defect = defect.or(Some((400, "Too Many Headers")));
                } else {
                    lines.push(line);
                }
            }
            Err(found) => defect = defect.or(Some(found)),
        }
        at = end + 1;
    }
}

/// Reads the header line in `raw[at..end]`.
fn read_line(raw: &[u8], at: usize, end: usize) -> Result<Line, Defect> {
    let bytes = &raw[at..end];
    if bytes.len() > MAX_LINE {
        return Err((513, "Header Too Long"));
    }
    let colon = memchr(b':', bytes).ok_or((400, "Bad Header Line"))?;
    let name = bytes[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(|b| header::is_token(*b)) {
        return Err((400, "Bad Header Name"));
    }
    let value = &bytes[colon + 1..];
    let from = at + colon + 1 + (value.len() - value.trim_ascii_start().len());
    let to = from + value.trim_ascii().len();
    Ok(Line { start: at as u32, name_len: name.len() as u16, name: Name::parse(name), value: Span::new(from, to) })
}

/// Reads the first line; none when it is not SIP at all.
fn read_start(line: &[u8]) -> Option<(Start, Option<Defect>)> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() >= 8 && line[..4].eq_ignore_ascii_case(b"SIP/") {
        return read_status(line);
    }
    let method_end = memchr(b' ', line)?;
    let method = &line[..method_end];
    if method.is_empty() || !method.iter().all(|b| header::is_token(*b)) {
        return None;
    }
    let trimmed = line.trim_ascii_end();
    let version_at = memchr::memrchr(b' ', trimmed)? + 1;
    let version = &trimmed[version_at..];
    if !version.get(..4)?.eq_ignore_ascii_case(b"SIP/") || version_at <= method_end {
        return None;
    }
    let (from, to) =
        if version_at == method_end + 1 { (version_at, version_at) } else { (method_end + 1, version_at - 1) };
    let uri = &line[from..to];
    let defect = if !version[4..].eq(b"2.0") {
        Some(if version[4..].iter().all(|b| b.is_ascii_digit() || *b == b'.') {
            (505, "Version Not Supported")
        } else {
            (400, "Bad Version")
        })
    } else if uri.len() > MAX_URI {
        Some((414, "Request-URI Too Long"))
    } else if uri.is_empty() || trimmed.len() != line.len() || uri.iter().any(|b| *b <= b' ' || *b == 0x7f) {
        Some((400, "Bad Request Line"))
    } else {
        None
    };
    let start =
        Start::Request { method: Method::parse(method), method_end: method_end as u32, uri: Span::new(from, to) };
    Some((start, defect))
}

fn read_status(line: &[u8]) -> Option<(Start, Option<Defect>)> {
    if &line[4..8] != b"2.0 " {
        return None;
    }
    let rest = &line[8..];
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let status = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok().filter(|s| (100..700).contains(s))?;
    if digits != 3 || !matches!(rest.get(3), None | Some(b' ')) {
        return None;
    }
    let from = 8 + (digits + 1).min(rest.len());
    Some((Start::Response { status, reason: Span::new(from, line.len()) }, None))
}

impl Head {
    /// Notes a lone CR in the headers, which others might take for a line's end.
    fn check_bytes(mut self, raw: &[u8]) -> Head {
        let head = &raw[..self.end];
        if memchr::memchr_iter(b'\r', head).any(|at| head.get(at + 1) != Some(&b'\n')) {
            self.mends = true;
            self.defect = self.defect.or(Some((400, "Bad Byte In Headers")));
        }
        self
    }

    /// The message with a body of `length` bytes, which must be there.
    pub(super) fn into_message(self, raw: Bytes, length: usize) -> Message {
        let end = self.end + length;
        let body = Span::new(self.end, end);
        let (text, original) =
            if self.mends || !is_clean(&raw[..self.end]) { (self.mend(&raw), Some(raw)) } else { (raw, None) };
        Message { text, original, start: self.start, lines: self.lines, body, defect: self.defect }
    }

    /// The bytes with folds opened to blanks, control characters and bad UTF-8 replaced by `?`, all in place.
    fn mend(&self, raw: &[u8]) -> Bytes {
        let mut text = BytesMut::from(raw);
        for at in 0..self.end {
            match text[at] {
                b'\r' if text.get(at + 1) != Some(&b'\n') => text[at] = b' ',
                byte if is_control(byte) => text[at] = b'?',
                _ => {}
            }
        }
        for line in &self.lines {
            for byte in &mut text[line.value.start as usize..line.value.end as usize] {
                if matches!(byte, b'\r' | b'\n') {
                    *byte = b' ';
                }
            }
        }
        let mut at = 0;
        while let Err(error) = std::str::from_utf8(&text[at..self.end]) {
            let bad = at + error.valid_up_to();
            at = error.error_len().map_or(self.end, |n| bad + n);
            text[bad..at].fill(b'?');
        }
        text.freeze()
    }
}

/// Whether the header section needs no mending: UTF-8 without control characters.
fn is_clean(head: &[u8]) -> bool {
    // Without an early exit the compiler makes this a vector loop.
    let odd = head.iter().fold(false, |odd, byte| odd | is_control(*byte) | !byte.is_ascii());
    !odd || (!head.iter().any(|byte| is_control(*byte)) && std::str::from_utf8(head).is_ok())
}

/// A control character that has no business in a header, though RFC 3261 lets it stand escaped in quotes.
fn is_control(byte: u8) -> bool {
    (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f
}
