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
