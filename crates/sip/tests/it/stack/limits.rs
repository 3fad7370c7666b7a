//! What a stack does with peers that are slow, silent, greedy or confused.

use std::time::Duration;

use sip::{Config, Limits, Stack};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::{start, start_with};

const OPTIONS: &str = "OPTIONS sip:alo SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKo1;rport\r\nMax-Forwards: 70\r\nFrom: <sip:x@alo>;tag=x\r\nTo: <sip:alo>\r\nCall-ID: o1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

async fn connect(stack: &Stack) -> TcpStream {
    TcpStream::connect(stack.tcp_addr().expect("bound")).await.expect("a connection")
}

async fn read(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 4096];
    let length = timeout(Duration::from_secs(5), stream.read(&mut buffer)).await.expect("in time").expect("readable");
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

#[tokio::test]
async fn a_ping_on_a_stream_gets_its_pong_and_a_message_may_come_in_pieces() {
    let (stack, _) = start(1).await;
    let mut stream = connect(&stack).await;
    stream.write_all(b"\r\n\r\n").await.expect("sent");
    assert_eq!(read(&mut stream).await, "\r\n");
    let (first, second) = OPTIONS.split_at(100);
    stream.write_all(first.as_bytes()).await.expect("sent");
    tokio::task::yield_now().await;
    stream.write_all(second.as_bytes()).await.expect("sent");
    assert!(read(&mut stream).await.starts_with("SIP/2.0 200 OK\r\n"));
    stack.stop().await;
}

#[tokio::test]
async fn a_stream_that_cannot_be_framed_is_told_and_closed() {
    let (stack, _) = start(1).await;
    let mut stream = connect(&stack).await;
    stream.write_all(OPTIONS.replace("Content-Length: 0", "Content-Length: -1").as_bytes()).await.expect("sent");
    assert!(read(&mut stream).await.starts_with("SIP/2.0 400 "));
    assert_eq!(read(&mut stream).await, "");
    stack.stop().await;
}

#[tokio::test]
async fn a_message_that_does_not_come_to_its_end_closes_the_stream() {
    let limits = Limits { partial: Duration::from_millis(100), ..Limits::default() };
    let (stack, _) = start_with(Config { shards: 1, limits, ..Config::default() }).await;
    let mut stream = connect(&stack).await;
    stream.write_all(b"OPTIONS sip:alo SIP/2.0\r\nVia: ").await.expect("sent");
    assert_eq!(read(&mut stream).await, "");
    stack.stop().await;
}

#[tokio::test]
async fn a_source_keeps_only_so_many_connections_without_a_proof() {
    let limits = Limits { idle_per_source: 3, ..Limits::default() };
    let (stack, _) = start_with(Config { shards: 1, limits, ..Config::default() }).await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        let mut stream = connect(&stack).await;
        stream.write_all(b"\r\n\r\n").await.expect("sent");
        assert_eq!(read(&mut stream).await, "\r\n");
        streams.push(stream);
    }
    assert_eq!(read(&mut streams[0]).await, "");
    assert_eq!(stack.counts().connections, 3);
    stack.stop().await;
}

#[tokio::test]
async fn noise_on_udp_is_dropped_and_the_next_request_answered() {
    let (stack, _) = start(1).await;
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    socket.connect(stack.udp_addr().expect("bound")).await.expect("an address");
    for noise in [b"\r\n\r\n".as_slice(), b"\0", b"", &[0xff; 2000], b"SIP/2.0 200 OK\r\n\r\n"] {
        socket.send(noise).await.expect("sent");
    }
    socket.send(OPTIONS.as_bytes()).await.expect("sent");
    let mut buffer = vec![0; 4096];
    let length = timeout(Duration::from_secs(5), socket.recv(&mut buffer)).await.expect("in time").expect("readable");
    let answer = String::from_utf8_lossy(&buffer[..length]);
    assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{answer}");
    stack.stop().await;
}
