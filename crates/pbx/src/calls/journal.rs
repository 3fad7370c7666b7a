//! The way of a record from a finished call to the database. [`Journal::record`] writes it to the local spool and returns;
//! from then on it survives the death of the process. A task of its own commits what waits in groups, and goes on
//! trying while the database is away. Calls that were up when a process died are found at the next start, by the draft that
//! [`Journal::begin`] left, and recorded as `server_restart`.

mod commit;
mod notes;
mod queue;
#[cfg(test)]
mod tests;
mod writer;

use super::{CallRecord, Happening, Recording};
use crate::queue::visit::Visit;
use crate::voicemail::message::Left;
use model::{CallId, Cause, Problem, TenantId};
pub use notes::Notes;
use notes::{Line, What};
use queue::Queue;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;
use store::spool::{Options, Spool};
use store::{Db, now};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// What stands in the spool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Entry {
    /// A call is up; the record as it would be if the process died now.
    Begun(Box<CallRecord>),
    /// A call is over.
    Ended(Box<CallRecord>),
    /// A recording is finished.
    Recorded(Recording),
    /// Something happened on a call that is up.
    Told(Told),
    /// A caller waits in a queue no more.
    Visited(Visit),
    /// A caller has left a message.
    Left(Left),
}

/// An event of a call that is up, for the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    #[serde(with = "crate::text::id")]
    pub(crate) tenant: TenantId,
    #[serde(with = "crate::text::id")]
    pub(crate) call: CallId,
    pub(crate) what: Happening,
    /// A JSON object.
    pub(crate) data: String,
}

/// The journal. Clones share it.
#[derive(Debug, Clone)]
pub struct Journal {
    shared: Arc<Shared>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

#[derive(Debug)]
struct Shared {
    db: Db,
    queue: Mutex<Queue>,
    /// Something was added.
    added: Notify,
    /// Something left.
    gone: Notify,
    /// Somebody waits for what is there, or a whole group of it is: no more company is waited for.
    hurry: Notify,
    stop: watch::Sender<bool>,
}

impl Shared {
    /// The queue stays whole between its steps, so a panic elsewhere while it was held does no harm.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal {
    /// Opens the spool in `folder`, records the calls that a former process left behind, and begins to commit. Such a call
    /// ended, as far as anybody knows, at its time in `last_signs` (milliseconds), or else when the spool was last written.
    pub async fn start(
        db: Db,
        folder: &Path,
        options: Options,
        last_signs: HashMap<CallId, i64>,
    ) -> io::Result<Journal> {
        let folder = folder.to_owned();
        let opened = tokio::task::spawn_blocking(move || open(&folder, options, &last_signs));
        let queue = opened.await.map_err(io::Error::other)??;
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            db,
            queue: Mutex::new(queue),
            added: Notify::new(),
            gone: Notify::new(),
            hurry: Notify::new(),
            stop,
        });
        shared.added.notify_one();
        let task = tokio::spawn(writer::run(Arc::clone(&shared), stopped));
        Ok(Journal { shared, task: Arc::new(Mutex::new(Some(task))) })
    }

    /// Writes notes down. On `Ok` they survive the death of the process; on `Err` the disk is full beyond the reserve, and what
    /// is meant for the database is kept in memory only until the database takes it.
    pub fn write(&self, notes: Notes) -> Result<(), Problem> {
        if notes.is_empty() {
            return Ok(());
        }
        let for_the_database = notes.lines.iter().any(|line| matches!(line.what, What::Entry(_)));
        let (written, group_is_whole) = {
            let mut queue = self.shared.queue();
            (queue.add(notes.lines), queue.in_memory() >= writer::GROUP)
        };
        if for_the_database {
            self.shared.added.notify_one();
        }
        if group_is_whole {
            self.shared.hurry.notify_one();
        }
        written.map_err(|error| full(&error))
    }

    /// Writes down a draft: see [`Notes::begin`].
    pub fn begin(&self, draft: &CallRecord) -> Result<(), Problem> {
        let mut notes = Notes::default();
        notes.begin(draft)?;
        self.write(notes)
    }

    /// Writes down the record of a finished call.
    pub fn record(&self, record: CallRecord) -> Result<(), Problem> {
        self.add(Entry::Ended(Box::new(record)))
    }

    /// Writes down a finished recording.
    pub fn recording(&self, recording: Recording) -> Result<(), Problem> {
        self.add(Entry::Recorded(recording))
    }

    /// Writes down a message that a caller has left; its file is in its place.
    pub fn message(&self, left: Left) -> Result<(), Problem> {
        self.add(Entry::Left(left))
    }

    /// Writes down an event: see [`Notes::tell`].
    pub fn tell(&self, tenant: TenantId, call: CallId, what: Happening, data: String) -> Result<(), Problem> {
        self.add(Entry::Told(Told { tenant, call, what, data }))
    }

    fn add(&self, entry: Entry) -> Result<(), Problem> {
        let mut notes = Notes::default();
        notes.add(entry)?;
        self.write(notes)
    }

    /// How many records wait for the database.
    pub fn depth(&self) -> u64 {
        self.shared.queue().depth()
    }

    /// Whether the spool has its reserve of disk; false is an alarm.
    pub fn reserved(&self) -> bool {
        self.shared.queue().reserved()
    }

    /// Returns when everything taken so far is in the database.
    pub async fn flush(&self) {
        loop {
            let gone = self.shared.gone.notified();
            tokio::pin!(gone);
            gone.as_mut().enable();
            if self.depth() == 0 {
                return;
            }
            self.shared.hurry.notify_one();
            gone.await;
        }
    }

    /// Commits what waits, if the database takes it, and ends the task. What is left is committed after the next start.
    pub async fn stop(self) {
        self.shared.stop.send_replace(true);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "The writer of call records died.");
        }
    }
}

fn full(error: &io::Error) -> Problem {
    Problem::busy("spool_failed", format!("A record could not be written to the local disk: {error}"))
}

fn open(folder: &Path, options: Options, last_signs: &HashMap<CallId, i64>) -> io::Result<Queue> {
    let (spool, replay) = Spool::open(folder, options)?;
    if replay.damaged_bytes > 0 {
        let bytes = replay.damaged_bytes;
        tracing::error!(bytes, folder = %folder.display(), "The spool of call records is damaged; the disk may be failing.");
    }
    if replay.waiting > 0 || replay.torn_bytes > 0 {
        let (records, torn) = (replay.waiting, replay.torn_bytes);
        tracing::info!(records, torn_bytes = torn, "The spool holds records of a former process.");
    }
    let written = replay.written_at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let last_sign = written.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(now().as_millis());
    let mut queue = Queue::new(spool, folder.to_owned());
    for draft in queue.interrupted()? {
        tracing::warn!(call.id = %draft.id, tenant.id = %draft.tenant, "A call was cut off by the end of a former process.");
        let last_sign = last_signs.get(&draft.id).copied().unwrap_or(last_sign);
        let entry = Entry::Ended(Box::new(cut_off(draft, last_sign)));
        let bytes = queue::write(&entry)?;
        queue.add(vec![Line { what: What::Entry(entry), bytes }])?;
    }
    Ok(queue)
}

/// The record of a call that the process did not live to see the end of.
fn cut_off(mut draft: CallRecord, last_sign: i64) -> CallRecord {
    let known = [Some(draft.started_at), draft.ringing_at, draft.answered_at].into_iter().flatten().max();
    let at = last_sign.max(known.unwrap_or(last_sign));
    draft.cut_off(
        at,
        Cause::ServerRestart,
        "The server ended in mid-call; this is what was known when it was answered.",
    );
    draft
}
