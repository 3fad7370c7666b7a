//! What is malformed, oversize or foreign.

use crate::talk;
use e2e::{Server, until};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

/// Sends a datagram and returns what comes back within half a second.
fn answer_to(server: &Server, datagram: &[u8]) -> Option<String> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    socket.send_to(datagram, server.sip()).expect("a datagram leaves");
    let mut buffer = [0; 65_536];
    let length = socket.recv(&mut buffer).ok()?;
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

fn options(more: &str) -> String {
    format!(
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx{};rport\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:a@b>\r\nCall-ID: hostile{}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n{more}",
        more.len(),
        more.len()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_messages_are_refused_or_dropped_and_calls_go_on() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;

    for rubbish in
        [&b"\0\0\0\0"[..], b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"INVITE sip:x SIP/2.0\r\n\r\n", &[0xff; 1_400]]
    {
        let answer = answer_to(&server, rubbish);
        assert!(!answer.as_deref().is_some_and(|text| text.contains(" 200 ")), "{answer:?}");
    }
    let lying = answer_to(&server, options("Content-Length: 4000000000\r\n\r\n").as_bytes());
    assert!(lying.as_deref().is_none_or(|text| text.starts_with("SIP/2.0 4")), "{lying:?}");
    let huge =
        answer_to(&server, options(&format!("X-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(20_000))).as_bytes());
    assert!(
        huge.as_deref().is_none_or(|text| text.starts_with("SIP/2.0 4") || text.starts_with("SIP/2.0 513")),
        "{huge:?}"
    );
    let fine = answer_to(&server, options("Content-Length: 0\r\n\r\n").as_bytes());
    assert!(fine.is_some_and(|text| text.starts_with("SIP/2.0 200")), "the listener lives");

    caller.voice.forget();
    talk(&caller, &callee).await;
    assert_eq!(caller.voice.heard().lost, 0, "the call did not notice");
    caller.hang_up().await;
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_never_ends_its_headers_is_closed() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.sip()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(b"OPTIONS sip:a@b SIP/2.0\r\n").expect("bytes leave");
    let line = format!("X-Long: {}\r\n", "x".repeat(4_000));
    let closed = (0..100).any(|_| stream.write_all(line.as_bytes()).is_err());
    // Bytes we sent that nobody read make the end a reset.
    let ended =
        closed || !matches!(stream.read_to_end(&mut Vec::new()), Err(error) if error.kind() == ErrorKind::WouldBlock);
    assert!(ended, "the server closes such a connection");
    assert_eq!(server.phone("101").await.ping().await, 200, "and lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_packets_are_not_relayed() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;

    let target = caller.voice.remote().expect("the caller sends somewhere");
    let before = callee.voice.heard();
    let foreign = UdpSocket::bind("127.0.0.9:0").expect("a port");
    for sequence in 0..50u16 {
        let mut packet = vec![0x80, 0];
        packet.extend(sequence.to_be_bytes());
        packet.extend([0, 0, 0, sequence as u8, 0xde, 0xad, 0xbe, 0xef]);
        packet.extend([0x55; 160]);
        foreign.send_to(&packet, target).expect("a datagram leaves");
    }
    let enough = before.packets + 40;
    until("the talk goes on", async || (callee.voice.heard().packets >= enough).then_some(())).await;
    callee.voice.hears(crate::CALLER).await;
    let after = callee.voice.heard();
    let mixed = after.samples[before.samples.len()..].chunks_exact(e2e::tone::WINDOW);
    assert!(mixed.clone().all(|window| e2e::tone::is_tone(window, crate::CALLER)), "only the caller is heard");
    caller.hang_up().await;
    callee.hung_up().await;
    server.settles().await;
}
