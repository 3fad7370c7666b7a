//! Ring groups that ring one after another.

use crate::talk;
use e2e::server::HOTLINE;
use e2e::{Call, Phone, Server};
use serde_json::json;
use std::time::{Duration, Instant};

/// A call to the hotline, which now leads to 101, 102 and 103 in turn, three seconds each.
async fn call_in_turn(server: &Server) -> (Phone, Call) {
    let extensions = server.get("/extensions").await;
    let items = extensions["items"].as_array().expect("a list");
    let members: Vec<_> = items.iter().take(3).map(|extension| &extension["id"]).collect();
    let group = json!({ "name": "In turn", "strategy": "sequential", "ring_ms": 3_000, "members": members });
    let group = server.post("/ring-groups", &group).await;
    let hotlines = server.get("/hotlines").await;
    let hotline = hotlines["items"][0]["id"].as_str().expect("a hotline");
    let target = json!({ "target": { "kind": "group", "id": group["id"] } });
    server.patch(&format!("/hotlines/{hotline}"), &target).await;
    let carrier = server.carrier().await;
    let caller = carrier.dial_as("0901234567", HOTLINE).await;
    (carrier, caller)
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
