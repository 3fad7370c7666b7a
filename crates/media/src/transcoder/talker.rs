//! What one far side says, decoded: its packets are put in order, lost ones are made up for. Pure.

use super::TICKS;
use super::listener::Kind;
use super::order::{Next, Order};
use super::voice::Decoder;
use crate::Codec;
use crate::dtmf::inband::Detector;
use crate::resample::Down;
use model::{Digit, Moment};

/// Lost packets beyond this length are a pause.
const CONCEALED_MS: u32 = 120;
/// No packet holds more than this.
const LONGEST_MS: u32 = 120;

/// A packet as it came.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    pub(crate) kind: Kind,
    pub(crate) codec: Codec,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Vec<u8>,
}

/// Something that was said.
#[derive(Debug)]
pub(super) struct Piece {
    /// Where it begins, in ticks of its stream.
    pub(super) at: i64,
    /// Grows when the far side begins anew.
    pub(super) stream: u32,
    pub(super) marker: bool,
    /// The timestamp as it came, for what is not sound of ours.
    pub(super) timestamp: u32,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Sound(Vec<i16>),
    Aside(Kind, Vec<u8>),
}

pub(super) struct Talker {
    codec: Codec,
    decoder: Decoder,
    order: Order<Packet>,
    ssrc: u32,
    stream: u32,
    /// The newest timestamp, where it stands in ticks, when it came, and with which sequence.
    newest: Option<Newest>,
    /// Ticks of the newest sound.
    length: i64,
    ears: Option<Ears>,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    timestamp: u32,
    at: i64,
    came: Moment,
    sequence: u16,
}

struct Ears {
    detector: Detector,
    down: Option<Down>,
}

impl Talker {
    /// None for a codec that we do not speak.
    pub(super) fn new(codec: Codec) -> Option<Talker> {
        Some(Talker {
            codec,
            decoder: Decoder::new(codec)?,
            order: Order::new(),
            ssrc: 0,
            stream: 0,
            newest: None,
            length: i64::from(TICKS / 50),
            ears: None,
        })
    }

    pub(super) fn rate(&self) -> u32 {
        self.codec.rate()
    }

    /// Its codec and its SSRC.
    pub(super) fn identity(&self) -> (Codec, u32) {
        (self.codec, self.ssrc)
    }

    /// Takes a packet in.
    pub(super) fn push(&mut self, now: Moment, packet: Packet) {
        if packet.codec != self.codec
            && let Some(decoder) = Decoder::new(packet.codec)
        {
            (self.codec, self.decoder, self.ears) = (packet.codec, decoder, None);
            self.begin(packet.ssrc);
        }
        if packet.ssrc != self.ssrc {
            self.begin(packet.ssrc);
        }
        self.order.push(now, packet.sequence, packet);
    }

    /// What can be said by now.
    pub(super) fn pop(&mut self, now: Moment) -> Option<Piece> {
        loop {
            match self.order.pop(now)? {
                Next::Packet(packet) => return Some(self.say(now, packet)),
                Next::Lost(packets) => {
                    if let Some(piece) = self.make_up(packets) {
                        return Some(piece);
                    }
                }
            }
        }
    }

    /// Until when packets wait for missing ones.
    pub(super) fn due(&self) -> Option<Moment> {
        self.order.due()
    }

    /// Listens to what was said for keys.
    pub(super) fn hear(&mut self, pcm: &[i16]) -> Option<Digit> {
        let wide = self.codec.rate() == 16_000;
        let ears = self.ears.get_or_insert_with(|| Ears { detector: Detector::new(), down: wide.then(Down::default) });
        let Some(down) = &mut ears.down else { return ears.detector.listen(pcm.iter().copied()) };
        let mut narrow = Vec::with_capacity(pcm.len() / 2);
        down.push(pcm, &mut narrow);
        ears.detector.listen(narrow.into_iter())
    }

    fn begin(&mut self, ssrc: u32) {
        self.ssrc = ssrc;
        self.stream = self.stream.wrapping_add(1);
        self.order = Order::new();
        self.newest = None;
    }

    fn say(&mut self, now: Moment, packet: Packet) -> Piece {
        let Packet { kind, sequence, timestamp, marker, payload, .. } = packet;
        let at = self.place(now, sequence, timestamp, kind);
        let what = match kind {
            Kind::Audio => {
                let mut pcm = Vec::with_capacity(self.codec.rate() as usize / 50);
                self.decoder.decode(&payload, &mut pcm);
                pcm.truncate((LONGEST_MS * self.codec.rate() / 1000) as usize);
                if !pcm.is_empty() {
                    self.length = pcm.len() as i64 * i64::from(TICKS / self.codec.rate());
                }
                What::Sound(pcm)
            }
            Kind::Event(_) | Kind::Noise => What::Aside(kind, payload),
        };
        Piece { at, stream: self.stream, marker, timestamp, what }
    }

    fn make_up(&mut self, packets: u16) -> Option<Piece> {
        let newest = self.newest?;
        let next = self.order.front()?;
        let missing = i64::from(packets) * self.length;
        if next.kind != Kind::Audio || missing > i64::from(CONCEALED_MS * TICKS / 1000) {
            return None;
        }
        let samples = usize::try_from(missing / i64::from(TICKS / self.codec.rate())).ok()?;
        let mut pcm = Vec::with_capacity(samples);
        self.decoder.conceal(samples, Some(&next.payload), &mut pcm);
        let at = newest.at + self.length;
        let ahead = (self.length * i64::from(self.codec.clock()) / i64::from(TICKS)) as u32;
        let timestamp = newest.timestamp.wrapping_add(ahead);
        Some(Piece { at, stream: self.stream, marker: false, timestamp, what: What::Sound(pcm) })
    }

    /// Where a timestamp stands in ticks. One that fits neither the clock nor the sequence begins a new stream.
    fn place(&mut self, now: Moment, sequence: u16, timestamp: u32, kind: Kind) -> i64 {
        let tick = i64::from(TICKS / self.codec.clock());
        let at = self.newest.map(|newest| {
            let moved = i64::from(timestamp.wrapping_sub(newest.timestamp) as i32) * tick;
            let elapsed = (now.since(newest.came).as_nanos() * u128::from(TICKS) / 1_000_000_000) as i64;
            let steps = i64::from(sequence.wrapping_sub(newest.sequence) as i16) * self.length;
            let leaps = (moved - elapsed).abs() > i64::from(TICKS) && (moved - steps).abs() > i64::from(TICKS);
            (newest.at + moved, leaps && kind == Kind::Audio)
        });
        let at = match at {
            Some((at, false)) => at,
            Some((_, true)) => {
                self.stream = self.stream.wrapping_add(1);
                0
            }
            None => 0,
        };
        self.newest = Some(Newest { timestamp, at, came: now, sequence });
        at
    }
}
