//! Signed requests: a JWS in its flattened form, ES256 only (RFC 7515, RFC 8555 section 6.2).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The public key of an account, a point on P-256.
#[derive(Debug, Clone)]
pub(super) struct Key {
    x: String,
    y: String,
}

/// What was signed.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) url: String,
    pub(super) nonce: String,
    /// The key itself, in the request that opens an account.
    pub(super) key: Option<Key>,
    /// The account's URL, in all others.
    pub(super) account: Option<String>,
    /// Null for POST-as-GET.
    pub(super) payload: Value,
    text: String,
    signature: Vec<u8>,
}

impl Key {
    /// RFC 7638.
    pub(super) fn thumbprint(&self) -> String {
        let (x, y) = (&self.x, &self.y);
        BASE64.encode(Sha256::digest(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)))
    }

    fn point(&self) -> Option<Vec<u8>> {
        let mut point = vec![4];
        point.extend(BASE64.decode(&self.x).ok()?);
        point.extend(BASE64.decode(&self.y).ok()?);
        Some(point)
    }
}

impl Signed {
    pub(super) fn read(body: &[u8]) -> Result<Signed, String> {
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let part = |name: &str| body[name].as_str().map(str::to_owned).ok_or(format!("there is no {name}"));
        let (protected, payload, signature) = (part("protected")?, part("payload")?, part("signature")?);
        let decode = |text: &str| BASE64.decode(text).map_err(|error| error.to_string());
        let head: Value = serde_json::from_slice(&decode(&protected)?).map_err(|error| error.to_string())?;
        let said = |name: &str| head[name].as_str().map(str::to_owned);
        if head["alg"] != "ES256" {
            return Err(format!("signed by {}", head["alg"]));
        }
        let key = head.get("jwk").and_then(|key| {
            let known = key["kty"] == "EC" && key["crv"] == "P-256";
            known.then_some(Key { x: key["x"].as_str()?.to_owned(), y: key["y"].as_str()?.to_owned() })
        });
        let account = said("kid");
        if key.is_some() == account.is_some() {
            return Err("either a key or an account".into());
        }
        let content = decode(&payload)?;
        let content = if content.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&content) };
        Ok(Signed {
            url: said("url").ok_or("no url is signed")?,
            nonce: said("nonce").ok_or("no nonce is signed")?,
            key,
            account,
            payload: content.map_err(|error| error.to_string())?,
            signature: decode(&signature)?,
            text: format!("{protected}.{payload}"),
        })
    }

    /// Whether it was signed with this key.
    pub(super) fn check(&self, key: &Key) -> Result<(), String> {
        let point = key.point().ok_or("the key is no point")?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(self.text.as_bytes(), &self.signature).map_err(|_| "the signature is wrong".to_owned())
    }
}
