//! What one can do with schedules.

use super::{NewSchedule, Schedule, SchedulePatch, repo};
use crate::{broadcast, config, flow, hotline, simulate};
use ::flow::Reference;
use model::{Actor, Faults, Page, PageRequest, Permission, Problem, ScheduleId, Timestamp};
use store::{Db, Tx, mint, now};

/// Creates a schedule.
pub async fn create(actor: &Actor, db: &Db, new: NewSchedule) -> Result<Schedule, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let schedule = insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(schedule)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewSchedule) -> Result<Schedule, Problem> {
    let now = now().as_millis();
    let schedule = Schedule {
        id: mint(),
        name: new.name.trim().to_owned(),
        time_zone: new.time_zone,
        weekly: new.weekly,
        holidays: new.holidays,
        created_at: now,
        updated_at: now,
    };
    checked(&schedule)?;
    repo::insert(tx, &schedule).await?;
    tx.emit(config::event("schedule.created", schedule.id, &schedule.name));
    Ok(schedule)
}

fn checked(schedule: &Schedule) -> Result<(), Problem> {
    let mut faults = Faults::default();
    schedule.check(&mut faults);
    faults.done()
}

/// One schedule.
pub async fn get(actor: &Actor, db: &Db, id: ScheduleId) -> Result<Schedule, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("schedule"))
}

/// What the schedule says of a moment (as in [`simulate::moment`]): its word, the holiday when it is one, and the moment.
pub async fn check(
    actor: &Actor,
    db: &Db,
    id: ScheduleId,
    at: Option<&str>,
) -> Result<(&'static str, Option<String>, Timestamp), Problem> {
    let schedule = get(actor, db, id).await?;
    let mut tx = db.read(actor.tenant).await?;
    let zone = hotline::repo::time_zone(&mut tx).await?;
    let at = simulate::moment(&zone, at)?;
    let state = schedule.at(at, &schedule.zone(&zone));
    let holiday = match state {
        super::State::Holiday(name) => Some(name.to_owned()),
        super::State::Open | super::State::Closed => None,
    };
    Ok((state.as_str(), holiday, at))
}

/// The schedules in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Schedule>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |schedule| schedule.id.to_string()))
}

/// Changes a schedule.
pub async fn update(actor: &Actor, db: &Db, id: ScheduleId, patch: SchedulePatch) -> Result<Schedule, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let schedule = amend(&mut tx, id, patch).await?;
    tx.commit().await?;
    Ok(schedule)
}

/// Changes one inside a transaction.
pub(crate) async fn amend(tx: &mut Tx, id: ScheduleId, patch: SchedulePatch) -> Result<Schedule, Problem> {
    let mut schedule = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("schedule"))?;
    schedule.name = patch.name.map_or(schedule.name, |name| name.trim().to_owned());
    schedule.time_zone = patch.time_zone.unwrap_or(schedule.time_zone);
    schedule.weekly = patch.weekly.unwrap_or(schedule.weekly);
    schedule.holidays = patch.holidays.unwrap_or(schedule.holidays);
    schedule.updated_at = now().as_millis();
    checked(&schedule)?;
    repo::save(tx, &schedule).await?;
    tx.emit(config::event("schedule.updated", id, &schedule.name));
    Ok(schedule)
}

/// Deletes a schedule that no hotline, no flow and no broadcast goes by.
pub async fn delete(actor: &Actor, db: &Db, id: ScheduleId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let schedule = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("schedule"))?;
    let users = users(&mut tx, id).await?;
    config::unused(&format!("The schedule {}", schedule.name), &users)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("schedule.deleted", id, &schedule.name));
    tx.commit().await?;
    Ok(())
}

async fn users(tx: &mut Tx, id: ScheduleId) -> Result<Vec<String>, Problem> {
    let mut users = hotline::repo::hotlines_by(tx, id).await?;
    users.extend(flow::repo::flows_with(tx, Reference::Schedule(id)).await?);
    users.extend(broadcast::repo::broadcasts_by(tx, id).await?);
    Ok(users)
}
