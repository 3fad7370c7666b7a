//! How public numbers are stored.

use super::{Hotline, Target};
use model::{HotlineId, ScheduleId, TrunkId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Cell, Error, Sql, Tx, Walk};

/// The calling code of the company's country, to read numbers with.
pub(crate) async fn country(tx: &mut Tx) -> Result<String, Error> {
    let row = sqlx::query("select country from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

/// The company's time zone.
pub(crate) async fn time_zone(tx: &mut Tx) -> Result<String, Error> {
    let row = sqlx::query("select time_zone from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

pub(super) async fn insert(tx: &mut Tx, hotline: &Hotline) -> Result<(), Error> {
    sqlx::query(
        "insert into hotlines (id, tenant_id, number, name, trunk_id, target_kind, target_id, schedule_id, closed_kind,
                               closed_id, holiday_kind, holiday_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
    )
    .bind(hotline.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&hotline.number)
    .bind(&hotline.name)
    .bind(hotline.trunk.to_string())
    .bind(hotline.target.kind())
    .bind(hotline.target.to_string())
    .bind(hotline.schedule.map(|id| id.to_string()))
    .bind(hotline.closed_target.map(|target| target.kind()))
    .bind(hotline.closed_target.map(|target| target.to_string()))
    .bind(hotline.holiday_target.map(|target| target.kind()))
    .bind(hotline.holiday_target.map(|target| target.to_string()))
    .bind(hotline.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, hotline: &Hotline) -> Result<(), Error> {
    sqlx::query(
        "update hotlines
         set name = $3, trunk_id = $4, target_kind = $5, target_id = $6, schedule_id = $7, closed_kind = $8,
             closed_id = $9, holiday_kind = $10, holiday_id = $11, updated_at = $12
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(hotline.id.to_string())
    .bind(&hotline.name)
    .bind(hotline.trunk.to_string())
    .bind(hotline.target.kind())
    .bind(hotline.target.to_string())
    .bind(hotline.schedule.map(|id| id.to_string()))
    .bind(hotline.closed_target.map(|target| target.kind()))
    .bind(hotline.closed_target.map(|target| target.to_string()))
    .bind(hotline.holiday_target.map(|target| target.kind()))
    .bind(hotline.holiday_target.map(|target| target.to_string()))
    .bind(hotline.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: HotlineId) -> Result<(), Error> {
    sqlx::query("delete from hotlines where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, number, name, trunk_id, target_kind, target_id, created_at, updated_at,
       schedule_id, closed_kind, closed_id, holiday_kind, holiday_id
from hotlines
where tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: HotlineId) -> Result<Option<Hotline>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

/// These public numbers.
pub(crate) async fn some(tx: &mut Tx, ids: &[HotlineId]) -> Result<Vec<Hotline>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// The one whose id ends so.
pub(super) async fn find_ending(tx: &mut Tx, ending: &str) -> Result<Option<Hotline>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand substr(id, 19) = ").bind(ending);
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn walk(tx: &mut Tx, walk: &Walk) -> Result<Vec<Hotline>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant());
    walk.end(&mut sql);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Hotline>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// All public numbers of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Hotline>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Hotlines whose callers go to this flow, group or extension.
pub(crate) async fn hotlines_to(tx: &mut Tx, target: &str) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select number
         from hotlines
         where tenant_id = $1
         and (target_id = $2 or closed_id = $2 or holiday_id = $2)
         order by number",
    )
    .bind(tx.tenant().to_owned())
    .bind(target)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(format!("hotline {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Hotlines that are open by this schedule, for people.
pub(crate) async fn hotlines_by(tx: &mut Tx, schedule: ScheduleId) -> Result<Vec<String>, Error> {
    let rows = sqlx::query("select number from hotlines where tenant_id = $1 and schedule_id = $2 order by number")
        .bind(tx.tenant().to_owned())
        .bind(schedule.to_string())
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| Ok(format!("hotline {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Hotlines on this trunk, for people.
pub(crate) async fn hotlines_on(tx: &mut Tx, trunk: TrunkId) -> Result<Vec<String>, Error> {
    Ok(numbers_on(tx, trunk).await?.into_iter().map(|number| format!("hotline {number}")).collect())
}

pub(super) async fn numbers_on(tx: &mut Tx, trunk: TrunkId) -> Result<Vec<String>, Error> {
    let rows = sqlx::query("select number from hotlines where tenant_id = $1 and trunk_id = $2 order by number")
        .bind(tx.tenant().to_owned())
        .bind(trunk.to_string())
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The addresses from which other trunks, of whatever company, bring calls to this number. Addresses only: whose
/// they are stays with whom they belong to.
pub(super) async fn other_sources(tx: &mut Tx, number: &str, trunk: TrunkId) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select a.address
         from hotlines h
         join trunk_addresses a on a.trunk_id = h.trunk_id and a.tenant_id = h.tenant_id
         where h.number = $1
         and h.trunk_id <> $2",
    )
    .bind(number)
    .bind(trunk.to_string())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

fn read(row: &AnyRow) -> Result<Hotline, Error> {
    Ok(Hotline {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("hotline id"))?,
        number: row.try_get(1)?,
        name: row.try_get(2)?,
        trunk: row.try_get::<&str, _>(3)?.parse().map_err(|_| Error::Corrupt("trunk id of a hotline"))?,
        target: Target::parse(row.try_get(4)?, row.try_get(5)?).ok_or(Error::Corrupt("target of a hotline"))?,
        schedule: match row.try_get::<Option<&str>, _>(8)? {
            Some(id) => Some(id.parse().map_err(|_| Error::Corrupt("schedule of a hotline"))?),
            None => None,
        },
        closed_target: Target::stored(row.try_get(9)?, row.try_get(10)?)?,
        holiday_target: Target::stored(row.try_get(11)?, row.try_get(12)?)?,
        created_at: row.try_get(6)?,
        updated_at: row.try_get(7)?,
    })
}
