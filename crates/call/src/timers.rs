//! The timers of a call, in one table.

use model::{LegId, Moment};

/// What a call can be waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// How long questions may stay unanswered.
    Asks,
    /// How long the phones of one wave ring before the next is tried.
    Ring,
    /// When a member of the present wave begins to ring.
    Join(u16),
    /// How long a member of the present wave rings by its own clock.
    Leave(u16),
    /// How long a carrier may stay silent before the next is tried.
    Silence,
    /// How long a guest is asked for, or rings.
    Guest(u16),
    /// How long the whole call may last.
    Call,
    /// How long a leg may take to confirm its end.
    Hangup(LegId),
}

/// The table. It is short, so a list beats a tree.
#[derive(Debug, Default)]
pub(crate) struct Timers(Vec<(Moment, Timer)>);

impl Timers {
    /// Sets a timer, in place of the same one set before.
    pub(crate) fn set(&mut self, timer: Timer, at: Moment) {
        self.clear(timer);
        self.0.push((at, timer));
    }

    pub(crate) fn clear(&mut self, timer: Timer) {
        self.0.retain(|(_, set)| *set != timer);
    }

    pub(crate) fn is_set(&self, timer: Timer) -> bool {
        self.0.iter().any(|(_, set)| *set == timer)
    }

    /// The outcome is known: only the confirmations of legs are still awaited.
    pub(crate) fn keep_only_hangups(&mut self) {
        self.0.retain(|(_, timer)| match timer {
            Timer::Hangup(_) => true,
            Timer::Asks
            | Timer::Ring
            | Timer::Join(_)
            | Timer::Leave(_)
            | Timer::Silence
            | Timer::Guest(_)
            | Timer::Call => false,
        });
    }

    /// The present wave is over.
    pub(crate) fn end_wave(&mut self) {
        self.0.retain(|(_, timer)| match timer {
            Timer::Asks | Timer::Guest(_) | Timer::Call | Timer::Hangup(_) => true,
            Timer::Ring | Timer::Join(_) | Timer::Leave(_) | Timer::Silence => false,
        });
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.0.iter().map(|(at, _)| *at).min()
    }

    /// Takes the first timer that has come.
    pub(crate) fn take_due(&mut self, now: Moment) -> Option<Timer> {
        let first = (0..self.0.len()).min_by_key(|i| self.0[*i])?;
        (self.0[first].0 <= now).then(|| self.0.swap_remove(first).1)
    }
}
