//! Forwards, do not disturb and calls at once, set by codes and over the API.

use crate::talk;
use e2e::server::HOTLINE;
use e2e::{Phone, Server};
use serde_json::json;

/// The two tones by which a phone hears that its code was carried out.
const CONFIRMED: f64 = 660.0;

/// A phone dials a code, hears that it is done, and is hung up on.
async fn code(phone: &Phone, code: &str) {
    let mut call = phone.dial(code).await;
    call.answered().await;
    call.voice.hears(CONFIRMED).await;
    call.hung_up().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_forwards_and_keeps_its_peace_by_codes() {
    let server = Server::start().await;
    let extensions = server.get("/extensions").await;
    let desk = extensions["items"][0]["id"].as_str().expect("an id").to_owned();
    let (lan, minh) = (server.phone("101").await, server.phone("103").await);
    let hotlines = server.get("/hotlines").await;
    let hotline = hotlines["items"][0]["id"].as_str().expect("a hotline");
    let target = json!({ "target": { "kind": "extension", "id": desk } });
    server.patch(&format!("/hotlines/{hotline}"), &target).await;
    let carrier = server.carrier().await;

    code(&lan, "*72103").await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    let mut other = minh.rings().await;
    other.answer().await;
    caller.answered().await;
    talk(&caller, &other).await;
    assert!(!lan.is_ringing().await, "all calls go on without ringing");
    assert_eq!(caller.hang_up().await, 200);
    other.hung_up().await;
    let set = server.get(&format!("/extensions/{desk}/handling")).await;
    assert_eq!(set["forward_always"], "103");

    code(&lan, "*73").await;
    code(&lan, "*78").await;
    let mut refused = carrier.dial_as("0901234567", HOTLINE).await;
    assert_eq!(refused.refused().await.status(), 486, "not to be disturbed");
    code(&lan, "*79").await;
    let mut half = lan.dial("*72").await;
    assert_eq!(half.refused().await.status(), 484, "a code without its number");

    // One call at once; the next goes to 103.
    let busy = json!({ "max_calls": 1, "forward_busy": "103" });
    server.patch(&format!("/extensions/{desk}/handling"), &busy).await;
    let mut first = carrier.dial_as("0901234567", HOTLINE).await;
    let mut answers = lan.rings().await;
    answers.answer().await;
    first.answered().await;
    talk(&first, &answers).await;
    let mut second = carrier.dial_as("0907654321", HOTLINE).await;
    let mut takes = minh.rings().await;
    takes.answer().await;
    second.answered().await;
    talk(&second, &takes).await;
    talk(&first, &answers).await;
    assert_eq!(takes.hang_up().await, 200);
    second.hung_up().await;
    assert_eq!(first.hang_up().await, 200);
    answers.hung_up().await;
    let record = server.record("the forwarded call", |call| call["caller_number"] == "+84907654321").await;
    let trail = server.get(&format!("/calls/{}/trail", record["id"].as_str().expect("an id"))).await;
    let steps: Vec<_> = trail["items"].as_array().into_iter().flatten().map(|entry| entry["step"].clone()).collect();
    assert!(steps.contains(&json!("forward")) && steps.contains(&json!("passed_over")), "{steps:?}");
    server.settles().await;
}
