mod fixtures;

use crate::world::{Answer, Company, ROOT, World};
use account::key::{self, KeyPatch, NewKey, Rotation};
use account::user::NewUser;
use axum::body::Body;
use axum::http::Request;
use bus::{Command, Phone, Presence};
use call::Direction;
use model::{Actor, CallId, Cause, Dialect, Role};
use pbx::extension::{ExtensionPatch, NewExtension};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An order of the company's application, proved in headers.
pub(crate) async fn headers(path: &str, company: &Company, body: &str) -> Request<Body> {
    proved(path, company.app(), &sha256(&format!("{}{}", company.app(), company.key)), body)
}

fn proved(path: &str, id: &str, hash: &str, body: &str) -> Request<Body> {
    let request = Request::post(format!("/antring{path}")).header("content-type", "application/json");
    let request = request.header("x-auth-app-id", id).header("x-auth-app-hash", hash);
    request.body(Body::from(body.to_owned())).unwrap()
}

/// A query with the hash over its values, in this order.
fn signed(path: &str, company: &Company, pairs: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut text = String::new();
    for (name, value) in [("appId", company.app())].iter().chain(pairs) {
        query.append_pair(name, value);
        text.push_str(value);
    }
    query.append_pair("hash", &sha256(&format!("{text}{}", company.key)));
    format!("/antring/oapi/v1/call/{path}?{}", query.finish())
}

fn refused(answer: &Answer, word: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["success"], &body["message"]), (400, &json!(false), &json!(word)), "{body}");
}

const DAYS: [(&str, &str); 2] =
    [("created_from", "1970-01-01T00:00:00.000Z"), ("created_to", "1970-01-31T00:00:00.000Z")];

#[tokio::test]
async fn an_application_gets_a_token_for_events() {
    let w = World::new(Dialect::Antring).await;
    let answer = w.send(headers("/oapi/v1/voice/auth_token", &w.alpha, "").await).await;
    let body = answer.json();
    assert_eq!(answer.status, 200, "{body}");
    assert!(body["value"].as_str().is_some_and(|value| value.len() > 100));
    let lives = body["expire"].as_i64().unwrap() - store::now().as_millis();
    assert!((lives - 24 * 3600 * 1000).abs() < 60_000, "{lives}");
    // An older page lists a device in the body; it changes nothing.
    let older = headers("/oapi/v1/voice/auth_token", &w.alpha, r#"{"sipUser":"101","sipPassword":"x"}"#).await;
    assert_eq!(w.send(older).await.status, 200);
}

#[tokio::test]
async fn each_documented_error_has_its_word() {
    let w = World::new(Dialect::Antring).await;
    let (id, hash) = (w.alpha.app(), sha256(&format!("{}{}", w.alpha.app(), w.alpha.key)));
    let path = "/oapi/v1/voice/auth_token";
    refused(&w.send(proved(path, "", &hash, "")).await, "APPID_MISSING");
    refused(&w.send(proved(path, "6544646543674", &hash, "")).await, "APPID_NOT_FOUND");
    refused(&w.send(proved(path, id, &sha256("x"), "")).await, "HASH_NOT_MATCH");
    refused(&w.send(proved(path, id, "", "")).await, "HASH_NOT_MATCH");
    refused(&w.send(proved(path, w.beta.app(), &hash, "")).await, "HASH_NOT_MATCH");
    refused(&w.get("/antring/oapi/v1/voice/auth_token").await, "METHOD_NOT_SUPPORT");
    refused(&w.post("/antring/oapi/v1/call/histories", "").await, "METHOD_NOT_SUPPORT");
    refused(&w.get("/antring/oapi/v1/call/nothing").await, "METHOD_NOT_SUPPORT");
    refused(&w.get("/antring/oapi/v1/call/histories").await, "APPID_MISSING");
    refused(&w.get("/antring/oapi/v1/call/histories?appId=1&hash=2").await, "APPID_NOT_FOUND");
    refused(&w.get(&format!("/antring/oapi/v1/call/play_recording?appId={id}&media=x&hash=2")).await, "HASH_NOT_MATCH");
    let large = headers("/oapi/v1/call/click-to-call/09", &w.alpha, &"x".repeat(2 * 1024 * 1024)).await;
    refused(&w.send(large).await, "INVALID_PARAMS");
}

#[tokio::test]
async fn a_rate_that_is_used_up_is_503() {
    let w = World::new(Dialect::Antring).await;
    let keys = key::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    let ours = keys.iter().find(|key| key.public_id.as_deref() == Some(w.alpha.app())).unwrap();
    let patch = KeyPatch { requests_per_minute: Some(Some(2)), ..KeyPatch::default() };
    key::update(&w.alpha.actor, &w.db, ours.id, patch).await.unwrap();
    let path = signed("histories", &w.alpha, &DAYS);
    assert_eq!((w.get(&path).await.status, w.get(&path).await.status), (200, 200));
    let third = w.get(&path).await;
    let word = "RATE_LIMIT_EXCEEDED";
    assert_eq!((third.status, &third.json()["success"], &third.json()["message"]), (503, &json!(false), &json!(word)));
    assert_eq!(w.get(&signed("histories", &w.beta, &DAYS)).await.status, 200, "another company has its own rate");
}

#[tokio::test]
async fn while_a_rotation_overlaps_both_secrets_prove() {
    let mut w = World::new(Dialect::Antring).await;
    let keys = key::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    let ours = keys.iter().find(|key| key.public_id.as_deref() == Some(w.alpha.app())).unwrap().id;
    let rotated = key::rotate(&w.alpha.actor, &w.db, ours, Rotation { overlap_s: 60 }).await.unwrap();
    let path = "/oapi/v1/voice/auth_token";
    assert_eq!(w.send(headers(path, &w.alpha, "").await).await.status, 200);
    w.alpha.key = rotated.secret;
    assert_eq!(w.send(headers(path, &w.alpha, "").await).await.status, 200);
    key::revoke(&w.alpha.actor, &w.db, ours).await.unwrap();
    refused(&w.send(headers(path, &w.alpha, "").await).await, "APPID_NOT_FOUND");
}

/// An engine that knows this extension's phone and places calls.
fn engine(w: &mut World, online: model::ExtensionId) -> tokio::task::JoinHandle<()> {
    let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
    tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            match order {
                Command::Originate(order, reply) => {
                    assert_eq!((order.extension.as_str(), order.to.as_str()), ("101", "0901234567"));
                    reply.send(Ok(store::mint())).unwrap();
                }
                Command::Presence { reply, .. } => {
                    let phone = Phone {
                        extension: online,
                        transport: "udp".into(),
                        address: "127.0.0.1:5".into(),
                        user_agent: String::new(),
                        expires_in_ms: 1_000,
                    };
                    reply.send(Ok(Presence { phones: vec![phone], ..Presence::default() })).unwrap();
                }
                other => panic!("{other:?}"),
            }
        }
    })
}

#[tokio::test]
async fn a_click_rings_a_device_that_is_online_and_is_400_for_one_that_is_not() {
    let mut w = World::new(Dialect::Antring).await;
    let actor = &w.alpha.actor.clone();
    let online = pbx::extension::find_by_number(actor, &w.db, "101").await.unwrap().unwrap().id;
    let offline = pbx::extension::create(actor, &w.db, NewExtension::number("102")).await.unwrap();
    let password = pbx::extension::password(actor, &w.db, online).await.unwrap();
    let engine = engine(&mut w, online);
    let click = async |number: &str, body: Value| {
        let path = format!("/oapi/v1/call/click-to-call/{number}");
        w.send(headers(&path, &w.alpha, &body.to_string()).await).await
    };
    let device = |user: &str, password: &str| json!({ "sipUser": user, "sipPassword": password });
    for user in ["101".to_owned(), format!("101@{}", w.alpha.domain)] {
        let placed = click("090.123-4567", device(&user, &password)).await;
        assert_eq!((placed.status, &placed.json()["success"]), (200, &json!(true)), "{}", placed.text);
    }
    refused(&click("0901234567", device("102", &offline.password)).await, "DEVICE_OFFLINE");
    refused(&click("0901234567", device("101", "wrong")).await, "SIP_USER_OR_PASSWORD_INVALID");
    refused(&click("0901234567", device("999", &password)).await, "SIP_USER_OR_PASSWORD_INVALID");
    for (number, body, field) in [
        ("0901234567", json!({}), "sipUser"),
        ("0901234567", json!("x"), "body"),
        ("0901234567", json!({ "sipUser": {} }), "body"),
        ("0", device("101", &password), "number"),
        ("call-me", device("101", &password), "number"),
    ] {
        let answer = click(number, body).await;
        refused(&answer, "INVALID_PARAMS");
        assert!(answer.json()["detail"].as_str().unwrap().starts_with(field), "{}", answer.text);
    }
    let off = ExtensionPatch { enabled: Some(false), ..ExtensionPatch::default() };
    pbx::extension::update(actor, &w.db, online, off).await.unwrap();
    refused(&click("0901234567", device("101", &password)).await, "DEVICE_OFFLINE");
    engine.abort();
}

#[tokio::test]
async fn a_history_tells_calls_in_the_vendors_words() {
    let w = World::new(Dialect::Antring).await;
    let actor = &w.alpha.actor;
    let lan = pbx::extension::find_by_number(actor, &w.db, "101").await.unwrap().unwrap().id;
    let owner = Actor { role: Role::Owner, ..actor.clone() };
    let new =
        NewUser { login: "lan.nguyen".into(), name: "Lan".into(), email: None, role: Role::Agent, password: None };
    let user = account::user::create(&owner, &w.db, new).await.unwrap().id;
    let patch = ExtensionPatch { user: Some(Some(user)), ..ExtensionPatch::default() };
    pbx::extension::update(actor, &w.db, lan, patch).await.unwrap();
    let minh = pbx::extension::create(actor, &w.db, NewExtension::number("102")).await.unwrap().extension.id;
    let outbound = |r: &mut pbx::calls::CallRecord| {
        (r.direction, r.extension) = (Direction::Outbound, Some(lan));
        (r.caller_number, r.callee_number) = ("+842873000001".into(), "+84901234567".into());
    };
    let answered = w.ended(&w.alpha, |r| (r.started_at, r.extension) = (9_000, Some(lan))).await;
    w.recorded(&w.alpha, answered).await;
    w.ended(&w.alpha, |r| (r.started_at, r.answered_at, r.cause) = (8_000, None, Cause::Cancelled)).await;
    w.ended(&w.alpha, |r| {
        outbound(r);
        (r.started_at, r.answered_at, r.cause) = (7_000, None, Cause::Cancelled);
    })
    .await;
    w.ended(&w.alpha, |r| {
        outbound(r);
        (r.started_at, r.answered_at, r.cause) = (6_000, None, Cause::Busy);
    })
    .await;
    w.ended(&w.alpha, |r| {
        outbound(r);
        (r.started_at, r.answered_at, r.cause) = (5_000, None, Cause::NoRoute);
    })
    .await;
    w.ended(&w.alpha, |r| {
        (r.direction, r.extension, r.started_at) = (Direction::Internal, Some(minh), 4_000);
        (r.caller_number, r.callee_number) = ("102".into(), "101".into());
    })
    .await;
    w.ended(&w.beta, |r| r.started_at = 9_500).await;

    let answer = w.get(&signed("histories", &w.alpha, &DAYS)).await;
    let body = answer.json();
    let rows = body.as_array().unwrap();
    assert_eq!((answer.status, rows.len()), (200, 6), "{body}");
    let statuses: Vec<&str> = rows.iter().filter_map(|row| row["status_detail"].as_str()).collect();
    assert_eq!(statuses, ["SUCCESS", "IVR", "CANCELLED", "BUSY", "UNSUCCESS", "SUCCESS"]);
    let lan = json!({ "number": "101", "type": "user", "username": "lan.nguyen" });
    let first = json!({
        "id": answered.to_string(),
        "caller": { "number": "0901234567", "type": "realnumber" },
        "callee": lan,
        "class": "trunking",
        "did_number": "02873000001",
        "direction": "to_ab",
        "status_detail": "SUCCESS",
        "duration_seconds": 51,
        "unix_timestamp": 9,
        "billing_seconds": 57,
        "recording": format!("call_recording_{answered}.wav"),
    });
    assert_eq!(rows[0], first);
    assert_eq!(
        (&rows[2]["caller"], &rows[2]["did_number"], &rows[2]["direction"]),
        (&lan, &Value::Null, &json!("from_ab"))
    );
    assert_eq!(rows[2]["callee"], json!({ "number": "0901234567", "type": "realnumber" }));
    assert_eq!(
        (&rows[5]["class"], &rows[5]["callee"], &rows[5]["did_number"]),
        (&json!("one_one"), &lan, &Value::Null)
    );
    assert_eq!(rows[5]["caller"], json!({ "number": "102", "type": "user", "username": "102" }));
    assert_eq!(rows[1]["recording"], "");
}

#[tokio::test]
async fn a_history_comes_page_by_page_and_takes_both_hashes() {
    let w = World::new(Dialect::Antring).await;
    for second in 1..=45 {
        w.ended(&w.alpha, |r| r.started_at = second * 1_000).await;
    }
    let of = async |pairs: &[(&str, &str)]| {
        let query: Vec<(&str, &str)> = DAYS.iter().chain(pairs).copied().collect();
        let answer = w.get(&signed("histories", &w.alpha, &query)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let rows = answer.json().as_array().unwrap().clone();
        (rows.len(), rows.first().map(|row| row["unix_timestamp"].as_i64().unwrap()))
    };
    assert_eq!(of(&[]).await, (20, Some(45)));
    assert_eq!(of(&[("limit", "20"), ("page", "3")]).await, (5, Some(5)));
    assert_eq!(of(&[("limit", "100")]).await, (45, Some(45)));
    assert_eq!(of(&[("page", "4")]).await, (0, None));
    // Over the values that were not sent, as they stand for.
    let [from, to] = DAYS.map(|(_, value)| value);
    let hash = sha256(&format!("{}{from}{to}201{}", w.alpha.app(), w.alpha.key));
    let path = format!(
        "/antring/oapi/v1/call/histories?appId={}&created_from={from}&created_to={to}&hash={hash}",
        w.alpha.app()
    );
    let answer = w.get(&path).await;
    assert_eq!((answer.status, answer.json().as_array().unwrap().len()), (200, 20));
    refused(&w.get(&path.replace("01-31", "01-30")).await, "HASH_NOT_MATCH");
}

#[tokio::test]
async fn a_history_of_more_than_31_days_or_of_no_days_is_refused() {
    let w = World::new(Dialect::Antring).await;
    let from = ("created_from", "2018-02-07T02:19:33.000Z");
    let at = |to| vec![from, ("created_to", to)];
    assert_eq!(w.get(&signed("histories", &w.alpha, &at("2018-03-10T02:19:33.000Z"))).await.status, 200, "31 days");
    for (pairs, field) in [
        (at("2018-03-10T02:19:33.001Z"), "created_to"),
        (at("2018-03-11T02:19:33.000Z"), "created_to"),
        (at("2018-02-06T02:19:33.000Z"), "created_to"),
        (at("yesterday"), "created_to"),
        (vec![from], "created_to"),
        (vec![("created_to", "2018-02-07T02:19:33.000Z")], "created_from"),
        (vec![from, ("created_to", from.1), ("limit", "101")], "limit"),
        (vec![from, ("created_to", from.1), ("limit", "0")], "limit"),
        (vec![from, ("created_to", from.1), ("limit", "many")], "limit"),
        (vec![from, ("created_to", from.1), ("limit", "20"), ("page", "0")], "page"),
        (vec![from, ("created_to", from.1), ("limit", "20"), ("page", "99999999999")], "page"),
    ] {
        let answer = w.get(&signed("histories", &w.alpha, &pairs)).await;
        refused(&answer, "INVALID_PARAMS");
        assert!(answer.json()["detail"].as_str().unwrap().starts_with(field), "{pairs:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_recordings_link_plays_ends_and_is_of_ones_own_only() {
    let w = World::new(Dialect::Antring).await;
    let (ours, theirs, silent) = (
        w.ended(&w.alpha, |_| {}).await,
        w.ended(&w.beta, |_| {}).await,
        w.ended(&w.alpha, |r| r.started_at = 5).await,
    );
    w.recorded(&w.alpha, ours).await;
    w.recorded(&w.beta, theirs).await;
    let of = async |media: &str| w.get(&signed("play_recording", &w.alpha, &[("media", media)])).await;
    let name = |call: CallId| format!("call_recording_{call}.wav");
    let answer = of(&name(ours)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let link = answer.json()["media"].as_str().unwrap().strip_prefix(ROOT).unwrap().to_owned();
    assert_eq!(w.get(&link).await.text, "RIFF");
    for media in [name(theirs), name(silent), name(store::mint()), "../alo.db".to_owned()] {
        refused(&of(&media).await, "MEDIA_NOT_FOUND");
    }
    refused(&of("").await, "INVALID_PARAMS");

    use base64::Engine as _;
    let past = format!("{ours} {} {}", w.alpha.actor.tenant, store::now().as_millis() - 1);
    let sealed = w.db.vault().seal(&past, "recording link");
    let ended = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sealed);
    assert_eq!(w.get(&format!("/links/recordings/{ended}.wav")).await.status, 404, "an ended link leads nowhere");
}

#[tokio::test]
async fn an_application_with_fewer_rights_does_less() {
    let w = World::new(Dialect::Antring).await;
    let owner = Actor { role: Role::Owner, ..w.alpha.actor.clone() };
    let new = NewKey { name: "agent".into(), role: Some(Role::Agent), dialect: Dialect::Antring, ..NewKey::default() };
    let made = key::create(&owner, &w.db, new).await.unwrap();
    let agent = Company {
        actor: w.alpha.actor.clone(),
        domain: w.alpha.domain.clone(),
        key: made.secret,
        public: made.key.public_id,
    };
    refused(&w.get(&signed("histories", &agent, &DAYS)).await, "PERMISSION_DENIED");
    let call = w.ended(&w.alpha, |_| {}).await;
    w.recorded(&w.alpha, call).await;
    let media = format!("call_recording_{call}.wav");
    refused(&w.get(&signed("play_recording", &agent, &[("media", &media)])).await, "PERMISSION_DENIED");
}
