use crate::world::World;
use serde_json::{Value, json};

fn office() -> Value {
    json!({
        "name": "Office",
        "weekly": [
            { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "12:00" },
            { "days": ["mon", "tue", "wed", "thu", "fri"], "from": "13:30", "to": "17:30" },
        ],
        "holidays": [{ "name": "Tết", "from": "2027-02-05", "to": "2027-02-11" }],
    })
}

#[tokio::test]
async fn a_schedule_is_made_asked_changed_and_removed() {
    let w = World::new().await;
    let made = w.post(&w.alpha.key, "/schedules", office()).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(
        made.json()["holidays"][0],
        json!({ "name": "Tết", "from": "2027-02-05", "to": "2027-02-11", "yearly": false, "hours": [] })
    );
    let path = format!("/schedules/{}", made.text("id"));
    for (at, state, holiday) in [
        ("2026-11-23T08:00", "open", Value::Null),
        ("2026-11-23T12:30", "closed", Value::Null),
        ("2026-11-23T01:00:00Z", "open", Value::Null),
        ("2026-11-23T01:00:00%2B07:00", "closed", Value::Null),
        ("2027-02-08T09:00", "holiday", json!("Tết")),
    ] {
        let answer = w.get(&w.alpha.key, &format!("{path}/state?at={at}")).await.json();
        assert_eq!((answer["state"].as_str(), &answer["holiday"]), (Some(state), &holiday), "{at}");
    }
    assert_eq!(w.get(&w.alpha.key, &format!("{path}/state")).await.status, 200, "now");
    assert_eq!(w.get(&w.alpha.key, &format!("{path}/state?at=soon")).await.field(), "at");
    let changed = w.patch(&w.alpha.key, &path, json!({ "time_zone": "Europe/Berlin", "holidays": [] })).await.json();
    assert_eq!((&changed["time_zone"], &changed["holidays"]), (&json!("Europe/Berlin"), &json!([])));
    let cleared = w.patch(&w.alpha.key, &path, json!({ "time_zone": null })).await.json();
    assert_eq!(cleared["time_zone"], Value::Null);
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 404, "once is enough");
}

#[tokio::test]
async fn wrong_fields_and_wrong_roles_are_refused() {
    let w = World::new().await;
    for (change, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "time_zone": "Hanoi" }), "time_zone"),
        (json!({ "weekly": [{ "days": ["mon"], "from": "8", "to": "12:00" }] }), "weekly[0].from"),
        (json!({ "weekly": [{ "days": ["monday"], "from": "08:00", "to": "12:00" }] }), "weekly"),
        (json!({ "weekly": 5 }), "weekly"),
        (json!({ "weekly": vec![json!({ "days": ["mon"], "from": "08:00", "to": "12:00" }); 401] }), "weekly"),
        (json!({ "holidays": [{ "name": "x", "from": "2026-02-30" }] }), "holidays[0].from"),
        (json!({ "x": 1 }), "x"),
    ] {
        let mut body = office();
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let answer = w.post(&w.alpha.key, "/schedules", body).await;
        assert_eq!(answer.status, 422, "{change}");
        assert!(answer.field().starts_with(field), "{} is not {field}", answer.field());
    }
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, "/schedules", office()).await.status, 403);
    w.post(&w.alpha.key, "/schedules", office()).await;
    assert!(w.get(&w.beta.key, "/schedules").await.items().is_empty(), "another company sees nothing");
}

#[tokio::test]
async fn a_hotline_and_a_flow_go_by_a_schedule_and_the_simulation_by_a_moment() {
    let w = World::new().await;
    let schedule = w.post(&w.alpha.key, "/schedules", office()).await.text("id");
    let extension = w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await.text("id");
    let night = w.post(&w.alpha.key, "/extensions", json!({ "number": "102" })).await.text("id");
    let trunk = json!({ "name": "T", "kind": "address", "addresses": ["203.0.113.9"] });
    w.post(&w.alpha.key, "/trunks", trunk).await;
    let to = |id: &str| json!({ "kind": "extension", "id": id });
    let hotline = json!({ "number": "02873000001", "target": to(&extension), "schedule": schedule });
    assert_eq!(w.post(&w.alpha.key, "/hotlines", hotline.clone()).await.field(), "closed_target");
    let mut closing = hotline;
    closing["closed_target"] = to(&night);
    let made = w.post(&w.alpha.key, "/hotlines", closing).await;
    assert_eq!(made.status, 201, "{}", made.json());
    for (at, reached) in [("2026-11-23T09:00", "101"), ("2026-11-23T20:00", "102")] {
        let asked = json!({ "from": "0901234567", "to": "02873000001", "at": at });
        let story = w.post(&w.alpha.key, "/simulation/call", asked).await.json().to_string();
        assert!(story.contains(&format!("The phones of extension {reached} ring")), "{at}: {story}");
    }
    let graph = json!({ "start": "when", "nodes": {
        "when": { "type": "schedule", "schedule": schedule, "open": "day", "closed": "night" },
        "day": { "type": "extension", "extension": extension },
        "night": { "type": "caller", "vip": "day", "otherwise": "bye" },
        "bye": { "type": "hangup" } } });
    w.post(&w.alpha.key, "/caller-rules", json!({ "list": "vip", "pattern": "0901*" })).await;
    for (at, from, last) in [
        ("2026-11-23T09:00", "0912345678", "day"),
        ("2026-11-23T20:00", "0912345678", "bye"),
        ("2026-11-23T20:00", "0901234567", "day"),
    ] {
        let asked = json!({ "graph": graph, "at": at, "from": from });
        let items = w.post(&w.alpha.key, "/simulation/flow", asked).await.items();
        let end = items.last().expect("an end");
        assert_eq!(end["facts"][0]["value"], last, "{at} {from}: {items:?}");
    }
    let asked = json!({ "from": "0901234567", "to": "02873000001", "at": "tomorrow" });
    assert_eq!(w.post(&w.alpha.key, "/simulation/call", asked).await.field(), "at");
    let path = format!("/schedules/{schedule}");
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 409, "the hotline goes by it");
    let strange = json!({ "name": "F", "graph": { "start": "a", "nodes": {
        "a": { "type": "schedule", "schedule": "sch_00000000000000000000000001", "open": "b", "closed": "b" },
        "b": { "type": "hangup" } } } });
    assert_eq!(w.post(&w.alpha.key, "/flows", strange).await.field(), "graph.nodes.a.schedule");
}

#[tokio::test]
async fn blocked_callers_are_kept_once() {
    let w = World::new().await;
    let rule = |pattern: &str| json!({ "list": "blocked", "pattern": pattern, "note": "spam" });
    let made = w.post(&w.alpha.key, "/caller-rules", rule("0901 234 567")).await;
    assert_eq!((made.status.as_u16(), made.text("pattern").as_str()), (201, "+84901234567"));
    assert_eq!(w.post(&w.alpha.key, "/caller-rules", rule("+84901234567")).await.status, 409);
    assert_eq!(w.post(&w.alpha.key, "/caller-rules", rule("nobody")).await.field(), "pattern");
    assert_eq!(w.post(&w.alpha.key, "/caller-rules", json!({ "list": "grey", "pattern": "1" })).await.field(), "list");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, "/caller-rules", rule("0902*")).await.status, 403);
    assert!(w.get(&w.beta.key, "/caller-rules").await.items().is_empty(), "another company sees nothing");
    let path = format!("/caller-rules/{}", made.text("id"));
    assert_eq!(w.delete(&w.beta.key, &path).await.status, 404);
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
}
