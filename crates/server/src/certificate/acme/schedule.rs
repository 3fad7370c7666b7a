//! When a certificate is ordered: pure, with the clock and the dice handed in.

use std::time::Duration;

/// The pause after the first failure. Authorities bear a handful of failures an hour.
const FIRST_PAUSE_S: f64 = 300.0;
/// The longest.
const LAST_PAUSE_S: f64 = 12.0 * 3600.0;

/// When the one after it is to be ordered: when a third of its life is left, and a little earlier, up to a thirtieth of
/// its life, by `early` from 0 to 1.
pub(super) fn due_s(starts_s: i64, ends_s: i64, early: f64) -> i64 {
    let life = ends_s.saturating_sub(starts_s).max(0);
    ends_s - life / 3 - (early * life as f64 / 30.0) as i64
}

/// How long to wait after so many failures in a row: twice as long each time, more or less by a fifth (`dice` from 0 to 1).
pub(super) fn pause(failures: u32, dice: f64) -> Duration {
    let doubled = FIRST_PAUSE_S * 2f64.powi(failures.saturating_sub(1).min(16).cast_signed());
    Duration::from_secs_f64(doubled.min(LAST_PAUSE_S) * (0.8 + 0.4 * dice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_is_ordered_when_a_third_of_the_life_is_left_or_a_little_earlier() {
        let day = 24 * 3600;
        assert_eq!(due_s(0, 90 * day, 0.0), 60 * day);
        assert_eq!(due_s(0, 90 * day, 1.0), 57 * day);
        assert_eq!(due_s(day, 7 * day, 0.0), 5 * day, "short lives have short thirds");
        assert_eq!(due_s(10, 5, 1.0), 5, "one that ends before it starts is over");
        assert!(due_s(i64::MIN, i64::MAX, 0.5) < i64::MAX);
    }

    #[test]
    fn failures_are_answered_with_patience() {
        let seconds: Vec<u64> = [1, 2, 3, 4, 8, 9, 40, u32::MAX].map(|n| pause(n, 0.5).as_secs()).into();
        assert_eq!(seconds, [300, 600, 1_200, 2_400, 38_400, 43_200, 43_200, 43_200]);
        assert_eq!(pause(1, 0.0).as_secs(), 240);
        assert_eq!(pause(1, 1.0).as_secs(), 360);
    }
}
