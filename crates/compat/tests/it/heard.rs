//! What a customer's server was told, as answers to `GET /heard/next`: so a fixture shows what we send as it shows what we answer.

use crate::receiver::Receiver;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

struct Told {
    receiver: Receiver,
    next: AtomicUsize,
}

/// The router with `/heard/next`: the requests that the receiver hears, one by one, with their queries and bodies as JSON.
pub(crate) fn beside(router: Router, receiver: Receiver) -> Router {
    let told = Arc::new(Told { receiver, next: AtomicUsize::new(0) });
    router.merge(Router::new().route("/heard/next", get(next)).with_state(told))
}

async fn next(State(told): State<Arc<Told>>) -> Json<Value> {
    let at = told.next.fetch_add(1, Ordering::Relaxed);
    let heard = told.receiver.heard(at + 1).await.swap_remove(at);
    let url = url::Url::parse(&format!("http://x{}", heard.target)).unwrap();
    let mut shown = json!({ "method": heard.method, "target": url.path() });
    let query: Map<String, Value> =
        url.query_pairs().map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect();
    if !query.is_empty() {
        shown["query"] = Value::Object(query);
    }
    if !heard.body.is_empty() {
        shown["json"] = serde_json::from_str(&heard.body).unwrap();
    }
    Json(shown)
}
