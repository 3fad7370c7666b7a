//! `kill -9` and graceful stops.

use crate::{CALLEE, CALLER, talk};
use e2e::wav::Wav;
use e2e::{Plan, Postgres, Server, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_keeps_the_record_and_mends_the_recording() {
    killed_in_mid_call(Plan::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_with_postgresql() {
    let postgres = Postgres::start().await;
    killed_in_mid_call(Plan::default().on(&postgres)).await;
}

async fn killed_in_mid_call(plan: Plan) {
    let mut server = plan.start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    // The recorder writes about once a second: wait until some of the talk is on the disk.
    until("the recording grows", async || {
        let bytes = largest_wav(&server.data().join("recordings"));
        (bytes > 32_000).then_some(())
    })
    .await;

    server.kill().await;
    server.serve().await;
    let record = server.record("the interrupted call", |call| call["cause"] == "server_restart").await;
    assert_eq!(record["status"], "answered", "{record}");
    assert!(record["answered_at"].as_i64().is_some(), "{record}");
    let legs: Vec<_> = record["legs"].as_array().into_iter().flatten().map(|leg| &leg["cause"]).collect();
    assert_eq!(legs, ["server_restart", "server_restart"], "both legs are on record: {record}");
    let id = record["id"].as_str().expect("an id");
    let trail = server.get(&format!("/calls/{id}/trail")).await;
    let steps = trail["items"].as_array().map_or(0, Vec::len);
    assert!(steps >= 3, "what was decided until the answer is kept: {trail}");
    let recording = until("the recording", async || server.download(&format!("/calls/{id}/recording")).await).await;
    let wav = Wav::parse(&recording);
    // The recorder writes about once a second, and begins when a person answers.
    let unheard = record["talk_ms"].as_i64().expect("the length of the talk") - wav.duration_ms() as i64;
    assert!((-100..1_500).contains(&unheard), "the talk ends where its recording does: {unheard} ms apart: {record}");
    assert!(wav.tone_windows(0, CALLER) >= 3 && wav.tone_windows(1, CALLEE) >= 3, "{} ms", wav.duration_ms());
    let list = server.get("/calls").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "exactly one record: {list}");
    let verified = server.alo(&["verify-recordings"]);
    let told = String::from_utf8_lossy(&verified.stdout);
    assert!(verified.status.success() && told.contains("1 entries, 1 recordings"), "it was entered: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_call_survives_a_kill_at_once() {
    let mut server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    assert_eq!(caller.hang_up().await, 200);
    server.kill().await;
    server.serve().await;
    let record = server.record("the call whose BYE was answered", |_| true).await;
    assert_eq!((&record["cause"], &record["ended_by"]), (&json!("normal"), &json!("caller")), "{record}");
    let list = server.get("/calls").await;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "exactly one record: {list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graceful_stop_takes_no_new_calls_and_ends_the_old_ones_with_a_cause() {
    let mut server = Plan::default().set("ALO_STOP__WAIT_S", 3).start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;

    server.ask_to_stop();
    until("new calls are refused", async || {
        let mut late = minh.dial("101").await;
        (late.refused().await.status() == 503).then_some(())
    })
    .await;
    tokio::join!(caller.hung_up(), callee.hung_up());
    assert_eq!(server.wait_for_end().await, Some(0), "a clean exit");
    server.serve().await;
    let record = server.record("the ended call", |call| call["cause"] == "server_stopping").await;
    assert_eq!(record["ended_by"], "system", "{record}");
}

fn largest_wav(folder: &std::path::Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.path() {
        path if path.is_dir() => largest_wav(&path),
        path if path.extension().is_some_and(|e| e == "wav") => entry.metadata().map_or(0, |m| m.len()),
        _ => 0,
    });
    sizes.max().unwrap_or(0)
}
