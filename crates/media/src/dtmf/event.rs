//! Telephone events (RFC 4733): reading those of the far side, and making our own. Pure.

use model::{Digit, Moment};
use std::collections::VecDeque;
use std::time::Duration;

/// When the end of an event is lost, it counts as ended after this time without a packet of it.
pub(crate) const LOST_END: Duration = Duration::from_millis(100);
/// Timestamps further apart than this, 5 s of the fastest clock, belong to different streams, so "earlier" has no meaning.
const FAR: u32 = 48_000 * 5;

/// Turns the packets of events into key presses: each key once, at the first packet that says it has ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listener {
    current: Option<Press>,
}

#[derive(Debug, Clone)]
struct Press {
    timestamp: u32,
    digit: Digit,
    heard: Moment,
    told: bool,
}

impl Listener {
    /// One packet of an event: the key that it ends, and before that the key whose end was lost.
    pub(crate) fn packet(&mut self, now: Moment, timestamp: u32, payload: &[u8]) -> [Option<Digit>; 2] {
        let Some(&[code, flags, ..]) = payload.first_chunk::<4>() else { return [None; 2] };
        let Some(digit) = Digit::from_event(code) else { return [None; 2] };
        let mut before = None;
        let press = match &mut self.current {
            Some(press) if press.timestamp == timestamp && press.digit == digit => {
                press.heard = now;
                press
            }
            current => {
                if let Some(press) = current {
                    let back = press.timestamp.wrapping_sub(timestamp);
                    if (1..FAR).contains(&back) {
                        // A late packet of an event that is over.
                        return [None; 2];
                    }
                    before = (!press.told).then_some(press.digit);
                }
                current.insert(Press { timestamp, digit, heard: now, told: false })
            }
        };
        let ended = flags & 0x80 != 0 && !press.told;
        press.told |= ended;
        [before, ended.then_some(digit)]
    }

    /// Time has passed: the key whose end was lost, when that is certain.
    pub(crate) fn lost_end(&mut self, now: Moment) -> Option<Digit> {
        let press = self.current.as_mut().filter(|p| !p.told && now.since(p.heard) >= LOST_END)?;
        press.told = true;
        Some(press.digit)
    }

    /// Whether an end is awaited, and until when at most.
    pub(crate) fn awaits(&self) -> Option<Moment> {
        self.current.as_ref().filter(|p| !p.told).map(|p| p.heard + LOST_END)
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

    fn hear(listener: &mut Listener, ms: u64, timestamp: u32, code: u8, end: bool) -> Vec<char> {
        let payload = [code, if end { 0x8A } else { 0x0A }, 0, 160];
        let found = listener.packet(Moment::from_millis(ms), timestamp, &payload);
        found.into_iter().flatten().map(Digit::as_char).collect()
    }

    #[test]
    fn a_key_is_told_once_at_the_first_end() {
        let mut listener = Listener::default();
        assert!(hear(&mut listener, 0, 100, 5, false).is_empty());
        assert!(hear(&mut listener, 20, 100, 5, false).is_empty());
        assert_eq!(hear(&mut listener, 40, 100, 5, true), ['5']);
        assert!(hear(&mut listener, 60, 100, 5, true).is_empty());
        assert!(hear(&mut listener, 61, 100, 5, false).is_empty());
        assert_eq!(hear(&mut listener, 300, 900, 5, true), ['5']);
        assert!(hear(&mut listener, 301, 100, 5, true).is_empty(), "a late copy of the first");
    }

    #[test]
    fn a_key_whose_ends_are_lost_is_told_by_the_next_or_by_time() {
        let mut listener = Listener::default();
        hear(&mut listener, 0, 100, 1, false);
        assert_eq!(hear(&mut listener, 200, 2000, 2, false), ['1']);
        assert_eq!(listener.lost_end(Moment::from_millis(299)), None);
        assert_eq!(listener.awaits(), Some(Moment::from_millis(300)));
        assert_eq!(listener.lost_end(Moment::from_millis(300)), Some(digit('2')));
        assert_eq!((listener.lost_end(Moment::from_millis(900)), listener.awaits()), (None, None));
    }

    #[test]
    fn what_is_no_key_is_passed_over() {
        let mut listener = Listener::default();
        assert!(hear(&mut listener, 0, 100, 16, true).is_empty());
        assert_eq!(listener.packet(Moment::START, 1, &[1, 0x80]), [None; 2]);
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
                let found = listener.packet(Moment::from_millis(steps * 20), timestamp, &step.payload(8000));
                heard.extend(found.into_iter().flatten().map(Digit::as_char));
            }
        }
        assert_eq!((heard.as_str(), steps), ("12#", 33));
    }
}
