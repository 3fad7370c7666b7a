//! A receiver of webhooks that checks their signatures (Standard Webhooks), and takes those of other vendors too.

use crate::wait::until;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What was asked for, with the query: `/hook?callid=1`.
    pub target: String,
    /// Lower-case names.
    pub headers: HashMap<String, String>,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null when there is none.
    pub body: Value,
}

impl Delivery {
    /// Whether the signature fits the secret (`whsec_…`).
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let header = |name: &str| self.headers.get(name).map(String::as_str).unwrap_or_default();
        let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("a secret in base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length of key will do");
        mac.update(format!("{}.{}.{}", header("webhook-id"), header("webhook-timestamp"), self.text).as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

/// The receiver.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// Listens on a port of its own.
    pub async fn start(ip: IpAddr) -> Receiver {
        let listener = TcpListener::bind((ip, 0)).await.expect("a port for webhooks");
        let address = listener.local_addr().expect("a bound socket has an address");
        let deliveries = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&deliveries);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Receiver { address, deliveries, task }
    }

    /// The URL to register.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// All deliveries so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a delivery.
    pub async fn gets(&self, what: &str, wanted: impl Fn(&Delivery) -> bool) -> Delivery {
        until(&format!("a webhook: {what}"), async || self.deliveries().into_iter().find(|d| wanted(d))).await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, deliveries: Arc<Mutex<Vec<Delivery>>>) {
    let mut stream = BufReader::new(stream);
    let Some(delivery) = read(&mut stream).await else { return };
    deliveries.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
    // Kept open, the connection would stand among the server's tasks. A sender that went away will try again.
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Delivery> {
    let mut headers = HashMap::new();
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let target = line.split(' ').nth(1)?.to_owned();
    line.clear();
    while stream.read_line(&mut line).await.ok()? > 0 && line != "\r\n" {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
        line.clear();
    }
    let length = headers.get("content-length").map_or(Ok(0), |text| text.parse());
    let mut body = vec![0; length.ok()?];
    stream.read_exact(&mut body).await.ok()?;
    let text = String::from_utf8(body).ok()?;
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).ok()? };
    Some(Delivery { target, headers, body, text })
}
