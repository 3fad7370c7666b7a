//! Standard Webhooks: `webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use model::Problem;
use sha2::Sha256;

/// A signing secret; in text `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new secret of 32 random bytes.
    pub fn new() -> Result<Secret, Problem> {
        let mut bytes = vec![0u8; 32];
        getrandom::fill(&mut bytes).map_err(|error| Problem::internal(format!("no randomness: {error}")))?;
        Ok(Secret(bytes))
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Secret> {
        STANDARD.decode(text.strip_prefix("whsec_")?).ok().map(Secret)
    }

    /// The text form, shown to its owner once.
    pub fn reveal(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.0))
    }

    fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("whsec_…")
    }
}

/// The header's value: one signature for each secret that counts now.
pub fn header(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let signatures: Vec<String> = secrets.iter().map(|s| s.signature(id, timestamp, body)).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_is_met() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = header(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn during_a_rotation_both_secrets_sign() {
        let (old, new) = (Secret::new().unwrap(), Secret::new().unwrap());
        let signed = header(&[new.clone(), old.clone()], "evt_1", 5, "{}");
        assert_eq!(signed, format!("{} {}", new.signature("evt_1", 5, "{}"), old.signature("evt_1", 5, "{}")));
    }

    #[test]
    fn the_text_form_reads_back() {
        let secret = Secret::new().unwrap();
        assert_eq!(Secret::parse(&secret.reveal()), Some(secret.clone()));
        assert_eq!(Secret::parse("whsec_!"), None);
        assert!(!format!("{secret:?}").contains(&secret.reveal()[6..]));
    }
}
