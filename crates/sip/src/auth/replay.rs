//! Which counts of which nonce were used. Only proven requests get in here, so strangers cannot fill it; two
//! generations of nonces are kept, and a whole generation is dropped when its nonces are too old to count.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use model::Moment;

use super::nonce::{LIFETIME, NonceId};

/// How many nonces are remembered for one lifetime: 8,700 proven requests a second, each with its own nonce.
const CAPACITY: usize = 1 << 18;
const SHARDS: usize = 16;

/// What came of using a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It was new.
    New,
    /// It was used before, or is too far behind to know.
    Again,
    /// The table is full.
    Full,
}

/// The table.
pub(super) struct Replay {
    shards: [Mutex<Generations>; SHARDS],
    capacity: usize,
}

#[derive(Default)]
struct Generations {
    newest: u64,
    current: HashMap<u64, Window>,
    previous: HashMap<u64, Window>,
}

/// The highest count used, and which of the 64 up to it were used.
#[derive(Clone, Copy, Default)]
struct Window {
    highest: u32,
    used: u64,
}

impl Replay {
    pub(super) fn new() -> Replay {
        Replay::with_capacity(CAPACITY)
    }

    fn with_capacity(capacity: usize) -> Replay {
        Replay { shards: std::array::from_fn(|_| Mutex::default()), capacity: capacity / SHARDS }
    }

    /// Uses a count of a nonce that [`super::nonce::Nonces::check`] found good.
    pub(super) fn use_count(&self, nonce: NonceId, count: u32) -> Use {
        let shard = &self.shards[(nonce.0 % SHARDS as u64) as usize];
        // The table holds no invariant that a panic elsewhere could have broken half-way.
        let mut generations = shard.lock().unwrap_or_else(PoisonError::into_inner);
        generations.use_count(nonce, count, self.capacity)
    }
}

impl Generations {
    fn use_count(&mut self, nonce: NonceId, count: u32, capacity: usize) -> Use {
        let generation = generation_of(nonce.made_at());
        if generation > self.newest {
            self.previous =
                if generation == self.newest + 1 { std::mem::take(&mut self.current) } else { HashMap::new() };
            self.current = HashMap::new();
            self.newest = generation;
        }
        let table = if generation == self.newest { &mut self.current } else { &mut self.previous };
        if table.len() >= capacity && !table.contains_key(&nonce.0) {
            return Use::Full;
        }
        table.entry(nonce.0).or_default().use_count(count)
    }
}

fn generation_of(moment: Moment) -> u64 {
    moment.as_nanos() / LIFETIME.as_nanos() as u64
}

impl Window {
    fn use_count(&mut self, count: u32) -> Use {
        if count > self.highest {
            let ahead = count - self.highest;
            self.used = if ahead < 64 { self.used << ahead } else { 0 };
            self.highest = count;
        }
        let behind = self.highest - count;
        if behind >= 64 || self.used & (1 << behind) != 0 {
            return Use::Again;
        }
        self.used |= 1 << behind;
        Use::New
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn id(ms: u64, count: u64) -> NonceId {
        NonceId(ms << 24 | count)
    }

    #[test]
    fn each_count_is_good_once_and_may_come_out_of_order() {
        let replay = Replay::new();
        let uses: Vec<Use> = [1, 3, 2, 3, 1, 66, 2, 3, 70, 6, 7].map(|n| replay.use_count(id(0, 0), n)).into();
        use Use::{Again, New};
        assert_eq!(uses, [New, New, New, Again, Again, New, Again, Again, New, Again, New]);
    }

    #[test]
    fn nonces_are_forgotten_when_they_are_too_old_to_count() {
        let replay = Replay::with_capacity(SHARDS);
        assert_eq!(replay.use_count(id(0, 0), 1), Use::New);
        assert_eq!(replay.use_count(id(0, 16), 1), Use::Full);
        assert_eq!(replay.use_count(id(30_000, 0), 1), Use::New);
        assert_eq!(replay.use_count(id(0, 0), 1), Use::Again);
        assert_eq!(replay.use_count(id(90_000, 0), 1), Use::New);
        assert_eq!(replay.shards.iter().map(|s| s.lock().expect("a lock").previous.len()).sum::<usize>(), 0);
    }

    proptest! {
        #[test]
        fn no_count_is_ever_good_twice(counts in proptest::collection::vec(0u32..200, 0..300)) {
            let mut window = Window::default();
            let mut seen = HashSet::new();
            for count in counts {
                let first = window.use_count(count) == Use::New;
                prop_assert!(!first || seen.insert(count));
            }
        }
    }
}
