use crate::world::World;
use serde_json::{Value, json};

fn steps(answer: &crate::world::Answer) -> Vec<String> {
    answer.items().iter().map(|line| line["step"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_draft_is_walked_with_the_keys_pressed_and_checked_like_a_stored_one() {
    let w = World::new().await;
    let extension = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let graph = json!({ "start": "ask", "nodes": {
        "ask": { "type": "menu", "timeout_ms": 3000, "options": { "1": "lan" } },
        "lan": { "type": "extension", "extension": extension },
    } });
    let told = w.post(&w.alpha.key, "/simulation/flow", json!({ "graph": graph, "digits": "1" })).await;
    assert_eq!(told.status, 200, "{}", told.json());
    assert_eq!(steps(&told), ["flow_node", "flow_key", "flow_node", "ring", "flow_end"]);
    assert!(told.json()["items"][3]["reason"].as_str().unwrap().contains("extension 101"));

    let broken =
        json!({ "start": "ask", "nodes": { "ask": { "type": "play", "greeting": Value::Null, "next": "x" } } });
    assert_eq!(w.post(&w.alpha.key, "/simulation/flow", json!({ "graph": broken })).await.status, 422);
    let foreign = w.post(&w.beta.key, "/simulation/flow", json!({ "graph": graph })).await;
    assert_eq!(foreign.field(), "graph.nodes.lan.extension", "another company's extension is none");
}

#[tokio::test]
async fn a_number_dialled_is_followed_to_who_rings() {
    let w = World::new().await;
    for number in ["101", "102"] {
        w.post(&w.alpha.key, "/extensions", json!({ "number": number })).await;
    }
    let told = w.post(&w.alpha.key, "/simulation/call", json!({ "from": "101", "to": "102" })).await;
    assert_eq!(steps(&told), ["route", "ring"]);
    let wrong = w.post(&w.alpha.key, "/simulation/call", json!({ "from": "101", "to": "102", "digits": "x" })).await;
    assert_eq!((wrong.status.as_u16(), wrong.field().as_str()), (422, "digits"));
}
