//! The whole stack on real sockets: phones that register and call each other through it, over UDP and TCP.
//!
//! The house here connects every call to the first phone of the account dialled, as simply as can be.

mod house;
mod limits;
mod phone;
mod sipp;

use std::time::Duration;

use sip::{Config, Stack, Transport};
use tokio::time::timeout;

use house::{House, serve};
use phone::Phone;

/// A stack on loopback with a house behind it.
async fn start(shards: usize) -> (Stack, tokio::task::JoinHandle<()>) {
    start_with(Config { shards, ..Config::default() }).await
}

async fn start_with(config: Config) -> (Stack, tokio::task::JoinHandle<()>) {
    let any = "127.0.0.1:0".parse().expect("an address");
    let config = Config { udp: vec![any], tcp: vec![any], secret: [9; 32], ..config };
    let (stack, events) = Stack::start(config, std::sync::Arc::new(House)).await.expect("sockets on loopback");
    let house = tokio::spawn(serve(stack.clone(), events));
    (stack, house)
}

/// Waits until no call is alive.
async fn settled(stack: &Stack) {
    let quiet = async {
        loop {
            let counts = stack.counts();
            if counts.dialogs == 0 && counts.transactions == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), quiet).await.expect("the calls end");
}

async fn a_call_through(shards: usize, transport: Transport) {
    let (stack, house) = start(shards).await;
    let mut caller = Phone::new(&stack, transport, "101").await;
    let mut callee = Phone::new(&stack, transport, "102").await;
    caller.register().await;
    callee.register().await;
    assert_eq!(stack.counts().bindings, 2);

    let call = caller.invite("102").await;
    let offered = callee.expect("INVITE").await;
    assert_eq!(offered.body(), b"v=0 from 101");
    callee.answer(&offered, "180 Ringing", "").await;
    caller.expect("180").await;
    callee.answer(&offered, "200 OK", "v=0 from 102").await;
    callee.expect("ACK").await;
    let ok = caller.expect("200").await;
    assert_eq!(ok.body(), b"v=0 from 102");
    caller.in_dialog("ACK", &ok, &call).await;

    caller.in_dialog("BYE", &ok, &call).await;
    let bye = callee.expect("BYE").await;
    callee.answer(&bye, "200 OK", "").await;
    caller.expect("200").await;

    settled(&stack).await;
    stack.clone().stop().await;
    house.abort();
}

#[tokio::test]
async fn a_call_between_two_phones_over_udp() {
    a_call_through(1, Transport::Udp).await;
}

#[tokio::test]
async fn a_call_between_two_phones_over_tcp() {
    a_call_through(1, Transport::Tcp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_finds_its_shard_again() {
    for transport in [Transport::Udp, Transport::Tcp] {
        for _ in 0..4 {
            a_call_through(3, transport).await;
        }
    }
}

#[tokio::test]
async fn a_caller_that_gives_up_cancels_the_ringing_phone() {
    let (stack, house) = start(1).await;
    let mut caller = Phone::new(&stack, Transport::Udp, "101").await;
    let mut callee = Phone::new(&stack, Transport::Tcp, "102").await;
    caller.register().await;
    callee.register().await;

    let call = caller.invite("102").await;
    let offered = callee.expect("INVITE").await;
    callee.answer(&offered, "180 Ringing", "").await;
    caller.expect("180").await;
    caller.cancel(&call).await;
    caller.expect("200").await;
    caller.expect("487").await;
    let cancel = callee.expect("CANCEL").await;
    callee.answer(&cancel, "200 OK", "").await;
    callee.answer(&offered, "487 Request Terminated", "").await;
    callee.expect("ACK").await;
    caller.acknowledge_refusal(&call).await;

    settled(&stack).await;
    stack.clone().stop().await;
    house.abort();
}

#[tokio::test]
async fn a_phone_whose_connection_is_gone_is_unreachable_at_once() {
    let (stack, house) = start(1).await;
    let mut caller = Phone::new(&stack, Transport::Udp, "101").await;
    let mut callee = Phone::new(&stack, Transport::Tcp, "102").await;
    caller.register().await;
    callee.register().await;
    drop(callee);
    while stack.counts().connections > 0 {
        tokio::task::yield_now().await;
    }
    let call = caller.invite("102").await;
    caller.expect("408").await;
    caller.acknowledge_refusal(&call).await;
    settled(&stack).await;
    stack.clone().stop().await;
    house.abort();
}

#[tokio::test]
async fn stopping_closes_every_socket() {
    let (stack, house) = start(2).await;
    let (udp, tcp) = (stack.udp_addr().expect("bound"), stack.tcp_addr().expect("bound"));
    stack.stop().await;
    house.await.expect("the house ends with the stack");
    std::net::UdpSocket::bind(udp).expect("the port is free again");
    tokio::net::TcpListener::bind(tcp).await.expect("the port is free again");
}
