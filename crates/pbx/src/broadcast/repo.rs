//! How broadcasts are stored. Scripts are sealed: they may tell secrets.

use super::{Broadcast, Due, Kind, Number, Plan, State, When};
use crate::trunk::value;
use model::{BroadcastId, CallId, Cause, ScheduleId};
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
                                 created_at, starts_at, schedule_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
    .bind(new.when.starts_at)
    .bind(new.when.schedule.map(|id| id.to_string()))
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
            Cell::from(new.when.starts_at.unwrap_or(new.created_at)),
            Cell::from(new.created_at),
        ]);
    }
    rows.insert(tx).await.map(|_| ())
}

const COLUMNS: &str = "select id, kind, name, hotline_id, sealed_script, retries, retry_gap_ms, at_once, created_at,
       starts_at, schedule_id, cancelled_at
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

/// Those that began before `before`, the newest first.
pub(super) async fn newest(tx: &mut Tx, kind: Kind, before: Option<&str>, limit: u32) -> Result<Vec<Broadcast>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand kind = ").bind(kind.as_str());
    if let Some(before) = before {
        sql.push("\nand id < ").bind(before);
    }
    sql.push("\norder by id desc\nlimit ").bind(i64::from(limit) + 1);
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| read(tx, row)).collect()
}

/// How many numbers of these broadcasts are in each state.
pub(super) async fn tallies(tx: &mut Tx, ids: &[BroadcastId]) -> Result<Vec<(BroadcastId, State, i64)>, Error> {
    let mut sql = Sql::new("select broadcast_id, state, count(*)\nfrom broadcast_numbers\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand broadcast_id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect());
    sql.push(")\ngroup by broadcast_id, state");
    let rows = sql.fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            let id = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("broadcast id"))?;
            let state = value(&State::ALL, row.try_get(1)?).ok_or(Error::Corrupt("state of a number"))?;
            Ok((id, state, row.try_get(2)?))
        })
        .collect()
}

/// The broadcasts that keep to this schedule and have numbers to call.
pub(crate) async fn broadcasts_by(tx: &mut Tx, schedule: ScheduleId) -> Result<Vec<String>, Error> {
    let mut sql = Sql::new("select name\nfrom broadcasts b\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand schedule_id = ").bind(schedule.to_string());
    sql.push(
        "\nand cancelled_at is null\nand exists (select 1 from broadcast_numbers n where n.tenant_id = b.tenant_id",
    );
    sql.push(" and n.broadcast_id = b.id and n.state = ").bind(State::Waiting.as_str()).push(")\norder by name");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| Ok(format!("broadcast {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Calls the broadcast off; false when it was before. Numbers that wait are not called any more.
pub(super) async fn cancel(tx: &mut Tx, id: BroadcastId, now: i64) -> Result<bool, Error> {
    let mut sql = Sql::new("update broadcasts\nset cancelled_at = ");
    sql.bind(now).push("\nwhere tenant_id = ").bind(tx.tenant()).push(" and id = ").bind(id.to_string());
    sql.push(" and cancelled_at is null");
    if sql.execute(tx).await? == 0 {
        return Ok(false);
    }
    let mut sql = Sql::new("update broadcast_numbers\nset state = ");
    sql.bind(State::Cancelled.as_str())
        .push(", updated_at = ")
        .bind(now)
        .push("\nwhere tenant_id = ")
        .bind(tx.tenant());
    sql.push(" and broadcast_id = ").bind(id.to_string()).push(" and state = ").bind(State::Waiting.as_str());
    sql.execute(tx).await?;
    Ok(true)
}

/// No number of the broadcast is called until then.
pub(super) async fn hold_back(tx: &mut Tx, id: BroadcastId, until: i64) -> Result<(), Error> {
    let mut sql = Sql::new("update broadcast_numbers\nset due_at = ");
    sql.bind(until).push("\nwhere tenant_id = ").bind(tx.tenant()).push(" and broadcast_id = ").bind(id.to_string());
    sql.push(" and state = ").bind(State::Waiting.as_str()).push(" and due_at < ").bind(until);
    sql.execute(tx).await.map(|_| ())
}

const NUMBER: &str = "select place, number, state, attempts, call_id, cause, key, updated_at
from broadcast_numbers
where tenant_id = ";

pub(super) async fn numbers(tx: &mut Tx, id: BroadcastId) -> Result<Vec<Number>, Error> {
    let mut sql = Sql::new(NUMBER);
    sql.bind(tx.tenant()).push("\nand broadcast_id = ").bind(id.to_string()).push("\norder by place");
    sql.fetch_all(tx).await?.iter().map(read_number).collect()
}

/// Those behind a place, in a state when one is named.
pub(super) async fn page_of_numbers(
    tx: &mut Tx,
    id: BroadcastId,
    state: Option<State>,
    after: i64,
    limit: u32,
) -> Result<Vec<Number>, Error> {
    let mut sql = Sql::new(NUMBER);
    sql.bind(tx.tenant()).push("\nand broadcast_id = ").bind(id.to_string()).push("\nand place > ").bind(after);
    if let Some(state) = state {
        sql.push("\nand state = ").bind(state.as_str());
    }
    sql.push("\norder by place\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read_number).collect()
}

pub(super) async fn number(tx: &mut Tx, id: BroadcastId, place: i64) -> Result<Option<Number>, Error> {
    let mut sql = Sql::new(NUMBER);
    sql.bind(tx.tenant()).push("\nand broadcast_id = ").bind(id.to_string()).push("\nand place = ").bind(place);
    sql.fetch_all(tx).await?.first().map(read_number).transpose()
}

/// Those that wait and whose time has come by then, of whichever tenant_id; the first of each broadcast before the second of
/// any, so that none waits behind a long one. Only whoever places calls asks so.
pub(super) async fn due(tx: &mut Tx, by: i64, limit: u32) -> Result<Vec<Due>, Error> {
    let mut sql = Sql::new(
        "select tenant_id, broadcast_id, place, number, call_id, updated_at
from (
    select tenant_id, broadcast_id, place, number, call_id, updated_at, due_at,
           row_number() over (partition by broadcast_id order by due_at, place) as turn
    from broadcast_numbers
    where state = ",
    );
    sql.bind(State::Waiting.as_str()).push("\n    and due_at <= ").bind(by);
    sql.push("\n) as waiting\norder by turn, due_at, broadcast_id\nlimit ").bind(i64::from(limit));
    sql.fetch_all(tx).await?.iter().map(read_due).collect()
}

/// All that are being called, of whichever tenant_id.
pub(super) async fn calling(tx: &mut Tx) -> Result<Vec<Due>, Error> {
    let mut sql = Sql::new(
        "select tenant_id, broadcast_id, place, number, call_id, updated_at
from broadcast_numbers
where state = ",
    );
    sql.bind(State::Calling.as_str()).push("\norder by due_at, broadcast_id, place");
    sql.fetch_all(tx).await?.iter().map(read_due).collect()
}

fn read_due(row: &AnyRow) -> Result<Due, Error> {
    Ok(Due {
        tenant: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant of a broadcast"))?,
        broadcast: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("broadcast id"))?,
        place: row.try_get(2)?,
        number: row.try_get(3)?,
        call: call(row.try_get(4)?)?,
        since: row.try_get(5)?,
    })
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
        when: When {
            starts_at: row.try_get(9)?,
            schedule: row
                .try_get::<Option<&str>, _>(10)?
                .map(|id| id.parse().map_err(|_| Error::Corrupt("schedule of a broadcast")))
                .transpose()?,
        },
        cancelled_at: row.try_get(11)?,
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
