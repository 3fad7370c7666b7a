//! New ids: the time in front, so that they sort, and 80 random bits behind, so that guessing fails.

use crate::clock;
use model::Id;

/// A new id of the wanted kind.
pub fn mint<T: Id>() -> T {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    let unix_ms = u64::try_from(clock::now().as_millis()).unwrap_or(0);
    T::from_parts(unix_ms, u128::from_ne_bytes(random))
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
