//! Other people's agents instead of ours: sipp over UDP and TCP, baresip.

use crate::{CALLEE, CALLER};
use e2e::Server;
use e2e::agents::baresip::Softphone;
use e2e::agents::sipp::Scenario;
use e2e::server::HOTLINE;
use e2e::tone::{is_silence, is_tone};
use std::net::SocketAddr;

/// sipp registers, then takes a call and echoes; our phone must hear itself through the server, twice.
async fn sipp_answers(tcp: bool) {
    let server = Server::start().await;
    let local = SocketAddr::new(server.ip(), 25_070);
    let keys = [("user", "102"), ("domain", server.domain())];
    let scenario =
        |name| Scenario { name, server: server.sip(), local, tcp, keys: &keys, credentials: Some(("102", "pw102")) };
    scenario("register").start(server.folder()).succeeds().await;
    let sipp = scenario("answer").start(server.folder());
    if tcp {
        sipp.listens(local).await;
    }

    let lan = server.phone("101").await;
    let mut caller = lan.dial("102").await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.hears(CALLER).await;
    assert_eq!(caller.hang_up().await, 200);
    sipp.succeeds().await;
    server.record("the call to sipp", |call| call["direction"] == "internal" && call["cause"] == "normal").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_over_udp_registers_and_answers() {
    sipp_answers(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sipp_over_tcp_registers_and_answers() {
    sipp_answers(true).await;
}

/// sipp plays the carrier, chooses 1 and echoes; the agent must hear itself.
async fn sipp_carrier(tcp: bool) {
    let server = Server::start().await;
    let agent = server.phone("101").await;
    let keys = [("number", HOTLINE)];
    let local = server.carrier_address();
    let carrier = Scenario { name: "carrier", server: server.sip(), local, tcp, keys: &keys, credentials: None };
    let sipp = carrier.start(server.folder());

    let mut desk = agent.rings().await;
    desk.answer().await;
    desk.voice.say(Some(CALLEE));
    desk.voice.hears(CALLEE).await;
    assert_eq!(desk.hang_up().await, 200);
    sipp.succeeds().await;
    server.record("sipp's call", |call| call["direction"] == "inbound" && call["ended_by"] == "callee").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sipp_carrier_over_udp_reaches_an_agent() {
    sipp_carrier(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sipp_carrier_over_tcp_reaches_an_agent() {
    sipp_carrier(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_baresips_talk_one_over_udp_one_over_tcp() {
    let server = Server::start().await;
    let mut caller = Softphone::of(&server, "101").saying(CALLER).start().await;
    let mut callee = Softphone::of(&server, "102").saying(CALLEE).over("tcp").start().await;
    caller.dial("102").await;
    callee.accept().await;
    caller.tells("CALL_ESTABLISHED").await;
    caller.hears(CALLEE).await;
    callee.hears(CALLER).await;
    caller.command("hangup", "").await;
    callee.tells("CALL_CLOSED").await;
    server.record("the softphones' call", |call| call["cause"] == "normal").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn baresip_over_tcp_holds_and_resumes() {
    let server = Server::start().await;
    let mut callee = Softphone::of(&server, "102").saying(CALLEE).over("tcp").start().await;
    let lan = server.phone("101").await;
    let mut caller = lan.dial("102").await;
    callee.accept().await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.hears(CALLEE).await;

    callee.command("hold", "").await;
    let holds = |window: &[i16]| !is_silence(window) && !is_tone(window, CALLEE);
    caller.voice.hears_windows("hold music, not the callee", holds).await;
    callee.command("resume", "").await;
    caller.voice.hears(CALLEE).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.tells("CALL_CLOSED").await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_baresip_agent_answers_the_hotline() {
    let server = Server::start().await;
    let mut agent = Softphone::of(&server, "101").saying(CALLEE).start().await;
    let carrier = server.carrier().await;
    let mut caller = carrier.dial_as("0901234567", HOTLINE).await;
    caller.answered().await;
    caller.voice.say(Some(CALLER));
    caller.voice.press('1');
    agent.accept().await;
    caller.voice.hears(CALLEE).await;
    agent.hears(CALLER).await;
    agent.command("hangup", "").await;
    caller.hung_up().await;
    server.settles().await;
}
