//! A carrier's call through the IVR to a person.

use crate::{CALLEE, CALLER, talk};
use e2e::server::HOTLINE;
use e2e::wav::Wav;
use e2e::webhook::Receiver;
use e2e::{Plan, Postgres, Server, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_call_is_answered_recorded_told_and_leaves_nothing() {
    main_story(Plan::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_with_postgresql() {
    let postgres = Postgres::start().await;
    main_story(Plan::default().on(&postgres)).await;
}

async fn main_story(plan: Plan) {
    let server = plan.start().await;
    let hooks = Receiver::start(server.ip()).await;
    let endpoint = server.webhook(&hooks.url(), "call.*").await;
    let agent = server.phone("101").await;
    let carrier = server.carrier().await;
    let files = server.metric("alo_open_files").await.expect("the server counts its descriptors");

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears_something().await;
    caller.voice.press('1');
    let mut desk = agent.rings().await;
    assert!(desk.invite.user_of("From").ends_with("901234567"), "{}", desk.invite.header("From"));
    desk.answer().await;
    talk(&caller, &desk).await;
    let (heard_there, heard_here) = (desk.voice.heard(), caller.voice.heard());
    assert_eq!((heard_there.lost, heard_here.lost), (0, 0), "no packet is lost on loopback");
    assert_eq!(heard_there.sources.len(), 1, "one port sends: {:?}", heard_there.sources);
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;

    let record = server.record("the inbound call", |call| call["direction"] == "inbound").await;
    assert_eq!((&record["status"], &record["cause"]), (&json!("answered"), &json!("normal")), "{record}");
    assert_eq!(record["ended_by"], "caller", "{record}");
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(2), "{record}");
    assert!(record["talk_ms"].as_i64() > Some(0), "{record}");

    let id = record["id"].as_str().expect("an id");
    let recording = until("the recording", async || server.download(&format!("/calls/{id}/recording")).await).await;
    let wav = Wav::parse(&recording);
    assert_eq!((wav.rate, wav.channels.len()), (8_000, 2));
    let windows = |channel, tone| wav.tone_windows(channel, tone);
    assert!(windows(0, CALLER) >= 3 && windows(1, CALLEE) >= 3, "left the caller, right the callee");
    assert_eq!((windows(0, CALLEE), windows(1, CALLER)), (0, 0), "the sides are kept apart");

    let trail = server.get(&format!("/calls/{id}/trail")).await;
    assert!(trail["items"].as_array().is_some_and(|steps| steps.len() >= 3), "the trail explains the call: {trail}");

    let told = hooks.gets("call.ended", |d| d.body["type"] == "call.ended").await;
    assert!(told.is_signed_with(endpoint["secret"].as_str().expect("the secret is shown once")), "{}", told.text);
    assert!(told.text.contains(id), "{}", told.text);
    server.settles().await;
    // Beside the call: idle HTTP connections of the test and of the webhook, and the database's pool.
    let allowed = files + 6.0;
    until("the descriptors are given back", async || (server.metric("alo_open_files").await? <= allowed).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_digit_everybody_rings_and_the_first_answer_wins() {
    let server = Server::start().await;
    let (first, second) = (server.phone("101").await, server.phone("102").await);
    let carrier = server.carrier().await;

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    let mut loser = first.rings().await;
    let mut winner = second.rings().await;
    winner.answer().await;
    let cancel = loser.cancelled().await;
    assert!(cancel.header("Reason").contains("200"), "completed elsewhere, not missed: {}", cancel.header("Reason"));
    talk(&caller, &winner).await;
    assert_eq!(winner.hang_up().await, 200);
    caller.hung_up().await;

    let record = server.record("the call", |call| call["direction"] == "inbound").await;
    assert_eq!((&record["cause"], &record["ended_by"]), (&json!("normal"), &json!("callee")), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_does_not_answer_is_left_in_peace() {
    let server = Server::start().await;
    let groups = server.get("/ring-groups").await;
    for group in groups["items"].as_array().expect("bootstrap makes ring groups") {
        let path = format!("/ring-groups/{}", group["id"].as_str().expect("an id"));
        server.patch(&path, &json!({ "ring_ms": 5_000 })).await;
    }
    let agent = server.phone("101").await;
    let carrier = server.carrier().await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.press('1');
    let mut desk = agent.rings().await;
    desk.cancelled().await;
    caller.hang_up().await;
    let record = server.record("the call nobody answered", |call| call["direction"] == "inbound").await;
    assert_ne!(record["status"], "answered", "{record}");
    assert_eq!(record["answered_at"], json!(null), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_in_the_greeting_was_not_answered() {
    let server = Server::start().await;
    let carrier = server.carrier().await;

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears_something().await;
    assert_eq!(caller.hang_up().await, 200);

    let record = server.record("the call", |call| call["direction"] == "inbound").await;
    assert_ne!(record["status"], "answered", "a flow is no person: {record}");
    assert_eq!(record["ended_by"], "caller", "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digit_told_by_info_counts_too() {
    let server = Server::start().await;
    let agent = server.phone("101").await;
    let carrier = server.carrier().await;

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    assert_eq!(caller.info_digit('1').await, 200);
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;
    desk.hang_up().await;
    caller.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_when_recording_is_off() {
    let server = Plan::default().set("ALO_RECORDING", "none").start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.hang_up().await;
    callee.hung_up().await;
    let record = server.record("the call", |_| true).await;
    assert!(record["recording"].is_null(), "{record}");
    server.settles().await;
}
