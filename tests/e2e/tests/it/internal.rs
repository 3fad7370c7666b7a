//! Extension to extension: every way it can end.

use crate::talk;
use e2e::{Codec, Server};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn two_extensions_talk() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);

    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    assert_eq!(callee.invite.user_of("From"), "101");
    caller.ringing().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(callee.hang_up().await, 200);
    caller.hung_up().await;
    caller.voice.hears_nothing().await;

    let record = server.record("the internal call", |call| call["direction"] == "internal").await;
    assert_eq!((&record["cause"], &record["ended_by"]), (&json!("normal"), &json!("callee")), "{record}");
    assert!(record["answered_at"].as_i64() >= record["ringing_at"].as_i64(), "{record}");
    assert!(record["ringing_at"].as_i64() >= record["started_at"].as_i64(), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_laws_of_g711_understand_each_other() {
    let server = Server::start().await;
    let lan = server.phone("101").await.speaking(Codec::Pcma);
    let minh = server.phone("102").await.speaking(Codec::Pcmu);

    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.hang_up().await;
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_reach_the_far_side() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    "42#".chars().for_each(|key| caller.voice.press(key));
    e2e::until("the keys arrive", async || (callee.voice.heard().digits == "42#").then_some(())).await;
    caller.hang_up().await;
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_stops_the_ringing() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    caller.ringing().await;
    assert_eq!(caller.cancel().await, 487);
    callee.cancelled().await;

    let record = server.record("the cancelled call", |call| call["cause"] == "cancelled").await;
    assert_eq!((&record["ended_by"], &record["answered_at"]), (&json!("caller"), &json!(null)), "{record}");
    server.settles().await;
}

/// Dials 102, lets it refuse with `status`; the caller must hear `expected` and the record must say `cause`.
async fn refused(status: &str, expected: u16, cause: &str) {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.refuse(status).await;
    assert_eq!(caller.refused().await.status(), expected);
    let record = server.record(cause, |call| call["cause"] == cause).await;
    assert_eq!(record["answered_at"], json!(null), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_is_busy() {
    refused("486 Busy Here", 486, "busy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn declined_is_declined() {
    refused("603 Decline", 603, "declined").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_without_a_phone_cannot_be_reached() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    let mut caller = lan.dial("103").await;
    assert_eq!(caller.refused().await.status(), 480);
    server.record("not registered", |call| call["cause"] == "not_registered").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_nobody_has_is_not_found() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    let mut caller = lan.dial("nobody").await;
    let status = caller.refused().await.status();
    assert!(matches!(status, 404 | 484), "{status}");
    let known = ["not_found", "invalid_number"];
    server.record("not found", |call| known.iter().any(|cause| call["cause"] == *cause)).await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unregistered_phone_no_longer_rings() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    assert_eq!(minh.register_for(0).await.status(), 200);
    let mut caller = lan.dial("102").await;
    assert_eq!(caller.refused().await.status(), 480);
    assert!(!minh.is_ringing().await);
    server.settles().await;
}
