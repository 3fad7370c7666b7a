//! Answering a carrier's challenge.

use super::header::DigestParams;
use super::{Algorithm, response};
use crate::message::Message;
use crate::name::Name;

/// The challenge of a 401 or 407 to answer: the first whose hash we speak, which is the server's preferred one
/// (RFC 8760 section 2.4). Also tells the header to answer in.
pub fn best_challenge(message: &Message) -> Option<(Name, &str)> {
    let (asked, answered) = match message.status() {
        Some(401) => (Name::WwwAuthenticate, Name::Authorization),
        Some(407) => (Name::ProxyAuthenticate, Name::ProxyAuthorization),
        _ => return None,
    };
    let mut known = message.headers(asked).filter(|value| {
        DigestParams::parse(value).is_some_and(|p| p.algorithm().is_some() && p.nonce.is_some() && offers_auth(&p))
    });
    known.next().map(|value| (answered, value))
}

/// The Authorization value that answers a challenge. `cnonce` is a fresh random text without quotes; `count` is how often this
/// nonce was used, from 1. None when the challenge is not one we can answer.
pub fn answer_challenge(
    challenge: &str,
    method: &str,
    uri: &str,
    user: &str,
    password: &str,
    cnonce: &str,
    count: u32,
) -> Option<String> {
    let params = DigestParams::parse(challenge)?;
    let algorithm = params.algorithm()?;
    let (realm, nonce) = (params.realm.as_deref()?, params.nonce.as_deref()?);
    if !offers_auth(&params) {
        return None;
    }
    let nc = format!("{count:08x}");
    let qop = params.qop.as_ref().map(|_| (nc.as_str(), cnonce, "auth"));
    let ha1 = algorithm.hash(&[user, realm, password]);
    let response = response(algorithm, &ha1, nonce, qop, method, uri);
    let mut value = format!(
        r#"Digest username="{}",realm="{}",nonce="{}",uri="{uri}",response="{response}""#,
        quoted(user),
        quoted(realm),
        quoted(nonce)
    );
    if params.algorithm.is_some() || algorithm != Algorithm::Md5 {
        value.push_str(",algorithm=");
        value.push_str(algorithm.as_str());
    }
    if qop.is_some() {
        value.push_str(&format!(r#",cnonce="{cnonce}",qop=auth,nc={nc}"#));
    }
    if let Some(opaque) = &params.opaque {
        value.push_str(&format!(r#",opaque="{}""#, quoted(opaque)));
    }
    Some(value)
}

/// Whether the challenge takes `qop=auth`, or has no qop at all.
fn offers_auth(params: &DigestParams<'_>) -> bool {
    params.qop.as_ref().is_none_or(|list| list.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")))
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
