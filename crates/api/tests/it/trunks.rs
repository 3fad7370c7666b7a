use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_trunk_is_created_changed_and_removed_and_never_shows_its_password() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let new = json!({ "name": "Carrier", "kind": "registration", "server": "sip.example.com", "login": "alpha", "password": "hidden-secret" });
    let made = w.post(key, "/trunks", new).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("/trunks/{}", made.text("id"));
    let shown = w.get(key, &path).await;
    assert!(!String::from_utf8_lossy(&shown.bytes).contains("hidden-secret"));
    let changed = w.patch(key, &path, json!({ "max_calls": 30 })).await.json();
    assert_eq!((changed["max_calls"].as_i64(), changed["login"].as_str()), (Some(30), Some("alpha")));
    assert_eq!(w.delete(key, &path).await.status, 204);
}

#[tokio::test]
async fn wrong_fields_are_named_and_roles_are_kept() {
    let w = World::new().await;
    for (body, field) in [
        (json!({ "name": "C" }), "kind"),
        (json!({ "name": "C", "kind": "pigeon" }), "kind"),
        (json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.300"] }), "addresses[0]"),
        (json!({ "name": "C", "kind": "address", "addresses": "203.0.113.1" }), "addresses"),
        (json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.1"], "x": 1 }), "x"),
        (json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.1"], "max_calls": -1 }), "max_calls"),
    ] {
        let answer = w.post(&w.alpha.key, "/trunks", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    let agent = w.key(&w.alpha, "agent").await;
    let new = json!({ "name": "C", "kind": "address", "addresses": ["203.0.113.1"] });
    assert_eq!(w.post(&agent, "/trunks", new.clone()).await.status, 403);
    w.post(&w.alpha.key, "/trunks", new).await;
    assert_eq!(w.get(&w.alpha.key, "/trunks").await.items().len(), 1);
    assert!(w.get(&w.beta.key, "/trunks").await.items().is_empty(), "another company sees nothing");
}
