//! Broken input at the real server, over sockets (R4): seeded, so that a failure comes again with its seed. A hundredth runs
//! here; `ALO_FUZZ_INPUTS=1000000 ALO_FUZZ_DIALOG=50000 cargo test --release -p e2e --test it -- fuzz --nocapture` is
//! the whole of it (docs/specs/security.md).

use crate::stranger::{Stranger, fresh_ip};
use crate::talk;
use e2e::Server;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;

const SEEDS: u64 = 20;
/// How much the server may grow.
const GROWTH: f64 = 50.0 * 1_048_576.0;

/// A number from the environment.
fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Dice that fall the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.roll() % most.max(1) as u64) as usize
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// Breaks a text in one to four ways.
    fn mutate(&mut self, text: &str) -> Vec<u8> {
        const WORDS: [&str; 24] = [
            "\r\n",
            "\r\n\r\n",
            "\0",
            ";",
            "<",
            ">",
            "\"",
            ",",
            "@",
            "sip:",
            "%00",
            "%",
            "4294967296",
            "-1",
            "99999999999999999999",
            "SIP/2.0",
            "Content-Length: 9999\r\n",
            "Via: SIP/2.0/UDP x;branch=z9hG4bK1\r\n",
            "To: <sip:a@b>\r\n",
            "Contact: *\r\n",
            "Require: x\r\n",
            "\u{feff}大",
            " \r\n ",
            "a=b\r\nm=audio 0 RTP/AVP\r\n",
        ];
        let mut bytes = text.as_bytes().to_vec();
        for _ in 0..1 + self.below(4) {
            let at = self.below(bytes.len());
            match self.below(8) {
                0 => bytes[at] = self.roll() as u8,
                1 => bytes.truncate(at),
                2 => drop(bytes.drain(at..(at + self.below(40)).min(bytes.len()))),
                3 => drop(bytes.splice(at..at, self.one_of(&WORDS).bytes())),
                4 => {
                    let from = self.below(bytes.len());
                    let part = bytes[from..(from + self.below(120)).min(bytes.len())].to_vec();
                    drop(bytes.splice(at..at, part));
                }
                5 => {
                    let many = self.below(300);
                    drop(bytes.splice(at..at, std::iter::repeat_n(b'x', many)));
                }
                6 => bytes[at] ^= 1 << self.below(8),
                _ => {
                    let word = self.one_of(&WORDS);
                    let end = (at + word.len()).min(bytes.len());
                    drop(bytes.splice(at..end, word.bytes()));
                }
            }
            if bytes.is_empty() {
                bytes.push(b'\r');
            }
        }
        bytes
    }
}

/// Something a stranger might send.
fn letter(dice: &mut Dice, stranger: &Stranger) -> String {
    const METHODS: [&str; 14] = [
        "INVITE",
        "REGISTER",
        "OPTIONS",
        "ACK",
        "BYE",
        "CANCEL",
        "INFO",
        "UPDATE",
        "PRACK",
        "REFER",
        "SUBSCRIBE",
        "NOTIFY",
        "MESSAGE",
        "FOO",
    ];
    let user = dice.one_of(&["101", "102", "999", "", "a%20b"]);
    let uri = format!("sip:101@{}", stranger.domain);
    let digest = format!(
        "Authorization: Digest username=\"101\", realm=\"{}\", nonce=\"AAAA\", uri=\"{uri}\", response=\"{:032x}\", \
         algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"x\"\r\n",
        stranger.domain,
        dice.roll()
    );
    let more = dice.one_of(&[
        "",
        &digest,
        "Supported: path, outbound\r\nExpires: 60\r\n",
        "Session-Expires: 90\r\nRequire: timer\r\n",
    ]);
    let text = stranger.request(dice.one_of(&METHODS), &uri, user, more);
    match dice.below(4) {
        0 => {
            let ip = stranger.address().ip();
            let sdp = format!(
                "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\n\
                 a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"
            );
            let head = text.replace(
                "Content-Length: 0",
                &format!("Content-Type: application/sdp\r\nContent-Length: {}", sdp.len()),
            );
            head + &sdp
        }
        1 => {
            let (_, rest) = text.split_once("\r\n").unwrap_or(("", &text));
            format!("SIP/2.0 {} Any\r\n{rest}", 100 + dice.below(600))
        }
        _ => text,
    }
}

/// Resident memory of the server, in bytes.
async fn memory(server: &Server) -> f64 {
    server.metric("alo_resident_bytes").await.expect("the server tells its memory")
}

/// Nothing panicked, and the server answers.
async fn is_well(server: &Server, seed: u64) {
    for metric in ["alo_sip_panics_total", "alo_call_panics_total"] {
        assert_eq!(server.metric(metric).await.unwrap_or(0.0), 0.0, "{metric}, seed {seed}");
    }
    let stranger = Stranger::new(server).await;
    let options = stranger.request("OPTIONS", &format!("sip:{}", stranger.domain), "a", "");
    assert_eq!(stranger.ask(&options).await.status(), 200, "seed {seed}");
}

async fn calls_work(server: &Server) {
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_messages_of_strangers_break_nothing() {
    let server = Server::start().await;
    calls_work(&server).await;
    let before = memory(&server).await;
    let inputs = setting("ALO_FUZZ_INPUTS", 10_000);
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        for block in 0..(inputs / SEEDS as usize / 100).max(1) {
            let stranger = Stranger::new(&server).await;
            if block % 4 == 3 {
                let socket = TcpSocket::new_v4().expect("a socket");
                socket.bind((fresh_ip(), 0).into()).expect("a port");
                let mut stream = socket.connect(server.sip()).await.expect("a connection");
                for _ in 0..100 {
                    let text = letter(&mut dice, &stranger).replace("/UDP", "/TCP");
                    let bytes = if dice.below(3) == 0 { text.into_bytes() } else { dice.mutate(&text) };
                    if stream.write_all(&bytes).await.is_err() {
                        // It has closed what it could not frame.
                        break;
                    }
                }
            } else {
                for _ in 0..100 {
                    let text = letter(&mut dice, &stranger);
                    let bytes = dice.mutate(&text);
                    stranger.socket.send_to(&bytes, stranger.server).await.expect("a datagram leaves");
                }
            }
        }
        is_well(&server, seed).await;
    }
    calls_work(&server).await;
    server.settles().await;
    let grown = memory(&server).await - before;
    assert!(grown < GROWTH, "the server grew by {:.1} MiB", grown / 1_048_576.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_messages_inside_calls_end_no_other_call() {
    let server = Server::start().await;
    let (lan, minh) = (server.phone("103").await, server.phone("104").await);
    let mut quiet = lan.dial("104").await;
    let mut quiet_far = minh.rings().await;
    quiet_far.answer().await;
    quiet.answered().await;
    talk(&quiet, &quiet_far).await;
    quiet.voice.forget();
    quiet_far.voice.forget();
    let inputs = setting("ALO_FUZZ_DIALOG", 100);
    const EACH: usize = 25;
    let (a, b) = (server.phone("101").await, server.phone("102").await);
    for seed in 0..inputs.div_ceil(EACH) as u64 {
        let mut dice = Dice(seed);
        let mut caller = a.dial("102").await;
        let mut callee = b.rings().await;
        callee.answer().await;
        caller.answered().await;
        for _ in 0..EACH {
            let method = dice
                .one_of(&["INVITE", "UPDATE", "INFO", "BYE", "ACK", "PRACK", "REFER", "NOTIFY", "CANCEL", "MESSAGE"]);
            let text = if dice.below(2) == 0 { caller.words(method) } else { callee.words(method) };
            let bytes = if dice.below(5) == 0 { text.into_bytes() } else { dice.mutate(&text) };
            if dice.below(2) == 0 { caller.send_raw(&bytes).await } else { callee.send_raw(&bytes).await }
        }
        is_well(&server, seed).await;
        // Whatever is left of it, an operator ends.
        let calls = server.get("/calls/live").await;
        for call in calls["items"].as_array().into_iter().flatten().filter(|call| call["from"] == "101") {
            server.end_call(call["id"].as_str().expect("an id")).await;
        }
        tokio::join!(caller.gives_way(), callee.gives_way());
        e2e::wait::until_within(Duration::from_secs(60), "the broken call is gone", async || {
            (server.metric("alo_calls").await? == 1.0).then_some(())
        })
        .await;
    }
    talk(&quiet, &quiet_far).await;
    assert_eq!((quiet.voice.heard().lost, quiet_far.voice.heard().lost), (0, 0), "the other call lost nothing");
    assert_eq!(quiet.hang_up().await, 200);
    quiet_far.hung_up().await;
}
