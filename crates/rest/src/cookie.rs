//! The session of a browser, kept in a cookie that no script can read.
//!
//! A browser sends the cookie by itself, also when a page of somebody else makes it ask. So the cookie is `HttpOnly` and
//! `SameSite=Strict`, and counts for a change or a WebSocket only when the browser says that our own page asks
//! ([`ours`]); both words come in headers that no page can forge.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};

/// The name of the cookie.
const NAME: &str = "alo_session";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The session token of the cookie, when it may count for this request.
pub fn token(parts: &Parts) -> Option<String> {
    let upgrade = parts.headers.contains_key(header::UPGRADE);
    if (!parts.method.is_safe() || upgrade) && !ours(&parts.headers) {
        return None;
    }
    let lines = parts.headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, value)| *name == NAME && !value.is_empty()).map(|(_, value)| value.to_owned())
}

/// Whether the browser says that a page of this very server asks.
pub fn ours(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(FETCH_SITE) {
        return site == "same-origin";
    }
    // Browsers leave the first header out where there is no TLS; they never leave this one out.
    let Some(asking) = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()).and_then(|o| o.split_once("://"))
    else {
        return false;
    };
    let hosts = [header::HOST, FORWARDED_HOST];
    hosts
        .iter()
        .filter_map(|name| headers.get(name))
        .any(|host| host.as_bytes().eq_ignore_ascii_case(asking.1.as_bytes()))
}

/// The `Set-Cookie` value that begins a session of so many seconds, or with none ends it.
pub fn set(headers: &HeaderMap, token: Option<&str>, seconds: i64) -> String {
    let origin = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()).unwrap_or("");
    // A cookie marked so is not kept where there is no TLS.
    let secure = if origin.starts_with("https://") { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |token| (token, seconds.max(0)));
    format!("{NAME}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn asked(method: &str, headers: &[(&str, &str)]) -> Option<String> {
        let mut request = Request::builder().method(method).uri("/").header("cookie", "a=b; alo_session=als_x; c=d");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        token(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn reading_needs_the_cookie_only() {
        assert_eq!(asked("GET", &[]).as_deref(), Some("als_x"));
    }

    #[test]
    fn a_change_or_a_socket_counts_only_from_our_own_page() {
        let upgrade = ("upgrade", "websocket");
        for (method, more) in [("POST", None), ("DELETE", None), ("GET", Some(upgrade))] {
            let with = |headers: &[(&'static str, &'static str)]| {
                let all: Vec<_> = headers.iter().copied().chain(more).collect();
                asked(method, &all).is_some()
            };
            assert!(!with(&[]), "{method}");
            assert!(with(&[("sec-fetch-site", "same-origin")]));
            assert!(!with(&[("sec-fetch-site", "same-site")]));
            assert!(!with(&[("sec-fetch-site", "cross-site"), ("origin", "http://alo.vn"), ("host", "alo.vn")]));
            assert!(with(&[("origin", "http://alo.vn:8080"), ("host", "Alo.vn:8080")]));
            assert!(with(&[("origin", "https://alo.vn"), ("host", "10.0.0.1"), ("x-forwarded-host", "alo.vn")]));
            assert!(!with(&[("origin", "http://evil.vn"), ("host", "alo.vn")]));
            assert!(!with(&[("origin", "null"), ("host", "alo.vn")]));
        }
    }

    #[test]
    fn the_cookie_is_for_no_script_and_for_no_other_site() {
        let mut headers = HeaderMap::new();
        assert_eq!(set(&headers, None, 9), "alo_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
        headers.insert("origin", "https://alo.vn".parse().unwrap());
        assert_eq!(
            set(&headers, Some("als_x"), 9),
            "alo_session=als_x; Path=/; Max-Age=9; HttpOnly; SameSite=Strict; Secure"
        );
    }
}
