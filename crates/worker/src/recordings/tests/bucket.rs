//! A store that speaks as much S3 as the client asks for: one object, parts of one, a part of one, its size, a list.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use store::objects::{Bucket, Objects};

#[derive(Default)]
struct Inside {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    parts: Mutex<BTreeMap<u32, Vec<u8>>>,
    fails: AtomicBool,
}

pub(super) struct Shelf {
    inside: Arc<Inside>,
    endpoint: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shelf {
    pub(super) async fn start() -> Shelf {
        let inside = Arc::new(Inside::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().route("/talks", any(list)).route("/talks/{*name}", any(object));
        let router = router.layer(axum::extract::DefaultBodyLimit::max(64 << 20)).with_state(inside.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Shelf { inside, endpoint, task }
    }

    pub(super) fn objects(&self, data: &std::path::Path) -> Objects {
        let (endpoint, name) = (self.endpoint.clone(), "talks".to_owned());
        let (region, key_id, key) = ("us-east-1".to_owned(), "id".to_owned(), "key".to_owned());
        Objects::with_bucket(data.to_owned(), Bucket { endpoint, name, region, key_id, key }).expect("a bucket")
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.inside.files.lock().expect("held by nobody").keys().cloned().collect()
    }

    pub(super) fn fail(&self, fails: bool) {
        self.inside.fails.store(fails, Ordering::Relaxed);
    }

    pub(super) fn change(&self, name: &str) {
        self.inside.files.lock().expect("held by nobody").get_mut(name).expect("a file")[7] ^= 1;
    }
}

async fn list(State(inside): State<Arc<Inside>>, RawQuery(query): RawQuery) -> String {
    let query = query.unwrap_or_default();
    let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default().replace("%2F", "/");
    let files = inside.files.lock().expect("held by nobody");
    let entries = files.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(name, bytes)| {
        let (size, at) = (bytes.len(), "2026-11-23T00:00:00.000Z");
        format!("<Contents><Key>{name}</Key><LastModified>{at}</LastModified><ETag>\"x\"</ETag><Size>{size}</Size></Contents>")
    });
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>", entries.collect::<String>())
}

async fn object(
    State(inside): State<Arc<Inside>>,
    method: Method,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if inside.fails.load(Ordering::Relaxed) {
        // One that is not tried again for minutes.
        return StatusCode::FORBIDDEN.into_response();
    }
    let (query, tag) = (query.unwrap_or_default(), [(header::ETAG, "\"x\"")]);
    let part = query.split('&').find_map(|pair| pair.strip_prefix("partNumber=")?.parse().ok());
    let mut files = inside.files.lock().expect("held by nobody");
    match (method.as_str(), part) {
        ("POST", _) if query.contains("uploadId=") => {
            let parts = std::mem::take(&mut *inside.parts.lock().expect("held by nobody"));
            files.insert(name, parts.into_values().flatten().collect());
            "<CompleteMultipartUploadResult><ETag>\"x\"</ETag></CompleteMultipartUploadResult>".into_response()
        }
        ("POST", _) => {
            "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>".into_response()
        }
        ("PUT", Some(part)) => {
            inside.parts.lock().expect("held by nobody").insert(part, body.to_vec());
            tag.into_response()
        }
        ("PUT", None) => {
            files.insert(name, body.to_vec());
            tag.into_response()
        }
        ("DELETE", _) => {
            files.remove(&name);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => match files.get(&name) {
            Some(bytes) => found(bytes, &headers),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn found(bytes: &[u8], headers: &HeaderMap) -> Response {
    let about = [(header::ETAG, "\"x\""), (header::LAST_MODIFIED, "Mon, 23 Nov 2026 00:00:00 GMT")];
    let wanted = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let Some((first, last)) = wanted.and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
        return (about, bytes.to_vec()).into_response();
    };
    let first: usize = first.parse().expect("a number");
    let last: usize = last.parse::<usize>().expect("a number").min(bytes.len() - 1);
    let range = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", bytes.len()))];
    (StatusCode::PARTIAL_CONTENT, about, range, bytes[first..=last].to_vec()).into_response()
}
