//! Real connections that are closed in mid-call, and opened again.

use std::net::SocketAddr;

use sip::{Leg, Message, Name};
use tokio::net::TcpSocket;

use super::*;

/// The carrier of the house.
const CARRIER: &str = "127.0.0.30:0";

/// What the house hears, with the leg of an incoming call.
async fn incoming(events: &mut tokio::sync::mpsc::Receiver<Event>) -> Leg {
    loop {
        if let Event::Incoming(incoming) =
            timeout(Duration::from_secs(5), events.recv()).await.expect("in time").expect("an event")
        {
            return incoming.leg;
        }
    }
}

/// A request of the carrier, whose Via and Contact name its listener.
fn request(method: &str, listens: SocketAddr, to_tag: &str, seq: u32) -> String {
    format!(
        "{method} sip:028@alo SIP/2.0\r\nVia: SIP/2.0/TCP {listens};branch=z9hG4bK{method}{seq}\r\nMax-Forwards: 70\r\nFrom: <sip:gw@carrier>;tag=far\r\nTo: <sip:028@alo>{to_tag}\r\nCall-ID: c-{listens}\r\nCSeq: {seq} {method}\r\nContact: <sip:gw@{listens};transport=tcp>\r\nContent-Length: 0\r\n\r\n"
    )
}

async fn gone(stack: &Stack) {
    while stack.counts().connections > 0 {
        tokio::task::yield_now().await;
    }
}

/// The next connection to the carrier's listener.
async fn accepted(listener: &TcpListener) -> Phone {
    let (stream, _) = timeout(Duration::from_secs(5), listener.accept()).await.expect("in time").expect("a connection");
    Phone::over(stream, "gw")
}

#[tokio::test]
async fn a_carrier_that_closes_its_connection_in_mid_call_is_called_back() {
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let config = Config { udp: vec![any], tcp: vec![any], shards: 1, ..Config::default() };
    let (stack, mut events) = Stack::start(config, Arc::new(House)).await.expect("sockets on loopback");
    let listener = TcpListener::bind(CARRIER).await.expect("a port");
    let listens = listener.local_addr().expect("bound");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(CARRIER.parse().expect("an address")).expect("a port");
    let mut carrier = Phone::over(socket.connect(stack.tcp_addr().expect("bound")).await.expect("a connection"), "gw");

    carrier.send(&request("INVITE", listens, "", 1)).await;
    let leg = incoming(&mut events).await;
    stack.send(leg, Command::Answer { body: Bytes::from_static(b"v=0 ours") });
    let ok: Message = carrier.expect("200").await;
    let tag = format!(";tag={}", ok.to_tag().expect("a tag"));
    carrier.send(&request("ACK", listens, &tag, 1)).await;
    signal(&mut events).await;

    // Closed with a re-INVITE unanswered: the same is sent over another connection.
    stack.send(leg, Command::Reoffer { body: Bytes::from_static(b"v=0 more") });
    let first = carrier.expect("INVITE").await;
    drop(carrier);
    let mut carrier = accepted(&listener).await;
    let reinvite = carrier.expect("INVITE").await;
    assert_eq!((reinvite.body(), reinvite.header(Name::Via)), (&b"v=0 more"[..], first.header(Name::Via)));
    carrier.answer(&reinvite, "200 OK", "v=0 theirs").await;
    carrier.expect("ACK").await;
    assert_eq!(signal(&mut events).await, Signal::ReofferAnswered { body: Some(Bytes::from_static(b"v=0 theirs")) });

    drop(carrier);
    gone(&stack).await;
    stack.send(leg, Command::Hangup { cause: Cause::Normal });
    let mut carrier = accepted(&listener).await;
    let bye = carrier.expect("BYE").await;
    carrier.answer(&bye, "200 OK", "").await;
    assert_eq!(signal(&mut events).await, Signal::Ended { cause: Cause::Normal });
    settled(&stack).await;
    stack.stop().await;
}

#[tokio::test]
async fn a_carrier_that_closes_its_connection_while_it_rings_hears_the_answer_on_another() {
    let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let config = Config { udp: vec![any], tcp: vec![any], shards: 1, ..Config::default() };
    let (stack, mut events) = Stack::start(config, Arc::new(House)).await.expect("sockets on loopback");
    let listener = TcpListener::bind(CARRIER).await.expect("a port");
    let listens = listener.local_addr().expect("bound");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(CARRIER.parse().expect("an address")).expect("a port");
    let mut carrier = Phone::over(socket.connect(stack.tcp_addr().expect("bound")).await.expect("a connection"), "gw");
    carrier.send(&request("INVITE", listens, "", 1)).await;
    let leg = incoming(&mut events).await;
    carrier.expect("100").await;
    drop(carrier);
    gone(&stack).await;
    stack.send(leg, Command::Answer { body: Bytes::from_static(b"v=0 ours") });
    let mut carrier = accepted(&listener).await;
    let ok = carrier.expect("200").await;
    let tag = format!(";tag={}", ok.to_tag().expect("a tag"));
    carrier.send(&request("ACK", listens, &tag, 1)).await;
    signal(&mut events).await;
    stack.send(leg, Command::Hangup { cause: Cause::Normal });
    let bye = carrier.expect("BYE").await;
    carrier.answer(&bye, "200 OK", "").await;
    assert_eq!(signal(&mut events).await, Signal::Ended { cause: Cause::Normal });
    settled(&stack).await;
    stack.stop().await;
}
