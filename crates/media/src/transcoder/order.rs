//! Puts the packets of one stream in order for a decoder. A packet that is in its place goes on at once; one that is
//! ahead waits for those before it as long as late ones have needed lately. Pure.

use model::Moment;
use std::collections::VecDeque;
use std::time::Duration;

/// How long a missing packet is waited for: at first, at least and at most.
const FIRST: Duration = Duration::from_millis(60);
const LEAST: Duration = Duration::from_millis(30);
const MOST: Duration = Duration::from_millis(140);
/// Packets that may wait.
const ROOM: usize = 32;
/// A sequence further away than this is a new stream.
const FORWARD: u16 = 500;
const BACKWARD: u16 = 100;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<T> {
    Packet(T),
    /// So many packets are missing before the one that comes next.
    Lost(u16),
}

#[derive(Debug)]
pub(super) struct Order<T> {
    next: Option<u16>,
    /// By sequence, each with its arrival.
    waiting: VecDeque<(u16, Moment, T)>,
    patience: Duration,
    /// When the youngest loss was given up, and how far it reached.
    given_up: Option<(Moment, u16)>,
}

impl<T> Order<T> {
    pub(super) fn new() -> Order<T> {
        Order { next: None, waiting: VecDeque::new(), patience: FIRST, given_up: None }
    }

    /// Takes a packet in; those that are double or too late are dropped.
    pub(super) fn push(&mut self, now: Moment, sequence: u16, packet: T) {
        let next = *self.next.get_or_insert(sequence);
        let ahead = sequence.wrapping_sub(next);
        if ahead > u16::MAX - BACKWARD {
            return self.came_late(now, sequence);
        }
        if ahead > FORWARD {
            self.waiting.clear();
            (self.next, self.given_up) = (Some(sequence), None);
        }
        let next = self.next.unwrap_or(sequence);
        let ahead = sequence.wrapping_sub(next);
        let place = self.waiting.iter().position(|(other, ..)| other.wrapping_sub(next) >= ahead);
        let place = place.unwrap_or(self.waiting.len());
        if self.waiting.get(place).is_none_or(|(other, ..)| *other != sequence) {
            self.waiting.insert(place, (sequence, now, packet));
        }
    }

    /// Gives what comes next, if anything may go on now.
    pub(super) fn pop(&mut self, now: Moment) -> Option<Next<T>> {
        let next = self.next?;
        let (sequence, ..) = self.waiting.front()?;
        let missing = sequence.wrapping_sub(next);
        if missing == 0 {
            self.next = Some(next.wrapping_add(1));
            return self.waiting.pop_front().map(|(.., packet)| Next::Packet(packet));
        }
        if self.due().is_some_and(|due| due <= now) || self.waiting.len() > ROOM {
            self.next = Some(*sequence);
            self.given_up = Some((now, *sequence));
            self.patience = (self.patience - self.patience / 16).max(LEAST);
            return Some(Next::Lost(missing));
        }
        None
    }

    /// The packet that a loss comes before.
    pub(super) fn front(&self) -> Option<&T> {
        self.waiting.front().map(|(.., packet)| packet)
    }

    /// Until when those that wait do so.
    pub(super) fn due(&self) -> Option<Moment> {
        self.waiting.iter().map(|(_, arrived, _)| *arrived).min().map(|arrived| arrived + self.patience)
    }

    /// It was given up too early: the next is waited for longer.
    fn came_late(&mut self, now: Moment, sequence: u16) {
        if let Some((at, before)) = self.given_up
            && before.wrapping_sub(sequence) <= BACKWARD
        {
            let needed = self.patience + now.since(at);
            self.patience = (needed + needed / 4).clamp(self.patience, MOST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arrivals: &[(u64, u16)]) -> Vec<Next<u16>> {
        let mut order = Order::new();
        let mut out = Vec::new();
        for (ms, sequence) in arrivals {
            let now = Moment::from_millis(*ms);
            out.extend(std::iter::from_fn(|| order.pop(now)));
            order.push(now, *sequence, *sequence);
            out.extend(std::iter::from_fn(|| order.pop(now)));
        }
        out
    }

    #[test]
    fn order_is_restored_doubles_go_and_a_wrap_is_nothing() {
        let got = run(&[(0, 65_534), (20, 0), (21, 65_535), (22, 65_535), (40, 2), (41, 1), (60, 3), (61, 2)]);
        assert_eq!(got, [65_534, 65_535, 0, 1, 2, 3].map(Next::Packet));
    }

    #[test]
    fn what_is_lost_is_waited_for_and_then_told() {
        let got = run(&[(0, 1), (20, 2), (60, 4), (80, 5), (100, 6), (121, 7)]);
        let packets = [4, 5, 6, 7].map(Next::Packet);
        let want: Vec<_> = [Next::Packet(1), Next::Packet(2), Next::Lost(1)].into_iter().chain(packets).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn patience_grows_with_late_packets_and_is_bounded() {
        let mut order = Order::new();
        for n in 0..100u16 {
            let now = Moment::from_millis(u64::from(n) * 200);
            order.push(now, n * 2 + 1, ());
            while order.pop(now + Duration::from_millis(150)).is_some() {}
            order.push(now + Duration::from_millis(190), n * 2, ());
        }
        assert!(order.patience > FIRST && order.patience <= MOST, "{:?}", order.patience);
    }

    #[test]
    fn a_leap_of_the_sequence_is_a_new_beginning() {
        let got = run(&[(0, 1), (20, 40_000), (40, 40_001), (60, 5)]);
        assert_eq!(got, [1, 40_000, 40_001, 5].map(Next::Packet));
    }
}
