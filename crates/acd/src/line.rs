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
    /// How long an agent has been busy with a caller, the last talks counting most.
    pub(crate) handling: Option<Duration>,
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
    /// It is not on the line, but called back.
    pub(crate) promise: Option<Promise>,
}

/// Somebody is to be called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Promise {
    /// How often it was tried in vain.
    pub(crate) tries: u32,
    pub(crate) state: Trying,
}

/// How far that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trying {
    /// Its turn has not come.
    Waits,
    /// An agent is on the line, and it rings.
    Rings(ExtensionId),
    /// It did not answer, and is left in peace for a while.
    Rests,
}

impl Caller {
    pub(crate) fn outcome(&self) -> Outcome {
        self.leaving.map_or(Outcome::Abandoned, Why::outcome)
    }

    /// Whether an agent may be asked for it now.
    pub(crate) fn is_ready(&self) -> bool {
        self.leaving.is_none() && self.promise.is_none_or(|promise| promise.state == Trying::Waits)
    }
}

impl Line {
    pub(crate) fn new(queue: Queue) -> Line {
        let (waiting, unoffered, free) = Default::default();
        Line { queue, waiting, unoffered, free, logged_in: 0, working: 0, handling: None }
    }

    /// An agent was busy with a caller for so long.
    pub(crate) fn handled_in(&mut self, time: Duration) {
        self.handling = Some(self.handling.map_or(time, |before| (before * 7 + time) / 8));
    }

    /// How long the caller at this place is likely to wait.
    pub(crate) fn likely_wait(&self, position: usize) -> Option<Duration> {
        let agents = u32::try_from(self.working.max(1)).unwrap_or(u32::MAX);
        let place = u32::try_from(position).unwrap_or(u32::MAX);
        self.handling.map(|handling| (handling / agents).saturating_mul(place))
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
