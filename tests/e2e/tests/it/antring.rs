//! AntRing's customers: the stock Socket.IO clients hear of a real call, which its history then tells and plays.

use crate::talk;
use e2e::Server;
use e2e::server::HOTLINE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folder of the stock clients, fetched when they are not there yet.
fn clients() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/compat/tests/socketio");
    let lock = std::fs::File::create(folder.join(".lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let age = |name: &str| std::fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    if age("node_modules/.package-lock.json") < age("package-lock.json") {
        let mut npm = std::process::Command::new("npm");
        let output = npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder).output();
        let output = output.expect("npm is there; scripts/deps.sh test installs it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    folder
}

/// A moment in ISO 8601.
fn moment(at_s: i64) -> String {
    let mut date = std::process::Command::new("date");
    let output =
        date.args(["-u", "-d", &format!("@{at_s}"), "+%Y-%m-%dT%H:%M:%S.000Z"]).output().expect("date is there");
    String::from_utf8(output.stdout).expect("a text").trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_clients_hear_of_a_real_call_and_its_history_plays_it() {
    let server = Server::start().await;
    let key = server.post("/keys", &json!({ "name": "AntRing", "dialect": "antring" })).await;
    let (id, secret) = (key["public_id"].as_str().expect("an app id"), key["secret"].as_str().expect("a secret"));
    let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
    let order = http.post(server.url("/antring/oapi/v1/voice/auth_token")).header("x-auth-app-id", id);
    let answer = order.header("x-auth-app-hash", sha256(&format!("{id}{secret}"))).send().await.expect("an answer");
    let token: Value = serde_json::from_str(&answer.text().await.expect("a text")).expect("JSON");

    let mut node = Command::new("node");
    let base = server.url("");
    // The token says whose events they are; the account may be left out.
    node.args(["listen.cjs", &base, "", token["value"].as_str().expect("a token"), "another"]);
    node.current_dir(clients()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut node = node.spawn().expect("node is there");
    let mut lines = BufReader::new(node.stdout.take().expect("a pipe")).lines();
    let mut ready = 0;
    while ready < 3 {
        let line = lines.next_line().await.expect("a line").expect("three clients get ready");
        ready += usize::from(line.contains("\"what\":\"ready\""));
    }

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
    let record = server.record("the call", |call| call["direction"] == "inbound").await;

    let mut told: Vec<Value> = Vec::new();
    while let Some(line) = lines.next_line().await.expect("a line") {
        told.push(serde_json::from_str(&line).expect("JSON"));
    }
    for client in ["today", "polling", "old"] {
        let of_client: Vec<&Value> = told.iter().filter(|line| line["client"] == client).collect();
        let names: Vec<&str> = of_client.iter().filter_map(|line| line["what"].as_str()).collect();
        let expected = ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_DESTROY"];
        assert_eq!(names, expected, "{client}");
        assert!(of_client.iter().all(|line| line["data"]["Call-ID"] == record["id"]), "{of_client:?}");
        assert_eq!(of_client[1]["data"]["Custom-Channel-Vars"]["Username"], "101");
    }

    let began_s = record["started_at"].as_i64().expect("a moment") / 1000;
    let ask = async |path: &str, values: &[(&str, &str)]| {
        let text: String = values.iter().map(|(_, value)| *value).collect();
        let hash = sha256(&format!("{id}{text}{secret}"));
        let pairs: String = values.iter().map(|(name, value)| format!("&{name}={value}")).collect();
        let url = server.url(&format!("/antring/oapi/v1/call/{path}?appId={id}{pairs}&hash={hash}"));
        let text = http.get(url).send().await.expect("an answer").text().await.expect("a text");
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let (from, to) = (moment(began_s - 1), moment(began_s + 1));
    let history = ask("histories", &[("created_from", &from), ("created_to", &to)]).await;
    let item = &history[0];
    assert_eq!((&item["id"], &item["status_detail"]), (&record["id"], &json!("SUCCESS")), "{history}");
    assert_eq!((&item["direction"], &item["callee"]["number"]), (&json!("to_ab"), &json!("101")));
    let media = item["recording"].as_str().expect("a name").to_owned();
    let link = ask("play_recording", &[("media", &media)]).await["media"].as_str().expect("a link").to_owned();
    let sound = http.get(link).send().await.expect("an answer").bytes().await.expect("bytes");
    assert!(sound.starts_with(b"RIFF") && sound.len() > 1_000, "{} bytes", sound.len());
    let before =
        ask("histories", &[("created_from", &moment(began_s - 9)), ("created_to", &moment(began_s - 8))]).await;
    assert_eq!(before, json!([]), "nothing was then");
    server.settles().await;
}
