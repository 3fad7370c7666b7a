//! The one HTTP client for webhooks: it connects to checked addresses only, follows no redirect, waits 15 seconds at
//! most and reads 64 KiB of an answer at most.

use super::address::{self, Guard};
use super::tongue::{Method, Request};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use std::sync::Arc;
use std::time::Duration;

/// The most that is read of an answer; a longer one is cut off.
const ANSWER_LIMIT: usize = 64 * 1024;
/// How much of an answer the delivery log keeps.
const ANSWER_KEPT: usize = 1024;

/// What is sent.
#[derive(Debug)]
pub(super) struct Sending<'a> {
    pub(super) request: &'a Request,
    /// Ours by Standard Webhooks; other vendors' receivers are sent none.
    pub(super) signed: Option<Signed<'a>>,
}

/// The headers of Standard Webhooks.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) id: &'a str,
    pub(super) timestamp: i64,
    pub(super) signature: String,
}

/// What the receiver did.
#[derive(Debug, Default)]
pub(super) struct Reaction {
    pub(super) status: Option<u16>,
    pub(super) error: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) retry_after: Option<Duration>,
}

/// The client.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    client: Client,
    guard: Guard,
    timeout: Duration,
}

impl Outgoing {
    pub(super) fn new(guard: Guard, timeout: Duration) -> Result<Outgoing, reqwest::Error> {
        let build = |without_roots: bool| {
            let builder = Client::builder()
                .user_agent(concat!("Alo-Webhooks/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .no_proxy()
                .referer(false)
                .pool_idle_timeout(Duration::from_secs(20))
                .pool_max_idle_per_host(8)
                .dns_resolver(Arc::new(Checked(guard.clone())));
            if without_roots { builder.tls_certs_only([]).build() } else { builder.build() }
        };
        let client = build(false).or_else(|error| {
            tracing::warn!(%error, "no root certificates found: webhooks to https addresses will fail");
            build(true)
        })?;
        Ok(Outgoing { client, guard, timeout })
    }

    /// Sends and says what came of it; never fails itself.
    pub(super) async fn send(&self, sending: Sending<'_>) -> Reaction {
        match tokio::time::timeout(self.timeout, self.exchange(sending)).await {
            Ok(reaction) => reaction,
            Err(_) => failed(format!("no answer within {} s", self.timeout.as_secs_f32())),
        }
    }

    async fn exchange(&self, sending: Sending<'_>) -> Reaction {
        let url = match address::parse(&sending.request.url) {
            Ok(url) => url,
            Err(refused) => return failed(refused.sentence()),
        };
        if let Err(refused) = self.guard.resolve(&url).await {
            return failed(refused.sentence());
        }
        let mut request = match sending.request.method {
            Method::Get => self.client.get(url),
            Method::Post => {
                let body = sending.request.body.clone();
                self.client.post(url).header(CONTENT_TYPE, "application/json").body(body)
            }
        };
        if let Some(signed) = sending.signed {
            request = request
                .header("webhook-id", signed.id)
                .header("webhook-timestamp", signed.timestamp.to_string())
                .header("webhook-signature", signed.signature);
        }
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) => failed(root_cause(&error)),
        }
    }
}

fn failed(error: String) -> Reaction {
    Reaction { error: Some(error), ..Reaction::default() }
}

async fn read(mut response: Response) -> Reaction {
    let status = response.status();
    let wish = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse().ok());
    let mut kept = Vec::new();
    let mut total = 0;
    while total < ANSWER_LIMIT {
        // The status is the receiver's word; a body that breaks off takes nothing back.
        let Ok(Some(chunk)) = response.chunk().await else { break };
        total += chunk.len();
        kept.extend_from_slice(&chunk[..chunk.len().min(ANSWER_KEPT.saturating_sub(kept.len()))]);
    }
    let error = (!status.is_success()).then(|| match status.is_redirection() {
        true => format!("the receiver answered {}; redirects are not followed", status.as_u16()),
        false => format!("the receiver answered {}", status.as_u16()),
    });
    Reaction {
        status: Some(status.as_u16()),
        error,
        answer: Some(printable(&kept)).filter(|text| !text.is_empty()),
        retry_after: wish.map(Duration::from_secs),
    }
}

/// Text for the log: one line, no control characters.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The innermost reason, which is the one that helps: "connection refused".
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    printable(cause.to_string().as_bytes())
}

/// Resolves names for the client and hands it nothing but permitted addresses.
struct Checked(Guard);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !found.iter().all(|a| guard.permits(a.ip())) {
                return Err(address::Refused::Closed.sentence().into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_inner_address_is_refused_when_sending_too() {
        let client = Outgoing::new(Guard::default(), Duration::from_secs(2)).unwrap();
        for url in ["http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://2130706433/"] {
            let request = Request { method: Method::Post, url: url.to_owned(), body: "{}".to_owned() };
            let reaction = client.send(Sending { request: &request, signed: None }).await;
            assert!(reaction.error.unwrap().contains("not public"), "{url}");
        }
    }

    #[tokio::test]
    async fn the_resolver_itself_hands_out_no_inner_address() {
        let found = Checked(Guard::default()).resolve("localhost".parse().unwrap()).await;
        assert!(found.is_err());
    }

    #[test]
    fn answers_lose_their_control_characters() {
        assert_eq!(printable(b"ok\r\n\x1b[31m"), "ok   [31m");
    }
}
