use crate::world::{Company, World};
use call::Direction;
use model::{CallId, Cause, EndedBy};
use pbx::calls::{CallRecord, Decision, Fact, Leg};
use serde_json::{Value, json};

/// An agent of Alpha who has logged in and has an extension: the session and the extension's id.
pub(crate) async fn person(w: &World, login: &str, number: &str) -> (String, String) {
    let new = json!({ "login": login, "name": number, "role": "agent", "password": "first password" });
    let user = w.post(&w.alpha.key, "/users", new).await.text("id");
    let credentials = json!({ "login": login, "password": "first password" });
    let session = w.post("", "/session", credentials).await.text("token");
    let own = w.post(&w.alpha.key, "/extensions", json!({ "number": number })).await.text("id");
    w.patch(&w.alpha.key, &format!("/extensions/{own}"), json!({ "user": user })).await;
    (session, own)
}

/// A call that this extension answered.
async fn answered(w: &World, company: &Company, extension: &str) -> CallId {
    answered_and(w, company, extension, |_| {}).await
}

async fn answered_and(w: &World, company: &Company, extension: &str, change: impl FnOnce(&mut CallRecord)) -> CallId {
    let mut record = CallRecord {
        id: store::mint(),
        tenant: company.actor.tenant,
        direction: Direction::Inbound,
        hotline: None,
        trunk: None,
        extension: Some(extension.parse().unwrap()),
        caller_number: "+84901234567".into(),
        caller_name: String::new(),
        callee_number: "+842873000001".into(),
        started_at: 1_000,
        ringing_at: Some(2_000),
        answered_at: Some(3_000),
        ended_at: 60_000,
        cause: Cause::Normal,
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: vec![],
        trail: vec![],
    };
    change(&mut record);
    let mut tx = w.db.write(company.actor.tenant).await.unwrap();
    pbx::calls::record(&mut tx, &record).await.unwrap();
    tx.commit().await.unwrap();
    record.id
}

/// The ids of the calls that are listed, with a space between two.
async fn ids(w: &World, key: &str, query: &str) -> String {
    let answer = w.get(key, &format!("/calls{query}")).await;
    let ids: Vec<String> = answer.items().iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect();
    ids.join(" ")
}

#[tokio::test]
async fn an_agent_sees_and_hears_the_own_calls_and_no_others() {
    let w = World::new().await;
    let (lan, own) = person(&w, "lan@alpha", "101").await;
    let (minh, others) = person(&w, "minh@alpha", "102").await;
    let mine = answered(&w, &w.alpha, &own).await.to_string();
    let theirs = answered(&w, &w.alpha, &others).await.to_string();
    assert_eq!(ids(&w, &lan, "").await, mine);
    assert_eq!(ids(&w, &minh, "").await, theirs);
    assert_eq!(ids(&w, &w.alpha.key, "").await.split(' ').count(), 2);
    assert!(ids(&w, &lan, &format!("?extension={others}")).await.is_empty());
    assert_eq!(w.get(&lan, &format!("/calls/{mine}")).await.status, 200);
    for path in ["", "/recording", "/comments"] {
        assert_eq!(w.get(&lan, &format!("/calls/{theirs}{path}")).await.status, 404, "{path}");
    }
    for path in ["/trail", "/ladder"] {
        assert_eq!(w.get(&lan, &format!("/calls/{mine}{path}")).await.status, 403, "{path}");
    }
    assert_eq!(w.get(&lan, "/calls/export").await.status, 403);
    let new = json!({ "login": "hoa@alpha", "name": "Hoa", "role": "agent", "password": "first password" });
    w.post(&w.alpha.key, "/users", new).await;
    let hoa = json!({ "login": "hoa@alpha", "password": "first password" });
    let without = w.post("", "/session", hoa).await.text("token");
    assert!(ids(&w, &without, "").await.is_empty(), "no extension, no calls");
}

#[tokio::test]
async fn an_agent_does_not_learn_who_listened_in() {
    let w = World::new().await;
    let (lan, own) = person(&w, "lan@alpha", "101").await;
    let (_, chief) = person(&w, "chief@alpha", "103").await;
    let leg = |n: u16, extension: &str| Leg {
        leg: n,
        kind: "out".into(),
        extension: Some(extension.parse().unwrap()),
        trunk: None,
        number: "1".into(),
        started_at: 1_000,
        ringing_at: None,
        answered_at: Some(2_000),
        ended_at: 3_000,
        cause: Cause::Normal,
        quality: None,
    };
    let facts = vec![Fact { name: "extension".into(), value: chief.clone() }];
    let step = |step: &str| Decision { at: 1, step: step.into(), reason: "So.".into(), facts: facts.clone() };
    let legs = vec![leg(1, &own), leg(2, &chief)];
    let heard = answered_and(&w, &w.alpha, &own, |record| {
        (record.legs, record.trail) = (legs.clone(), vec![step("supervise")]);
    });
    let heard = heard.await;
    let taken = answered_and(&w, &w.alpha, &own, |record| {
        (record.legs, record.trail) = (legs.clone(), vec![step("supervise"), step("take_over")]);
    });
    let taken = taken.await;
    let seen = async |key: &str, call: CallId| {
        w.get(key, &format!("/calls/{call}")).await.json()["legs"].as_array().unwrap().len()
    };
    assert_eq!((seen(&lan, heard).await, seen(&w.alpha.key, heard).await), (1, 2));
    assert_eq!(seen(&lan, taken).await, 2, "who took over talked");
}

#[tokio::test]
async fn what_came_of_a_call_is_written_by_the_agent_and_found_by_the_company() {
    let w = World::new().await;
    let (lan, own) = person(&w, "lan@alpha", "101").await;
    let (minh, _) = person(&w, "minh@alpha", "102").await;
    let call = answered(&w, &w.alpha, &own).await.to_string();
    let sold = w.post(&w.alpha.key, "/dispositions", json!({ "name": "Sold" })).await.text("id");
    assert_eq!(w.get(&lan, "/dispositions").await.items().len(), 1);
    let path = format!("/calls/{call}/wrap-up");
    assert_eq!(ids(&w, &w.alpha.key, "?disposition=missing").await, call);
    let written = json!({ "disposition": sold, "text": "=1+1 wants two" });
    let answer = w.patch(&lan, &path, written.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.text("disposition")), (200, sold.clone()));
    assert_eq!(w.patch(&lan, &path, written.clone()).await.status, 200, "twice");
    assert_eq!(w.patch(&minh, &path, written.clone()).await.status, 404, "not their call");
    assert_eq!(w.patch(&w.beta.key, &path, written).await.status, 404);
    assert_eq!(w.patch(&lan, &path, json!({ "text": "x".repeat(4_001) })).await.field(), "text");
    assert_eq!(w.patch(&lan, &path, json!({ "disposition": 7 })).await.status, 422);
    assert_eq!(w.patch(&lan, &path, json!({ "colour": "red" })).await.status, 422);
    let unknown = json!({ "disposition": "dsp_00000000000000000000000001" });
    assert_eq!(w.patch(&lan, &path, unknown).await.field(), "disposition");
    assert_eq!(ids(&w, &w.alpha.key, &format!("?disposition={sold}")).await, call);
    assert!(ids(&w, &w.alpha.key, "?disposition=missing").await.is_empty());
    assert_eq!(w.get(&w.alpha.key, "/calls?disposition=x").await.field(), "disposition");
    let shown = w.get(&w.alpha.key, &format!("/calls/{call}")).await.json();
    assert_eq!(shown["wrap_up"]["text"], "=1+1 wants two");
    let file = w.get(&w.alpha.key, "/calls/export?language=en").await;
    let text = String::from_utf8(file.bytes).unwrap();
    assert!(text.contains(",\"Sold\","), "{text}");
    assert!(!text.contains("\"=1+1"), "no cell becomes a formula: {text}");
}

#[tokio::test]
async fn comments_carry_the_name_of_who_wrote_them() {
    let w = World::new().await;
    let (lan, own) = person(&w, "lan@alpha", "101").await;
    let call = answered(&w, &w.alpha, &own).await;
    let path = format!("/calls/{call}/comments");
    let said = w.post(&lan, &path, json!({ "body": "<b>Upset</b>", "at_ms": 1_000 })).await;
    assert_eq!((said.status.as_u16(), said.text("author_name")), (201, "101".to_owned()));
    w.post(&w.alpha.key, &path, json!({ "body": "By a program" })).await;
    let items = w.get(&lan, &path).await.items();
    let names: Vec<&Value> = items.iter().map(|item| &item["author_name"]).collect();
    assert_eq!(names, [&json!("101"), &Value::Null]);
    for (wrong, field) in [(json!({ "body": " " }), "body"), (json!({ "body": "x", "at_ms": -1 }), "at_ms")] {
        assert_eq!(w.post(&lan, &path, wrong).await.field(), field);
    }
    assert_eq!(w.post(&lan, &path, json!({ "body": 7 })).await.status, 422);
    let program = items[1]["id"].as_str().unwrap();
    assert_eq!(w.delete(&lan, &format!("{path}/{program}")).await.status, 403);
    assert_eq!(w.delete(&lan, &format!("{path}/{}", said.text("id"))).await.status, 204);
    assert_eq!(w.delete(&lan, &format!("{path}/{}", said.text("id"))).await.status, 404, "twice");
}

#[tokio::test]
async fn a_phone_knows_the_calls_it_is_in_and_not_who_listens() {
    let w = World::new().await;
    let (lan, own) = person(&w, "lan@alpha", "101").await;
    let (minh, others) = person(&w, "minh@alpha", "102").await;
    let call: CallId = store::mint();
    let tell = |event| w.bus.publish(bus::Occurrence { tenant: w.alpha.actor.tenant, call, at: store::now(), event });
    tell(call::Event::Started {
        direction: Direction::Outbound,
        hotline: None,
        from: "101".into(),
        to: "0901234567".into(),
        extension: Some(own.parse().unwrap()),
    });
    let role = call::Role::Supervisor(call::Supervision::Listen);
    tell(call::Event::Joined { leg: model::LegId(3), extension: Some(others.parse().unwrap()), role });
    let seen = w.get(&lan, "/phone/calls").await.items();
    assert_eq!((seen[0]["id"].as_str(), &seen[0]["others"]), (Some(call.to_string().as_str()), &json!([])));
    assert_eq!(w.get(&minh, "/phone/calls").await.items().len(), 1, "who listens is in the call too");
    assert_eq!(w.get(&w.alpha.key, "/phone/calls").await.code(), "no_phone");
    assert_eq!(w.get(&w.beta.key, "/phone/calls").await.code(), "no_phone");
}
