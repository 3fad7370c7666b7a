//! A flood of strangers while people call (R6). A share runs here; `ALO_FLOOD_RATE=10000 ALO_FLOOD_S=10 ALO_BIN=target/release/alo
//! cargo test --release -p e2e --test it -- flood --nocapture` is the whole of it (docs/specs/security.md).

use crate::talk;
use e2e::{Phone, Server, wait};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const SOURCES: usize = 200;
/// How much the server may grow.
const GROWTH: f64 = 200.0 * 1_048_576.0;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// What a scanner sends, by turns: calls, registrations, questions, broken things.
fn letter(number: u64, from: SocketAddr, domain: &str) -> String {
    let method =
        ["INVITE", "REGISTER", "OPTIONS", "BYE", "SUBSCRIBE", "REGISTER", "INVITE", "FOO"][number as usize % 8];
    let user = 100 + number % 900;
    let proof = if number.is_multiple_of(3) {
        format!(
            "Authorization: Digest username=\"{user}\", realm=\"{domain}\", nonce=\"AAAAAAAAAAAAAAAAAAAAAAAA\", \
             uri=\"sip:{domain}\", response=\"{number:032x}\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"a\"\r\n"
        )
    } else {
        String::new()
    };
    let text = format!(
        "{method} sip:{user}@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bKf{number};rport\r\n\
         From: <sip:{user}@{domain}>;tag=f{number}\r\nTo: <sip:{user}@{domain}>\r\nCall-ID: flood{number}@{from}\r\n\
         CSeq: 1 {method}\r\nMax-Forwards: 70\r\nContact: <sip:{user}@{from}>\r\nUser-Agent: friendly-scanner\r\n{proof}\
         Content-Length: 0\r\n\r\n"
    );
    if number % 16 == 7 { text.replace("CSeq: 1", "CSeq: x") } else { text }
}

/// Sends so many a second from many addresses until told to stop; answers are read and forgotten by the kernel.
fn flood(server: SocketAddr, domain: String, rate: u64, stop: Arc<AtomicBool>, sent: Arc<AtomicU64>) {
    let sockets: Vec<UdpSocket> =
        (0..SOURCES).map(|n| UdpSocket::bind((Ipv4Addr::new(127, 50, 1, 1 + n as u8), 0)).expect("a port")).collect();
    let began = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let due = (began.elapsed().as_secs_f64() * rate as f64) as u64;
        let done = sent.load(Ordering::Relaxed);
        for number in done..due.min(done + 500) {
            let socket = &sockets[number as usize % SOURCES];
            let from = socket.local_addr().expect("a bound socket has an address");
            // A full socket drops it, as a network would.
            let _ = socket.send_to(letter(number, from, &domain).as_bytes(), server);
            sent.fetch_add(1, Ordering::Relaxed);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_register_and_call_while_strangers_flood() {
    let (rate, seconds) = (setting("ALO_FLOOD_RATE", 1_000), setting("ALO_FLOOD_S", 4));
    let server = Server::start().await;
    let (lan, minh) = (server.phone("101").await, server.phone("102").await);
    let mut caller = lan.dial("102").await;
    let mut callee = minh.rings().await;
    callee.answer().await;
    caller.answered().await;
    talk(&caller, &callee).await;
    caller.voice.forget();
    callee.voice.forget();
    let memory = async || server.metric("alo_resident_bytes").await.expect("the server tells its memory");
    let before = memory().await;

    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let (address, domain) = (server.sip(), server.domain().to_owned());
    let flooder = {
        let (stop, sent) = (stop.clone(), sent.clone());
        thread::spawn(move || flood(address, domain, rate, stop, sent))
    };
    let began = Instant::now();
    let (mut registrations, mut calls) = (Vec::new(), 0);
    let agent = server.phone("104").await;
    while began.elapsed() < Duration::from_secs(seconds) {
        let phone: Phone = server.unregistered("103").await;
        let asked = Instant::now();
        assert_eq!(phone.register().await, 200);
        registrations.push(asked.elapsed());
        let mut short = phone.dial("104").await;
        let mut far = agent.rings().await;
        far.answer().await;
        short.answered().await;
        assert_eq!(short.hang_up().await, 200);
        far.hung_up().await;
        calls += 1;
    }
    let (lost, heard) = (
        caller.voice.heard().lost + callee.voice.heard().lost,
        caller.voice.heard().packets + callee.voice.heard().packets,
    );
    stop.store(true, Ordering::Relaxed);
    flooder.join().expect("the flooder ends");
    let reached = sent.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    registrations.sort();
    let slowest = registrations[registrations.len() - 1];
    let grown = (memory().await - before) / 1_048_576.0;
    println!(
        "{reached:.0} messages/s from {SOURCES} sources for {seconds} s: {} registrations, slowest {slowest:?}; {calls} calls; \
         {lost} of {heard} packets lost; {grown:.1} MiB more",
        registrations.len()
    );
    let in_time = registrations.iter().filter(|time| **time <= Duration::from_secs(2)).count();
    assert!(
        in_time * 100 >= registrations.len() * 99,
        "registrations within two seconds: {in_time} of {}",
        registrations.len()
    );
    assert!(lost * 1_000 <= heard, "{lost} of {heard} packets of the call that was up are lost");
    assert!(grown * 1_048_576.0 < GROWTH, "{grown:.1} MiB more");
    talk(&caller, &callee).await;
    assert_eq!(caller.hang_up().await, 200);
    callee.hung_up().await;
    // Soon after, all is as before.
    let fresh = server.phone("105").await;
    let asked = Instant::now();
    assert_eq!(wait::within("a registration after the flood", fresh.register()).await, 200);
    assert!(asked.elapsed() < Duration::from_secs(2));
    server.settles().await;
}
