//! Reading what happened. Sequence numbers follow the order of commits without gaps, on both engines (see
//! `Tx::commit`), so "everything after n" never misses an event that was still being written.

use crate::{Cell, Db, Error, Sql, Tx, clock};
use model::{CallId, EventId, TenantId, Timestamp};
use sqlx::Row;
use sqlx::any::AnyRow;

/// One event as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the order of commits.
    pub seq: i64,
    /// Its id, the same at each delivery.
    pub id: EventId,
    /// The company.
    pub tenant: TenantId,
    /// What happened.
    pub kind: String,
    /// The call it is about.
    pub call: Option<CallId>,
    /// A JSON object.
    pub data: String,
    /// When it was committed.
    pub created_at: Timestamp,
}

/// Up to `limit` events after `after`, oldest first: of one company, or of all.
pub async fn read(db: &Db, tenant: Option<TenantId>, after: i64, limit: u32) -> Result<Vec<Event>, Error> {
    let mut tx = db.system().await?;
    let mut sql = Sql::new("select seq, id, tenant_id, kind, call_id, data, created_at\nfrom events\nwhere seq > ");
    sql.bind(after);
    if let Some(tenant) = tenant {
        sql.push("\nand tenant_id = ").bind(tenant.to_string());
    }
    sql.push("\norder by seq\nlimit ").bind(i64::from(limit));
    sql.fetch_all(&mut tx).await?.iter().map(event).collect()
}

fn event(row: &AnyRow) -> Result<Event, Error> {
    let call: Option<&str> = row.try_get(4)?;
    Ok(Event {
        seq: row.try_get(0)?,
        id: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("event id"))?,
        tenant: row.try_get::<&str, _>(2)?.parse().map_err(|_| Error::Corrupt("tenant id of an event"))?,
        kind: row.try_get(3)?,
        call: call.map(|id| id.parse().map_err(|_| Error::Corrupt("call id of an event"))).transpose()?,
        data: row.try_get(5)?,
        created_at: Timestamp(row.try_get(6)?),
    })
}

/// The newest event's number; 0 before the first.
pub async fn last(db: &Db) -> Result<i64, Error> {
    let mut tx = db.system().await?;
    let row = sqlx::query("select value from counters where name = 'events'").fetch_one(tx.conn()).await?;
    Ok(row.try_get(0)?)
}

/// The smallest number still kept; none when there is no event. A client that resumes from before it has missed some.
pub async fn oldest(db: &Db) -> Result<Option<i64>, Error> {
    let mut tx = db.system().await?;
    // All tenants: sequence numbers run over all companies.
    let row = sqlx::query("select min(seq) from events").fetch_one(tx.conn()).await?;
    Ok(row.try_get(0)?)
}

/// How far the named reader has come; 0 before its first step.
pub async fn cursor(tx: &mut Tx, name: &str) -> Result<i64, Error> {
    let row = sqlx::query("select seq from cursors where name = $1").bind(name).fetch_optional(tx.conn()).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
}

/// Notes that the named reader is done with everything up to `seq`, together with what else the transaction does.
pub async fn advance(tx: &mut Tx, name: &str, seq: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into cursors (name, seq, updated_at)
         values ($1, $2, $3)
         on conflict (name) do update
         set seq = excluded.seq, updated_at = excluded.updated_at",
    )
    .bind(name)
    .bind(seq)
    .bind(clock::now().as_millis())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// As [`cursor`], and nobody else moves it before the transaction ends: one that was given up but is still under way is
/// waited for, and what it did is seen.
pub async fn hold(tx: &mut Tx, name: &str) -> Result<i64, Error> {
    let row = sqlx::query(
        "insert into cursors (name, seq, updated_at)
         values ($1, 0, $2)
         on conflict (name) do update
         set updated_at = excluded.updated_at
         returning seq",
    )
    .bind(name)
    .bind(clock::now().as_millis())
    .fetch_one(tx.conn())
    .await?;
    Ok(row.try_get(0)?)
}

/// Forgets readers whose name begins so and that made no step since `before`.
pub async fn forget_readers(tx: &mut Tx, prefix: &str, before: Timestamp) -> Result<(), Error> {
    sqlx::query("delete from cursors where substr(name, 1, $1) = $2 and updated_at < $3")
        .bind(i32::try_from(prefix.len()).unwrap_or(i32::MAX))
        .bind(prefix)
        .bind(before.as_millis())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets events told before `before` that each of the named readers is done with; tells how many.
pub async fn trim(db: &Db, before: Timestamp, readers: &[&str]) -> Result<u64, Error> {
    let mut tx = db.system_write().await?;
    let mut done = i64::MAX;
    for reader in readers {
        done = done.min(cursor(&mut tx, reader).await?);
    }
    // All tenants: retention is the same for every company.
    let mut sql = Sql::new("delete from events\nwhere created_at < ");
    sql.bind(Cell::from(before.as_millis())).push("\nand seq <= ").bind(done);
    let gone = sql.execute(&mut tx).await?;
    tx.commit().await?;
    Ok(gone)
}
