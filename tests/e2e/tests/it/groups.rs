//! Ring groups: in turn, passing over who is on a call, each on a clock of its own, and what comes when nobody answers.

use crate::talk;
use e2e::server::HOTLINE;
use e2e::{Call, Phone, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The ids of the first extensions, from 101 on.
async fn members(server: &Server) -> Vec<Value> {
    let extensions = server.get("/extensions").await;
    extensions["items"].as_array().expect("a list").iter().map(|extension| extension["id"].clone()).collect()
}

/// A call to the hotline, which now leads to this group.
async fn call_the_group(server: &Server, group: &Value) -> (Phone, Call) {
    let group = server.post("/ring-groups", group).await;
    let hotlines = server.get("/hotlines").await;
    let hotline = hotlines["items"][0]["id"].as_str().expect("a hotline");
    let target = json!({ "target": { "kind": "group", "id": group["id"] } });
    server.patch(&format!("/hotlines/{hotline}"), &target).await;
    let carrier = server.carrier().await;
    let caller = carrier.dial_as("0901234567", HOTLINE).await;
    (carrier, caller)
}

/// A call to the hotline, which now leads to 101, 102 and 103 in turn, three seconds each.
async fn call_in_turn(server: &Server) -> (Phone, Call) {
    let members = members(server).await;
    let group = json!({ "name": "In turn", "strategy": "sequence", "ring_ms": 3_000, "members": members[..3] });
    call_the_group(server, &group).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rollover_passes_over_who_talks_and_the_target_takes_what_nobody_answers() {
    let server = Server::start().await;
    let ids = members(&server).await;
    let (first, second) = (server.phone("101").await, server.phone("102").await);
    let (third, fourth) = (server.phone("103").await, server.phone("104").await);
    // 101 talks with 102.
    let mut busy = first.dial("102").await;
    let mut with = second.rings().await;
    with.answer().await;
    busy.answered().await;
    let group = json!({
        "name": "Rollover",
        "strategy": "rollover",
        "ring_ms": 20_000,
        "members": [ids[0], { "extension": ids[2], "ring_ms": 2_000 }],
        "on_no_answer": { "kind": "extension", "id": ids[3] },
    });
    let began = Instant::now();
    let (_carrier, mut caller) = call_the_group(&server, &group).await;
    let mut ignored = third.rings().await;
    ignored.cancelled().await;
    let rang = began.elapsed();
    assert!((Duration::from_millis(1_500)..Duration::from_secs(6)).contains(&rang), "its own time, not {rang:?}");
    let mut desk = fourth.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    talk(&busy, &with).await;
    assert!(!first.is_ringing().await, "who talks is left alone");
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    assert_eq!(busy.hang_up().await, 200);
    with.hung_up().await;

    let record = server.record("the call", |call| call["direction"] == "inbound").await;
    let causes: Vec<_> = record["legs"].as_array().into_iter().flatten().map(|leg| &leg["cause"]).collect();
    assert_eq!(causes, ["normal", "no_answer", "normal"], "{record}");
    let trail = server.get(&format!("/calls/{}/trail", record["id"].as_str().expect("an id"))).await;
    let steps: Vec<_> = trail["items"].as_array().into_iter().flatten().map(|entry| entry["step"].clone()).collect();
    assert!(steps.contains(&json!("divert")) && steps.contains(&json!("passed_over")), "{steps:?}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_first_does_not_answer_the_second_rings() {
    let server = Server::start().await;
    let (first, second) = (server.phone("101").await, server.phone("102").await);
    let (_carrier, mut caller) = call_in_turn(&server).await;
    let mut ignored = first.rings().await;
    let began = Instant::now();
    assert!(!second.is_ringing().await, "one at a time");
    ignored.cancelled().await;
    let rang = began.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(5)).contains(&rang), "it rang for {rang:?}");
    let mut desk = second.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;

    let record = server.record("the call", |call| call["direction"] == "inbound").await;
    assert_eq!(record["cause"], "normal", "{record}");
    let causes: Vec<_> = record["legs"].as_array().into_iter().flatten().map(|leg| &leg["cause"]).collect();
    assert_eq!(causes, ["normal", "no_answer", "normal"], "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_busy_or_has_no_phone_is_passed_at_once() {
    let server = Server::start().await;
    // Extension 102 has no phone.
    let (first, third) = (server.phone("101").await, server.phone("103").await);
    let (_carrier, mut caller) = call_in_turn(&server).await;
    let mut busy = first.offered().await;
    let began = Instant::now();
    busy.refuse("486 Busy Here").await;
    let mut desk = third.rings().await;
    let passed = began.elapsed();
    assert!(passed < Duration::from_secs(1), "the next rang after {passed:?}");
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    assert_eq!(desk.hang_up().await, 200);
    caller.hung_up().await;
    server.record("the call", |call| call["cause"] == "normal" && call["ended_by"] == "callee").await;
    server.settles().await;
}
