//! One call, told in the words of several vendors at once.

use crate::talk;
use e2e::server::HOTLINE;
use e2e::webhook::{Delivery, Receiver};
use e2e::{Server, until};
use serde_json::Value;

/// The steps of a call as VoiceCloud's receiver saw them: the last word of the path, and the word that tells them apart.
fn steps(deliveries: &[Delivery]) -> Vec<String> {
    let step = |delivery: &Delivery| {
        let (path, query) = delivery.target.split_once('?').unwrap_or((&delivery.target, ""));
        let word = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default();
        let last = path.rsplit('/').next().unwrap_or_default();
        format!("{last} {}{}", word("event="), word("status=")).trim_end().to_owned()
    };
    deliveries.iter().map(step).collect()
}

fn states(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().filter_map(|delivery| delivery.body["state"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_vendors_receiver_hears_of_a_call_in_its_own_words() {
    let server = Server::start().await;
    let (voicecloud, omicall) = (Receiver::start(server.ip()).await, Receiver::start(server.ip()).await);
    server.webhook_of("voicecloud", &voicecloud.url()).await;
    server.webhook_of("omicall", &omicall.url()).await;
    let etelecom = Receiver::start(server.ip()).await;
    server.webhook_of("etelecom", &etelecom.url()).await;
    let agent = server.phone("101").await;
    let carrier = server.carrier().await;

    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.press('1');
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    let record = server.record("the inbound call", |call| call["direction"] == "inbound").await;
    let inbound = ["call_in RINGING", "calldata ANSWER", "hangup", "calldata ANSWERED"];
    let all = |told: &Receiver, count| (told.deliveries().len() == count).then(|| told.deliveries());
    let told = until("all four steps", async || all(&voicecloud, 4)).await;
    assert_eq!(steps(&told), inbound);
    assert!(told.iter().all(|delivery| delivery.target.starts_with("/hook/api/callcenter/")), "{told:?}");
    assert!(told[0].target.contains("phone=0901234567&extension=101&callid="), "{}", told[0].target);
    assert!(told[3].target.contains("recordingfile=http"), "{}", told[3].target);
    let told = until("all four states", async || all(&omicall, 4)).await;
    assert_eq!(states(&told), ["ringing", "answered", "hangup", "cdr"]);
    let of_the_call = |body: &Value| body["call_uuid"] == record["id"] && body["from_number"] == "84901234567";
    assert!(told.iter().all(|delivery| of_the_call(&delivery.body)), "{told:?}");
    let told = until("all three changes", async || all(&etelecom, 3)).await;
    let changes: Vec<&Value> = told.iter().map(|delivery| &delivery.body["changes"][0]).collect();
    let log = |change: &Value| change["latest"]["call_log"].clone();
    let same = |change: &&Value| log(change)["external_id"] == record["id"] && log(change)["caller"] == "0901234567";
    assert!(changes.iter().all(same), "{told:?}");
    assert_eq!(changes[2]["changed"]["call_log"]["call_state"], "answered", "{told:?}");

    let mut caller = agent.dial("0912345678").await;
    let mut far = carrier.rings().await;
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    assert_eq!(caller.hang_up().await, 200);
    far.hung_up().await;
    let told = until("the second call's steps", async || all(&voicecloud, 8)).await;
    assert_eq!(steps(&told[4..]), ["init RINGING", "init ANSWERED", "hangup", "calldata ANSWERED"]);
    assert!(told[4].target.contains("phone=0912345678&extension=101&"), "{}", told[4].target);
    let told = until("the second call's states", async || all(&omicall, 8)).await;
    assert!(told[4..].iter().all(|delivery| delivery.body["direction"] == "outbound"), "{told:?}");
    server.settles().await;
}
