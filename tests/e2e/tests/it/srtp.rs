//! Sound protected by keys in the session description: baresip over TLS, among plain phones and its own kin. DTLS with it is
//! out of reach: baresip 1.0 shows an RSA certificate only (docs/specs/webrtc.md); browsers show DTLS.

use crate::{CALLEE, CALLER};
use e2e::Server;
use e2e::agents::baresip::Softphone;
use e2e::tone::{is_silence, is_tone};
use serde_json::{Value, json};

fn security(record: &Value) -> Vec<&Value> {
    let legs = record["legs"].as_array().expect("a call has legs");
    legs.iter().map(|leg| &leg["quality"]["security"]).collect()
}

fn softphone<'a>(server: &'a Server, user: &'a str, encryption: &'a str) -> Softphone<'a> {
    Softphone::of(server, user).over("tls").protected_by(encryption)
}

/// baresip calls a plain phone, which hears it and is heard.
async fn calls(encryption: &str, expected: &str) {
    let server = Server::start().await;
    let minh = server.phone("102").await;
    let mut lan = softphone(&server, "101", encryption).saying(CALLER).start().await;
    lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    lan.tells("CALL_ESTABLISHED").await;
    desk.voice.say(Some(CALLEE));
    tokio::join!(desk.voice.hears(CALLER), lan.hears(CALLEE));
    assert_eq!(desk.hang_up().await, 200);
    lan.tells("CALL_CLOSED").await;
    let record = server.record("the protected call", |call| call["cause"] == "normal").await;
    assert_eq!(security(&record), [&json!(expected), &json!("plain")], "{record}");
    server.settles().await;
}

/// baresip calls a plain phone, holds it and takes the call up again, twice.
#[tokio::test(flavor = "multi_thread")]
async fn keys_outlive_a_hold() {
    let server = Server::start().await;
    let minh = server.phone("102").await;
    let mut lan = softphone(&server, "101", "srtp-mand").saying(CALLER).start().await;
    lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    lan.tells("CALL_ESTABLISHED").await;
    desk.voice.say(Some(CALLEE));
    tokio::join!(desk.voice.hears(CALLER), lan.hears(CALLEE));
    for _ in 0..2 {
        lan.command("hold", "").await;
        // Who is held hears music.
        let music = |window: &[i16]| !is_silence(window) && !is_tone(window, CALLER);
        desk.voice.hears_windows("hold music", music).await;
        lan.command("resume", "").await;
        desk.voice.hears(CALLER).await;
        lan.decodes().await;
    }
    assert_eq!(desk.hang_up().await, 200);
    lan.tells("CALL_CLOSED").await;
    let record = server.record("the protected call", |call| call["cause"] == "normal").await;
    assert_eq!(security(&record), [&json!("sdes"), &json!("plain")], "{record}");
    assert_eq!(record["legs"][0]["quality"]["lost"], 0, "{record}");
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
    let mut lan = softphone(&server, "101", "srtp-mand").saying(CALLER).start().await;
    let mut minh = softphone(&server, "102", "srtp").saying(CALLEE).start().await;
    lan.dial("102").await;
    minh.accept().await;
    lan.tells("CALL_ESTABLISHED").await;
    tokio::join!(lan.hears(CALLEE), minh.hears(CALLER));
    lan.command("hangup", "").await;
    minh.tells("CALL_CLOSED").await;
    let record = server.record("the protected call", |call| call["cause"] == "normal").await;
    assert_eq!(security(&record), [&json!("sdes"), &json!("sdes")], "{record}");
    server.settles().await;
}

/// Says what an extension is to have.
async fn wants(server: &Server, number: &str, srtp: &str) {
    let extensions = server.get(&format!("/extensions?search={number}")).await;
    let id = extensions["items"][0]["id"].as_str().expect("the extension");
    let changed = server.patch(&format!("/extensions/{id}"), &json!({ "srtp": srtp })).await;
    assert_eq!(changed["srtp"], srtp);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_be_protected_and_is_not_gets_488_and_a_record_that_says_so() {
    let server = Server::start().await;
    wants(&server, "101", "required").await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    assert_eq!(caller.refused().await.status(), 488);
    assert!(!minh.is_ringing().await);
    let record = server.record("the refused call", |call| call["direction"] == "internal").await;
    assert_eq!(record["cause"], "not_protected", "{record}");
    let trail = server.get(&format!("/calls/{}/trail", record["id"].as_str().expect("an id"))).await;
    let told = trail.to_string();
    assert!(told.contains("is to be protected"), "{told}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_must_take_keys_and_leaves_them_is_hung_up() {
    let server = Server::start().await;
    wants(&server, "102", "required").await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    assert!(desk.invite.body.contains("RTP/SAVP") && desk.invite.body.contains("a=crypto:"), "{}", desk.invite.body);
    desk.answer().await;
    desk.hung_up().await;
    assert_eq!(caller.refused().await.status(), 488);
    let record = server.record("the call", |call| call["direction"] == "internal").await;
    assert_eq!(record["cause"], "not_protected", "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_must_protect_its_sound_and_does_not_gets_488() {
    let server = Server::start().await;
    let trunks = server.get("/trunks").await;
    let path = format!("/trunks/{}", trunks["items"][0]["id"].as_str().expect("the trunk of the test company"));
    server.patch(&path, &json!({ "srtp": "required" })).await;
    let carrier = server.carrier().await;
    let mut caller = carrier.dial_as("0901234567", e2e::server::HOTLINE).await;
    assert_eq!(caller.refused().await.status(), 488);
    server.record("the refused call", |call| call["direction"] == "inbound" && call["cause"] == "not_protected").await;
    server.settles().await;
}

/// baresip under a policy calls a plain phone.
async fn under_policy(policy: &str, encryption: &str, expected: &str) {
    let server = Server::start().await;
    wants(&server, "101", policy).await;
    let minh = server.phone("102").await;
    let mut lan = softphone(&server, "101", encryption).saying(CALLER).start().await;
    lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    lan.tells("CALL_ESTABLISHED").await;
    desk.voice.say(Some(CALLEE));
    tokio::join!(desk.voice.hears(CALLER), lan.hears(CALLEE));
    assert_eq!(desk.hang_up().await, 200);
    lan.tells("CALL_CLOSED").await;

    // The other way round.
    let mut caller = minh.dial("101").await;
    lan.accept().await;
    caller.answered().await;
    caller.voice.say(Some(CALLEE));
    tokio::join!(caller.voice.hears(CALLER), lan.hears(CALLEE));
    assert_eq!(caller.hang_up().await, 200);
    let record = server.record("the first call", |call| call["caller_number"] == "101").await;
    assert_eq!(security(&record), [&json!(expected), &json!("plain")], "{record}");
    let record = server.record("the second call", |call| call["caller_number"] == "102").await;
    assert_eq!(security(&record), [&json!("plain"), &json!(expected)], "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_must_be_protected_is_both_ways() {
    under_policy("required", "srtp-mand", "sdes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_neither_offered_nor_taken_where_they_are_off() {
    under_policy("off", "srtp", "plain").await;
}
