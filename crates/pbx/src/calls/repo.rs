//! How records of calls are stored.

use super::finding::parties;
use super::{
    Call, CallDetail, CallRecord, Decision, Filter, Leg, Outcome, Recording, RecordingView, Status, Tally, Walk,
};
use call::Direction;
use model::{CallId, Cause, ExtensionId};
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use std::str::FromStr;
use store::{Cell, Error, Rows, Sql, Tx};

/// Writes those that are not there yet and gives them back, each with the JSON of its legs.
pub(super) async fn insert<'a>(tx: &mut Tx, records: &'a [CallRecord]) -> Result<Vec<(&'a CallRecord, String)>, Error> {
    let head = "insert into calls (id, tenant_id, direction, status, hotline_id, trunk_id, extension_id, caller_number, caller_name,
                   callee_number, started_at, ringing_at, answered_at, ended_at, duration_ms, talk_ms, cause,
                   ended_by, legs, trail, queue_id, queue_wait_ms)";
    let mut rows = Rows::new(head, "on conflict (id) do nothing returning id", 22);
    let mut written = Vec::with_capacity(records.len());
    for record in records {
        let legs = json(&record.legs);
        let view_ms = (record.ended_at - record.started_at).max(0);
        let talk_ms = record.answered_at.map_or(0, |at| (record.ended_at - at).max(0));
        rows.push([
            Cell::from(record.id.to_string()),
            Cell::from(record.tenant.to_string()),
            Cell::from(record.direction.as_str()),
            Cell::from(record.status().as_str()),
            Cell::from(record.hotline.map(|id| id.to_string())),
            Cell::from(record.trunk.map(|id| id.to_string())),
            Cell::from(record.extension.map(|id| id.to_string())),
            Cell::from(record.caller_number.as_str()),
            Cell::from(record.caller_name.as_str()),
            Cell::from(record.callee_number.as_str()),
            Cell::from(record.started_at),
            Cell::from(record.ringing_at),
            Cell::from(record.answered_at),
            Cell::from(record.ended_at),
            Cell::from(view_ms),
            Cell::from(talk_ms),
            Cell::from(record.cause.as_str()),
            Cell::from(record.ended_by.as_str()),
            Cell::from(legs.as_str()),
            Cell::from(json(&record.trail)),
            Cell::from(record.queue.map(|id| id.to_string())),
            Cell::from(record.queue_wait_ms),
        ]);
        written.push((record, legs));
    }
    let mut new: HashSet<CallId> = HashSet::with_capacity(records.len());
    for row in rows.insert_returning(tx).await? {
        new.insert(id(row.try_get(0)?, "call id")?);
    }
    // `remove`, so that a record that stands twice in the input is told once.
    written.retain(|(record, _)| new.remove(&record.id));
    let head = "insert into call_parties (tenant_id, party, started_at, call_id)";
    let mut rows = Rows::new(head, "on conflict do nothing", 4);
    for (record, _) in &written {
        let (tenant, call) = (record.tenant.to_string(), record.id.to_string());
        for party in parties(record) {
            let (tenant, call) = (Cell::from(tenant.as_str()), Cell::from(call.as_str()));
            rows.push([tenant, Cell::from(party), Cell::from(record.started_at), call]);
        }
    }
    rows.insert(tx).await?;
    Ok(written)
}

/// Who talked to the outside and how long, by the hour (since 1970) in which the calls ended.
pub(super) async fn talked(tx: &mut Tx, since: i64, day_before: i64) -> Result<Vec<(Option<String>, i64, i64)>, Error> {
    let rows = sqlx::query(
        "select extension_id, cast(ended_at / 3600000 as bigint), cast(sum(talk_ms) as bigint)
         from calls
         where tenant_id = $1 and started_at >= $2 and ended_at >= $3 and direction = $4
         group by extension_id, ended_at / 3600000",
    )
    .bind(tx.tenant().to_string())
    .bind(day_before)
    .bind(since)
    .bind(Direction::Outbound.as_str())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// True when it was not there yet.
pub(super) async fn insert_recording(tx: &mut Tx, recording: &Recording) -> Result<bool, Error> {
    let done = sqlx::query(
        "insert into recordings (call_id, tenant_id, file, size_bytes, duration_ms, complete, created_at, sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (call_id) do nothing",
    )
    .bind(recording.call.to_string())
    .bind(recording.tenant.to_string())
    .bind(&recording.file)
    .bind(recording.size_bytes)
    .bind(recording.duration_ms)
    .bind(i64::from(recording.complete))
    .bind(recording.created_at)
    .bind(recording.sha256.clone())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

const COLUMNS: &str =
    "select c.id, c.direction, c.status, c.hotline_id, c.trunk_id, c.extension_id, c.caller_number, c.caller_name,
       c.callee_number, c.started_at, c.ringing_at, c.answered_at, c.ended_at, c.duration_ms, c.talk_ms, c.cause,
       c.ended_by, r.duration_ms, r.size_bytes, r.complete, c.queue_id, c.queue_wait_ms, r.deleted_at,
       r.held_why, (select m.mark from call_ratings m where m.call_id = c.id and m.tenant_id = c.tenant_id)";

pub(super) async fn list(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<(i64, CallId)>,
    limit: u32,
) -> Result<Vec<Call>, Error> {
    let mut sql = Sql::new(COLUMNS);
    matching(&mut sql, tx, filter, after, false);
    in_order(&mut sql, filter, false);
    sql.push("\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// One more than the walk wants, when there are more.
pub(super) async fn walk(tx: &mut Tx, filter: &Filter, walk: Walk) -> Result<Vec<CallDetail>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(", c.legs");
    matching(&mut sql, tx, filter, walk.from, walk.upward);
    in_order(&mut sql, filter, walk.upward);
    sql.push("\nlimit ").bind(i64::from(walk.limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read_detail).collect()
}

pub(super) async fn slice(tx: &mut Tx, filter: &Filter, offset: u64, limit: u32) -> Result<Vec<Call>, Error> {
    let mut sql = Sql::new(COLUMNS);
    matching(&mut sql, tx, filter, None, false);
    in_order(&mut sql, filter, filter.oldest_first);
    sql.push("\nlimit ").bind(i64::from(limit));
    sql.push("\noffset ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn count(tx: &mut Tx, filter: &Filter) -> Result<u64, Error> {
    let mut sql = Sql::new("select count(*)");
    // The join would be looked up for each call that is counted.
    narrowed(&mut sql, tx, filter, "", (None, false));
    sql.count(tx).await
}

/// What a list walks along.
enum Lead {
    /// The calls of a party, and the other parties that must have taken part.
    Party(String, Vec<String>),
    /// The calls over a hotline that went one way, or became the same.
    Hotline(String),
    /// All calls.
    All,
}

/// The rarest party leads; the others are looked up for each call found.
fn lead(filter: &Filter) -> Lead {
    let hotline = filter.hotline.map(|id| id.to_string());
    let mut parties = [filter.number.clone(), filter.extension.map(|id| id.to_string())].into_iter().flatten();
    match (parties.next(), hotline) {
        (Some(first), hotline) => Lead::Party(first, parties.chain(hotline).collect()),
        (None, Some(hotline)) if filter.status.is_some() || filter.direction.is_some() => Lead::Hotline(hotline),
        (None, Some(hotline)) => Lead::Party(hotline, Vec::new()),
        (None, None) => Lead::All,
    }
}

/// What is known of a call's recording stands beside it.
const RECORDINGS: &str = "\nleft join recordings r on r.call_id = c.id and r.tenant_id = c.tenant_id";

/// From where, and which calls, with their recordings.
fn matching(sql: &mut Sql, tx: &Tx, filter: &Filter, from: Option<(i64, CallId)>, upward: bool) {
    narrowed(sql, tx, filter, RECORDINGS, (from, upward));
}

/// Which calls, with what is joined to them.
fn narrowed(
    sql: &mut Sql,
    tx: &Tx,
    filter: &Filter,
    joined: &'static str,
    (from, upward): (Option<(i64, CallId)>, bool),
) {
    let lead = lead(filter);
    let mut others = Vec::new();
    match lead {
        Lead::Party(party, more) => {
            others = more;
            sql.push("\nfrom call_parties p\njoin calls c on c.id = p.call_id and c.tenant_id = p.tenant_id")
                .push(joined);
            sql.push("\nwhere p.tenant_id = ").bind(tx.tenant()).push("\nand p.party = ").bind(party);
            let times = ["\nand p.started_at >= ", "\nand p.started_at < "];
            let keys = ["\nand (p.started_at, p.call_id) < (", "\nand (p.started_at, p.call_id) > ("];
            bounds(sql, filter, from, times, keys[usize::from(upward)]);
        }
        Lead::Hotline(_) | Lead::All => {
            sql.push("\nfrom calls c").push(joined);
            sql.push("\nwhere c.tenant_id = ").bind(tx.tenant());
            if let Lead::Hotline(hotline) = lead {
                sql.push("\nand c.hotline_id = ").bind(hotline);
            }
            let times = ["\nand c.started_at >= ", "\nand c.started_at < "];
            let keys = ["\nand (c.started_at, c.id) < (", "\nand (c.started_at, c.id) > ("];
            bounds(sql, filter, from, times, keys[usize::from(upward)]);
        }
    }
    if filter.contradicts_itself() {
        // Nothing would be found, and only after a look at every call.
        sql.push("\nand 1 = 0");
    }
    for party in others {
        sql.push("\nand exists (select 1 from call_parties q where q.tenant_id = c.tenant_id and q.party = ")
            .bind(party);
        sql.push(" and q.started_at = c.started_at and q.call_id = c.id)");
    }
    let extensions = filter.extensions.iter().map(|id| Cell::from(id.to_string())).collect();
    let hotlines = filter.hotlines.iter().map(|id| Cell::from(id.to_string())).collect();
    for any_of in [extensions, hotlines] {
        one_of(sql, any_of);
    }
    for (text, time) in [("\nand c.talk_ms >= ", filter.talk_from_ms), ("\nand c.talk_ms < ", filter.talk_to_ms)] {
        if let Some(time) = time {
            sql.push(text).bind(time);
        }
    }
    if let Some(queue) = filter.queue {
        sql.push("\nand c.queue_id = ").bind(queue.to_string());
    }
    if let Some(direction) = filter.direction {
        sql.push("\nand c.direction = ").bind(direction.as_str());
    }
    if let Some(status) = filter.status {
        sql.push("\nand c.status = ").bind(status.as_str());
    }
    if !filter.directions.is_empty() {
        let words = filter.directions.iter().map(|direction| Cell::from(direction.as_str())).collect();
        sql.push("\nand c.direction in (").bind_list(words).push(")");
    }
    if !filter.ids.is_empty() {
        let ids = filter.ids.iter().map(|id| Cell::from(id.to_string())).collect();
        sql.push("\nand c.id in (").bind_list(ids).push(")");
    }
    for any in &filter.parties {
        one_of(sql, any.iter().map(|party| Cell::from(party.key())).collect());
    }
    if let Some(answered) = filter.answered {
        sql.push(if answered { "\nand c.answered_at is not null" } else { "\nand c.answered_at is null" });
    }
    if let Some(outcome) = filter.outcome {
        came_of_it(sql, outcome);
    }
}

/// Calls on which people wrote that this came of them.
fn came_of_it(sql: &mut Sql, outcome: Outcome) {
    const NOTES: &str =
        "(select 1 from call_notes n where n.tenant_id = c.tenant_id and n.call_id = c.id and n.disposition_id";
    match outcome {
        Outcome::Is(id) => sql.push("\nand exists ").push(NOTES).push(" = ").bind(id.to_string()).push(")"),
        Outcome::Missing => {
            sql.push("\nand c.answered_at is not null\nand not exists ").push(NOTES).push(" is not null)")
        }
    };
}

/// Calls in which one of these parties took part; all when there is none.
fn one_of(sql: &mut Sql, parties: Vec<Cell>) {
    if parties.is_empty() {
        return;
    }
    sql.push("\nand exists (select 1 from call_parties q where q.tenant_id = c.tenant_id and q.party in (");
    sql.bind_list(parties).push(") and q.started_at = c.started_at and q.call_id = c.id)");
}

pub(super) async fn tally(tx: &mut Tx, filter: &Filter) -> Result<Vec<Tally>, Error> {
    let mut sql = Sql::new("select c.direction, c.status, count(*), cast(coalesce(sum(c.talk_ms), 0) as bigint)");
    narrowed(&mut sql, tx, filter, "", (None, false));
    sql.push("\ngroup by c.direction, c.status\norder by c.direction, c.status");
    let rows = sql.fetch_all(tx).await?;
    let read = |row: &AnyRow| {
        Ok(Tally {
            direction: Direction::parse(row.try_get(0)?).ok_or(Error::Corrupt("direction of a call"))?,
            status: Status::parse(row.try_get(1)?).ok_or(Error::Corrupt("status of a call"))?,
            calls: row.try_get::<i64, _>(2)?.unsigned_abs(),
            talk_ms: row.try_get(3)?,
        })
    };
    rows.iter().map(read).collect()
}

fn in_order(sql: &mut Sql, filter: &Filter, upward: bool) {
    let led_by_party = matches!(lead(filter), Lead::Party(..));
    sql.push(match (led_by_party, upward) {
        (true, false) => "\norder by p.started_at desc, p.call_id desc",
        (true, true) => "\norder by p.started_at, p.call_id",
        (false, false) => "\norder by c.started_at desc, c.id desc",
        (false, true) => "\norder by c.started_at, c.id",
    });
}

fn bounds(sql: &mut Sql, filter: &Filter, from: Option<(i64, CallId)>, times: [&'static str; 2], key: &'static str) {
    for (text, time) in times.into_iter().zip([filter.from, filter.to]) {
        if let Some(time) = time {
            sql.push(text).bind(time);
        }
    }
    if let Some((at, id)) = from {
        sql.push(key).bind(at).push(", ").bind(id.to_string()).push(")");
    }
}

pub(crate) async fn find(tx: &mut Tx, id: CallId) -> Result<Option<CallDetail>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(", c.legs\nfrom calls c\nleft join recordings r on r.call_id = c.id and r.tenant_id = c.tenant_id");
    sql.push("\nwhere c.tenant_id = ").bind(tx.tenant()).push("\nand c.id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read_detail).transpose()
}

/// Whether the extension called, rang or talked in this call.
pub(super) async fn took_part(tx: &mut Tx, extension: ExtensionId, started_at: i64, id: CallId) -> Result<bool, Error> {
    let row = sqlx::query(
        "select 1
         from call_parties
         where tenant_id = $1
         and party = $2
         and started_at = $3
         and call_id = $4",
    )
    .bind(tx.tenant().to_owned())
    .bind(extension.to_string())
    .bind(started_at)
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.is_some())
}

fn read_detail(row: &AnyRow) -> Result<CallDetail, Error> {
    let legs: Vec<Leg> = serde_json::from_str(row.try_get(25)?).map_err(|_| Error::Corrupt("legs of a call"))?;
    Ok(CallDetail { call: read(row)?, legs })
}

pub(super) async fn trail(tx: &mut Tx, id: CallId) -> Result<Option<Vec<Decision>>, Error> {
    let row = sqlx::query("select trail from calls where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    serde_json::from_str(row.try_get(0)?).map(Some).map_err(|_| Error::Corrupt("trail of a call"))
}

pub(super) async fn find_recording(tx: &mut Tx, call: CallId) -> Result<Option<Recording>, Error> {
    let row = sqlx::query(
        "select call_id, tenant_id, file, size_bytes, duration_ms, complete, created_at, sha256
         from recordings
         where tenant_id = $1
         and call_id = $2
         and deleted_at is null",
    )
    .bind(tx.tenant().to_owned())
    .bind(call.to_string())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Recording {
        call: id(row.try_get(0)?, "call id of a recording")?,
        tenant: id(row.try_get(1)?, "tenant id of a recording")?,
        file: row.try_get(2)?,
        size_bytes: row.try_get(3)?,
        duration_ms: row.try_get(4)?,
        complete: row.try_get::<i64, _>(5)? != 0,
        created_at: row.try_get(6)?,
        sha256: row.try_get(7)?,
    }))
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("records have only text for keys")
}

fn id<T: FromStr>(text: &str, what: &'static str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Corrupt(what))
}

fn some_id<T: FromStr>(text: Option<&str>, what: &'static str) -> Result<Option<T>, Error> {
    text.map(|text| id(text, what)).transpose()
}

fn read(row: &AnyRow) -> Result<Call, Error> {
    let recording_deleted_at: Option<i64> = row.try_get(22)?;
    let recording = match row.try_get::<Option<i64>, _>(17)?.filter(|_| recording_deleted_at.is_none()) {
        Some(duration_ms) => Some(RecordingView {
            duration_ms,
            size_bytes: row.try_get(18)?,
            complete: row.try_get::<i64, _>(19)? != 0,
            held: row.try_get(23)?,
        }),
        None => None,
    };
    Ok(Call {
        id: id(row.try_get(0)?, "call id")?,
        direction: Direction::parse(row.try_get(1)?).ok_or(Error::Corrupt("direction of a call"))?,
        status: Status::parse(row.try_get(2)?).ok_or(Error::Corrupt("status of a call"))?,
        hotline: some_id(row.try_get(3)?, "hotline id of a call")?,
        trunk: some_id(row.try_get(4)?, "trunk id of a call")?,
        extension: some_id(row.try_get(5)?, "extension id of a call")?,
        caller_number: row.try_get(6)?,
        caller_name: row.try_get(7)?,
        callee_number: row.try_get(8)?,
        started_at: row.try_get(9)?,
        ringing_at: row.try_get(10)?,
        answered_at: row.try_get(11)?,
        ended_at: row.try_get(12)?,
        duration_ms: row.try_get(13)?,
        talk_ms: row.try_get(14)?,
        cause: Cause::parse(row.try_get(15)?).ok_or(Error::Corrupt("cause of a call"))?,
        ended_by: crate::text::ended_by::parse(row.try_get(16)?).ok_or(Error::Corrupt("ended_by of a call"))?,
        queue: some_id(row.try_get(20)?, "queue id of a call")?,
        queue_wait_ms: row.try_get(21)?,
        recording,
        recording_deleted_at,
        rating: row.try_get(24)?,
    })
}
