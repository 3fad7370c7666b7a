use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_ring_group_is_created_changed_and_removed() {
    let w = World::new().await;
    let one = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let two = w.post(&w.alpha.key, "/extensions", json!({ "number": "102" })).await.text("id");
    let made = w.post(&w.alpha.key, "/ring-groups", json!({ "name": "Sales", "members": [two, one] })).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let plain = |id: &str| json!({ "extension": id, "delay_ms": 0, "ring_ms": null });
    assert_eq!(made.json()["members"], json!([plain(&two), plain(&one)]), "the order is kept");
    let path = format!("/ring-groups/{}", made.text("id"));
    for strategy in ["sequence", "random", "rollover", "enterprise"] {
        let changed = w.patch(&w.alpha.key, &path, json!({ "strategy": strategy })).await.json();
        assert_eq!((changed["strategy"].as_str(), &changed["members"]), (Some(strategy), &made.json()["members"]));
    }
    let own = json!([two, { "extension": one, "delay_ms": 5000, "ring_ms": 15000 }]);
    let target = json!({ "kind": "extension", "id": two });
    let changed = w.patch(&w.alpha.key, &path, json!({ "members": own, "on_no_answer": target })).await.json();
    assert_eq!(changed["members"][1], json!({ "extension": one, "delay_ms": 5000, "ring_ms": 15000 }), "{changed}");
    assert_eq!(changed["on_no_answer"], target);
    let cleared = w.patch(&w.alpha.key, &path, json!({ "on_no_answer": null })).await.json();
    assert_eq!(cleared["on_no_answer"], json!(null));
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
}

#[tokio::test]
async fn wrong_fields_and_members_of_others_are_refused() {
    let w = World::new().await;
    let own = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let foreign = w.post(&w.beta.key, "/extensions", json!({ "number": "101" })).await.text("id");
    for (body, field) in [
        (json!({ "members": [own] }), "name"),
        (json!({ "name": "S", "members": "all" }), "members"),
        (json!({ "name": "S", "members": [own], "strategy": "loudest" }), "strategy"),
        (json!({ "name": "S", "members": [own], "ring_ms": 5 }), "ring_ms"),
        (json!({ "name": "S", "members": [own], "z": 5 }), "z"),
        (json!({ "name": "S", "members": [{ "extension": own, "ring_ms": 5 }] }), "members[0].ring_ms"),
        (json!({ "name": "S", "members": [own], "on_no_answer": { "kind": "group", "id": own } }), "on_no_answer"),
        (
            json!({ "name": "S", "members": [own], "on_no_answer": { "kind": "extension", "id": foreign } }),
            "on_no_answer",
        ),
    ] {
        let answer = w.post(&w.alpha.key, "/ring-groups", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    let answer = w.post(&w.alpha.key, "/ring-groups", json!({ "name": "S", "members": [foreign] })).await;
    assert_eq!(answer.status, 422, "{}", answer.json());
    assert!(answer.field().starts_with("members"));
    w.post(&w.alpha.key, "/ring-groups", json!({ "name": "S", "members": [own] })).await;
    assert!(w.get(&w.beta.key, "/ring-groups").await.items().is_empty(), "another company sees nothing");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, "/ring-groups", json!({ "name": "S", "members": [own] })).await.status, 403);
}
