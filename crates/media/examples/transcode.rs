//! What a transcoded call costs: pairs of legs with different codecs, both sides speaking in real time. Prints the CPU
//! time of each media thread for each call and pair of codecs.
//!
//! `taskset -c 0,1 cargo run --release -p media --example transcode -- CALLS SECONDS`

use media::{Codec, Config, Leg, Media, Offer, sound};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// A phone that says the same packet again and again.
struct Phone {
    socket: UdpSocket,
    server: SocketAddr,
    payload_type: u8,
    law: media::Law,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().and_then(|a| a.parse().ok()).unwrap_or(default);
    let (calls, seconds) = (number(20), number(5));
    for codec in [Codec::G722, Codec::Opus] {
        measure(codec, calls, seconds);
    }
}

/// Each call is a G.711 phone, a leg, a line in the codec to another leg, and a second phone: two transcoded calls.
fn measure(codec: Codec, calls: u64, seconds: u64) {
    let (events, _told) = tokio::sync::mpsc::unbounded_channel();
    let localhost = "127.0.0.1".parse().expect("an address");
    let config = Config { bind: localhost, advertise: localhost, disk_reserve: 0, ..Config::default() };
    let media = Media::start(config, events).expect("media");
    let (mut legs, mut phones) = (Vec::new(), Vec::new());
    for call in 0..calls.div_ceil(2) {
        let open = |n: u64| media.open(call * 4 + n).expect("a leg");
        let (mut near, mut one, mut other, mut far) = (open(0), open(1), open(2), open(3));
        let offer = one.offer(Offer { prefer: Some(codec).into(), ..Offer::default() });
        let answer = other.accept_offer(&offer, Some(codec)).expect("an answer");
        one.accept_answer(&answer).expect("an agreement");
        phones.extend([phone(&mut near), phone(&mut far)]);
        near.bridge(&one);
        other.bridge(&far);
        legs.extend([near, one, other, far]);
    }
    let before = (threads(), Instant::now());
    drive(&phones, seconds);
    let (after, wall) = (threads(), before.1.elapsed().as_secs_f64());
    for (name, then) in &before.0 {
        let Some((_, now)) = after.iter().find(|(n, _)| n == name) else { continue };
        let share = (now - then) as f64 / 1e9 / wall * 100.0;
        println!("PCMU to {}, {name}: {:.3} % of a core a call", codec.name(), share / calls as f64);
    }
    drop(legs);
}

fn phone(leg: &mut Leg) -> Phone {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.set_nonblocking(true).expect("non-blocking");
    leg.offer(Offer { prefer: Some(Codec::Pcmu).into(), ..Offer::default() });
    let port = socket.local_addr().expect("an address").port();
    let answer = format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {port} RTP/AVP 0\r\n");
    leg.accept_answer(answer.as_bytes()).expect("an agreement");
    Phone { socket, server: leg.local(), payload_type: 0, law: media::Law::Mu }
}

fn drive(phones: &[Phone], seconds: u64) {
    let voice = sound::tone(440.0, 1000);
    let start = Instant::now();
    let mut buffer = [0; 1500];
    for tick in 0..seconds as u32 * 50 {
        let due = start + Duration::from_millis(20) * tick;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        for (ssrc, phone) in phones.iter().enumerate() {
            let mut packet = vec![0; 12];
            let header = packet.first_chunk_mut().expect("room");
            media::rtp::write(header, phone.payload_type, false, tick as u16, tick * 160, ssrc as u32 + 1);
            let at = tick as usize % 50 * 160;
            packet.extend_from_slice(&voice.coded(phone.law)[at..at + 160]);
            phone.socket.send_to(&packet, phone.server).expect("sent");
            while phone.socket.recv(&mut buffer).is_ok() {}
        }
    }
}

/// Nanoseconds on the CPU of each media thread so far.
fn threads() -> Vec<(String, u64)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc/self/task").expect("proc").flatten() {
        let read = |name: &str| std::fs::read_to_string(entry.path().join(name)).unwrap_or_default();
        let name = read("comm").trim().to_owned();
        let used = read("schedstat").split(' ').next().and_then(|w| w.parse().ok()).unwrap_or(0);
        if name.starts_with("media") {
            found.push((name, used));
        }
    }
    found
}
