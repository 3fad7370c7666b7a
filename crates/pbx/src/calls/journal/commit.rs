//! One group of entries, one transaction. Each part of it does nothing the second time: records and recordings by their
//! keys, events by a mark that moves with them and says how far those of one process have come.

use super::queue::Waiting;
use super::{Entry, Told};
use crate::calls::{record_many, record_recording};
use crate::queue::visit;
use crate::voicemail::message;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{Db, Error, NewEvent, Tx, outbox};
use tokio::time::timeout;

/// A transaction that takes longer counts as the database being away.
const TOO_LONG: Duration = Duration::from_secs(30);
/// What the names of the marks begin with.
pub(super) const MARKS: &str = "spool.";

/// Entries with the name of the process that wrote each, if it has one.
pub(super) type Group = Vec<(Waiting, Option<String>)>;

pub(super) async fn commit(db: &Db, group: &[(Waiting, Option<String>)]) -> Result<(), Error> {
    let work = async {
        let mut tx = db.system_write().await?;
        // Before the records: the end of a call is told last.
        tell(&mut tx, group).await?;
        let ended = |waiting: &Waiting| match waiting.entry.as_ref() {
            Entry::Ended(record) => Some(record.as_ref().clone()),
            Entry::Begun(_) | Entry::Recorded(_) | Entry::Told(_) | Entry::Visited(_) | Entry::Left(_) => None,
        };
        let records: Vec<_> = group.iter().filter_map(|(waiting, _)| ended(waiting)).collect();
        record_many(&mut tx, &records).await?;
        let visit = |waiting: &Waiting| match waiting.entry.as_ref() {
            Entry::Visited(visit) => Some(visit.clone()),
            Entry::Begun(_) | Entry::Recorded(_) | Entry::Told(_) | Entry::Ended(_) | Entry::Left(_) => None,
        };
        let visits: Vec<_> = group.iter().filter_map(|(waiting, _)| visit(waiting)).collect();
        visit::repo::insert(&mut tx, &visits).await?;
        let recorded = |waiting: &Waiting| match waiting.entry.as_ref() {
            Entry::Recorded(recording) => Some(recording.clone()),
            Entry::Begun(_) | Entry::Ended(_) | Entry::Told(_) | Entry::Visited(_) | Entry::Left(_) => None,
        };
        let mut recordings: Vec<_> = group.iter().filter_map(|(waiting, _)| recorded(waiting)).collect();
        // The order in which processes lock the ends of companies' manifests.
        recordings.sort_by_key(|recording| recording.tenant);
        for recording in &recordings {
            record_recording(&mut tx, recording).await?;
        }
        for (waiting, _) in group {
            if let Entry::Left(left) = waiting.entry.as_ref() {
                message::arrived(&mut tx, left).await?;
            }
        }
        tx.commit().await
    };
    timeout(TOO_LONG, work).await.unwrap_or(Err(Error::Sql(sqlx::Error::PoolTimedOut)))
}

/// Tells the events that are new. One whose number its process' mark covers was told by a transaction whose end the
/// journal did not see: of a process that was killed, or one that took too long.
async fn tell(tx: &mut Tx, group: &[(Waiting, Option<String>)]) -> Result<(), Error> {
    let mut marks: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (waiting, life) in group {
        let Entry::Told(told) = waiting.entry.as_ref() else { continue };
        let Some(life) = life.as_deref() else {
            emit(tx, told);
            continue;
        };
        let (covered, newest) = match marks.get(life) {
            Some(known) => *known,
            None => {
                let covered = outbox::hold(tx, &mark(life)).await?;
                (covered, covered)
            }
        };
        let seq = i64::try_from(waiting.seq).unwrap_or(i64::MAX);
        if seq > covered {
            emit(tx, told);
        }
        marks.insert(life, (covered, newest.max(seq)));
    }
    for (life, (covered, newest)) in marks {
        if newest > covered {
            outbox::advance(tx, &mark(life), newest).await?;
        }
    }
    Ok(())
}

fn mark(life: &str) -> String {
    format!("{MARKS}{life}")
}

fn emit(tx: &mut Tx, told: &Told) {
    let event = NewEvent { kind: told.what.as_str(), call: Some(told.call), data: told.data.clone() };
    tx.emit_for(told.tenant, event);
}
