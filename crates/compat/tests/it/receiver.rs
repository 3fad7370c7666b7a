//! A customer's server that keeps what it is told, and answers as the test wants.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) method: String,
    /// The path with the query.
    pub(crate) target: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Kept {
    heard: Mutex<Vec<Heard>>,
    answers: Mutex<VecDeque<(u16, &'static str)>>,
    more: Notify,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    kept: Arc<Kept>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub(crate) async fn start() -> Receiver {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept::default());
        let router = Router::new().fallback(hear).with_state(Arc::clone(&kept));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Receiver { address, kept, task }
    }

    /// Answers the next requests so, in this order; all others with 200 and an empty body.
    pub(crate) fn answers(&self, answers: &[(u16, &'static str)]) {
        self.kept.answers.lock().unwrap().extend(answers);
    }

    /// The first so many requests.
    pub(crate) async fn heard(&self, count: usize) -> Vec<Heard> {
        let arrived = async {
            loop {
                let more = self.kept.more.notified();
                let heard = self.kept.heard.lock().unwrap().clone();
                if heard.len() >= count {
                    return heard;
                }
                more.await;
            }
        };
        let all = tokio::time::timeout(std::time::Duration::from_secs(20), arrived).await;
        all.unwrap_or_else(|_| panic!("{count} requests, not {:#?}", self.kept.heard.lock().unwrap()))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn hear(State(kept): State<Arc<Kept>>, request: Request<Body>) -> impl IntoResponse {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    let heard = Heard { method: parts.method.to_string(), target: parts.uri.to_string(), body };
    kept.heard.lock().unwrap().push(heard);
    kept.more.notify_one();
    let (status, text) = kept.answers.lock().unwrap().pop_front().unwrap_or((200, ""));
    (StatusCode::from_u16(status).unwrap(), text)
}
