//! WebSockets on the stack: frames of either kind, pings of either kind, and peers that break the rules.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use sip::stack::Io;
use sip::{Config, Limits, Stack, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};

use super::{secure, start, start_with};

const OPTIONS: &str = "OPTIONS sip:alo SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bKo1\r\nMax-Forwards: 70\r\nFrom: <sip:x@alo>;tag=x\r\nTo: <sip:alo>\r\nCall-ID: o1\r\nCSeq: 1 OPTIONS\r\n\r\n";

async fn connect(stack: &Stack) -> WebSocketStream<Box<dyn Io>> {
    let stream = TcpStream::connect(stack.addr(Transport::Ws).expect("bound")).await.expect("a connection");
    secure::upgrade(Box::new(stream)).await
}

async fn next(socket: &mut WebSocketStream<Box<dyn Io>>) -> Option<Frame> {
    let frame = timeout(Duration::from_secs(5), socket.next()).await.expect("in time");
    frame.and_then(Result::ok).filter(|frame| !frame.is_close())
}

#[tokio::test]
async fn a_message_comes_in_a_text_or_a_binary_frame() {
    let (stack, _) = start(1).await;
    let mut socket = connect(&stack).await;
    for frame in [Frame::text(OPTIONS), Frame::binary(Bytes::from_static(OPTIONS.as_bytes()))] {
        socket.send(frame).await.expect("sent");
        let answer = next(&mut socket).await.expect("an answer").into_text().expect("text");
        assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
    }
    stack.stop().await;
}

#[tokio::test]
async fn pings_of_either_kind_are_answered() {
    let (stack, _) = start(1).await;
    let mut socket = connect(&stack).await;
    socket.send(Frame::Ping(Bytes::from_static(b"here?"))).await.expect("sent");
    assert_eq!(next(&mut socket).await, Some(Frame::Pong(Bytes::from_static(b"here?"))));
    socket.send(Frame::text("\r\n\r\n")).await.expect("sent");
    assert_eq!(next(&mut socket).await, Some(Frame::text("\r\n")));
    stack.stop().await;
}

#[tokio::test]
async fn a_client_of_another_subprotocol_is_refused() {
    let (stack, _) = start(1).await;
    for protocol in [None, Some("chat"), Some("chat, sipx")] {
        let mut request = "ws://alo.test/".into_client_request().expect("a request");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("Sec-WebSocket-Protocol", protocol.parse().expect("a value"));
        }
        let stream = TcpStream::connect(stack.addr(Transport::Ws).expect("bound")).await.expect("a connection");
        match tokio_tungstenite::client_async(request, stream).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 400),
            other => panic!("not refused: {other:?}"),
        }
    }
    stack.stop().await;
}

#[tokio::test]
async fn a_frame_too_large_or_broken_closes_the_socket() {
    let (stack, _) = start(1).await;
    let unmasked = [0x81, 0x05, b'h', b'e', b'l', b'l', b'o'];
    let large = [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    let reserved = [0xf1, 0x80, 0, 0, 0, 0];
    for bytes in [&unmasked[..], &large, &reserved] {
        let mut raw = connect(&stack).await.into_inner();
        raw.write_all(bytes).await.expect("sent");
        let mut rest = Vec::new();
        // A reset closes as well as an end.
        let _ = timeout(Duration::from_secs(5), raw.read_to_end(&mut rest)).await.expect("closed in time");
    }
    let mut socket = connect(&stack).await;
    socket.send(Frame::text(OPTIONS)).await.expect("sent");
    assert!(next(&mut socket).await.is_some(), "others are served");
    stack.stop().await;
}

#[tokio::test]
async fn a_frame_that_does_not_come_to_its_end_closes_the_socket() {
    let limits = Limits { partial: Duration::from_millis(200), ..Limits::default() };
    let (stack, _) = start_with(Config { shards: 1, limits, ..Config::default() }).await;
    let mut raw = connect(&stack).await.into_inner();
    let dribble = async {
        // A text frame of 100 bytes, one byte at a time.
        raw.write_all(&[0x81, 0xe4, 0, 0, 0, 0]).await?;
        for _ in 0..94 {
            raw.write_all(b"O").await?;
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        std::io::Result::Ok(())
    };
    assert!(timeout(Duration::from_secs(5), dribble).await.expect("in time").is_err(), "closed before the frame's end");
    stack.stop().await;
}

/// Bytes after the handshake that are nearly frames: lengths, masks and kinds at random, with a message inside.
fn nearly_frames(roll: &mut impl FnMut() -> u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..1 + roll() % 4 {
        bytes.push([0x81, 0x82, 0x89, 0x8a, 0x88, 0x01, 0x80, roll()][usize::from(roll() % 8)]);
        let body = &OPTIONS.as_bytes()[..usize::from(roll()) % OPTIONS.len()];
        match roll() % 4 {
            0 => bytes.extend([0x80 | (body.len() as u8 & 0x7f), 0, 0, 0, 0]),
            1 => bytes.extend([0xfe, 0, body.len() as u8, 0, 0, 0, 0]),
            2 => bytes.extend([0xff, roll(), 0, 0, 0, 0, 0, 0, roll(), 1, 2, 3, 4]),
            _ => bytes.push(roll()),
        }
        bytes.extend_from_slice(body);
    }
    bytes
}

#[tokio::test]
async fn whatever_comes_after_the_handshake_others_are_served() {
    let (stack, _) = start(1).await;
    let mut state = 1_u64;
    let mut roll = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    for _ in 0..300 {
        let mut raw = connect(&stack).await.into_inner();
        // It may be closed at any point.
        let _ = raw.write_all(&nearly_frames(&mut roll)).await;
    }
    let mut socket = connect(&stack).await;
    socket.send(Frame::Ping(Bytes::new())).await.expect("sent");
    assert_eq!(next(&mut socket).await, Some(Frame::Pong(Bytes::new())));
    stack.stop().await;
}
