//! Supervisors in a talk: measured at each party is who hears whom.

use crate::{CALLEE, CALLER, THIRD, talk};
use e2e::{Call, Server, until};
use serde_json::{Value, json};

/// The id of the only call that is up.
async fn live(server: &Server) -> String {
    let live = server.get("/calls/live").await;
    live["items"][0]["id"].as_str().expect("a call is up").to_owned()
}

async fn supervise(server: &Server, call: &str, mode: &str) {
    let wanted = json!({ "extension": "103", "mode": mode });
    assert_eq!(server.send("PUT", &format!("/calls/{call}/supervision"), &wanted).await, 202, "{mode}");
}

/// Caller, agent and supervisor hear just these.
async fn hear([caller, agent, supervisor]: [&Call; 3], tones: [&[f64]; 3]) {
    for call in [caller, agent, supervisor] {
        call.voice.forget();
    }
    let [at_caller, at_agent, at_supervisor] = tones;
    tokio::join!(
        caller.voice.hears_just(at_caller),
        agent.voice.hears_just(at_agent),
        supervisor.voice.hears_just(at_supervisor)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_listens_whispers_and_barges_and_goes() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut agent = minh.rings().await;
    agent.answer().await;
    caller.answered().await;
    talk(&caller, &agent).await;
    let call = live(&server).await;

    supervise(&server, &call, "listen").await;
    let mut supervisor = hoa.rings().await;
    supervisor.answer().await;
    supervisor.voice.say(Some(THIRD));
    hear([&caller, &agent, &supervisor], [&[CALLEE], &[CALLER], &[CALLER, CALLEE]]).await;
    supervise(&server, &call, "whisper").await;
    hear([&caller, &agent, &supervisor], [&[CALLEE], &[CALLER, THIRD], &[CALLER, CALLEE]]).await;
    supervise(&server, &call, "whisper_caller").await;
    hear([&caller, &agent, &supervisor], [&[CALLEE, THIRD], &[CALLER], &[CALLER, CALLEE]]).await;
    supervise(&server, &call, "barge").await;
    hear([&caller, &agent, &supervisor], [&[CALLEE, THIRD], &[CALLER, THIRD], &[CALLER, CALLEE]]).await;
    let others = server.get("/calls/live").await["items"][0]["others"].clone();
    assert_eq!((others[0]["as"].as_str(), others[0]["mode"].as_str()), (Some("supervisor"), Some("barge")));

    // The supervisor goes, and the two talk on; then once more, to be let go.
    assert_eq!(supervisor.hang_up().await, 200);
    caller.voice.forget();
    agent.voice.forget();
    talk(&caller, &agent).await;
    supervise(&server, &call, "listen").await;
    let mut supervisor = hoa.rings().await;
    supervisor.answer().await;
    supervisor.voice.hears_just(&[CALLER, CALLEE]).await;
    let path = format!("/calls/{call}/supervision?extension=103");
    assert_eq!(server.send("DELETE", &path, &Value::Null).await, 204);
    supervisor.hung_up().await;
    assert_eq!(server.send("DELETE", &path, &Value::Null).await, 409, "there is no supervisor any more");
    caller.voice.forget();
    agent.voice.forget();
    talk(&caller, &agent).await;
    assert_eq!(caller.hang_up().await, 200);
    agent.hung_up().await;

    let record = server.record("the supervised call", |call| call["callee_number"] == "102").await;
    assert_eq!((record["cause"].as_str(), record["legs"].as_array().map(Vec::len)), (Some("normal"), Some(4)));
    let trail = server.get(&format!("/calls/{call}/trail")).await.to_string();
    for word in ["supervise", "joined", "\"left\"", "barge", "\"by\""] {
        assert!(trail.contains(word), "{word} is not in {trail}");
    }
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_takes_a_call_over_and_it_is_recorded_on() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut agent = minh.rings().await;
    agent.answer().await;
    caller.answered().await;
    talk(&caller, &agent).await;
    let call = live(&server).await;
    supervise(&server, &call, "listen").await;
    let mut supervisor = hoa.rings().await;
    let take_over = format!("/calls/{call}/take-over");
    let wanted = json!({ "extension": "103" });
    assert_eq!(server.send("POST", &take_over, &wanted).await, 409, "not before picking up");
    supervisor.answer().await;
    supervisor.voice.hears_just(&[CALLER, CALLEE]).await;
    assert_eq!(server.send("POST", &take_over, &wanted).await, 204);
    agent.hung_up().await;
    supervisor.voice.say(Some(THIRD));
    caller.voice.forget();
    supervisor.voice.forget();
    tokio::join!(caller.voice.hears(THIRD), supervisor.voice.hears(CALLER));
    assert_eq!(supervisor.hang_up().await, 200);
    caller.hung_up().await;

    let record = server.record("the call", |call| call["callee_number"] == "102").await;
    assert_eq!((record["cause"].as_str(), record["legs"][1]["cause"].as_str()), (Some("normal"), Some("transferred")));
    let path = format!("/calls/{call}/recording");
    let wav = e2e::wav::Wav::parse(&until("the recording", async || server.download(&path).await).await);
    assert!(wav.tone_windows(1, CALLEE) >= 3 && wav.tone_windows(1, THIRD) >= 3, "both agents are on the right");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_hangs_up_while_the_supervisor_rings() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut agent = minh.rings().await;
    agent.answer().await;
    caller.answered().await;
    talk(&caller, &agent).await;
    supervise(&server, &live(&server).await, "whisper").await;
    let mut supervisor = hoa.rings().await;
    assert_eq!(caller.hang_up().await, 200);
    supervisor.cancelled().await;
    agent.hung_up().await;
    server.settles().await;
}
