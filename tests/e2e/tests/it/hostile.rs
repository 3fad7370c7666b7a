//! What is malformed, oversize or foreign.

use crate::talk;
use e2e::{Server, until};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Sends a datagram and returns what comes back within half a second.
fn answer_to(server: &Server, datagram: &[u8]) -> Option<String> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    socket.send_to(datagram, server.sip()).expect("a datagram leaves");
    let mut buffer = [0; 65_536];
    let length = socket.recv(&mut buffer).ok()?;
    Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

/// An OPTIONS up to these last headers and the body.
fn options(more: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!(
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx{number};rport\r\n\
         From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: hostile{number}\r\nCSeq: 1 OPTIONS\r\n\
         Max-Forwards: 70\r\n{more}"
    )
}

/// What no parser likes, over any transport.
fn rubbish() -> Vec<Vec<u8>> {
    let texts = [
        "\0\0\0\0".to_owned(),
        "\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        "INVITE sip:x SIP/2.0\r\n\r\n".to_owned(),
        "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(),
        options("").replace("sip:a@b SIP/2.0", "sip:a@b SIP/9.9") + "Content-Length: 0\r\n\r\n",
        options("").replace("CSeq: 1 OPTIONS", "CSeq: 99999999999 BYE") + "Content-Length: 0\r\n\r\n",
        options("Content-Length: -1\r\n\r\n"),
        options("Content-Length: 4000000000\r\n\r\n"),
        options(&format!("X-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(20_000))),
        options(&("X: y\r\n".repeat(2_000) + "Content-Length: 0\r\n\r\n")),
        options(&("Via: SIP/2.0/UDP 127.0.0.1\r\n".repeat(300) + "Content-Length: 0\r\n\r\n")),
        options("Content-Length: 50000\r\n\r\nshorter than told"),
    ];
    texts.into_iter().map(String::into_bytes).chain([vec![0xff; 1_400], vec![0; 60_000]]).collect()
}

/// Sends these bytes over a connection of their own and returns what came back until the server closed it, or nothing
/// more was said for half a second.
fn answer_over_tcp(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.sip()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    // The server may close before it has read all.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_and_oversize_messages_are_refused_or_dropped_and_calls_go_on() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.voice.forget();
    callee.voice.forget();

    let refused =
        |answer: &str| answer.is_empty() || answer.starts_with("SIP/2.0 4") || answer.starts_with("SIP/2.0 5");
    let start = Instant::now();
    for bytes in rubbish() {
        let sent = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let over_udp = answer_to(&server, &bytes).unwrap_or_default();
        assert!(refused(&over_udp), "{sent:?} over UDP was answered {over_udp}");
        let over_tcp = answer_over_tcp(&server, &bytes);
        // An empty line is a keep-alive, answered by one.
        assert!(refused(over_tcp.trim()), "{sent:?} over TCP was answered {over_tcp}");
    }
    let oversize = options(&format!("Content-Length: 200000\r\n\r\n{}", "x".repeat(200_000)));
    let answer = answer_over_tcp(&server, oversize.as_bytes());
    assert!(refused(&answer), "more than any datagram holds was answered {answer}");
    let fine = options("Content-Length: 0\r\n\r\n");
    assert!(answer_to(&server, fine.as_bytes()).is_some_and(|text| text.starts_with("SIP/2.0 200")), "UDP lives");
    assert!(answer_over_tcp(&server, fine.replace("/UDP", "/TCP").as_bytes()).starts_with("SIP/2.0 200"), "TCP lives");

    // Fifty packets a second, all of them, all the time, and the same tone to the end.
    let expected = start.elapsed().as_millis() as u64 / 20;
    talk(&caller, &callee).await;
    for (voice, tone) in [(&caller.voice, crate::CALLEE), (&callee.voice, crate::CALLER)] {
        let heard = voice.heard();
        assert_eq!(heard.lost, 0, "the call did not notice");
        assert!(heard.packets * 100 >= expected * 95, "{} packets came of {expected}", heard.packets);
        let mut windows = heard.samples.chunks_exact(e2e::tone::WINDOW);
        assert!(windows.all(|window| e2e::tone::is_tone(window, tone)), "nothing but the tone is heard");
    }
    assert_eq!(caller.hang_up().await, 200);
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

/// R12: nothing goes on later than a tenth of a second after the BYE, also when the phones go on sending and another call comes.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_relayed_once_a_call_is_over() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    let over = Instant::now();
    // The phones do not care and go on.
    caller.voice.say(Some(crate::CALLER));
    callee.hung_up().await;
    callee.voice.say(Some(crate::CALLEE));
    server.settles().await;
    for voice in [&caller.voice, &callee.voice] {
        let last = voice.heard().last.expect("the talk was heard");
        assert!(last <= over + Duration::from_millis(100), "heard {:?} after the end", last - over);
        voice.forget();
    }
    let (hoa, tam) = (server.phone("103").await, server.phone("104").await);
    let mut next = hoa.dial("104").await;
    let mut far = tam.rings().await;
    far.answer().await;
    next.answered().await;
    talk(&next, &far).await;
    assert_eq!((caller.voice.heard().packets, callee.voice.heard().packets), (0, 0), "of the call that is over");
    assert_eq!(next.hang_up().await, 200);
    far.hung_up().await;
    server.settles().await;
}
