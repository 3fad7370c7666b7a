//! One queue: who waits, in which order, and who of its agents is free.

use crate::agent::Turn;
use crate::{Joining, Outcome, Queue, Skills, Why};
use model::{CallId, ExtensionId, Moment, QueueId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A caller's place: smaller comes first. The first number holds priority and, with ageing, the time of arrival; the
/// second is the order of arrival.
pub(crate) type Rank = (i128, u64);

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) queue: Queue,
    /// All who wait.
    pub(crate) waiting: BTreeMap<Rank, CallId>,
    /// Those of them who are not offered to anybody now.
    pub(crate) unoffered: BTreeMap<Rank, CallId>,
    /// The agents who are free.
    pub(crate) free: BTreeSet<Turn>,
    /// How many agents are logged in, and how many of these take calls, now or after the present one.
    pub(crate) logged_in: usize,
    pub(crate) working: usize,
}

/// Somebody who waits, or was told to wait no more.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) queue: QueueId,
    pub(crate) rank: Rank,
    pub(crate) priority: i32,
    pub(crate) needs: Skills,
    pub(crate) joined: Moment,
    /// Whose phones ring for it.
    pub(crate) offers: BTreeSet<ExtensionId>,
    /// It was told to wait no more.
    pub(crate) leaving: Option<Why>,
}

impl Caller {
    pub(crate) fn outcome(&self) -> Outcome {
        self.leaving.map_or(Outcome::Abandoned, Why::outcome)
    }
}

impl Line {
    pub(crate) fn new(queue: Queue) -> Line {
        let (waiting, unoffered, free) = Default::default();
        Line { queue, waiting, unoffered, free, logged_in: 0, working: 0 }
    }

    /// Whether those are there whom the rule wants.
    pub(crate) fn has(&self, rule: Joining) -> bool {
        match rule {
            Joining::Always => true,
            Joining::LoggedIn => self.logged_in > 0,
            Joining::Working => self.working > 0,
        }
    }

    /// The place of somebody who joins now.
    pub(crate) fn rank(&self, priority: i32, arrival: u64, now: Moment) -> Rank {
        // With ageing a caller's weight grows with time at one rate for all, so who stands before whom never changes.
        let first = match self.queue.ageing {
            Some(age) => i128::from(now.as_nanos()) - i128::from(priority) * nanos(age),
            None => -i128::from(priority),
        };
        (first, arrival)
    }

    /// The place in the line of who has this rank, the first is 1.
    pub(crate) fn position(&self, rank: Rank) -> usize {
        self.waiting.range(..rank).count() + 1
    }

    pub(crate) fn remove(&mut self, rank: Rank) {
        self.waiting.remove(&rank);
        self.unoffered.remove(&rank);
    }
}

fn nanos(time: Duration) -> i128 {
    i128::try_from(time.as_nanos()).unwrap_or(i128::MAX / i128::from(u32::MAX))
}
