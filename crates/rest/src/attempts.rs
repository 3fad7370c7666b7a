//! Failed logins: after ten in a row a source is refused this login for a while, and longer each time it goes on.
//! The owner at another address is not touched. The table is bounded and lives in memory.

use crate::Answer;
use model::{Moment, Problem};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

/// How many failures are free.
const FREE: u32 = 10;
/// How long the first refusal lasts; it doubles with each failure after it.
const FIRST: Duration = Duration::from_secs(600);
/// The longest refusal.
const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// How long failures are remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// How many (source, login) pairs are kept.
const ROOM: usize = 20_000;

/// The table of failures.
#[derive(Debug, Default)]
pub struct Attempts {
    table: Mutex<HashMap<(IpAddr, String), Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Moment,
    until: Moment,
}

impl Attempts {
    /// Refuses when this source has failed too often with this login.
    pub fn check(&self, source: IpAddr, login: &str, now: Moment) -> Answer<()> {
        let table = self.lock();
        let Some(failures) = table.get(&key(source, login)) else { return Ok(()) };
        if failures.until <= now {
            return Ok(());
        }
        let seconds = failures.until.since(now).as_secs().max(1);
        let message = format!("Too many failed logins; try again in {} minutes.", seconds.div_ceil(60));
        Err(Problem::limited("too_many_attempts", message, u32::try_from(seconds).unwrap_or(u32::MAX)).into())
    }

    /// Notes a failure.
    pub fn failed(&self, source: IpAddr, login: &str, now: Moment) {
        let mut table = self.lock();
        if table.len() >= ROOM {
            make_room(&mut table, now);
        }
        let fresh = Failures { count: 0, last: now, until: Moment::START };
        let failures = table.entry(key(source, login)).or_insert(fresh);
        if now.since(failures.last) > REMEMBERED {
            *failures = fresh;
        }
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
        if failures.count >= FREE {
            let doublings = (failures.count - FREE).min(6);
            failures.until = now + (FIRST * (1 << doublings)).min(LONGEST);
        }
    }

    /// Notes a success: the failures are forgotten.
    pub fn succeeded(&self, source: IpAddr, login: &str) {
        self.lock().remove(&key(source, login));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(IpAddr, String), Failures>> {
        self.table.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Drops what is old, and when nothing is, the oldest half: a flood of names must not grow the table.
fn make_room(table: &mut HashMap<(IpAddr, String), Failures>, now: Moment) {
    table.retain(|_, f| now.since(f.last) <= REMEMBERED);
    if table.len() < ROOM {
        return;
    }
    let mut times: Vec<Moment> = table.values().map(|f| f.last).collect();
    times.sort_unstable();
    let middle = times[times.len() / 2];
    table.retain(|_, f| f.last > middle);
}

fn key(source: IpAddr, login: &str) -> (IpAddr, String) {
    (source, login.chars().take(100).collect::<String>().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::START + Duration::from_secs(seconds)
    }

    #[test]
    fn ten_failures_block_the_source_and_nobody_else() {
        let table = Attempts::default();
        let (thief, owner): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for second in 0..10 {
            assert!(table.check(thief, "Boss", at(second)).is_ok());
            table.failed(thief, "boss", at(second));
        }
        assert_eq!(table.check(thief, "BOSS", at(10)).unwrap_err().problem().code, "too_many_attempts");
        assert!(table.check(owner, "boss", at(10)).is_ok());
        assert!(table.check(thief, "boss", at(10 + 600)).is_ok());
        table.failed(thief, "boss", at(700));
        assert!(table.check(thief, "boss", at(700 + 1199)).is_err(), "the second refusal lasts longer");
    }

    #[test]
    fn a_success_forgets_and_the_table_stays_bounded() {
        let table = Attempts::default();
        let source = "192.0.2.1".parse().unwrap();
        for _ in 0..9 {
            table.failed(source, "a", at(0));
        }
        table.succeeded(source, "a");
        table.failed(source, "a", at(1));
        assert!(table.check(source, "a", at(2)).is_ok());
        for n in 0..(ROOM as u64 + 10) {
            table.failed(source, &n.to_string(), at(n));
        }
        assert!(table.lock().len() <= ROOM);
    }
}
