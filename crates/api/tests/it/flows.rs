use crate::world::World;
use serde_json::json;

#[tokio::test]
async fn a_flow_is_created_changed_by_version_and_removed() {
    let w = World::new().await;
    let graph = json!({ "start": "end", "nodes": { "end": { "type": "hangup" } } });
    let made = w.post(&w.alpha.key, "/flows", json!({ "name": "Main", "graph": graph })).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let path = format!("/flows/{}", made.text("id"));
    let change = json!({ "graph": { "start": "bye", "nodes": { "bye": { "type": "hangup" } } }, "version": 1 });
    let changed = w.patch(&w.alpha.key, &path, change.clone()).await.json();
    assert_eq!((changed["version"].as_i64(), changed["name"].as_str()), (Some(2), Some("Main")));
    let late = w.patch(&w.alpha.key, &path, change).await;
    assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "version_changed"));
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
}

#[tokio::test]
async fn a_wrong_graph_is_told_by_its_node() {
    let w = World::new().await;
    let foreign = w.post(&w.beta.key, "/extensions", json!({ "number": "101" })).await.text("id");
    for (graph, field) in [
        (json!({ "start": "gone", "nodes": { "end": { "type": "hangup" } } }), "graph"),
        (
            json!({ "start": "e", "nodes": { "e": { "type": "extension", "extension": foreign } } }),
            "graph.nodes.e.extension",
        ),
        (json!({ "start": "e", "nodes": { "e": { "type": "teleport" } } }), "graph"),
        (json!({ "start": "e", "nodes": {}, "colour": 1 }), "graph.colour"),
        (json!("nothing"), "graph"),
    ] {
        let answer = w.post(&w.alpha.key, "/flows", json!({ "name": "Main", "graph": graph })).await;
        assert_eq!(answer.status, 422, "{}", answer.json());
        assert!(answer.field().starts_with(field), "{} for {graph}", answer.field());
    }
    let graph = json!({ "start": "end", "nodes": { "end": { "type": "hangup" } } });
    w.post(&w.alpha.key, "/flows", json!({ "name": "Main", "graph": graph })).await;
    assert!(w.get(&w.beta.key, "/flows").await.items().is_empty(), "another company sees nothing");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, "/flows", json!({ "name": "Main", "graph": graph })).await.status, 403);
}

#[tokio::test]
async fn a_draft_is_kept_compared_tested_replayed_published_and_taken_back() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let extension = w.post(key, "/extensions", json!({ "number": "101" })).await.text("id");
    let graph = json!({ "start": "end", "nodes": { "end": { "type": "hangup" } } });
    let flow = w.post(key, "/flows", json!({ "name": "Main", "graph": graph })).await.text("id");
    let at = |rest: &str| format!("/flows/{flow}{rest}");

    let half = json!({ "graph": { "start": "ring", "nodes": { "ring": { "type": "extension" } } } });
    let kept = w.ask(key, "PUT", &at("/draft"), half).await.json();
    assert_eq!(kept["faults"][0]["name"], "graph.nodes.ring.extension");
    assert_eq!(w.post(key, &at("/publish"), json!({})).await.status, 422);
    let ring = json!({ "start": "ring", "nodes": { "ring": { "type": "extension", "extension": extension } } });
    let kept = w.ask(key, "PUT", &at("/draft"), json!({ "graph": ring, "revision": 1 })).await.json();
    assert_eq!((kept["revision"].as_i64(), kept["faults"].as_array().map(Vec::len)), (Some(2), Some(0)));
    let late = w.ask(key, "PUT", &at("/draft"), json!({ "graph": ring, "revision": 1 })).await;
    assert_eq!((late.status.as_u16(), late.code().as_str()), (409, "draft_changed"));
    assert_eq!(w.get(key, &at("")).await.json()["drafted"], true);
    assert_eq!(w.get(key, &at("/comparison?before=1&after=draft")).await.json()["nodes"][1]["kind"], "added");
    assert_eq!(w.get(key, &at("/comparison?before=x&after=draft")).await.field(), "before");

    let test =
        json!({ "items": [{ "name": "rings", "expect": { "target": { "kind": "extension", "id": extension } } }] });
    assert_eq!(w.ask(key, "PUT", &at("/tests"), test).await.status, 200);
    assert_eq!(w.post(key, &at("/tests/run"), json!({})).await.items()[0]["passed"], true);
    assert_eq!(w.post(key, &at("/replay"), json!({ "days": 7 })).await.json()["calls"], 0);
    let done = w.post(key, &at("/publish"), json!({ "note": "Rings 101", "revision": 2 })).await.json();
    assert_eq!((done["version"].as_i64(), done["drafted"].as_bool()), (Some(2), Some(false)));
    let newest = &w.get(key, &at("/versions")).await.items()[0];
    assert_eq!((newest["note"].as_str(), newest["version"].as_i64()), (Some("Rings 101"), Some(2)));
    assert!(newest["author"].as_str().is_some_and(|author| !author.is_empty()), "{newest}");
    let back = w.post(key, &at("/roll-back"), json!({ "version": 1 })).await;
    assert_eq!((back.status.as_u16(), back.code().as_str()), (409, "test_failed"));
    w.ask(key, "PUT", &at("/tests"), json!({ "items": [] })).await;
    assert_eq!(w.post(key, &at("/roll-back"), json!({ "version": 1 })).await.json()["version"], 3);
    assert_eq!(w.get(key, &at("/versions/1")).await.json()["graph"], graph);
    assert_eq!(w.get(key, &at("/versions/77")).await.status, 404);
    let agent = w.key(&w.alpha, "agent").await;
    for path in ["/publish", "/roll-back"] {
        assert_eq!(w.post(&agent, &at(path), json!({ "version": 1 })).await.status.as_u16() / 100, 4, "{path}");
    }
}
