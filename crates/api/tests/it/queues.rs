use crate::world::{Company, World};
use acd::AgentState;
use bus::{AgentStatus, Command, QueueLine, Queues, WaitingCaller};
use model::{CallId, ExtensionId, Id, QueueId, Timestamp};
use serde_json::json;
use std::time::Duration;

async fn extension(w: &World, company: &Company, number: &str) -> String {
    w.post(&company.key, "/extensions", json!({ "number": number })).await.text("id")
}

#[tokio::test]
async fn a_queue_is_created_changed_and_removed() {
    let w = World::new().await;
    let one = extension(&w, &w.alpha, "101").await;
    let new =
        json!({ "name": "Sales", "number": "700", "members": [{ "extension": one, "skills": { "english": 5 } }] });
    let made = w.post(&w.alpha.key, "/queues", new).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(
        (&made.json()["members"][0]["level"], &made.json()["settings"]["offer_ms"]),
        (&json!(1), &json!(20_000))
    );
    let path = format!("/queues/{}", made.text("id"));
    let patch = json!({ "settings": { "strategy": "ring_all" }, "overflow": { "kind": "extension", "id": one } });
    let changed = w.patch(&w.alpha.key, &path, patch).await.json();
    assert_eq!((&changed["settings"]["strategy"], &changed["overflow"]["id"]), (&json!("ring_all"), &json!(one)));
    assert_eq!(changed["number"], "700", "what is left out stays");
    let cleared = w.patch(&w.alpha.key, &path, json!({ "number": null, "overflow": null })).await.json();
    assert_eq!((&cleared["number"], &cleared["overflow"]), (&json!(null), &json!(null)));
    assert_eq!(w.delete(&w.alpha.key, &path).await.status, 204);
}

#[tokio::test]
async fn wrong_fields_and_agents_of_others_are_refused() {
    let w = World::new().await;
    let own = extension(&w, &w.alpha, "101").await;
    let foreign = extension(&w, &w.beta, "101").await;
    for (body, field) in [
        (json!({ "members": [] }), "name"),
        (json!({ "name": "S", "members": "all" }), "members"),
        (json!({ "name": "S", "settings": { "strategy": "fastest" } }), "settings.strategy"),
        (json!({ "name": "S", "settings": { "offer_ms": 5 } }), "settings.offer_ms"),
        (json!({ "name": "S", "number": "101" }), "number"),
        (json!({ "name": "S", "members": [{ "extension": foreign }] }), "members[0].extension"),
        (json!({ "name": "S", "members": [{ "extension": own }, { "extension": own }] }), "members[1].extension"),
        (json!({ "name": "S", "z": 5 }), "z"),
    ] {
        let answer = w.post(&w.alpha.key, "/queues", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    assert!(w.get(&w.beta.key, "/queues").await.items().is_empty(), "another company sees nothing");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.post(&agent, "/queues", json!({ "name": "S" })).await.status, 403);
    assert_eq!(w.post(&agent, "/pause-reasons", json!({ "name": "Lunch" })).await.status, 403);
}

#[tokio::test]
async fn agents_log_in_and_pause_for_a_reason() {
    let w = World::new().await;
    let lan = extension(&w, &w.alpha, "101").await;
    let reason = w.post(&w.alpha.key, "/pause-reasons", json!({ "name": "Lunch" })).await;
    assert_eq!(reason.status, 201, "{}", reason.json());
    assert_eq!(w.post(&w.alpha.key, "/pause-reasons", json!({ "name": "Lunch" })).await.status, 409);
    let path = format!("/agents/{lan}/state");
    let paused = w.put(&w.alpha.key, &path, json!({ "state": "paused", "reason": "Lunch" })).await;
    assert_eq!((paused.status.as_u16(), paused.text("state")), (200, "paused".to_owned()), "{}", paused.json());
    for (body, field) in [
        (json!({ "state": "paused", "reason": "Football" }), "reason"),
        (json!({ "state": "asleep" }), "state"),
        (json!({ "state": "paused", "reason": 7 }), "reason"),
        (json!({}), "state"),
    ] {
        let answer = w.put(&w.alpha.key, &path, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    assert_eq!(w.put(&w.beta.key, &path, json!({ "state": "offline" })).await.status, 404, "another company's");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.put(&agent, &path, json!({ "state": "offline" })).await.status, 403, "somebody else's");
    assert_eq!(w.get(&agent, "/agents").await.status, 403);
    assert_eq!(w.get(&w.alpha.key, "/agents/me").await.code(), "no_phone");
    let gone = format!("/pause-reasons/{}", reason.text("id"));
    assert_eq!(w.delete(&w.alpha.key, &gone).await.status, 204);
    assert_eq!(w.delete(&w.alpha.key, &gone).await.status, 404, "twice");
}

#[tokio::test]
async fn a_supervisor_sees_who_waits_and_what_agents_do() {
    let mut w = World::new().await;
    let lan = extension(&w, &w.alpha, "101").await;
    let person = json!({ "login": "lan@alpha", "role": "agent", "password": "first password" });
    let user = w.post(&w.alpha.key, "/users", person).await.text("id");
    w.patch(&w.alpha.key, &format!("/extensions/{lan}"), json!({ "user": user })).await;
    let login = json!({ "login": "lan@alpha", "password": "first password" });
    let session = w.post("", "/session", login).await.text("token");
    let queue = w.post(&w.alpha.key, "/queues", json!({ "name": "Sales", "members": [{ "extension": lan }] })).await;
    let (queue, lan): (QueueId, ExtensionId) = (queue.text("id").parse().unwrap(), lan.parse().unwrap());
    let call = CallId::from_bits(7);
    let status = AgentStatus {
        agent: lan,
        state: AgentState::Offered { call, queue },
        since: Timestamp(5),
        reachable: true,
        missed: 1,
        queues: vec![queue],
    };
    let waiting = WaitingCaller {
        call,
        number: "+84901234567".into(),
        position: 1,
        priority: 0,
        waited: Duration::from_secs(3),
        callback: None,
        offered: vec![lan],
    };
    let shown = Queues { here: true, lines: vec![QueueLine { queue, waiting: vec![waiting] }], agents: vec![status] };
    let (mut commands, key) =
        (std::mem::replace(&mut w.commands, tokio::sync::mpsc::channel(1).1), w.alpha.key.clone());
    let engine = tokio::spawn(async move {
        while let Some(command) = commands.recv().await {
            if let Command::Queues { reply, .. } = command {
                reply.send(Ok(shown.clone())).expect("somebody waits");
            }
        }
    });
    let state = w.get(&key, &format!("/queues/{queue}/state")).await;
    assert_eq!(state.status, 200, "{}", state.json());
    let state = state.json();
    assert_eq!((&state["waiting"][0]["waited_ms"], &state["agents"][0]["state"]), (&json!(3_000), &json!("offered")));
    assert_eq!((&state["today"]["offered"], &state["today"]["service_level"]), (&json!(0), &json!(null)));
    assert_eq!(w.get(&key, "/agents").await.json()["items"][0]["extension"], "101");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, &format!("/queues/{queue}/state")).await.status, 403);
    let own = w.get(&session, "/agents/me").await.json();
    assert_eq!((&own["state"], &own["live"]["state"]), (&json!("offline"), &json!("offered")), "{own}");
    engine.abort();
}
