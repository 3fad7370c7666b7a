//! What one relayed packet costs: pairs of legs in a media thread, packets paced like calls from a second thread.
//! Prints the CPU time of the media thread for each packet.
//!
//! `taskset -c 0,1 cargo run --release -p media --example relay -- CALLS SECONDS [record]`

use media::{Config, Media, Offer};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

struct Phone {
    socket: UdpSocket,
    server: SocketAddr,
    ssrc: u32,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().and_then(|a| a.parse().ok()).unwrap_or(default);
    let (calls, seconds) = (number(200), number(5));
    let record = std::env::args().any(|a| a == "record");
    let (events, mut told) = tokio::sync::mpsc::unbounded_channel();
    let localhost = "127.0.0.1".parse().expect("an address");
    let config = Config { bind: localhost, advertise: localhost, disk_reserve: 0, ..Config::default() };
    let media = Media::start(config, events).expect("media");
    opening(&media);
    let folder = std::env::temp_dir().join(format!("alo-relay-{}", std::process::id()));
    let (mut legs, mut phones) = (Vec::new(), Vec::new());
    for call in 0..calls {
        let pair: Vec<_> = (0..2u32)
            .map(|side| {
                let mut leg = media.open(call * 2 + u64::from(side)).expect("a leg");
                let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
                socket.set_nonblocking(true).expect("non-blocking");
                let address = socket.local_addr().expect("an address");
                leg.offer(Offer::default());
                let answer = format!(
                    "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n",
                    address.port()
                );
                leg.accept_answer(answer.as_bytes()).expect("an agreement");
                phones.push(Phone { socket, server: leg.local(), ssrc: call as u32 * 2 + side + 1 });
                leg
            })
            .collect();
        pair[0].bridge(&pair[1]);
        if record {
            pair[0].record(&pair[1], folder.join(format!("{call}.wav")));
        }
        legs.extend(pair);
    }
    let before = (threads(), Instant::now());
    let (sent, received) = drive(&phones, seconds);
    let (after, wall) = (threads(), before.1.elapsed().as_secs_f64());
    let mut all = 0.0;
    for (name, then) in &before.0 {
        let Some((_, now)) = after.iter().find(|(n, _)| n == name) else { continue };
        let used = (now - then) as f64 / 1000.0;
        all += used;
        println!("{name}: {:.2} us a packet, {:.1} % of a core", used / received as f64, used / wall / 1e4);
    }
    let each = all / wall / 1e4 / calls as f64;
    println!("{calls} calls, sent {sent}, relayed {received}, {each:.4} % of a core a call");
    drop(legs);
    while media.counts().legs > 0 || media.counts().recordings > 0 {
        told.blocking_recv();
    }
    // There is no folder unless something was recorded.
    let _ = std::fs::remove_dir_all(folder);
}

/// Opens and closes many legs, and prints what one costs.
fn opening(media: &Media) {
    const LEGS: u64 = 400;
    let (resident, start) = (resident_kib(), Instant::now());
    let legs: Vec<_> = (0..LEGS).map(|tag| media.open(tag).expect("a leg")).collect();
    let opened = start.elapsed().as_micros() as u64;
    let kib = resident_kib().saturating_sub(resident);
    drop(legs);
    while media.counts().legs > 0 {
        std::thread::yield_now();
    }
    println!("a leg: {} us to open, {} B", opened / LEGS, kib * 1024 / LEGS);
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Sends a packet from each phone every 20 ms, evenly spread, and counts what arrives.
fn drive(phones: &[Phone], seconds: u64) -> (u64, u64) {
    let (mut sent, mut received) = (0u64, 0u64);
    let start = Instant::now();
    let step = Duration::from_millis(20) / u32::try_from(phones.len()).expect("few phones");
    let mut buffer = [0u8; 1500];
    for tick in 0..seconds * 50 {
        for (place, phone) in phones.iter().enumerate() {
            let due = start + Duration::from_millis(20) * u32::try_from(tick).expect("short") + step * place as u32;
            loop {
                let now = Instant::now();
                if now >= due {
                    break;
                }
                std::thread::sleep(due - now);
            }
            let mut packet = [0x55u8; 172];
            let header = packet.first_chunk_mut().expect("room");
            media::rtp::write(header, 0, false, tick as u16, tick as u32 * 160, phone.ssrc);
            sent += u64::from(phone.socket.send_to(&packet, phone.server).is_ok());
            while phone.socket.recv(&mut buffer).is_ok() {
                received += 1;
            }
        }
    }
    std::thread::sleep(Duration::from_millis(50));
    for phone in phones {
        while phone.socket.recv(&mut buffer).is_ok() {
            received += 1;
        }
    }
    (sent, received)
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
