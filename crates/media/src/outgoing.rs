//! The stream that a leg's far side hears: one SSRC for the life of the leg, with sequence numbers and timestamps that
//! go on without a gap whoever is the source just now (the peer, a prompt, a key). Pure.

use crate::rtp::Header;
use model::Moment;

/// A leap of a relayed stream's sequence beyond this is a new beginning.
const FORWARD: i16 = 3000;
const BACKWARD: i16 = -100;

/// Who feeds the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Nobody,
    /// A peer's stream with this SSRC.
    Relay(u32),
    /// Ourselves.
    Own,
}

/// The place of a packet in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// The first packet of a new source: it gets the marker bit.
    pub(crate) fresh: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) ssrc: u32,
    /// Units of the timestamp in a second.
    clock: u32,
    source: Source,
    /// Of the newest packet.
    sequence: u16,
    timestamp: u32,
    sent_at: Option<Moment>,
    /// What is added to a relayed packet's numbers.
    sequence_offset: u16,
    timestamp_offset: u32,
    /// The relayed stream's newest numbers, as they came, and when.
    theirs: Theirs,
    pub(crate) packets: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Theirs {
    sequence: u16,
    /// Of the newest audio packet; those of events stand still.
    audio_sequence: u16,
    audio_timestamp: u32,
    audio_at: Moment,
}

impl Outgoing {
    pub(crate) fn new(ssrc: u32) -> Outgoing {
        let none = Theirs { sequence: 0, audio_sequence: 0, audio_timestamp: 0, audio_at: Moment::START };
        Outgoing {
            ssrc,
            clock: 8000,
            source: Source::Nobody,
            sequence: (ssrc.wrapping_mul(0x9E37_79B9) >> 16) as u16,
            timestamp: ssrc.wrapping_mul(0x85EB_CA6B),
            sent_at: None,
            sequence_offset: 0,
            timestamp_offset: 0,
            theirs: none,
            packets: 0,
            bytes: 0,
        }
    }

    /// The stream is of a codec with this clock from now on.
    pub(crate) fn tick(&mut self, clock: u32) {
        self.clock = clock;
    }

    /// Finds the place of a packet that comes from a peer, with timestamps of the same clock. Loss, doubles and order stay as they came.
    pub(crate) fn relay(&mut self, now: Moment, header: &Header, audio: bool) -> Place {
        let fresh = self.source != Source::Relay(header.ssrc) || self.leaps(now, header, audio);
        if fresh {
            let (sequence, timestamp) = self.after(now);
            self.source = Source::Relay(header.ssrc);
            self.sequence_offset = sequence.wrapping_sub(header.sequence);
            self.timestamp_offset = timestamp.wrapping_sub(header.timestamp);
        }
        let newer = header.sequence.wrapping_sub(self.theirs.sequence) as i16 > 0;
        if fresh || newer {
            self.theirs.sequence = header.sequence;
        }
        if fresh || newer && audio {
            self.theirs.audio_sequence = header.sequence;
            self.theirs.audio_timestamp = header.timestamp;
            self.theirs.audio_at = now;
        }
        let sequence = header.sequence.wrapping_add(self.sequence_offset);
        let timestamp = header.timestamp.wrapping_add(self.timestamp_offset);
        if fresh || newer {
            (self.sequence, self.timestamp, self.sent_at) = (sequence, timestamp, Some(now));
        }
        Place { sequence, timestamp, fresh }
    }

    /// Finds the place of the first packet of a sound or key of our own, and its timestamp.
    pub(crate) fn begin(&mut self, now: Moment) -> Place {
        let (sequence, timestamp) = self.after(now);
        self.source = Source::Own;
        (self.sequence, self.timestamp, self.sent_at) = (sequence, timestamp, Some(now));
        Place { sequence, timestamp, fresh: true }
    }

    /// Finds the place of a further packet of our own.
    pub(crate) fn next(&mut self, now: Moment, timestamp: u32) -> Place {
        self.sequence = self.sequence.wrapping_add(1);
        (self.source, self.timestamp, self.sent_at) = (Source::Own, timestamp, Some(now));
        Place { sequence: self.sequence, timestamp, fresh: false }
    }

    /// The peer is not heard for a while, or another one from now on. Who is heard next goes on where the stream stopped:
    /// a hole in the sequence would count as loss, and a long one would cost a protected stream its place (RFC 3711, 3.3.1).
    pub(crate) fn interrupt(&mut self) {
        if let Source::Relay(_) = self.source {
            self.source = Source::Nobody;
        }
    }

    /// Whether our own sound has fed the stream last.
    pub(crate) fn is_own(&self) -> bool {
        self.source == Source::Own
    }

    /// The timestamp of this moment, for sender reports.
    pub(crate) fn timestamp_at(&self, now: Moment) -> u32 {
        self.timestamp.wrapping_add(self.sent_at.map_or(0, |at| self.units(now, at)))
    }

    /// The numbers that follow what was sent: the timestamp has gone on with the clock.
    fn after(&self, now: Moment) -> (u16, u32) {
        let gap = self.sent_at.map_or(self.frame(), |at| self.units(now, at).max(self.frame()));
        (self.sequence.wrapping_add(1), self.timestamp.wrapping_add(gap))
    }

    /// Clock units of a usual packet.
    fn frame(&self) -> u32 {
        self.clock / 50
    }

    /// Clock units between two moments.
    fn units(&self, now: Moment, then: Moment) -> u32 {
        (now.since(then).as_nanos() * u128::from(self.clock) / 1_000_000_000) as u32
    }

    fn leaps(&self, now: Moment, header: &Header, audio: bool) -> bool {
        let step = header.sequence.wrapping_sub(self.theirs.sequence) as i16;
        if !(BACKWARD..=FORWARD).contains(&step) {
            return true;
        }
        if !audio {
            return false;
        }
        let step = i64::from(header.sequence.wrapping_sub(self.theirs.audio_sequence) as i16);
        let moved = i64::from(header.timestamp.wrapping_sub(self.theirs.audio_timestamp) as i32);
        let elapsed = i64::from(self.units(now, self.theirs.audio_at));
        // Off by more than a second from both clock and sequence: a new beginning.
        let leap = i64::from(self.clock);
        (moved - step * i64::from(self.frame())).abs() > leap && (moved - elapsed).abs() > leap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
        Header { payload_type: 0, marker: false, sequence, timestamp, ssrc, payload: 12..172 }
    }

    fn ms(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    #[test]
    fn a_prompt_then_a_peer_are_one_stream() {
        let mut out = Outgoing::new(7);
        let first = out.begin(ms(0));
        let second = out.next(ms(20), first.timestamp.wrapping_add(160));
        assert_eq!(second.sequence, first.sequence.wrapping_add(1));
        let relayed = out.relay(ms(100), &packet(9, 60_000, 5), true);
        assert_eq!(relayed.sequence, second.sequence.wrapping_add(1));
        assert_eq!(relayed.timestamp, second.timestamp.wrapping_add(640));
        assert!(relayed.fresh);
        let next = out.relay(ms(120), &packet(9, 60_001, 165), true);
        assert_eq!(next.timestamp, relayed.timestamp.wrapping_add(160));
        assert!(!next.fresh);
    }

    #[test]
    fn loss_doubles_and_order_stay_as_they_came() {
        let mut out = Outgoing::new(7);
        let base = out.relay(ms(0), &packet(9, 65_530, 0), true).sequence;
        for (sequence, ahead) in [(65_533u16, 3u16), (65_532, 2), (65_533, 3), (2, 8), (65_535, 5), (3, 9)] {
            let timestamp = u32::from(ahead) * 160;
            let place = out.relay(ms(u64::from(ahead) * 20), &packet(9, sequence, timestamp), true);
            assert_eq!((place.sequence, place.fresh), (base.wrapping_add(ahead), false), "{sequence}");
        }
    }

    #[test]
    fn a_new_ssrc_a_sequence_leap_and_a_timestamp_leap_do_not_show() {
        let mut out = Outgoing::new(7);
        let mut last = out.relay(ms(0), &packet(9, 100, 0), true);
        let leaps = [packet(10, 30_000, 77), packet(10, 5, 237), packet(10, 6, 397 + 8000 * 112)];
        for (n, leap) in leaps.iter().enumerate() {
            let place = out.relay(ms(20 * (n as u64 + 1)), leap, true);
            assert_eq!(place.sequence, last.sequence.wrapping_add(1), "{n}");
            assert_eq!(place.timestamp, last.timestamp.wrapping_add(160), "{n}");
            assert!(place.fresh);
            last = place;
        }
    }

    #[test]
    fn what_was_not_relayed_during_a_hold_leaves_no_hole() {
        let mut out = Outgoing::new(7);
        let last = out.relay(ms(0), &packet(9, 65_000, 0), true);
        out.interrupt();
        // Half an hour of talk that nobody heard.
        let back = out.relay(ms(1_800_000), &packet(9, 65_000u16.wrapping_add(90_000u32 as u16), 14_400_000), true);
        assert_eq!((back.sequence, back.fresh), (last.sequence.wrapping_add(1), true));
        assert_eq!(back.timestamp.wrapping_sub(last.timestamp), 14_400_000);
    }

    #[test]
    fn silence_and_a_held_key_keep_their_length() {
        let mut out = Outgoing::new(7);
        let first = out.relay(ms(0), &packet(9, 1, 0), true).timestamp;
        // Five seconds of nothing, then five of a key whose timestamp stands still.
        let spoke = out.relay(ms(5000), &packet(9, 2, 40_000), true);
        assert_eq!((spoke.timestamp.wrapping_sub(first), spoke.fresh), (40_000, false));
        for n in 0..250u16 {
            let event = out.relay(ms(5020 + 20 * u64::from(n)), &packet(9, 3 + n, 40_160), false);
            assert_eq!((event.timestamp.wrapping_sub(first), event.fresh), (40_160, false));
        }
        let after = out.relay(ms(10_020), &packet(9, 253, 80_160), true);
        assert_eq!((after.timestamp.wrapping_sub(first), after.fresh), (80_160, false));
    }

    #[test]
    fn a_burst_after_a_stall_keeps_its_order_and_its_times() {
        let mut out = Outgoing::new(7);
        let first = out.relay(ms(0), &packet(9, 1, 0), true);
        for n in 1..100u16 {
            let place = out.relay(ms(3000), &packet(9, 1 + n, 160 * u32::from(n)), true);
            assert_eq!(place.timestamp.wrapping_sub(first.timestamp), 160 * u32::from(n));
        }
    }
}
