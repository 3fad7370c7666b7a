use crate::world::{ROOT, World};
use bus::Command;
use model::{Actor, Cause, Dialect, Role};
use serde_json::{Value, json};

fn dial(verb: &str, from: &str, to: &str, key: &str, domain: &str) -> String {
    format!("/voicecloud/api/CallControl/{verb}/from_number/{from}/to_number/{to}/key/{key}/domain/{domain}")
}

#[tokio::test]
async fn a_dialled_call_is_answered_with_the_bare_word() {
    for verb in ["dial", "dial_async"] {
        let mut w = World::new(Dialect::Voicecloud).await;
        let tenant = w.alpha.actor.tenant;
        let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
        let engine = tokio::spawn(async move {
            let Some(Command::Originate(order, reply)) = orders.recv().await else { panic!("no order") };
            reply.send(Ok(store::mint())).unwrap();
            order
        });
        let answer = w.get(&dial(verb, "101", "0931234567", &w.alpha.key, &w.alpha.domain)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "Success"));
        assert!(answer.content_type.starts_with("text/html"));
        let order = engine.await.unwrap();
        assert_eq!((order.tenant, order.extension.as_str(), order.to.as_str()), (tenant, "101", "0931234567"));
    }
}

#[tokio::test]
async fn what_a_guesser_sends_looks_alike() {
    let w = World::new(Dialect::Voicecloud).await;
    let (key, domain) = (w.alpha.key.as_str(), w.alpha.domain.as_str());
    let unknown = json!({ "status code": 404, "message": "Not Found" });
    for path in [
        dial("dial", "101", "0931234567", "98589afb55de863cf4d5cd4ec2c41072", domain),
        dial("dial", "101", "0931234567", key, "abc.com"),
        dial("dial", "101", "0931234567", key, &w.beta.domain),
        dial("dial", "999", "0931234567", key, domain),
        "/voicecloud/api/Nothing/here".to_owned(),
    ] {
        let answer = w.get(&path).await;
        assert_eq!((answer.status, answer.json()), (404, unknown.clone()), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_request_names_the_field() {
    let w = World::new(Dialect::Voicecloud).await;
    let (key, domain) = (w.alpha.key.as_str(), w.alpha.domain.as_str());
    for (path, field) in [
        (dial("dial", "101", "093123x", key, domain), "to_number"),
        (dial("dial", "101", &"9".repeat(21), key, domain), "to_number"),
        (format!("/voicecloud/api/CallControl/dial/from_number/101/key/{key}"), "to_number"),
        ("/voicecloud/api/CallControl/dial/x".to_owned(), "from_number"),
    ] {
        let answer = w.get(&path).await;
        assert_eq!((answer.status, &answer.json()["status code"]), (404, &json!(404)), "{path}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(field), "{path}");
    }
    let put = axum::http::Request::put(dial("dial", "101", "09", key, domain)).body(axum::body::Body::empty()).unwrap();
    assert_eq!(w.send(put).await.json()["status code"], 404);
}

#[tokio::test]
async fn a_report_tells_the_calls_of_the_days_in_the_companys_time() {
    let w = World::new(Dialect::Voicecloud).await;
    // Midnight of 2026-11-22 in Vietnam.
    let midnight = 1_795_280_400_000;
    let call = w
        .ended(&w.alpha, |r| {
            (r.started_at, r.answered_at, r.ended_at) = (midnight, Some(midnight + 5_000), midnight + 16_000)
        })
        .await;
    w.recorded(&w.alpha, call).await;
    let busy = |r: &mut pbx::calls::CallRecord| {
        (r.started_at, r.answered_at, r.ended_at, r.cause) = (midnight + 60_000, None, midnight + 61_000, Cause::Busy);
    };
    w.ended(&w.alpha, busy).await;
    w.ended(&w.alpha, |r| (r.started_at, r.ended_at) = (midnight - 1, midnight + 1)).await;
    w.ended(&w.beta, |r| (r.started_at, r.ended_at) = (midnight, midnight + 1)).await;

    let wanted = |key: &str| json!({ "key": key, "startdate": "2026-11-22", "enddate": "2026-11-22" });
    let answer = w.post("/voicecloud/internal/Reports/cdr/format/json", wanted(&w.alpha.key)).await;
    let rows = answer.json()["result"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 2, "{}", answer.text);
    assert_eq!(
        (&rows[0]["status"], &rows[0]["billsec"], &rows[0]["recordingpath"]),
        (&json!("BUSY"), &json!("0"), &json!(""))
    );
    let mut answered = rows[1].clone();
    let link = answered["recordingpath"].take().as_str().unwrap().to_owned();
    assert_eq!(answered["callid"].take().as_str().map(str::len), Some(36));
    let expected = json!({
        "callid": Value::Null, "calldate": "2026-11-22 00:00:00", "direction": "Inbound", "callerid": "0901234567",
        "destination": "02873000001", "duration": "16", "billsec": "11", "status": "ANSWERED", "recordingpath": Value::Null,
    });
    assert_eq!(answered, expected);

    let path = link.strip_prefix(ROOT).unwrap();
    assert_eq!(w.get(path).await.text, "RIFF");
    let mut other = path.to_owned();
    let last = other.len() - 5;
    other.replace_range(last..=last, if &other[last..=last] == "A" { "B" } else { "A" });
    assert_eq!(w.get(&other).await.status, 404, "a changed link leads nowhere");
}

#[tokio::test]
async fn a_long_report_comes_whole() {
    let w = World::new(Dialect::Voicecloud).await;
    for second in 0..450 {
        w.ended(&w.alpha, |r| (r.started_at, r.ended_at) = (1_795_280_400_000 + second * 1_000, 1_795_290_000_000))
            .await;
    }
    let wanted = json!({ "key": w.alpha.key, "startdate": "2026-11-22", "enddate": "2026-11-23" });
    let answer = w.post("/voicecloud/internal/Reports/cdr", wanted).await;
    assert_eq!(answer.json()["result"].as_array().map(Vec::len), Some(450));
    let none = json!({ "key": w.beta.key, "startdate": "2026-11-22", "enddate": "2026-11-23" });
    assert_eq!(w.post("/voicecloud/internal/Reports/cdr", none).await.json(), json!({ "result": [] }));
}

#[tokio::test]
async fn a_wrong_report_is_refused() {
    let w = World::new(Dialect::Voicecloud).await;
    let key = w.alpha.key.as_str();
    for (body, field) in [
        (json!({ "key": key, "startdate": "22/11/2026", "enddate": "2026-11-22" }), "startdate"),
        (json!({ "key": key, "startdate": "2026-11-22", "enddate": "2026-11-21" }), "enddate"),
        (json!({ "key": key, "startdate": "2020-11-22", "enddate": "2026-11-21" }), "enddate"),
        (json!({ "key": key }), "startdate"),
        (json!([1]), "key"),
    ] {
        let answer = w.post("/voicecloud/internal/Reports/cdr", &body).await;
        assert_eq!(answer.status, 404, "{body}");
        assert!(answer.json()["detail"].as_str().unwrap().contains(field), "{body}: {}", answer.text);
    }
    let bad = json!({ "key": "x", "startdate": "2026-11-22", "enddate": "2026-11-22" });
    let answer = w.post("/voicecloud/internal/Reports/cdr", bad).await;
    assert_eq!(answer.json(), json!({ "status code": 404, "message": "Not Found" }));
    assert_eq!(w.post("/voicecloud/internal/Reports/cdr", "{\"key\":").await.status, 404);
}

#[tokio::test]
async fn a_key_with_fewer_rights_reads_no_report() {
    let w = World::new(Dialect::Voicecloud).await;
    let new = account::key::NewKey {
        name: "agent".into(),
        role: Some(Role::Agent),
        dialect: Dialect::Voicecloud,
        ..account::key::NewKey::default()
    };
    let owner = Actor { role: Role::Owner, ..w.alpha.actor.clone() };
    let key = account::key::create(&owner, &w.db, new).await.unwrap().secret;
    let wanted = json!({ "key": key, "startdate": "2026-11-22", "enddate": "2026-11-22" });
    assert_eq!(w.post("/voicecloud/internal/Reports/cdr", wanted).await.status, 404);
}
