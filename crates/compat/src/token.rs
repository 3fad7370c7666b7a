//! Access tokens: JWTs (RFC 7519, HS256) that live a day. Some clients read `exp` in them to fetch the next in time; to us
//! they only name a key, which must still count at each request. A token is of one purpose: that of one face opens no other.

use crate::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use model::KeyId;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// `{"alg":"HS256","typ":"JWT"}`: the only header we write or take.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
/// How long a token lives, in seconds.
pub(crate) const DAY_S: i64 = 24 * 3600;

/// What a token is for, which its signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// OMICall's API.
    Omicall,
    /// The call events of AntRing.
    AntringEvents,
    /// AntRing's calls that a machine speaks in.
    AntbotApi,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Omicall => "omicall tokens",
            Purpose::AntringEvents => "antring event tokens",
            Purpose::AntbotApi => "antbot tokens",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// The key.
    sub: String,
    /// When it was made, seconds since 1970.
    iat: i64,
    /// When it ends.
    exp: i64,
}

/// A token for the key.
pub(crate) fn write(state: &State, purpose: Purpose, key: KeyId, now_s: i64) -> String {
    let claims = Claims { sub: key.to_string(), iat: now_s, exp: now_s + DAY_S };
    let claims = serde_json::to_string(&claims).expect("texts and numbers always become JSON");
    let signed = format!("{HEADER}.{}", BASE64.encode(claims));
    let signature = BASE64.encode(mac(state, purpose, &signed).finalize().into_bytes());
    format!("{signed}.{signature}")
}

/// The key of a token that is ours and has not ended.
pub(crate) fn read(state: &State, purpose: Purpose, token: &str, now_s: i64) -> Option<KeyId> {
    let (signed, signature) = token.rsplit_once('.')?;
    mac(state, purpose, signed).verify_slice(&BASE64.decode(signature).ok()?).ok()?;
    let (header, claims) = signed.split_once('.')?;
    let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
    (header == HEADER && claims.exp > now_s).then(|| claims.sub.parse().ok()).flatten()
}

fn mac(state: &State, purpose: Purpose, signed: &str) -> Hmac<Sha256> {
    let secret = state.db().vault().derive(purpose.label());
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes keys of any length");
    mac.update(signed.as_bytes());
    mac
}
