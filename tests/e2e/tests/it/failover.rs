//! Two carriers: when the first fails the second is tried, and nobody rings twice.

use crate::talk;
use e2e::server::Plan;
use e2e::webhook::Receiver;
use e2e::{Phone, Server, until};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A second carrier, tried after the one of [`Server::carrier`].
async fn backup(server: &Server) -> Phone {
    let address = SocketAddr::new(server.carrier_address().ip(), 5_070);
    // Its calls would come from elsewhere; here it only takes ours.
    let new = json!({ "name": "Backup", "kind": "address", "addresses": ["192.0.2.7"], "server": address.to_string() });
    server.post("/trunks", &new).await;
    Phone::at(address, server.sip(), &server.sip().ip().to_string(), "backup", "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_carrier_is_left_after_four_seconds_and_its_late_answer_ends_at_once() {
    let server = Server::start().await;
    let backup = backup(&server).await;
    let lan = server.phone("101").await;
    let first = server.carrier().await;
    first.keeps_silent(true);

    let dialling = Instant::now();
    let mut caller = lan.dial("0912345678").await;
    let mut far = backup.rings().await;
    let waited = dialling.elapsed();
    assert!(waited <= Duration::from_secs(4), "the second carrier rang after {waited:?}");
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;

    // The first carrier wakes up and connects the call, too late.
    first.answers_in_spite_of_cancel();
    first.keeps_silent(false);
    let mut late = first.offered().await;
    late.answer().await;
    late.hung_up().await;
    talk(&caller, &far).await;
    assert_eq!(caller.hang_up().await, 200);
    far.hung_up().await;
    let record = server.record("the call", |call| call["direction"] == "outbound").await;
    assert_eq!(record["cause"], "normal", "{record}");
    assert!(!backup.is_ringing().await && !first.is_ringing().await, "nobody rings twice");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_refuses_is_left_at_once() {
    let server = Server::start().await;
    let backup = backup(&server).await;
    let lan = server.phone("101").await;
    let first = server.carrier().await;
    let mut times = Vec::new();
    for status in ["503 Service Unavailable", "500 Server Internal Error", "408 Request Timeout"] {
        let mut caller = lan.dial("0912345678").await;
        let mut refusing = first.offered().await;
        let refused = Instant::now();
        refusing.refuse(status).await;
        let mut far = backup.rings().await;
        times.push(refused.elapsed());
        far.answer().await;
        caller.answered().await;
        talk(&caller, &far).await;
        assert_eq!(far.hang_up().await, 200);
        caller.hung_up().await;
    }
    assert!(times.iter().all(|time| *time <= Duration::from_millis(200)), "{times:?}");
    assert!(!first.is_ringing().await && !backup.is_ringing().await, "nobody rings twice");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_answer_no_second_carrier_rings() {
    let server = Server::start().await;
    let backup = backup(&server).await;
    let lan = server.phone("101").await;
    let first = server.carrier().await;
    let mut caller = lan.dial("0912345678").await;
    let mut far = first.rings().await;
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    // The carrier ends the call with a fault of its own: that is no reason to call the person again.
    assert_eq!(far.hang_up().await, 200);
    caller.hung_up().await;
    server.record("the call", |call| call["direction"] == "outbound" && call["cause"] == "normal").await;
    server.settles().await;
    assert!(!backup.is_ringing().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_away_is_marked_tried_last_and_taken_back() {
    // Asked five times as often as usual; that the promised 30 and 60 s hold with the usual pace is `engine`'s to show.
    let server = Plan::default().set("ALO_SIP__PROBE_S", 2).start().await;
    let hooks = Receiver::start(server.ip()).await;
    server.webhook(&hooks.url(), "trunk.*").await;
    let backup = backup(&server).await;
    let lan = server.phone("101").await;
    let first = server.carrier().await;
    let trunks = server.get("/trunks").await;
    let main = trunks["items"][0]["id"].as_str().expect("the trunk of the test company").to_owned();
    let path = format!("/trunks/{main}");
    let is = async |reachable: bool, patience_s: u64| {
        let patience = Duration::from_secs(patience_s);
        e2e::wait::until_within(patience, &format!("reachable: {reachable}"), async || {
            (server.get(&path).await["state"]["reachable"] == reachable).then_some(())
        })
        .await;
    };
    is(true, 20).await;
    first.keeps_silent(true);
    is(false, 20).await;
    hooks.gets("trunk.down", |d| d.body["type"] == "trunk.down" && d.body["data"]["id"] == main.as_str()).await;

    // Now the second carrier is called first, without a wait.
    let dialling = Instant::now();
    let mut caller = lan.dial("0912345678").await;
    let mut far = backup.rings().await;
    assert!(dialling.elapsed() < Duration::from_secs(2), "{:?}", dialling.elapsed());
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    caller.hang_up().await;
    far.hung_up().await;

    first.keeps_silent(false);
    is(true, 20).await;
    let mut caller = lan.dial("0912345678").await;
    let mut far = first.rings().await;
    far.answer().await;
    caller.answered().await;
    talk(&caller, &far).await;
    caller.hang_up().await;
    far.hung_up().await;
    until("the metric tells it too", async || (server.metric("alo_trunk_up").await? == 2.0).then_some(())).await;
    server.settles().await;
}
