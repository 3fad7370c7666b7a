//! How callbacks are stored.

use super::{Callback, News, State};
use crate::trunk::{value, word};
use model::{CallId, QueueId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

const COLUMNS: &str = "select call_id, queue_id, hotline_id, number, priority, skills, state, tries, asked_at, next_at, last_call_id, extension_id, tenant_id
from queue_callbacks
where ";

/// Whether it is new.
pub(super) async fn insert(tx: &mut Tx, callback: &Callback) -> Result<bool, Error> {
    let skills = serde_json::to_string(&callback.skills).expect("skills have only text for keys");
    let done = sqlx::query(
        "insert into queue_callbacks (call_id, tenant_id, queue_id, hotline_id, number, priority, skills, state, tries, asked_at,
                                      next_at, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)
         on conflict (call_id) do nothing",
    )
    .bind(callback.call.to_string())
    .bind(tx.tenant().to_owned())
    .bind(callback.queue.to_string())
    .bind(callback.hotline.map(|id| id.to_string()))
    .bind(&callback.number)
    .bind(callback.priority)
    .bind(skills)
    .bind(word(&State::ALL, callback.state))
    .bind(callback.tries)
    .bind(callback.asked_at)
    .bind(callback.next_at)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes one that waits; false when none does.
pub(super) async fn save(tx: &mut Tx, news: &News, at: i64) -> Result<bool, Error> {
    let done = sqlx::query(
        "update queue_callbacks
         set state = $3, tries = $4, next_at = $5, last_call_id = coalesce($6, last_call_id),
             extension_id = coalesce($7, extension_id), changed_at = $8
         where tenant_id = $1
         and call_id = $2
         and state = 'waiting'",
    )
    .bind(tx.tenant().to_owned())
    .bind(news.call.to_string())
    .bind(word(&State::ALL, news.state))
    .bind(news.tries)
    .bind(news.next_at)
    .bind(news.last_call.map(|id| id.to_string()))
    .bind(news.agent.map(|id| id.to_string()))
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Somebody outside the queue has changed one: whoever runs the queues is to look.
pub(super) async fn touch(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query("update counters set value = value + 1 where name = 'callbacks'").execute(tx.conn()).await?;
    Ok(())
}

/// Takes back all that wait for a queue which goes.
pub(crate) async fn cancel_of(tx: &mut Tx, queue: QueueId, at: i64) -> Result<(), Error> {
    sqlx::query(
        "update queue_callbacks
         set state = 'cancelled', changed_at = $3
         where tenant_id = $1
         and queue_id = $2
         and state = 'waiting'",
    )
    .bind(tx.tenant().to_owned())
    .bind(queue.to_string())
    .bind(at)
    .execute(tx.conn())
    .await?;
    touch(tx).await
}

pub(super) async fn version(tx: &mut Tx) -> Result<i64, Error> {
    let row = sqlx::query("select value from counters where name = 'callbacks'").fetch_one(tx.conn()).await?;
    Ok(row.try_get(0)?)
}

pub(super) async fn find(tx: &mut Tx, call: CallId) -> Result<Option<Callback>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("tenant_id = ").bind(tx.tenant()).push("\nand call_id = ").bind(call.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

/// Those of a queue, the newest first.
pub(super) async fn list(
    tx: &mut Tx,
    queue: QueueId,
    state: Option<State>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Callback>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("tenant_id = ").bind(tx.tenant()).push("\nand queue_id = ").bind(queue.to_string());
    if let Some(state) = state {
        sql.push("\nand state = ").bind(word(&State::ALL, state));
    }
    if let Some(after) = after {
        sql.push("\nand call_id < ").bind(after);
    }
    sql.push("\norder by call_id desc\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Those of all companies that wait, or were taken back since then, the oldest first.
pub(super) async fn open(tx: &mut Tx, since: i64) -> Result<Vec<(TenantId, Callback)>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("state = 'waiting'\nor (state = 'cancelled' and changed_at >= ").bind(since).push(")\norder by call_id");
    let tenant = |row: &AnyRow| -> Result<TenantId, Error> {
        row.try_get::<&str, _>(12)?.parse().map_err(|_| Error::Corrupt("tenant of a callback"))
    };
    sql.fetch_all(tx).await?.iter().map(|row| Ok((tenant(row)?, read(row)?))).collect()
}

fn read(row: &AnyRow) -> Result<Callback, Error> {
    let some = |place: usize| -> Result<Option<&str>, Error> { Ok(row.try_get::<Option<&str>, _>(place)?) };
    Ok(Callback {
        call: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("call of a callback"))?,
        queue: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("queue of a callback"))?,
        hotline: some(2)?.map(|id| id.parse().map_err(|_| Error::Corrupt("hotline of a callback"))).transpose()?,
        number: row.try_get(3)?,
        priority: row.try_get(4)?,
        skills: serde_json::from_str(row.try_get(5)?).map_err(|_| Error::Corrupt("skills of a callback"))?,
        state: value(&State::ALL, row.try_get(6)?).ok_or(Error::Corrupt("state of a callback"))?,
        tries: row.try_get(7)?,
        asked_at: row.try_get(8)?,
        next_at: row.try_get(9)?,
        last_call: some(10)?.map(|id| id.parse().map_err(|_| Error::Corrupt("last call of a callback"))).transpose()?,
        agent: some(11)?.map(|id| id.parse().map_err(|_| Error::Corrupt("agent of a callback"))).transpose()?,
    })
}
