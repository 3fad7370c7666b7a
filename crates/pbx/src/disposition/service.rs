//! What one can do with dispositions.

use super::{Disposition, MOST, repo, settled};
use crate::config;
use model::{Actor, DispositionId, Permission, Problem};
use store::{Db, mint, now};

/// The company's dispositions, oldest first, with those that are retired.
pub async fn list(actor: &Actor, db: &Db) -> Result<Vec<Disposition>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::all(&mut tx).await?)
}

/// Adds a disposition, or brings a retired one of this name back.
pub async fn create(actor: &Actor, db: &Db, name: &str) -> Result<Disposition, Problem> {
    actor.require(Permission::EditConfig)?;
    let name = settled(name)?;
    let mut tx = db.write(actor.tenant).await?;
    let known = repo::all(&mut tx).await?;
    if known.iter().filter(|one| !one.retired).count() >= MOST {
        let message = format!("A company has at most {MOST} dispositions; retire one first.");
        return Err(Problem::conflict("too_many", message));
    }
    let disposition = match known.into_iter().find(|one| one.retired && one.name == name) {
        Some(before) => {
            repo::save(&mut tx, before.id, &before.name, None).await?;
            Disposition { retired: false, ..before }
        }
        None => {
            let new = Disposition { id: mint(), name, retired: false, created_at: now().as_millis() };
            repo::insert(&mut tx, &new).await.map_err(|error| taken(error, &new.name))?;
            new
        }
    };
    tx.emit(config::event("disposition.created", disposition.id, &disposition.name));
    tx.commit().await?;
    Ok(disposition)
}

/// Gives a disposition another name; calls that have it show the new one.
pub async fn rename(actor: &Actor, db: &Db, id: DispositionId, name: &str) -> Result<Disposition, Problem> {
    actor.require(Permission::EditConfig)?;
    let name = settled(name)?;
    let mut tx = db.write(actor.tenant).await?;
    let before = repo::all(&mut tx).await?.into_iter().find(|one| one.id == id && !one.retired);
    let before = before.ok_or_else(|| Problem::not_found("disposition"))?;
    repo::save(&mut tx, id, &name, None).await.map_err(|error| taken(error, &name))?;
    tx.emit(config::event("disposition.updated", id, &name));
    tx.commit().await?;
    Ok(Disposition { name, ..before })
}

/// Lets a disposition be chosen no more; calls that have it keep it.
pub async fn retire(actor: &Actor, db: &Db, id: DispositionId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(actor.tenant).await?;
    let found = repo::all(&mut tx).await?.into_iter().find(|one| one.id == id && !one.retired);
    let found = found.ok_or_else(|| Problem::not_found("disposition"))?;
    repo::save(&mut tx, id, &found.name, Some(now().as_millis())).await?;
    tx.emit(config::event("disposition.deleted", id, &found.name));
    Ok(tx.commit().await?)
}

fn taken(error: store::Error, name: &str) -> Problem {
    config::taken(error, "name", format!("There is a disposition {name} already."))
}
