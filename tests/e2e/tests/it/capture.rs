//! Looking into calls: the ladder, the file for a packet analyser, the terminal.

use crate::{CALLEE, CALLER, talk};
use e2e::{Server, tone, until};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// A call from 101 to 102 with a key and a hold, ended by the caller.
async fn story(server: &Server) -> String {
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    let id = server.get("/calls/live").await["items"][0]["id"].as_str().expect("a call is up").to_owned();
    talk(&caller, &callee).await;
    caller.voice.press('5');
    until("the key is in the live ladder", async || has(&ladder(server, &id).await, "digit", "5").then_some(())).await;
    caller.hold().await;
    caller.resume().await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    server.settles().await;
    id
}

async fn ladder(server: &Server, call: &str) -> Value {
    server.get(&format!("/calls/{call}/ladder")).await
}

fn entries(ladder: &Value) -> &[Value] {
    ladder["entries"].as_array().expect("entries")
}

fn has(ladder: &Value, kind: &str, label: &str) -> bool {
    entries(ladder).iter().any(|entry| entry["kind"] == kind && entry["label"] == label)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_told_over_all_its_legs_without_secrets() {
    let mut server = Server::start().await;
    let id = story(&server).await;
    let told = until("the call is on the disk", async || {
        let told = ladder(&server, &id).await;
        (told["ended"] == json!(true) && entries(&told).iter().filter(|e| e["label"] == "200 OK").count() >= 6)
            .then_some(told)
    })
    .await;
    let arrows = |leg: u64| -> Vec<String> {
        let of_leg = entries(&told).iter().filter(|e| e["leg"] == json!(leg) && e["kind"] == "message");
        let arrow = |e: &Value| if e["message"]["sent"] == json!(true) { "<" } else { ">" };
        of_leg.map(|e| format!("{}{}", arrow(e), e["label"].as_str().unwrap_or_default())).collect()
    };
    let caller = arrows(0);
    assert_eq!(caller.first().map(String::as_str), Some(">INVITE"), "{caller:?}");
    for expected in ["<100 Trying", "<200 OK", ">ACK", ">BYE"] {
        assert!(caller.iter().any(|arrow| arrow == expected), "{expected} in {caller:?}");
    }
    assert_eq!(caller.last().map(String::as_str), Some("<200 OK"), "{caller:?}");
    let callee = arrows(1);
    assert_eq!(callee.first().map(String::as_str), Some("<INVITE"), "{callee:?}");
    assert!(callee.iter().any(|arrow| arrow == "<BYE"), "{callee:?}");
    assert_eq!(told["participants"][0]["name"], "extension 101");
    assert_eq!(told["participants"][1]["name"], "extension 102");
    assert_eq!(told["participants"][0]["quality"]["lost"], json!(0), "{}", told["participants"]);
    assert!(has(&told, "digit", "5") && has(&told, "held", "on hold") && has(&told, "resumed", "off hold"));
    let held = |e: &&Value| e["message"]["session"] == "sendonly" && e["message"]["method"] == "INVITE";
    assert!(entries(&told).iter().any(|e| held(&e)), "the body of the re-INVITE is read");
    let invite = entries(&told)[0]["message"]["text"].as_str().expect("a text");
    assert!(invite.contains("Authorization: Digest") && invite.contains("response=\"xxxx"), "{invite}");
    assert!(invite.contains("m=audio"), "{invite}");

    let other = server.bootstrap("Other Company", &["--extensions", "101-102"]);
    let theirs = reqwest::Client::new().get(server.url(&format!("/api/v1/calls/{id}/ladder")));
    let theirs = theirs.bearer_auth(other["api_key"].as_str().expect("a key")).send().await.expect("an answer");
    assert_eq!(theirs.status(), 404, "another company's call is unknown");

    server.ask_to_stop();
    server.wait_for_end().await;
    server.serve().await;
    assert_eq!(entries(&ladder(&server, &id).await).len(), entries(&told).len(), "it outlives the process");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_draws_the_ladder_and_lists_calls() {
    let server = Server::start().await;
    let id = story(&server).await;
    let ended = async || (ladder(&server, &id).await["ended"] == json!(true)).then_some(());
    until("the call has ended", ended).await;
    let file = server.folder().join("out.pcap");
    let output = server.alo(&["capture", "--call", &id, "--full", "--pcap", file.to_str().expect("text")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    for expected in
        ["extension 101", "Alo", "extension 102", "- INVITE (SDP) -", "- 200 OK ", "* 5", "BYE", "MOS", "m=audio"]
    {
        assert!(text.contains(expected), "{expected:?} in\n{text}");
    }
    assert!(!datagrams(&file).is_empty());
    server.record("the call", |_| true).await;
    let output = server.alo(&["capture"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains(&id), "{}", String::from_utf8_lossy(&output.stderr));
    let unknown = server.alo(&["capture", "--call", "call_00000000000000000000000001"]);
    assert!(!unknown.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sound_of_a_watched_call_can_be_read_by_a_packet_analyser() {
    let server = Server::start().await;
    let order = server.post("/captures", &json!({ "extension": "102", "media": true, "calls": 1 })).await;
    assert_eq!((&order["target"], &order["calls_left"]), (&json!("extension"), &json!(1)), "{order}");
    let id = story(&server).await;
    let orders = server.get("/captures").await;
    assert_eq!(orders["items"][0]["call_ids"], json!([id]), "{orders}");
    let second = story(&server).await;
    let path = server.folder().join("call.pcap");
    let rtp = until("signalling and sound are in the file", async || {
        std::fs::write(&path, server.download(&format!("/calls/{id}/pcap")).await?).expect("a file");
        let all = datagrams(&path);
        let sip = all.iter().any(|d| d.payload.starts_with(b"BYE "));
        let rtp: Vec<Datagram> = all.into_iter().filter(|d| d.payload.len() == 172 && d.payload[0] == 0x80).collect();
        (sip && rtp.len() > 50).then_some(rtp)
    })
    .await;
    // Of the two who talk, each is heard in the stream that leaves its phone.
    let mut heard = Vec::new();
    for source in rtp.iter().map(|d| d.from).collect::<std::collections::BTreeSet<_>>() {
        let decode = if rtp.iter().any(|d| d.from == source && d.payload[1] & 0x7f == 8) {
            tone::decode_a
        } else {
            tone::decode_u
        };
        let samples: Vec<i16> =
            rtp.iter().filter(|d| d.from == source).flat_map(|d| d.payload[12..].iter().map(|b| decode(*b))).collect();
        heard.extend(
            [CALLER, CALLEE].into_iter().filter(|hz| samples.chunks(tone::WINDOW).any(|w| tone::is_tone(w, *hz))),
        );
    }
    assert!(heard.contains(&CALLER) && heard.contains(&CALLEE), "{heard:?}");
    analyse(&path);

    std::fs::write(&path, server.download(&format!("/calls/{second}/pcap")).await.expect("a file")).expect("a file");
    assert!(datagrams(&path).iter().all(|d| d.payload[0] != 0x80), "nobody asked for the sound of the second call");
    let told = server.get("/calls?limit=1").await;
    assert!(told["items"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_when_it_is_switched_off() {
    let plan = e2e::Plan::default().set("ALO_CAPTURE__SIGNALLING_MB", 0).set("ALO_CAPTURE__SOUND_MB", 0);
    let server = plan.start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.hang_up().await;
    callee.hung_up().await;
    let record = server.record("the call", |_| true).await;
    let path = format!("/calls/{}/ladder", record["id"].as_str().expect("an id"));
    assert!(server.download(&path).await.is_none());
    assert!(!server.data().join("captures").exists());
}

/// tshark, where there is one, reads SIP and RTP out of it; tcpdump finds all checksums right.
fn analyse(path: &Path) {
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).arg(path).output().ok()?;
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    if let Some(told) = run("tcpdump", &["-nvv", "-r"]) {
        assert!(
            told.contains("INVITE sip:") && !told.contains("bad udp cksum") && !told.contains("bad cksum"),
            "{told}"
        );
    }
    if let Some(told) =
        run("tshark", &["-n", "-T", "fields", "-e", "sip.Method", "-e", "rtp.ssrc", "-e", "_ws.malformed", "-r"])
    {
        let mut words = told.split_whitespace();
        assert!(words.clone().any(|word| word == "INVITE") && words.any(|word| word.starts_with("0x")), "{told}");
        assert!(!told.contains("Malformed"), "{told}");
    }
}

struct Datagram {
    from: SocketAddr,
    payload: Vec<u8>,
}

/// The UDP datagrams of a libpcap file of raw IPv4, which must be in the order of time.
fn datagrams(path: &Path) -> Vec<Datagram> {
    let file = std::fs::read(path).expect("a file");
    assert_eq!((&file[..4], &file[20..24]), ([0xd4, 0xc3, 0xb2, 0xa1].as_slice(), [101, 0, 0, 0].as_slice()));
    let (mut rest, mut found, mut before) = (&file[24..], Vec::new(), 0);
    while rest.len() >= 16 {
        let field = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().expect("four bytes"));
        let (at, length) = (u64::from(field(0)) * 1_000_000 + u64::from(field(4)), field(8) as usize);
        assert!(at >= before, "packets are in the order of time");
        before = at;
        let packet = &rest[16..16 + length];
        assert_eq!((packet[0], packet[9]), (0x45, 17), "IPv4 with UDP");
        let from = std::net::Ipv4Addr::new(packet[12], packet[13], packet[14], packet[15]);
        let port = u16::from_be_bytes([packet[20], packet[21]]);
        found.push(Datagram { from: (from, port).into(), payload: packet[28..].to_vec() });
        rest = &rest[16 + length..];
    }
    found
}
