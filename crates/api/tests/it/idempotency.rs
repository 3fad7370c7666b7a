use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

async fn post(w: &World, key: &str, idempotency: &str, path: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/json")
        .header("idempotency-key", idempotency);
    w.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_does_nothing_more() {
    let w = World::new().await;
    let new = json!({ "name": "crm", "role": "manager" });
    let first = post(&w, &w.alpha.key, "order-1", "/keys", new.clone()).await;
    let again = post(&w, &w.alpha.key, "order-1", "/keys", new.clone()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
    assert_eq!(first.bytes, again.bytes, "even the secret that is shown once");
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(w.get(&w.alpha.key, "/keys").await.items().len(), 2, "bootstrap's and one more");
    let other = post(&w, &w.beta.key, "order-1", "/keys", new).await;
    assert_ne!(other.bytes, first.bytes, "another company's keys are its own");
}

#[tokio::test]
async fn a_key_is_bound_to_its_request_but_not_to_one_that_failed() {
    let w = World::new().await;
    let failed = post(&w, &w.alpha.key, "k", "/extensions", json!({ "number": "x" })).await;
    assert_eq!(failed.status, 422);
    let mended = post(&w, &w.alpha.key, "k", "/extensions", json!({ "number": "101" })).await;
    assert_eq!(mended.status, 201, "{}", mended.json());
    let reused = post(&w, &w.alpha.key, "k", "/extensions", json!({ "number": "102" })).await;
    assert_eq!((reused.status.as_u16(), reused.code().as_str()), (422, "idempotency_key_reused"));
    let strange = post(&w, &w.alpha.key, "a b", "/extensions", json!({ "number": "103" })).await;
    assert_eq!(strange.field(), "Idempotency-Key");
    assert_eq!(post(&w, "", "k", "/extensions", json!({ "number": "104" })).await.status, 401);
}

#[tokio::test]
async fn of_requests_at_the_same_time_one_is_run() {
    let w = World::new().await;
    let ask = || post(&w, &w.alpha.key, "same", "/extensions", json!({ "number": "101" }));
    let (a, b, c) = tokio::join!(ask(), ask(), ask());
    let mut statuses = [a.status.as_u16(), b.status.as_u16(), c.status.as_u16()];
    statuses.sort();
    assert!(statuses.iter().all(|s| [201, 409].contains(s)), "{statuses:?}");
    assert_eq!(w.get(&w.alpha.key, "/extensions").await.items().len(), 1);
    assert_eq!(ask().await.status, 201, "afterwards the answer is there");
}
