use crate::world::{Answer, ROOT, World};
use axum::body::Body;
use axum::http::Request;
use bus::{Command, Phone, Presence};
use model::{Cause, Dialect};
use serde_json::{Value, json};

impl World {
    /// Asks with this credential in `Authorization`.
    pub(crate) async fn ask(&self, method: &str, path: &str, authorization: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(format!("/omicrm{path}"));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.header("authorization", authorization).body(body).unwrap()).await
    }

    pub(crate) async fn token(&self) -> String {
        let answer = self.get(&format!("/omicrm/api/auth?apiKey={}", self.alpha.key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["payload"]["access_token"].as_str().unwrap().to_owned()
    }
}

fn word(answer: &Answer) -> (u16, i64, String) {
    let json = answer.json();
    (answer.status, json["status_code"].as_i64().unwrap(), json["message"].as_str().unwrap_or("").to_owned())
}

pub(crate) fn refused(answer: &Answer, expected: &str) {
    assert_eq!(word(answer), (200, -9999, expected.to_owned()), "{}", answer.text);
    assert_eq!(answer.json()["payload"], Value::Null);
}

#[tokio::test]
async fn a_key_gives_a_token_that_opens_and_tells_its_end() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let claims = base64_of(token.split('.').nth(1).unwrap());
    let (end, now) = (claims["exp"].as_i64().unwrap(), store::now().as_millis() / 1000);
    assert!((end - now - 24 * 3600).abs() < 60, "{claims}");
    for credential in [format!("Bearer {token}"), token.clone(), format!("Bearer {}", w.alpha.key)] {
        let answer = w.ask("GET", "/api/call_center/internal_phone/list", &credential, Value::Null).await;
        assert_eq!(word(&answer), (200, 9999, String::new()));
    }
    let by_header = Request::get("/omicrm/api/call_center/hotline/list").header("x-api-key", &w.alpha.key);
    assert_eq!(w.send(by_header.body(Body::empty()).unwrap()).await.json()["status_code"], 9999);

    refused(&w.get("/omicrm/api/auth").await, "api_key_is_required");
    refused(&w.get("/omicrm/api/auth?apiKey=98589AFB").await, "api_key_invalid");
}

fn base64_of(part: &str) -> Value {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn a_credential_that_does_not_count_is_401_in_the_envelope() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIn0";
    for credential in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer x.y.z".to_owned(),
        format!("{signed}.{}", signature.chars().rev().collect::<String>()),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{header}.{claims}"),
    ] {
        let answer = w.ask("GET", "/api/call_center/hotline/list", &credential, Value::Null).await;
        assert_eq!(word(&answer), (401, 401, "access_token_expired".to_owned()), "{credential}");
    }
    let keys = account::key::list(&w.alpha.actor, &w.db, model::PageRequest::first()).await.unwrap().items;
    let ours = keys.iter().find(|key| key.dialect == Dialect::Omicall).unwrap();
    account::key::revoke(&w.alpha.actor, &w.db, ours.id).await.unwrap();
    let answer = w.ask("GET", "/api/call_center/hotline/list", &token, Value::Null).await;
    assert_eq!(answer.status, 401, "a token dies with its key");
}

#[tokio::test]
async fn extensions_are_listed_found_and_switched_off() {
    let w = World::new(Dialect::Omicall).await;
    for number in ["102", "103"] {
        let new = pbx::extension::NewExtension {
            name: Some("Đỗ Thị Vy".into()),
            ..pbx::extension::NewExtension::number(number)
        };
        pbx::extension::create(&w.alpha.actor, &w.db, new).await.unwrap();
    }
    let token = w.token().await;
    let answer = w.ask("GET", "/api/call_center/internal_phone/list?page=2&size=2", &token, Value::Null).await;
    let page = answer.json()["payload"].clone();
    assert_eq!(
        (&page["total_items"], &page["total_pages"], &page["has_previous"]),
        (&json!(3), &json!(2), &json!(true))
    );
    let row = &page["items"][0];
    assert_eq!(
        (&row["sip_user"], &row["full_name"], &row["domain"]),
        (&json!("103"), &json!("Đỗ Thị Vy"), &json!(w.alpha.domain))
    );
    assert!(row["password"].as_str().is_some_and(|password| password.len() >= 4));

    let detail = "/api/call_center/extensions/detail";
    let found = w.ask("GET", &format!("{detail}?type=sip_user&keyword=103"), &token, Value::Null).await;
    let account = found.json()["payload"]["pbx_account"].clone();
    assert_eq!(account["sip_password"], row["password"]);
    assert_eq!(account["sip_web_socket_server"], "wss://alo.example/ws/sip");
    refused(
        &w.ask("GET", &format!("{detail}?type=sip_user&keyword=999"), &token, Value::Null).await,
        "extension_invalid",
    );
    refused(&w.ask("GET", &format!("{detail}?keyword=103"), &token, Value::Null).await, "type_is_required");
    refused(&w.ask("GET", &format!("{detail}?type=colour&keyword=1"), &token, Value::Null).await, "type_invalid");

    let status = "/api/call_center/internal_phone/status";
    for method in ["PUT", "POST"] {
        let answer = w.ask(method, &format!("{status}?sip_user=103&enabled=false"), &token, Value::Null).await;
        assert_eq!(answer.json()["payload"], json!(true));
    }
    let off = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "103").await.unwrap().unwrap();
    assert!(!off.enabled);
    refused(
        &w.ask("PUT", &format!("{status}?sip_user=103&enabled=maybe"), &token, Value::Null).await,
        "enabled_is_required",
    );
    refused(&w.ask("PUT", &format!("{status}?enabled=true"), &token, Value::Null).await, "sip_user_is_required");
}

#[tokio::test]
async fn a_click_rings_a_registered_extension_and_each_fault_has_its_word() {
    let mut w = World::new(Dialect::Omicall).await;
    let extension = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
    let other = pbx::extension::NewExtension::number("102");
    pbx::extension::create(&w.alpha.actor, &w.db, other).await.unwrap();
    let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
    let engine = tokio::spawn(async move {
        while let Some(order) = orders.recv().await {
            match order {
                Command::Originate(order, reply) => {
                    assert_eq!((order.extension.as_str(), order.to.as_str()), ("101", "0901234567"));
                    reply.send(Ok(store::mint())).unwrap();
                }
                Command::Presence { reply, .. } => {
                    let phone = Phone {
                        extension,
                        transport: "wss".into(),
                        address: "127.0.0.1:5".into(),
                        user_agent: String::new(),
                        expires_in_ms: 1_000,
                    };
                    reply.send(Ok(Presence { phones: vec![phone], ..Presence::default() })).unwrap();
                }
                other => panic!("{other:?}"),
            }
        }
    });
    let token = w.token().await;
    let click = async |body: Value| w.ask("POST", "/api/click2call", &token, body).await;
    let placed = click(json!({ "extension": 101, "phone_number": "0901234567" })).await;
    assert!(
        placed.json()["payload"]["call_uuid"].as_str().is_some_and(|id| id.starts_with("call_")),
        "{}",
        placed.text
    );
    for (body, expected) in [
        (Value::Null, "request_body_required"),
        (json!({ "extension": "101" }), "data_is_required"),
        (json!({ "phone_number": "0901234567" }), "data_is_required"),
        (json!([]), "data_is_required"),
        (json!({ "extension": "999", "phone_number": "0901234567" }), "extension_invalid"),
        (json!({ "extension": "102", "phone_number": "0901234567" }), "user_not_registered"),
        (
            json!({ "extension": "101", "phone_number": "0901234567", "hotline": "02499999999" }),
            "number_call_out_invalid",
        ),
    ] {
        refused(&click(body).await, expected);
    }
    let get = w.ask("GET", "/api/click2call", &token, Value::Null).await;
    refused(&get, "request_invalid");
    engine.abort();
}

#[tokio::test]
async fn finished_calls_are_listed_in_the_vendors_words() {
    let w = World::new(Dialect::Omicall).await;
    let token = w.token().await;
    let call = w.ended(&w.alpha, |r| r.caller_name = "Nguyễn Văn Đạt".into()).await;
    w.recorded(&w.alpha, call).await;
    w.ended(&w.alpha, |r| (r.answered_at, r.cause, r.started_at) = (None, Cause::Busy, 500)).await;
    w.ended(&w.beta, |_| {}).await;
    let list =
        async |query: &str| w.ask("GET", &format!("/api/call_transaction/list?{query}"), &token, Value::Null).await;
    let page = list("from_date=0&to_date=100000").await.json()["payload"].clone();
    assert_eq!(page["total_items"], json!(2));
    let item = &page["items"][0];
    assert_eq!(item["transaction_id"], json!(call.to_string()));
    assert_eq!(
        (&item["disposition"], &item["bill_sec"], &item["direction"]),
        (&json!("answered"), &json!(57), &json!("inbound"))
    );
    assert_eq!((&item["source_number"], &item["time_start_to_answer"]), (&json!("84901234567"), &json!(3)));
    assert_eq!(item["customer"]["full_name_unsigned"], json!("Nguyen Van Dat"));
    let link = item["recording_file"].as_str().unwrap().strip_prefix(ROOT).unwrap().to_owned();
    assert_eq!(w.get(&link).await.text, "RIFF");
    assert_eq!(list("from_date=0&to_date=100000&disposition=cancelled").await.json()["payload"]["total_items"], 1);
    assert_eq!(list("from_date=0&to_date=100000&direction=outbound").await.json()["payload"]["total_items"], 0);
    assert_eq!(list("from_date=0&to_date=100000&sip_user=999").await.json()["payload"]["total_items"], 0);
    assert_eq!(
        list("from_date=0&to_date=100000&page=2&size=1").await.json()["payload"]["items"][0]["disposition"],
        "cancelled"
    );
    for (query, expected) in [
        ("to_date=1", "from_date_is_required"),
        ("from_date=1", "to_date_is_required"),
        ("from_date=yesterday&to_date=1", "date_invalid"),
        ("from_date=2&to_date=1", "date_invalid"),
        ("from_date=0&to_date=2592000001", "date_is_too_long"),
        ("from_date=0&to_date=1&direction=up", "direction_invalid"),
    ] {
        refused(&list(query).await, expected);
    }
    let shown = w.ask("GET", &format!("/api/call_transaction/detail/{call}"), &token, Value::Null).await;
    assert_eq!((&shown.json()["payload"]["bill_sec"], &shown.json()["payload"]["ivr"]), (&json!(57), &json!("none")));
    refused(&w.ask("GET", "/api/call_transaction/detail/x", &token, Value::Null).await, "transaction_id_invalid");
}
