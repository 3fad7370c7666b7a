//! Asking a name whether it is the account's.

use crate::secure;
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// HTTP-01 (RFC 8555 section 8.3): the token's text is fetched from the name.
pub(super) async fn over_http(name: &str, place: SocketAddr, token: &str, expected: &str) -> Result<(), String> {
    let client = reqwest::Client::builder().no_proxy().resolve(name, place).build().expect("an HTTP client");
    let url = format!("http://{name}:{}/.well-known/acme-challenge/{token}", place.port());
    let answer = client.get(&url).send().await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let text = answer.text().await.map_err(|error| error.to_string())?;
    if status.is_success() && text.trim_end() == expected {
        return Ok(());
    }
    Err(format!("{url} answered {status} {text}"))
}

/// TLS-ALPN-01 (RFC 8737): a handshake for the name shows a certificate that holds the digest.
pub(super) async fn over_tls(name: &str, place: SocketAddr, expected: &str) -> Result<(), String> {
    let shown = secure::certificate_by(place, name, &[b"acme-tls/1"]).await.ok_or("the handshake failed")?;
    // id-pe-acmeIdentifier, critical, with the digest as an octet string in an octet string.
    let mut wanted = vec![0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 1, 31, 0x01, 0x01, 0xff, 0x04, 34, 0x04, 32];
    wanted.extend(Sha256::digest(expected.as_bytes()));
    let holds = |wanted: &[u8]| shown.windows(wanted.len()).any(|window| window == wanted);
    if holds(&wanted) && holds(name.as_bytes()) { Ok(()) } else { Err("the certificate is not the answer".into()) }
}
