//! AntRing's call events, heard by the stock Socket.IO clients.

use crate::antring::headers;
use crate::world::{Company, World};
use axum::Router;
use bus::{Bus, Occurrence};
use call::{Direction, Event, Side};
use model::{CallId, Cause, Dialect, EndedBy, ExtensionId, Id, LegId, Timestamp};
use serde_json::{Value, json};
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdout, Command};

/// The folder of the stock clients. They are fetched when they are not there yet, once for all test processes.
fn clients() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/socketio");
    let lock = File::create(folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    let age = |name: &str| std::fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    if age("node_modules/.package-lock.json") < age("package-lock.json") {
        let mut npm = std::process::Command::new("npm");
        let output = npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder).output();
        let output = output.expect("npm is there; scripts/deps.sh test installs it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    folder
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

/// The running clients, and what they tell.
struct Listening {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Listening {
    async fn next(&mut self) -> Option<Value> {
        let line = self.lines.next_line().await.unwrap()?;
        Some(serde_json::from_str(&line).unwrap_or_else(|_| panic!("JSON in {line}")))
    }
}

fn listen(server: SocketAddr, account: &str, token: &str, foreign: &str) -> Listening {
    let mut node = Command::new("node");
    node.args(["listen.cjs", &format!("http://{server}"), account, token, foreign]).current_dir(clients());
    let mut child = node.stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("node is there");
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    Listening { child, lines }
}

fn account(company: &Company) -> String {
    format!("{:032x}", company.actor.tenant.bits())
}

fn publish(bus: &Bus, company: &Company, call: CallId, at: i64, event: Event) {
    bus.publish(Occurrence { tenant: company.actor.tenant, call, at: Timestamp(at), event });
}

/// A call from outside that the extension answers, holds once, and that lasts a minute.
fn lives(bus: &Bus, company: &Company, extension: ExtensionId, call: CallId) {
    let (leg, extension, side) = (LegId(1), Some(extension), Side::Callee);
    let began = Event::Started {
        direction: Direction::Inbound,
        hotline: None,
        from: "+84901234567".into(),
        to: "+842873000001".into(),
        extension: None,
    };
    publish(bus, company, call, 1_519_639_917_000, began);
    publish(bus, company, call, 1_519_639_918_000, Event::Ringing { leg, extension, side });
    publish(bus, company, call, 1_519_639_920_000, Event::Answered { leg, extension, side });
    publish(bus, company, call, 1_519_639_930_000, Event::Held { leg });
    publish(bus, company, call, 1_519_639_940_000, Event::Resumed { leg });
    let ended = Event::Ended { cause: Cause::Normal, ended_by: EndedBy::Caller };
    publish(bus, company, call, 1_519_639_980_000, ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_clients_hear_of_calls_and_only_of_their_own() {
    let w = World::new(Dialect::Antring).await;
    let server = serve(w.router.clone()).await;
    let answer = w.send(headers("/oapi/v1/voice/auth_token", &w.alpha, "").await).await;
    let token = answer.json()["value"].as_str().unwrap().to_owned();
    let extension = pbx::extension::find_by_number(&w.alpha.actor, &w.db, "101").await.unwrap().unwrap().id;
    let mut heard = listen(server, &account(&w.alpha), &token, &account(&w.beta));

    let words = json!([
        "invalid_auth_token",
        "invalid_auth_token",
        "invalid_account_id",
        "unmatched_binding",
        "unmatched_binding",
        "invalid_auth_token"
    ]);
    let mut ready = Vec::new();
    while ready.len() < 3 {
        let line = heard.next().await.expect("three clients get ready");
        match line["what"].as_str().unwrap() {
            "ready" => {
                assert_eq!(line["data"]["words"], words, "{line}");
                let taken = line["data"]["taken"].as_array().unwrap();
                assert_eq!(taken.len(), 8);
                assert!(taken.iter().all(|answer| answer["status"] == "success"), "{line}");
                assert_eq!(taken[0]["data"]["subscribed"], json!(["call.CHANNEL_CREATE.*"]));
                assert_eq!(taken[7]["request_id"], "7");
                ready.push(line["client"].as_str().unwrap().to_owned());
            }
            "error" => assert!(words.as_array().unwrap().contains(&line["data"]["message"]), "{line}"),
            other => panic!("{other}: {line}"),
        }
    }
    ready.sort();
    assert_eq!(ready, ["old", "polling", "today"]);

    let (ours, theirs): (CallId, CallId) = (store::mint(), store::mint());
    lives(&w.state.bus, &w.beta, extension, theirs);
    lives(&w.state.bus, &w.alpha, extension, ours);
    let mut told: Vec<Value> = Vec::new();
    while let Some(line) = heard.next().await {
        told.push(line);
    }
    assert!(heard.child.wait().await.unwrap().success());
    for client in ready {
        let of_client: Vec<&Value> = told.iter().filter(|line| line["client"] == client.as_str()).collect();
        let names: Vec<&str> = of_client.iter().filter_map(|line| line["what"].as_str()).collect();
        let expected = ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_HOLD", "CHANNEL_DESTROY"];
        assert_eq!(names, expected, "{client}");
        for line in &of_client {
            let data = &line["data"];
            assert_eq!((&data["Call-ID"], &data["call_id"]), (&json!(ours.to_string()), &json!(ours.to_string())));
            assert_eq!(data["custom_channel_vars"]["account_id"], json!(account(&w.alpha)));
        }
        let (begun, answered, ended) = (&of_client[0]["data"], &of_client[1]["data"], &of_client[4]["data"]);
        assert_eq!((&begun["Event-Name"], &begun["Call-Direction"]), (&json!("CHANNEL_CREATE"), &json!("inbound")));
        assert_eq!(
            (&begun["Unix-Timestamp"], &begun["Timestamp"]),
            (&json!(1_519_639_917), &json!(63_686_859_117_i64))
        );
        assert_eq!(begun["caller_id_number"], "+84901234567");
        assert_eq!(answered["Custom-Channel-Vars"]["Username"], "101");
        assert_eq!(
            (&ended["Hangup-Cause"], &ended["Duration-Seconds"], &ended["billing_seconds"]),
            (&json!("NORMAL_CLEARING"), &json!(63), &json!(60))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_socket_io_is_refused() {
    let w = World::new(Dialect::Antring).await;
    for (path, status) in [
        ("/socket.io/", 400),
        ("/socket.io/?EIO=9&transport=polling", 400),
        ("/socket.io/?EIO=4&transport=pigeon", 400),
        ("/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA", 400),
    ] {
        assert_eq!(w.get(path).await.status, status, "{path}");
    }
    let opened = w.get("/antring/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(opened.status, 200);
    assert!(opened.text.contains("\"maxPayload\":16384"), "{}", opened.text);
}
