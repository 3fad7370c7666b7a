//! What one can do with carriers.

use super::{NewTrunk, Trunk, TrunkPatch, repo};
use crate::{config, hotline};
use model::{Actor, Faults, Page, PageRequest, Permission, Problem, TrunkId};
use store::{Db, Tx, mint, now};

/// Creates a way to a carrier.
pub async fn create(actor: &Actor, db: &Db, new: NewTrunk) -> Result<Trunk, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let trunk = insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(trunk)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewTrunk) -> Result<Trunk, Problem> {
    let (mut trunk, password) = new.complete(mint(), now().as_millis());
    let mut faults = Faults::default();
    trunk.settle(password.as_deref(), &mut faults);
    faults.done()?;
    repo::insert(tx, &trunk, password.as_deref()).await?;
    tx.emit(config::event("trunk.created", trunk.id, &trunk.name));
    Ok(trunk)
}

/// One way to a carrier.
pub async fn get(actor: &Actor, db: &Db, id: TrunkId) -> Result<Trunk, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("trunk"))
}

/// The ways to carriers in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Trunk>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |trunk| trunk.id.to_string()))
}

/// Changes a way to a carrier.
pub async fn update(actor: &Actor, db: &Db, id: TrunkId, mut patch: TrunkPatch) -> Result<Trunk, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let mut trunk = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("trunk"))?;
    let password = patch.password.take();
    trunk.apply(patch, now().as_millis());
    let mut faults = Faults::default();
    trunk.settle(password.as_deref(), &mut faults);
    faults.done()?;
    hotline::check_sources(&mut tx, id, &trunk.addresses).await?;
    repo::save(&mut tx, &trunk, password.as_deref()).await?;
    tx.emit(config::event("trunk.updated", id, &trunk.name));
    tx.commit().await?;
    Ok(trunk)
}

/// Deletes a way to a carrier that no hotline uses.
pub async fn delete(actor: &Actor, db: &Db, id: TrunkId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let trunk = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("trunk"))?;
    let users = hotline::repo::hotlines_on(&mut tx, id).await?;
    config::unused(&format!("The trunk {}", trunk.name), &users)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("trunk.deleted", id, &trunk.name));
    tx.commit().await?;
    Ok(())
}
