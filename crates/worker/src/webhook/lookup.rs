//! Asking a company's own service during a call: by the same client as webhooks, so to permitted addresses only, without
//! redirects, and with little patience.

use super::address::Guard;
use super::client::{Outgoing, Sending};
use super::tongue::{Method, Request};
use std::time::Duration;

/// How long a service may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks services; clones share the client.
#[derive(Debug, Clone)]
pub struct Lookups(Outgoing);

impl Lookups {
    /// Fails only where no HTTP client can be made.
    pub fn new(guard: Guard) -> Result<Lookups, reqwest::Error> {
        Ok(Lookups(Outgoing::new(guard, PATIENCE)?))
    }

    /// Posts JSON and gives the answer (its first kilobyte) of a service that took it; what went wrong otherwise is logged.
    pub async fn ask(&self, url: String, body: String) -> Option<String> {
        let request = Request { method: Method::Post, url, body };
        let reaction = self.0.send(Sending { request: &request, signed: None }).await;
        if let Some(error) = reaction.error {
            tracing::info!(error, "a service that a flow asked did not answer");
            return None;
        }
        reaction.answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_service_is_asked_and_the_inside_of_the_network_is_not() {
        let service = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let url = format!("http://{}/route", service.local_addr().expect("an address"));
        let guarded = Lookups::new(Guard::default()).expect("a client");
        assert_eq!(guarded.ask(url.clone(), "{}".into()).await, None, "not a public address");
        let allowed = Guard::new(vec!["127.0.0.0/8".parse().expect("a block")]);
        let open = Lookups::new(allowed).expect("a client");
        let (answer, asked) = tokio::join!(open.ask(url, r#"{"x":1}"#.into()), async {
            let (mut stream, _) = service.accept().await.expect("a request");
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).await.expect("bytes");
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{\"branch\":\"gold\"}";
            stream.write_all(answer.as_bytes()).await.expect("sent");
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert_eq!(answer.as_deref(), Some(r#"{"branch":"gold"}"#));
        assert!(asked.starts_with("POST /route") && asked.contains("application/json"), "{asked}");
    }
}
