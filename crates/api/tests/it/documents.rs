use crate::world::World;
use axum::body::Body;
use axum::http::Request;

async fn get(w: &World, path: &str) -> crate::world::Answer {
    w.send(Request::builder().uri(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_document_and_its_page_are_served_without_a_credential() {
    let w = World::new().await;
    let document = get(&w, "/openapi.json").await;
    assert_eq!(document.status, 200);
    assert!(document.text("openapi").starts_with("3.1"));
    let page = get(&w, "/docs").await;
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    assert!(!html.contains("https://"), "nothing is loaded from elsewhere");
    for path in ["/docs/page.js", "/docs/page.css"] {
        assert!(html.contains(path));
        assert_eq!(get(&w, path).await.status, 200);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_too() {
    let w = World::new().await;
    let answer = get(&w, "/api/v1/nothing").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"));
    let answer = w.delete(&w.alpha.key, "/extensions").await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "method_not_allowed"));
    assert!(answer.headers.contains_key("allow"));
}

/// The web's client is made from a copy of the document; `ALO_WRITE_OPENAPI=1 cargo test -p api document` renews it.
#[test]
fn the_document_that_the_web_was_made_from_is_this_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/api/openapi.json");
    let present = format!("{}\n", api::document().to_pretty_json().unwrap());
    if std::env::var_os("ALO_WRITE_OPENAPI").is_some() {
        std::fs::write(file, &present).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(kept == present, "web/src/api/openapi.json is old: ALO_WRITE_OPENAPI=1 cargo test -p api document");
}
