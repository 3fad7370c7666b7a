//! Which talks are recorded, who is told, and what shows that nobody changed a recording.

use crate::{CALLEE, CALLER, THIRD, talk};
use e2e::server::HOTLINE;
use e2e::wav::Wav;
use e2e::{Server, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn on_demand_both_sides_are_told_and_the_manifest_shows_what_was_altered() {
    let server = Server::start().await;
    let tone = server.upload_tone("This call is recorded", THIRD).await;
    server.put("/recordings/settings", &json!({ "rule": "on_demand", "announcement": tone })).await;
    let (agent, carrier) = (server.phone("101").await, server.carrier().await);
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say_silence();
    caller.voice.hears_something().await;
    caller.voice.press('1');
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&caller, &desk).await;

    let live = server.get("/calls/live").await;
    let id = live["items"][0]["id"].as_str().expect("a call is up").to_owned();
    let state = format!("/calls/{id}/recording/state");
    assert_eq!(server.send("PUT", &state, &json!({ "paused": true })).await, 409, "nothing is recorded");
    assert_eq!(server.send("PUT", &state, &json!({ "on": true })).await, 204);
    tokio::join!(caller.voice.hears_just(&[THIRD]), desk.voice.hears_just(&[THIRD]));
    tokio::join!(caller.voice.hears(CALLEE), desk.voice.hears(CALLER));
    until("some of the talk is kept", async || {
        tokio::join!(caller.voice.hears(CALLEE), desk.voice.hears(CALLER));
        (server.metric("alo_media_recordings").await == Some(1.0)).then_some(())
    })
    .await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    let recording = until("the recording", async || server.download(&format!("/calls/{id}/recording")).await).await;
    let wav = Wav::parse(&recording);
    assert!(wav.tone_windows(0, CALLER) >= 1 && wav.tone_windows(1, CALLEE) >= 1, "{} ms", wav.duration_ms());
    let trail = server.get(&format!("/calls/{id}/trail")).await.to_string();
    for step in ["recording", "recording_started", "recording_announced"] {
        assert!(trail.contains(&format!("\"{step}\"")), "{step}: {trail}");
    }

    let verify = || {
        let output = server.alo(&["verify-recordings"]);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, told) = verify();
    assert!(code == Some(0) && told.contains("1 entries, 1 recordings"), "{told}");
    let manifest = server.get("/recordings/manifest").await;
    let file = server.data().join(manifest["items"][0]["file"].as_str().expect("a file"));
    let mut bytes = std::fs::read(&file).expect("the recording");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, &bytes).expect("altered");
    let (code, told) = verify();
    assert!(code == Some(1) && told.contains("altered: "), "{told}");
    server.settles().await;
}
