//! Codecs crossed: baresip speaks G.722 or Opus and nothing else, our phone and the carrier G.711.

use crate::{CALLEE, CALLER, talk};
use e2e::agents::baresip::Softphone;
use e2e::server::HOTLINE;
use e2e::wav::Wav;
use e2e::{Codec, Server, until};
use serde_json::json;

/// The codecs of a record's legs.
fn codecs(record: &serde_json::Value) -> Vec<&str> {
    let legs = record["legs"].as_array().map(Vec::as_slice).unwrap_or_default();
    legs.iter().filter_map(|leg| leg["quality"]["codec"].as_str()).collect()
}

/// A G.711 phone calls a softphone that has another codec: sound both ways, keys, the codecs in the record.
async fn crosses(module: &str, name: &str) {
    let server = Server::start().await;
    let mut callee = Softphone::of(&server, "102").saying(CALLEE).speaking(module).start().await;
    let lan = server.phone("101").await.speaking(Codec::Pcma);
    let mut caller = lan.dial("102").await;
    callee.accept().await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.hears(CALLEE).await;
    callee.hears(CALLER).await;
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
    let mut caller = Softphone::of(&server, "101").saying(CALLER).speaking("opus").start().await;
    let mut callee = Softphone::of(&server, "102").saying(CALLEE).speaking("opus").start().await;
    caller.dial("102").await;
    callee.accept().await;
    caller.tells("CALL_ESTABLISHED").await;
    caller.hears(CALLEE).await;
    callee.hears(CALLER).await;
    caller.command("hangup", "").await;
    callee.tells("CALL_CLOSED").await;
    let record = server.record("the call", |call| call["cause"] == "normal").await;
    assert_eq!(codecs(&record), ["opus", "opus"], "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opus_agent_on_the_hotline_is_heard_and_recorded() {
    let server = Server::start().await;
    let mut agent = Softphone::of(&server, "101").saying(CALLEE).speaking("opus").start().await;
    let carrier = server.carrier().await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.press('1');
    agent.accept().await;
    caller.voice.hears(CALLEE).await;
    agent.hears(CALLER).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_decoded_is_passed_through_or_refused() {
    let server = Server::start().await;
    let lan = server.phone("101").await.speaking(Codec::G729);
    let minh = server.phone("102").await.speaking(Codec::G729);
    let hoa = server.phone("103").await;
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    let record = server.record("the call that was passed through", |call| call["cause"] == "normal").await;
    assert_eq!(codecs(&record), ["G729", "G729"], "{record}");

    // Whoever answers with something else is parted from the caller again, who learns why.
    let mut caller = lan.dial("103").await;
    let mut callee = hoa.rings().await;
    let offer = &callee.invite.body;
    assert!(offer.contains("m=audio") && !offer.contains("PCM"), "{offer}");
    callee.answer().await;
    callee.hung_up().await;
    assert_eq!(caller.refused().await.status(), 488);
    server.record("the call that cannot be", |call| call["cause"] == "incompatible").await;
    server.settles().await;
}
