//! How many keys of one leg are taken.

use model::Moment;

/// Keys of one leg, against a phone that sends them by the thousand: so many at once, and so many in a second.
#[derive(Debug, Default)]
pub(super) struct Keys {
    taken_ms: u64,
    since: Moment,
}

impl Keys {
    const AT_ONCE: u64 = 40;
    const PAUSE_MS: u64 = 50;

    /// Whether one more key, now, is as fast as fingers are.
    pub(super) fn takes(&mut self, now: Moment) -> bool {
        let past = u64::try_from(now.since(self.since).as_millis()).unwrap_or(u64::MAX);
        self.since = now;
        self.taken_ms = self.taken_ms.saturating_sub(past);
        let fits = self.taken_ms + Self::PAUSE_MS <= Self::AT_ONCE * Self::PAUSE_MS;
        if fits {
            self.taken_ms += Self::PAUSE_MS;
        } else {
            metrics::counter!("alo_digits_dropped_total").increment(1);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_as_fast_as_fingers_and_no_faster() {
        let mut keys = Keys::default();
        assert!((0..60).all(|n| keys.takes(Moment::from_millis(10_000 + n * 60))), "a person or a robot that dials");
        let flood = (0..10_000).filter(|n| keys.takes(Moment::from_millis(60_000 + n))).count();
        assert!((200..=260).contains(&flood), "ten seconds of flood give {flood}");
    }
}
