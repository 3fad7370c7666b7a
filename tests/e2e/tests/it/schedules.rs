//! A hotline that opens and closes, and callers that are not wanted.

use crate::talk;
use e2e::Server;
use e2e::server::HOTLINE;
use serde_json::{Value, json};

fn target(id: &Value) -> Value {
    json!({ "kind": "extension", "id": id })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_hotline_leads_elsewhere_and_a_blocked_caller_nowhere() {
    let server = Server::start().await;
    let extensions = server.get("/extensions").await;
    let id = |n: usize| extensions["items"][n]["id"].clone();
    let (day, night) = (server.phone("101").await, server.phone("102").await);
    let schedule = server.post("/schedules", &json!({ "name": "Office", "weekly": [] })).await;
    let hotlines = server.get("/hotlines").await;
    let hotline = format!("/hotlines/{}", hotlines["items"][0]["id"].as_str().expect("a hotline"));
    let hours = json!({ "target": target(&id(0)), "schedule": schedule["id"], "closed_target": target(&id(1)) });
    server.patch(&hotline, &hours).await;
    let carrier = server.carrier().await;

    let mut late = carrier.dial_as("0901234567", HOTLINE).await;
    let mut guard = night.rings().await;
    guard.answer().await;
    late.answered().await;
    talk(&late, &guard).await;
    assert!(!day.is_ringing().await, "closed is closed");
    assert_eq!(late.hang_up().await, 200);
    guard.hung_up().await;

    let all = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let open = json!({ "weekly": [{ "days": all, "from": "00:00", "to": "24:00" }] });
    server.patch(&format!("/schedules/{}", schedule["id"].as_str().expect("an id")), &open).await;
    let mut early = carrier.dial_as("0901234567", HOTLINE).await;
    let mut desk = day.rings().await;
    desk.answer().await;
    early.answered().await;
    talk(&early, &desk).await;
    assert_eq!(desk.hang_up().await, 200);
    early.hung_up().await;

    server.post("/caller-rules", &json!({ "list": "blocked", "pattern": "0901*" })).await;
    let mut unwanted = carrier.dial_as("0901234567", HOTLINE).await;
    assert_eq!(unwanted.refused().await.status(), 403);
    let record = server.record("the refusal", |call| call["cause"] == "forbidden").await;
    assert_eq!(record["hotline"], hotlines["items"][0]["id"], "{record}");
    server.settles().await;
}
