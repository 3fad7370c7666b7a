//! The one place where the engine reads clocks: the monotonic one for timers and durations, the wall clock once per
//! call for its records, so that a jump of the wall clock never stretches a call.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::{Moment, Timestamp};

/// Both clocks. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { origin: Instant::now() }
    }

    pub(crate) fn now(&self) -> Moment {
        Moment::START + self.origin.elapsed()
    }

    /// A time of the process on this clock.
    pub(crate) fn moment(&self, at: Instant) -> Moment {
        Moment::START + at.saturating_duration_since(self.origin)
    }

    pub(crate) fn instant(&self, moment: Moment) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.origin + moment.since(Moment::START))
    }
}

/// Ties a moment to the wall clock, so that later moments of the same call can be told as wall-clock times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    moment: Moment,
    wall: Timestamp,
}

impl Anchor {
    pub(crate) fn new(moment: Moment) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { moment, wall: Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)) }
    }

    /// The wall-clock time of the moment it was made at.
    pub(crate) fn started(&self) -> Timestamp {
        self.wall
    }

    /// The moment it was made at.
    pub(crate) fn moment(&self) -> Moment {
        self.moment
    }

    /// The wall-clock time of any moment, also one before it was made, in microseconds since 1970.
    pub(crate) fn wall_us(&self, moment: Moment) -> i64 {
        let after = i64::try_from(moment.since(self.moment).as_micros()).unwrap_or(i64::MAX);
        let before = i64::try_from(self.moment.since(moment).as_micros()).unwrap_or(i64::MAX);
        (self.wall.as_millis() * 1_000).saturating_add(after).saturating_sub(before)
    }

    pub(crate) fn wall(&self, moment: Moment) -> Timestamp {
        self.wall + moment.since(self.moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn wall_times_of_a_call_follow_the_monotonic_clock() {
        let start = Moment::from_millis(5_000);
        let anchor = Anchor::new(start);
        let later = start + Duration::from_millis(1_500);
        assert_eq!(anchor.wall(later).as_millis() - anchor.wall(start).as_millis(), 1_500);
        assert_eq!(anchor.wall_us(later) - anchor.wall_us(start), 1_500_000);
        assert_eq!(anchor.wall_us(Moment::from_millis(4_999)) - anchor.wall_us(start), -1_000);
    }
}
