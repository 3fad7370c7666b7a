//! A phone made of one socket, and a house of media threads to talk to.

use media::rtp::{self, Header};
use media::{Codec, Config, Event, Law, Leg, Media, Offer, Quality, Taste, g711};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a test waits for what must not come.
pub(crate) const MOMENT: Duration = Duration::from_millis(150);

/// Media threads and what they told.
pub(crate) struct House {
    pub(crate) media: Media,
    events: UnboundedReceiver<Event>,
    runtime: Runtime,
    tags: u64,
}

impl House {
    pub(crate) fn new() -> House {
        House::with(Config::default())
    }

    pub(crate) fn with(config: Config) -> House {
        let localhost = Ipv4Addr::LOCALHOST.into();
        let (sender, events) = unbounded_channel();
        let config =
            Config { bind: localhost, advertise: localhost, disk_reserve: config.disk_reserve.min(1), ..config };
        let media = Media::start(config, sender).expect("media threads");
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        House { media, events, runtime, tags: 0 }
    }

    /// The next event; none when nothing happens for so long.
    pub(crate) fn event_within(&mut self, patience: Duration) -> Option<Event> {
        let next = self.events.recv();
        self.runtime.block_on(async { tokio::time::timeout(patience, next).await.ok().flatten() })
    }

    pub(crate) fn event(&mut self) -> Event {
        self.event_within(PATIENCE).expect("an event")
    }

    /// A leg whose far side is a new phone with these payload types, such as `0 101`.
    pub(crate) fn call(&mut self, formats: &str) -> (Leg, Phone) {
        self.tags += 1;
        let mut leg = self.media.open(self.tags).expect("a leg");
        let phone = Phone::new(leg.local(), self.tags as u32);
        leg.offer(Offer::default());
        leg.accept_answer(&phone.describe(formats, "sendrecv")).expect("an agreement");
        (leg, phone)
    }

    /// A leg whose far side is a new phone that answers an offer with this audio: `RTP/AVP 96`, then lines of its own.
    pub(crate) fn speak(&mut self, audio: &str) -> (Leg, Phone) {
        self.tags += 1;
        let mut leg = self.media.open(self.tags).expect("a leg");
        let phone = Phone::new(leg.local(), self.tags as u32);
        let prefer = Taste { codecs: Codec::ALL.into_iter().collect(), noise: true, ..Taste::default() };
        leg.offer(Offer { prefer, ..Offer::default() });
        let port = phone.address().port();
        let answer = format!("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio {port} {audio}\r\n");
        leg.accept_answer(answer.as_bytes()).expect("an agreement");
        (leg, phone)
    }

    /// Two legs that are each other's far sides and talk in this codec.
    pub(crate) fn line(&mut self, codec: Codec) -> (Leg, Leg) {
        let mut open = || {
            self.tags += 1;
            self.media.open(self.tags).expect("a leg")
        };
        let (mut one, mut other) = (open(), open());
        let offer = one.offer(Offer { prefer: Some(codec).into(), ..Offer::default() });
        let answer = other.accept_offer(&offer, Some(codec)).expect("an answer");
        one.accept_answer(&answer).expect("an agreement");
        (one, other)
    }

    /// Waits until all that was asked of the leg so far is done.
    pub(crate) fn settle(&mut self, leg: &Leg) {
        leg.play(std::sync::Arc::new(media::Sound::from_pcm(Vec::new())), false);
        while !matches!(self.event(), Event::PlayDone { .. }) {}
    }

    /// Closes a leg and returns its figures.
    pub(crate) fn quality(&mut self, leg: Leg) -> Quality {
        leg.close();
        loop {
            if let Event::Closed { quality, .. } = self.event() {
                return quality;
            }
        }
    }
}

pub(crate) struct Phone {
    pub(crate) socket: UdpSocket,
    pub(crate) server: SocketAddr,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
}

impl Phone {
    pub(crate) fn new(server: SocketAddr, ssrc: u32) -> Phone {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        Phone { socket, server, ssrc, sequence: 65_500, timestamp: 7_000 }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("an address")
    }

    pub(crate) fn describe(&self, formats: &str, direction: &str) -> Vec<u8> {
        describe(self.address(), formats, direction)
    }

    /// Sends one packet and goes on by one in sequence.
    pub(crate) fn send(&mut self, payload_type: u8, payload: &[u8]) {
        let mut packet = [&[0; rtp::HEADER], payload].concat();
        let header = packet.first_chunk_mut().expect("room");
        rtp::write(header, payload_type, false, self.sequence, self.timestamp, self.ssrc);
        self.socket.send_to(&packet, self.server).expect("sent");
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// Sends 20 ms of sound.
    pub(crate) fn say(&mut self, payload_type: u8, payload: &[u8]) {
        self.send(payload_type, payload);
        self.timestamp = self.timestamp.wrapping_add(payload.len() as u32);
    }

    /// The next packet; none when none comes for so long.
    pub(crate) fn hear_within(&self, patience: Duration) -> Option<(Header, Vec<u8>)> {
        self.socket.set_read_timeout(Some(patience)).expect("a timeout");
        let mut packet = [0; 2048];
        let length = self.socket.recv(&mut packet).ok()?;
        let header = rtp::parse(&packet[..length]).expect("RTP");
        let payload = packet[header.payload.clone()].to_vec();
        Some((header, payload))
    }

    pub(crate) fn hear(&self) -> (Header, Vec<u8>) {
        self.hear_within(PATIENCE).expect("a packet")
    }

    /// Whether nothing comes.
    pub(crate) fn is_left_alone(&self) -> bool {
        self.hear_within(MOMENT).is_none()
    }
}

pub(crate) fn describe(at: SocketAddr, formats: &str, direction: &str) -> Vec<u8> {
    let (ip, port) = (at.ip(), at.port());
    let mut text =
        format!("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n");
    for events in formats.split(' ').filter(|f| f.len() > 1) {
        text += &format!("a=rtpmap:{events} telephone-event/8000\r\n");
    }
    (text + "a=" + direction + "\r\n").into_bytes()
}

/// Does something every 20 ms, so many times.
pub(crate) fn pace(times: u32, mut each: impl FnMut(u32)) {
    let start = Instant::now();
    for tick in 0..times {
        let due = start + Duration::from_millis(20) * tick;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        each(tick);
    }
}

/// Code words back to samples.
pub(crate) fn decode(law: Law, sound: &[u8]) -> Vec<i16> {
    let table = g711::decode_table(law);
    sound.iter().map(|code| table[usize::from(*code)]).collect()
}

/// The share of a sound's energy at a frequency, 0–1 (Goertzel).
pub(crate) fn share(pcm: &[i16], hz: f64) -> f64 {
    let coefficient = 2.0 * (std::f64::consts::TAU * hz / 8000.0).cos();
    let (mut last, mut before, mut energy) = (0.0, 0.0, 1.0);
    for sample in pcm {
        let now = f64::from(*sample) + coefficient * last - before;
        (before, last) = (last, now);
        energy += f64::from(*sample).powi(2);
    }
    let power = last * last + before * before - coefficient * last * before;
    power * 2.0 / pcm.len() as f64 / energy
}
