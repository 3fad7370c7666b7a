//! Codecs crossed: baresip speaks G.722 or Opus and nothing else, our phone and the carrier G.711.

use crate::{CALLEE, CALLER};
use e2e::agents::baresip::{Baresip, Settings};
use e2e::server::HOTLINE;
use e2e::wav::Wav;
use e2e::{Codec, Server, until};
use serde_json::json;

async fn softphone(server: &Server, user: &str, codec: &str, tone: f64) -> Baresip {
    let password = format!("pw{user}");
    let settings = Settings {
        server: server.sip(),
        domain: server.domain(),
        user,
        password: &password,
        transport: "udp",
        tone,
        codec,
        encryption: None,
    };
    Baresip::start(&settings, server.folder()).await
}

/// The codecs of a record's legs.
fn codecs(record: &serde_json::Value) -> Vec<&str> {
    let legs = record["legs"].as_array().map(Vec::as_slice).unwrap_or_default();
    legs.iter().filter_map(|leg| leg["quality"]["codec"].as_str()).collect()
}

/// A G.711 phone calls a softphone that has another codec: sound both ways, keys, the codecs in the record.
async fn crosses(module: &str, name: &str) {
    let server = Server::start().await;
    let mut callee = softphone(&server, "102", module, CALLEE).await;
    let lan = server.phone("101").await.speaking(Codec::Pcma);
    let mut caller = lan.dial("102").await;
    callee.tells("CALL_INCOMING").await;
    callee.command("accept", "").await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.hears(CALLEE).await;
    until("the callee hears the caller", async || (callee.heard(CALLER) >= 5).then_some(())).await;
    caller.voice.press('7');
    callee.tells("CALL_DTMF_START").await;
    caller.voice.hears(CALLEE).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.tells("CALL_CLOSED").await;
    let record = server.record("the crossed call", |call| call["cause"] == "normal").await;
    assert_eq!(codecs(&record), ["PCMA", name], "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_g711_phone_and_an_opus_phone_talk() {
    crosses("opus", "opus").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_g711_phone_and_a_g722_phone_talk() {
    crosses("g722", "G722").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_opus_phones_keep_their_codec() {
    let server = Server::start().await;
    let mut caller = softphone(&server, "101", "opus", CALLER).await;
    let mut callee = softphone(&server, "102", "opus", CALLEE).await;
    caller.command("dial", &format!("sip:102@{}", server.domain())).await;
    callee.tells("CALL_INCOMING").await;
    callee.command("accept", "").await;
    caller.tells("CALL_ESTABLISHED").await;
    until("the caller hears the callee", async || (caller.heard(CALLEE) >= 5).then_some(())).await;
    until("the callee hears the caller", async || (callee.heard(CALLER) >= 5).then_some(())).await;
    caller.command("hangup", "").await;
    callee.tells("CALL_CLOSED").await;
    let record = server.record("the call", |call| call["cause"] == "normal").await;
    assert_eq!(codecs(&record), ["opus", "opus"], "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opus_agent_on_the_hotline_is_heard_and_recorded() {
    let server = Server::start().await;
    let mut agent = softphone(&server, "101", "opus", CALLEE).await;
    let carrier = server.carrier().await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.press('1');
    agent.tells("CALL_INCOMING").await;
    agent.command("accept", "").await;
    caller.voice.hears(CALLEE).await;
    until("the agent hears the caller", async || (agent.heard(CALLER) >= 10).then_some(())).await;
    assert_eq!(caller.hang_up().await, 200);
    agent.tells("CALL_CLOSED").await;
    let record = server
        .record("the recorded call", |call| call["direction"] == "inbound" && call["recording"] != json!(null))
        .await;
    let id = record["id"].as_str().expect("an id").to_owned();
    let recording = until("the recording", async || server.download(&format!("/calls/{id}/recording")).await).await;
    let wav = Wav::parse(&recording);
    assert_eq!(wav.rate, 16_000, "one side is wide-band");
    assert!(wav.tone_windows(0, CALLER) >= 5 && wav.tone_windows(1, CALLEE) >= 5, "both sides are on the recording");
    server.settles().await;
}
