//! How figures of queues are stored and summed up.

use super::{Place, Sums};
use model::{QueueId, QueueOutcome};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use store::{Cell, Error, Rows, Sql, Tx};

/// Adds to what is counted; the order of the map is the order in which rows are locked.
pub(super) async fn add(tx: &mut Tx, sums: BTreeMap<Place, Sums>) -> Result<(), Error> {
    let head =
        "insert into queue_figures (tenant_id, span_ms, began_at, queue_id, outcome, in_time, callers, waited_ms,
                  longest_ms)";
    let tail = "on conflict (tenant_id, span_ms, began_at, queue_id, outcome, in_time)
                do update set callers = queue_figures.callers + excluded.callers,
                  waited_ms = queue_figures.waited_ms + excluded.waited_ms,
                  longest_ms = case when excluded.longest_ms > queue_figures.longest_ms
                                    then excluded.longest_ms else queue_figures.longest_ms end";
    let mut rows = Rows::new(head, tail, 9);
    for ((tenant, span, began_at, queue, outcome, in_time), sums) in sums {
        rows.push([
            Cell::from(tenant),
            Cell::from(span),
            Cell::from(began_at),
            Cell::from(queue),
            Cell::from(outcome),
            Cell::from(i64::from(in_time)),
            Cell::from(sums.callers),
            Cell::from(sums.waited_ms),
            Cell::from(sums.longest_ms),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

/// One select for each span, so that each walks its index.
fn within(sql: &mut Sql, tx: &Tx, spans: &[(i64, i64, i64)], queue: Option<QueueId>) {
    for (place, (length, from, to)) in spans.iter().enumerate() {
        if place > 0 {
            sql.push("\nunion all\n");
        }
        sql.push(
            "select began_at, queue_id, outcome, in_time, callers, waited_ms, longest_ms
             from queue_figures
             where tenant_id = ",
        );
        sql.bind(tx.tenant()).push("\nand span_ms = ").bind(*length);
        sql.push("\nand began_at >= ").bind(*from).push("\nand began_at < ").bind(*to);
        if let Some(queue) = queue {
            sql.push("\nand queue_id = ").bind(queue.to_string());
        }
    }
}

pub(super) async fn by_queue(
    tx: &mut Tx,
    spans: &[(i64, i64, i64)],
    queue: Option<QueueId>,
) -> Result<Vec<(QueueId, QueueOutcome, bool, Sums)>, Error> {
    let mut sql = Sql::new(
        "select queue_id, outcome, in_time, cast(sum(callers) as bigint), cast(sum(waited_ms) as bigint), max(longest_ms)
         from (",
    );
    within(&mut sql, tx, spans, queue);
    sql.push(") f\ngroup by queue_id, outcome, in_time");
    let read = |row: &AnyRow| {
        let queue = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("queue of a figure"))?;
        Ok((queue, outcome(row, 1)?, row.try_get::<i64, _>(2)? != 0, sums(row, 3)?))
    };
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn by_time(
    tx: &mut Tx,
    spans: &[(i64, i64, i64)],
    queue: Option<QueueId>,
) -> Result<Vec<(i64, QueueOutcome, bool, Sums)>, Error> {
    let mut sql = Sql::new(
        "select began_at, outcome, in_time, cast(sum(callers) as bigint), cast(sum(waited_ms) as bigint), max(longest_ms)
         from (",
    );
    within(&mut sql, tx, spans, queue);
    sql.push(") f\ngroup by began_at, outcome, in_time");
    let read = |row: &AnyRow| Ok((row.try_get(0)?, outcome(row, 1)?, row.try_get::<i64, _>(2)? != 0, sums(row, 3)?));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn outcome(row: &AnyRow, at: usize) -> Result<QueueOutcome, Error> {
    QueueOutcome::parse(row.try_get(at)?).ok_or(Error::Corrupt("outcome of a queue's figure"))
}

fn sums(row: &AnyRow, at: usize) -> Result<Sums, Error> {
    Ok(Sums { callers: row.try_get(at)?, waited_ms: row.try_get(at + 1)?, longest_ms: row.try_get(at + 2)? })
}
