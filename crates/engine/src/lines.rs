//! Which extensions are on the phone right now: a line is taken for each leg of an extension and free again when the
//! leg is over, however that comes about.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{CallId, ExtensionId};

use crate::inbox::Inbox;

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
pub(crate) struct Lines(Arc<Mutex<HashMap<ExtensionId, Vec<Taken>>>>, Arc<Mutex<Watch>>);

/// Whose changes are told, and to whom.
#[derive(Debug, Default)]
struct Watch {
    attended: HashSet<ExtensionId>,
    told: Option<Arc<Inbox>>,
}

/// A line as colleagues see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown {
    /// A number that is not used again.
    pub(crate) id: u64,
    /// The extension calls.
    pub(crate) outgoing: bool,
    /// How far it is.
    pub(crate) state: State,
}

/// How far a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It rings, on this side or on the other.
    Early,
    /// It is answered.
    Confirmed,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    call: CallId,
    /// The leg's number at the edge.
    edge: u64,
    talking: bool,
    outgoing: bool,
    /// It is answered: who calls somebody counts as talking before that.
    confirmed: bool,
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

    /// What colleagues see of the extension.
    pub(crate) fn shown(&self, extension: ExtensionId) -> Vec<Shown> {
        let lines = self.lock();
        let shown = |line: &Taken| Shown {
            id: line.edge,
            outgoing: line.outgoing,
            state: if line.confirmed { State::Confirmed } else { State::Early },
        };
        lines.get(&extension).map(|taken| taken.iter().map(shown).collect()).unwrap_or_default()
    }

    /// Tells from now on whose lines change, of those that are attended.
    pub(crate) fn tell(&self, told: Arc<Inbox>) {
        self.watching().told = Some(told);
    }

    /// Whether changes of this extension are told.
    pub(crate) fn attend(&self, extension: ExtensionId, attended: bool) {
        let mut watch = self.watching();
        if attended {
            watch.attended.insert(extension);
        } else {
            watch.attended.remove(&extension);
        }
    }

    fn watching(&self) -> MutexGuard<'_, Watch> {
        // Each critical section is one operation of a set.
        self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, extension: ExtensionId) {
        let watch = self.watching();
        if watch.attended.contains(&extension)
            && let Some(told) = &watch.told
        {
            told.changed(extension);
        }
    }

    /// A leg to the extension begins to ring.
    pub(crate) fn rings(&self, extension: ExtensionId, call: CallId, edge: u64) -> Line {
        self.take(extension, Taken { call, edge, talking: false, outgoing: false, confirmed: false })
    }

    fn take(&self, extension: ExtensionId, taken: Taken) -> Line {
        self.lock().entry(extension).or_default().push(taken);
        self.changed(extension);
        Line { lines: self.clone(), extension, taken }
    }

    /// The extension calls somebody.
    pub(crate) fn calls(&self, extension: ExtensionId, call: CallId, edge: u64) -> Line {
        self.take(extension, Taken { call, edge, talking: true, outgoing: true, confirmed: false })
    }
}

impl Line {
    /// The phone was picked up, or the one it calls has answered.
    pub(crate) fn answered(&mut self) {
        let before = self.taken;
        (self.taken.talking, self.taken.confirmed) = (true, true);
        if before == self.taken {
            return;
        }
        if let Some(line) =
            self.lines.lock().get_mut(&self.extension).and_then(|taken| taken.iter_mut().find(|line| **line == before))
        {
            *line = self.taken;
        }
        self.lines.changed(self.extension);
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
        drop(lines);
        self.lines.changed(self.extension);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use model::Id;

    use super::*;

    #[tokio::test]
    async fn who_is_attended_is_told_of_each_change_and_nobody_else_is() {
        let (lines, lan, minh) = (Lines::default(), ExtensionId::from_bits(1), ExtensionId::from_bits(2));
        let inbox = Arc::new(Inbox::default());
        lines.tell(inbox.clone());
        lines.attend(lan, true);
        let mut rings = lines.rings(lan, CallId::from_bits(1), 11);
        let _calls = lines.calls(minh, CallId::from_bits(1), 12);
        assert_eq!(inbox.next().await.changed, HashSet::from([lan]), "it rings");
        assert_eq!(lines.shown(lan), [Shown { id: 11, outgoing: false, state: State::Early }]);
        rings.answered();
        assert_eq!(inbox.next().await.changed, HashSet::from([lan]), "it was answered");
        assert_eq!(lines.shown(lan), [Shown { id: 11, outgoing: false, state: State::Confirmed }]);
        rings.answered();
        assert!(inbox.next().now_or_never().is_none(), "that was known");
        drop(rings);
        assert_eq!(inbox.next().await.changed, HashSet::from([lan]), "it is over");
        assert_eq!(lines.shown(minh), [Shown { id: 12, outgoing: true, state: State::Early }]);
        lines.attend(lan, false);
        drop(lines.rings(lan, CallId::from_bits(2), 13));
        assert!(inbox.next().now_or_never().is_none());
    }

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
