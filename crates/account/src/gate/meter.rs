//! Requests a minute, one bucket a key: a minute's worth may come at once, then they drip in evenly. In memory, for this
//! process; keys are rows that people make, so the table has their number.

use model::{KeyId, Moment, Problem};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// The buckets of all keys that have a limit and were used.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// When each key's bucket is full again.
    full_at: Mutex<HashMap<KeyId, Moment>>,
}

impl Meter {
    /// Takes one request out of the key's bucket, or says when there will be one (generic cell rate algorithm).
    pub(super) fn take(&self, key: KeyId, per_minute: u32, now: Moment) -> Result<(), Problem> {
        let step = MINUTE / per_minute.max(1);
        let mut table = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = table.entry(key).or_insert(now);
        let next = (*full_at).max(now) + step;
        if next.since(now) > MINUTE {
            let wait = next.since(now).saturating_sub(MINUTE).as_secs_f64().ceil() as u32;
            let message = format!("This key may make {per_minute} requests a minute; try again in {wait} s.");
            return Err(Problem::limited("rate_limited", message, wait.max(1)));
        }
        *full_at = next;
        Ok(())
    }

    /// The monotonic clock.
    pub(super) fn now() -> Moment {
        static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
        Moment::START + BEGAN.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_passes_at_once_and_then_one_a_step() {
        let meter = Meter::default();
        let (key, other) = (store::mint(), store::mint());
        let at = |ms: u64| Moment::START + Duration::from_millis(ms);
        for _ in 0..60 {
            meter.take(key, 60, at(0)).expect("within the minute's worth");
        }
        let refused = meter.take(key, 60, at(0)).expect_err("one too many");
        assert_eq!((refused.code, refused.retry_after_s), ("rate_limited", Some(1)));
        assert!(meter.take(other, 60, at(0)).is_ok(), "each key has its own");
        assert!(meter.take(key, 60, at(999)).is_err());
        assert!(meter.take(key, 60, at(1000)).is_ok());
        assert!(meter.take(key, 60, at(1001)).is_err());
        assert!(meter.take(key, 60, at(200_000)).is_ok());
    }
}
