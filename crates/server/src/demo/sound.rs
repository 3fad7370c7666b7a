//! The sound of one robot: RTP every 20 ms with something like a voice in it, key presses as RFC 4733 events, and a
//! count of what is heard.

use super::session::Far;
use media::{Codec, g711};
use model::Digit;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

const FRAME: usize = 160;
const PACE: Duration = Duration::from_millis(20);
/// A key is held for six packets, and its end is told three times.
const KEY_PACKETS: u16 = 6;
const KEY_ENDS: usize = 3;

/// The mouth and ear of one call.
pub(super) struct Sound {
    local: SocketAddr,
    socket: Arc<UdpSocket>,
    heard: Arc<AtomicU64>,
    keys: Option<mpsc::Sender<Digit>>,
    talker: Option<JoinHandle<()>>,
}

impl Sound {
    /// Opens a socket; nothing is sent yet.
    pub(super) async fn open(ip: IpAddr) -> std::io::Result<Sound> {
        let socket = UdpSocket::bind((ip, 0)).await?;
        let local = socket.local_addr()?;
        Ok(Sound { local, socket: Arc::new(socket), heard: Arc::default(), keys: None, talker: None })
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    /// Begins to talk, or goes on talking to another place.
    pub(super) fn talk(&mut self, far: Far, pitch_hz: f64) {
        if let Some(talker) = self.talker.take() {
            talker.abort();
        }
        let (keys, waiting) = mpsc::channel(16);
        self.keys = Some(keys);
        let talk = Talk::new(self.socket.clone(), far, pitch_hz);
        self.talker = Some(tokio::spawn(talk.run(waiting, self.heard.clone())));
    }

    /// Presses a key.
    pub(super) fn press(&self, digit: Digit) {
        if let Some(keys) = &self.keys {
            // A robot that presses more than sixteen keys at once may lose one.
            let _ = keys.try_send(digit);
        }
    }

    /// Packets heard so far.
    pub(super) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        if let Some(talker) = &self.talker {
            talker.abort();
        }
    }
}

struct Talk {
    socket: Arc<UdpSocket>,
    far: Far,
    voice: Vec<u8>,
    at: usize,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
}

impl Talk {
    fn new(socket: Arc<UdpSocket>, far: Far, pitch_hz: f64) -> Talk {
        let ssrc = super::dice::below(u64::from(u32::MAX)) as u32;
        let voice = voice(far.codec, pitch_hz);
        Talk { socket, far, voice, at: 0, sequence: ssrc as u16, timestamp: ssrc ^ 0x5a5a, ssrc }
    }

    async fn run(mut self, mut keys: mpsc::Receiver<Digit>, heard: Arc<AtomicU64>) {
        let mut clock = tokio::time::interval(PACE);
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let socket = self.socket.clone();
        let mut packet = [0u8; 2048];
        let mut key: Option<(Digit, u16, u32)> = None;
        loop {
            tokio::select! {
                received = socket.recv_from(&mut packet) => match received {
                    Ok(_) => _ = heard.fetch_add(1, Ordering::Relaxed),
                    Err(error) => tracing::trace!(%error, "the far side has closed its port"),
                },
                _ = clock.tick() => {
                    if key.is_none() {
                        key = keys.try_recv().ok().map(|digit| (digit, 0, self.timestamp));
                    }
                    match (&mut key, self.far.events) {
                        (Some((digit, sent, began)), Some(payload_type)) => {
                            *sent += 1;
                            let (digit, sent, began) = (*digit, *sent, *began);
                            self.key(payload_type, digit, sent, began).await;
                            if sent == KEY_PACKETS {
                                key = None;
                            }
                        }
                        (Some(_), None) => key = None,
                        (None, _) => self.frame().await,
                    }
                    self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
                }
            }
        }
    }

    async fn frame(&mut self) {
        let frame: Vec<u8> = self.voice.iter().cycle().skip(self.at).take(FRAME).copied().collect();
        self.at = (self.at + FRAME) % self.voice.len();
        let payload_type = self.far.codec.payload_type();
        self.send(payload_type, self.timestamp, &frame).await;
    }

    async fn key(&mut self, payload_type: u8, digit: Digit, sent: u16, began: u32) {
        let last = sent == KEY_PACKETS;
        let [high, low] = (sent * FRAME as u16).to_be_bytes();
        let end = if last { 0x80 } else { 0 };
        let marker = if sent == 1 { 0x80 } else { 0 };
        for _ in 0..if last { KEY_ENDS } else { 1 } {
            self.send(payload_type | marker, began, &[digit.event(), end | 10, high, low]).await;
        }
    }

    async fn send(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) {
        let mut packet = Vec::with_capacity(12 + payload.len());
        packet.extend([0x80, payload_type]);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        if let Err(error) = self.socket.send_to(&packet, self.far.address).await {
            tracing::trace!(%error, "the far side has closed its port");
        }
    }
}

/// Two seconds of syllables: a pitch that rises and falls, with pauses between.
fn voice(codec: Codec, pitch_hz: f64) -> Vec<u8> {
    let rate = f64::from(media::sound::RATE);
    let mut phase = 0.0;
    let samples: Vec<i16> = (0..2 * media::sound::RATE)
        .map(|n| {
            let t = f64::from(n) / rate;
            let syllable = (t * 4.0).fract();
            let loudness = if (t * 0.5).fract() > 0.8 { 0.0 } else { (std::f64::consts::PI * syllable).sin() };
            phase += std::f64::consts::TAU * pitch_hz * (1.0 + 0.1 * (t * 3.0).sin()) / rate;
            let timbre = phase.sin() + 0.5 * (2.0 * phase).sin() + 0.25 * (3.0 * phase).sin();
            (loudness * timbre * 6_000.0) as i16
        })
        .collect();
    codec.law().map_or_else(Vec::new, |law| g711::encode_all(law, &samples))
}
