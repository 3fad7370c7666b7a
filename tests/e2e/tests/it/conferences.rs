//! Three who talk: each hears the two others, whoever leaves.

use crate::{CALLEE, CALLER, THIRD, talk};
use e2e::wav::Wav;
use e2e::{Server, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn three_hear_each_other_and_two_go_on_when_who_added_the_third_leaves() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut agent = minh.rings().await;
    agent.answer().await;
    caller.answered().await;
    talk(&caller, &agent).await;
    let live = server.get("/calls/live").await;
    let call = live["items"][0]["id"].as_str().expect("a call is up").to_owned();
    let parties = format!("/calls/{call}/parties");
    // One who is not there first: the two never notice.
    assert_eq!(server.send("POST", &parties, &json!({ "extension": "102", "to": "103" })).await, 202);
    hoa.rings().await.refuse("486 Busy Here").await;
    assert_eq!(
        server.send("POST", &parties, &json!({ "extension": "103", "to": "101" })).await,
        409,
        "not in the call"
    );

    assert_eq!(server.send("POST", &parties, &json!({ "extension": "102", "to": "103" })).await, 202);
    let mut third = hoa.rings().await;
    third.answer().await;
    third.voice.say(Some(THIRD));
    caller.voice.forget();
    agent.voice.forget();
    tokio::join!(
        caller.voice.hears_just(&[CALLEE, THIRD]),
        agent.voice.hears_just(&[CALLER, THIRD]),
        third.voice.hears_just(&[CALLER, CALLEE])
    );
    // A key of one reaches the others.
    third.voice.press('5');
    until("the key", async || caller.voice.heard().digits.contains('5').then_some(())).await;

    assert_eq!(agent.hang_up().await, 200);
    caller.voice.forget();
    third.voice.forget();
    tokio::join!(caller.voice.hears(THIRD), third.voice.hears(CALLER));
    assert_eq!(server.send("POST", &parties, &json!({ "extension": "101", "to": "102" })).await, 202);
    let mut back = minh.rings().await;
    back.answer().await;
    back.voice.say(Some(CALLEE));
    back.voice.hears_just(&[CALLER, THIRD]).await;
    let others = server.get("/calls/live").await["items"][0]["others"].clone();
    let leg = others[0]["leg"].as_u64().expect("a leg");
    assert_eq!(server.send("DELETE", &format!("{parties}/{leg}"), &Value::Null).await, 204);
    back.hung_up().await;
    caller.voice.forget();
    third.voice.forget();
    tokio::join!(caller.voice.hears(THIRD), third.voice.hears(CALLER));
    assert_eq!(caller.hang_up().await, 200);
    third.hung_up().await;

    let record = server.record("the conference", |call| call["callee_number"] == "102").await;
    assert_eq!(record["cause"], "normal");
    let path = format!("/calls/{call}/recording");
    let wav = Wav::parse(&until("the recording", async || server.download(&path).await).await);
    assert!(wav.tone_windows(0, CALLER) >= 3 && wav.tone_windows(1, THIRD) >= 3, "it is recorded to its end");
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_ends_the_conference_for_all() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut agent = minh.rings().await;
    agent.answer().await;
    caller.answered().await;
    talk(&caller, &agent).await;
    let live = server.get("/calls/live").await;
    let call = live["items"][0]["id"].as_str().expect("a call is up").to_owned();
    let wanted = json!({ "extension": "101", "to": "103" });
    assert_eq!(server.send("POST", &format!("/calls/{call}/parties"), &wanted).await, 202);
    let mut third = hoa.rings().await;
    third.answer().await;
    third.voice.say(Some(THIRD));
    caller.voice.hears_just(&[CALLEE, THIRD]).await;
    server.end_call(&call).await;
    tokio::join!(caller.hung_up(), agent.hung_up(), third.hung_up());
    server.settles().await;
}
