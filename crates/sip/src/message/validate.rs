//! What a message must have before anyone believes it (RFC 3261 sections 8.1.1, 8.2 and 16.3).

use super::{Message, Rejection, Start};
use crate::header::NameAddr;
use crate::method::Method;
use crate::name::Name;
use crate::uri::{Scheme, Uri};

/// The option tags we understand in `Require`.
pub const SUPPORTED: [&str; 4] = ["path", "replaces", "timer", "100rel"];

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
        if self.via().is_err() {
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
        if self.cseq().is_some_and(|(_, method)| method != self.method()) {
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
        self.check_required()
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
