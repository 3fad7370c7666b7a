//! How visits to queues are stored.

use super::Visit;
use crate::figures;
use acd::Figures;
use model::{QueueId, QueueOutcome};
use sqlx::Row;
use std::collections::HashSet;
use std::time::Duration;
use store::{Cell, Error, Rows, Tx};

/// Writes those that are not there yet, and counts them.
pub(crate) async fn insert(tx: &mut Tx, visits: &[Visit]) -> Result<(), Error> {
    let head = "insert into queue_visits (call_id, place, tenant_id, queue_id, caller_number, joined_at, left_at, waited_ms, outcome,
                          extension_id, promised_ms)";
    let mut rows = Rows::new(head, "on conflict do nothing returning call_id, place", 11);
    for visit in visits {
        rows.push([
            Cell::from(visit.call.to_string()),
            Cell::from(visit.place),
            Cell::from(visit.tenant.to_string()),
            Cell::from(visit.queue.to_string()),
            Cell::from(visit.caller_number.as_str()),
            Cell::from(visit.joined_at),
            Cell::from(visit.left_at),
            Cell::from((visit.left_at - visit.joined_at).max(0)),
            Cell::from(visit.outcome.as_str()),
            Cell::from(visit.agent.map(|id| id.to_string())),
            Cell::from(visit.promised_ms),
        ]);
    }
    let mut new: HashSet<(String, i64)> = HashSet::with_capacity(visits.len());
    for row in rows.insert_returning(tx).await? {
        new.insert((row.try_get(0)?, row.try_get(1)?));
    }
    // `remove`, so that a visit that stands twice in the input is counted once.
    let new = visits.iter().filter(|visit| new.remove(&(visit.call.to_string(), visit.place)));
    figures::count_visits(tx, new).await
}

/// The figures of those who joined the queue in this time.
pub(super) async fn figures(
    tx: &mut Tx,
    queue: QueueId,
    (from, to): (i64, i64),
    promised: Duration,
) -> Result<Figures, Error> {
    let rows = sqlx::query(
        "select outcome, count(*), cast(sum(waited_ms) as bigint), max(waited_ms),
                cast(sum(case when waited_ms <= $5 then 1 else 0 end) as bigint)
         from queue_visits
         where tenant_id = $1
         and queue_id = $2
         and joined_at >= $3
         and joined_at < $4
         group by outcome",
    )
    .bind(tx.tenant().to_owned())
    .bind(queue.to_string())
    .bind(from)
    .bind(to)
    .bind(i64::try_from(promised.as_millis()).unwrap_or(i64::MAX))
    .fetch_all(tx.conn())
    .await?;
    let mut figures = Figures::default();
    for row in rows {
        let number =
            |place: usize| -> Result<u64, Error> { Ok(u64::try_from(row.try_get::<i64, _>(place)?).unwrap_or(0)) };
        let outcome = QueueOutcome::parse(row.try_get(0)?).ok_or(Error::Corrupt("outcome of a queue's caller"))?;
        let count = number(1)?;
        if outcome == QueueOutcome::CalledBack {
            // They are counted once more, by what comes of that.
            figures.called_back = count;
            continue;
        }
        figures.offered += count;
        figures.waited += Duration::from_millis(number(2)?);
        figures.longest = figures.longest.max(Duration::from_millis(number(3)?));
        match outcome {
            QueueOutcome::Answered => {
                figures.answered = count;
                figures.in_time = number(4)?;
            }
            QueueOutcome::Abandoned => figures.abandoned = count,
            QueueOutcome::Overflowed => figures.overflowed = count,
            QueueOutcome::TimedOut => figures.timed_out = count,
            QueueOutcome::CalledBack => {}
        }
    }
    Ok(figures)
}
