//! When a failed delivery is tried again.

use std::time::Duration;

/// The waits between attempts: 14 attempts over at least 72 hours, growing from seconds to a day.
const WAITS: [u64; 13] = [5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 72_000, 93_600];
/// Two attempts of one delivery are never closer than this.
const LEAST: Duration = Duration::from_secs(1);
/// A receiver's `Retry-After` is heeded up to here.
const LONGEST_WISH: Duration = Duration::from_secs(3_600);

/// The plan of a delivery's attempts.
#[derive(Debug, Clone)]
pub struct Schedule {
    waits: Vec<Duration>,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule { waits: WAITS.into_iter().map(Duration::from_secs).collect() }
    }
}

impl Schedule {
    /// A plan with these waits, for tests and for operators with other ideas.
    pub fn new(waits: Vec<Duration>) -> Schedule {
        Schedule { waits }
    }

    /// The wait after `attempts` failed attempts, or none when the delivery is given up. `random` (any number) spreads
    /// the retries of many deliveries over a fifth of the wait, always towards later.
    pub fn wait(&self, attempts: u32, random: u32, wish: Option<Duration>) -> Option<Duration> {
        let base = *self.waits.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
        let jitter = base.mul_f64(0.2 * f64::from(random) / f64::from(u32::MAX));
        let wished = wish.unwrap_or_default().min(LONGEST_WISH);
        Some((base + jitter).max(wished).max(LEAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ten_attempts_or_more_over_three_days_or_more() {
        let schedule = Schedule::default();
        let waits: Vec<Duration> = (1..).map_while(|n| schedule.wait(n, 0, None)).collect();
        assert!(waits.len() + 1 >= 10);
        assert!(waits.iter().sum::<Duration>() >= Duration::from_secs(72 * 3600));
        assert!(waits.iter().all(|w| *w >= LEAST));
        assert!(waits.is_sorted());
    }

    #[test]
    fn jitter_only_delays_and_a_wish_is_heeded_within_bounds() {
        let schedule = Schedule::default();
        assert_eq!(schedule.wait(1, 0, None), Some(Duration::from_secs(5)));
        assert_eq!(schedule.wait(1, u32::MAX, None), Some(Duration::from_secs(6)));
        assert_eq!(schedule.wait(1, 0, Some(Duration::from_secs(90))), Some(Duration::from_secs(90)));
        assert_eq!(schedule.wait(1, 0, Some(Duration::from_secs(999_999))), Some(LONGEST_WISH));
        assert_eq!(schedule.wait(14, 0, None), None);
        assert_eq!(schedule.wait(0, 0, None), None);
    }
}
