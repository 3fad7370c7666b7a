//! `/broadcasts`: ordered, looked at, called off.

use crate::world::World;
use pbx::broadcast;
use serde_json::{Value, json};

fn order(change: impl FnOnce(&mut Value)) -> Value {
    let mut order = json!({ "name": "Delivery", "parts": [], "numbers": ["0901 234 567", "101", "+84901234567"] });
    change(&mut order);
    order
}

#[tokio::test]
async fn a_broadcast_is_ordered_listed_and_called_off() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let greeting = crate::calls::greeting(&w, &w.alpha).await.to_string();
    let parts = json!([{ "kind": "greeting", "greeting": greeting }]);
    let made = w.post(key, "/broadcasts", order(|order| order["parts"] = parts.clone())).await;
    let body = made.json();
    assert_eq!((made.status.as_u16(), &body["state"], &body["parts"]), (201, &json!("running"), &parts), "{body}");
    assert_eq!((&body["tally"]["numbers"], &body["tally"]["waiting"]), (&json!(2), &json!(2)), "one is called once");
    let later = store::now().as_millis() + 3_600_000;
    let second = w
        .post(
            key,
            "/broadcasts",
            order(|order| {
                (order["parts"], order["starts_at"], order["retries"]) = (parts.clone(), json!(later), json!(3));
            }),
        )
        .await;
    assert_eq!((&second.json()["state"], &second.json()["retries"]), (&json!("scheduled"), &json!(3)));
    let names: Vec<Value> = w.get(key, "/broadcasts").await.items().into_iter().map(|one| one["id"].clone()).collect();
    assert_eq!(names, [second.json()["id"].clone(), body["id"].clone()], "the newest first");

    // One was reached and pressed 2, then the rest is called off.
    let due = broadcast::due(&w.db, 10).await.unwrap();
    assert!(broadcast::claim(&w.db, &due[0]).await.unwrap());
    broadcast::settle(&w.db, &due[0], true, model::Cause::Normal, Some('2')).await.unwrap();
    let path = format!("/broadcasts/{}", made.text("id"));
    let off = w.post(key, &format!("{path}/cancel"), Value::Null).await;
    assert_eq!((off.status.as_u16(), off.text("state")), (200, "cancelled".to_owned()));
    assert_eq!(w.post(key, &format!("{path}/cancel"), Value::Null).await.json(), off.json(), "twice is as once");
    let tally = &w.get(key, &path).await.json()["tally"];
    assert_eq!((&tally["reached"], &tally["cancelled"]), (&json!(1), &json!(1)));
    let numbers = w.get(key, &format!("{path}/numbers?limit=1")).await;
    assert_eq!(numbers.items()[0]["key"], "2");
    let after = numbers.json()["next"].as_str().unwrap().to_owned();
    let rest = w.get(key, &format!("{path}/numbers?after={after}")).await;
    assert_eq!((rest.items()[0]["number"].clone(), rest.json()["next"].clone()), (json!("101"), Value::Null));
    let reached = w.get(key, &format!("{path}/numbers?state=reached")).await.items();
    assert_eq!((reached.len(), &reached[0]["number"]), (1, &json!("+84901234567")));
}

#[tokio::test]
async fn what_cannot_be_broadcast_is_refused_by_field() {
    let w = World::new().await;
    let key = &w.alpha.key;
    let flow = json!({ "kind": "flow", "flow": "flw_00000000000000000000000001" });
    let foreign = crate::calls::greeting(&w, &w.beta).await.to_string();
    for (change, field) in [
        (json!({}), "script"),
        (json!({ "parts": [flow] }), "script"),
        (json!({ "parts": [{ "kind": "greeting", "greeting": foreign }] }), "script"),
        (json!({ "parts": [{ "kind": "greeting", "greeting": "x" }] }), "parts"),
        (json!({ "numbers": [] }), "numbers"),
        (json!({ "numbers": ["pizza"] }), "numbers"),
        (json!({ "times": 11 }), "times"),
        (json!({ "retries": -1 }), "retries"),
        (json!({ "retry_gap_ms": 90_000_000 }), "retry_gap_ms"),
        (json!({ "at_once": 0 }), "at_once"),
        (json!({ "hotline": "hot_00000000000000000000000001" }), "hotline"),
        (json!({ "schedule": "sch_00000000000000000000000001" }), "schedule"),
        (json!({ "starts_at": 9_000_000_000_000_000_i64 }), "starts_at"),
        (json!({ "name": "" }), "name"),
    ] {
        let answer = w
            .post(
                key,
                "/broadcasts",
                order(|order| {
                    for (name, value) in change.as_object().unwrap() {
                        order[name] = value.clone();
                    }
                }),
            )
            .await;
        assert_eq!(answer.status.as_u16(), 422, "{change}: {}", answer.json());
        let named = answer.json()["fields"].as_array().unwrap().iter().any(|one| one["name"] == field);
        assert!(named, "{change}: {}", answer.json());
    }
    let text = json!([{ "kind": "text", "text": "Hello" }]);
    let silent = w.post(key, "/broadcasts", order(|order| order["parts"] = text)).await;
    assert_eq!((silent.status.as_u16(), silent.text("code")), (409, "speech_off".to_owned()));
    assert_eq!(w.get(key, "/broadcasts/bct_x/numbers?state=gone").await.status.as_u16(), 404);
    assert!(w.get(&w.beta.key, "/broadcasts").await.items().is_empty(), "another company sees nothing");
}
