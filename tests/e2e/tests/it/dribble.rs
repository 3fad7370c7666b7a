//! A thousand connections that send a byte now and then, on each listener: others do not notice, and none lasts.

use e2e::Server;
use e2e::secure::connect;
use e2e::wait::until_within;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const DRIBBLERS: usize = 1_000;
/// How long one may last; machines that run tests are busy.
const LONGEST: Duration = Duration::from_secs(32);
/// What 99 of a hundred requests of others may take at most.
const SLOWEST: Duration = Duration::from_secs(1);
const OPTIONS: &str = "OPTIONS sip:alo SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKo1;rport\r\nMax-Forwards: 70\r\nFrom: <sip:x@alo>;tag=x\r\nTo: <sip:alo>\r\nCall-ID: o1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

/// Forty connections a source, so that the limit on one source is not what ends them.
async fn dribbler(server: SocketAddr, number: usize, words: &'static [u8]) -> Duration {
    let socket = TcpSocket::new_v4().expect("a socket");
    let source = Ipv4Addr::new(127, 210, 0, 1 + (number / 40) as u8);
    socket.bind((source, 0).into()).expect("a loopback address");
    let stream = socket.connect(server).await.expect("connected");
    let began = Instant::now();
    let (mut reader, mut writer) = stream.into_split();
    let writing = async {
        for word in words.iter().cycle() {
            if writer.write_all(&[*word]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let reading = async {
        let mut rest = [0; 256];
        while matches!(reader.read(&mut rest).await, Ok(1..)) {}
    };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
    began.elapsed()
}

/// One request of somebody else, on a connection of its own.
async fn request(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), text: &str, expected: &str) {
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = vec![0; expected.len()];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(String::from_utf8_lossy(&answer), expected);
}

async fn dribble(server: &Server, at: SocketAddr, words: &'static [u8], ask: impl AsyncFn()) {
    e2e::raise_open_files();
    let before = server.metric("alo_open_files").await.expect("a figure");
    let dribblers: tokio::task::JoinSet<Duration> = (0..DRIBBLERS).map(|n| dribbler(at, n, words)).collect();
    let all = tokio::spawn(dribblers.join_all());
    let mut waits = Vec::new();
    while !all.is_finished() {
        let began = Instant::now();
        ask().await;
        waits.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let lasted = all.await.expect("no dribbler panicked");
    let longest = lasted.iter().max().expect("some");
    assert!(*longest < LONGEST, "one lasted {longest:?}");
    waits.sort_unstable();
    let slowest = waits[(waits.len() * 99 / 100).min(waits.len() - 1)];
    assert!(slowest < SLOWEST, "others waited {slowest:?}");
    until_within(LONGEST, "every descriptor is closed", async || {
        (server.metric("alo_open_files").await? <= before + 5.0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dribblers_on_the_web_disturb_nobody() {
    let server = Server::start().await;
    let http = SocketAddr::new(server.ip(), 8080);
    dribble(&server, http, b"GET / HTTP/1.1\r\nX: ", async || {
        let mut stream = TcpStream::connect(http).await.expect("connected");
        request(&mut stream, "GET /healthz HTTP/1.1\r\nHost: alo\r\n\r\n", "HTTP/1.1 200 OK").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dribblers_on_sip_over_tcp_disturb_nobody() {
    let server = Server::start().await;
    dribble(&server, server.sip(), b"OPTIONS sip:alo SIP/2.0", async || {
        let mut stream = TcpStream::connect(server.sip()).await.expect("connected");
        request(&mut stream, OPTIONS, "SIP/2.0 200 OK").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dribblers_on_tls_disturb_nobody() {
    let server = Server::start().await;
    dribble(&server, server.sip_tls(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", async || {
        let mut stream = connect(server.sip_tls()).await;
        request(&mut stream, OPTIONS, "SIP/2.0 200 OK").await;
    })
    .await;
}
