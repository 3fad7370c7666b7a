//! Which extensions are on the phone right now: a line is taken for each leg of an extension and free again when the
//! leg is over, however that comes about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::ExtensionId;

/// What an extension's phones are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Use {
    /// How many legs ring there and wait for an answer.
    pub(crate) ringing: usize,
    /// How many it talks on, or calls somebody with.
    pub(crate) talking: usize,
}

/// All lines in use. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<HashMap<ExtensionId, Use>>>);

/// One line in use, until it is dropped.
#[derive(Debug)]
pub(crate) struct Line {
    lines: Lines,
    extension: ExtensionId,
    talking: bool,
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, HashMap<ExtensionId, Use>> {
        // Each critical section changes one entry, so a poisoned map is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the extension's phones are doing.
    pub(crate) fn of(&self, extension: ExtensionId) -> Use {
        self.lock().get(&extension).copied().unwrap_or_default()
    }

    /// A leg to the extension begins to ring.
    pub(crate) fn rings(&self, extension: ExtensionId) -> Line {
        self.lock().entry(extension).or_default().ringing += 1;
        Line { lines: self.clone(), extension, talking: false }
    }

    /// The extension calls somebody.
    pub(crate) fn calls(&self, extension: ExtensionId) -> Line {
        let mut line = self.rings(extension);
        line.answered();
        line
    }
}

impl Line {
    /// The phone was picked up.
    pub(crate) fn answered(&mut self) {
        if !std::mem::replace(&mut self.talking, true)
            && let Some(used) = self.lines.lock().get_mut(&self.extension)
        {
            used.ringing = used.ringing.saturating_sub(1);
            used.talking += 1;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut lines = self.lines.lock();
        let Some(used) = lines.get_mut(&self.extension) else { return };
        let count = if self.talking { &mut used.talking } else { &mut used.ringing };
        *count = count.saturating_sub(1);
        if *used == Use::default() {
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
        let mut first = lines.rings(lan);
        let second = lines.calls(lan);
        assert_eq!(lines.of(lan), Use { ringing: 1, talking: 1 });
        first.answered();
        first.answered();
        assert_eq!(lines.of(lan), Use { ringing: 0, talking: 2 });
        drop(second);
        assert_eq!(lines.of(lan), Use { ringing: 0, talking: 1 });
        drop(first);
        assert_eq!(lines.of(lan), Use::default());
        assert!(lines.lock().is_empty(), "nothing is kept of who is idle");
    }
}
