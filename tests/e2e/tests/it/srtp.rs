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
