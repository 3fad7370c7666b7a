//! How broadcasts are stored. Scripts are sealed: they may tell secrets.

use super::{Broadcast, Due, Kind, Number, Plan, State};
use crate::trunk::value;
use model::{BroadcastId, CallId, Cause};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Cell, Error, Rows, Sql, Tx};

/// What became of a call.
pub(super) struct Outcome {
    pub(super) state: State,
    pub(super) due_at: i64,
    pub(super) cause: Cause,
    pub(super) key: Option<char>,
}

pub(super) async fn insert(tx: &mut Tx, new: &Broadcast, numbers: &[String]) -> Result<(), Error> {
    let script = serde_json::to_string(&new.script).map_err(|_| Error::Corrupt("script of a broadcast"))?;
    let sealed = tx.db().vault().seal(&script, &new.id.to_string());
    sqlx::query(
        "insert into broadcasts (id, tenant_id, kind, name, hotline_id, sealed_script, retries, retry_gap_ms, at_once,
                                 created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(new.kind.as_str())
    .bind(&new.name)
    .bind(new.hotline.map(|id| id.to_string()))
    .bind(sealed)
    .bind(new.plan.retries)
    .bind(new.plan.retry_gap_ms)
    .bind(new.plan.at_once)
    .bind(new.created_at)
    .execute(tx.conn())
    .await?;
    let mut rows = Rows::new(
        "insert into broadcast_numbers (broadcast_id, tenant_id, place, number, state, attempts, due_at, updated_at)",
        "",
        8,
    );
    for (place, number) in (0i64..).zip(numbers) {
        rows.push([
            Cell::from(new.id.to_string()),
            Cell::from(tx.tenant()),
            Cell::from(place),
            Cell::from(number.as_str()),
            Cell::from(State::Waiting.as_str()),
            Cell::from(0),
            Cell::from(new.created_at),
            Cell::from(new.created_at),
        ]);
    }
    rows.insert(tx).await.map(|_| ())
}

const COLUMNS: &str = "select id, kind, name, hotline_id, sealed_script, retries, retry_gap_ms, at_once, created_at
from broadcasts
where tenant_id = ";

pub(super) async fn find(tx: &mut Tx, id: BroadcastId) -> Result<Option<Broadcast>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    let rows = sql.fetch_all(tx).await?;
    rows.first().map(|row| read(tx, row)).transpose()
}

pub(super) async fn list(tx: &mut Tx, kind: Kind, after: Option<&str>, limit: u32) -> Result<Vec<Broadcast>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand kind = ").bind(kind.as_str());
    sql.push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| read(tx, row)).collect()
}

const NUMBER: &str = "select place, number, state, attempts, call_id, cause, key, updated_at
from broadcast_numbers
where tenant_id = ";

pub(super) async fn numbers(tx: &mut Tx, id: BroadcastId) -> Result<Vec<Number>, Error> {
    let mut sql = Sql::new(NUMBER);
    sql.bind(tx.tenant()).push("\nand broadcast_id = ").bind(id.to_string()).push("\norder by place");
    sql.fetch_all(tx).await?.iter().map(read_number).collect()
}

pub(super) async fn number(tx: &mut Tx, id: BroadcastId, place: i64) -> Result<Option<Number>, Error> {
    let mut sql = Sql::new(NUMBER);
    sql.bind(tx.tenant()).push("\nand broadcast_id = ").bind(id.to_string()).push("\nand place = ").bind(place);
    sql.fetch_all(tx).await?.first().map(read_number).transpose()
}

/// Those in a state whose time has come by then, of whichever tenant_id; only whoever places calls asks so.
pub(super) async fn in_state(tx: &mut Tx, state: State, by: i64, limit: u32) -> Result<Vec<Due>, Error> {
    let mut sql = Sql::new(
        "select tenant_id, broadcast_id, place, number, call_id, updated_at
from broadcast_numbers
where state = ",
    );
    sql.bind(state.as_str()).push("\nand due_at <= ").bind(by);
    sql.push("\norder by due_at, broadcast_id, place\nlimit ").bind(i64::from(limit));
    let rows = sql.fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Due {
                tenant: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant of a broadcast"))?,
                broadcast: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("broadcast id"))?,
                place: row.try_get(2)?,
                number: row.try_get(3)?,
                call: call(row.try_get(4)?)?,
                since: row.try_get(5)?,
            })
        })
        .collect()
}

pub(super) async fn claim(tx: &mut Tx, due: &Due, now: i64) -> Result<bool, Error> {
    let mut sql = change(tx, due, |sql| {
        begin(sql, State::Calling, now).push(", attempts = attempts + 1, call_id = ").bind(None::<String>);
    });
    sql.push(" and state = ").bind(State::Waiting.as_str());
    Ok(sql.execute(tx).await? == 1)
}

pub(super) async fn set_call(tx: &mut Tx, due: &Due, call: CallId) -> Result<(), Error> {
    let sql = change(tx, due, |sql| _ = sql.push("call_id = ").bind(call.to_string()));
    sql.execute(tx).await.map(|_| ())
}

pub(super) async fn put_off(tx: &mut Tx, due: &Due, now: i64, until: i64) -> Result<(), Error> {
    let sql = change(tx, due, |sql| {
        begin(sql, State::Waiting, now).push(", attempts = attempts - 1, due_at = ").bind(until);
    });
    sql.execute(tx).await.map(|_| ())
}

pub(super) async fn settle(tx: &mut Tx, due: &Due, outcome: &Outcome, now: i64) -> Result<(), Error> {
    let sql = change(tx, due, |sql| {
        begin(sql, outcome.state, now).push(", due_at = ").bind(outcome.due_at);
        sql.push(", cause = ").bind(outcome.cause.as_str());
        sql.push(", key = ").bind(outcome.key.map(|key| key.to_string()));
    });
    sql.execute(tx).await.map(|_| ())
}

/// Changes the one number.
fn change(tx: &Tx, due: &Due, set: impl FnOnce(&mut Sql)) -> Sql {
    let mut sql = Sql::new("update broadcast_numbers\nset ");
    set(&mut sql);
    sql.push("\nwhere tenant_id = ").bind(tx.tenant()).push(" and broadcast_id = ").bind(due.broadcast.to_string());
    sql.push(" and place = ").bind(due.place);
    sql
}

fn begin(sql: &mut Sql, state: State, now: i64) -> &mut Sql {
    sql.push("state = ").bind(state.as_str()).push(", updated_at = ").bind(now)
}

fn call(text: Option<&str>) -> Result<Option<CallId>, Error> {
    text.map(|text| text.parse().map_err(|_| Error::Corrupt("call of a broadcast"))).transpose()
}

fn read(tx: &Tx, row: &AnyRow) -> Result<Broadcast, Error> {
    let id: &str = row.try_get(0)?;
    let unreadable = |_| Error::Corrupt("script of a broadcast");
    let script = tx.db().vault().unseal(row.try_get(4)?, id).map_err(unreadable)?;
    let kinds = [Kind::Message, Kind::OneTimeCode];
    let kind: &str = row.try_get(1)?;
    Ok(Broadcast {
        id: id.parse().map_err(|_| Error::Corrupt("broadcast id"))?,
        kind: kinds.into_iter().find(|known| known.as_str() == kind).ok_or(Error::Corrupt("kind of a broadcast"))?,
        name: row.try_get(2)?,
        hotline: row
            .try_get::<Option<&str>, _>(3)?
            .map(|id| id.parse().map_err(|_| Error::Corrupt("hotline of a broadcast")))
            .transpose()?,
        script: serde_json::from_str(&script).map_err(|_| Error::Corrupt("script of a broadcast"))?,
        plan: Plan { retries: row.try_get(5)?, retry_gap_ms: row.try_get(6)?, at_once: row.try_get(7)? },
        created_at: row.try_get(8)?,
    })
}

fn read_number(row: &AnyRow) -> Result<Number, Error> {
    let cause: Option<&str> = row.try_get(5)?;
    Ok(Number {
        place: row.try_get(0)?,
        number: row.try_get(1)?,
        state: value(&State::ALL, row.try_get(2)?).ok_or(Error::Corrupt("state of a number"))?,
        attempts: row.try_get(3)?,
        call: call(row.try_get(4)?)?,
        cause: cause.map(|word| Cause::parse(word).ok_or(Error::Corrupt("cause"))).transpose()?,
        key: row.try_get::<Option<&str>, _>(6)?.and_then(|key| key.chars().next()),
        updated_at: row.try_get(7)?,
    })
}
