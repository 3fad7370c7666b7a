//! The body, and the session description in it.

use bytes::Bytes;
use memchr::memmem;

use super::Message;
use crate::header::Params;
use crate::name::Name;

const SDP: &str = "application/sdp";

impl Message {
    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.text[self.body.start as usize..self.body.end as usize]
    }

    /// The body as a shared slice of the message's bytes.
    pub fn body_bytes(&self) -> Bytes {
        self.text.slice(self.body.start as usize..self.body.end as usize)
    }

    /// The session description: the whole body, or the first such part of a multipart body (not of one nested in
    /// it). A body without a Content-Type is taken for one.
    pub fn session_description(&self) -> Option<Bytes> {
        let body = self.body_bytes();
        let Some(value) = self.header(Name::ContentType) else { return (!body.is_empty()).then_some(body) };
        let (kind, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        if kind.trim().eq_ignore_ascii_case(SDP) {
            return (!body.is_empty()).then_some(body);
        }
        let multipart = kind.trim().get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
        let boundary = Params::new(params).get("boundary").filter(|b| multipart && !b.is_empty())?;
        let part = sdp_part(&body, boundary.as_bytes())?;
        Some(body.slice_ref(part))
    }
}

/// The content of the first part that is a session description.
fn sdp_part<'a>(body: &'a [u8], boundary: &[u8]) -> Option<&'a [u8]> {
    let delimiter = [b"--", boundary].concat();
    let mut starts = memmem::find_iter(body, &delimiter).filter(|at| *at == 0 || body[at - 1] == b'\n').peekable();
    while let Some(at) = starts.next() {
        let end = *starts.peek()?;
        let part = &body[at + delimiter.len()..end];
        let Some(blank) = memmem::find(part, b"\r\n\r\n") else { continue };
        let (headers, content) = (&part[..blank], &part[blank + 4..]);
        if is_sdp(headers) {
            return Some(content.strip_suffix(b"\r\n").unwrap_or(content)).filter(|c| !c.is_empty());
        }
    }
    None
}

fn is_sdp(headers: &[u8]) -> bool {
    String::from_utf8_lossy(headers).lines().filter_map(|line| line.split_once(':')).any(|(name, value)| {
        Name::parse(name.trim().as_bytes()) == Name::ContentType
            && value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SDP))
    })
}
