//! `/openapi.json` and `/docs`: the document, and a page of our own that shows it. The page loads nothing from elsewhere,
//! so it works without the Internet and under a strict content security policy.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::LazyLock;

/// The document is made once: it is the same for the life of the process.
static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| crate::document().to_json().expect("a document of strings and maps always becomes JSON"));

const PAGE: &str = include_str!("docs/page.html");
const SCRIPT: &str = include_str!("docs/page.js");
const STYLE: &str = include_str!("docs/page.css");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn router() -> Router {
    Router::new()
        .route("/openapi.json", get(async || served("application/json", &DOCUMENT)))
        .route("/docs", get(async || served("text/html; charset=utf-8", PAGE)))
        .route("/docs/page.js", get(async || served("text/javascript; charset=utf-8", SCRIPT)))
        .route("/docs/page.css", get(async || served("text/css; charset=utf-8", STYLE)))
}

fn served(content_type: &'static str, body: &'static str) -> Response {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
    ];
    (headers, body).into_response()
}
