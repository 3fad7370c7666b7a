//! The torture messages of RFC 4475 and RFC 5118 at the real server (R1, R2): as datagrams, on streams, and for our own
//! domain. What parsing makes of each is tested in `sip`; here is what comes back.

#[path = "../../../../crates/sip/tests/it/corpus.rs"]
mod corpus;

use crate::stranger::Stranger;
use crate::talk;
use corpus::{Case, Reaction};
use e2e::Server;
use e2e::phone::Message;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

/// The statuses that a stranger may get for a message; none when nothing may come.
fn expected(case: &Case) -> Vec<u16> {
    let text = String::from_utf8_lossy(&case.bytes);
    let method = text.split([' ', '\t']).next().unwrap_or("");
    match case.reaction {
        _ if method == "SIP/2.0" || method == "ACK" => Vec::new(),
        Reaction::Dropped => Vec::new(),
        Reaction::Answered(code) => vec![code],
        Reaction::Accepted => match method {
            // Whoever calls or registers has to prove himself; a tag of a dialog that is not there comes first, and some
            // addresses are none of a user.
            "INVITE" => vec![401, 481, 400],
            "REGISTER" => vec![401, 400],
            "OPTIONS" => vec![200, 481],
            "BYE" | "INFO" | "UPDATE" | "PRACK" | "CANCEL" => vec![481],
            "REFER" | "NOTIFY" | "SUBSCRIBE" | "MESSAGE" | "PUBLISH" => vec![405, 401, 481, 489, 403],
            _ => vec![501, 481],
        },
    }
}

/// The same for the server's own domain.
fn at_home(case: &Case, domain: &str) -> Case {
    let mut bytes = Vec::with_capacity(case.bytes.len());
    let mut rest = &case.bytes[..];
    while let Some(at) = rest.windows(11).position(|window| window == b"example.com") {
        bytes.extend_from_slice(&rest[..at]);
        bytes.extend_from_slice(domain.as_bytes());
        rest = &rest[at + 11..];
    }
    bytes.extend_from_slice(rest);
    // What the domain's length does to Content-Length is none: bodies name no domain that is counted strictly.
    Case { name: format!("{} at home", case.name), bytes, ..case.clone() }
}

/// The statuses of all responses in these bytes.
fn statuses(bytes: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(bytes);
    let starts = text.lines().filter_map(|line| line.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok());
    starts.collect()
}

fn all(server: &Server) -> Vec<Case> {
    let cases: Vec<Case> = corpus::rfc4475().into_iter().chain(corpus::rfc5118()).collect();
    assert_eq!(cases.len(), 61);
    let home = cases.iter().filter(|case| case.bytes.windows(11).any(|window| window == b"example.com"));
    let home: Vec<Case> = home.map(|case| at_home(case, server.domain())).collect();
    cases.into_iter().chain(home).collect()
}

/// The server lives: it answers a stranger.
async fn alive(server: &Server, after: &str) {
    let stranger = Stranger::new(server).await;
    let options = stranger.request("OPTIONS", &format!("sip:{}", stranger.domain), "a", "");
    let answer = tokio::time::timeout(Duration::from_secs(10), stranger.ask(&options)).await;
    assert_eq!(answer.map(|answer| answer.status()), Ok(200), "alive after {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_datagram_meets_its_answer_and_the_server_lives() {
    let server = Server::start().await;
    let mut wrong = Vec::new();
    for case in all(&server) {
        let stranger = Stranger::new(&server).await;
        stranger.socket.send_to(&case.bytes, stranger.server).await.expect("a datagram leaves");
        let wanted = expected(&case);
        let heard: Vec<u16> = if wanted.is_empty() {
            stranger.hears_all().await.iter().flat_map(|bytes| statuses(bytes)).collect()
        } else {
            let heard = tokio::time::timeout(Duration::from_secs(5), stranger.hears()).await;
            heard.iter().map(Message::status).collect()
        };
        let fits =
            if wanted.is_empty() { heard.is_empty() } else { heard.iter().any(|status| wanted.contains(status)) };
        if !fits {
            wrong.push(format!("{}: {heard:?} instead of {wanted:?}", case.name));
        }
        alive(&server, &case.name).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_streams_they_are_answered_or_the_stream_is_closed() {
    let server = Server::start().await;
    let mut wrong = Vec::new();
    for case in all(&server) {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((crate::stranger::fresh_ip(), 0).into()).expect("a port");
        let mut stream = socket.connect(server.sip()).await.expect("a connection");
        // The server may close before it has read all.
        let _ = stream.write_all(&case.bytes).await;
        let wanted = expected(&case);
        let (mut heard, mut buffer) = (Vec::new(), vec![0; 65_536]);
        let patience = Duration::from_millis(if wanted.is_empty() { 300 } else { 5_000 });
        let mut closed = false;
        while let Ok(read) = tokio::time::timeout(patience, stream.read(&mut buffer)).await {
            match read {
                Ok(length @ 1..) => heard.extend(statuses(&buffer[..length])),
                Ok(0) | Err(_) => {
                    closed = true;
                    break;
                }
            }
            if heard.iter().any(|status| wanted.contains(status)) {
                break;
            }
        }
        // Framing by a length that lies: the stream is given up, or waits for bytes that never come.
        let unframed = ["ncl", "mcl01", "inv2543", "bigcode", "clerr"].iter().any(|name| case.name.starts_with(name));
        let fits = heard.iter().any(|status| wanted.contains(status)) || (wanted.is_empty() && heard.is_empty());
        if !fits && !(unframed && (closed || heard.is_empty())) {
            wrong.push(format!("{}: {heard:?} instead of {wanted:?}", case.name));
        }
        alive(&server, &case.name).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.settles().await;
}
