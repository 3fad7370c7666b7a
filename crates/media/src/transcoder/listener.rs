//! What one far side hears in a codec of its own: sound of whoever speaks is cut into packets of its length and encoded;
//! keys and comfort noise go in between in their order. Pure.

use super::voice::{Encoder, Format};
use super::{By, TICKS};
use crate::resample::Resampler;
use crate::rtp;

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Audio,
    /// A telephone event; its durations are in units of the clock that it came with.
    Event(u32),
    /// Comfort noise (RFC 3389).
    Noise,
}

/// A packet ready to go, but for its place in the far side's stream.
#[derive(Debug)]
pub(crate) struct Coded {
    pub(crate) kind: Kind,
    /// Changes with each new source; sequence and timestamp mean something within it only.
    pub(crate) stream: u32,
    pub(crate) sequence: u16,
    /// In units of the far side's clock.
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// The payload behind room for a header.
    pub(crate) packet: Vec<u8>,
}

pub(super) struct Listener {
    format: Format,
    encoder: Encoder,
    by: Option<By>,
    /// The talker's own count of streams, and ours.
    theirs: u32,
    stream: u32,
    sequence: u16,
    rate: u32,
    resampler: Resampler,
    /// Sound that does not fill a packet yet, and where it begins, in ticks.
    pending: Vec<i16>,
    at: i64,
    marker: bool,
}

impl Listener {
    /// None for a codec that we do not speak.
    /// `stream` is the number of its first stream less one.
    pub(super) fn new(format: Format, stream: u32) -> Option<Listener> {
        let encoder = Encoder::new(&format)?;
        let rate = format.codec.rate();
        Some(Listener {
            format,
            encoder,
            by: None,
            theirs: 0,
            stream,
            sequence: 0,
            rate,
            resampler: Resampler::Same,
            pending: Vec::new(),
            at: 0,
            marker: false,
        })
    }

    pub(super) fn format(&self) -> &Format {
        &self.format
    }

    /// Takes sound in that begins at `at` ticks of a source's stream.
    pub(super) fn sound(
        &mut self,
        from: (By, u32),
        at: i64,
        marker: bool,
        pcm: &[i16],
        rate: u32,
        out: &mut Vec<Coded>,
    ) {
        self.follow(from);
        if rate != self.rate {
            self.rate = rate;
            self.resampler = Resampler::new(rate, self.format.codec.rate());
        }
        let tick = i64::from(TICKS / self.format.codec.rate());
        let end = self.at + self.pending.len() as i64 * tick;
        // After a pause a new packet begins.
        if self.pending.is_empty() || (at - end).abs() > i64::from(TICKS) / 1000 {
            self.flush(out);
            self.at = at;
        }
        self.marker |= marker;
        self.resampler.push(pcm, &mut self.pending);
        let samples = self.format.samples();
        while self.pending.len() >= samples {
            self.emit_sound(samples, out);
            self.at += samples as i64 * tick;
        }
    }

    /// Passes on what is no sound, in its place.
    pub(super) fn aside(
        &mut self,
        from: (By, u32),
        at: i64,
        marker: bool,
        kind: Kind,
        payload: &[u8],
        out: &mut Vec<Coded>,
    ) {
        self.follow(from);
        self.flush(out);
        self.marker = marker;
        let mut packet = vec![0; rtp::HEADER];
        packet.extend_from_slice(payload);
        self.emit(kind, at, packet, out);
    }

    /// Another source begins a stream of its own.
    fn follow(&mut self, (by, theirs): (By, u32)) {
        if self.by != Some(by) || self.theirs != theirs {
            (self.by, self.theirs) = (Some(by), theirs);
            self.stream = self.stream.wrapping_add(1);
            self.pending.clear();
        }
    }

    /// Fills up with silence what does not fill a packet.
    fn flush(&mut self, out: &mut Vec<Coded>) {
        if self.pending.is_empty() {
            return;
        }
        let samples = self.format.samples();
        self.pending.resize(samples, 0);
        self.emit_sound(samples, out);
    }

    fn emit_sound(&mut self, samples: usize, out: &mut Vec<Coded>) {
        let mut packet = Vec::with_capacity(rtp::HEADER + samples);
        packet.resize(rtp::HEADER, 0);
        self.encoder.encode(&self.pending[..samples], &mut packet);
        self.pending.drain(..samples);
        self.emit(Kind::Audio, self.at, packet, out);
    }

    fn emit(&mut self, kind: Kind, at: i64, packet: Vec<u8>, out: &mut Vec<Coded>) {
        // An encoder that refuses gives nothing; that is a lost packet.
        self.sequence = self.sequence.wrapping_add(1);
        let marker = std::mem::take(&mut self.marker);
        if packet.len() == rtp::HEADER {
            return;
        }
        let timestamp = (at * i64::from(self.format.codec.clock()) / i64::from(TICKS)) as u32;
        out.push(Coded { kind, stream: self.stream, sequence: self.sequence, timestamp, marker, packet });
    }
}
