//! SMS brandname: the documented requests and answers, byte by byte.

use super::Face;
use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::Request;
use model::{Dialect, Role};
use serde_json::{Value, json};
use sms::template::{self, NewTemplate};

async fn post(w: &World, path: &str, body: impl ToString) -> Answer {
    let request = Request::post(format!("/etelecom/api/{path}")).header("content-type", "application/json");
    w.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// An order with the login of a key.
fn order(key: &str, phone: &str, rule: &str, parameters: Value) -> Value {
    let (username, password) = key.split_once(':').unwrap();
    json!({ "username": username, "password": password, "phonenumber": phone, "routerule": rule, "templatecode": "otp",
        "list_param": parameters })
}

async fn face() -> Face {
    let face = Face::new().await;
    let new = NewTemplate { code: "otp".into(), text: "Ma cua ban la {otp}".into() };
    template::create(&face.w.alpha.actor, &face.w.db, new).await.unwrap();
    face
}

#[tokio::test]
async fn a_message_is_sent_by_the_first_channel_that_leads_there_and_its_state_told() {
    let face = face().await;
    let (w, key) = (&face.w, face.w.alpha.key.clone());
    let otp = json!({ "otp": 123456 });
    for (phone, rule, channel, state) in [
        ("84901234567", "1", "ZNS", "SUCCESS"),
        ("84901230001", "123", "AutoCall", "SUCCESS"),
        ("84901230002", "1,2,3", "SMS", "SUCCESS"),
        ("84901230003", "31", "ZNS", "FAIL"),
    ] {
        let sent = post(w, "OmniMessage/SendMessage", order(&key, phone, rule, otp.clone())).await;
        let id = sent.json()["idOmniMess"].as_str().unwrap().to_owned();
        assert_eq!((sent.status, id.len(), &id[..6]), (200, 30, "ICOMNI"));
        assert_eq!(sent.json(), json!({ "status": "1", "code": "Success", "idOmniMess": id }));
        let (username, password) = key.split_once(':').unwrap();
        let ask = json!({ "username": username, "password": password, "idOmniMess": id });
        let told = post(w, "OmniReport/GetStatusOmni", &ask).await.json();
        assert_eq!((&told["phonenumber"], &told["status"]), (&json!(phone), &json!(state)), "{told}");
        assert_eq!((&told["channel"], &told["templatecode"]), (&json!(channel), &json!("otp")), "{told}");
        assert_eq!(told["list_param"], r#"{"otp":"123456"}"#);
        let at = told["createdatetime"].as_str().unwrap();
        assert!(at.len() == 19 && at.as_bytes()[2] == b'/' && at.as_bytes()[10] == b' ', "{at}");
        assert_eq!(told["mtcount"], if channel == "SMS" { json!(1) } else { Value::Null });
        assert_eq!(told["duration"], if channel == "AutoCall" { json!(10) } else { Value::Null });
        assert_eq!(told["errorCode"].as_str().unwrap().is_empty(), state == "SUCCESS");
        // Another company does not find it.
        let (username, password) = w.beta.key.split_once(':').unwrap();
        let theirs = json!({ "username": username, "password": password, "idOmniMess": id });
        let refused = post(w, "OmniReport/GetStatusOmni", &theirs).await;
        assert_eq!((refused.status, &refused.json()["status"]), (200, &json!("-2")));
    }
    let (username, password) = key.split_once(':').unwrap();
    let ask = json!({ "username": username, "password": password, "templatecode": "otp" });
    let expected = json!({ "status": "1", "code": "Success", "templatecode": "otp", "content": "Ma cua ban la {otp}", "list_param": ["otp"] });
    assert_eq!(post(w, "OmniTemplate/GetTemplate", &ask).await.json(), expected);
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_a_number_and_what_is_wrong_with_the_login_401() {
    let face = face().await;
    let (w, key) = (&face.w, face.w.alpha.key.clone());
    let good = || order(&key, "84901234567", "1", json!({ "otp": "1" }));
    let with = |field: &str, value: Value| {
        let mut order = good();
        order[field] = value;
        order
    };
    for (body, number, text) in [
        (with("phonenumber", json!("abc")), "-1", "PhoneNumber Wrong Format"),
        (with("phonenumber", json!("12")), "-1", "PhoneNumber Wrong Format"),
        (with("list_param", json!({})), "-2", "Wrong Format Parameter: otp"),
        (with("list_param", json!({ "otp": [] })), "-2", "Wrong Format Parameter: otp"),
        (with("list_param", json!(7)), "-2", "Wrong Format Parameter: list_param"),
        (with("routerule", json!("9")), "-2", "Wrong Format Parameter: routerule"),
        (with("routerule", json!("")), "-2", "Wrong Format Parameter: routerule"),
        (with("phonenumber", json!("84901230004")), "-3", "You have run out of messages"),
        (with("templatecode", json!("none")), "-6", "Can't find template with templatecode: none"),
    ] {
        let answer = post(w, "OmniMessage/SendMessage", &body).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": number, "code": text })), "{body}");
    }
    for body in [with("password", json!("x")), with("username", json!("1")), json!({}), json!([])] {
        let answer = post(w, "OmniMessage/SendMessage", &body).await;
        assert_eq!((answer.status, answer.text.as_str()), (401, "Unauthorized"), "{body}");
    }
    assert_eq!(post(w, "OmniMessage/SendMessage", "{").await.status, 401);
    let large = with("phonenumber", json!("9".repeat(1_100_000)));
    assert_eq!(post(w, "OmniMessage/SendMessage", large).await.status, 400);
    let agent = order(&face.agent_key, "84901234567", "1", json!({ "otp": "1" }));
    assert_eq!(post(w, "OmniMessage/SendMessage", agent).await.status, 200, "who may call may send");

    let shop = model::Actor { role: Role::Owner, ..w.alpha.actor.clone() };
    let new = account::key::NewKey {
        name: "SMS".into(),
        dialect: Dialect::Etelecom,
        allowed_addresses: vec!["203.0.113.7".into()],
        ..Default::default()
    };
    let bound = account::key::create(&shop, &w.db, new).await.unwrap().secret;
    let answer = post(w, "OmniMessage/SendMessage", order(&bound, "84901234567", "1", json!({ "otp": "1" }))).await;
    assert_eq!((answer.status, answer.text.as_str()), (401, "Can't access from this IP"));

    // Without a provider there is no way.
    let mut state = w.state.clone();
    state.carrier = std::sync::Arc::new(sms::Nobody);
    let router = compat::router(state, &compat::Prefixes::default());
    let request = Request::post("/etelecom/api/OmniMessage/SendMessage").body(Body::from(good().to_string())).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    let told: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(told, json!({ "status": "-8", "code": "Can't find any routing for this request" }));
}
