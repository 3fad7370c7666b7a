//! What one can do with ring groups.

use super::{Group, GroupPatch, NewGroup, repo};
use crate::target::{self, Target};
use crate::{config, extension, flow};
use ::flow::Reference;
use model::{Actor, ExtensionId, Faults, GroupId, Page, PageRequest, Permission, Problem};
use std::collections::HashSet;
use store::{Db, Tx, mint, now};

/// Creates a ring group.
pub async fn create(actor: &Actor, db: &Db, new: NewGroup) -> Result<Group, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let group = insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(group)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewGroup) -> Result<Group, Problem> {
    let now = now().as_millis();
    let group = Group {
        id: mint(),
        name: new.name.trim().to_owned(),
        strategy: new.strategy,
        ring_ms: new.ring_ms,
        members: new.members,
        on_no_answer: new.on_no_answer,
        created_at: now,
        updated_at: now,
    };
    check(tx, &group).await?;
    repo::insert(tx, &group).await?;
    tx.emit(config::event("group.created", group.id, &group.name));
    Ok(group)
}

/// Lets an extension ring with the others of a group, behind them; nothing changes when the group is gone or has it.
pub(crate) async fn add_member(tx: &mut Tx, id: GroupId, member: ExtensionId) -> Result<(), Problem> {
    let Some(mut group) =
        repo::find(tx, id).await?.filter(|group| !group.members.iter().any(|one| one.extension == member))
    else {
        return Ok(());
    };
    group.members.push(member.into());
    group.updated_at = now().as_millis();
    check(tx, &group).await?;
    repo::save(tx, &group).await?;
    tx.emit(config::event("group.updated", id, &group.name));
    Ok(())
}

async fn check(tx: &mut Tx, group: &Group) -> Result<(), Problem> {
    let mut faults = Faults::default();
    group.check(&mut faults);
    let members: Vec<ExtensionId> = group.members.iter().map(|member| member.extension).collect();
    let there = extension::repo::existing(tx, &members).await?;
    let mut seen: HashSet<ExtensionId> = HashSet::new();
    for (place, member) in members.iter().enumerate() {
        if !there.contains(member) {
            faults.add(format!("members[{place}]"), "There is no such extension.");
        } else if !seen.insert(*member) {
            faults.add(format!("members[{place}]"), "This extension stands in the list twice.");
        }
    }
    match group.on_no_answer {
        Some(Target::Group(id)) if id == group.id => {
            faults.add("on_no_answer", "The group cannot leave its calls to itself.");
        }
        Some(target) if !target::exists(tx, target).await? => {
            faults.add("on_no_answer", format!("There is no such {}.", target.kind()));
        }
        Some(_) | None => {}
    }
    faults.done()
}

/// One ring group.
pub async fn get(actor: &Actor, db: &Db, id: GroupId) -> Result<Group, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("ring group"))
}

/// The ring groups in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Group>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |group| group.id.to_string()))
}

/// Changes a ring group.
pub async fn update(actor: &Actor, db: &Db, id: GroupId, patch: GroupPatch) -> Result<Group, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let group = amend(&mut tx, id, patch).await?;
    tx.commit().await?;
    Ok(group)
}

/// Changes one inside a transaction.
pub(crate) async fn amend(tx: &mut Tx, id: GroupId, patch: GroupPatch) -> Result<Group, Problem> {
    let mut group = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("ring group"))?;
    group.name = patch.name.map_or(group.name, |name| name.trim().to_owned());
    group.strategy = patch.strategy.unwrap_or(group.strategy);
    group.ring_ms = patch.ring_ms.unwrap_or(group.ring_ms);
    group.members = patch.members.unwrap_or(group.members);
    group.on_no_answer = patch.on_no_answer.unwrap_or(group.on_no_answer);
    group.updated_at = now().as_millis();
    check(tx, &group).await?;
    repo::save(tx, &group).await?;
    tx.emit(config::event("group.updated", id, &group.name));
    Ok(group)
}

/// Deletes a ring group that nothing leads to.
pub async fn delete(actor: &Actor, db: &Db, id: GroupId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let group = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("ring group"))?;
    let mut users = target::leading_to(&mut tx, &id.to_string()).await?;
    users.extend(flow::repo::flows_with(&mut tx, Reference::Group(id)).await?);
    config::unused(&format!("The ring group {}", group.name), &users)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("group.deleted", id, &group.name));
    tx.commit().await?;
    Ok(())
}
