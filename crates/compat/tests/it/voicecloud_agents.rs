//! VoiceCloud's queues: what extensions do, who works in a queue, logging in, and what a CRM is told of agents.

use crate::receiver::Receiver;
use crate::world::World;
use acd::AgentState;
use bus::{AgentStatus, Command, Occurrence, Presence, Queues, Want};
use call::{Direction, Event, Side, Supervision};
use model::{CallId, Cause, Dialect, ExtensionId, LegId, Problem, Timestamp};
use pbx::queue::{Member, NewQueue};
use serde_json::{Value, json};

/// An engine in which this extension is an agent on a pause, without a phone.
fn engine(w: &mut World, agent: ExtensionId) {
    let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
    tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            match order {
                Command::Presence { reply, .. } => _ = reply.send(Ok(Presence::default())),
                Command::Queues { reply, .. } => {
                    let state = AgentState::Paused("lunch".into());
                    let (since, reachable, missed, queues) = (Timestamp(1), false, 0, vec![]);
                    let agents = vec![AgentStatus { agent, state, since, reachable, missed, queues }];
                    _ = reply.send(Ok(Queues { here: true, lines: vec![], agents }));
                }
                Command::AgentsChanged => {}
                other => panic!("{other:?}"),
            }
        }
    });
}

pub(crate) async fn a_queue(w: &World, number: Option<&str>) -> (model::QueueId, ExtensionId) {
    let actor = &w.alpha.actor;
    let agent = pbx::extension::find_by_number(actor, &w.db, "101").await.unwrap().unwrap().id;
    let member =
        Member { extension: agent, ..serde_json::from_value(json!({ "extension": agent.to_string() })).unwrap() };
    let new: NewQueue = serde_json::from_value(json!({ "name": "Sales", "number": number })).unwrap();
    let made = pbx::queue::create(actor, &w.db, NewQueue { members: vec![member], ..new }).await.unwrap();
    (made.id, agent)
}

async fn asked(w: &World, what: &str, body: Value) -> (u16, Value) {
    let answer = w.post(&format!("/voicecloud/api/{what}"), body).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn extensions_and_queues_tell_who_does_what() {
    let mut w = World::new(Dialect::Voicecloud).await;
    let (_, agent) = a_queue(&w, Some("700")).await;
    engine(&mut w, agent);
    let key = w.alpha.key.clone();
    let own = json!({ "ext": "101", "name": "101", "status": "UNAVAILABLE", "agent_status": "PAUSED" });
    let unknown = json!({ "ext": "999", "status": "UNKNOWN", "agent_status": null });
    for path in ["Agent/status/format/json", "Agent/status"] {
        let list = json!([{ "ext": "101" }, { "ext": 999 }]);
        let (status, told) = asked(&w, path, json!({ "key": key, "list": list })).await;
        assert_eq!((status, &told["result"]), (200, &json!([own, unknown])), "{told}");
    }
    assert_eq!(asked(&w, "Agent/status", json!({ "key": key })).await.1["result"], json!([own]));
    for queue in [json!("700"), json!(700), json!("Sales")] {
        let (_, told) = asked(&w, "Queue/list/format/json", json!({ "key": key, "queue": queue })).await;
        assert_eq!(told["result"], json!([own]));
    }
    let set = |word: &str| json!({ "key": key, "queue": "700", "ext": "101", "status": word });
    for (word, wish) in [
        ("available", acd::Wish::Available),
        ("PAUSE", acd::Wish::Paused(String::new())),
        ("logout", acd::Wish::Offline),
    ] {
        let (status, told) = asked(&w, "Queue/status/format/json", set(word)).await;
        assert_eq!((status, told), (200, json!({ "status code": 200, "message": "OK" })));
        let kept = pbx::agent::wishes_of_company(&w.alpha.actor, &w.db).await.unwrap();
        assert_eq!(kept[0].wish, wish, "{word}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_theirs_is_not_found() {
    let mut w = World::new(Dialect::Voicecloud).await;
    let (_, agent) = a_queue(&w, Some("700")).await;
    engine(&mut w, agent);
    let (ours, theirs) = (w.alpha.key.clone(), w.beta.key.clone());
    for (path, body) in [
        ("Agent/status", json!({ "key": "98589afb55de863cf4d5cd4ec2c41072" })),
        ("Queue/list", json!({ "key": theirs, "queue": "700" })),
        ("Queue/status", json!({ "key": theirs, "queue": "700", "ext": "101", "status": "available" })),
        ("Queue/status", json!({ "key": ours, "queue": "700", "ext": "102", "status": "available" })),
        ("Queue/status", json!({ "key": ours, "queue": "700", "ext": "101", "status": "dancing" })),
        ("Queue/list", json!({ "key": ours, "queue": "701" })),
        ("Agent/status", json!([1])),
    ] {
        let (status, told) = asked(&w, path, body.clone()).await;
        assert_eq!((status, &told["status code"]), (404, &json!(404)), "{path} {body}: {told}");
    }
}

#[tokio::test]
async fn a_crm_is_told_of_agents_and_of_callers_that_left_a_queue() {
    let w = World::new(Dialect::Voicecloud).await;
    let (queue, _) = a_queue(&w, Some("700")).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "", Dialect::Voicecloud, &["json"]).await;
    let call: CallId = store::mint();
    let missed = json!({ "call_id": call.to_string(), "extension": "101", "queue": "Sales", "queue_number": "700",
                         "from": "+84901234567", "why": "no_answer" });
    w.tell("agent.missed", call, missed).await;
    w.tell("agent.state_changed", call, json!({ "extension": "101", "state": "on_call" })).await;
    let rings = json!({ "side": "callee", "direction": "inbound", "from": "+84901234567", "to": "+842873000001",
                        "hotline": "+842873000001", "extension": "101", "queue": "Sales", "queue_number": "700", "at": 1 });
    w.tell("call.ringing", call, rings).await;
    let told = w.told(&crm, 3).await;
    let find = |part: &str| -> Value {
        let heard = told.iter().find(|heard| heard.target.ends_with(part)).unwrap();
        serde_json::from_str(&heard.body).unwrap()
    };
    let missed = find("calldata");
    assert_eq!(
        (&missed["status"], &missed["queue"], &missed["phone"]),
        (&json!("NOANSWER"), &json!("700"), &json!("0901234567"))
    );
    assert_eq!(find("agent_status"), json!({ "extension": "101", "status": "ONCALL" }));
    assert_eq!(find("call_in")["queue"], "700");

    let left = Receiver::start().await;
    w.hook(&left, "", Dialect::Voicecloud, &["json"]).await;
    w.ended(&w.alpha, |record| {
        (record.answered_at, record.ended_at, record.cause) = (None, 61_000, Cause::Cancelled);
        (record.queue, record.queue_wait_ms) = (Some(queue), Some(42_000));
    })
    .await;
    let told = w.told(&left, 2).await;
    let log: Value = serde_json::from_str(&told[1].body).unwrap();
    assert_eq!((&log["status"], &log["queue"], &log["holdtime"]), (&json!("ABANDON"), &json!("700"), &json!("42")));
}

#[tokio::test]
async fn the_connector_of_onlinecrm_is_told_states_a_record_and_missed_calls() {
    let w = World::new(Dialect::Voicecloud).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "/webhook.php?name=VoiceCloudConnector", Dialect::Voicecloud, &["onlinecrm"]).await;
    w.talked().await;
    w.ended(&w.alpha, |record| (record.answered_at, record.cause) = (None, Cause::Cancelled)).await;
    let told = w.told(&crm, 7).await;
    let bodies: Vec<Value> = told.iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    let states = |id: &Value| -> Vec<String> {
        let own = bodies.iter().filter(|body| body["call_id"] == *id);
        own.map(|body| body["state"].as_str().or(body["event"].as_str()).unwrap().to_owned()).collect()
    };
    // Calls are told beside each other: which one comes first is chance.
    let rings = bodies.iter().position(|body| body["state"] == "RINGING").unwrap();
    assert_eq!(states(&bodies[rings]["call_id"]), ["RINGING", "ANSWERED", "HANGUP", "CDR"]);
    let missed = bodies.iter().find(|body| body["event"] == "MissedCall").unwrap();
    assert_eq!(states(&missed["call_id"]), ["HANGUP", "CDR", "MissedCall"]);
    assert_eq!((&missed["phone_number"], &missed["hotline_number"]), (&json!("0901234567"), &json!("02873000001")));
    let first = &bodies[rings];
    assert_eq!(
        (&first["direction"], &first["from_number"], &first["to_number"]),
        (&json!("INBOUND"), &json!("0901234567"), &json!("101"))
    );
    let target = &told[rings].target;
    assert!(target.starts_with("/webhook.php?name=VoiceCloudConnector&state=RINGING&"), "{target}");
    assert!(told.iter().all(|heard| heard.method == "POST"));
}

/// A call of 0901234567 that this extension has answered.
pub(crate) fn talking(w: &World, extension: ExtensionId) -> CallId {
    let (call, tenant) = (store::mint(), w.alpha.actor.tenant);
    let (from, to) = ("+84901234567".into(), "+842873000001".into());
    for event in [
        Event::Started { direction: Direction::Inbound, hotline: None, from, to, extension: None },
        Event::Answered { leg: LegId(2), extension: Some(extension), side: Side::Callee },
    ] {
        w.state.bus.publish(Occurrence { tenant, call, at: Timestamp(1_000), event });
    }
    call
}

#[tokio::test]
async fn a_supervisor_is_let_into_a_talk() {
    let mut w = World::new(Dialect::Voicecloud).await;
    let (_, agent) = a_queue(&w, None).await;
    let call = talking(&w, agent);
    let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
    let spy = |mode: &str| json!({ "key": w.alpha.key, "src": "900", "dst": 101, "mode": mode });
    for (word, mode) in [
        ("", Supervision::Listen),
        ("whisper", Supervision::Whisper),
        ("threeway", Supervision::Barge),
        ("caller", Supervision::WhisperCaller),
        ("callee", Supervision::WhisperCallee),
    ] {
        let engine = async {
            let Some(Command::Want { tenant, call, want, reply, .. }) = orders.recv().await else { panic!("a wish") };
            reply.send(Ok(())).unwrap();
            (tenant, call, want)
        };
        let (wanted, (status, told)) = tokio::join!(engine, asked(&w, "Agent/spy/format/json", spy(word)));
        assert_eq!(wanted, (w.alpha.actor.tenant, call, Want::Supervise("900".into(), mode)));
        assert_eq!((status, told), (200, json!({ "status code": 200, "message": "OK" })));
    }
    let refused = async {
        let Some(Command::Want { reply, .. }) = orders.recv().await else { panic!("a wish") };
        reply.send(Err(Problem::not_found("extension"))).unwrap();
    };
    assert_eq!(tokio::join!(refused, asked(&w, "Agent/spy", spy("whisper"))).1.0, 404);
    // None of these reaches the engine.
    let (beta, alpha) = (&w.beta.key, &w.alpha.key);
    for (body, detail) in [
        (spy("shout"), json!("mode must be whisper, threeway, caller or callee.")),
        (json!({ "key": alpha, "src": "900", "dst": "999", "mode": "whisper" }), json!(null)),
        (json!({ "key": beta, "src": "900", "dst": "101", "mode": "whisper" }), json!(null)),
        (json!({ "key": "nobody's", "src": "900", "dst": "101" }), json!(null)),
    ] {
        let (status, answer) = asked(&w, "Agent/spy", body.clone()).await;
        assert_eq!((status, &answer["status code"], &answer["detail"]), (404, &json!(404), &detail), "{body}");
    }
    assert!(orders.try_recv().is_err());
}
