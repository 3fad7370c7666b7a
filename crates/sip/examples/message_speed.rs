//! How many messages one core reads, checks, answers and proves in a second:
//! `cargo run --release -p sip --example message_speed`.

use std::hint::black_box;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use model::{Moment, Timestamp};
use sip::auth::{Authenticator, answer_challenge, ha1};
use sip::{Account, Message, Name, ResponseBuilder};

const INVITE: &str = "INVITE sip:02873000001@alo.example;transport=udp SIP/2.0
Via: SIP/2.0/UDP 192.168.1.23:5062;branch=z9hG4bK-524287-1---a0b1c2d3e4f50617;rport
Max-Forwards: 70
Contact: <sip:101@192.168.1.23:5062;transport=udp>
To: <sip:02873000001@alo.example;transport=udp>
From: \"Lan\" <sip:101@alo.example;transport=udp>;tag=f1a2b3c4
Call-ID: 5vN9sLkQz2Y8pTq1mXw0aB..
CSeq: 2 INVITE
Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE
Content-Type: application/sdp
Supported: replaces, norefersub, extended-refer, timer
User-Agent: Desk Phone 5.6.1
Allow-Events: presence, kpml, talk
Content-Length: 135

v=0
o=- 1 1 IN IP4 192.168.1.23
s=-
c=IN IP4 192.168.1.23
t=0 0
m=audio 40000 RTP/AVP 8 0 101
a=rtpmap:101 telephone-event/8000
";

fn main() {
    let invite = Bytes::from(INVITE.replace('\n', "\r\n"));
    let source: SocketAddr = ([203, 0, 113, 7], 5062).into();
    let message = Message::parse(invite.clone()).expect("a message");
    println!("{} bytes, {} headers", invite.len(), message.all_headers().count());
    measure("parse", || drop(black_box(Message::parse(black_box(invite.clone())))));
    measure("parse, validate", || {
        let message = Message::parse(black_box(invite.clone())).expect("a message");
        black_box(message.validate()).expect("valid");
    });
    measure("answer 200", || {
        drop(black_box(ResponseBuilder::new(&message, 200, "OK", source, "t").header(Name::Expires, 60).finish()));
    });

    let ip: IpAddr = source.ip();
    let (ha1_md5, ha1_sha256) = ha1("101", "alo.example", "pw");
    let account = Account { key: 1, realm: "alo.example".into(), ha1_md5, ha1_sha256 };
    let server = Authenticator::new(&[1; 32], Timestamp(0));
    measure("challenge", || drop(black_box(server.challenge("alo.example", ip, Moment::START, false))));
    for (name, at) in [("verify SHA-256 (with its nonce)", 0), ("verify MD5 (with its nonce)", 1)] {
        let challenge = &server.challenge("alo.example", ip, Moment::START, false)[at];
        let mut proof = |count| {
            let value = answer_challenge(challenge, "INVITE", "sip:alo.example", "101", "pw", "c", count).expect("one");
            let text = INVITE.replace("sip:02873000001@alo.example;transport=udp SIP", "sip:alo.example SIP");
            let text = text.replace("User-Agent", &format!("Authorization: {value}\nUser-Agent"));
            Message::parse(Bytes::from(text.replace('\n', "\r\n"))).expect("one")
        };
        let proofs: Vec<Message> = (1..=20_000).map(&mut proof).collect();
        let begun = cpu_ns();
        for message in &proofs {
            server.verify(message, "101", Some(&account), "alo.example", ip, Moment::START).expect("proven");
        }
        tell(name, proofs.len(), begun);
    }
}

fn measure(name: &str, mut step: impl FnMut()) {
    const TIMES: usize = 500_000;
    (0..TIMES / 10).for_each(|_| step());
    let begun = cpu_ns();
    (0..TIMES).for_each(|_| step());
    tell(name, TIMES, begun);
}

fn tell(name: &str, times: usize, begun: u64) {
    let ns = (cpu_ns() - begun) as f64 / times as f64;
    println!("{name:32} {ns:8.0} ns  {:10.0} a second", 1e9 / ns);
}

/// What this thread has had of a core, which other programs on the machine do not change.
fn cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number")
}
