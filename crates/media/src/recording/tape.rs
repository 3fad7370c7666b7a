//! The media thread's half of a recording: it copies code words to their place in time and hands on full chunks. What a
//! talker pays is one copy of 160 bytes. Sound of other codecs than G.711 comes decoded from the transcoder.

use crate::{Codec, Law, g711};
use model::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Places of a chunk, 8,000 in a second: half a second.
pub(crate) const CHUNK: usize = 4000;
/// Samples of decoded sound at 16 kHz for each place.
pub(crate) const WIDE: usize = 2;
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

/// Half a second of both sides.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) sides: [Samples; 2],
}

/// Half a second of one side.
#[derive(Debug)]
pub(crate) enum Samples {
    /// Code words at 8 kHz.
    Coded(Law, Box<[u8]>),
    /// Samples at 16 kHz.
    Wide(Box<[i16]>),
}

/// The sound of one packet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sound<'a> {
    /// Code words at 8 kHz.
    Coded(Law, &'a [u8]),
    /// Samples at 16 kHz.
    Wide(&'a [i16]),
}

impl<'a> Sound<'a> {
    /// How many places it takes.
    fn places(self) -> usize {
        match self {
            Sound::Coded(_, codes) => codes.len(),
            Sound::Wide(pcm) => pcm.len() / WIDE,
        }
    }

    /// The sound in these places of it.
    fn part(self, places: std::ops::Range<usize>) -> Sound<'a> {
        match self {
            Sound::Coded(law, codes) => Sound::Coded(law, &codes[places]),
            Sound::Wide(pcm) => Sound::Wide(&pcm[places.start * WIDE..places.end * WIDE]),
        }
    }
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
    /// The law of its code words; none when it comes decoded.
    law: Option<Law>,
    ssrc: u32,
    anchor: Option<(u32, i64)>,
}

impl Tape {
    pub(crate) fn new(start: Moment, codecs: [Option<Codec>; 2], progress: Arc<Progress>) -> Tape {
        let law = |codec: Option<Codec>| codec.map_or(Some(Law::A), Codec::law);
        let tracks = codecs.map(|codec| Track { law: law(codec), ssrc: 0, anchor: None });
        Tape { start, base: 0, current: blank(&tracks), next: None, tracks, progress }
    }

    /// When the current chunk is to be handed on.
    pub(crate) fn due(&self) -> Moment {
        self.start + Duration::from_micros((self.base + CHUNK as u64) * 125) + GRACE
    }

    /// Puts the sound of one packet in its place. Its timestamp counts in units of `clock` Hz.
    pub(crate) fn write(
        &mut self,
        now: Moment,
        side: Side,
        ssrc: u32,
        (timestamp, clock): (u32, u32),
        sound: Sound<'_>,
    ) {
        let track = &mut self.tracks[side as usize];
        let elapsed = samples(now, self.start) as i64;
        if track.ssrc != ssrc {
            (track.ssrc, track.anchor) = (ssrc, None);
        }
        track.law = match sound {
            Sound::Coded(law, _) => Some(law),
            Sound::Wide(_) => None,
        };
        let (first, place) = *track.anchor.get_or_insert((timestamp, elapsed));
        let moved = i64::from(timestamp.wrapping_sub(first) as i32);
        let mut place = place + moved * 8000 / i64::from(clock.max(1));
        if place > elapsed + EARLY || place < elapsed - LATE {
            track.anchor = Some((timestamp, elapsed));
            place = elapsed;
        }
        let from = place - self.base as i64;
        // Sound of the time before the chunk has come too late.
        let cut = usize::try_from(-from).unwrap_or(0).min(sound.places());
        let sound = sound.part(cut..sound.places());
        let from = usize::try_from(from).unwrap_or(0);
        let head = sound.places().min(CHUNK.saturating_sub(from));
        put(&mut self.current.sides[side as usize], from, sound.part(0..head));
        let rest = sound.part(head..sound.places());
        let from = from.saturating_sub(CHUNK);
        let rest = rest.part(0..rest.places().min(CHUNK.saturating_sub(from)));
        if rest.places() > 0 {
            let tracks = &self.tracks;
            let next = self.next.get_or_insert_with(|| blank(tracks));
            put(&mut next.sides[side as usize], from, rest);
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

fn put(side: &mut Samples, from: usize, sound: Sound<'_>) {
    let to = from + sound.places();
    match (side, sound) {
        (Samples::Coded(law, room), Sound::Coded(theirs, codes)) => {
            let Some(room) = room.get_mut(from..to) else { return };
            room.copy_from_slice(codes);
            g711::convert(theirs, *law, room);
        }
        (Samples::Wide(room), Sound::Wide(pcm)) => {
            if let Some(room) = room.get_mut(from * WIDE..to * WIDE) {
                room.copy_from_slice(pcm);
            }
        }
        // The codec has changed within this half second.
        (Samples::Wide(room), Sound::Coded(law, codes)) => {
            if let Some(room) = room.get_mut(from * WIDE..to * WIDE) {
                widen(law, codes, room);
            }
        }
        (side @ Samples::Coded(..), Sound::Wide(_)) => {
            let mut room = vec![0; CHUNK * WIDE].into_boxed_slice();
            if let Samples::Coded(law, codes) = side {
                widen(*law, codes, &mut room);
            }
            *side = Samples::Wide(room);
            put(side, from, sound);
        }
    }
}

/// Code words as samples at 16 kHz, each twice: good enough for a seam.
fn widen(law: Law, codes: &[u8], room: &mut [i16]) {
    let table = g711::decode_table(law);
    for (pair, code) in room.as_chunks_mut::<WIDE>().0.iter_mut().zip(codes) {
        *pair = [table[usize::from(*code)]; WIDE];
    }
}

fn blank(tracks: &[Track; 2]) -> Box<Chunk> {
    let sides = tracks.map(|track| match track.law {
        Some(law) => Samples::Coded(law, vec![law.silence(); CHUNK].into_boxed_slice()),
        None => Samples::Wide(vec![0; CHUNK * WIDE].into_boxed_slice()),
    });
    Box::new(Chunk { sides })
}

fn samples(now: Moment, start: Moment) -> u64 {
    (now.since(start).as_nanos() / 125_000) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Codec = Codec::Pcma;

    fn codes(chunk: &Chunk) -> &[u8] {
        match &chunk.sides[0] {
            Samples::Coded(_, codes) => codes,
            Samples::Wide(_) => panic!("decoded sound"),
        }
    }

    fn tape() -> Tape {
        Tape::new(Moment::START, [Some(A), Some(A)], Arc::default())
    }

    fn packet(tape: &mut Tape, ms: u64, timestamp: u32, fill: u8) {
        tape.write(Moment::from_millis(ms), Side::Left, 1, (timestamp, 8000), Sound::Coded(Law::A, &[fill; 160]));
    }

    #[test]
    fn packets_stand_by_timestamp_and_gaps_are_silence() {
        let mut tape = tape();
        packet(&mut tape, 100, 5000, 1);
        packet(&mut tape, 155, 5320, 3);
        packet(&mut tape, 156, 5160, 2);
        packet(&mut tape, 160, 5640, 4);
        let chunk = tape.turn().expect("room");
        let left = codes(&chunk);
        let at = |sample: usize| left[sample];
        assert_eq!([at(799), at(800), at(960), at(1120), at(1280), at(1440)], [0xD5, 1, 2, 3, 0xD5, 4]);
    }

    #[test]
    fn sound_across_a_border_lands_in_both_chunks_and_late_sound_is_cut() {
        let mut tape = tape();
        packet(&mut tape, 490, 0, 7);
        let first = tape.turn().expect("room");
        assert_eq!((codes(&first)[3919], codes(&first)[3920], codes(&first)[3999]), (0xD5, 7, 7));
        packet(&mut tape, 600, 0u32.wrapping_sub(40), 9);
        let second = tape.turn().expect("room");
        assert_eq!((codes(&second)[39], codes(&second)[79], codes(&second)[80]), (9, 7, 0xD5));
    }

    #[test]
    fn a_leap_of_the_timestamp_goes_on_at_the_clock() {
        let mut tape = tape();
        packet(&mut tape, 0, 0, 1);
        packet(&mut tape, 20, 900_000, 2);
        packet(&mut tape, 40, 900_160, 3);
        let chunk = tape.turn().expect("room");
        let left = codes(&chunk);
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

    #[test]
    fn a_side_whose_codec_changes_goes_on_in_its_place() {
        let mut tape = tape();
        packet(&mut tape, 0, 0, Law::A.silence());
        let now = Moment::from_millis(20);
        tape.write(now, Side::Left, 2, (9_600, 48_000), Sound::Wide(&[500; 320]));
        tape.write(now, Side::Left, 2, (10_560, 48_000), Sound::Wide(&[600; 320]));
        packet(&mut tape, 60, 700, 0xAA);
        let chunk = tape.turn().expect("room");
        let Samples::Wide(left) = &chunk.sides[0] else { panic!("code words") };
        let at = |place: usize| left[place * WIDE];
        assert_eq!((at(159).abs() <= 8, at(160), at(319), at(320), at(479)), (true, 500, 500, 600, 600));
        assert!(at(480).abs() > 1000);
    }
}
