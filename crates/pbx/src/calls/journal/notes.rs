//! What one step of a call leaves behind. It is written down together, since each write to a file costs more than what is
//! in it.

use super::queue;
use super::{CallRecord, Entry, Happening, Told, full};
use crate::queue::visit::Visit;
use model::{CallId, Problem, TenantId};

/// Notes on their way to [`super::Journal::write`], in order. Nothing is kept before that.
#[derive(Debug, Default)]
pub struct Notes {
    pub(super) lines: Vec<Line>,
}

/// One note, with its bytes in the spool.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) what: What,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug)]
pub(super) enum What {
    /// A draft of this call.
    Draft(CallId),
    /// Something for the database.
    Entry(Entry),
}

impl Notes {
    /// A draft of a call that is up, to be repeated when it knows more (rings, is answered). Without [`Notes::record`] the
    /// next start records it as interrupted.
    pub fn begin(&mut self, draft: &CallRecord) -> Result<(), Problem> {
        let bytes = queue::write_draft(draft).map_err(|error| full(&error))?;
        self.lines.push(Line { what: What::Draft(draft.id), bytes });
        Ok(())
    }

    /// The record of a finished call.
    pub fn record(&mut self, record: CallRecord) -> Result<(), Problem> {
        self.add(Entry::Ended(Box::new(record)))
    }

    /// An event of a call that is up, `data` being a JSON object. The events of one call reach the outbox in the order of
    /// these calls, its end last.
    pub fn tell(&mut self, tenant: TenantId, call: CallId, what: Happening, data: String) -> Result<(), Problem> {
        self.add(Entry::Told(Told { tenant, call, what, data }))
    }

    /// A stay in a queue that is over.
    pub fn visited(&mut self, visit: Visit) -> Result<(), Problem> {
        self.add(Entry::Visited(visit))
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn add(&mut self, entry: Entry) -> Result<(), Problem> {
        let bytes = queue::write(&entry).map_err(|error| full(&error))?;
        self.lines.push(Line { what: What::Entry(entry), bytes });
        Ok(())
    }
}
