use super::*;
use tower::ServiceExt;

/// A folder with a small web in it, and its routes.
fn web(name: &str) -> (PathBuf, Router) {
    let folder = std::env::temp_dir().join(format!("alo-web-{}-{name}", std::process::id()));
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html><title>Alo</title>").unwrap();
    std::fs::write(folder.join("assets/a-1f.js"), "1").unwrap();
    (folder.clone(), routes(Pages(Some(folder))))
}

async fn get(router: &Router, path: &str) -> Response {
    router.clone().oneshot(axum::extract::Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn each_screen_is_the_one_page_and_what_is_no_screen_is_not_found() {
    let (folder, web) = web("screens");
    for path in ["/", "/calls", "/settings/flows/flw_1"] {
        let page = get(&web, path).await;
        assert_eq!(
            (page.status(), &page.headers()["content-type"]),
            (StatusCode::OK, &"text/html; charset=utf-8".parse().unwrap()),
            "{path}"
        );
        assert_eq!(page.headers()["cache-control"], "no-cache");
        assert!(!page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self' 'unsafe"));
    }
    for path in ["/api/v1/nothing", "/nothing.js", "/assets/gone.js", "/../Cargo.toml", "/assets/../../x.txt"] {
        assert_eq!(get(&web, path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn hashed_names_are_kept_forever() {
    let (folder, web) = web("hashed");
    let script = get(&web, "/assets/a-1f.js").await;
    assert_eq!(script.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_binary_without_the_web_says_so() {
    let folder = std::env::temp_dir().join(format!("alo-web-{}-none", std::process::id()));
    let page = get(&routes(Pages(Some(folder))), "/").await;
    assert_eq!(page.status(), StatusCode::OK);
    let body = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("make web"));
}

#[test]
fn the_best_packing_that_the_browser_takes_is_chosen() {
    for (taken, coding) in [
        ("gzip, deflate, br", Coding::Brotli),
        ("gzip;q=1.0", Coding::Gzip),
        ("br;q=0, gzip", Coding::Gzip),
        ("", Coding::Plain),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("accept-encoding", taken.parse().unwrap());
        assert_eq!(Coding::of(&headers), coding, "{taken}");
    }
}
