//! What one can do with limits.

use super::{Limits, LimitsPatch, repo};
use crate::{config, extension};
use model::{Actor, ExtensionId, Faults, Permission, Problem};
use store::{Db, Tx, now};

/// The limits of an extension, or of the company.
pub async fn get(actor: &Actor, db: &Db, extension: Option<ExtensionId>) -> Result<Limits, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    present(&mut tx, extension).await
}

/// Changes the limits of an extension, or of the company. An extension that is kept from calling out may call again.
pub async fn change(
    actor: &Actor,
    db: &Db,
    extension: Option<ExtensionId>,
    patch: LimitsPatch,
) -> Result<Limits, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let mut limits = present(&mut tx, extension).await?;
    limits.apply(patch);
    let mut faults = Faults::default();
    limits.check(extension.is_none(), &mut faults);
    faults.done()?;
    repo::save(&mut tx, extension, &limits, now().as_millis()).await?;
    let whose = extension.map_or_else(|| tx.tenant().to_owned(), |id| id.to_string());
    tx.emit(config::event("limits.updated", whose, "limits"));
    tx.commit().await?;
    Ok(limits)
}

async fn present(tx: &mut Tx, extension: Option<ExtensionId>) -> Result<Limits, Problem> {
    if let Some(id) = extension
        && extension::repo::find(tx, id).await?.is_none()
    {
        return Err(Problem::not_found("extension"));
    }
    let usual = if extension.is_some() { Limits::of_extension() } else { Limits::of_company() };
    Ok(repo::find(tx, extension).await?.unwrap_or(usual))
}
