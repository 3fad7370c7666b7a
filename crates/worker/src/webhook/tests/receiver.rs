//! A receiver of webhooks that behaves as badly as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What the receiver does with a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Behaviour {
    Status(u16),
    /// Closes without an answer.
    Close,
    /// Answers, but not in HTTP.
    Garbage,
    /// Sends the sender elsewhere.
    Redirect,
    /// Never answers.
    Hang,
    /// Answers 200 with a body that does not end.
    Flood,
}

/// A request that came in.
#[derive(Debug)]
pub(super) struct Got {
    headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(super) fn call(&self) -> String {
        self.json()["call_id"].as_str().unwrap().to_owned()
    }
}

pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    seen: Arc<AtomicUsize>,
    got: mpsc::UnboundedReceiver<Got>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Starts on a free port; `plan` says what to do with the n-th request.
    pub(super) async fn start(plan: fn(usize) -> Behaviour) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, got) = mpsc::unbounded_channel();
        let seen = Arc::new(AtomicUsize::new(0));
        let count = seen.clone();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, plan, count.clone(), sender.clone()));
            }
        });
        Receiver { address, seen, got, task }
    }

    /// The next request.
    pub(super) async fn next(&mut self) -> Got {
        tokio::time::timeout(Duration::from_secs(20), self.got.recv()).await.expect("a request in time").unwrap()
    }

    pub(super) fn seen(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }
}

async fn serve(
    stream: TcpStream,
    plan: fn(usize) -> Behaviour,
    seen: Arc<AtomicUsize>,
    got: mpsc::UnboundedSender<Got>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let behaviour = plan(seen.fetch_add(1, Ordering::Relaxed));
        if got.send(request).is_err() {
            return;
        }
        let answer = match behaviour {
            Behaviour::Status(status) => format!("HTTP/1.1 {status} Word\r\ncontent-length: 2\r\n\r\nok"),
            Behaviour::Close => return,
            Behaviour::Garbage => "220 smtp.example.com ESMTP\r\n".to_owned(),
            Behaviour::Redirect => {
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_owned()
            }
            Behaviour::Hang => std::future::pending().await,
            Behaviour::Flood => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned(),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        if matches!(behaviour, Behaviour::Garbage) {
            return;
        }
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        if matches!(behaviour, Behaviour::Flood) {
            while stream.write_all(chunk.as_bytes()).await.is_ok() {}
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Got> {
    let mut headers = HashMap::new();
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Got { headers, body: String::from_utf8(body).ok()? })
}
