//! More than there is room for: what is up goes on, what is new is told to come later.

use crate::talk;
use e2e::server::HOTLINE;
use e2e::webhook::Receiver;
use e2e::{Call, Plan, Server, until};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_server_sheds_new_calls_quickly_and_those_that_are_up_lose_nothing() {
    // Room for four legs: a talk, and two callers in the greeting.
    let server = Plan::default().set("ALO_LIMITS__CALLS", 2).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let carrier = server.carrier().await;
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    let mut greeted: Vec<Call> = Vec::new();
    for number in ["0901234567", "0901234568"] {
        let mut call = carrier.dial_as(number, HOTLINE).await;
        call.answered().await;
        call.voice.say_silence();
        greeted.push(call);
    }

    caller.voice.forget();
    callee.voice.forget();
    let mut waits = Vec::new();
    for number in 0..40 {
        let began = Instant::now();
        let mut shed = carrier.dial_as(&format!("09080000{number:02}"), HOTLINE).await;
        let answer = shed.refused().await;
        waits.push(began.elapsed());
        assert_eq!(answer.status(), 503);
        assert!(answer.header("Retry-After").parse::<u32>().is_ok_and(|s| s > 0), "{:?}", answer.names());
    }
    waits.sort();
    // The machine of the test has other work too, so the slower answers say little.
    assert!(waits[waits.len() / 2] < Duration::from_millis(50), "{waits:?}");
    talk(&caller, &callee).await;
    assert_eq!((caller.voice.heard().lost, callee.voice.heard().lost), (0, 0), "the talk did not notice");
    assert_eq!(lan.register().await, 200, "registrations are served");

    for mut call in greeted {
        assert_eq!(call.hang_up().await, 200);
    }
    until("there is room again", async || (server.metric("alo_calls").await? <= 1.0).then_some(())).await;
    let mut again = carrier.dial_as("0901234569", HOTLINE).await;
    again.answered().await;
    assert_eq!(again.hang_up().await, 200);
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    assert!(server.metric("alo_sip_refused_total").await.is_some_and(|count| count >= 40.0));
    server.settles().await;
}

async fn set_quota(server: &Server, quota: &Value) {
    let company = server.company["company_id"].as_str().expect("an id");
    let url = server.url(&format!("/api/v1/companies/{company}/quota"));
    let key = server.company["api_key"].as_str().expect("a key");
    let answer = reqwest::Client::new().put(url).bearer_auth(key).json(quota).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_has_as_many_calls_as_its_quota_and_its_trail_says_so() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "overload.*").await;
    set_quota(&server, &json!({ "calls": 1 })).await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let (hoa, _tam) = (server.phone("103").await, server.phone("104").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    let mut second = hoa.dial("104").await;
    let answer = second.refused().await;
    assert_eq!(answer.status(), 503);
    assert!(!answer.header("Retry-After").is_empty(), "{:?}", answer.names());
    caller.voice.forget();
    talk(&caller, &callee).await;
    assert_eq!(caller.voice.heard().lost, 0, "the call that is up did not notice");
    let record = server.record("the refused call", |call| call["cause"] == "overload").await;
    let trail = server.get(&format!("/calls/{}/trail", record["id"].as_str().expect("an id"))).await;
    assert!(trail.to_string().contains("quota"), "{trail}");
    let told = hooks.gets("overload.quota_reached", |d| d.body["type"] == "overload.quota_reached").await;
    assert_eq!(
        (&told.body["data"]["quota"], &told.body["data"]["most"]),
        (&json!("calls"), &json!(1)),
        "{}",
        told.text
    );
    assert!(server.metric("alo_quota_refused_total").await.is_some_and(|count| count >= 1.0));
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;

    let mut third = hoa.dial("102").await;
    let mut answered = minh.rings().await;
    answered.answer().await;
    third.answered().await;
    talk(&third, &answered).await;
    assert_eq!(third.hang_up().await, 200);
    answered.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_has_as_many_registrations_and_clicks_as_its_quota() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "overload.*").await;
    set_quota(&server, &json!({ "registrations": 2, "clicks_per_minute": 1 })).await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let third = server.unregistered("103").await;
    assert_eq!(third.register().await, 503, "two phones are there already");
    let told = hooks.gets("registrations", |d| d.body["data"]["quota"] == "registrations").await;
    assert_eq!((&told.body["type"], &told.body["data"]["most"]), (&json!("overload.quota_reached"), &json!(2)));
    assert_eq!(lan.register().await, 200, "a phone that is there stays there");

    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;

    server.post("/calls", &json!({ "from_extension": "101", "to": "102" })).await;
    lan.rings().await.refuse("486 Busy Here").await;
    let key = server.company["api_key"].as_str().expect("a key");
    let click = json!({ "from_extension": "101", "to": "102" });
    let url = server.url("/api/v1/calls");
    let answer = reqwest::Client::new().post(url).bearer_auth(key).json(&click).send().await.expect("an answer");
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers().get("retry-after").and_then(|v| v.to_str().ok()), Some("60"));
    assert_eq!(answer.json::<Value>().await.expect("JSON")["code"], "quota_reached");
    hooks.gets("clicks", |d| d.body["data"]["quota"] == "clicks_per_minute").await;

    // Who leaves makes room.
    assert_eq!(minh.register_for(0).await.status(), 200);
    assert_eq!(third.register().await, 200);
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_calls_are_shed_while_sound_ports_run_out_and_let_in_again_afterwards() {
    // Sixteen ports are eight legs: four calls.
    let server = Plan::default().set("ALO_MEDIA__PORTS", "20000-20015").start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "overload.*").await;
    let carrier = server.carrier().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    let mut greeted: Vec<Call> = Vec::new();
    for number in 0..6 {
        let mut call = carrier.dial_as(&format!("090123450{number}"), HOTLINE).await;
        call.answered().await;
        call.voice.say_silence();
        greeted.push(call);
    }
    until("new calls are shed", async || (server.metric("alo_admitted_share").await? <= 0.02).then_some(())).await;
    caller.voice.forget();
    callee.voice.forget();
    for number in 0..10 {
        let mut shed = carrier.dial_as(&format!("090800000{number}"), HOTLINE).await;
        let answer = shed.refused().await;
        assert_eq!(answer.status(), 503);
        assert!(answer.header("Retry-After").parse::<u32>().is_ok_and(|s| s > 0), "{:?}", answer.names());
    }
    talk(&caller, &callee).await;
    assert_eq!((caller.voice.heard().lost, callee.voice.heard().lost), (0, 0), "the talk did not notice");
    assert_eq!(lan.register().await, 200, "registrations are served");
    let told = hooks.gets("overload.calls_shed", |d| d.body["type"] == "overload.calls_shed").await;
    assert!(told.body["data"]["admitted"].as_f64().is_some_and(|share| share < 1.0), "{}", told.text);

    for mut call in greeted {
        assert_eq!(call.hang_up().await, 200);
    }
    until("all are let in", async || (server.metric("alo_admitted_share").await? >= 1.0).then_some(())).await;
    let mut again = carrier.dial_as("0901234569", HOTLINE).await;
    again.answered().await;
    assert_eq!(again.hang_up().await, 200);
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_sound_is_ended_and_says_why() {
    let server = Plan::default().set("ALO_MEDIA__SILENCE_S", 2).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.voice.say(None);
    callee.voice.say(None);
    tokio::join!(caller.hung_up(), callee.hung_up());
    let record = server.record("the silent call", |call| call["direction"] == "internal").await;
    assert_eq!((&record["cause"], &record["ended_by"]), (&json!("media_timeout"), &json!("system")), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_calls_take_to_set_up_and_how_late_the_runtime_is_can_be_read() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    let minh = server.phone("102").await;
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.hang_up().await;
    callee.hung_up().await;
    assert_eq!(server.metric("alo_call_setup_seconds_count").await, Some(1.0));
    until("the loop is measured", async || (server.metric("alo_loop_lag_seconds_count").await? > 3.0).then_some(()))
        .await;
    assert!(server.metric("alo_admitted_share").await.is_some_and(|share| share > 0.0));
    server.settles().await;
}
