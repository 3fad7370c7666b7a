//! What one can do with extensions.

use super::{CallFrom, Created, Extension, ExtensionPatch, NewExtension, repo};
use crate::{agent, config, device, flow, group, handling, hotline, limits, queue, recording, target, voicemail};
use ::flow::Reference;
use model::{
    Actor, ExtensionId, Faults, HotlineId, Network, Page, PageRequest, Permission, Problem, Slice, UserId, id_ending,
};
use std::collections::{HashMap, HashSet};
use store::mint::secret_text;
use store::{Db, Tx, Walk, mint, now};

/// The most extensions created at once.
const MOST: usize = 10_000;

/// Creates one extension.
pub async fn create(actor: &Actor, db: &Db, new: NewExtension) -> Result<Created, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let created = insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(created)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewExtension) -> Result<Created, Problem> {
    let mut faults = Faults::default();
    new.check("", &mut faults);
    faults.done()?;
    let number = new.number.clone();
    if queue::repo::numbers_taken(tx, &[&number]).await?.contains(&number) {
        let message = format!("The number {number} is a queue's; choose another.");
        return Err(Problem::conflict("already_exists", message.clone()).with_field("number", message));
    }
    if let Some(hotline) = new.hotline {
        check_hotline(tx, hotline).await?;
    }
    let created = insert_all(tx, vec![new])
        .await
        .map_err(|error| config::taken(error, "number", format!("The number {number} is taken; choose another.")))?;
    created.into_iter().next().ok_or_else(|| Problem::internal("An extension was created and not returned."))
}

/// Creates many extensions, all or none.
pub async fn create_many(actor: &Actor, db: &Db, new: Vec<NewExtension>) -> Result<Vec<Created>, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut faults = Faults::default();
    if new.len() > MOST {
        faults.add("extensions", format!("Create at most {MOST} extensions at once."));
    }
    let mut seen = HashSet::new();
    for (place, one) in new.iter().enumerate().take(MOST) {
        let path = format!("extensions[{place}].");
        one.check(&path, &mut faults);
        if !seen.insert(one.number.as_str()) {
            faults.add(format!("{path}number"), format!("The number {} stands in the list twice.", one.number));
        }
    }
    faults.done()?;
    let mut tx = config::change(db, actor.tenant).await?;
    let mut faults = Faults::default();
    let numbers: Vec<&str> = new.iter().map(|one| one.number.as_str()).collect();
    let mut taken = repo::numbers_taken(&mut tx, numbers.clone()).await?;
    taken.extend(queue::repo::numbers_taken(&mut tx, &numbers).await?);
    for (place, one) in new.iter().enumerate().filter(|(_, one)| taken.contains(&one.number)) {
        faults.add(format!("extensions[{place}].number"), format!("The number {} is taken.", one.number));
    }
    if let Err(problem) = faults.done() {
        return Err(Problem { kind: model::Kind::Conflict, code: "already_exists", ..problem });
    }
    for hotline in new.iter().filter_map(|one| one.hotline).collect::<HashSet<_>>() {
        check_hotline(&mut tx, hotline).await?;
    }
    let created = insert_all(&mut tx, new).await?;
    tx.commit().await?;
    Ok(created)
}

/// Writes checked extensions and their events.
pub(crate) async fn insert_all(tx: &mut Tx, new: Vec<NewExtension>) -> Result<Vec<Created>, store::Error> {
    let now = now().as_millis();
    let created: Vec<Created> = new
        .into_iter()
        .map(|one| Created {
            extension: Extension {
                id: mint(),
                name: one.name.map_or_else(|| one.number.clone(), |name| name.trim().to_owned()),
                number: one.number,
                hotline: one.hotline,
                user: None,
                enabled: true,
                allowed_networks: Vec::new(),
                call_from: CallFrom::default(),
                srtp: one.srtp,
                created_at: now,
                updated_at: now,
            },
            password: one.password.unwrap_or_else(|| secret_text(20)),
        })
        .collect();
    repo::insert(tx, &created).await?;
    for one in &created {
        tx.emit(config::event("extension.created", one.extension.id, &one.extension.number));
    }
    Ok(created)
}

async fn check_hotline(tx: &mut Tx, hotline: HotlineId) -> Result<(), Problem> {
    if hotline::repo::find(tx, hotline).await?.is_none() {
        return Err(Problem::invalid("hotline", "There is no such hotline."));
    }
    Ok(())
}

/// One extension.
pub async fn get(actor: &Actor, db: &Db, id: ExtensionId) -> Result<Extension, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("extension"))
}

/// The extension of this number.
pub async fn find_by_number(actor: &Actor, db: &Db, number: &str) -> Result<Option<Extension>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_by_number(&mut tx, number).await?)
}

/// The extension whose id has this number.
pub async fn find_by_id_number(actor: &Actor, db: &Db, number: u64) -> Result<Option<Extension>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let Some(ending) = id_ending(number) else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_ending(&mut tx, &ending).await?)
}

/// The extension of this person.
pub async fn find_by_user(actor: &Actor, db: &Db, user: UserId) -> Result<Option<Extension>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_by_user(&mut tx, user).await?)
}

/// The extensions on this hotline and with one of these numbers (all where none is named) as they were made, from a place on;
/// and whether there are more.
pub async fn walk(
    actor: &Actor,
    db: &Db,
    hotline: Option<HotlineId>,
    numbers: &[String],
    walk: Walk,
) -> Result<(Vec<Extension>, bool), Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let walk = Walk { limit: walk.limit.clamp(1, PageRequest::MAX), ..walk };
    Ok(walk.cut(repo::walk(&mut tx, hotline, numbers, &walk).await?))
}

/// Those of these that are there still, in no order.
pub async fn some(actor: &Actor, db: &Db, ids: &[ExtensionId]) -> Result<Vec<Extension>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::some(&mut tx, ids).await?)
}

/// A piece of the same list that [`list`] gives, by position.
pub async fn slice(
    actor: &Actor,
    db: &Db,
    search: Option<&str>,
    offset: u64,
    limit: u32,
) -> Result<Slice<Extension>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let total = repo::count(&mut tx, search).await?;
    let items = repo::slice(&mut tx, search, offset, limit.clamp(1, PageRequest::MAX)).await?;
    Ok(Slice { items, total })
}

/// The extensions by number; `search` keeps those whose number begins with it or whose name holds it.
pub async fn list(actor: &Actor, db: &Db, search: Option<&str>, page: PageRequest) -> Result<Page<Extension>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, search, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |extension| extension.number.clone()))
}

/// Changes an extension.
pub async fn update(actor: &Actor, db: &Db, id: ExtensionId, patch: ExtensionPatch) -> Result<Extension, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let extension = amend(&mut tx, id, patch).await?;
    tx.commit().await?;
    Ok(extension)
}

/// Changes one inside a transaction.
pub(crate) async fn amend(tx: &mut Tx, id: ExtensionId, patch: ExtensionPatch) -> Result<Extension, Problem> {
    let mut faults = Faults::default();
    patch.check(&mut faults);
    faults.done()?;
    let mut extension = repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("extension"))?;
    if let Some(Some(hotline)) = patch.hotline {
        check_hotline(tx, hotline).await?;
    }
    extension.name = patch.name.map_or(extension.name, |name| name.trim().to_owned());
    extension.hotline = patch.hotline.unwrap_or(extension.hotline);
    extension.enabled = patch.enabled.unwrap_or(extension.enabled);
    if let Some(networks) = patch.allowed_networks {
        let parsed = networks.iter().filter_map(|text| text.parse::<Network>().ok());
        extension.allowed_networks = parsed.map(|network| network.to_string()).collect();
    }
    extension.call_from = patch.call_from.unwrap_or(extension.call_from);
    extension.srtp = patch.srtp.unwrap_or(extension.srtp);
    extension.updated_at = now().as_millis();
    extension.user = patch.user.unwrap_or(extension.user);
    repo::save(tx, &extension, patch.password.as_deref()).await.map_err(|error| {
        config::taken(error, "user", "This person has an extension already; take that one away first.".to_owned())
    })?;
    tx.emit(config::event("extension.updated", id, &extension.number));
    Ok(extension)
}

/// Deletes an extension that nothing refers to.
pub async fn delete(actor: &Actor, db: &Db, id: ExtensionId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let extension = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("extension"))?;
    let mut users = group::repo::groups_with(&mut tx, id).await?;
    users.extend(target::leading_to(&mut tx, &id.to_string()).await?);
    users.extend(flow::repo::flows_with(&mut tx, Reference::Extension(id)).await?);
    users.extend(queue::repo::queues_with(&mut tx, id).await?);
    config::unused(&format!("Extension {}", extension.number), &users)?;
    device::delete_of(&mut tx, id).await?;
    limits::repo::delete(&mut tx, id).await?;
    handling::repo::delete(&mut tx, id).await?;
    voicemail::repo::delete(&mut tx, id).await?;
    agent::repo::delete(&mut tx, id).await?;
    recording::repo::forget(&mut tx, &id.to_string()).await?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("extension.deleted", id, &extension.number));
    tx.commit().await?;
    Ok(())
}

/// The SIP password, for whoever sets up the phone.
pub async fn password(actor: &Actor, db: &Db, id: ExtensionId) -> Result<String, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let sealed = repo::sealed_password(&mut tx, id).await?.ok_or_else(|| Problem::not_found("extension"))?;
    db.vault().unseal(&sealed, &id.to_string())
}

/// The passwords of those of these extensions that are there still.
pub async fn passwords(actor: &Actor, db: &Db, ids: &[ExtensionId]) -> Result<HashMap<ExtensionId, String>, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::passwords(&mut tx, ids).await?)
}

/// The extension of the one who asks, with the SIP password, for the phone in the browser.
pub async fn own(actor: &Actor, db: &Db) -> Result<Option<Created>, Problem> {
    actor.require(Permission::MakeCalls)?;
    let Some(user) = actor.user else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    let Some(extension) = repo::find_by_user(&mut tx, user).await? else { return Ok(None) };
    let sealed = repo::sealed_password(&mut tx, extension.id).await?.ok_or_else(|| Problem::not_found("extension"))?;
    let password = db.vault().unseal(&sealed, &extension.id.to_string())?;
    Ok(Some(Created { extension, password }))
}
