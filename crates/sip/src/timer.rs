//! Time and chance in one shard: the timer values, a heap of deadlines, and the dice for tags, branches and back-off.
//!
//! A deadline in the heap is a hint: its owner keeps the true one. Whoever is woken too early looks at its own table
//! and sets the heap again, so nothing is ever searched for or taken out of the middle.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use model::Moment;
use sha2::{Digest, Sha256};

/// Timer values, RFC 3261 table 4 and ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Estimate of the round trip.
    pub t1: Duration,
    /// The longest wait between two sendings of a request other than INVITE, and of a final response.
    pub t2: Duration,
    /// How long a message may stay in the network.
    pub t4: Duration,
    /// How long an outgoing INVITE may ring (Timer C): 408 and CANCEL then.
    pub ringing: Duration,
    /// How long the answer to a BYE waits for `FinishBye`.
    pub bye_answer: Duration,
    /// How long a far side's re-INVITE waits for the house before 500.
    pub reoffer: Duration,
    /// How long an incoming INVITE may stay without a final answer: 480 then.
    pub unanswered: Duration,
    /// The session interval we ask for (RFC 4028).
    pub session: Duration,
    /// The shortest session interval we take: 422 for less. Never under 90 s (RFC 4028 section 5).
    pub min_session: Duration,
    /// How often a provisional answer is repeated, so that proxies keep waiting (section 13.3.1.1).
    pub keep_ringing: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            ringing: Duration::from_secs(180),
            bye_answer: Duration::from_secs(2),
            reoffer: Duration::from_secs(10),
            unanswered: Duration::from_secs(300),
            session: Duration::from_secs(1800),
            min_session: Duration::from_secs(90),
            keep_ringing: Duration::from_secs(60),
        }
    }
}

/// Deadlines by owner.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    heap: BinaryHeap<Reverse<(Moment, K)>>,
}

impl<K: Ord + Copy> Timers<K> {
    pub(crate) const fn new() -> Self {
        Self { heap: BinaryHeap::new() }
    }

    /// Wakes the owner then.
    pub(crate) fn set(&mut self, at: Moment, owner: K) {
        self.heap.push(Reverse((at, owner)));
    }

    /// The next owner to wake, when its time has come.
    pub(crate) fn pop_due(&mut self, now: Moment) -> Option<K> {
        let (at, owner) = self.first()?;
        if at > now {
            return None;
        }
        self.heap.pop();
        Some(owner)
    }

    /// Who is to be woken next, and when.
    pub(crate) fn first(&self) -> Option<(Moment, K)> {
        self.heap.peek().map(|Reverse(first)| *first)
    }

    /// Takes the first out: its owner wants another time, or none.
    pub(crate) fn skip(&mut self) {
        self.heap.pop();
    }
}

/// Unguessable numbers from a seed that is handed in: the same seed gives the same run.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: [u8; 32],
    block: [u8; 32],
    rolled: u64,
}

impl Dice {
    pub(crate) const fn new(seed: [u8; 32]) -> Self {
        Self { seed, block: [0; 32], rolled: 0 }
    }

    /// The next number.
    pub(crate) fn roll(&mut self) -> u64 {
        let place = (self.rolled % 4) as usize * 8;
        if place == 0 {
            let mut hash = Sha256::new();
            hash.update(self.seed);
            hash.update(self.rolled.to_be_bytes());
            self.block = hash.finalize().into();
        }
        self.rolled += 1;
        let mut number = [0; 8];
        number.copy_from_slice(&self.block[place..place + 8]);
        u64::from_be_bytes(number)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_woken_in_the_order_of_their_deadlines() {
        let mut timers = Timers::new();
        timers.set(Moment::from_millis(20), 'b');
        timers.set(Moment::from_millis(10), 'a');
        assert_eq!(timers.first(), Some((Moment::from_millis(10), 'a')));
        assert_eq!(timers.pop_due(Moment::from_millis(9)), None);
        assert_eq!(timers.pop_due(Moment::from_millis(30)), Some('a'));
        assert_eq!(timers.pop_due(Moment::from_millis(30)), Some('b'));
        assert_eq!(timers.first(), None);
    }

    #[test]
    fn the_same_seed_rolls_the_same_numbers_and_none_twice() {
        let (mut one, mut two) = (Dice::new([7; 32]), Dice::new([7; 32]));
        let rolled: Vec<u64> = (0..100).map(|_| one.roll()).collect();
        assert!(rolled.iter().all(|n| two.roll() == *n));
        let distinct: std::collections::HashSet<_> = rolled.iter().collect();
        assert_eq!(distinct.len(), 100);
    }
}
