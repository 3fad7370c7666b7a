//! What stands around every router: a request id, one time limit, a net for panics, and headers that keep browsers
//! from guessing, framing or caching what we answer.

use crate::Failure;
use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use model::Problem;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

/// The largest request body, unless a route says otherwise.
pub const BODY_LIMIT: usize = 1024 * 1024;
/// How long a request may take until its answer begins; a body that dribbles in counts too.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The same for an upload, which may come over a slow line.
const UPLOAD_TIME_LIMIT: Duration = Duration::from_secs(180);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the router, and problems in the places where axum would answer with plain text.
pub fn around(router: Router) -> Router {
    around_in(router, Failure::into_response)
}

/// The same for a face with its own form of failures.
pub fn around_in(router: Router, tell: fn(Failure) -> Response) -> Router {
    router
        .fallback(move || async move { tell(Problem::not_found("address").into()) })
        .method_not_allowed_fallback(move |method: Method| async move { tell(wrong_method(&method)) })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(move |request, next| guard(request, next, tell)))
}

fn wrong_method(method: &Method) -> Failure {
    let message = format!("{method} is not possible at this address.");
    Failure::with_status(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}

async fn guard(request: Request, next: Next, tell: fn(Failure) -> Response) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    // Inside a nest the request itself has lost its prefix.
    let uri = masked(request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0));
    let run = AssertUnwindSafe(tokio::time::timeout(time_limit(request.headers()), next.run(request))).catch_unwind();
    let mut response = match run.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => tell(Problem::busy("timeout", "The request took too long and was given up.").into()),
        Err(_) => tell(Problem::internal(format!("{method} {uri} panicked")).into()),
    };
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    secure(headers);
    let duration_ms = began.elapsed().as_millis() as u64;
    tracing::debug!(%method, uri, status = response.status().as_u16(), duration_ms, request_id = id, "answered");
    response
}

fn time_limit(headers: &HeaderMap) -> Duration {
    let upload = headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"multipart/"));
    if upload { UPLOAD_TIME_LIMIT } else { TIME_LIMIT }
}

/// Headers for every answer; a handler that set one of them keeps its own.
fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The caller's id when it is short and harmless, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|v| v.to_str().ok()).unwrap_or("");
    let harmless = given.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if (1..=64).contains(&given.len()) && harmless {
        return given.to_owned();
    }
    let mut random = [0u8; 12];
    if getrandom::fill(&mut random).is_err() {
        return "none".to_owned();
    }
    random.iter().map(|b| format!("{b:02x}")).collect()
}

/// What carries a secret: parameters of a query, and parts of a path that stand before it (`…/key/SECRET/…`).
const SECRETS: [&str; 7] = ["access_token", "apikey", "api_key", "hash", "key", "password", "token"];
/// Paths of which the rest is a secret.
const SECRET_TAILS: [&str; 1] = ["/links/recordings/"];

/// The address for the log: secrets in it are not shown.
pub fn masked(uri: &Uri) -> String {
    let secret = |name: &str| SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    if let Some(start) = SECRET_TAILS.iter().find(|start| uri.path().starts_with(**start)) {
        return format!("{start}…");
    }
    let mut hide = false;
    let path: Vec<&str> =
        uri.path().split('/').map(|part| if std::mem::replace(&mut hide, secret(part)) { "…" } else { part }).collect();
    let path = path.join("/");
    let Some(query) = uri.query() else { return path };
    let shown: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if secret(name) => format!("{name}=…"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", shown.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    fn router() -> Router {
        around(Router::new().route("/fine", get(|| async { "fine" })).route("/panic", get(panics)))
    }

    async fn panics() -> &'static str {
        panic!("on purpose")
    }

    async fn ask(method: &str, path: &str) -> Response {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        router().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn every_answer_has_the_safe_headers() {
        for (method, path, status) in
            [("GET", "/fine", 200), ("GET", "/nowhere", 404), ("POST", "/fine", 405), ("GET", "/panic", 500)]
        {
            let response = ask(method, path).await;
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
            assert!(response.headers().contains_key("x-request-id"), "{path}");
            let problem = response.headers().get("content-type").is_some_and(|v| v == "application/problem+json");
            assert_eq!(problem, status != 200, "{path}");
        }
    }

    #[test]
    fn secrets_in_an_address_are_masked() {
        for (address, shown) in [
            ("/api/v1/events?after=3&access_token=alo_secret", "/api/v1/events?after=3&access_token=…"),
            ("/dial/from_number/101/key/98589afb/domain/abc.com", "/dial/from_number/101/key/…/domain/abc.com"),
            ("/api/auth?apiKey=98589afb", "/api/auth?apiKey=…"),
            ("/links/recordings/sealed.wav", "/links/recordings/…"),
            ("/api/v1/keys", "/api/v1/keys"),
            ("/calls?number=101&flag", "/calls?number=101&flag"),
        ] {
            assert_eq!(masked(&address.parse().unwrap()), shown);
        }
    }

    #[test]
    fn a_strange_request_id_is_replaced() {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("abc-1"));
        assert_eq!(request_id(&headers), "abc-1");
        headers.insert(REQUEST_ID, HeaderValue::from_static("a b\"c"));
        assert_eq!(request_id(&headers).len(), 24);
    }
}
