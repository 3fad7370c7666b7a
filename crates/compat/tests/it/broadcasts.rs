//! What the house calls people up for, over AntRing's and OMICall's faces.

use crate::world::{Answer, Company, World};
use axum::body::Body;
use axum::http::Request;
use model::Dialect;
use pbx::broadcast::{self, Kind, Part};
use pbx::flow::NewFlow;
use pbx::greeting::NewGreeting;
use serde_json::{Value, json};
use worker::speech::{Program, Speaker};

/// Somebody who would speak if asked; the tests ask nobody.
fn a_speaker() -> Speaker {
    Speaker::Program(Program { path: "/nowhere/speaker".into() })
}

async fn speaking(dialect: Dialect) -> World {
    let mut w = World::new(dialect).await;
    w.spoken_by(a_speaker());
    w
}

async fn bot(w: &World, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(format!("/antring/rest-api/{path}"));
    let request = request.header("authorization", format!("Bearer {token}"));
    w.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

async fn token(w: &World, company: &Company) -> String {
    let login = json!({ "username": company.app(), "password": company.key });
    let answer = w.post("/antring/rest-api/get-token/", login).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn a_code_is_ordered_and_listed_for_its_own_company() {
    let w = speaking(Dialect::Antring).await;
    let (alpha, beta) = (token(&w, &w.alpha).await, token(&w, &w.beta).await);
    let order = json!({ "alarm_phonenumber": "0901 234 567", "maxretry": "1" });
    let made = bot(&w, &alpha, "POST", "voice-otp/", &order).await;
    let body = made.json();
    assert_eq!((made.status, &body["alarm_phonenumber"], &body["maxretry"]), (201, &json!("0901234567"), &json!(1)));
    let code = body["otp"].as_str().expect("a code");
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    let own = json!({ "alarm_phonenumber": 84901234568i64, "otp": "12" });
    assert_eq!(bot(&w, &alpha, "POST", "voice-otp", &own).await.json()["otp"], "12");
    let listed = bot(&w, &alpha, "GET", "voice-otp/", &json!({})).await.json();
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert_eq!((&listed[0]["otp"], &listed[0]["status"]), (&json!("12"), &json!("waiting")));
    assert_eq!(bot(&w, &beta, "GET", "voice-otp/", &json!({})).await.json(), json!([]));
    let due = broadcast::due(&w.db, 10).await.expect("due");
    assert_eq!(due.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["+84901234567", "+84901234568"]);
}

#[tokio::test]
async fn each_error_of_voice_otp_is_the_frameworks() {
    let w = speaking(Dialect::Antring).await;
    let token = token(&w, &w.alpha).await;
    let said = async |body: Value| {
        let answer = bot(&w, &token, "POST", "voice-otp/", &body).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        answer.json()
    };
    let number = json!("0901234567");
    assert_eq!(said(json!({})).await, json!({ "alarm_phonenumber": ["Trường này là bắt buộc."] }));
    let wrong = said(json!({ "alarm_phonenumber": "pizza" })).await;
    assert_eq!(wrong, json!({ "alarm_phonenumber": ["A valid phone number is required."] }));
    let wrong = said(json!({ "alarm_phonenumber": number, "otp": "12a" })).await;
    assert_eq!(wrong, json!({ "otp": ["A valid number is required."] }));
    for retries in [json!("x"), json!(10), json!(-1), json!(1.5)] {
        let wrong = said(json!({ "alarm_phonenumber": number, "maxretry": retries })).await;
        assert_eq!(wrong, json!({ "maxretry": ["A valid integer is required."] }));
    }
    let wrong = said(json!({ "alarm_phonenumber": ["x"] })).await;
    assert_eq!(wrong, json!({ "alarm_phonenumber": ["A valid string is required."] }));
    assert!(said(json!([])).await["detail"].is_string());

    let unknown = w.get("/antring/rest-api/voice-otp/").await;
    assert_eq!((unknown.status, unknown.json()["detail"].is_string()), (401, true));
    assert_eq!(bot(&w, "x", "GET", "voice-otp/", &json!({})).await.status, 401);
    assert_eq!(bot(&w, &token, "DELETE", "voice-otp/", &json!({})).await.status, 405);
    assert_eq!(bot(&w, &token, "GET", "campaigns/", &json!({})).await.status, 404);
    assert_eq!(w.post("/antring/rest-api/get-token/", "{").await.status, 400);
    let missing = w.post("/antring/rest-api/get-token/", "{}").await;
    assert_eq!(missing.json(), json!({ "username": ["Trường này là bắt buộc."] }));
    let wrong = json!({ "username": w.alpha.app(), "password": w.beta.key });
    assert_eq!(w.post("/antring/rest-api/get-token/", wrong).await.status, 401);

    let silent = World::new(Dialect::Antring).await;
    let token = self::token(&silent, &silent.alpha).await;
    let refused = bot(&silent, &token, "POST", "voice-otp/", &json!({ "alarm_phonenumber": number })).await;
    assert_eq!(refused.status, 403, "nobody speaks there: {}", refused.text);
}

async fn auto_call(w: &World, company: &Company, how: &str, body: Value) -> Value {
    let request = Request::post(format!("/omicrm/api/auto_call/execute_by_{how}")).header("x-api-key", &company.key);
    let answer = w.send(request.body(Body::from(body.to_string())).expect("a request")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn pieces_become_a_script_in_their_order() {
    let w = speaking(Dialect::Omicall).await;
    let (actor, greeting) = (&w.alpha.actor, store::mint());
    let new = NewGreeting { id: greeting, name: "Hello".into(), duration_ms: 1, size_bytes: 1, speech: None };
    pbx::greeting::create(actor, &w.db, new).await.expect("a greeting");
    let graph =
        serde_json::from_value(json!({ "start": "a", "nodes": { "a": { "type": "hangup" } } })).expect("a graph");
    let flow = pbx::flow::create(actor, &w.db, NewFlow { name: "Menu".into(), graph }).await.expect("a flow");
    let hex = |text: String| format!("{:024x}", text_bits(&text) >> 32);
    let pieces = json!([
        { "target_type": "Recording", "target": hex(greeting.to_string()) },
        { "target_type": "Text_variable" },
        { "target_type": "Ivr_menu", "target": hex(flow.id.to_string()) },
    ]);
    let order = json!({ "phone_number_list": ["0901234567", 84901234568i64], "template_dialplans": pieces,
                        "variables": ["Your parcel is here"], "voice": "lannhi", "speed": 1, "num_retry": 2,
                        "distance_retry": 60, "num_per_call": 5 });
    let made = auto_call(&w, &w.alpha, "phone", order.clone()).await;
    assert_eq!((&made["status_code"], &made["payload"]["name"]), (&json!(9999), &json!("Auto call")), "{made}");
    let list = async |company: &Company| {
        let page = model::PageRequest::first();
        broadcast::list(&company.actor, &w.db, Kind::Message, page).await.expect("broadcasts").items
    };
    let kept = list(&w.alpha).await;
    let text = Part::Text("Your parcel is here".into());
    assert_eq!(kept[0].script.parts, [Part::Greeting(greeting), text, Part::Flow(flow.id)]);
    assert_eq!((kept[0].plan.retries, kept[0].plan.retry_gap_ms, kept[0].plan.at_once), (2, 60_000, 5));
    assert!(list(&w.beta).await.is_empty());

    let stranger = auto_call(&w, &w.beta, "phone", order).await;
    assert_eq!(stranger["message"], "template_dialplans_invalid", "another company's sounds are unknown");
}

/// The 128 bits of an id, from its text.
fn text_bits(id: &str) -> u128 {
    use model::Id;
    let digits = id.split_once('_').expect("a prefix").1;
    format!("call_{digits}").parse::<model::CallId>().expect("an id").bits()
}

#[tokio::test]
async fn each_error_of_auto_call_has_its_word() {
    let w = speaking(Dialect::Omicall).await;
    let by_phone = |change: Value| {
        let mut order = json!({ "phone_number_list": ["0901234567"], "variables": ["Hello"] });
        for (name, value) in change.as_object().expect("an object") {
            order[name] = value.clone();
        }
        auto_call(&w, &w.alpha, "phone", order)
    };
    let many = |words: usize| json!(vec!["word ".repeat(50); words / 50]);
    for (change, word) in [
        (json!({ "phone_number_list": [] }), "data_is_required"),
        (json!({ "variables": [] }), "data_is_required"),
        (json!({ "phone_number_list": ["pizza"] }), "phone_number_invalid"),
        (json!({ "cid": "02873000009" }), "number_call_out_invalid"),
        (json!({ "voice": "robot" }), "voice_invalid"),
        (json!({ "speed": 4 }), "speed_invalid"),
        (json!({ "num_retry": 99 }), "num_retry_invalid"),
        (json!({ "num_per_call": 0 }), "num_per_call_invalid"),
        (json!({ "distance_retry": -1 }), "distance_retry_invalid"),
        (json!({ "template_dialplans": [{ "target_type": "Dance" }] }), "template_dialplans_invalid"),
        (json!({ "variables": ["x".repeat(301)] }), "variables_invalid"),
        (json!({ "variables": many(350) }), "limit_word_session"),
        (json!({ "phone_number_list": "0901234567" }), "request_invalid"),
    ] {
        let answer = by_phone(change.clone()).await;
        assert_eq!((&answer["status_code"], &answer["message"]), (&json!(-9999), &json!(word)), "{change}");
    }
    for _ in 0..10 {
        assert_eq!(by_phone(json!({ "variables": many(300) })).await["status_code"], 9999);
    }
    assert_eq!(by_phone(json!({})).await["message"], "limit_word", "three thousand words a day");

    let order = json!({ "cid": "02873000001", "template_dialplans": [{ "target_type": "Text_variable" }],
                        "variables": ["Hello"], "extensions": ["999"] });
    assert_eq!(auto_call(&w, &w.beta, "extension", order.clone()).await["message"], "extension_invalid");
    let lacks = auto_call(&w, &w.beta, "extension", json!({ "extensions": ["101"] })).await;
    assert_eq!(lacks["message"], "data_is_required");
    let silent = World::new(Dialect::Omicall).await;
    let order = json!({ "phone_number_list": ["0901234567"], "variables": ["Hello"] });
    assert_eq!(auto_call(&silent, &silent.alpha, "phone", order).await["message"], "limit_service");
}

#[tokio::test]
async fn extensions_are_called_from_a_hotline() {
    let w = speaking(Dialect::Omicall).await;
    let trunk = pbx::trunk::NewTrunk::by_address("Carrier", "127.0.0.30");
    pbx::trunk::create(&w.alpha.actor, &w.db, trunk).await.expect("a trunk");
    let users = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.expect("a look").expect("there");
    let target = pbx::hotline::Target::Extension(users.id);
    let new = pbx::hotline::NewHotline::to("02873000001", target);
    pbx::hotline::create(&w.alpha.actor, &w.db, new).await.expect("a hotline");
    let order = json!({ "cid": "02873000001", "template_dialplans": [{ "target_type": "Text_variable" }],
                        "variables": ["Hello"], "extensions": ["101"] });
    let made = auto_call(&w, &w.alpha, "extension", order).await;
    assert_eq!(made["payload"]["autocall_uuids"].as_array().map(Vec::len), Some(1), "{made}");
    assert_eq!(broadcast::due(&w.db, 10).await.expect("due")[0].number, "101");
}
