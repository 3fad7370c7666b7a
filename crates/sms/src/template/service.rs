//! What one can do with templates.

use super::{NewTemplate, Template, good_code, repo};
use model::{Actor, Page, PageRequest, Permission, Problem};
use store::{Db, now};

/// Creates a template.
pub async fn create(actor: &Actor, db: &Db, new: NewTemplate) -> Result<Template, Problem> {
    actor.require(Permission::EditConfig)?;
    let template = new.complete(now().as_millis())?;
    let mut tx = db.write(actor.tenant).await?;
    repo::insert(&mut tx, &template).await.map_err(|error| {
        if error.is_unique() {
            let message = format!("There is a template {} already.", template.code);
            return Problem::conflict("already_exists", message.clone()).with_field("code", message);
        }
        error.into()
    })?;
    tx.commit().await?;
    Ok(template)
}

/// The template with this code.
pub async fn get(actor: &Actor, db: &Db, code: &str) -> Result<Template, Problem> {
    actor.require(Permission::ViewConfig)?;
    let unknown = || Problem::not_found("template");
    if !good_code(code) {
        return Err(unknown());
    }
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, code).await?.ok_or_else(unknown)
}

/// The templates by code.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Template>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |template| template.code.clone()))
}

/// Deletes a template; messages that were made of it stay.
pub async fn delete(actor: &Actor, db: &Db, code: &str) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let unknown = || Problem::not_found("template");
    if !good_code(code) {
        return Err(unknown());
    }
    let mut tx = db.write(actor.tenant).await?;
    if !repo::delete(&mut tx, code).await? {
        return Err(unknown());
    }
    Ok(tx.commit().await?)
}
