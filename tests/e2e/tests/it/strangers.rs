//! What the server tells people it does not know (R7, R8): little, the same whoever is asked for, and only to them.

use crate::stranger::{Stranger, USUAL, answer_to, unique};
use e2e::Server;
use e2e::phone::Message;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// An answer that is repeated comes again sooner than this (RFC 3261's T2).
const REPEATED: Duration = Duration::from_secs(5);

const METHODS: [&str; 16] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "INFO",
    "PRACK",
    "UPDATE",
    "REFER",
    "NOTIFY",
    "SUBSCRIBE",
    "MESSAGE",
    "PUBLISH",
    "FOO",
    "invite",
];

/// Requests of one method: as phones write them, as short as can be, and each broken in some way.
fn variants(stranger: &Stranger, method: &str) -> Vec<String> {
    let usual = stranger.request(method, &format!("sip:101@{}", stranger.domain), "102", "");
    let n = unique();
    let short = format!(
        "{method} sip:a SIP/2.0\r\nv:SIP/2.0/UDP a;branch=z9hG4bK{n}\r\nf:<sip:a>;tag=1\r\nt:<sip:a>\r\ni:s{n}\r\n\
         CSeq:1 {method}\r\nMax-Forwards:9\r\nl:0\r\n\r\n"
    );
    vec![
        usual.replace("SIP/2.0\r\nVia", "SIP/7.0\r\nVia"),
        usual.replace("Max-Forwards: 70", "Max-Forwards: 0"),
        usual.replace("Max-Forwards: 70", "Require: everything, nothing, 100rel, something-else\r\nMax-Forwards: 70"),
        usual.replace("Content-Length: 0", "Content-Type: x/y\r\nContent-Length: 3").replace("\r\n\r\n", "\r\n\r\nabc"),
        usual.replace("To: <", "To: <<"),
        usual.replace("CSeq: 1", "CSeq: 99999999999"),
        usual.replace(">\r\nCall-ID", ">;tag=unknown\r\nCall-ID"),
        usual.replace("sip:101@", "http://101@"),
        short.replace("z9hG4bK", "x"),
        short,
        usual,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_half_as_much_again_as_he_sent() {
    let server = Server::start().await;
    let mut asked = JoinSet::new();
    for method in METHODS {
        for at in 0..variants(&Stranger::new(&server).await, method).len() {
            let stranger = Stranger::new(&server).await;
            let text = variants(&stranger, method).swap_remove(at);
            stranger.send(&text).await;
            // All wait at the same time, so each can wait long enough for repetitions.
            asked.spawn(async move { (stranger.hears_all_until_quiet_for(REPEATED).await, text) });
        }
    }
    let mut answered = 0;
    for (back, text) in asked.join_all().await {
        let bytes: usize = back.iter().map(Vec::len).sum();
        let factor = bytes as f64 / text.len() as f64;
        answered += usize::from(bytes > 0);
        assert!(factor <= 1.5, "{factor:.2} times as much:\n{text}\n{}", String::from_utf8_lossy(&back.concat()));
    }
    assert!(answered > METHODS.len(), "silence would be no proof: {answered} answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_phones_really_send_is_answered() {
    let server = Server::start().await;
    for (method, status) in [("INVITE", 401), ("REGISTER", 401), ("OPTIONS", 200), ("BYE", 481), ("FOO", 501)] {
        let stranger = Stranger::new(&server).await;
        let text = if method == "REGISTER" {
            stranger.register("101", "")
        } else {
            stranger.request(method, &format!("sip:101@{}", stranger.domain), "101", "")
        };
        assert_eq!(stranger.ask(&text).await.status(), status, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn responses_that_nobody_waits_for_are_not_answered_and_answers_go_to_the_sender_alone() {
    let server = Server::start().await;
    let (stranger, victim) = (Stranger::new(&server).await, Stranger::new(&server).await);
    for start in ["100 Trying", "180 Ringing", "200 OK", "302 Moved", "401 Unauthorized", "481 No", "503 No", "699 No"]
    {
        for method in METHODS {
            let request = stranger.request(
                method,
                "sip:101@here",
                "101",
                "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n",
            );
            let (_, rest) = request.split_once("\r\n").expect("a first line");
            stranger.send(&format!("SIP/2.0 {start}\r\n{rest}")).await;
        }
    }
    assert_eq!(stranger.hears_all().await.len(), 0, "stray responses are dropped");

    // The Via, the Contact and the Route name somebody else.
    let theirs = victim.address();
    for method in METHODS {
        let text =
            stranger.request(method, &format!("sip:101@{theirs}"), "101", &format!("Route: <sip:{theirs};lr>\r\n"));
        let text = text.replace(&stranger.address().to_string(), &theirs.to_string());
        stranger.send(&text).await;
        stranger.send(&text.replace(";rport", "")).await;
        stranger.send(&text.replace(";rport", &format!(";received={};rport={}", theirs.ip(), theirs.port()))).await;
    }
    assert!(!stranger.hears_all().await.is_empty(), "the sender is answered");
    assert_eq!(victim.hears_all().await.len(), 0, "nobody else is");
}

/// What a stranger can see of an answer: the status line, the names of all headers, and the challenges without their nonces.
fn seen(answer: &Message) -> (String, Vec<String>, Vec<String>) {
    let shape = |line: &str| {
        let parts = line.split(',').map(|part| match part.split_once("nonce=") {
            Some((before, nonce)) => format!("{before}nonce of {} letters", nonce.len()),
            None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join(",")
    };
    (answer.start.clone(), answer.names(), answer.all("WWW-Authenticate").map(shape).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_exists_and_who_does_not_looks_the_same_and_takes_the_same_time() {
    let server = Server::start().await;
    let _registered = server.phone("101").await;
    let uri = format!("sip:{}", server.domain());
    for method in ["REGISTER", "INVITE"] {
        let mut looks = Vec::new();
        // Registered, without a phone, unknown, and no number at all.
        for user in ["101", "105", "999", "admin"] {
            let stranger = Stranger::new(&server).await;
            let ask = |more: &str| match method {
                "REGISTER" => stranger.register(user, &format!("{USUAL}{more}")),
                _ => stranger.request(method, &uri, user, &format!("{USUAL}{more}")),
            };
            let first = stranger.ask(&ask("")).await;
            let mut answers = vec![seen(&first)];
            for which in 0..first.all("WWW-Authenticate").count() {
                let wrong = answer_to(&first, which, method, &uri, user, "wrong");
                answers.push(seen(&stranger.ask(&ask(&wrong)).await));
            }
            looks.push(answers);
        }
        assert!(looks.iter().all(|look| *look == looks[0]), "{method}: {looks:#?}");
    }

    let mut times = [Vec::new(), Vec::new()];
    for round in 0..120 {
        for (user, times) in ["101", "999"].into_iter().zip(&mut times) {
            // A new address each time, which has no failures yet.
            let stranger = Stranger::new(&server).await;
            let challenge = stranger.ask(&stranger.register(user, USUAL)).await;
            let wrong = answer_to(&challenge, round % 2, "REGISTER", &uri, user, "wrong");
            let text = stranger.register(user, &wrong);
            let asked = Instant::now();
            assert_eq!(stranger.ask(&text).await.status(), 401);
            times.push(asked.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    let apart = known.max(unknown) - known.min(unknown);
    assert!(apart < Duration::from_millis(2), "medians of {known:?} and {unknown:?}");
}
