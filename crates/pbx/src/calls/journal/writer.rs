//! The task that commits what waits: many records, one transaction, one wait for the disk.

use super::Shared;
use super::commit::{Group, MARKS, commit};
use super::queue::{READ_BACK, write};
use model::Timestamp;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use store::{Db, Error, now, outbox};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

/// The most entries in one transaction.
pub(super) const GROUP: usize = 2_048;
/// How long to wait for company after the first entry: calls do not wait for this task.
const GATHER: Duration = Duration::from_millis(20);
/// From one transaction to the next, unless a whole group waits. What a transaction costs apart from its rows (statements
/// handed to a thread of the database, a wait for the disk, readers of the outbox woken) is the greater part of a call's
/// cost when few calls come at a time.
const SPACING: Duration = Duration::from_millis(200);
/// Between tries while the database is away: from, to.
const AWAY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// Between tries to take the reserve again.
const REFILL_EVERY: Duration = Duration::from_secs(60);
/// How long the marks of a process are kept after its last event: longer than any of its files.
const MARKS_KEPT_MS: i64 = 90 * 24 * 3_600 * 1_000;

pub(super) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut refill = Refill::new();
    let mut swept = false;
    let mut wait = AWAY.0;
    let mut began = Instant::now();
    // Nothing was committed yet, so the first group need not keep its distance.
    let mut committed = began.checked_sub(SPACING).unwrap_or(began);
    loop {
        let stopping = *stop.borrow_and_update();
        refill.when_due(&shared);
        if shared.queue().depth() == 0 {
            if stopping {
                break;
            }
            tokio::select! {
                () = shared.added.notified() => {}
                () = sleep(REFILL_EVERY) => continue,
                _ = stop.changed() => continue,
            }
            if shared.queue().depth() == 0 {
                // Told of what the last group took along.
                continue;
            }
            began = Instant::now();
        }
        if !stopping && shared.queue().in_memory() < GROUP && !shared.queue().is_behind() {
            tokio::select! {
                () = sleep_until((began + GATHER).max(committed + SPACING)) => {}
                () = shared.hurry.notified() => {}
                _ = stop.changed() => {}
            }
        }
        let stepped = step(&shared).await;
        began = Instant::now();
        committed = began;
        match stepped {
            Ok(()) => {
                wait = AWAY.0;
                shared.gone.notify_waiters();
                if shared.queue().has_unsynced_segments() {
                    keep_safe(&shared).await;
                }
                if !std::mem::replace(&mut swept, true)
                    && let Err(error) = forget_old_marks(&shared.db).await
                {
                    tracing::warn!(%error, "Old marks of the spool stay in the database until the next start.");
                }
            }
            Err(error) => {
                let waiting = shared.queue().depth();
                tracing::warn!(%error, waiting, "Call records wait on the local disk: the database is away.");
                keep_safe(&shared).await;
                if stopping {
                    break;
                }
                tokio::select! {
                    () = sleep(wait) => {}
                    _ = stop.changed() => {}
                }
                wait = (wait * 2).min(AWAY.1);
            }
        }
    }
    refill.finish().await;
}

/// One group to the database, or one part of the disk into memory.
async fn step(shared: &Arc<Shared>) -> Result<(), Error> {
    let behind = shared.queue().behind();
    if let Some((reader, after)) = behind {
        let read = tokio::task::spawn_blocking(move || reader.read(after, READ_BACK)).await;
        let records = read.map_err(std::io::Error::other).and_then(|read| read).map_err(sqlx::Error::Io)?;
        shared.queue().read_back(records);
        return Ok(());
    }
    let group = next(shared);
    match commit(&shared.db, &group).await {
        Ok(()) => shared.queue().done(group.len()),
        Err(error) if error.is_away() => return Err(error),
        Err(error) => {
            tracing::error!(%error, "The database refused a group of call records; they are tried one by one.");
            one_by_one(shared, group).await?;
        }
    }
    Ok(())
}

fn next(shared: &Shared) -> Group {
    let queue = shared.queue();
    let life = |seq: u64| (seq > 0).then(|| queue.life_of(seq)).flatten().map(str::to_owned);
    queue
        .next(GROUP)
        .into_iter()
        .map(|waiting| (life(waiting.seq), waiting))
        .map(|(life, waiting)| (waiting, life))
        .collect()
}

/// One record the database can never take must not hold back all others.
async fn one_by_one(shared: &Arc<Shared>, group: Group) -> Result<(), Error> {
    for one in group {
        match commit(&shared.db, std::slice::from_ref(&one)).await {
            Ok(()) => shared.queue().done(1),
            Err(error) if error.is_away() => return Err(error),
            Err(error) => {
                tracing::error!(%error, "The database refused a call record.");
                let mut queue = shared.queue();
                queue.set_aside(&write(&one.0.entry).unwrap_or_default());
                queue.done(1);
            }
        }
    }
    Ok(())
}

/// While SQL is away, at least a power cut shall not cost what the spool holds. While it is there, this is done when a
/// segment is full.
async fn keep_safe(shared: &Arc<Shared>) {
    let files = shared.queue().unsynced();
    let synced = match files {
        Ok(files) => tokio::task::spawn_blocking(move || files.iter().try_for_each(File::sync_data))
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error))),
        Err(error) => Err(error),
    };
    if let Err(error) = synced {
        tracing::error!(%error, "The spool of call records could not be made safe on the disk.");
    }
}

/// Marks of processes that nothing can be left of.
async fn forget_old_marks(db: &Db) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    outbox::forget_readers(&mut tx, MARKS, Timestamp(now().as_millis() - MARKS_KEPT_MS)).await?;
    tx.commit().await
}

/// Takes the reserve again once the disk has room, off the way of calls and of commits.
struct Refill {
    tried: Instant,
    task: Option<JoinHandle<()>>,
}

impl Refill {
    fn new() -> Refill {
        // Opening the spool was a try.
        Refill { tried: Instant::now(), task: None }
    }

    fn when_due(&mut self, shared: &Arc<Shared>) {
        if self.tried.elapsed() < REFILL_EVERY || shared.queue().reserved() {
            return;
        }
        if self.task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        self.tried = Instant::now();
        let (shared, reserve) = (Arc::clone(shared), shared.queue().reserve());
        self.task = Some(tokio::task::spawn_blocking(move || {
            if let Err(error) = reserve.take() {
                tracing::warn!(%error, "The disk has no room for the reserve of the spool of call records.");
            }
            shared.queue().find_reserve();
        }));
    }

    async fn finish(self) {
        if let Some(task) = self.task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "Taking the reserve of the spool failed.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::journal::queue::Queue;
    use std::sync::Mutex;
    use store::spool::{Options, Spool};
    use tokio::sync::{Notify, watch};

    #[tokio::test]
    async fn the_reserve_comes_back_by_itself_but_not_at_every_turn() {
        let db = store::testing::sqlite().await;
        let folder = db.folder().join("spool");
        let options = Options { reserve_bytes: 1 << 20, ..Options::default() };
        let (spool, _) = Spool::open(&folder, options).expect("opened");
        let queue = Mutex::new(Queue::new(spool, folder.clone()));
        let (stop, _) = watch::channel(false);
        let (added, gone) = (Notify::new(), Notify::new());
        let shared = Arc::new(Shared { db: Db::clone(&db), queue, added, gone, hurry: Notify::new(), stop });
        std::fs::remove_file(folder.join("reserve")).expect("given up");
        shared.queue().find_reserve();
        let mut refill = Refill::new();
        refill.when_due(&shared);
        assert!(refill.task.is_none(), "the last try was just now");
        refill.tried -= REFILL_EVERY;
        refill.when_due(&shared);
        refill.finish().await;
        assert!(shared.queue().reserved() && folder.join("reserve").exists());
    }
}
