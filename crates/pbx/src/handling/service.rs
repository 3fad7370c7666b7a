//! What one can do with an extension's handling of calls.

use super::{Handling, HandlingPatch, repo};
use crate::{config, extension, hotline};
use model::{Actor, ExtensionId, Faults, Kind, Permission, Problem};
use store::{Db, Tx};

/// How an extension handles calls.
pub async fn get(actor: &Actor, db: &Db, id: ExtensionId) -> Result<Handling, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    exists(&mut tx, id).await?;
    Ok(repo::find(&mut tx, id).await?)
}

/// Changes how an extension handles calls.
pub async fn patch(actor: &Actor, db: &Db, id: ExtensionId, patch: HandlingPatch) -> Result<Handling, Problem> {
    actor.require(Permission::EditConfig)?;
    change(actor, db, id, patch).await
}

/// How the extension of the one who asks handles calls.
pub async fn own(actor: &Actor, db: &Db) -> Result<Handling, Problem> {
    actor.require(Permission::MakeCalls)?;
    let id = own_extension(actor, db).await?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find(&mut tx, id).await?)
}

/// Changes how the extension of the one who asks handles calls.
pub async fn patch_own(actor: &Actor, db: &Db, patch: HandlingPatch) -> Result<Handling, Problem> {
    actor.require(Permission::MakeCalls)?;
    let id = own_extension(actor, db).await?;
    change(actor, db, id, patch).await
}

/// What a phone of the extension asks for by a code it dials. The call has proved whose phone it is.
pub async fn set(actor: &Actor, db: &Db, id: ExtensionId, patch: HandlingPatch) -> Result<Handling, Problem> {
    change(actor, db, id, patch).await
}

/// The extension of the one who asks.
pub(crate) async fn own_extension(actor: &Actor, db: &Db) -> Result<ExtensionId, Problem> {
    let own = match actor.user {
        Some(user) => extension::repo::find_by_user(&mut db.read(actor.tenant).await?, user).await?,
        None => None,
    };
    own.map(|extension| extension.id)
        .ok_or_else(|| Problem::new(Kind::NotFound, "no_phone", "You have no extension; a manager can give you one."))
}

async fn exists(tx: &mut Tx, id: ExtensionId) -> Result<String, Problem> {
    let found = extension::repo::find(tx, id).await?;
    found.map(|extension| extension.number).ok_or_else(|| Problem::not_found("extension"))
}

async fn change(actor: &Actor, db: &Db, id: ExtensionId, patch: HandlingPatch) -> Result<Handling, Problem> {
    let mut tx = config::change(db, actor.tenant).await?;
    let number = exists(&mut tx, id).await?;
    let handling = repo::find(&mut tx, id).await?.with(patch);
    let country = hotline::repo::country(&mut tx).await?;
    let mut faults = Faults::default();
    handling.check(&number, &country, &mut faults);
    faults.done()?;
    repo::save(&mut tx, id, &handling).await?;
    tx.emit(config::event("extension.handling", id, &number));
    tx.commit().await?;
    Ok(handling)
}
