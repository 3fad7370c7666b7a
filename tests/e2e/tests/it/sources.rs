//! Where an extension's phones may be.

use crate::stranger::{Stranger, answer_to, fresh_ip};
use crate::talk;
use e2e::webhook::Receiver;
use e2e::{Phone, Server};
use serde_json::json;

async fn change(server: &Server, extension: &str, patch: serde_json::Value) {
    let found = server.get(&format!("/extensions?search={extension}")).await;
    let id = found["items"][0]["id"].as_str().expect("the extension").to_owned();
    server.patch(&format!("/extensions/{id}"), &patch).await;
}

/// Sends an INVITE of 101 with the right password; the final answer's status.
async fn calls(stranger: &Stranger, number: &str) -> u16 {
    let uri = format!("sip:{number}@{}", stranger.domain);
    let challenge = stranger.ask(&stranger.request("INVITE", &uri, "101", "")).await;
    assert_eq!(challenge.status(), 401);
    let proof = answer_to(&challenge, 0, "INVITE", &uri, "101", "pw101");
    stranger.ask(&stranger.request("INVITE", &uri, "101", &proof)).await.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_from_where_no_phone_registered_calls_nobody_unless_that_is_allowed() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "security.*").await;
    let (_owner, other) = (server.phone("101").await, server.phone("102").await);
    let thief = Stranger::new(&server).await;
    assert_eq!(calls(&thief, "102").await, 403);
    assert!(!other.is_ringing().await);
    let told = hooks.gets("security.source_refused", |d| d.body["type"] == "security.source_refused").await;
    assert_eq!(told.body["data"]["source"], thief.address().ip().to_string(), "{}", told.text);
    assert_eq!(told.body["data"]["extension"], "101", "{}", told.text);

    change(&server, "101", json!({ "call_from": "anywhere" })).await;
    let roaming = Phone::at((fresh_ip(), 0).into(), server.sip(), server.domain(), "101", "pw101").await;
    let mut caller = roaming.dial("102").await;
    let mut callee = other.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_outside_the_allowed_networks_neither_register_nor_call() {
    let server = Server::start().await;
    let office = fresh_ip();
    change(&server, "101", json!({ "allowed_networks": [format!("{office}/32")] })).await;
    let outside = server.unregistered("101").await;
    assert_eq!(outside.register().await, 403);
    assert_eq!(calls(&Stranger::new(&server).await, "102").await, 403);

    let other = server.phone("102").await;
    // In the allowed network a phone may call without having registered.
    let inside = Phone::at((office, 0).into(), server.sip(), server.domain(), "101", "pw101").await;
    let mut caller = inside.dial("102").await;
    let mut callee = other.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    assert_eq!(inside.register().await, 200);
    server.settles().await;
}
