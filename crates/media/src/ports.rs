//! Which UDP ports are free. Even ports are handed out in random order, so that a stranger cannot guess the next one,
//! and a freed port rests for a while, so that late packets of the last call never reach the next.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// The free even ports of a range.
#[derive(Debug)]
pub(crate) struct Ports {
    all: usize,
    free: Vec<u16>,
    resting: VecDeque<(Instant, u16)>,
    quarantine: Duration,
    random: u64,
}

impl Ports {
    pub(crate) fn new(range: RangeInclusive<u16>, quarantine: Duration, seed: u64) -> Ports {
        // The RTCP port is the next one, so it must be inside the range as well.
        let free: Vec<u16> = range.clone().filter(|p| *p > 0 && p % 2 == 0 && *p < *range.end()).collect();
        Ports { all: free.len(), free, resting: VecDeque::new(), quarantine, random: seed | 1 }
    }

    /// How many can be had now, and how many there are.
    pub(crate) fn room(&self, now: Instant) -> (usize, usize) {
        let rested = |(since, _): &&(Instant, u16)| now.saturating_duration_since(*since) >= self.quarantine;
        (self.free.len() + self.resting.iter().take_while(rested).count(), self.all)
    }

    /// Takes a free port; none when all are in use or resting.
    pub(crate) fn take(&mut self, now: Instant) -> Option<u16> {
        while let Some((since, port)) = self.resting.front().copied() {
            if now.saturating_duration_since(since) < self.quarantine {
                break;
            }
            self.resting.pop_front();
            self.free.push(port);
        }
        if self.free.is_empty() {
            return None;
        }
        let place = (self.roll() % self.free.len() as u64) as usize;
        Some(self.free.swap_remove(place))
    }

    /// Gives a port back that packets came to: it rests first.
    pub(crate) fn give_back(&mut self, port: u16, now: Instant) {
        self.resting.push_back((now, port));
    }

    /// Gives a port back that nobody ever sent to: there are no late packets to wait for.
    pub(crate) fn give_back_unused(&mut self, port: u16) {
        self.free.push(port);
    }

    fn roll(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(5);

    #[test]
    fn only_even_ports_whose_neighbour_is_in_range_are_handed_out() {
        let now = Instant::now();
        let mut ports = Ports::new(20_001..=20_006, REST, 7);
        let mut got: Vec<u16> = std::iter::from_fn(|| ports.take(now)).collect();
        got.sort_unstable();
        assert_eq!(got, [20_002, 20_004]);
    }

    #[test]
    fn a_freed_port_rests_before_it_is_used_again() {
        let now = Instant::now();
        let mut ports = Ports::new(20_000..=20_001, REST, 7);
        assert_eq!(ports.take(now), Some(20_000));
        ports.give_back(20_000, now);
        assert_eq!(ports.take(now + REST - Duration::from_millis(1)), None);
        assert_eq!(ports.take(now + REST), Some(20_000));
    }

    #[test]
    fn a_port_that_heard_nothing_may_be_used_at_once() {
        let now = Instant::now();
        let mut ports = Ports::new(20_000..=20_001, REST, 7);
        assert_eq!(ports.take(now), Some(20_000));
        ports.give_back_unused(20_000);
        assert_eq!(ports.take(now), Some(20_000));
    }

    #[test]
    fn two_starts_hand_out_different_orders() {
        let now = Instant::now();
        let order = |seed| {
            let mut ports = Ports::new(20_000..=29_999, REST, seed);
            (0..20).filter_map(|_| ports.take(now)).collect::<Vec<_>>()
        };
        assert_ne!(order(0x1234_5678_9abc_def1), order(0xfedc_ba98_7654_3211));
    }

    #[test]
    fn a_port_that_rests_is_no_room() {
        let now = Instant::now();
        let mut ports = Ports::new(20_000..=20_007, REST, 7);
        assert_eq!(ports.room(now), (4, 4));
        let (heard, unheard) = (ports.take(now).expect("a port"), ports.take(now).expect("a port"));
        ports.give_back(heard, now);
        ports.give_back_unused(unheard);
        assert_eq!((ports.room(now), ports.room(now + REST)), ((3, 4), (4, 4)));
    }
}
