//! The task that commits what waits: many records, one transaction, one wait for the disk.

use super::queue::{READ_BACK, write};
use super::{Entry, Shared};
use crate::calls::{record_many, record_recording};
use std::sync::Arc;
use std::time::Duration;
use store::{Db, Error, NewEvent};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// The most entries in one transaction.
const GROUP: usize = 256;
/// How long to wait for company after the first record: calls do not wait for this task.
const GATHER: Duration = Duration::from_millis(20);
/// Between tries while the database is away: from, to.
const AWAY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// A transaction that takes longer counts as the database being away.
const TOO_LONG: Duration = Duration::from_secs(30);

pub(super) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut wait = AWAY.0;
    loop {
        let stopping = *stop.borrow_and_update();
        if shared.queue().depth() == 0 {
            if stopping {
                return;
            }
            tokio::select! {
                () = shared.added.notified() => {}
                _ = stop.changed() => continue,
            }
            tokio::select! {
                () = sleep(GATHER) => {}
                _ = stop.changed() => {}
            }
        }
        match step(&shared).await {
            Ok(()) => {
                wait = AWAY.0;
                shared.gone.notify_waiters();
            }
            Err(error) => {
                let waiting = shared.queue().depth();
                tracing::warn!(%error, waiting, "Call records wait on the local disk: the database is away.");
                keep_safe(&shared).await;
                if stopping {
                    return;
                }
                tokio::select! {
                    () = sleep(wait) => {}
                    _ = stop.changed() => {}
                }
                wait = (wait * 2).min(AWAY.1);
            }
        }
    }
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
    let group = shared.queue().next(GROUP);
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

/// One record the database can never take must not hold back all others.
async fn one_by_one(shared: &Arc<Shared>, group: Vec<Arc<Entry>>) -> Result<(), Error> {
    for entry in group {
        match commit(&shared.db, std::slice::from_ref(&entry)).await {
            Ok(()) => shared.queue().done(1),
            Err(error) if error.is_away() => return Err(error),
            Err(error) => {
                tracing::error!(%error, "The database refused a call record.");
                let mut queue = shared.queue();
                queue.set_aside(&write(&entry).unwrap_or_default());
                queue.done(1);
            }
        }
    }
    Ok(())
}

async fn commit(db: &Db, group: &[Arc<Entry>]) -> Result<(), Error> {
    let work = async {
        let mut tx = db.system_write().await?;
        let ended = |entry: &Arc<Entry>| match entry.as_ref() {
            Entry::Ended(record) => Some(record.as_ref().clone()),
            Entry::Begun(_) | Entry::Recorded(_) | Entry::Told(_) => None,
        };
        // Before the records: the end of a call is told last.
        for entry in group {
            if let Entry::Told(told) = entry.as_ref() {
                let event = NewEvent { kind: told.what.as_str(), call: Some(told.call), data: told.data.clone() };
                tx.emit_for(told.tenant, event);
            }
        }
        let records: Vec<_> = group.iter().filter_map(ended).collect();
        record_many(&mut tx, &records).await?;
        for entry in group {
            if let Entry::Recorded(recording) = entry.as_ref() {
                record_recording(&mut tx, recording).await?;
            }
        }
        tx.commit().await
    };
    timeout(TOO_LONG, work).await.unwrap_or(Err(Error::Sql(sqlx::Error::PoolTimedOut)))
}

/// While SQL is away, at least a power cut shall not cost what the spool holds.
async fn keep_safe(shared: &Arc<Shared>) {
    let handle = shared.queue().handle();
    let synced = match handle {
        Ok(Some(file)) => tokio::task::spawn_blocking(move || file.sync_data())
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error))),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = synced {
        tracing::error!(%error, "The spool of call records could not be made safe on the disk.");
    }
}
