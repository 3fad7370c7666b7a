//! The only source of chance: xoshiro256++ seeded by splitmix64. Small, quick, and the same everywhere and for ever,
//! so that a kept seed keeps its meaning.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Numbers that follow from a seed.
#[derive(Debug, Clone)]
pub struct Dice([u64; 4]);

impl Dice {
    /// The dice of this seed.
    pub fn new(seed: u64) -> Dice {
        let mut state = seed;
        Dice(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number of the range.
    pub fn of(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        low + self.roll() % (high - low + 1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.of(0..=99) < chance
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let last = from.len() as u64 - 1;
        from[self.of(0..=last) as usize].clone()
    }

    /// A time between so many milliseconds.
    pub fn time(&mut self, range_ms: RangeInclusive<u64>) -> Duration {
        Duration::from_millis(self.of(range_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_rolls_the_same() {
        let rolls = |seed| {
            let mut dice = Dice::new(seed);
            std::array::from_fn::<u64, 8, _>(|_| dice.roll())
        };
        assert_eq!(rolls(7), rolls(7));
        assert_ne!(rolls(7), rolls(8));
    }

    #[test]
    fn a_number_stays_in_its_range() {
        let mut dice = Dice::new(1);
        assert!((0..1000).all(|_| (3..=5).contains(&dice.of(3..=5))));
    }
}
