use crate::world::World;
use crate::written::person;
use serde_json::json;

#[tokio::test]
async fn people_keep_views_of_lists_and_managers_share_them() {
    let w = World::new().await;
    let (lan, _) = person(&w, "lan@alpha", "101").await;
    let credentials = json!({ "login": w.alpha.login, "password": w.alpha.password });
    let owner = w.post("", "/session", credentials).await.text("token");
    let missed = json!({ "list": "calls", "name": "Missed", "query": "status=no_answer" });
    let own = w.post(&lan, "/views", missed.clone()).await;
    assert_eq!(own.status, 201);
    assert_eq!(w.post(&lan, "/views", missed.clone()).await.code(), "name_taken", "twice");
    assert!(w.get(&owner, "/views?list=calls").await.items().is_empty(), "a person's own");
    let shared = json!({ "list": "calls", "name": "VIP", "query": "number=1", "shared": true });
    assert_eq!(w.post(&lan, "/views", shared.clone()).await.status, 403);
    let shared = w.post(&owner, "/views", shared).await.text("id");
    let names = |items: Vec<serde_json::Value>| -> Vec<String> {
        items.iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(w.get(&lan, "/views?list=calls").await.items()), ["Missed", "VIP"]);
    assert_eq!(w.delete(&lan, &format!("/views/{shared}")).await.status, 403);
    assert_eq!(w.patch(&lan, &format!("/views/{shared}"), json!({ "name": "x" })).await.status, 403);
    let credentials = json!({ "login": w.beta.login, "password": w.beta.password });
    let foreign = w.post("", "/session", credentials).await.text("token");
    assert!(w.get(&foreign, "/views?list=calls").await.items().is_empty());
    assert_eq!(w.patch(&foreign, &format!("/views/{shared}"), json!({ "name": "x" })).await.status, 404);
    assert_eq!(w.delete(&foreign, &format!("/views/{shared}")).await.status, 404);
    assert_eq!(w.get(&lan, "/views").await.status, 422, "the list is named");
    assert_eq!(w.post(&lan, "/views", json!({ "list": "calls", "name": 7, "query": "" })).await.status, 422);
    assert_eq!(w.get(&w.alpha.key, "/views?list=calls").await.code(), "person_needed");
    let path = format!("/views/{}", own.text("id"));
    assert_eq!(w.patch(&lan, &path, json!({ "query": "x".repeat(2_001) })).await.field(), "query");
    assert_eq!(w.patch(&lan, &path, json!({ "query": "status=busy" })).await.text("query"), "status=busy");
    assert_eq!(w.delete(&lan, &path).await.status, 204);
}
