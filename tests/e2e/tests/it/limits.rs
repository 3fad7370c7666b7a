//! Bounds on calls at one time: one more is refused, those that are up do not notice.

use crate::talk;
use e2e::server::Plan;
use e2e::{Call, Phone, Server};
use serde_json::json;

async fn connects(from: &Phone, to: &Phone, number: &str) -> (Call, Call) {
    let mut caller = from.dial(number).await;
    let mut callee = to.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    (caller, callee)
}

async fn ends(server: &Server, (mut caller, mut callee): (Call, Call)) {
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_takes_as_many_calls_as_it_was_told() {
    let server = Plan::default().set("ALO_LIMITS__CALLS", 1).start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let talking = connects(&lan, &minh, "102").await;
    let mut refused = hoa.dial("101").await;
    let answer = refused.refused().await;
    assert_eq!(answer.status(), 503);
    assert!(answer.header("Retry-After").parse::<u32>().is_ok_and(|s| s > 0), "{:?}", answer.headers);
    talking.0.voice.forget();
    talk(&talking.0, &talking.1).await;
    ends(&server, talking).await;
    let next = connects(&hoa, &lan, "101").await;
    ends(&server, next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_carries_as_many_calls_as_it_may() {
    let server = Server::start().await;
    let trunks = server.get("/trunks").await;
    let id = trunks["items"][0]["id"].as_str().expect("the trunk of the test company");
    server.patch(&format!("/trunks/{id}"), &json!({ "max_calls": 1 })).await;
    let (lan, minh, carrier) = (server.phone("101").await, server.phone("102").await, server.carrier().await);
    let talking = connects(&lan, &carrier, "0912345678").await;
    let mut refused = minh.dial("0912345679").await;
    assert_eq!(refused.refused().await.status(), 503);
    let mut refused = carrier.dial_as("0901234567", e2e::server::HOTLINE).await;
    assert_eq!(refused.refused().await.status(), 503, "calls that come in count as well");
    talk(&talking.0, &talking.1).await;
    ends(&server, talking).await;
    let next = connects(&minh, &carrier, "0912345679").await;
    ends(&server, next).await;
}
