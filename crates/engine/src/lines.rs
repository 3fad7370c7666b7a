//! Which extensions are on the phone right now: a line is taken for each leg of an extension and free again when the
//! leg is over, however that comes about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{CallId, ExtensionId};

/// What an extension's phones are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Use {
    /// How many legs ring there and wait for an answer.
    pub(crate) ringing: usize,
    /// How many it talks on, or calls somebody with.
    pub(crate) talking: usize,
    /// Of how many calls these are: one call may ring on several phones.
    pub(crate) calls: usize,
}

/// All lines in use. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<HashMap<ExtensionId, Vec<Taken>>>>);

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    call: CallId,
    /// The leg's number at the edge.
    edge: u64,
    talking: bool,
}

/// One line in use, until it is dropped.
#[derive(Debug)]
pub(crate) struct Line {
    lines: Lines,
    extension: ExtensionId,
    taken: Taken,
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, HashMap<ExtensionId, Vec<Taken>>> {
        // Each critical section changes one entry, so a poisoned map is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the extension's phones are doing.
    pub(crate) fn of(&self, extension: ExtensionId) -> Use {
        let lines = self.lock();
        let Some(taken) = lines.get(&extension) else { return Use::default() };
        let talking = taken.iter().filter(|line| line.talking).count();
        let first = |place: &usize| taken[..*place].iter().all(|line| line.call != taken[*place].call);
        Use { ringing: taken.len() - talking, talking, calls: (0..taken.len()).filter(first).count() }
    }

    /// The oldest call that rings there, and its leg by its number at the edge.
    pub(crate) fn ringing_at(&self, extension: ExtensionId) -> Option<(CallId, u64)> {
        let lines = self.lock();
        lines.get(&extension)?.iter().filter(|line| !line.talking).map(|line| (line.call, line.edge)).min()
    }

    /// A leg to the extension begins to ring.
    pub(crate) fn rings(&self, extension: ExtensionId, call: CallId, edge: u64) -> Line {
        let taken = Taken { call, edge, talking: false };
        self.lock().entry(extension).or_default().push(taken);
        Line { lines: self.clone(), extension, taken }
    }

    /// The extension calls somebody.
    pub(crate) fn calls(&self, extension: ExtensionId, call: CallId, edge: u64) -> Line {
        let mut line = self.rings(extension, call, edge);
        line.answered();
        line
    }
}

impl Line {
    /// The phone was picked up.
    pub(crate) fn answered(&mut self) {
        let before = self.taken;
        self.taken.talking = true;
        if let Some(line) =
            self.lines.lock().get_mut(&self.extension).and_then(|taken| taken.iter_mut().find(|line| **line == before))
        {
            line.talking = true;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut lines = self.lines.lock();
        let Some(taken) = lines.get_mut(&self.extension) else { return };
        if let Some(place) = taken.iter().position(|line| *line == self.taken) {
            taken.swap_remove(place);
        }
        if taken.is_empty() {
            lines.remove(&self.extension);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    #[test]
    fn a_line_is_in_use_until_its_leg_is_over() {
        let (lines, lan) = (Lines::default(), ExtensionId::from_bits(1));
        let (one, two) = (CallId::from_bits(1), CallId::from_bits(2));
        let mut first = lines.rings(lan, one, 11);
        let beside = lines.rings(lan, one, 12);
        let second = lines.calls(lan, two, 13);
        assert_eq!(lines.ringing_at(lan), Some((one, 11)));
        assert_eq!(lines.of(lan), Use { ringing: 2, talking: 1, calls: 2 }, "one call rings on two phones");
        drop(beside);
        first.answered();
        first.answered();
        assert_eq!(lines.of(lan), Use { ringing: 0, talking: 2, calls: 2 });
        assert_eq!(lines.ringing_at(lan), None);
        drop(second);
        assert_eq!(lines.of(lan), Use { ringing: 0, talking: 1, calls: 1 });
        drop(first);
        assert_eq!(lines.of(lan), Use::default());
        assert!(lines.lock().is_empty(), "nothing is kept of who is idle");
    }
}
