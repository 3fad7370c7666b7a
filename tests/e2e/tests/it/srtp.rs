//! Sound protected by keys in the session description: baresip over TLS, among plain phones and browsers' kin.

use crate::{CALLEE, CALLER};
use e2e::agents::baresip::{Baresip, Settings};
use e2e::{Server, until};
use serde_json::{Value, json};

fn softphone<'a>(server: &'a Server, user: &'a str, encryption: &'a str, tone: f64) -> Settings<'a> {
    let password = if user == "101" { "pw101" } else { "pw102" };
    let encryption = Some(encryption);
    Settings {
        server: server.sip_tls(),
        domain: server.domain(),
        user,
        password,
        transport: "tls",
        tone,
        codec: "g711",
        encryption,
    }
}

fn security(record: &Value) -> Vec<&Value> {
    let legs = record["legs"].as_array().expect("a call has legs");
    legs.iter().map(|leg| &leg["quality"]["security"]).collect()
}

/// baresip calls a plain phone, holds it and takes the call up again.
async fn calls(encryption: &str, expected: &str) {
    let server = Server::start().await;
    let minh = server.phone("102").await;
    let mut lan = Baresip::start(&softphone(&server, "101", encryption, CALLER), server.folder()).await;
    lan.command("dial", &format!("sip:102@{}", server.domain())).await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    lan.tells("CALL_ESTABLISHED").await;
    desk.voice.say(Some(CALLEE));
    desk.voice.hears(CALLER).await;
    until("baresip hears the phone", async || (lan.heard(CALLEE) >= 5).then_some(())).await;
    lan.command("hold", "").await;
    desk.voice.forget();
    desk.voice.hears_something().await;
    lan.command("resume", "").await;
    desk.voice.forget();
    desk.voice.hears(CALLER).await;
    assert_eq!(desk.hang_up().await, 200);
    lan.tells("CALL_CLOSED").await;
    let record = server.record("the protected call", |call| call["cause"] == "normal").await;
    assert_eq!(security(&record), [&json!(expected), &json!("plain")], "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_calls_with_keys_that_may_be_left() {
    calls("srtp", "sdes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_calls_with_keys_that_must_be_taken() {
    calls("srtp-mand", "sdes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_baresips_are_protected_each_on_its_own() {
    let server = Server::start().await;
    let mut lan = Baresip::start(&softphone(&server, "101", "srtp-mand", CALLER), server.folder()).await;
    let mut minh = Baresip::start(&softphone(&server, "102", "srtp", CALLEE), server.folder()).await;
    lan.command("dial", &format!("sip:102@{}", server.domain())).await;
    minh.tells("CALL_INCOMING").await;
    minh.command("accept", "").await;
    lan.tells("CALL_ESTABLISHED").await;
    until("the caller hears the callee", async || (lan.heard(CALLEE) >= 5).then_some(())).await;
    until("the callee hears the caller", async || (minh.heard(CALLER) >= 5).then_some(())).await;
    lan.command("hangup", "").await;
    minh.tells("CALL_CLOSED").await;
    let record = server.record("the protected call", |call| call["cause"] == "normal").await;
    assert_eq!(security(&record), [&json!("sdes"), &json!("sdes")], "{record}");
    server.settles().await;
}
