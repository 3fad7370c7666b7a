//! How figures are stored and summed up.

use super::{Key, Sums};
use call::Direction;
use model::{Cause, ExtensionId, HotlineId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use store::{Cell, Error, Rows, Sql, Tx};

/// Which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Only {
    pub(super) direction: Option<Direction>,
    pub(super) hotline: Option<HotlineId>,
    pub(super) extension: Option<ExtensionId>,
}

/// Adds to what is counted: (company, length of the span, its beginning, key). The order of the map is the order in which
/// rows are locked, the same for all who write.
pub(super) async fn add(tx: &mut Tx, sums: BTreeMap<(String, i64, i64, Key), Sums>) -> Result<(), Error> {
    let head = "insert into call_figures (tenant_id, span_ms, began_at, direction, cause, answered, hotline_id,
                  extension_id, calls, talk_ms, wait_ms, duration_ms)";
    let tail = "on conflict (tenant_id, span_ms, began_at, direction, cause, answered, hotline_id, extension_id)
                do update set calls = call_figures.calls + excluded.calls,
                  talk_ms = call_figures.talk_ms + excluded.talk_ms, wait_ms = call_figures.wait_ms + excluded.wait_ms,
                  duration_ms = call_figures.duration_ms + excluded.duration_ms";
    let mut rows = Rows::new(head, tail, 12);
    for ((tenant, span, began_at, key), sums) in sums {
        rows.push([
            Cell::from(tenant),
            Cell::from(span),
            Cell::from(began_at),
            Cell::from(key.direction.as_str()),
            Cell::from(key.cause.as_str()),
            Cell::from(i64::from(key.answered)),
            Cell::from(key.hotline.map_or_else(String::new, |id| id.to_string())),
            Cell::from(key.extension.map_or_else(String::new, |id| id.to_string())),
            Cell::from(sums.calls),
            Cell::from(sums.talk_ms),
            Cell::from(sums.wait_ms),
            Cell::from(sums.duration_ms),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

/// The company's time zone.
pub(super) async fn time_zone(tx: &mut Tx) -> Result<Option<String>, Error> {
    let row = sqlx::query("select time_zone from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// All of some spans, by key.
pub(super) async fn by_key(tx: &mut Tx, spans: &[(i64, i64, i64)], only: &Only) -> Result<Vec<(Key, Sums)>, Error> {
    let mut sql = Sql::new(
        "select direction, cause, answered, hotline_id, extension_id, cast(sum(calls) as bigint),
           cast(sum(talk_ms) as bigint), cast(sum(wait_ms) as bigint), cast(sum(duration_ms) as bigint)
         from (",
    );
    within(&mut sql, tx, spans, only);
    sql.push(") f\ngroup by direction, cause, answered, hotline_id, extension_id");
    let read = |row: &AnyRow| Ok((read_key(row)?, read_sums(row, 5)?));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// All of some spans, by their beginning and direction: (length, beginning, direction, answered).
pub(super) async fn by_time(
    tx: &mut Tx,
    spans: &[(i64, i64, i64)],
    only: &Only,
) -> Result<Vec<((i64, i64, Direction, bool), Sums)>, Error> {
    let mut sql = Sql::new(
        "select span_ms, began_at, direction, answered, cast(sum(calls) as bigint), cast(sum(talk_ms) as bigint),
           cast(sum(wait_ms) as bigint), cast(sum(duration_ms) as bigint)
         from (",
    );
    within(&mut sql, tx, spans, only);
    sql.push(") f\ngroup by span_ms, began_at, direction, answered");
    let read = |row: &AnyRow| {
        let direction = Direction::parse(row.try_get(2)?).ok_or(Error::Corrupt("direction of a figure"))?;
        let key = (row.try_get(0)?, row.try_get(1)?, direction, row.try_get::<i64, _>(3)? != 0);
        Ok((key, read_sums(row, 4)?))
    };
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// One select for each span, so that each walks its index.
fn within(sql: &mut Sql, tx: &Tx, spans: &[(i64, i64, i64)], only: &Only) {
    for (place, (length, from, to)) in spans.iter().enumerate() {
        if place > 0 {
            sql.push("\nunion all\n");
        }
        sql.push(
            "select span_ms, began_at, direction, cause, answered, hotline_id, extension_id, calls, talk_ms, wait_ms,
               duration_ms
             from call_figures
             where tenant_id = ",
        );
        sql.bind(tx.tenant()).push("\nand span_ms = ").bind(*length);
        sql.push("\nand began_at >= ").bind(*from).push("\nand began_at < ").bind(*to);
        if let Some(direction) = only.direction {
            sql.push("\nand direction = ").bind(direction.as_str());
        }
        if let Some(hotline) = only.hotline {
            sql.push("\nand hotline_id = ").bind(hotline.to_string());
        }
        if let Some(extension) = only.extension {
            sql.push("\nand extension_id = ").bind(extension.to_string());
        }
    }
}

fn read_key(row: &AnyRow) -> Result<Key, Error> {
    let (hotline, extension): (&str, &str) = (row.try_get(3)?, row.try_get(4)?);
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(Key {
        direction: Direction::parse(row.try_get(0)?).ok_or(Error::Corrupt("direction of a figure"))?,
        cause: Cause::parse(row.try_get(1)?).ok_or(Error::Corrupt("cause of a figure"))?,
        answered: row.try_get::<i64, _>(2)? != 0,
        hotline: some(hotline).map(|id| id.parse()).transpose().map_err(|_| Error::Corrupt("hotline of a figure"))?,
        extension: some(extension)
            .map(|id| id.parse())
            .transpose()
            .map_err(|_| Error::Corrupt("extension of a figure"))?,
    })
}

fn read_sums(row: &AnyRow, at: usize) -> Result<Sums, Error> {
    Ok(Sums {
        calls: row.try_get(at)?,
        talk_ms: row.try_get(at + 1)?,
        wait_ms: row.try_get(at + 2)?,
        duration_ms: row.try_get(at + 3)?,
    })
}
