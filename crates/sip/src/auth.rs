//! Digest: we challenge phones ([`Authenticator`]), and answer the challenges of carriers we hold a password for
//! ([`answer_challenge`]). MD5 and SHA-256, `qop=auth`, and the old form without qop (RFC 2617, 7616, 8760).
//!
//! What never happens here: a password, or anything made from one, in a log or an error; state kept for a request that
//! was not proven; a challenge answered that came from a phone (the caller only asks for carriers).
//! See docs/specs/digest.md.

mod client;
mod header;
mod nonce;
mod replay;
mod server;
#[cfg(test)]
mod tests;

use md5::Md5;
use sha2::{Digest as _, Sha256};

pub use client::{answer_challenge, best_challenge};
pub use header::DigestParams;
pub use server::{AuthFailure, Authenticator, presented_user};

/// The hash of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5, which most phones still use.
    Md5,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// The algorithm of this token; none for those we do not speak. No token means MD5.
    pub fn parse(token: Option<&str>) -> Option<Algorithm> {
        match token {
            None => Some(Algorithm::Md5),
            Some(t) if t.eq_ignore_ascii_case("MD5") => Some(Algorithm::Md5),
            Some(t) if t.eq_ignore_ascii_case("SHA-256") => Some(Algorithm::Sha256),
            Some(_) => None,
        }
    }

    /// The token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The hash of the parts with `:` between them, in lower-case hexadecimal.
    fn hash(self, parts: &[&str]) -> String {
        match self {
            Algorithm::Md5 => hex(&feed(Md5::new(), parts).finalize()),
            Algorithm::Sha256 => hex(&feed(Sha256::new(), parts).finalize()),
        }
    }
}

/// HA1 for [`crate::Account`]: MD5 and SHA-256 of `user:realm:password`.
pub fn ha1(user: &str, realm: &str, password: &str) -> ([u8; 16], [u8; 32]) {
    let parts = [user, realm, password];
    (feed(Md5::new(), &parts).finalize().into(), feed(Sha256::new(), &parts).finalize().into())
}

fn feed<D: sha2::Digest>(mut digest: D, parts: &[&str]) -> D {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            digest.update(b":");
        }
        digest.update(part.as_bytes());
    }
    digest
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char]).collect()
}

/// The response of a digest. `qop` is `(nc, cnonce, qop)` as written, when there is one.
fn response(
    algorithm: Algorithm,
    ha1: &str,
    nonce: &str,
    qop: Option<(&str, &str, &str)>,
    method: &str,
    uri: &str,
) -> String {
    let ha2 = algorithm.hash(&[method, uri]);
    match qop {
        Some((nc, cnonce, qop)) => algorithm.hash(&[ha1, nonce, nc, cnonce, qop, &ha2]),
        None => algorithm.hash(&[ha1, nonce, &ha2]),
    }
}
