//! A table of fixed size: each key belongs to one small set, and when the set is full the entry that matters least
//! gives way. No key is stored, only its keyed hash, so that long names cost nothing.

use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};

use model::Moment;

/// How many entries share a set.
const WAYS: usize = 8;

/// An entry says how long it is worth keeping.
pub(super) trait Keep {
    /// After this moment nothing is lost with the entry.
    fn matters_until(&self) -> Moment;
}

/// The table.
pub(super) struct Table<V> {
    keyed: Keyed,
    sets: Vec<Vec<(u64, V)>>,
}

impl<V: Keep> Table<V> {
    pub(super) fn new(capacity: usize, secret: &[u8; 32]) -> Table<V> {
        let sets = capacity.div_ceil(WAYS).max(1);
        Table { keyed: Keyed(*secret), sets: std::iter::repeat_with(Vec::new).take(sets).collect() }
    }

    pub(super) fn get(&self, key: &impl Hash) -> Option<&V> {
        let hash = self.keyed.hash_one(key);
        self.sets[self.set_of(hash)].iter().find(|(h, _)| *h == hash).map(|(_, value)| value)
    }

    /// The entry of a key, made when there is none; the one of its set that matters least gives way.
    pub(super) fn entry(&mut self, key: &impl Hash, now: Moment, make: impl FnOnce() -> V) -> &mut V {
        let hash = self.keyed.hash_one(key);
        let at = self.set_of(hash);
        let set = &mut self.sets[at];
        let slot = match set.iter().position(|(h, _)| *h == hash) {
            Some(slot) => slot,
            None => {
                if set.len() >= WAYS {
                    set.retain(|(_, value)| value.matters_until() > now);
                }
                if set.len() >= WAYS {
                    let least = (0..set.len()).min_by_key(|slot| set[*slot].1.matters_until());
                    set.swap_remove(least.unwrap_or(0));
                }
                set.push((hash, make()));
                set.len() - 1
            }
        };
        &mut set[slot].1
    }

    pub(super) fn len(&self) -> usize {
        self.sets.iter().map(Vec::len).sum()
    }

    fn set_of(&self, hash: u64) -> usize {
        (hash % self.sets.len() as u64) as usize
    }
}

struct Keyed([u8; 32]);

impl BuildHasher for Keyed {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.0);
        hasher
    }
}
