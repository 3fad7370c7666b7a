//! The media thread's half of a recording: it copies code words to their place in time and hands on full chunks. What a
//! talker pays is one copy of 160 bytes.

use crate::{Codec, g711};
use model::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Samples of a chunk: half a second.
pub(crate) const CHUNK: usize = 4000;
/// How long a chunk waits for late packets before it is handed on.
pub(crate) const GRACE: Duration = Duration::from_millis(200);
/// A stream whose timestamps leave the clock by more than this is put back in its place.
const EARLY: i64 = 800;
const LATE: i64 = 1600;
/// Chunks that may wait for the disk: ten seconds.
const BACKLOG: usize = 20;

/// The two sides of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// Half a second of both sides as code words.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) sides: [[u8; CHUNK]; 2],
    pub(crate) codecs: [Codec; 2],
}

/// What both threads know of a recording.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Chunks handed on and not yet written.
    pub(crate) waiting: AtomicUsize,
    /// The recorder has given up; nothing more is wanted.
    pub(crate) ended: AtomicBool,
    /// Some chunks were left out because the disk did not keep up.
    pub(crate) gaps: AtomicBool,
}

#[derive(Debug)]
pub(crate) struct Tape {
    start: Moment,
    /// The sample at which the current chunk begins.
    base: u64,
    current: Box<Chunk>,
    next: Option<Box<Chunk>>,
    tracks: [Track; 2],
    pub(crate) progress: Arc<Progress>,
}

/// Where one stream stands in the recording.
#[derive(Debug, Clone, Copy)]
struct Track {
    codec: Codec,
    ssrc: u32,
    anchor: Option<(u32, i64)>,
}

impl Tape {
    pub(crate) fn new(start: Moment, codecs: [Option<Codec>; 2], progress: Arc<Progress>) -> Tape {
        let tracks = codecs.map(|codec| Track { codec: codec.unwrap_or(Codec::Pcma), ssrc: 0, anchor: None });
        Tape { start, base: 0, current: blank(&tracks), next: None, tracks, progress }
    }

    /// When the current chunk is to be handed on.
    pub(crate) fn due(&self) -> Moment {
        self.start + Duration::from_micros((self.base + CHUNK as u64) * 125) + GRACE
    }

    /// Puts the sound of one packet in its place.
    pub(crate) fn write(&mut self, now: Moment, side: Side, codec: Codec, ssrc: u32, timestamp: u32, sound: &[u8]) {
        let track = &mut self.tracks[side as usize];
        let clock = samples(now, self.start) as i64;
        if track.ssrc != ssrc {
            (track.ssrc, track.anchor) = (ssrc, None);
        }
        track.codec = codec;
        let (first, place) = *track.anchor.get_or_insert((timestamp, clock));
        let mut place = place + i64::from(timestamp.wrapping_sub(first) as i32);
        if place > clock + EARLY || place < clock - LATE {
            track.anchor = Some((timestamp, clock));
            place = clock;
        }
        let from = place - self.base as i64;
        // Sound of the time before the chunk has come too late.
        let cut = usize::try_from(-from).unwrap_or(0).min(sound.len());
        let sound = &sound[cut..];
        let from = usize::try_from(from).unwrap_or(0);
        let head = sound.len().min(CHUNK.saturating_sub(from));
        put(&mut self.current, side, codec, from, &sound[..head]);
        let rest = &sound[head..];
        let from = from.saturating_sub(CHUNK);
        let rest = &rest[..rest.len().min(CHUNK.saturating_sub(from))];
        if !rest.is_empty() {
            let tracks = &self.tracks;
            put(self.next.get_or_insert_with(|| blank(tracks)), side, codec, from, rest);
        }
    }

    /// Takes the current chunk and goes on to the next. None when the disk is so far behind that it is left out.
    pub(crate) fn turn(&mut self) -> Option<Box<Chunk>> {
        let next = self.next.take().unwrap_or_else(|| blank(&self.tracks));
        let full = std::mem::replace(&mut self.current, next);
        self.base += CHUNK as u64;
        self.hand_on(full)
    }

    /// Takes what is left at the end, with the number of samples in each chunk.
    pub(crate) fn finish(mut self, now: Moment) -> impl Iterator<Item = (Box<Chunk>, usize)> {
        let length = samples(now, self.start).saturating_sub(self.base) as usize;
        let tail = length.saturating_sub(CHUNK).min(CHUNK);
        let next = self.next.take().unwrap_or_else(|| blank(&self.tracks));
        let current = std::mem::replace(&mut self.current, blank(&self.tracks));
        let first = self.hand_on(current).map(|c| (c, length.min(CHUNK)));
        let second = if tail > 0 { self.hand_on(next).map(|c| (c, tail)) } else { None };
        first.into_iter().chain(second)
    }

    fn hand_on(&self, chunk: Box<Chunk>) -> Option<Box<Chunk>> {
        if self.progress.waiting.load(Ordering::Acquire) >= BACKLOG {
            self.progress.gaps.store(true, Ordering::Release);
            return None;
        }
        self.progress.waiting.fetch_add(1, Ordering::AcqRel);
        Some(chunk)
    }
}

fn put(chunk: &mut Chunk, side: Side, codec: Codec, from: usize, sound: &[u8]) {
    let side = side as usize;
    let Some(room) = chunk.sides[side].get_mut(from..from + sound.len()) else { return };
    room.copy_from_slice(sound);
    g711::convert(codec, chunk.codecs[side], room);
}

fn blank(tracks: &[Track; 2]) -> Box<Chunk> {
    let codecs = [tracks[0].codec, tracks[1].codec];
    Box::new(Chunk { sides: codecs.map(|c| [c.silence(); CHUNK]), codecs })
}

fn samples(now: Moment, start: Moment) -> u64 {
    (now.since(start).as_nanos() / 125_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Codec = Codec::Pcma;

    fn tape() -> Tape {
        Tape::new(Moment::START, [Some(A), Some(A)], Arc::default())
    }

    fn packet(tape: &mut Tape, ms: u64, timestamp: u32, fill: u8) {
        tape.write(Moment::from_millis(ms), Side::Left, A, 1, timestamp, &[fill; 160]);
    }

    #[test]
    fn packets_stand_by_timestamp_and_gaps_are_silence() {
        let mut tape = tape();
        packet(&mut tape, 100, 5000, 1);
        packet(&mut tape, 155, 5320, 3);
        packet(&mut tape, 156, 5160, 2);
        packet(&mut tape, 160, 5640, 4);
        let left = tape.turn().expect("room").sides[0];
        let at = |sample: usize| left[sample];
        assert_eq!([at(799), at(800), at(960), at(1120), at(1280), at(1440)], [0xD5, 1, 2, 3, 0xD5, 4]);
    }

    #[test]
    fn sound_across_a_border_lands_in_both_chunks_and_late_sound_is_cut() {
        let mut tape = tape();
        packet(&mut tape, 490, 0, 7);
        let first = tape.turn().expect("room");
        assert_eq!((first.sides[0][3919], first.sides[0][3920], first.sides[0][3999]), (0xD5, 7, 7));
        packet(&mut tape, 600, 0u32.wrapping_sub(40), 9);
        let second = tape.turn().expect("room");
        assert_eq!((second.sides[0][39], second.sides[0][79], second.sides[0][80]), (9, 7, 0xD5));
    }

    #[test]
    fn a_leap_of_the_timestamp_goes_on_at_the_clock() {
        let mut tape = tape();
        packet(&mut tape, 0, 0, 1);
        packet(&mut tape, 20, 900_000, 2);
        packet(&mut tape, 40, 900_160, 3);
        let left = tape.turn().expect("room").sides[0];
        assert_eq!((left[0], left[160], left[320]), (1, 2, 3));
    }

    #[test]
    fn the_end_is_cut_at_the_clock() {
        let mut tape = tape();
        packet(&mut tape, 0, 0, 1);
        packet(&mut tape, 590, 4720, 2);
        let parts: Vec<usize> = tape.finish(Moment::from_millis(600)).map(|(_, samples)| samples).collect();
        assert_eq!(parts, [4000, 800]);
    }

    #[test]
    fn a_disk_that_does_not_keep_up_costs_chunks_and_not_memory() {
        let mut tape = tape();
        let taken = (0..100).filter_map(|_| tape.turn()).count();
        assert_eq!((taken, tape.progress.gaps.load(Ordering::Acquire)), (BACKLOG, true));
    }
}
