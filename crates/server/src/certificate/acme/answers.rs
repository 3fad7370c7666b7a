//! How we prove that a name is ours: a text at an address of that name (HTTP-01, RFC 8555 section 8.3), or a certificate
//! in a handshake with it (TLS-ALPN-01, RFC 8737).

use super::super::provider;
use anyhow::Context;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::ClientHello;
use tokio_rustls::rustls::sign::CertifiedKey;

/// What a handshake that asks is about (RFC 8737 section 3).
pub(in super::super) const PROTOCOL: &[u8] = b"acme-tls/1";

/// Whether somebody asks, rather than comes to talk.
pub(in super::super) fn is_question(hello: &ClientHello<'_>) -> bool {
    hello.alpn().is_some_and(|mut protocols| protocols.next() == Some(PROTOCOL) && protocols.next().is_none())
}

/// The answers of the order that is under way; clones share them.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Answers(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    /// By token.
    texts: HashMap<String, String>,
    /// By host name.
    certificates: HashMap<String, Arc<CertifiedKey>>,
}

impl Answers {
    fn table(&self) -> MutexGuard<'_, Table> {
        // The table is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers the question for this token with the key authorization.
    pub(super) fn tell(&self, token: &str, authorization: &str) {
        self.table().texts.insert(token.to_owned(), authorization.to_owned());
    }

    /// Answers handshakes for this name with a certificate that holds the digest of the key authorization.
    pub(super) fn show(&self, name: &str, digest: &[u8]) -> anyhow::Result<()> {
        anyhow::ensure!(digest.len() == 32, "the digest of a key authorization has 32 bytes");
        let mut wanted = CertificateParams::new(vec![name.to_owned()])?;
        wanted.custom_extensions.push(CustomExtension::new_acme_identifier(digest));
        let key = KeyPair::generate()?;
        let made = wanted.self_signed(&key)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = provider().key_provider.load_private_key(key).context("an answer for ACME")?;
        // Not checked: nobody but the authority understands its critical extension.
        let pair = CertifiedKey::new(vec![made.der().clone()], key);
        self.table().certificates.insert(name.to_ascii_lowercase(), Arc::new(pair));
        Ok(())
    }

    /// What is shown for this name.
    pub(in super::super) fn shown(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.table().certificates.get(&name.to_ascii_lowercase()).cloned()
    }

    /// The order has come to its end.
    pub(super) fn clear(&self) {
        *self.table() = Table::default();
    }

    /// The one address over HTTP.
    pub(super) fn routes(&self) -> Router {
        let answers = self.clone();
        let answer = move |Path(token): Path<String>| async move { answers.answer(&token) };
        Router::new().route("/.well-known/acme-challenge/{token}", get(answer))
    }

    fn answer(&self, token: &str) -> Response {
        match self.table().texts.get(token) {
            Some(text) => ([(CONTENT_TYPE, "application/octet-stream")], text.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
}
