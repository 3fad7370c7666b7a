use crate::world::World;
use serde_json::{Value, json};

#[tokio::test]
async fn a_key_is_bounded_by_rate_and_addresses() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/keys", json!({ "name": "crm", "requests_per_minute": 1 })).await;
    let (secret, path) = (made.text("secret"), format!("/keys/{}", made.text("id")));
    assert_eq!(w.get(&secret, "/extensions").await.status, 200);
    let refused = w.get(&secret, "/extensions").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "rate_limited"));

    let elsewhere = json!({ "requests_per_minute": null, "allowed_addresses": ["203.0.113.7"] });
    let changed = w.patch(&w.alpha.key, &path, elsewhere).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["requests_per_minute"]), (200, &json!(null)));
    assert_eq!(w.get(&secret, "/extensions").await.code(), "address_not_allowed");
    let wrong = w.patch(&w.alpha.key, &path, json!({ "allowed_addresses": ["here"] })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "allowed_addresses[0]"));
    let here = json!({ "allowed_addresses": ["127.0.0.0/8"] });
    assert_eq!(w.patch(&w.alpha.key, &path, here).await.status, 200);
    assert_eq!(w.get(&secret, "/extensions").await.status, 200);
}

#[tokio::test]
async fn a_key_gets_a_new_secret_with_an_overlap() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/keys", json!({ "name": "crm" })).await;
    let (old, path) = (made.text("secret"), format!("/keys/{}/rotate", made.text("id")));
    let new = w.post(&w.alpha.key, &path, json!({ "overlap_s": 60 })).await.text("secret");
    for secret in [&old, &new] {
        assert_eq!(w.get(secret, "/extensions").await.status, 200);
    }
    assert_eq!(w.post(&w.alpha.key, &path, json!({})).await.status, 200);
    for secret in [&old, &new] {
        assert_eq!(w.get(secret, "/extensions").await.status, 401);
    }
    assert_eq!(w.post(&w.beta.key, &path, json!({})).await.status, 404, "another company's key");
}

#[tokio::test]
async fn what_was_done_to_a_key_is_kept_with_who_did_it() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let id = w.post(key, "/keys", json!({ "name": "CRM" })).await.text("id");
    w.patch(key, &format!("/keys/{id}"), json!({ "requests_per_minute": 60 })).await;
    w.post(key, &format!("/keys/{id}/rotate"), json!({ "overlap_s": 60 })).await;
    w.ask(key, "DELETE", &format!("/keys/{id}"), Value::Null).await;
    let changes = w.get(key, &format!("/keys/{id}/changes")).await.items();
    let kinds: Vec<&str> = changes.iter().filter_map(|change| change["kind"].as_str()).collect();
    assert_eq!(kinds, ["revoked", "rotated", "updated", "created"]);
    assert!(changes.iter().all(|change| change["by"].is_string() && change["at"].as_i64() > Some(0)), "{changes:?}");
    let page = w.get(key, &format!("/keys/{id}/changes?limit=3")).await.json();
    let rest = w.get(key, &format!("/keys/{id}/changes?after={}", page["next"].as_str().unwrap())).await.items();
    assert_eq!(rest.len(), 1);
    assert_eq!(w.get(&w.beta.key, &format!("/keys/{id}/changes")).await.status, 404);
}

#[tokio::test]
async fn a_key_of_another_dialect_does_not_open_ours() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/keys", json!({ "name": "old CRM", "dialect": "antring" })).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(made.text("public_id").len(), 18);
    assert_eq!(w.get(&made.text("secret"), "/extensions").await.status, 401);
    let wrong = w.post(&w.alpha.key, "/keys", json!({ "name": "x", "dialect": "klingon" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "dialect"));
}
