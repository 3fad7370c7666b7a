//! The digest that answers a challenge.

use md5::{Digest, Md5};
use sha2::Sha256;

/// Who answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credentials<'a> {
    pub(super) user: &'a str,
    pub(super) password: &'a str,
}

/// The value of Authorization for one challenge.
pub(super) fn answer(challenge: &str, method: &str, uri: &str, who: Credentials<'_>) -> String {
    let value = |name: &str| field(challenge, name).unwrap_or_default();
    let (realm, nonce, algorithm) = (value("realm"), value("nonce"), value("algorithm"));
    let hash = |text: String| match algorithm.to_uppercase().as_str() {
        "SHA-256" => hex(&Sha256::digest(text.as_bytes())),
        _ => hex(&Md5::digest(text.as_bytes())),
    };
    let (nc, cnonce) = ("00000001", "5ca1ab1e");
    let ours = hash(format!("{}:{realm}:{}", who.user, who.password));
    let request = hash(format!("{method}:{uri}"));
    let response = hash(format!("{ours}:{nonce}:{nc}:{cnonce}:auth:{request}"));
    let algorithm = if algorithm.is_empty() { "MD5".into() } else { algorithm };
    let mut text = format!(
        "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
         algorithm={algorithm}, qop=auth, nc={nc}, cnonce=\"{cnonce}\"",
        who.user
    );
    if let Some(opaque) = field(challenge, "opaque") {
        text.push_str(&format!(", opaque=\"{opaque}\""));
    }
    text
}

/// Whether this Authorization value was made with the password.
pub(super) fn proves(proof: &str, method: &str, who: Credentials<'_>) -> bool {
    let value = |name: &str| field(proof, name).unwrap_or_default();
    let hash = |text: String| match value("algorithm").to_uppercase().as_str() {
        "SHA-256" => hex(&Sha256::digest(text.as_bytes())),
        _ => hex(&Md5::digest(text.as_bytes())),
    };
    let ours = hash(format!("{}:{}:{}", who.user, value("realm"), who.password));
    let request = hash(format!("{method}:{}", value("uri")));
    let (nonce, nc, cnonce, qop) = (value("nonce"), value("nc"), value("cnonce"), value("qop"));
    value("username") == who.user && value("response") == hash(format!("{ours}:{nonce}:{nc}:{cnonce}:{qop}:{request}"))
}

/// A field of a challenge, quotes taken off.
pub(super) fn field(challenge: &str, name: &str) -> Option<String> {
    let list = challenge.split_once(' ').map_or(challenge, |(_, rest)| rest);
    list.split(',').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_proves_the_password_it_was_made_with() {
        let challenge = "Digest realm=\"a.b\", nonce=\"x\", algorithm=MD5, qop=\"auth\"";
        let who = |password| Credentials { user: "lan", password };
        let proof = answer(challenge, "INVITE", "sip:1@a.b", who("right"));
        assert!(proves(&proof, "INVITE", who("right")));
        assert!(!proves(&proof, "INVITE", who("wrong")) && !proves(&proof, "REGISTER", who("right")));
    }

    #[test]
    fn fields_are_read_with_and_without_quotes() {
        let challenge = "Digest realm=\"a.b\", nonce=\"x\", algorithm=SHA-256, qop=\"auth\"";
        assert_eq!(field(challenge, "realm").as_deref(), Some("a.b"));
        assert_eq!(field(challenge, "algorithm").as_deref(), Some("SHA-256"));
        assert_eq!(field(challenge, "opaque"), None);
    }
}
