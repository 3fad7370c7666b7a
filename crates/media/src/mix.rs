//! The handle of a mix: several legs of whom each hears all that it is to hear.

use crate::Leg;
use crate::command::{Command, LegKey, Mixing};
use crate::media::Shared;
use crate::transcoder::Edge;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Several legs who hear each other. Dropping it ends it: nobody in it hears anybody then.
#[derive(Debug)]
pub struct Mix {
    key: LegKey,
    thread: usize,
    shared: Arc<Shared>,
}

/// One leg hears another.
#[derive(Debug, Clone, Copy)]
pub struct Hearing<'a> {
    /// Who hears.
    pub ear: &'a Leg,
    /// Who is heard.
    pub mouth: &'a Leg,
    /// How loud: 100 is as it was said, 0 not at all.
    pub percent: u16,
}

impl Mix {
    pub(crate) fn new(key: LegKey, thread: usize, shared: Arc<Shared>) -> Mix {
        shared.inventory.mixes.fetch_add(1, Ordering::AcqRel);
        Mix { key, thread, shared }
    }

    /// Who hears whom from now on, in place of what was said before; a leg that is not named hears nobody any more. All are
    /// to be on one media thread. `voices` belong in a recording: what one of them records has all the others on its other side.
    pub fn set(&self, hearings: &[Hearing<'_>], voices: &[&Leg]) {
        let legs = hearings.iter().flat_map(|hearing| [hearing.ear, hearing.mouth]).chain(voices.iter().copied());
        if !legs.into_iter().all(|leg| leg.thread == self.thread && Arc::ptr_eq(&leg.shared, &self.shared)) {
            return tracing::error!("legs on different media threads cannot be mixed; move one beside the other");
        }
        let edges = hearings.iter().filter(|hearing| hearing.ear.key != hearing.mouth.key).map(|hearing| Edge {
            from: hearing.mouth.key,
            to: hearing.ear.key,
            percent: hearing.percent,
        });
        let mixing = Mixing { edges: edges.collect(), voices: voices.iter().map(|leg| leg.key).collect() };
        self.shared.tell(self.thread, Command::Mix(self.key, Box::new(mixing)));
    }
}

impl Drop for Mix {
    fn drop(&mut self) {
        self.shared.inventory.mixes.fetch_sub(1, Ordering::AcqRel);
        self.shared.tell(self.thread, Command::Unmix(self.key));
    }
}
