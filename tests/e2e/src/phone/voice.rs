//! The sound of a call: sends a tone and keys, keeps what is heard, and writes and reads the SDP for both.

use crate::tone::{self, WINDOW};
use crate::wait;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::time::MissedTickBehavior;

const FRAME: u32 = 160;
const FRAME_TIME: Duration = Duration::from_millis(20);
const EVENT_PAYLOAD: u8 = 101;
/// Windows that must hold a tone, one after the other, before it counts as heard.
const SURE: usize = 4;

/// A law of G.711, or what is only passed through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// µ-law.
    Pcmu,
    /// A-law.
    Pcma,
    /// What is called G.729, which the server does not look into: here it is µ-law.
    G729,
}

impl Codec {
    fn payload(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
            Codec::G729 => 18,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
            Codec::G729 => "G729",
        }
    }

    fn encode(self, sample: i16) -> u8 {
        if self == Codec::Pcma { tone::encode_a(sample) } else { tone::encode_u(sample) }
    }
}

/// What arrived so far.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// The sound, decoded, in order of arrival.
    pub samples: Vec<i16>,
    /// Packets with sound.
    pub packets: u64,
    /// Packets missing in the sequence.
    pub lost: u64,
    /// Keys told by RFC 4733, each once.
    pub digits: String,
    /// Who sent.
    pub sources: BTreeSet<SocketAddr>,
    /// When the last packet came.
    pub last: Option<Instant>,
    sequence: Option<u16>,
    event_time: Option<u32>,
}

/// One side's sound.
#[derive(Debug)]
pub struct Voice {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    /// The address that it names, which behind a NAT is another.
    believes: IpAddr,
    codec: Codec,
    version: u32,
    state: Arc<Mutex<State>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    codec: Codec,
    remote: Option<SocketAddr>,
    tone: Option<f64>,
    keys: Vec<u8>,
    sequence: u16,
    time: u32,
    source: u32,
    heard: Heard,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Voice {
    pub(super) async fn open(ip: IpAddr, codec: Codec, believes: IpAddr) -> Voice {
        let socket = Arc::new(UdpSocket::bind((ip, 0)).await.expect("a port for sound"));
        let local = socket.local_addr().expect("a bound socket has an address");
        let source = u32::from(local.port()) << 8 | 0x5a;
        let state = State {
            codec,
            remote: None,
            tone: None,
            keys: Vec::new(),
            sequence: local.port(),
            time: source,
            source,
            heard: Heard::default(),
        };
        let state = Arc::new(Mutex::new(state));
        let tasks = vec![
            tokio::spawn(talk(Arc::clone(&socket), Arc::clone(&state))),
            tokio::spawn(listen(Arc::clone(&socket), Arc::clone(&state))),
        ];
        Voice { socket, local, believes, codec, version: 0, state, tasks }
    }

    /// Our session description.
    pub(super) fn describe(&mut self, direction: &str) -> String {
        self.version += 1;
        let (ip, payload) = (self.believes, self.codec.payload());
        let name = self.codec.name();
        format!(
            "v=0\r\no=- {} {} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {} RTP/AVP {payload} {EVENT_PAYLOAD}\r\n\
             a=rtpmap:{payload} {name}/8000\r\na=rtpmap:{EVENT_PAYLOAD} telephone-event/8000\r\na=fmtp:{EVENT_PAYLOAD} 0-15\r\n\
             a=ptime:20\r\na={direction}\r\n",
            self.local.port(),
            self.version,
            self.local.port()
        )
    }

    /// Takes the far side's address from its description.
    pub(super) fn accept(&mut self, sdp: &str) {
        let ip = sdp.lines().filter_map(|l| l.strip_prefix("c=IN IP4 ")).find_map(|l| l.trim().parse::<IpAddr>().ok());
        let port = sdp.lines().find_map(|l| l.strip_prefix("m=audio ")?.split(' ').next()?.parse::<u16>().ok());
        if let (Some(ip), Some(port)) = (ip, port.filter(|port| *port != 0)) {
            lock(&self.state).remote = Some((ip, port).into());
        }
    }

    /// From now on says this tone, or sends nothing.
    pub fn say(&self, tone: Option<f64>) {
        lock(&self.state).tone = tone;
    }

    /// Sends silence: packets without sound.
    pub fn say_silence(&self) {
        self.say(Some(0.0));
    }

    /// Presses a key (RFC 4733), 160 ms long.
    pub fn press(&self, key: char) {
        let code = "0123456789*#ABCD".find(key).expect("a key of a phone");
        lock(&self.state).keys.push(u8::try_from(code).expect("sixteen keys"));
    }

    /// Forgets what was heard.
    pub fn forget(&self) {
        let mut state = lock(&self.state);
        let (sequence, event_time) = (state.heard.sequence, state.heard.event_time);
        state.heard = Heard { sequence, event_time, ..Heard::default() };
    }

    /// What was heard since the start, or since [`Voice::forget`].
    pub fn heard(&self) -> Heard {
        lock(&self.state).heard.clone()
    }

    /// Our own address.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Where we send to.
    pub fn remote(&self) -> Option<SocketAddr> {
        lock(&self.state).remote
    }

    /// Sends bytes as they are, to try what a stranger or a broken phone does.
    pub async fn send_raw(&self, bytes: &[u8], to: SocketAddr) {
        self.socket.send_to(bytes, to).await.expect("a datagram on loopback leaves");
    }

    /// Waits until the four newest windows all hold the tone.
    ///
    /// # Panics
    /// When they do not in time.
    pub async fn hears(&self, frequency: f64) {
        self.hears_windows(&format!("{frequency} Hz is heard"), |window| tone::is_tone(window, frequency)).await;
    }

    /// Waits until the four newest windows all hold each of these tones and none of the others that our agents use.
    ///
    /// # Panics
    /// When they do not in time.
    pub async fn hears_just(&self, tones: &[f64]) {
        let good = |window: &[i16]| {
            [440.0, 1_000.0, 1_500.0].iter().all(|frequency| {
                let level = tone::level(window, *frequency);
                if tones.contains(frequency) { level > tone::AMPLITUDE / 2.0 } else { level < tone::AMPLITUDE / 8.0 }
            })
        };
        self.hears_windows(&format!("just {tones:?} Hz are heard"), good).await;
    }

    /// Waits until something audible is heard: a prompt, hold music, a ringback.
    pub async fn hears_something(&self) {
        self.hears_windows("something is heard", |window| !tone::is_silence(window)).await;
    }

    /// Waits until the four newest windows all satisfy `good`.
    ///
    /// # Panics
    /// When they do not in time.
    pub async fn hears_windows(&self, what: &str, good: impl Fn(&[i16]) -> bool) {
        let start = Instant::now();
        loop {
            let heard = self.heard();
            let newest = heard.samples.len().saturating_sub(SURE * WINDOW);
            if heard.samples.len() >= SURE * WINDOW && heard.samples[newest..].chunks_exact(WINDOW).all(&good) {
                return;
            }
            assert!(
                start.elapsed() < wait::PATIENCE,
                "waited in vain: {what}; {} packets came, {} lost, levels of 440/1000/1700 Hz in the newest window: {:?}",
                heard.packets,
                heard.lost,
                [440.0, 1_000.0, 1_700.0].map(|f| tone::level(&heard.samples[newest..], f) as i32)
            );
            tokio::time::sleep(FRAME_TIME).await;
        }
    }

    /// Waits until nothing has come for a fifth of a second.
    ///
    /// # Panics
    /// When packets go on and on.
    pub async fn hears_nothing(&self) {
        wait::until("no more sound comes", async || {
            let last = lock(&self.state).heard.last;
            last.is_none_or(|last| last.elapsed() > Duration::from_millis(200)).then_some(())
        })
        .await;
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

async fn talk(socket: Arc<UdpSocket>, state: Arc<Mutex<State>>) {
    let mut clock = tokio::time::interval(FRAME_TIME);
    // A late frame is sent at once: the far side must get all of them.
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        clock.tick().await;
        let key = {
            let mut state = lock(&state);
            if state.keys.is_empty() { None } else { Some(state.keys.remove(0)) }
        };
        if let Some(key) = key {
            press(&socket, &state, key, &mut clock).await;
        }
        let packet = {
            let mut state = lock(&state);
            state.time = state.time.wrapping_add(FRAME);
            match (state.remote, state.tone) {
                (Some(to), Some(tone)) => {
                    let (codec, time) = (state.codec, state.time);
                    let sound: Vec<u8> = (0..FRAME)
                        .map(|at| tone::sample(tone, time.wrapping_add(at)))
                        .map(|sample| codec.encode(sample))
                        .collect();
                    Some((packet(&mut state, codec.payload(), time, &sound), to))
                }
                _ => None,
            }
        };
        if let Some((packet, to)) = packet {
            // A port that was closed at the end of a call is no failure of the sender.
            let _ = socket.send_to(&packet, to).await;
        }
    }
}

async fn press(socket: &UdpSocket, state: &Mutex<State>, key: u8, clock: &mut tokio::time::Interval) {
    let start = lock(state).time.wrapping_add(FRAME);
    for step in 1..=10u16 {
        let (duration, end) = (step.min(8) * FRAME as u16, step >= 8);
        let [high, low] = duration.to_be_bytes();
        let (packet, to) = {
            let mut state = lock(state);
            let event = [key, if end { 0x8a } else { 0x0a }, high, low];
            let packet = packet(&mut state, EVENT_PAYLOAD | if step == 1 { 0x80 } else { 0 }, start, &event);
            (packet, state.remote)
        };
        if let Some(to) = to {
            let _ = socket.send_to(&packet, to).await;
        }
        clock.tick().await;
    }
    let mut state = lock(state);
    state.time = start.wrapping_add(10 * FRAME);
}

fn packet(state: &mut State, payload: u8, time: u32, body: &[u8]) -> Vec<u8> {
    state.sequence = state.sequence.wrapping_add(1);
    let mut packet = vec![0x80, payload];
    packet.extend(state.sequence.to_be_bytes());
    packet.extend(time.to_be_bytes());
    packet.extend(state.source.to_be_bytes());
    packet.extend(body);
    packet
}

async fn listen(socket: Arc<UdpSocket>, state: Arc<Mutex<State>>) {
    let mut buffer = [0; 2_048];
    loop {
        // An ICMP error for something we sent shows here; the next packet may be fine.
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        if length < 12 || buffer[0] >> 6 != 2 {
            continue;
        }
        let heard = &mut lock(&state).heard;
        let sequence = u16::from_be_bytes([buffer[2], buffer[3]]);
        if let Some(last) = heard.sequence {
            let step = sequence.wrapping_sub(last);
            // Far jumps are a new stream, not a loss.
            heard.lost += if (2..1_000).contains(&step) { u64::from(step) - 1 } else { 0 };
        }
        heard.sequence = Some(sequence);
        heard.sources.insert(from);
        heard.last = Some(Instant::now());
        let body = &buffer[12..length];
        match buffer[1] & 0x7f {
            0 | 18 => heard.samples.extend(body.iter().map(|b| tone::decode_u(*b))),
            8 => heard.samples.extend(body.iter().map(|b| tone::decode_a(*b))),
            EVENT_PAYLOAD if body.len() >= 4 => {
                let time = u32::from_be_bytes([buffer[4], buffer[5], buffer[6], buffer[7]]);
                if heard.event_time != Some(time) {
                    heard.event_time = Some(time);
                    heard.digits.extend("0123456789*#ABCD".chars().nth(usize::from(body[0])));
                }
                continue;
            }
            _ => continue,
        }
        heard.packets += 1;
    }
}
