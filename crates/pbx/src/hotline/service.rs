//! What one can do with public numbers.

use super::{Hotline, HotlinePatch, NewHotline, repo};
use crate::trunk::parse_address;
use crate::{config, extension, recording, schedule, target, trunk};
use model::{
    Actor, Faults, HotlineId, Network, Page, PageRequest, Permission, PhoneNumber, Problem, TrunkId, id_ending,
};
use store::{Db, Tx, Walk, mint, now};

/// Adds a public number.
pub async fn create(actor: &Actor, db: &Db, new: NewHotline) -> Result<Hotline, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let hotline = insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(hotline)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewHotline) -> Result<Hotline, Problem> {
    let country = repo::country(tx).await?;
    let number = PhoneNumber::parse(&new.number, &country)
        .ok_or_else(|| Problem::invalid("number", "Use a telephone number of 3 to 15 digits: 028 7300 0001."))?;
    let name = new.name.unwrap_or_else(|| number.to_string());
    check_name(&name)?;
    let trunk = match new.trunk {
        Some(trunk) => trunk,
        None => only_trunk(tx).await?,
    };
    check_trunk(tx, trunk, number.as_str()).await?;
    let now = now().as_millis();
    let hotline = Hotline {
        id: mint(),
        number: number.to_string(),
        name: name.trim().to_owned(),
        trunk,
        target: new.target,
        schedule: new.schedule,
        closed_target: new.closed_target,
        holiday_target: new.holiday_target,
        created_at: now,
        updated_at: now,
    };
    check_targets(tx, &hotline).await?;
    repo::insert(tx, &hotline).await.map_err(|error| taken(error, &hotline.number))?;
    tx.emit(config::event("hotline.created", hotline.id, &hotline.number));
    Ok(hotline)
}

fn taken(error: store::Error, number: &str) -> Problem {
    config::taken(error, "number", format!("The number {number} is on this trunk already."))
}

fn check_name(name: &str) -> Result<(), Problem> {
    if config::good_name(name) {
        return Ok(());
    }
    Err(Problem::invalid("name", "Use 1 to 200 characters."))
}

async fn only_trunk(tx: &mut Tx) -> Result<TrunkId, Problem> {
    match trunk::repo::all(tx).await?.as_slice() {
        [(only, _)] => Ok(only.id),
        [] => Err(Problem::invalid("trunk", "Create a trunk first: calls to the number must come in somewhere.")),
        _ => Err(Problem::invalid(
            "trunk",
            "The company has several trunks; say by which one the number's calls come in.",
        )),
    }
}

/// The trunk is ours, and no other trunk brings calls to this number from the same address.
async fn check_trunk(tx: &mut Tx, id: TrunkId, number: &str) -> Result<(), Problem> {
    let found = trunk::repo::find(tx, id).await?;
    let found = found.ok_or_else(|| Problem::invalid("trunk", "There is no such trunk."))?;
    config::alone(tx).await?;
    clash_free(tx, id, number, &found.addresses).await
}

/// Before a trunk's addresses change: each of its numbers must still have one way in.
pub(crate) async fn check_sources(tx: &mut Tx, trunk: TrunkId, addresses: &[String]) -> Result<(), Problem> {
    config::alone(tx).await?;
    for number in repo::numbers_on(tx, trunk).await? {
        clash_free(tx, trunk, &number, addresses).await?;
    }
    Ok(())
}

async fn clash_free(tx: &mut Tx, trunk: TrunkId, number: &str, addresses: &[String]) -> Result<(), Problem> {
    let ours: Vec<Network> = addresses.iter().filter_map(|address| parse_address(address)).collect();
    for theirs in repo::other_sources(tx, number, trunk).await? {
        let Some(network) = parse_address(&theirs) else { continue };
        if ours.iter().any(|our| our.overlaps(&network)) {
            let message =
                format!("Calls to {number} from {network} already belong to another trunk of this installation.");
            return Err(Problem::conflict("number_taken", message.clone()).with_field("number", message));
        }
    }
    Ok(())
}

/// Where it leads exists, and a number that closes says where its callers go then.
async fn check_targets(tx: &mut Tx, hotline: &Hotline) -> Result<(), Problem> {
    let mut faults = Faults::default();
    let targets = [
        ("target", Some(hotline.target)),
        ("closed_target", hotline.closed_target),
        ("holiday_target", hotline.holiday_target),
    ];
    for (field, target) in targets.into_iter().filter_map(|(field, target)| Some((field, target?))) {
        if !target::exists(tx, target).await? {
            faults.add(field, format!("There is no such {}.", target.kind()));
        }
    }
    match hotline.schedule {
        Some(id) if schedule::repo::find(tx, id).await?.is_none() => {
            faults.add("schedule", "There is no such schedule.")
        }
        Some(_) if hotline.closed_target.is_none() => {
            faults.add("closed_target", "Say where callers go while the schedule is closed.");
        }
        Some(_) | None => {}
    }
    faults.done()
}

/// One public number.
pub async fn get(actor: &Actor, db: &Db, id: HotlineId) -> Result<Hotline, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("hotline"))
}

/// The public number whose id has this number.
pub async fn find_by_id_number(actor: &Actor, db: &Db, number: u64) -> Result<Option<Hotline>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let Some(ending) = id_ending(number) else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_ending(&mut tx, &ending).await?)
}

/// The public numbers as they were made, from a place on; and whether there are more.
pub async fn walk(actor: &Actor, db: &Db, walk: Walk) -> Result<(Vec<Hotline>, bool), Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let walk = Walk { limit: walk.limit.clamp(1, PageRequest::MAX), ..walk };
    Ok(walk.cut(repo::walk(&mut tx, &walk).await?))
}

/// The public numbers in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Hotline>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |hotline| hotline.id.to_string()))
}

/// Changes a public number.
pub async fn update(actor: &Actor, db: &Db, id: HotlineId, patch: HotlinePatch) -> Result<Hotline, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let hotline = amend(&mut tx, id, patch).await?;
    tx.commit().await?;
    Ok(hotline)
}

/// Changes one inside a transaction.
pub(crate) async fn amend(tx: &mut Tx, id: HotlineId, patch: HotlinePatch) -> Result<Hotline, Problem> {
    let mut hotline = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("hotline"))?;
    if let Some(name) = patch.name {
        check_name(&name)?;
        hotline.name = name.trim().to_owned();
    }
    if let Some(trunk) = patch.trunk {
        check_trunk(tx, trunk, &hotline.number).await?;
        hotline.trunk = trunk;
    }
    if let Some(target) = patch.target {
        hotline.target = target;
    }
    hotline.schedule = patch.schedule.unwrap_or(hotline.schedule);
    hotline.closed_target = patch.closed_target.unwrap_or(hotline.closed_target);
    hotline.holiday_target = patch.holiday_target.unwrap_or(hotline.holiday_target);
    check_targets(tx, &hotline).await?;
    hotline.updated_at = now().as_millis();
    repo::save(tx, &hotline).await.map_err(|error| taken(error, &hotline.number))?;
    tx.emit(config::event("hotline.updated", id, &hotline.number));
    Ok(hotline)
}

/// Deletes a public number that no extension shows.
pub async fn delete(actor: &Actor, db: &Db, id: HotlineId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let hotline = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("hotline"))?;
    let users = extension::repo::showing(&mut tx, &id.to_string()).await?;
    config::unused(&format!("The hotline {}", hotline.number), &users)?;
    recording::repo::forget(&mut tx, &id.to_string()).await?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("hotline.deleted", id, &hotline.number));
    tx.commit().await?;
    Ok(())
}
