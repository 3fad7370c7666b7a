//! How well a queue does, added up from what became of its callers.

use crate::Outcome;
use std::time::Duration;

/// The figures of one queue over some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Callers that joined and are served or gone.
    pub offered: u64,
    /// Callers that an agent took.
    pub answered: u64,
    /// Of these, within the time that was promised.
    pub in_time: u64,
    /// Callers that gave up.
    pub abandoned: u64,
    /// Callers sent on because the queue was full or nobody was there.
    pub overflowed: u64,
    /// Callers that waited for as long as they may.
    pub timed_out: u64,
    /// Callers that hung up to be called back.
    pub called_back: u64,
    /// How long all of them waited together.
    pub waited: Duration,
    /// How long the one waited who waited longest.
    pub longest: Duration,
}

impl Figures {
    /// Adds one caller; `promised` is how soon an agent should answer.
    pub fn add(&mut self, outcome: Outcome, waited: Duration, promised: Duration) {
        if outcome == Outcome::CalledBack {
            // It is counted once more, by what comes of that.
            self.called_back += 1;
            return;
        }
        self.offered += 1;
        self.waited += waited;
        self.longest = self.longest.max(waited);
        match outcome {
            Outcome::Answered => {
                self.answered += 1;
                self.in_time += u64::from(waited <= promised);
            }
            Outcome::Abandoned => self.abandoned += 1,
            Outcome::Overflowed => self.overflowed += 1,
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::CalledBack => {}
        }
    }

    /// The service level: how many of all callers were answered in time, in percent; none when nobody called.
    pub fn service_level(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.in_time as f64 * 100.0 / self.offered as f64)
    }

    /// How long a caller waited on average.
    pub fn average_wait(&self) -> Duration {
        let offered = u32::try_from(self.offered).unwrap_or(u32::MAX);
        if offered == 0 { Duration::ZERO } else { self.waited / offered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_level_counts_all_who_called() {
        let mut figures = Figures::default();
        assert_eq!((figures.service_level(), figures.average_wait()), (None, Duration::ZERO));
        let promised = Duration::from_secs(20);
        for (outcome, seconds) in [
            (Outcome::Answered, 5),
            (Outcome::Answered, 20),
            (Outcome::Answered, 21),
            (Outcome::Abandoned, 2),
            (Outcome::TimedOut, 60),
        ] {
            figures.add(outcome, Duration::from_secs(seconds), promised);
        }
        assert_eq!(figures.service_level(), Some(40.0));
        assert_eq!((figures.offered, figures.answered, figures.abandoned, figures.timed_out), (5, 3, 1, 1));
        assert_eq!(figures.average_wait(), Duration::from_millis(21_600));
        assert_eq!(figures.longest, Duration::from_secs(60));
    }
}
