//! An extension calls out through the trunk.

use crate::talk;
use e2e::Server;
use e2e::server::HOTLINE;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_hotline_is_shown_as_the_caller() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    let carrier = server.carrier().await;

    let mut caller = lan.dial("0912345678").await;
    let mut far = carrier.rings().await;
    assert!(far.invite.uri().contains("912345678"), "{}", far.invite.uri());
    assert!(far.invite.user_of("From").ends_with(&HOTLINE[1..]), "{}", far.invite.header("From"));
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    assert_eq!(far.hang_up().await, 200);
    caller.hung_up().await;

    let record = server.record("the outbound call", |call| call["direction"] == "outbound").await;
    assert_eq!((&record["status"], &record["ended_by"]), (&json!("answered"), &json!("callee")), "{record}");
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(2), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_the_carrier_refuses_is_told_with_its_cause() {
    let server = Server::start().await;
    let lan = server.phone("101").await;
    let carrier = server.carrier().await;
    let mut caller = lan.dial("0912345678").await;
    carrier.rings().await.refuse("486 Busy Here").await;
    assert_eq!(caller.refused().await.status(), 486);
    server.record("busy", |call| call["direction"] == "outbound" && call["cause"] == "busy").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_cannot_call_out() {
    let server = Server::start().await;
    let carrier = server.carrier().await;
    let stranger = server.unregistered("101").await;
    let wrong = e2e::Phone::new(server.sip(), server.domain(), "101", "wrong").await;
    drop(stranger);
    let mut call = wrong.dial("0912345678").await;
    let status = call.refused().await.status();
    assert!(matches!(status, 401 | 403 | 407), "{status}");
    assert!(!carrier.is_ringing().await);
    server.settles().await;
}
