//! What one can do with queues.

use super::{NewQueue, Queue, QueuePatch, repo};
use crate::target::{self, Target};
use crate::{callback, config, extension, flow, greeting, recording};
use ::flow::Reference;
use model::{Actor, ExtensionId, Faults, Page, PageRequest, Permission, Problem, QueueId};
use std::collections::HashSet;
use store::{Db, Tx, mint, now};

/// Creates a queue.
pub async fn create(actor: &Actor, db: &Db, new: NewQueue) -> Result<Queue, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let queue = insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(queue)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewQueue) -> Result<Queue, Problem> {
    let now = now().as_millis();
    let queue = Queue {
        id: mint(),
        name: new.name.trim().to_owned(),
        number: new.number,
        members: new.members,
        settings: new.settings,
        sounds: new.sounds,
        overflow: new.overflow,
        created_at: now,
        updated_at: now,
    };
    check(tx, &queue).await?;
    repo::insert(tx, &queue).await.map_err(|error| taken(error, &queue))?;
    tx.emit(config::event("queue.created", queue.id, &queue.name));
    Ok(queue)
}

fn taken(error: store::Error, queue: &Queue) -> Problem {
    let number = queue.number.as_deref().unwrap_or_default();
    config::taken(error, "number", format!("The number {number} is taken; choose another."))
}

async fn check(tx: &mut Tx, queue: &Queue) -> Result<(), Problem> {
    let mut faults = Faults::default();
    queue.check(&mut faults);
    let agents: Vec<ExtensionId> = queue.members.iter().map(|member| member.extension).collect();
    let there = extension::repo::existing(tx, &agents).await?;
    let mut seen: HashSet<ExtensionId> = HashSet::new();
    for (place, member) in agents.iter().enumerate() {
        if !there.contains(member) {
            faults.add(format!("members[{place}].extension"), "There is no such extension.");
        } else if !seen.insert(*member) {
            faults.add(format!("members[{place}].extension"), "This extension stands in the list twice.");
        }
    }
    let sounds = queue.sounds.named();
    let known = greeting::repo::existing(tx, &sounds.iter().map(|(_, id)| *id).collect::<Vec<_>>()).await?;
    for (field, id) in sounds {
        if !known.contains(&id) {
            faults.add(field, "There is no such greeting.");
        }
    }
    if let Some(survey) = queue.settings.survey
        && !flow::repo::existing(tx, &[survey]).await?.contains(&survey)
    {
        faults.add("settings.survey", "There is no such flow.");
    }
    match queue.overflow {
        Some(Target::Queue(id)) if id == queue.id => {
            faults.add("overflow", "A queue cannot overflow into itself; choose another target.");
        }
        Some(target) if !target::exists(tx, target).await? => {
            faults.add("overflow", format!("There is no such {}.", target.kind()));
        }
        Some(_) | None => {}
    }
    if let Some(number) = &queue.number
        && extension::repo::find_by_number(tx, number).await?.is_some()
    {
        faults.add("number", format!("The number {number} is an extension's; choose another."));
    }
    faults.done()
}

/// One queue.
pub async fn get(actor: &Actor, db: &Db, id: QueueId) -> Result<Queue, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("queue"))
}

/// The queues in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Queue>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |queue| queue.id.to_string()))
}

/// Changes a queue. Who waits in it goes on waiting, in the same order.
pub async fn update(actor: &Actor, db: &Db, id: QueueId, patch: QueuePatch) -> Result<Queue, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let queue = amend(&mut tx, id, patch).await?;
    tx.commit().await?;
    Ok(queue)
}

/// Changes one inside a transaction.
pub(crate) async fn amend(tx: &mut Tx, id: QueueId, patch: QueuePatch) -> Result<Queue, Problem> {
    let mut queue = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("queue"))?;
    queue.name = patch.name.map_or(queue.name, |name| name.trim().to_owned());
    queue.number = patch.number.unwrap_or(queue.number);
    queue.members = patch.members.unwrap_or(queue.members);
    queue.settings = patch.settings.unwrap_or(queue.settings);
    queue.sounds = patch.sounds.unwrap_or(queue.sounds);
    queue.overflow = patch.overflow.unwrap_or(queue.overflow);
    queue.updated_at = now().as_millis();
    check(tx, &queue).await?;
    repo::save(tx, &queue).await.map_err(|error| taken(error, &queue))?;
    tx.emit(config::event("queue.updated", id, &queue.name));
    Ok(queue)
}

/// Deletes a queue that nothing leads to. Who waits in it is sent on.
pub async fn delete(actor: &Actor, db: &Db, id: QueueId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let queue = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("queue"))?;
    let mut users = target::leading_to(&mut tx, &id.to_string()).await?;
    users.extend(flow::repo::flows_with(&mut tx, Reference::Queue(id)).await?);
    config::unused(&format!("The queue {}", queue.name), &users)?;
    recording::repo::forget(&mut tx, &id.to_string()).await?;
    repo::delete(&mut tx, id).await?;
    callback::repo::cancel_of(&mut tx, id, now().as_millis()).await?;
    tx.emit(config::event("queue.deleted", id, &queue.name));
    tx.commit().await?;
    Ok(())
}
