//! What each company takes of the whole: its calls at once and its new calls, against its quota; and, while not all new
//! calls are let in, against its equal part, so that one company's flood is not the others' outage.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{Moment, TenantId};
use pbx::quota::Quota;

/// A company with fewer calls than this always counts as modest.
const MODEST: u32 = 4;

/// All companies that have calls, or had some a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    companies: Mutex<HashMap<TenantId, Company>>,
}

#[derive(Debug, Default)]
struct Company {
    calls: u32,
    begun: Bucket,
    clicks: Bucket,
}

/// So many in a time, and as many at once.
#[derive(Debug, Default)]
struct Bucket {
    /// Thousandths of a call that were taken and have not come back yet.
    taken: u64,
    since: Moment,
}

/// A call's place among those of its company; given back on drop.
#[derive(Debug)]
pub(crate) struct Seat {
    shares: Arc<Shares>,
    tenant: TenantId,
}

/// Which bound a company has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Calls at once.
    Calls,
    /// New calls in a second.
    Rate,
    /// Click-to-calls in a minute.
    Clicks,
    /// Its part of what there is, in need.
    Part,
}

impl Bound {
    /// The figure in the quota; none when it follows from the others.
    pub(crate) const fn most(self, quota: &Quota) -> Option<u32> {
        match self {
            Bound::Calls => Some(quota.calls),
            Bound::Rate => Some(quota.calls_per_second),
            Bound::Clicks => Some(quota.clicks_per_minute),
            Bound::Part => None,
        }
    }

    /// After how many seconds it is worth another try.
    pub(crate) const fn retry_s(self) -> u32 {
        match self {
            Bound::Calls => 10,
            Bound::Rate => 1,
            Bound::Clicks => 60,
            Bound::Part => 5,
        }
    }

    /// The stable word, in metrics, events and problems.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Bound::Calls => "calls",
            Bound::Rate => "calls_per_second",
            Bound::Clicks => "clicks_per_minute",
            Bound::Part => "fair_share",
        }
    }
}

impl Bucket {
    /// Takes one of `most` in `ms` milliseconds; 0 is no bound.
    fn take(&mut self, now: Moment, most: u32, ms: u64) -> bool {
        if most == 0 {
            return true;
        }
        let most = u64::from(most) * 1_000;
        let past = u64::try_from(now.since(self.since).as_millis()).unwrap_or(u64::MAX);
        self.taken = self.taken.saturating_sub(past.saturating_mul(most) / ms);
        self.since = now;
        let fits = self.taken + 1_000 <= most;
        self.taken += if fits { 1_000 } else { 0 };
        fits
    }
}

impl Shares {
    fn companies(&self) -> MutexGuard<'_, HashMap<TenantId, Company>> {
        // Each change is a few additions.
        self.companies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more call of the company; `in_need`: not all new calls are let in now.
    pub(crate) fn take(
        self: &Arc<Self>,
        tenant: TenantId,
        quota: &Quota,
        in_need: bool,
        now: Moment,
    ) -> Result<Seat, Bound> {
        let mut companies = self.companies();
        if in_need {
            let busy = companies.values().filter(|company| company.calls > 0).count();
            let all: u32 = companies.values().map(|company| company.calls).sum();
            let mine = companies.get(&tenant).map_or(0, |company| company.calls);
            // Alone there is nobody to be fair to.
            let part = all / u32::try_from(busy.max(1)).unwrap_or(u32::MAX);
            if busy > 1 && mine >= MODEST && mine > part {
                return Err(Bound::Part);
            }
        }
        let company = companies.entry(tenant).or_default();
        if !company.begun.take(now, quota.calls_per_second, 1_000) {
            return Err(Bound::Rate);
        }
        if quota.calls > 0 && company.calls >= quota.calls {
            return Err(Bound::Calls);
        }
        company.calls += 1;
        Ok(Seat { shares: self.clone(), tenant })
    }

    /// Whether the company may ask for one more call by a click.
    pub(crate) fn clicks(&self, tenant: TenantId, quota: &Quota, now: Moment) -> Result<(), Bound> {
        let mut companies = self.companies();
        let may = companies.entry(tenant).or_default().clicks.take(now, quota.clicks_per_minute, 60_000);
        may.then_some(()).ok_or(Bound::Clicks)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(company) = self.shares.companies().get_mut(&self.tenant) {
            company.calls = company.calls.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    fn tenant(number: u128) -> TenantId {
        TenantId::from_bits(number)
    }

    fn at(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    #[test]
    fn a_company_has_so_many_calls_at_once_and_gets_places_back() {
        let shares = Arc::new(Shares::default());
        let quota = Quota { calls: 2, ..Quota::default() };
        let first = shares.take(tenant(1), &quota, false, at(0)).expect("room");
        let _second = shares.take(tenant(1), &quota, false, at(0)).expect("room");
        assert_eq!(shares.take(tenant(1), &quota, false, at(0)).expect_err("full"), Bound::Calls);
        shares.take(tenant(2), &quota, false, at(0)).expect("another company has its own");
        drop(first);
        shares.take(tenant(1), &quota, false, at(0)).expect("a place came back");
    }

    #[test]
    fn new_calls_come_at_a_rate_and_a_pause_gives_them_back() {
        let shares = Arc::new(Shares::default());
        let quota = Quota { calls_per_second: 5, clicks_per_minute: 1, ..Quota::default() };
        let begun = |ms| shares.take(tenant(1), &quota, false, at(ms)).is_ok();
        assert_eq!((0..10).filter(|_| begun(1_000)).count(), 5);
        assert!(!begun(1_100) && begun(1_250), "one comes back in 200 ms");
        assert_eq!((0..100).filter(|n| begun(10_000 + n * 10)).count(), 9, "no more than the rate in a second");
        assert!(shares.clicks(tenant(1), &quota, at(0)).is_ok());
        assert_eq!(shares.clicks(tenant(1), &quota, at(30_000)), Err(Bound::Clicks));
        assert!(shares.clicks(tenant(1), &quota, at(61_000)).is_ok());
    }

    #[test]
    fn in_need_the_company_with_more_than_its_part_waits() {
        let shares = Arc::new(Shares::default());
        let quota = Quota::default();
        let take = |company, in_need| shares.take(tenant(company), &quota, in_need, at(0));
        let flood: Vec<Seat> = (0..50).map(|_| take(1, false).expect("no need")).collect();
        let _modest = take(2, true).expect("it has nothing yet");
        assert_eq!(take(1, true).expect_err("more than its part"), Bound::Part);
        take(1, false).expect("without need there is no such bound");
        drop(flood);
        take(1, true).expect("it is modest again");
    }
}
