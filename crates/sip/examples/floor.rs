//! What the kernel alone takes for a datagram that is received and answered: nothing is parsed and nothing kept, so no
//! server on this machine answers for less. One process a core, as in a bench:
//!
//! ```text
//! taskset -c 0 cargo run --release -p sip --example floor -- answer 2000 &
//! taskset -c 1 cargo run --release -p sip --example floor -- ask 2000 200
//! ```
//!
//! The numbers are how many datagrams, and how many of them a second.

use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

const ADDRESS: &str = "127.0.0.1:5599";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| words.get(place).and_then(|word| word.parse::<u32>().ok());
    match (words.first().map(String::as_str), number(1), number(2)) {
        (Some("answer"), Some(count), None) => answer(count),
        (Some("ask"), Some(count), Some(rate)) if rate > 0 => ask(count, rate),
        _ => eprintln!("floor answer COUNT | floor ask COUNT RATE"),
    }
}

fn answer(count: u32) {
    let socket = UdpSocket::bind(ADDRESS).expect("the address is free");
    let mut buffer = [0; 2048];
    let before = on_cpu();
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer).expect("a datagram");
        socket.send_to(&buffer[..length], from).expect("sent");
    }
    let spent = on_cpu() - before;
    println!("{:.1} µs of CPU a datagram received and answered", spent.as_secs_f64() * 1e6 / f64::from(count));
}

fn ask(count: u32, rate: u32) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.connect(ADDRESS).expect("connected");
    let (began, mut buffer) = (Instant::now(), [1; 600]);
    for n in 0..count {
        socket.send(&buffer).expect("sent");
        socket.recv(&mut buffer).expect("an answer");
        let next = Duration::from_secs(1) * (n + 1) / rate;
        thread::sleep(next.saturating_sub(began.elapsed()));
    }
}

/// The time this thread has run.
fn on_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(text.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a number"))
}
