//! Callers who wait for an agent.

use crate::{CALLEE, CALLER, talk};
use e2e::server::HOTLINE;
use e2e::wav::Wav;
use e2e::webhook::Receiver;
use e2e::{Call, Phone, Server, tone, until};
use serde_json::{Value, json};

/// A queue in front of the hotline, in which these extensions work.
async fn queue(server: &Server, agents: &[&str], more: Value) -> Value {
    let extensions = server.get("/extensions").await;
    let items = extensions["items"].as_array().expect("a list");
    let number = |extension: &&Value| agents.contains(&extension["number"].as_str().unwrap_or_default());
    let members: Vec<Value> = items.iter().filter(number).map(|one| json!({ "extension": one["id"] })).collect();
    let mut new = json!({ "name": "Sales", "number": "700", "members": members });
    new.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let queue = server.post("/queues", &new).await;
    let hotlines = server.get("/hotlines").await;
    let hotline = hotlines["items"][0]["id"].as_str().expect("a hotline");
    let target = json!({ "target": { "kind": "queue", "id": queue["id"] } });
    server.patch(&format!("/hotlines/{hotline}"), &target).await;
    queue
}

/// Sets an agent's state, and waits until the queues know it.
async fn sets(server: &Server, number: &str, state: &str) {
    wants(server, number, state).await;
    is(server, number, |one| one["state"] == state).await;
}

/// Sets an agent's state.
async fn wants(server: &Server, number: &str, state: &str) {
    let extensions = server.get("/extensions").await;
    let items = extensions["items"].as_array().expect("a list");
    let agent = items.iter().find(|one| one["number"] == number).expect("an extension")["id"].clone();
    let agent = agent.as_str().expect("an id");
    server.put(&format!("/agents/{agent}/state"), &json!({ "state": state })).await;
}

/// Waits until an agent is shown like this.
async fn is(server: &Server, number: &str, wanted: impl Fn(&Value) -> bool) {
    until(&format!("agent {number}"), async || {
        let agents = server.get("/agents").await;
        let found = agents["items"].as_array()?.iter().find(|one| one["extension"] == number)?.clone();
        wanted(&found).then_some(())
    })
    .await;
}

async fn waiting(server: &Server, queue: &Value, count: usize) {
    let path = format!("/queues/{}/state", queue["id"].as_str().expect("an id"));
    until(&format!("{count} who wait"), async || {
        let state = server.get(&path).await;
        (state["waiting"].as_array().map(Vec::len) == Some(count)).then_some(())
    })
    .await;
}

/// Waits until the built-in music is heard: one note of its chords at a time, as loud as they are.
async fn hears_music(caller: &Call) {
    const NOTES: [f64; 12] = [174.6, 196.0, 220.0, 246.9, 261.6, 293.7, 329.6, 349.2, 392.0, 440.0, 523.3, 587.3];
    let note = |window: &[i16]| NOTES.iter().any(|hz| tone::level(window, *hz) > 200.0);
    caller.voice.hears_windows("music", note).await;
}

async fn carrier(server: &Server) -> Phone {
    server.carrier().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_who_is_free_is_offered_the_caller_and_both_talk() {
    let server = Server::start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "queue.*").await;
    let agent = server.phone("101").await;
    let queue = queue(&server, &["101"], json!({ "settings": { "wrap_up_ms": 600_000 } })).await;
    sets(&server, "101", "paused").await;
    let carrier = carrier(&server).await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    hears_music(&caller).await;
    waiting(&server, &queue, 1).await;
    assert!(!agent.is_ringing().await, "who is on a pause is left alone");
    let extensions = server.get("/extensions").await;
    let id = extensions["items"].as_array().and_then(|all| all.iter().find(|one| one["number"] == "101"));
    let id = id.and_then(|one| one["id"].as_str()).expect("an extension");
    server.put(&format!("/agents/{id}/state"), &json!({ "state": "available" })).await;

    let mut desk = agent.rings().await;
    assert!(desk.invite.user_of("From").ends_with("901234567"), "{}", desk.invite.header("From"));
    is(&server, "101", |one| one["state"] == "offered").await;
    desk.answer().await;
    talk(&caller, &desk).await;
    is(&server, "101", |one| one["state"] == "on_call" && one["call_id"].is_string()).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    is(&server, "101", |one| one["state"] == "wrap_up").await;

    let record = server.record("the call", |call| call["direction"] == "inbound").await;
    assert_eq!((&record["cause"], &record["queue"]), (&json!("normal"), &queue["id"]), "{record}");
    assert_eq!(record["extension"], json!(id), "{record}");
    assert!(record["queue_wait_ms"].as_i64() > Some(0), "{record}");
    let call = record["id"].as_str().expect("an id");
    let recording = until("the recording", async || server.download(&format!("/calls/{call}/recording")).await).await;
    let wav = Wav::parse(&recording);
    assert!(wav.tone_windows(0, CALLER) >= 3 && wav.tone_windows(1, CALLEE) >= 3, "recorded as other calls");
    let trail = server.get(&format!("/calls/{call}/trail")).await.to_string();
    for step in ["queue_wait", "queue_offer", "Agent 101 is asked"] {
        assert!(trail.contains(step), "{step}: {trail}");
    }
    let joined = hooks.gets("queue.joined", |d| d.body["type"] == "queue.joined").await;
    assert_eq!((&joined.body["data"]["queue"], &joined.body["data"]["call_id"]), (&json!("Sales"), &json!(call)));
    let left = hooks.gets("queue.left", |d| d.body["type"] == "queue.left").await;
    assert_eq!((&left.body["data"]["outcome"], &left.body["data"]["extension"]), (&json!("answered"), &json!("101")));
    let today = server.get(&format!("/queues/{}/state", queue["id"].as_str().expect("an id"))).await["today"].clone();
    assert_eq!((&today["offered"], &today["service_level"]), (&json!(1), &json!(100.0)), "{today}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_goes_to_the_next_agent_and_who_gives_up_is_gone() {
    let server = Server::start().await;
    let (first, second) = (server.phone("101").await, server.phone("102").await);
    let queue = queue(&server, &["101", "102"], json!({})).await;
    sets(&server, "101", "available").await;
    sets(&server, "102", "available").await;
    let carrier = carrier(&server).await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    let mut refusing = first.offered().await;
    refusing.refuse("603 Decline").await;
    let mut desk = second.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;

    // Everybody is busy now: 101 has refused a moment ago, 102 talks.
    let mut other = carrier.dial_as("0907654321", HOTLINE).await;
    other.answered().await;
    other.voice.say_silence();
    hears_music(&other).await;
    waiting(&server, &queue, 1).await;
    assert_eq!(other.hang_up().await, 200);
    waiting(&server, &queue, 0).await;
    assert_eq!(desk.hang_up().await, 200);
    caller.hung_up().await;
    let given_up = server.record("who gave up", |call| call["cause"] == "cancelled").await;
    assert_eq!((&given_up["queue"], &given_up["ended_by"]), (&queue["id"], &json!("caller")), "{given_up}");
    server.record("who was served", |call| call["cause"] == "normal").await;
    let path = format!("/queues/{}/state", queue["id"].as_str().expect("an id"));
    let today = server.get(&path).await["today"].clone();
    assert_eq!((&today["answered"], &today["abandoned"]), (&json!(1), &json!(1)), "{today}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_too_long_and_whom_nobody_serves_goes_on_to_somebody_else() {
    let server = Server::start().await;
    let (agent, other) = (server.phone("101").await, server.phone("102").await);
    let extensions = server.get("/extensions").await;
    let to = extensions["items"].as_array().and_then(|all| all.iter().find(|one| one["number"] == "102"));
    let overflow = json!({ "kind": "extension", "id": to.expect("an extension")["id"] });
    let more = json!({ "overflow": overflow, "settings": { "max_wait_ms": 2_000 } });
    let queue = queue(&server, &["101"], more).await;
    let carrier = carrier(&server).await;

    // Nobody is logged in: the caller is sent on before the call is answered.
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    let mut desk = other.rings().await;
    caller.ringing().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;

    // Somebody is, but does not answer in time.
    sets(&server, "101", "available").await;
    let mut caller = carrier.dial_as("0907654321", HOTLINE).await;
    caller.answered().await;
    let mut ignored = agent.rings().await;
    ignored.cancelled().await;
    let mut desk = other.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;
    assert_eq!(desk.hang_up().await, 200);
    caller.hung_up().await;
    server.record("who waited", |call| call["ended_by"] == "callee").await;
    let path = format!("/queues/{}/state", queue["id"].as_str().expect("an id"));
    let today = server.get(&path).await["today"].clone();
    assert_eq!((&today["overflowed"], &today["timed_out"]), (&json!(1), &json!(1)), "{today}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_state_survives_a_restart() {
    let mut server = Server::start().await;
    queue(&server, &["101"], json!({})).await;
    sets(&server, "101", "available").await;
    server.kill().await;
    server.serve().await;
    is(&server, "101", |one| one["state"] == "available").await;
    let agent = server.phone("101").await;
    let inside = server.phone("102").await;
    // The queue's own number, from inside.
    let mut caller = inside.dial("700").await;
    caller.answered().await;
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    server.record("the call", |call| call["direction"] == "internal" && call["cause"] == "normal").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hangs_up_is_called_back_even_after_a_restart() {
    let mut server = Server::start().await;
    let settings = json!({ "settings": { "callback_key": "1", "say_position": true, "say_wait": true } });
    let queue = queue(&server, &["101"], settings).await;
    sets(&server, "101", "paused").await;
    let path = format!("/queues/{}", queue["id"].as_str().expect("an id"));
    let carrier = server.carrier().await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    hears_music(&caller).await;
    caller.voice.press('1');
    // Two short tones stand for the words, then the call ends; the place does not.
    caller.hung_up().await;
    let state = server.get(&format!("{path}/state")).await;
    assert_eq!((&state["waiting"][0]["callback_tries"], &state["today"]["called_back"]), (&json!(0), &json!(1)));
    until("the promise is kept", async || {
        let kept = server.get(&format!("{path}/callbacks?state=waiting")).await;
        kept["items"][0]["number"].as_str().filter(|number| number.ends_with("901234567")).map(drop)
    })
    .await;

    server.kill().await;
    server.serve().await;
    let agent = server.phone("101").await;
    // Offered at once: to be available lasts no time that could be seen.
    wants(&server, "101", "available").await;
    let mut desk = agent.rings().await;
    assert!(desk.invite.user_of("From").ends_with("901234567"), "the agent sees whom: {}", desk.invite.header("From"));
    desk.answer().await;
    let mut back = carrier.rings().await;
    assert!(back.invite.uri().contains("901234567"), "{}", back.invite.uri());
    assert!(back.invite.user_of("From").ends_with(&HOTLINE[1..]), "and who is called back the hotline");
    back.answer().await;
    talk(&desk, &back).await;
    assert_eq!(back.hang_up().await, 200);
    desk.hung_up().await;

    let record = server.record("the callback", |call| call["direction"] == "outbound").await;
    assert_eq!((&record["queue"], &record["cause"]), (&queue["id"], &json!("normal")), "{record}");
    assert!(record["queue_wait_ms"].as_i64() > Some(0), "{record}");
    let ended = until("the promise is done", async || {
        let all = server.get(&format!("{path}/callbacks")).await;
        (all["items"][0]["state"] == "done").then(|| all["items"][0].clone())
    })
    .await;
    assert_eq!(ended["last_call_id"], record["id"], "{ended}");
    let today = server.get(&format!("{path}/state")).await["today"].clone();
    assert_eq!((&today["offered"], &today["answered"]), (&json!(1), &json!(1)), "one caller, served once: {today}");
    server.settles().await;
}
