//! Blind and attended transfers: who talks with whom afterwards, what the one who asked is told, and what is kept.

use crate::{CALLEE, CALLER, THIRD, talk};
use e2e::agents::baresip::Softphone;
use e2e::server::{HOTLINE, Plan};
use e2e::wav::Wav;
use e2e::{Call, Server, until};
use serde_json::Value;

/// The two sides hear each other, the second with its own tone.
async fn hear_each_other(one: &Call, other: &Call) {
    one.voice.forget();
    other.voice.forget();
    one.voice.say(Some(CALLER));
    other.voice.say(Some(THIRD));
    tokio::join!(one.voice.hears(THIRD), other.voice.hears(CALLER));
}

/// Whether the call's trail has all these steps.
async fn explains(server: &Server, record: &Value, steps: &[&str]) {
    let trail = server.get(&format!("/calls/{}/trail", record["id"].as_str().expect("an id"))).await;
    let told: Vec<&str> = trail["items"].as_array().into_iter().flatten().filter_map(|e| e["step"].as_str()).collect();
    for step in steps {
        assert!(told.contains(step), "{step} is not in {told:?}");
    }
}

/// Whether the call's recording has the tone of the third on this channel, 0 or 1.
async fn third_is_recorded_on(server: &Server, record: &Value, channel: usize) {
    let path = format!("/calls/{}/recording", record["id"].as_str().expect("an id"));
    let wav = Wav::parse(&until("the recording", async || server.download(&path).await).await);
    let windows = [0, 1].map(|channel| wav.tone_windows(channel, THIRD));
    assert!(windows[channel] >= 3 && windows[1 - channel] == 0, "windows with the third: {windows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blind_transfer_connects_the_third_and_frees_who_asked() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;

    desk.hold().await;
    assert_eq!(desk.refer(&format!("<sip:103@{}>", server.domain())).await, 202);
    let mut third = hoa.rings().await;
    third.ring().await;
    desk.notified(180).await;
    third.answer().await;
    let last = desk.notified(200).await;
    assert!(last.header("Subscription-State").starts_with("terminated"), "{}", last.header("Subscription-State"));
    desk.hung_up().await;
    hear_each_other(&caller, &third).await;
    assert_eq!(third.hang_up().await, 200);
    caller.hung_up().await;

    let record = server.record("the transferred call", |call| call["callee_number"] == "102").await;
    assert_eq!((record["cause"].as_str(), record["ended_by"].as_str()), (Some("normal"), Some("callee")));
    assert_eq!(record["legs"][1]["cause"], "transferred");
    assert_eq!(record["legs"][2]["number"], "103");
    explains(&server, &record, &["transfer", "transfer_route", "transferred"]).await;
    third_is_recorded_on(&server, &record, 1).await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_transfers_the_callee() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    assert_eq!(caller.refer(&format!("<sip:103@{}>", server.domain())).await, 202);
    let mut third = hoa.rings().await;
    third.answer().await;
    caller.notified(200).await;
    caller.hung_up().await;
    hear_each_other(&desk, &third).await;
    assert_eq!(desk.hang_up().await, 200);
    third.hung_up().await;
    let record = server.record("the transferred call", |call| call["callee_number"] == "102").await;
    // Who stays keeps the channel of the callee.
    third_is_recorded_on(&server, &record, 0).await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_fails_gives_the_call_back() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;

    desk.hold().await;
    assert_eq!(desk.refer(&format!("<sip:103@{}>", server.domain())).await, 202);
    hoa.rings().await.refuse("486 Busy Here").await;
    desk.notified(486).await;
    desk.resume().await;
    caller.voice.forget();
    desk.voice.forget();
    talk(&caller, &desk).await;
    // Once more, to what is no number.
    assert_eq!(desk.refer(&format!("<sip:nobody@{}>", server.domain())).await, 202);
    desk.notified(484).await;
    caller.voice.forget();
    desk.voice.forget();
    talk(&caller, &desk).await;
    assert_eq!(caller.hang_up().await, 200);
    desk.hung_up().await;
    let record = server.record("the call", |call| call["callee_number"] == "102").await;
    explains(&server, &record, &["transfer_failed"]).await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attended_transfer_joins_two_calls() {
    // With three media threads the two calls lie on different ones.
    let server = Plan::default().set("ALO_MEDIA__THREADS", 3).start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    desk.hold().await;

    let mut inquiry = minh.dial("103").await;
    let mut third = hoa.rings().await;
    third.answer().await;
    inquiry.answered().await;
    talk(&inquiry, &third).await;

    assert_eq!(desk.refer_to_call(&inquiry).await, 202);
    desk.notified(200).await;
    tokio::join!(desk.hung_up(), inquiry.hung_up());
    hear_each_other(&caller, &third).await;
    // What the third says of its leg from now on is said to the other call.
    third.hold().await;
    caller.voice.forget();
    caller.voice.hears_something().await;
    third.resume().await;
    hear_each_other(&caller, &third).await;
    assert_eq!(third.hang_up().await, 200);
    caller.hung_up().await;

    let inquiry = server.record("the inquiry", |call| call["callee_number"] == "103").await;
    assert_eq!(inquiry["cause"], "transferred");
    explains(&server, &inquiry, &["taken_over"]).await;
    let record = server.record("the call", |call| call["callee_number"] == "102").await;
    assert_eq!((record["cause"].as_str(), record["ended_by"].as_str()), (Some("normal"), Some("callee")));
    explains(&server, &record, &["adopted", "transferred"]).await;
    third_is_recorded_on(&server, &record, 1).await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_to_who_still_rings_goes_on_ringing() {
    let server = Server::start().await;
    let (lan, minh, hoa) = (server.phone("101").await, server.phone("102").await, server.phone("103").await);
    let mut caller = lan.dial("102").await;
    let mut desk = minh.rings().await;
    desk.answer().await;
    caller.answered().await;
    talk(&caller, &desk).await;
    desk.hold().await;
    let mut inquiry = minh.dial("103").await;
    let mut first = hoa.rings().await;
    first.ring().await;
    inquiry.ringing_as().await;
    assert_eq!(desk.refer_to_call(&inquiry).await, 202);
    first.cancelled().await;
    let mut third = hoa.rings().await;
    third.answer().await;
    desk.notified(200).await;
    desk.hung_up().await;
    hear_each_other(&caller, &third).await;
    assert_eq!(caller.hang_up().await, 200);
    third.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carriers_side_may_not_transfer() {
    let server = Server::start().await;
    let agent = server.phone("101").await;
    let carrier = server.carrier().await;
    let mut customer = carrier.dial_as("0901234567", HOTLINE).await;
    customer.answered().await;
    customer.voice.press('1');
    let mut desk = agent.rings().await;
    desk.answer().await;
    talk(&customer, &desk).await;
    assert_eq!(customer.refer(&format!("<sip:102@{}>", server.domain())).await, 403);
    customer.voice.forget();
    customer.voice.hears(CALLEE).await;
    assert_eq!(customer.hang_up().await, 200);
    desk.hung_up().await;
    let record = server.record("the customer's call", |call| call["direction"] == "inbound").await;
    explains(&server, &record, &["transfer_refused"]).await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_baresip_transfers_to_another_baresip() {
    for transport in ["udp", "tcp"] {
        let server = Server::start().await;
        let mut desk = Softphone::of(&server, "102").saying(CALLEE).over(transport).start().await;
        let mut third = Softphone::of(&server, "103").saying(THIRD).over(transport).start().await;
        let lan = server.phone("101").await;
        let mut caller = lan.dial("102").await;
        desk.accept().await;
        caller.answered().await;
        caller.voice.say(Some(CALLER));
        caller.voice.hears(CALLEE).await;

        desk.transfer("103").await;
        third.accept().await;
        caller.voice.hears(THIRD).await;
        third.hears(CALLER).await;
        desk.tells("CALL_CLOSED").await;
        assert_eq!(caller.hang_up().await, 200);
        third.tells("CALL_CLOSED").await;
        server.record("the softphone's transfer", |call| call["cause"] == "normal").await;
        server.settles().await;
    }
}
