//! Telephone events (RFC 4733): reading those of the far side, and making our own. Pure.

use model::Digit;
use std::collections::VecDeque;

/// An event longer than this, in clock units, goes on under a timestamp that is later by so much (RFC 4733 section 2.5.1.3).
const LONGEST: u32 = 0xFFFF;
/// Timestamps further apart than this, 5 s of the fastest clock, belong to different streams, so "earlier" has no meaning.
const FAR: u32 = 48_000 * 5;

/// Turns the packets of events into key presses: each key once, at the first packet of it that comes. Whoever presses a key
/// holds it for a tenth of a second or more; nothing is gained by waiting for its end, which may be lost besides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listener {
    current: Option<Press>,
}

#[derive(Debug, Clone)]
struct Press {
    timestamp: u32,
    digit: Digit,
    ended: bool,
    /// It was for us: the peer that was joined meanwhile shall not hear the rest.
    kept: bool,
}

impl Listener {
    /// One packet of an event: the key, when it is its first.
    pub(crate) fn packet(&mut self, timestamp: u32, payload: &[u8]) -> Option<Digit> {
        let &[code, flags, ..] = payload.first_chunk::<4>()?;
        let digit = Digit::from_event(code)?;
        let ends = flags & 0x80 != 0;
        if let Some(press) = &mut self.current {
            let ahead = timestamp.wrapping_sub(press.timestamp);
            if press.digit == digit && (ahead == 0 || ahead == LONGEST && !press.ended) {
                press.timestamp = timestamp;
                press.ended |= ends;
                return None;
            }
            if (1..FAR).contains(&press.timestamp.wrapping_sub(timestamp)) {
                // A late packet of an event that is over.
                return None;
            }
        }
        self.current = Some(Press { timestamp, digit, ended: ends, kept: false });
        Some(digit)
    }

    /// The leg gets another peer: what is left of the key that is down is not for it.
    pub(crate) fn keep(&mut self) {
        if let Some(press) = &mut self.current {
            press.kept = true;
        }
    }

    /// Whether packets with this timestamp are of a key that was kept.
    pub(crate) fn keeps(&self, timestamp: u32) -> bool {
        self.current.as_ref().is_some_and(|press| press.kept && press.timestamp == timestamp)
    }
}

/// Steps of 20 ms in which a key sounds.
const SOUNDING: u8 = 5;
/// Steps in which its end is told, three times against loss.
const ENDING: u8 = 3;
/// Steps of rest before the next key.
const RESTING: u8 = 3;

/// Sends key presses, one after another, a step each 20 ms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sender {
    waiting: VecDeque<Digit>,
    current: Option<(Digit, u8)>,
}

/// Rewrites the duration of an event's payload from one clock to another.
pub(crate) fn reclock(payload: &mut [u8], from: u32, to: u32) {
    if from == to {
        return;
    }
    if let Some([_, _, high, low]) = payload.first_chunk_mut::<4>() {
        let duration = u64::from(u16::from_be_bytes([*high, *low])) * u64::from(to) / u64::from(from.max(1));
        [*high, *low] = u16::try_from(duration).unwrap_or(u16::MAX).to_be_bytes();
    }
}

/// What to send in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) digit: Digit,
    /// The number of the step, from 0.
    pub(crate) number: u8,
    /// False when the key is up again and only its end is told.
    pub(crate) sounds: bool,
}

impl Step {
    /// The event as an RFC 4733 payload, at -10 dBm0, its duration in units of `clock` Hz.
    pub(crate) fn payload(self, clock: u32) -> [u8; 4] {
        let duration = (clock / 50) as u16 * u16::from((self.number + 1).min(SOUNDING));
        let [high, low] = duration.to_be_bytes();
        [self.digit.event(), if self.sounds { 10 } else { 0x80 | 10 }, high, low]
    }
}

impl Sender {
    /// Adds a key; false when too many wait.
    pub(crate) fn push(&mut self, digit: Digit) -> bool {
        let room = self.waiting.len() < 64;
        if room {
            self.waiting.push_back(digit);
        }
        room
    }

    /// Whether anything is left to do.
    pub(crate) fn busy(&self) -> bool {
        self.current.is_some() || !self.waiting.is_empty()
    }

    /// Whether a key is being sent right now, so that other sound must wait.
    pub(crate) fn sending(&self) -> bool {
        self.current.is_some_and(|(_, number)| (1..SOUNDING + ENDING).contains(&number))
    }

    /// The next step; none while it rests.
    pub(crate) fn step(&mut self) -> Option<Step> {
        let (digit, number) = match self.current {
            Some(current) => current,
            None => (self.waiting.pop_front()?, 0),
        };
        let last = SOUNDING + ENDING + RESTING - 1;
        self.current = (number < last).then_some((digit, number + 1));
        (number < SOUNDING + ENDING).then_some(Step { digit, number, sounds: number < SOUNDING })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digit(c: char) -> Digit {
        Digit::new(c).expect("a key")
    }

    fn hear(listener: &mut Listener, timestamp: u32, code: u8, end: bool) -> Option<char> {
        let payload = [code, if end { 0x8A } else { 0x0A }, 0, 160];
        listener.packet(timestamp, &payload).map(Digit::as_char)
    }

    #[test]
    fn a_key_is_told_once_at_its_first_packet() {
        let mut listener = Listener::default();
        assert_eq!(hear(&mut listener, 100, 5, false), Some('5'));
        for end in [false, true, true, false] {
            assert_eq!(hear(&mut listener, 100, 5, end), None);
        }
        assert_eq!(hear(&mut listener, 900, 5, true), Some('5'), "all but its end was lost");
        assert_eq!(hear(&mut listener, 100, 5, true), None, "a late copy of the first");
    }

    #[test]
    fn a_key_whose_end_is_lost_does_not_hide_the_next() {
        let mut listener = Listener::default();
        assert_eq!(hear(&mut listener, 100, 1, false), Some('1'));
        assert_eq!(hear(&mut listener, 2000, 1, false), Some('1'));
        assert_eq!(hear(&mut listener, 4000, 2, false), Some('2'));
    }

    #[test]
    fn a_key_held_for_longer_than_its_clock_can_count_is_one_key() {
        let mut listener = Listener::default();
        assert_eq!(hear(&mut listener, 100, 1, false), Some('1'));
        assert_eq!(hear(&mut listener, 100 + 0xFFFF, 1, false), None);
        assert_eq!(hear(&mut listener, 100 + 2 * 0xFFFF, 1, true), None);
        assert_eq!(hear(&mut listener, 100 + 3 * 0xFFFF, 1, false), Some('1'), "it had ended");
    }

    #[test]
    fn the_rest_of_a_key_is_kept_from_a_new_peer() {
        let mut listener = Listener::default();
        hear(&mut listener, 100, 1, false);
        assert!(!listener.keeps(100));
        listener.keep();
        hear(&mut listener, 100, 1, true);
        assert!(listener.keeps(100));
        hear(&mut listener, 900, 1, false);
        assert!(!listener.keeps(900));
    }

    #[test]
    fn what_is_no_key_is_passed_over() {
        let mut listener = Listener::default();
        assert_eq!(hear(&mut listener, 100, 16, true), None);
        assert_eq!(listener.packet(1, &[1, 0x80]), None);
    }

    #[test]
    fn our_own_keys_are_heard_by_our_own_listener() {
        let (mut sender, mut listener) = (Sender::default(), Listener::default());
        for c in "12#".chars() {
            assert!(sender.push(digit(c)));
        }
        let (mut heard, mut steps, mut timestamp) = (String::new(), 0, 0);
        while sender.busy() {
            steps += 1;
            if let Some(step) = sender.step() {
                if step.number == 0 {
                    timestamp += 5000;
                }
                heard.extend(listener.packet(timestamp, &step.payload(8000)).map(Digit::as_char));
            }
        }
        assert_eq!((heard.as_str(), steps), ("12#", 33));
    }
}
