//! The whole stack on real sockets: phones that register and call each other through it, over every transport.
//!
//! The house here connects every call to the first phone of the account dialled, as simply as can be.

mod house;
mod limits;
mod phone;
mod reconnecting;
mod secure;
mod sipp;
mod websocket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::Cause;
use sip::locate::Hop;
use sip::{Command, Config, Dial, Event, Party, Signal, Stack, Target, Transport};
use tokio::net::TcpListener;
use tokio::time::timeout;

use house::{House, serve};
use phone::Phone;

/// A stack on loopback with a house behind it.
async fn start(shards: usize) -> (Stack, tokio::task::JoinHandle<()>) {
    start_with(Config { shards, ..Config::default() }).await
}

async fn start_with(config: Config) -> (Stack, tokio::task::JoinHandle<()>) {
    start_at("127.0.0.1:0", config).await
}

async fn start_at(any: &str, config: Config) -> (Stack, tokio::task::JoinHandle<()>) {
    let any = any.parse().expect("an address");
    let listen = vec![any];
    let config = Config {
        udp: listen.clone(),
        tcp: listen.clone(),
        tls: listen.clone(),
        ws: listen.clone(),
        wss: listen,
        identity: Some(secure::identity()),
        secret: [9; 32],
        ..config
    };
    let (stack, events) = Stack::start(config, Arc::new(House)).await.expect("sockets on loopback");
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
    a_call_at("127.0.0.1:0", shards, transport).await;
}

async fn a_call_at(any: &str, shards: usize, transport: Transport) {
    let (stack, house) = start_at(any, Config { shards, ..Config::default() }).await;
    let mut caller = Phone::new(&stack, transport, "101").await;
    let mut callee = Phone::new(&stack, transport, "102").await;
    caller.register().await;
    callee.register().await;
    assert_eq!(stack.counts().bindings, 2);

    let call = caller.invite("102").await;
    let offered = callee.expect("INVITE").await;
    let ours = stack.addr(transport).expect("bound").to_string();
    for name in [sip::Name::Via, sip::Name::Contact] {
        assert!(offered.header(name).is_some_and(|value| value.contains(&ours)), "{name:?} says {ours}");
    }
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

#[tokio::test]
async fn a_call_between_two_phones_over_tls() {
    a_call_through(1, Transport::Tls).await;
}

#[tokio::test]
async fn a_call_between_two_phones_over_ipv6() {
    for transport in [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Wss] {
        a_call_at("[::1]:0", 1, transport).await;
    }
}

#[tokio::test]
async fn all_addresses_of_both_families_stand_side_by_side() {
    let free = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket").local_addr().expect("bound").port();
    let both = ["0.0.0.0", "[::]"].map(|ip| format!("{ip}:{free}").parse().expect("an address")).to_vec();
    let config = Config { udp: both.clone(), tcp: both, shards: 1, ..Config::default() };
    let (stack, _events) = Stack::start(config, Arc::new(House)).await.expect("both can be bound");
    stack.stop().await;
}

#[tokio::test]
async fn a_browser_that_goes_is_no_longer_registered() {
    let (stack, house) = start(2).await;
    for transport in [Transport::Ws, Transport::Wss, Transport::Tls] {
        let mut phone = Phone::new(&stack, transport, "101").await;
        phone.register().await;
        assert_eq!(stack.counts().bindings, 1);
        drop(phone);
        while stack.counts().bindings > 0 {
            tokio::task::yield_now().await;
        }
    }
    stack.clone().stop().await;
    house.abort();
}

#[tokio::test]
async fn a_call_between_two_browsers() {
    a_call_through(1, Transport::Ws).await;
    a_call_through(1, Transport::Wss).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_finds_its_shard_again() {
    for transport in [Transport::Udp, Transport::Tcp, Transport::Wss] {
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

#[tokio::test]
async fn what_was_ordered_before_the_stop_is_still_sent() {
    let (stack, _house) = start(1).await;
    let carrier = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let to = carrier.local_addr().expect("bound");
    let dial = Dial {
        target: Target::Uri {
            uri: format!("sip:0909@{to}"),
            to: vec![Hop { transport: Transport::Udp, address: to }],
            transport: Transport::Udp,
        },
        from: Party { user: "101".into(), host: "alo".into(), display: String::new() },
        to: None,
        body: Bytes::from_static(b"v=0 ours"),
        credentials: None,
        asserted: None,
        max_forwards: None,
        headers: Vec::new(),
    };
    stack.send(stack.new_leg(), Command::Dial(Box::new(dial)));
    stack.stop().await;
    let mut buffer = [0; 2048];
    let length =
        timeout(Duration::from_secs(5), carrier.recv(&mut buffer)).await.expect("in time").expect("a datagram");
    assert!(buffer[..length].starts_with(b"INVITE sip:0909@"));
}

/// What the house hears of one leg, in order.
async fn signal(events: &mut tokio::sync::mpsc::Receiver<Event>) -> Signal {
    loop {
        match timeout(Duration::from_secs(5), events.recv()).await.expect("in time").expect("an event") {
            Event::Leg(_, signal) => return signal,
            Event::Incoming(_)
            | Event::Text(_)
            | Event::Subscribed(_)
            | Event::Unsubscribed(_)
            | Event::Bindings { .. }
            | Event::Registration { .. }
            | Event::Probed { .. }
            | Event::Refused { .. }
            | Event::Shed { .. }
            | Event::Trusted { .. }
            | Event::Traces(_) => {}
        }
    }
}

#[tokio::test]
async fn a_carrier_over_tcp_is_called_over_one_connection_found_by_name() {
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let config = Config { udp: vec![any], tcp: vec![any], shards: 1, ..Config::default() };
    let (stack, mut events) = Stack::start(config, Arc::new(House)).await.expect("sockets on loopback");
    let listener = TcpListener::bind(any).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let leg = stack.new_leg();
    let dial = Dial {
        target: Target::Uri { uri: format!("sip:0909@localhost:{port}"), to: Vec::new(), transport: Transport::Tcp },
        from: Party { user: "101".into(), host: "alo".into(), display: String::new() },
        to: None,
        body: Bytes::from_static(b"v=0 ours"),
        credentials: None,
        asserted: None,
        max_forwards: None,
        headers: Vec::new(),
    };
    stack.send(leg, Command::Dial(Box::new(dial)));
    let (stream, _) = timeout(Duration::from_secs(5), listener.accept()).await.expect("in time").expect("a connection");
    let mut carrier = Phone::over(stream, "0909");
    let invite = carrier.expect("INVITE").await;
    assert!(invite.header(sip::Name::Contact).is_some_and(|contact| contact.contains("transport=tcp")));
    carrier.answer(&invite, "200 OK", "v=0 theirs").await;
    carrier.expect("ACK").await;
    assert_eq!(signal(&mut events).await, Signal::Answered { body: Some(Bytes::from_static(b"v=0 theirs")) });
    stack.send(leg, Command::Hangup { cause: Cause::Normal });
    let bye = carrier.expect("BYE").await;
    carrier.answer(&bye, "200 OK", "").await;
    assert_eq!(signal(&mut events).await, Signal::Ended { cause: Cause::Normal });
    settled(&stack).await;
    stack.stop().await;
}

#[tokio::test]
async fn a_carrier_nobody_listens_for_is_unreachable_at_once() {
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let (stack, mut events) = Stack::start(Config { udp: vec![any], shards: 1, ..Config::default() }, Arc::new(House))
        .await
        .expect("a socket");
    let closed = TcpListener::bind(any).await.expect("a port").local_addr().expect("bound");
    let dial = Dial {
        target: Target::Uri {
            uri: "sip:1@carrier.test".into(),
            to: vec![Hop { transport: Transport::Tcp, address: closed }],
            transport: Transport::Tcp,
        },
        from: Party::default(),
        to: None,
        body: Bytes::new(),
        credentials: None,
        asserted: None,
        max_forwards: None,
        headers: Vec::new(),
    };
    stack.send(stack.new_leg(), Command::Dial(Box::new(dial)));
    assert_eq!(signal(&mut events).await, Signal::Rejected { code: 503, cause: Cause::Unreachable });
    settled(&stack).await;
    stack.stop().await;
}
