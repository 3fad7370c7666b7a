//! New ids: the time in front, so that they sort, and 80 random bits behind, so that guessing fails. Those that a process makes
//! within one millisecond sort as they were made too, each a random step behind the one before: lists tell the newest first.

use crate::clock;
use model::Id;
use std::sync::{Mutex, PoisonError};

/// The random bits of an id.
const RANDOM: u128 = (1 << 80) - 1;
/// The longest step between two ids of one millisecond.
const STEP: u128 = (1 << 64) - 1;

/// The millisecond and the bits of the id made last.
static LAST: Mutex<(u64, u128)> = Mutex::new((0, 0));

/// A new id of the wanted kind.
pub fn mint<T: Id>() -> T {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    let unix_ms = u64::try_from(clock::now().as_millis()).unwrap_or(0);
    let random = u128::from_ne_bytes(random);
    // Two numbers are set together, and nothing between can panic.
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let next = last.1 + 1 + (random & STEP);
    // At the end of the bits the order gives way, not the chance.
    let bits = if last.0 == unix_ms && next <= RANDOM { next } else { random & RANDOM };
    *last = (unix_ms, bits);
    T::from_parts(unix_ms, bits)
}

/// Random text of `length` characters from the 32 of Crockford's alphabet: five bits each, easy to read aloud.
pub fn secret_text(length: usize) -> String {
    let mut random = vec![0u8; length];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    random.into_iter().map(|byte| char::from(b"0123456789abcdefghjkmnpqrstvwxyz"[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::CallId;
    use std::collections::HashSet;

    #[test]
    fn new_ids_sort_as_they_were_made() {
        // The rare end of the bits, and a clock that is set back, put one out of order.
        let ids: Vec<CallId> = (0..10_000).map(|_| mint()).collect();
        let turned = ids.windows(2).filter(|pair| pair[0] >= pair[1]).count();
        assert!(turned <= 2, "{turned}");
    }

    #[test]
    fn new_ids_differ_and_carry_the_time() {
        let ids: HashSet<CallId> = (0..10_000).map(|_| mint()).collect();
        assert_eq!(ids.len(), 10_000);
        let made_at = (ids.iter().next().expect("an id").bits() >> 80) as i64;
        assert!((clock::now().as_millis() - made_at).abs() < 60_000);
    }

    #[test]
    fn secret_texts_have_the_length_asked_for_and_differ() {
        assert_eq!(secret_text(24).len(), 24);
        assert_ne!(secret_text(24), secret_text(24));
    }
}
