//! How requests reach the authority: over HTTPS, without redirects, with limits on time and size.

use anyhow::Context;
use axum::body::Body;
use axum::http::{Request, Response};
use bytes::Bytes;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

/// How long one exchange may take.
const TIME: Duration = Duration::from_secs(30);
/// The most that is read of an answer: a chain of certificates takes some ten thousand bytes.
const MOST: usize = 1 << 20;

/// A client of the authority.
pub(super) struct Http(Client);

impl Http {
    /// Believes the authorities of this file, else those of the system.
    pub(super) fn new(roots: Option<&Path>) -> anyhow::Result<Http> {
        let mut builder = Client::builder().timeout(TIME).redirect(Policy::none()).https_only(true);
        if let Some(file) = roots {
            let about = || format!("cannot use tls.acme.roots, {}", file.display());
            let roots = Certificate::from_pem_bundle(&std::fs::read(file).with_context(about)?).with_context(about)?;
            builder = builder.tls_certs_only(roots);
        }
        Ok(Http(builder.build().context("HTTPS cannot be spoken")?))
    }
}

impl HttpClient for Http {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.0.clone();
        Box::pin(async move { exchange(client, request).await.map_err(|error| Error::Other(error.into())) })
    }
}

async fn exchange(client: Client, request: Request<BodyWrapper<Bytes>>) -> anyhow::Result<BytesResponse> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), MOST).await?;
    let request = client.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
    let mut answer = request.send().await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        anyhow::ensure!(bytes.len() + chunk.len() <= MOST, "the authority's answer is too long");
        bytes.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(BytesResponse::from(response))
}
