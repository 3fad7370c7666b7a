use crate::world::{Company, World};
use bus::{Command, Occurrence};
use call::{Direction, Event};
use model::{CallId, Cause, EndedBy, GreetingId, Timestamp};
use pbx::calls::{CallRecord, Decision, Recording};
use serde_json::json;

/// A greeting of the company, without its file.
pub(crate) async fn greeting(w: &World, company: &Company) -> GreetingId {
    let id = store::mint();
    let new =
        pbx::greeting::NewGreeting { id, name: "Hello".into(), duration_ms: 1_000, size_bytes: 16_044, speech: None };
    pbx::greeting::create(&company.actor, &w.db, new).await.unwrap().id
}

/// A call of the company that was answered and began then.
pub(crate) async fn ended(w: &World, company: &Company, started_at: i64) -> CallId {
    record(w, company, |record| record.started_at = started_at).await
}

async fn record(w: &World, company: &Company, change: impl FnOnce(&mut CallRecord)) -> CallId {
    let decision =
        Decision { at: 1_000, step: "route".into(), reason: "The hotline leads to Sales.".into(), facts: vec![] };
    let mut record = CallRecord {
        id: store::mint(),
        tenant: company.actor.tenant,
        direction: Direction::Inbound,
        hotline: None,
        trunk: None,
        extension: None,
        caller_number: "+84901234567".into(),
        caller_name: "<script>alert(1)</script>".into(),
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
        trail: vec![decision],
    };
    change(&mut record);
    let mut tx = w.db.write(company.actor.tenant).await.unwrap();
    assert!(pbx::calls::record(&mut tx, &record).await.unwrap());
    tx.commit().await.unwrap();
    record.id
}

async fn recorded(w: &World, company: &Company, file: &str) -> CallId {
    let call = ended(w, company, 1_000).await;
    let tenant = company.actor.tenant;
    let file = file.to_owned();
    let recording = Recording {
        call,
        tenant,
        file,
        size_bytes: 100,
        duration_ms: 1_000,
        complete: true,
        created_at: 1,
        sha256: None,
    };
    let mut tx = w.db.write(tenant).await.unwrap();
    pbx::calls::record_recording(&mut tx, &recording).await.unwrap();
    tx.commit().await.unwrap();
    call
}

#[tokio::test]
async fn finished_calls_are_listed_newest_first_in_pages() {
    let w = World::new().await;
    let mut made = Vec::new();
    for n in 0..25 {
        // Three calls begin in the same millisecond: the key must still tell them apart.
        made.push(ended(&w, &w.alpha, 10_000 + n / 3).await.to_string());
    }
    let (mut seen, mut path) = (Vec::new(), "/calls?limit=4".to_owned());
    loop {
        let page = w.get(&w.alpha.key, &path).await;
        seen.extend(
            page.items().iter().map(|c| (c["started_at"].as_i64().unwrap(), c["id"].as_str().unwrap().to_owned())),
        );
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        path = format!("/calls?limit=4&after={next}");
    }
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
    let mut ids: Vec<String> = seen.into_iter().map(|(_, id)| id).collect();
    ids.sort();
    made.sort();
    assert_eq!(ids, made);
    assert!(w.get(&w.beta.key, "/calls").await.items().is_empty(), "another company sees nothing");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, "/calls").await.status, 403);
}

#[tokio::test]
async fn calls_are_found_by_what_is_known_of_them() {
    let w = World::new().await;
    let answered = ended(&w, &w.alpha, 5_000).await;
    let busy = record(&w, &w.alpha, |r| {
        (r.answered_at, r.cause, r.direction, r.started_at) = (None, Cause::Busy, Direction::Outbound, 9_000);
        r.callee_number = "+84911111111".into();
    })
    .await;
    for (query, expected) in [
        ("status=answered", answered),
        ("status=busy", busy),
        ("direction=outbound", busy),
        ("direction=inbound&status=answered&number=", answered),
        ("number=0911%20111%20111", busy),
        ("number=%2B842873000001", answered),
        ("from=9000", busy),
        ("to=9000", answered),
    ] {
        let found = w.get(&w.alpha.key, &format!("/calls?{query}")).await.items();
        assert_eq!((found.len(), found[0]["id"].as_str()), (1, Some(expected.to_string().as_str())), "{query}");
    }
    assert!(w.get(&w.alpha.key, "/calls?direction=outbound&status=answered").await.items().is_empty());
    for (query, field) in [
        ("status=lost", "status"),
        ("direction=up", "direction"),
        ("extension=101", "extension"),
        ("from=yesterday", "from"),
        ("after=x", "after"),
        ("colour=red", "colour"),
    ] {
        let answer = w.get(&w.alpha.key, &format!("/calls?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{query}");
    }
}

#[tokio::test]
async fn a_call_is_shown_with_its_trail() {
    let w = World::new().await;
    let call = ended(&w, &w.alpha, 1_000).await;
    let shown = w.get(&w.alpha.key, &format!("/calls/{call}")).await.json();
    assert_eq!((shown["status"].as_str(), shown["talk_ms"].as_i64()), (Some("answered"), Some(57_000)));
    assert!(shown["legs"].is_array());
    let trail = w.get(&w.alpha.key, &format!("/calls/{call}/trail")).await.items();
    assert_eq!(trail[0]["reason"], "The hotline leads to Sales.");
    assert_eq!(w.get(&w.alpha.key, &format!("/calls/{call}/recording")).await.status, 404);
}

#[tokio::test]
async fn a_recording_is_served_whole_in_parts_and_to_its_own_company_only() {
    let w = World::new().await;
    std::fs::create_dir_all(w.db.folder().join("recordings")).unwrap();
    let sound: Vec<u8> = (0..100).collect();
    std::fs::write(w.db.folder().join("recordings/one.wav"), &sound).unwrap();
    let call = recorded(&w, &w.alpha, "recordings/one.wav").await;
    let ask = async |key: &str, range: Option<&str>| {
        let request = axum::http::Request::builder().uri(format!("/api/v1/calls/{call}/recording"));
        let request = request.header("authorization", format!("Bearer {key}"));
        let request = match range {
            Some(range) => request.header("range", range),
            None => request,
        };
        w.send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    let whole = ask(&w.alpha.key, None).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes), (200, &sound));
    assert_eq!(whole.headers["content-type"], "audio/wav");
    assert_eq!(whole.headers["x-content-type-options"], "nosniff");
    let part = ask(&w.alpha.key, Some("bytes=90-")).await;
    assert_eq!((part.status.as_u16(), &part.bytes[..]), (206, &sound[90..]));
    // What browsers ask for first: all of it, as a part. Without its range they take no such answer.
    let all = ask(&w.alpha.key, Some("bytes=0-")).await;
    assert_eq!((all.status.as_u16(), all.headers["content-range"].to_str().unwrap()), (206, "bytes 0-99/100"));
    let outside = ask(&w.alpha.key, Some("bytes=100-")).await;
    assert_eq!((outside.status.as_u16(), outside.headers["content-range"].to_str().unwrap()), (416, "bytes */100"));
    assert_eq!(ask(&w.beta.key, None).await.status, 404);
    let strange = recorded(&w, &w.alpha, "../../etc/passwd").await;
    let answer = w.get(&w.alpha.key, &format!("/calls/{strange}/recording")).await;
    assert_eq!(answer.status, 500, "a row that somebody else changed leads nowhere");
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("passwd"));
}

/// Tells the bus that a call of the company is up.
pub(crate) fn begin(w: &World, company: &Company) -> CallId {
    let call = store::mint();
    let event = Event::Started {
        direction: Direction::Inbound,
        hotline: None,
        from: "+84901234567".into(),
        to: "+842873000001".into(),
        extension: None,
    };
    w.bus.publish(Occurrence { tenant: company.actor.tenant, call, at: Timestamp(1_000), event });
    call
}

#[tokio::test]
async fn click_to_call_reaches_the_engine_with_the_callers_company() {
    let mut w = World::new().await;
    w.post(&w.alpha.key, "/extensions", json!({ "number": "101" })).await;
    let agent = w.key(&w.alpha, "agent").await;
    let router = w.router.clone();
    let asked = tokio::spawn(async move {
        use tower::ServiceExt;
        let request = axum::http::Request::builder().method("POST").uri("/api/v1/calls");
        let request =
            request.header("authorization", format!("Bearer {agent}")).header("content-type", "application/json");
        let body = json!({ "from_extension": "101", "to": "0901 234 567" }).to_string();
        router.oneshot(request.body(axum::body::Body::from(body)).unwrap()).await.unwrap()
    });
    let Some(Command::Originate(originate, reply)) = w.commands.recv().await else { panic!("an order to originate") };
    assert_eq!((originate.tenant, originate.extension.as_str()), (w.alpha.actor.tenant, "101"));
    let id: CallId = store::mint();
    reply.send(Ok(id)).unwrap();
    let response = asked.await.unwrap();
    assert_eq!(response.status(), 202);
    let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["id"], id.to_string());
}

#[tokio::test]
async fn a_wrong_click_to_call_never_reaches_the_engine() {
    let mut w = World::new().await;
    w.post(&w.beta.key, "/extensions", json!({ "number": "101" })).await;
    for (body, field) in [
        (json!({ "to": "0901234567" }), "from_extension"),
        (json!({ "from_extension": "101", "to": "0901234567" }), "from_extension"),
        (json!({ "from_extension": 101, "to": "0901234567" }), "from_extension"),
        (json!({ "from_extension": "101", "to": "sip:x@y" }), "to"),
        (json!({ "from_extension": "101", "to": "" }), "to"),
        (json!({ "from_extension": "101", "to": "1".repeat(41) }), "to"),
        (json!({ "from_extension": "101", "to": "0901234567", "tenant": "ten_1" }), "tenant"),
    ] {
        let answer = w.post(&w.alpha.key, "/calls", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.field().as_str()), (422, field), "{body}");
    }
    assert!(w.commands.try_recv().is_err());
}

#[tokio::test]
async fn live_calls_are_listed_and_hung_up_by_their_own_company_only() {
    let mut w = World::new().await;
    let call = begin(&w, &w.alpha);
    let live = w.get(&w.alpha.key, "/calls/live").await.items();
    assert_eq!((live.len(), live[0]["id"].as_str()), (1, Some(call.to_string().as_str())));
    assert!(w.get(&w.beta.key, "/calls/live").await.items().is_empty(), "another company sees nothing");
    let path = format!("/calls/{call}");
    assert_eq!(w.delete(&w.beta.key, &path).await.status, 404);
    assert!(w.commands.try_recv().is_err(), "the engine is not even asked");

    let (router, key) = (w.router.clone(), w.alpha.key.clone());
    let asked = tokio::spawn(async move {
        use tower::ServiceExt;
        let request = axum::http::Request::builder().method("DELETE").uri(format!("/api/v1{path}"));
        let request = request.header("authorization", format!("Bearer {key}"));
        router.oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap().status()
    });
    let Some(Command::Hangup { call: wanted, reply, .. }) = w.commands.recv().await else {
        panic!("an order to hang up")
    };
    assert_eq!(wanted, call);
    reply.send(Ok(())).unwrap();
    assert_eq!(asked.await.unwrap(), 204);
}

#[tokio::test]
async fn finished_calls_leave_as_a_file_that_runs_nothing() {
    let w = World::new().await;
    let key = &w.alpha.key;
    for n in 0..205 {
        ended(&w, &w.alpha, 1_795_366_800_000 + n).await;
    }
    record(&w, &w.alpha, |record| {
        record.caller_number = "=cmd|' /C calc'!A1".into();
        record.answered_at = None;
        record.cause = Cause::Busy;
    })
    .await;
    w.post(key, "/contacts", json!({ "name": "Trần Lan", "phones": [{ "number": "+84901234567" }] })).await;
    let csv = w.get(key, "/calls/export").await;
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"calls.csv\"");
    let text = String::from_utf8(csv.bytes).unwrap();
    assert_eq!((text.lines().count(), text.matches("Trần Lan").count()), (207, 205), "all pages, with names");
    assert!(text.contains("\"'=cmd") && text.contains("2026-11-23 00:00:00"), "{}", &text[..400]);
    let book = w.get(key, "/calls/export?format=xlsx&language=en&status=busy").await;
    let table = crm::sheet::read(&book.bytes).unwrap();
    assert_eq!((table.head[2].as_str(), table.rows.len(), table.rows[0].cells[2].as_str()), ("Outcome", 1, "Busy"));
    assert_eq!(w.get(key, "/calls/export?status=lost").await.field(), "status");
    assert_eq!(w.get(key, "/calls/export?format=pdf").await.field(), "format");
    let other = String::from_utf8(w.get(&w.beta.key, "/calls/export").await.bytes).unwrap();
    assert_eq!(other.lines().count(), 1, "another company has only the head");
    let agent = w.key(&w.alpha, "agent").await;
    assert_eq!(w.get(&agent, "/calls/export").await.status, 403);
}
