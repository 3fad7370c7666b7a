//! What other vendors' receivers are told of calls: through the real sender, over HTTP.

use crate::receiver::{Heard, Receiver};
use crate::world::{ROOT, World};
use account::key::{self, NewKey};
use call::Direction;
use model::{CallId, Cause, Dialect, Role};
use pbx::calls::{CallRecord, Decision, Fact};
use pbx::group::NewGroup;
use serde_json::{Value, json};
use std::time::Duration;
use store::NewEvent;
use worker::webhook::schedule::Schedule;
use worker::webhook::{Config, NewEndpoint, Sender, service};

impl World {
    /// An endpoint of Alpha that leads to the receiver.
    pub(crate) async fn hook(&self, receiver: &Receiver, path: &str, dialect: Dialect, choices: &[&str]) {
        let new = NewEndpoint {
            url: format!("http://{}{path}", receiver.address),
            dialect,
            choices: choices.iter().map(|word| (*word).to_owned()).collect(),
            ..NewEndpoint::default()
        };
        service::create(&self.alpha.actor, &self.db, &self.state.guard, new).await.unwrap();
    }

    pub(crate) fn sender(&self) -> Sender {
        let mut config = Config::new(self.state.guard.clone());
        config.tongues = compat::tongues(&self.state);
        config.schedule = Schedule::new(vec![Duration::from_millis(1); 5]);
        config.poll = Duration::from_millis(20);
        Sender::start((*self.db).clone(), config).unwrap()
    }

    pub(crate) async fn tell(&self, kind: &'static str, call: CallId, data: Value) {
        let mut tx = self.db.write(self.alpha.actor.tenant).await.unwrap();
        tx.emit(NewEvent { kind, call: Some(call), data: data.to_string() });
        tx.commit().await.unwrap();
    }

    /// A call from outside that rang at 101 of the group Sales.
    pub(crate) async fn rings_inbound(&self, call: CallId) {
        for kind in ["call.ringing", "call.answered"] {
            let data = json!({
                "call_id": call.to_string(), "leg": 2, "side": "callee", "extension": "101", "group": "Sales",
                "direction": "inbound", "from": "+84901234567", "to": "+842873000001", "hotline": "+842873000001",
                "at": 1_602_299_410_000_i64,
            });
            self.tell(kind, call, data).await;
        }
    }

    /// A recorded call from outside that 101 answered, from its ringing to its record.
    pub(crate) async fn talked(&self) -> CallId {
        let (extension, call) = (self.extension().await, store::mint());
        self.rings_inbound(call).await;
        self.recorded(&self.alpha, call).await;
        let ended = |record: &mut CallRecord| {
            answered(record);
            (record.id, record.extension) = (call, Some(extension));
        };
        self.ended(&self.alpha, ended).await
    }

    /// What the receiver is told until it has heard so many requests.
    pub(crate) async fn told(&self, receiver: &Receiver, count: usize) -> Vec<Heard> {
        let sender = self.sender();
        let heard = receiver.heard(count).await;
        sender.stop().await;
        heard
    }

    pub(crate) async fn extension(&self) -> model::ExtensionId {
        pbx::extension::find_by_number(&self.alpha.actor, &self.db, "101").await.unwrap().unwrap().id
    }
}

/// The pairs of a request's query, in order, ids of calls left out.
fn pairs(heard: &Heard, call: &str) -> (String, Vec<(String, String)>) {
    let url = url::Url::parse(&format!("http://x{}", heard.target)).unwrap();
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert!(pairs.iter().any(|(name, value)| name == "callid" && value == call), "{heard:?}");
    pairs.retain(|(name, _)| name != "callid");
    (url.path().to_owned(), pairs)
}

fn expected(path: &str, pairs: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    (path.to_owned(), pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

pub(crate) fn uuid(call: CallId) -> String {
    use model::Id as _;
    let hex = format!("{:032x}", call.bits());
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The first day of the documented example, at ten past ten in Vietnam.
pub(crate) const BEGAN: i64 = 1_602_299_410_000;

fn answered(record: &mut CallRecord) {
    (record.started_at, record.answered_at, record.ended_at) = (BEGAN, Some(BEGAN + 4_000), BEGAN + 11_500);
}

#[tokio::test]
async fn voicecloud_is_told_an_answered_call_step_by_step() {
    let w = World::new(Dialect::Voicecloud).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "/crm_call/", Dialect::Voicecloud, &[]).await;
    let call = w.talked().await;
    let heard = w.told(&crm, 4).await;
    assert_eq!(heard.len(), 4, "{heard:#?}");
    assert!(heard.iter().all(|heard| heard.method == "GET" && heard.body.is_empty()));
    let id = uuid(call);
    let ringing = [("phone", "0901234567"), ("extension", "101"), ("did", "02873000001"), ("event", "RINGING")];
    let picked_up = [("phone", "0901234567"), ("extension", "101"), ("status", "ANSWER"), ("queue", "Sales")];
    let below = |step: &str| format!("/crm_call/api/callcenter/{step}");
    let ringing = [&ringing[..], &[("queue", "Sales")]].concat();
    assert_eq!(pairs(&heard[0], &id), expected(&below("call_in"), &ringing));
    assert_eq!(pairs(&heard[1], &id), expected(&below("calldata"), &picked_up));
    assert_eq!(pairs(&heard[2], &id), expected(&below("hangup"), &[]));
    let (path, mut log) = pairs(&heard[3], &id);
    let (name, link) = log.pop().unwrap();
    assert_eq!((path, name.as_str()), (below("calldata"), "recordingfile"));
    let log: Vec<(&str, &str)> = log.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let whole = [
        ("calldate", "2020-10-10-10:10:10"),
        ("duration", "11"),
        ("billsec", "7"),
        ("status", "ANSWERED"),
        ("direction", "Inbound"),
        ("extension", "101"),
        ("phone", "0901234567"),
    ];
    assert_eq!(log, whole);
    let answer = w.get(link.strip_prefix(ROOT).unwrap()).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "RIFF"));
}

#[tokio::test]
async fn voicecloud_is_told_of_a_call_that_a_group_missed() {
    let w = World::new(Dialect::Voicecloud).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "/api/CallCenter", Dialect::Voicecloud, &["json", "sql_dates"]).await;
    let members = vec![w.extension().await];
    let group = pbx::group::create(&w.alpha.actor, &w.db, NewGroup::of("Trực", members)).await.unwrap().id;
    let call = w
        .ended(&w.alpha, |record| {
            (record.started_at, record.answered_at, record.ended_at) = (BEGAN, None, BEGAN + 30_000);
            record.cause = Cause::Cancelled;
            let fact = Fact { name: "group".into(), value: group.to_string() };
            record.trail = vec![Decision {
                at: BEGAN,
                step: "group".into(),
                reason: "A group is called.".into(),
                facts: vec![fact],
            }];
        })
        .await;
    let heard = w.told(&crm, 2).await;
    let bodies: Vec<(&str, &str, Value)> = heard
        .iter()
        .map(|heard| (heard.method.as_str(), heard.target.as_str(), serde_json::from_str(&heard.body).unwrap()))
        .collect();
    let id = uuid(call);
    let missed = json!({
        "callid": id, "calldate": "2020-10-10 10:10:10", "holdtime": "30", "status": "ABANDON", "queue": "Trực",
        "phone": "0901234567",
    });
    let hangup = ("POST", "/api/CallCenter/hangup", json!({ "callid": id }));
    assert_eq!(bodies, [hangup, ("POST", "/api/CallCenter/calldata", missed)]);
}

#[tokio::test]
async fn voicecloud_is_told_a_call_to_the_outside() {
    let w = World::new(Dialect::Voicecloud).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "", Dialect::Voicecloud, &[]).await;
    let call: CallId = store::mint();
    for (kind, side) in [("call.ringing", "caller"), ("call.ringing", "callee"), ("call.answered", "callee")] {
        let data = json!({ "side": side, "direction": "outbound", "from": "101", "to": "+84931234567", "at": BEGAN });
        w.tell(kind, call, data).await;
    }
    let heard = w.told(&crm, 2).await;
    let id = uuid(call);
    let told =
        |event| expected("/api/callcenter/init", &[("phone", "0931234567"), ("extension", "101"), ("event", event)]);
    let heard: Vec<_> = heard.iter().map(|heard| pairs(heard, &id)).collect();
    assert_eq!(heard, [told("RINGING"), told("ANSWERED")]);
}

#[tokio::test]
async fn voicecloud_receivers_refuse_by_status_or_by_body_and_are_asked_again_in_order() {
    let w = World::new(Dialect::Voicecloud).await;
    let crm = Receiver::start().await;
    // What real receivers answer: a refusal, the documented refusal with a good status, then the forms of yes.
    crm.answers(&[(500, ""), (200, r#"{"status code":404,"message":"Not Found"}"#), (200, "200"), (200, "True")]);
    w.hook(&crm, "", Dialect::Voicecloud, &[]).await;
    let call: CallId = store::mint();
    w.rings_inbound(call).await;
    let heard = w.told(&crm, 4).await;
    let steps: Vec<&str> = heard.iter().map(|heard| heard.target.split(['/', '?']).nth(3).unwrap()).collect();
    assert_eq!(steps, ["call_in", "call_in", "call_in", "calldata"]);
}

#[tokio::test]
async fn omicall_is_told_the_states_and_the_record() {
    let w = World::new(Dialect::Omicall).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "/hook?key=abc", Dialect::Omicall, &[]).await;
    let call = w.talked().await;
    let heard = w.told(&crm, 4).await;
    assert!(heard.iter().all(|heard| heard.method == "POST" && heard.target == "/hook?key=abc"));
    let bodies: Vec<Value> = heard.iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    let states: Vec<&str> = bodies.iter().map(|body| body["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["ringing", "answered", "hangup", "cdr"]);
    assert!(
        bodies.iter().all(|body| body["call_uuid"] == call.to_string() && body["transaction_id"] == call.to_string())
    );
    assert!(bodies.iter().all(|body| body["direction"] == "inbound" && body["from_number"] == "84901234567"));
    let ringing = &bodies[0];
    assert_eq!((&ringing["to_number"], &ringing["hotline"]), (&json!("101"), &json!("842873000001")));
    assert_eq!((&ringing["date_time"], &ringing["created_time"]), (&json!(BEGAN), &json!(BEGAN / 1000)));
    let cdr = &bodies[3];
    assert_eq!((&cdr["bill_sec"], &cdr["answer_sec"], &cdr["duration"]), (&json!(7), &json!(4), &json!(11)));
    assert_eq!((&cdr["sip_user"], &cdr["endby_name"]), (&json!("101"), &json!("end_call_by_customer")));
    assert_eq!(cdr["recording_file"], cdr["recording_file_url"]);
    assert!(cdr["recording_file"].as_str().unwrap().starts_with(ROOT));
}

#[tokio::test]
async fn a_call_that_the_house_placed_shows_the_hotline_where_a_phone_stands() {
    let w = World::new(Dialect::Omicall).await;
    let trunk = pbx::trunk::NewTrunk::by_address("Carrier", "127.0.0.30");
    pbx::trunk::create(&w.alpha.actor, &w.db, trunk).await.unwrap();
    let target = pbx::hotline::Target::Extension(w.extension().await);
    let hotline =
        pbx::hotline::create(&w.alpha.actor, &w.db, pbx::hotline::NewHotline::to("02873000001", target)).await;
    let crm = Receiver::start().await;
    w.hook(&crm, "/hook", Dialect::Omicall, &[]).await;
    let call: CallId = store::mint();
    let data = json!({ "side": "callee", "direction": "outbound", "from": "+842873000001", "to": "+84931234567",
                       "hotline": "+842873000001", "placed": true, "at": BEGAN });
    w.tell("call.ringing", call, data).await;
    let placed = |record: &mut CallRecord| {
        answered(record);
        (record.id, record.direction) = (call, Direction::Outbound);
        record.hotline = Some(hotline.unwrap().id);
        (record.caller_number, record.callee_number) = ("+842873000001".into(), "+84931234567".into());
        let reason = "The house calls: who answers meets a script.".into();
        record.trail = vec![Decision { at: BEGAN, step: "place".into(), reason, facts: vec![] }];
    };
    w.ended(&w.alpha, placed).await;
    let heard = w.told(&crm, 3).await;
    let bodies: Vec<Value> = heard.iter().map(|heard| serde_json::from_str(&heard.body).unwrap()).collect();
    let of = |body: &Value| {
        ["state", "from_number", "to_number", "hotline"].map(|name| body[name].as_str().unwrap().to_owned())
    };
    assert_eq!(of(&bodies[0]), ["ringing", "842873000001", "84931234567", "842873000001"]);
    assert_eq!(of(&bodies[1]), ["hangup", "842873000001", "84931234567", "842873000001"]);
    assert_eq!((&bodies[2]["is_auto_call"], &bodies[2]["sip_user"]), (&json!(true), &Value::Null));
    let detail = axum::http::Request::get(format!("/omicrm/api/call_transaction/detail/{call}"));
    let detail = detail.header("x-api-key", &w.alpha.key).body(axum::body::Body::empty()).unwrap();
    assert_eq!(w.send(detail).await.json()["payload"]["is_auto_call"], true);
}

#[tokio::test]
async fn omicall_registers_one_address_for_each_type_and_gets_only_what_it_chose() {
    let w = World::new(Dialect::Omicall).await;
    let crm = Receiver::start().await;
    let new = NewKey { name: "CRM".into(), dialect: Dialect::Omicall, role: Some(Role::Owner), ..NewKey::default() };
    let key = key::create(&w.alpha.actor, &w.db, new).await.unwrap().secret;
    let ask = async |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = axum::http::Request::builder().method(method).uri(format!("/omicrm/api/webhooks/{path}"));
        w.send(request.header("x-api-key", &key).body(axum::body::Body::from(body)).unwrap()).await.json()
    };
    let url = |path: &str| format!("http://{}/{path}", crm.address);
    assert_eq!(ask("GET", "list", Value::Null).await["payload"], json!([]));
    let lesser = axum::http::Request::get("/omicrm/api/webhooks/list").header("x-api-key", &w.alpha.key);
    let lesser = w.send(lesser.body(axum::body::Body::empty()).unwrap()).await.json();
    assert_eq!(lesser["message"], "permission_denied");
    let hook = |kind: &str, path: &str, events: Value| json!({ "webhook": { "type": kind, "url": url(path), "events": events } });
    ask("POST", "register", hook("call", "old", Value::Null)).await;
    let listed = ask("POST", "register", hook("call", "new", json!(["answered"]))).await;
    assert_eq!(listed["payload"], json!([{ "url": url("new"), "type": "call", "status": "actived" }]));
    ask("POST", "register", hook("contact", "contacts", Value::Null)).await;
    let both = ask("GET", "list", Value::Null).await;
    assert_eq!(both["payload"].as_array().unwrap().len(), 2, "{both}");

    for (body, word) in [
        (Value::Null, "request_body_required"),
        (json!({ "webhook": 7 }), "data_is_required"),
        (hook("sms", "x", Value::Null), "type_invalid"),
        (json!({ "webhook": { "url": url("x") } }), "type_is_required"),
        (json!({ "webhook": { "type": "call" } }), "url_is_required"),
        (hook("call", "x", json!(["dreaming"])), "events_invalid"),
        (json!({ "webhook": { "type": "call", "url": "http://10.0.0.1/x" } }), "request_invalid"),
    ] {
        let answer = ask("POST", "register", body.clone()).await;
        assert_eq!((&answer["status_code"], &answer["message"]), (&json!(-9999), &json!(word)), "{body}");
    }

    let call: CallId = store::mint();
    w.rings_inbound(call).await;
    w.ended(&w.alpha, |record| (record.id, record.direction) = (call, Direction::Inbound)).await;
    let heard = w.told(&crm, 2).await;
    let states: Vec<Value> =
        heard.iter().map(|heard| serde_json::from_str::<Value>(&heard.body).unwrap()["state"].clone()).collect();
    assert_eq!(states, ["answered", "cdr"]);
    assert!(heard.iter().all(|heard| heard.target == "/new"));

    assert_eq!(ask("POST", "destroy?hook_type=x", Value::Null).await["message"], "type_invalid");
    let left = ask("POST", "destroy?hook_type=call", Value::Null).await;
    assert_eq!(left["payload"], json!([{ "url": url("contacts"), "type": "contact", "status": "actived" }]));
}

#[tokio::test]
async fn one_call_is_told_in_all_words_at_once_and_to_its_company_only() {
    let w = World::new(Dialect::Omicall).await;
    let (ours, theirs) = (Receiver::start().await, Receiver::start().await);
    w.hook(&ours, "/own", Dialect::Alo, &[]).await;
    w.hook(&ours, "/omicall", Dialect::Omicall, &["hangup"]).await;
    w.hook(&ours, "/voicecloud", Dialect::Voicecloud, &["json"]).await;
    let url = format!("http://{}/beta", theirs.address);
    let beta = NewEndpoint { url, dialect: Dialect::Voicecloud, ..NewEndpoint::default() };
    service::create(&w.beta.actor, &w.db, &w.state.guard, beta).await.unwrap();
    let sender = w.sender();
    let call = w.ended(&w.alpha, answered).await;
    let heard = ours.heard(5).await;
    let stray = w.ended(&w.beta, answered).await;
    let other = theirs.heard(2).await;
    sender.stop().await;
    let mut targets: Vec<&str> = heard.iter().map(|heard| heard.target.as_str()).collect();
    targets.sort_unstable();
    let below = "/voicecloud/api/callcenter";
    assert_eq!(targets, ["/omicall", "/omicall", "/own", &format!("{below}/calldata"), &format!("{below}/hangup")]);
    assert!(heard.iter().all(|heard| heard.body.contains(&call.to_string()) || heard.body.contains(&uuid(call))));
    assert!(other.iter().all(|heard| heard.target.contains(&uuid(stray))), "{other:#?}");
}
