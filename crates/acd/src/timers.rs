//! The timers of all queues, in one table that is ordered by time.

use model::{CallId, ExtensionId, Moment};
use std::collections::{BTreeMap, BTreeSet};

/// What the queues can be waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// How long an agent's phone rings for a caller.
    Offer(ExtensionId),
    /// How long an agent who did not take a call is not asked.
    Rest(ExtensionId),
    /// How long an agent is left in peace after a talk.
    WrapUp(ExtensionId),
    /// How long a caller may wait.
    Wait(CallId),
    /// When a caller is told its place next.
    Announce(CallId),
    /// When somebody is called back again who did not answer.
    Retry(CallId),
}

/// The table.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    ordered: BTreeSet<(Moment, Timer)>,
    at: BTreeMap<Timer, Moment>,
}

impl Timers {
    /// Sets a timer, in place of the same one set before.
    pub(crate) fn set(&mut self, timer: Timer, at: Moment) {
        self.clear(timer);
        self.ordered.insert((at, timer));
        self.at.insert(timer, at);
    }

    pub(crate) fn clear(&mut self, timer: Timer) {
        if let Some(at) = self.at.remove(&timer) {
            self.ordered.remove(&(at, timer));
        }
    }

    pub(crate) fn is_set(&self, timer: Timer) -> bool {
        self.at.contains_key(&timer)
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.ordered.first().map(|(at, _)| *at)
    }

    /// Takes the first timer that has come.
    pub(crate) fn take_due(&mut self, now: Moment) -> Option<Timer> {
        let (_, timer) = *self.ordered.first().filter(|(at, _)| *at <= now)?;
        self.clear(timer);
        Some(timer)
    }
}
