use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;

async fn send(w: &World, key: &str, what: &str, kind: &str, text: &str) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("/api/v1/configuration/{what}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", kind)
        .body(Body::from(text.to_owned()))
        .unwrap();
    w.send(request).await
}

const YAML: &str = "application/yaml";
const TEXT: &str = "extensions:\n  - number: 101\nring_groups:\n  - { name: Sales, members: [extension/101] }\n";

#[tokio::test]
async fn a_text_is_planned_applied_twice_and_exported() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let planned = send(&w, key, "plan", YAML, TEXT).await;
    assert_eq!(planned.status, 200, "{}", planned.json());
    assert_eq!(planned.json()["changes"].as_array().map(Vec::len), Some(2));
    assert!(w.get(key, "/ring-groups").await.items().is_empty(), "a plan changes nothing");
    let done = send(&w, key, "apply", YAML, TEXT).await.json();
    assert_eq!((done["applied"].as_bool(), done["changes"][1]["name"].as_str()), (Some(true), Some("Sales")));
    assert_eq!(w.get(key, "/ring-groups").await.items().len(), 1);
    assert_eq!(send(&w, key, "apply", YAML, TEXT).await.json()["changes"].as_array().map(Vec::len), Some(0));
    let exported = w.get(key, "/configuration").await;
    let text = String::from_utf8(exported.bytes.clone()).unwrap();
    assert_eq!(exported.headers["content-type"], "application/yaml; charset=utf-8");
    assert!(text.contains("extension/101"), "{text}");
    assert_eq!(send(&w, key, "plan", YAML, &text).await.json()["changes"].as_array().map(Vec::len), Some(0));
    let other = w.get(&w.beta.key, "/configuration").await;
    assert!(!String::from_utf8(other.bytes).unwrap().contains("Sales"), "another company sees nothing");
}

#[tokio::test]
async fn a_bad_text_is_refused_with_its_place() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let wrong = send(&w, key, "apply", YAML, "ring_groups:\n  - { name: A, members: [extension/9] }\n").await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "ring_groups.A.members[0]"));
    assert_eq!(send(&w, key, "plan", "application/json", "{}").await.status, 415);
    assert_eq!(send(&w, key, "plan", YAML, "\0").await.status, 400);
    assert_eq!(send(&w, key, "plan", YAML, &"#".repeat(5 * 1024 * 1024)).await.status, 413);
    let bomb = "a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\n\
                d: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e]\n";
    assert_eq!(send(&w, key, "plan", YAML, bomb).await.status, 422, "what multiplies itself is no section");
    let agent = w.key(&w.alpha, "agent").await;
    for what in ["plan", "apply"] {
        assert_eq!(send(&w, &agent, what, YAML, TEXT).await.status, 403);
    }
    assert_eq!(w.get(&agent, "/configuration").await.status, 403);
}
