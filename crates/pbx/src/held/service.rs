//! What one can do with held numbers. Whether the holder may act for the other company is known one floor up: it hands in an
//! actor of that company.

use super::{Held, NETWORKS, NewHeld, repo};
use crate::group::{self, NewGroup};
use crate::hotline::{self, NewHotline, Target};
use crate::{config, extension};
use model::{Actor, ExtensionId, Faults, HotlineId, Kind, PageRequest, Permission, PhoneNumber, Problem, id_ending};
use store::{Db, Walk, mint, now};

/// The longest description.
const DESCRIPTION: usize = 500;

/// Adds a number.
pub async fn hold(actor: &Actor, db: &Db, new: NewHeld) -> Result<Held, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(actor.tenant).await?;
    let country = hotline::repo::country(&mut tx).await?;
    let mut faults = Faults::default();
    let number = PhoneNumber::parse(&new.number, &country);
    if number.is_none() {
        faults.add("hotline", "Use a telephone number of 3 to 15 digits: 028 7300 0001.");
    }
    if !config::good_name(&new.name) || new.name.chars().any(char::is_control) {
        faults.add("name", "Use 1 to 200 characters.");
    }
    if new.description.chars().count() > DESCRIPTION {
        faults.add("description", format!("Use at most {DESCRIPTION} characters."));
    }
    if !NETWORKS.contains(&new.network.as_str()) {
        faults.add("network", format!("Use one of: {}.", NETWORKS.join(", ")));
    }
    faults.done()?;
    let now = now().as_millis();
    let held = Held {
        id: mint(),
        number: number.map(|number| number.to_string()).unwrap_or_default(),
        name: new.name.trim().to_owned(),
        description: new.description,
        network: new.network,
        free_of_charge: new.free_of_charge,
        owner: new.owner,
        hotline: None,
        group: None,
        created_at: now,
        updated_at: now,
    };
    repo::insert(&mut tx, &held)
        .await
        .map_err(|error| config::taken(error, "hotline", format!("The number {} is held already.", held.number)))?;
    tx.commit().await?;
    Ok(held)
}

/// The numbers that the actor's company holds as they were added, from a place on; and whether there are more.
pub async fn walk(actor: &Actor, db: &Db, walk: Walk) -> Result<(Vec<Held>, bool), Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let walk = Walk { limit: walk.limit.clamp(1, PageRequest::MAX), ..walk };
    Ok(walk.cut(repo::walk(&mut tx, &walk).await?))
}

/// The one whose id has this number.
pub async fn find_by_id_number(actor: &Actor, db: &Db, number: u64) -> Result<Option<Held>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let Some(ending) = id_ending(number) else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_ending(&mut tx, &ending).await?)
}

/// Those of others' numbers that are these hotlines of the actor's company.
pub async fn given_to(actor: &Actor, db: &Db, hotlines: &[HotlineId]) -> Result<Vec<Held>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::given_to(&mut tx, hotlines).await?)
}

/// Makes a number a hotline of another company, on its one trunk, with a ring group of its own that extensions join.
pub async fn give(actor: &Actor, db: &Db, id: HotlineId, to: &Actor) -> Result<Held, Problem> {
    actor.require(Permission::EditConfig)?;
    to.require(Permission::EditConfig)?;
    let mut tx = config::change(db, to.tenant).await?;
    let mut held = repo::find(&mut tx, actor.tenant, id).await?.ok_or_else(|| Problem::not_found("hotline"))?;
    if held.hotline.is_some() {
        return Err(Problem::conflict("in_use", "The hotline is in a tenant already; take it out there first."));
    }
    if held.owner.is_some_and(|owner| owner != to.tenant) {
        return Err(Problem::conflict("other_owner", "The hotline belongs to another owner."));
    }
    let group = group::insert(&mut tx, NewGroup::of(held.name.clone(), [])).await?.id;
    let (number, name, target) = (held.number.clone(), Some(held.name.clone()), Target::Group(group));
    let hotline = hotline::insert(&mut tx, NewHotline { name, ..NewHotline::to(number, target) }).await?.id;
    (held.owner, held.hotline, held.group) = (Some(to.tenant), Some(hotline), Some(group));
    held.updated_at = now().as_millis();
    repo::save(&mut tx, actor.tenant, &held).await?;
    tx.commit().await?;
    Ok(held)
}

/// Takes a number back: the hotline is deleted, and the ring group that came with it unless something else leads there.
pub async fn take_back(actor: &Actor, db: &Db, id: HotlineId, from: &Actor) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let held = repo::find(&mut tx, actor.tenant, id).await?.ok_or_else(|| Problem::not_found("hotline"))?;
    drop(tx);
    if held.owner != Some(from.tenant) {
        return Err(Problem::conflict("other_owner", "The hotline belongs to another owner."));
    }
    if let Some(hotline) = held.hotline {
        gone(hotline::delete(from, db, hotline).await)?;
    }
    if let Some(group) = held.group {
        match gone(group::delete(from, db, group).await) {
            Err(problem) if problem.kind == Kind::Conflict => {}
            other => other?,
        }
    }
    let mut tx = db.write(actor.tenant).await?;
    let back = Held { hotline: None, group: None, updated_at: now().as_millis(), ..held };
    repo::save(&mut tx, actor.tenant, &back).await?;
    Ok(tx.commit().await?)
}

/// Forgets a number that no company uses.
pub async fn release(actor: &Actor, db: &Db, id: HotlineId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(actor.tenant).await?;
    let held = repo::find(&mut tx, actor.tenant, id).await?.ok_or_else(|| Problem::not_found("hotline"))?;
    if held.hotline.is_some() {
        return Err(Problem::conflict("in_use", "The hotline is in a tenant; take it out there first."));
    }
    repo::delete(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// Lets an extension ring when the hotline is called, when the hotline was given and still leads to the group it came with.
pub async fn join(actor: &Actor, db: &Db, hotline: HotlineId, extension: ExtensionId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let given = repo::given_to(&mut tx, &[hotline]).await?;
    let group = given.first().and_then(|held| held.group);
    let (Some(group), Some(found)) = (group, hotline::repo::find(&mut tx, hotline).await?) else { return Ok(()) };
    if found.target != Target::Group(group) || extension::repo::find(&mut tx, extension).await?.is_none() {
        return Ok(());
    }
    group::add_member(&mut tx, group, extension).await?;
    Ok(tx.commit().await?)
}

/// What was deleted before is deleted.
fn gone(done: Result<(), Problem>) -> Result<(), Problem> {
    match done {
        Err(problem) if problem.kind == Kind::NotFound => Ok(()),
        other => other,
    }
}
