//! The pages for people: the console that `make web` built into `web/dist`, embedded in the binary or read from a folder.
//!
//! Names under `assets/` carry a hash of their content and may be kept forever; any other address without a dot is a
//! screen of the console and gets the one page that draws it. A binary without the web says so on `/`.

mod file;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use model::Problem;
use rest::Failure;
use std::path::PathBuf;

use file::{Coding, File};

/// What the console may load and reach: itself only, and sockets for events and SIP. Its component library writes style
/// elements, so styles may stand in the page; scripts may not.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      font-src 'self'; media-src 'self' blob:; connect-src 'self' ws: wss:; worker-src 'self' blob:; \
                      manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What stands on `/` when the binary has no web in it.
const ABSENT: &str = include_str!("web/absent.html");
/// Addresses that are never screens.
const NOT_SCREENS: [&str; 5] = ["api/", "docs/", "healthz/", "metrics/", "assets/"];

/// Where the pages come from: a folder that is read at each request, or the binary itself.
#[derive(Clone)]
pub(crate) struct Pages(pub(crate) Option<PathBuf>);

/// The routes of all pages: whatever has no other owner.
pub(crate) fn routes(pages: Pages) -> Router {
    Router::new().route("/", any(serve)).route("/{*path}", any(serve)).with_state(pages)
}

async fn serve(State(pages): State<Pages>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let screen = !path.contains('.') && !NOT_SCREENS.iter().any(|start| path.starts_with(start));
    if method != Method::GET && method != Method::HEAD {
        return Failure::from(Problem::not_found("address")).into_response();
    }
    let coding = Coding::of(&headers);
    if let Some(file) = pages.find(path, coding).filter(|_| !path.is_empty()) {
        return answer(file, path, &headers);
    }
    if !screen {
        return Failure::from(Problem::not_found("address")).into_response();
    }
    match pages.find("index.html", coding) {
        Some(file) => answer(file, "index.html", &headers),
        None => absent(),
    }
}

impl Pages {
    fn find(&self, path: &str, coding: Coding) -> Option<File> {
        match &self.0 {
            Some(folder) => file::in_folder(folder, path),
            None => file::embedded(path, coding),
        }
    }
}

fn answer(file: File, path: &str, asked: &HeaderMap) -> Response {
    let forever = path.starts_with("assets/");
    let caching = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file::content_type(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(coding) = file.coding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    if let Some(tag) = HeaderValue::from_str(&file.tag).ok().filter(|tag| !tag.is_empty()) {
        let known = asked.get(header::IF_NONE_MATCH) == Some(&tag);
        headers.insert(header::ETAG, tag);
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
    }
    *response.body_mut() = Body::from(file.bytes);
    response
}

fn absent() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    (headers, ABSENT).into_response()
}

#[cfg(test)]
mod tests;
