//! How schedules are stored.

use super::{Holiday, Schedule, WeeklyHours};
use model::ScheduleId;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use store::{Cell, Error, Sql, Tx};

/// What nobody searches.
#[derive(Serialize, Deserialize)]
struct Rules {
    weekly: Vec<WeeklyHours>,
    holidays: Vec<Holiday>,
}

fn rules(schedule: &Schedule) -> String {
    let rules = Rules { weekly: schedule.weekly.clone(), holidays: schedule.holidays.clone() };
    serde_json::to_string(&rules).expect("texts and flags are always JSON")
}

pub(super) async fn insert(tx: &mut Tx, schedule: &Schedule) -> Result<(), Error> {
    sqlx::query(
        "insert into schedules (id, tenant_id, name, time_zone, rules, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(schedule.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&schedule.name)
    .bind(schedule.time_zone.as_deref())
    .bind(rules(schedule))
    .bind(schedule.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, schedule: &Schedule) -> Result<(), Error> {
    sqlx::query(
        "update schedules
         set name = $3, time_zone = $4, rules = $5, updated_at = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(schedule.id.to_string())
    .bind(&schedule.name)
    .bind(schedule.time_zone.as_deref())
    .bind(rules(schedule))
    .bind(schedule.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: ScheduleId) -> Result<(), Error> {
    sqlx::query("delete from schedules where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, name, time_zone, rules, created_at, updated_at
from schedules
where tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: ScheduleId) -> Result<Option<Schedule>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Schedule>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// All schedules of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Schedule>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[ScheduleId]) -> Result<HashSet<ScheduleId>, Error> {
    let mut sql = Sql::new("select id\nfrom schedules\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("schedule id"))).collect()
}

fn read(row: &AnyRow) -> Result<Schedule, Error> {
    let rules: Rules = serde_json::from_str(row.try_get(3)?).map_err(|_| Error::Corrupt("rules of a schedule"))?;
    Ok(Schedule {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("schedule id"))?,
        name: row.try_get(1)?,
        time_zone: row.try_get(2)?,
        weekly: rules.weekly,
        holidays: rules.holidays,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
    })
}
