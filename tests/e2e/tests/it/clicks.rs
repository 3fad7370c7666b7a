//! Click-to-call.

use crate::talk;
use e2e::Server;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_extension_rings_first_and_then_the_number() {
    let server = Server::start().await;
    let (lan, carrier) = (server.phone("101").await, server.carrier().await);
    let started = server.post("/calls", &json!({ "from_extension": "101", "to": "0912345678" })).await;
    let id = started["id"].as_str().expect("the call's id").to_owned();

    let mut desk = lan.rings().await;
    assert!(!carrier.is_ringing().await, "the number is dialled when the extension has answered");
    desk.answer().await;
    desk.voice.say_silence();
    let mut far = carrier.rings().await;
    far.answer().await;
    talk(&desk, &far).await;
    assert_eq!(desk.hang_up().await, 200);
    far.hung_up().await;

    let record = server.record("the clicked call", |call| call["id"] == id.as_str()).await;
    assert_eq!((&record["direction"], &record["cause"]), (&json!("outbound"), &json!("normal")), "{record}");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_an_extension_that_refuses_ends_there() {
    let server = Server::start().await;
    let (lan, carrier) = (server.phone("101").await, server.carrier().await);
    server.post("/calls", &json!({ "from_extension": "101", "to": "0912345678" })).await;
    lan.rings().await.refuse("486 Busy Here").await;
    server.record("the refused click", |call| call["cause"] == "busy").await;
    assert!(!carrier.is_ringing().await);
    server.settles().await;
}
