//! What a conference of three costs: G.711 phones that all speak in real time. Prints the CPU time of each media thread for
//! each conference.
//!
//! `taskset -c 0,1 cargo run --release -p media --example conference -- CONFERENCES SECONDS`

use media::{Codec, Config, Hearing, Leg, Media, Mix, Offer, sound};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

/// How many talk in each.
const PARTIES: usize = 3;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().and_then(|a| a.parse().ok()).unwrap_or(default);
    let (conferences, seconds) = (number(20), number(5));
    let (events, _told) = tokio::sync::mpsc::unbounded_channel();
    let localhost = "127.0.0.1".parse().expect("an address");
    let config = Config { bind: localhost, advertise: localhost, disk_reserve: 0, ..Config::default() };
    let media = Media::start(config, events).expect("media");
    let (mut rooms, mut phones) = (Vec::new(), Vec::new());
    for room in 0..conferences {
        let (legs, mix) = open(&media, room, &mut phones);
        rooms.push((mix, legs));
    }
    let before = (threads(), Instant::now());
    drive(&phones, seconds);
    let (after, wall) = (threads(), before.1.elapsed().as_secs_f64());
    for (name, then) in &before.0 {
        let Some((_, now)) = after.iter().find(|(n, _)| n == name) else { continue };
        let share = (now - then) as f64 / 1e9 / wall * 100.0;
        println!("{name}: {:.3} % of a core a conference", share / conferences as f64);
    }
    drop(rooms);
}

/// A conference of phones on the thread of the first.
fn open(media: &Media, room: u64, phones: &mut Vec<(UdpSocket, std::net::SocketAddr)>) -> (Vec<Leg>, Mix) {
    let mut legs: Vec<Leg> = Vec::new();
    for place in 0..PARTIES {
        let tag = room * PARTIES as u64 + place as u64;
        let opened = legs.first().map_or_else(|| media.open(tag), |first| media.open_beside(tag, first));
        let mut leg = opened.expect("a leg");
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_nonblocking(true).expect("non-blocking");
        leg.offer(Offer { prefer: Some(Codec::Pcmu).into(), ..Offer::default() });
        let port = socket.local_addr().expect("an address").port();
        let answer = format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {port} RTP/AVP 0\r\n");
        leg.accept_answer(answer.as_bytes()).expect("an agreement");
        phones.push((socket, leg.local()));
        legs.push(leg);
    }
    let mix = media.mix(&legs[0]);
    let pairs = legs.iter().flat_map(|ear| legs.iter().map(move |mouth| (ear, mouth)));
    let hearings: Vec<Hearing<'_>> = pairs.map(|(ear, mouth)| Hearing { ear, mouth, percent: 100 }).collect();
    mix.set(&hearings, &[]);
    (legs, mix)
}

fn drive(phones: &[(UdpSocket, std::net::SocketAddr)], seconds: u64) {
    let voice = sound::tone(440.0, 1000);
    let start = Instant::now();
    let mut buffer = [0; 1500];
    for tick in 0..seconds as u32 * 50 {
        let due = start + Duration::from_millis(20) * tick;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        for (ssrc, (socket, server)) in phones.iter().enumerate() {
            let mut packet = vec![0; 12];
            let header = packet.first_chunk_mut().expect("room");
            media::rtp::write(header, 0, false, tick as u16, tick * 160, ssrc as u32 + 1);
            let at = tick as usize % 50 * 160;
            packet.extend_from_slice(&voice.coded(media::Law::Mu)[at..at + 160]);
            socket.send_to(&packet, server).expect("sent");
            while socket.recv(&mut buffer).is_ok() {}
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
