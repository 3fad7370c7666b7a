//! Requests in a time, one bucket a key and one a company: a time's worth may come at once, then they drip in evenly. In
//! memory, for this process; keys and companies are rows that people make, so the tables have their number.

use model::{KeyId, Moment, TenantId};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A company is told of its quota once in so long.
const PAUSE: Duration = Duration::from_secs(60);

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Key(KeyId),
    Company(TenantId),
}

/// The buckets of all who have a limit and were seen.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// When each bucket is full again.
    full_at: Mutex<HashMap<Owner, Moment>>,
    /// When each company was told last, and how often it was refused since.
    told: Mutex<HashMap<TenantId, (Moment, u64)>>,
}

impl Meter {
    /// Takes one request out of a bucket of `most` in `time`, or says how long until there is one (generic cell rate
    /// algorithm).
    pub(super) fn take(&self, owner: Owner, most: u32, time: Duration, now: Moment) -> Result<(), Duration> {
        let step = time / most.max(1);
        let mut table = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = table.entry(owner).or_insert(now);
        let next = (*full_at).max(now) + step;
        if next.since(now) > time {
            return Err(next.since(now).saturating_sub(time));
        }
        *full_at = next;
        Ok(())
    }

    /// How often the company was refused since it was told last, this time included; none when it is too soon to tell it
    /// again.
    pub(super) fn tells(&self, company: TenantId, now: Moment) -> Option<u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get_mut(&company) {
            Some((at, kept_back)) if now.since(*at) < PAUSE => {
                *kept_back += 1;
                None
            }
            Some((at, kept_back)) => {
                *at = now;
                Some(std::mem::take(kept_back) + 1)
            }
            None => {
                told.insert(company, (now, 0));
                Some(1)
            }
        }
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

    fn at(ms: u64) -> Moment {
        Moment::START + Duration::from_millis(ms)
    }

    #[test]
    fn a_minutes_worth_passes_at_once_and_then_one_a_step() {
        let meter = Meter::default();
        let (key, other) = (Owner::Key(store::mint()), Owner::Key(store::mint()));
        let minute = Duration::from_secs(60);
        let take = |owner, ms| meter.take(owner, 60, minute, at(ms));
        for _ in 0..60 {
            take(key, 0).expect("within the minute's worth");
        }
        assert_eq!(take(key, 0), Err(Duration::from_secs(1)), "one too many");
        assert!(take(other, 0).is_ok(), "each key has its own");
        assert!(take(key, 999).is_err());
        assert!(take(key, 1000).is_ok());
        assert!(take(key, 1001).is_err());
        assert!(take(key, 200_000).is_ok());
    }

    #[test]
    fn a_company_is_told_once_a_minute_with_how_often() {
        let meter = Meter::default();
        let (ours, theirs) = (store::mint(), store::mint());
        assert_eq!((meter.tells(ours, at(0)), meter.tells(theirs, at(0))), (Some(1), Some(1)));
        assert_eq!((meter.tells(ours, at(1)), meter.tells(ours, at(59_999))), (None, None));
        assert_eq!(meter.tells(ours, at(60_000)), Some(3));
    }
}
