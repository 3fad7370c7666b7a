//! Voicemail by real phones: a message is left, told by the lamp and a webhook, heard, and deleted.

use crate::{CALLER, THIRD};
use e2e::wav::Wav;
use e2e::webhook::Receiver;
use e2e::{Call, Phone, Server, until};
use serde_json::{Value, json};
use std::fs;

/// The tone after which one speaks, and the two by which one hears that it is done.
const BEEP: f64 = 800.0;
const CONFIRMED: f64 = 660.0;

/// The first extension of the company, 101, with a mailbox.
async fn mailbox(server: &Server, settings: Value) -> String {
    let extensions = server.get("/extensions").await;
    let id = extensions["items"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/extensions/{id}/voicemail");
    server.patch(&path, &json!({ "enabled": true })).await;
    server.patch(&path, &settings).await;
    id
}

/// Waits until the lamp of a phone is told this.
async fn lamp(phone: &Phone, waiting: &str, counts: &str) {
    let told = until(&format!("the lamp says {waiting} {counts}"), async || {
        phone.next_notice().filter(|notice| {
            assert_eq!(notice.header("Event"), "message-summary");
            notice.body.contains(&format!("Voice-Message: {counts} (0/0)"))
        })
    })
    .await;
    assert!(told.body.starts_with(&format!("Messages-Waiting: {waiting}\r\n")), "{}", told.body);
}

/// Speaks until so much of it is in the file.
async fn speaks(server: &Server, call: &Call) {
    call.voice.say(Some(CALLER));
    until("a second of the message is on the disk", async || {
        let live = fs::read_dir(server.data().join("voicemail/live")).ok()?;
        let files = live.flatten().map(|entry| entry.path());
        let sound =
            files.filter(|path| path.extension().is_some_and(|end| end == "wav")).find_map(|p| fs::read(p).ok());
        let spoken = sound.filter(|bytes| bytes.len() > 44)?;
        (Wav::parse_growing(&spoken).tone_windows(0, CALLER) >= 10).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_left_heard_and_deleted_and_the_lamp_follows() {
    let server = Server::start().await;
    let receiver = Receiver::start(server.ip()).await;
    server.webhook(&receiver.url(), "voicemail.received").await;
    let greeting = server.upload_tone("Not here", THIRD).await;
    mailbox(&server, json!({ "greeting": greeting, "pin": "2468" })).await;
    let (lan, minh) = (server.phone("101").await, server.phone("103").await);
    lamp(&lan, "no", "0/0").await;

    let mut caller = minh.dial("101").await;
    let mut desk = lan.rings().await;
    desk.refuse("486 Busy Here").await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears(THIRD).await;
    caller.voice.hears(BEEP).await;
    speaks(&server, &caller).await;
    caller.voice.press('#');
    caller.voice.hears(CONFIRMED).await;
    caller.hung_up().await;
    lamp(&lan, "yes", "1/0").await;
    let told = receiver.gets("the message", |delivery| delivery.body["type"] == "voicemail.received").await;
    assert_eq!((&told.body["data"]["extension"], &told.body["data"]["from"]), (&json!("101"), &json!("103")));
    let record = server.record("the call", |call| call["callee_number"] == "101").await;
    assert_eq!((&record["status"], &record["answered_at"]), (&json!("busy"), &Value::Null), "{record}");

    let list = server.get("/voicemails?read=false").await;
    let id = list["items"][0]["id"].as_str().expect("a message").to_owned();
    assert_eq!(list["items"][0]["from_number"], "103", "{list}");
    let sound = Wav::parse(&server.download(&format!("/voicemails/{id}/audio")).await.expect("the sound"));
    assert!(sound.channels.len() == 1 && sound.tone_windows(0, CALLER) >= 10, "the caller's words");

    let mut owner = lan.dial("*97").await;
    owner.answered().await;
    owner.voice.say_silence();
    "2468#".chars().for_each(|key| owner.voice.press(key));
    owner.voice.hears(CALLER).await;
    owner.voice.press('6');
    lamp(&lan, "no", "0/1").await;
    owner.hung_up().await;

    let mut owner = lan.dial("*97").await;
    owner.answered().await;
    owner.voice.say_silence();
    "2468#".chars().for_each(|key| owner.voice.press(key));
    owner.voice.hears(CALLER).await;
    owner.voice.press('7');
    lamp(&lan, "no", "0/0").await;
    owner.hung_up().await;
    assert_eq!(server.get("/voicemails").await["items"], json!([]));
    until("its file is gone", async || {
        server.download(&format!("/voicemails/{id}/audio")).await.is_none().then_some(())
    })
    .await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_kept_when_the_caller_hangs_up_or_the_server_dies() {
    let mut server = Server::start().await;
    let owner = mailbox(&server, json!({})).await;
    let minh = server.phone("103").await;

    // Nobody is registered as 101.
    let mut caller = minh.dial("101").await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears(BEEP).await;
    speaks(&server, &caller).await;
    assert_eq!(caller.hang_up().await, 200);
    let first = until("the message", async || {
        let list = server.get(&format!("/voicemails?extension={owner}")).await;
        list["items"][0]["id"].as_str().map(str::to_owned)
    })
    .await;
    server.settles().await;

    // A phone that subscribes is told in its subscription, and when somebody reads the message elsewhere.
    let lan = server.phone("101").await;
    lamp(&lan, "yes", "1/0").await;
    assert_eq!(lan.subscribe("message-summary", "101", 600).await.status(), 200);
    // What a phone is told without a subscription may come twice; such a notice has no state.
    let subscribed = async || lan.next_notice().filter(|notice| !notice.header("Subscription-State").is_empty());
    let told = until("the state of the subscription", subscribed).await;
    assert!(told.header("Subscription-State").starts_with("active") && told.body.contains(" 1/0 "), "{told:?}");
    assert_eq!(lan.subscribe("message-summary", "102", 600).await.status(), 200);
    let refused = until("the refusal", subscribed).await;
    assert_eq!(refused.header("Subscription-State"), "terminated;reason=rejected", "others' messages are not told");
    server.patch(&format!("/voicemails/{first}"), &json!({ "read": true })).await;
    lamp(&lan, "no", "0/1").await;

    let mut caller = minh.dial("*99101").await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears(BEEP).await;
    speaks(&server, &caller).await;
    server.kill().await;
    caller.voice.say(None);
    drop(caller);
    server.serve().await;
    let list = until("the second message", async || {
        let list = server.get("/voicemails").await;
        (list["items"].as_array()?.len() == 2).then_some(list)
    })
    .await;
    let second = &list["items"][0];
    assert_eq!((&second["complete"], &second["from_number"]), (&json!(false), &json!("103")), "{list}");
    let id = second["id"].as_str().expect("an id");
    let sound = Wav::parse(&server.download(&format!("/voicemails/{id}/audio")).await.expect("the sound"));
    assert!(sound.tone_windows(0, CALLER) >= 10, "what was on the disk is there");
    let lan = server.phone("101").await;
    lamp(&lan, "yes", "1/1").await;
}
