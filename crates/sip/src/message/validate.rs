//! What a message must have before anyone believes it (RFC 3261 sections 8.1.1, 8.2 and 16.3).

use super::{Message, Rejection, Start};
use crate::header::{NameAddr, Params, Via};
use crate::method::Method;
use crate::name::Name;
use crate::uri::{Scheme, Uri};

/// The option tags we understand in `Require`: all that is listed here is done.
pub const SUPPORTED: [&str; 6] = ["path", "outbound", "100rel", "timer", "replaces", "norefersub"];

impl Message {
    /// Says what to answer to a message that is wrong; a wrong response, and a wrong ACK, are dropped instead.
    pub fn validate(&self) -> Result<(), Rejection> {
        if let Some((code, reason)) = self.defect {
            return Err(Rejection::new(code, reason));
        }
        self.check_mandatory()?;
        match self.start {
            Start::Request { .. } => self.check_request(),
            Start::Response { .. } => Ok(()),
        }
    }

    fn check_mandatory(&self) -> Result<(), Rejection> {
        for (name, missing, repeated) in [
            (Name::Via, "Missing Via", ""),
            (Name::From, "Missing From", "Repeated From"),
            (Name::To, "Missing To", "Repeated To"),
            (Name::CallId, "Missing Call-ID", "Repeated Call-ID"),
            (Name::CSeq, "Missing CSeq", "Repeated CSeq"),
        ] {
            let mut lines = self.headers(name);
            if lines.next().is_none_or(str::is_empty) {
                return Err(Rejection::new(400, missing));
            }
            if !repeated.is_empty() && lines.next().is_some() {
                return Err(Rejection::new(400, repeated));
            }
        }
        if self.list(Name::Via).any(|via| Via::parse(via).is_err()) {
            return Err(Rejection::new(400, "Bad Via"));
        }
        if self.cseq().is_none() {
            return Err(Rejection::new(400, "Bad CSeq"));
        }
        for (name, bad) in [(Name::From, "Bad From"), (Name::To, "Bad To")] {
            let mut items = self.list(name);
            let address = items.next().map(NameAddr::parse);
            let readable = address.and_then(Result::ok).is_some_and(|address| address.uri().is_ok());
            if !readable || items.next().is_some() {
                return Err(Rejection::new(400, bad));
            }
        }
        Ok(())
    }

    fn check_request(&self) -> Result<(), Rejection> {
        let cseq_method = self.header(Name::CSeq).and_then(|value| value.split_ascii_whitespace().nth(1));
        if cseq_method != Some(self.method_text()) {
            return Err(Rejection::new(400, "CSeq Method Mismatch"));
        }
        if self.header(Name::MaxForwards).is_some() {
            match self.max_forwards() {
                None => return Err(Rejection::new(400, "Bad Max-Forwards")),
                Some(0) if self.method() != Method::Options && self.method() != Method::Register => {
                    return Err(Rejection::new(483, "Too Many Hops"));
                }
                Some(_) => {}
            }
        }
        match Uri::parse(self.request_uri()) {
            Err(_) => return Err(Rejection::new(400, "Bad Request-URI")),
            Ok(uri) if uri.scheme == Scheme::Other => return Err(Rejection::new(416, "Unsupported URI Scheme")),
            Ok(uri) if !uri.headers.is_empty() => return Err(Rejection::new(400, "Bad Request-URI")),
            Ok(_) => {}
        }
        self.check_required()?;
        let needs_contact = matches!(self.method(), Method::Invite | Method::Register);
        if needs_contact && self.list(Name::Contact).any(|item| item != "*" && NameAddr::parse(item).is_err()) {
            return Err(Rejection::new(400, "Bad Contact"));
        }
        if self.method() == Method::Invite { self.check_session() } else { Ok(()) }
    }

    /// An INVITE must take and bring session descriptions we can read (RFC 3261 sections 8.2.3 and 13.3.1).
    fn check_session(&self) -> Result<(), Rejection> {
        let mut accepted = self.list(Name::Accept).map(|range| range.split(';').next().unwrap_or("").trim()).peekable();
        let takes_sdp =
            |range: &str| ["application/sdp", "application/*", "*/*"].iter().any(|r| r.eq_ignore_ascii_case(range));
        if accepted.peek().is_some() && !accepted.any(takes_sdp) {
            return Err(Rejection::new(406, "Not Acceptable"));
        }
        let optional = self.header(Name::ContentDisposition).is_some_and(|value| {
            let params = value.find(';').map_or("", |at| &value[at..]);
            Params::new(params).get("handling").is_some_and(|how| how.eq_ignore_ascii_case("optional"))
        });
        if !self.body().is_empty() && !optional && self.session_description().is_none() {
            return Err(Rejection::new(415, "Unsupported Media Type"));
        }
        Ok(())
    }

    fn check_required(&self) -> Result<(), Rejection> {
        // An ACK or CANCEL is never refused for what it requires (RFC 3261 section 8.2.2.3).
        if matches!(self.method(), Method::Ack | Method::Cancel) {
            return Ok(());
        }
        let unknown: Vec<&str> = self
            .list(Name::Require)
            .filter(|tag| !SUPPORTED.iter().any(|known| known.eq_ignore_ascii_case(tag)))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(Rejection { code: 420, reason: "Bad Extension", unsupported: unknown.join(", ") })
    }
}
