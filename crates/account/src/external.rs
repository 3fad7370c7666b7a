//! What another system calls a person of the company: a CRM knows people by names of its own, and asks by them.

mod repo;
#[cfg(test)]
mod tests;

use crate::user;
use model::{Actor, Permission, Problem, UserId};
use std::collections::HashMap;
use store::{Db, NewEvent};

/// The longest such name, in characters.
const LONGEST: usize = 100;

/// All of them, by person.
pub async fn all(actor: &Actor, db: &Db) -> Result<HashMap<UserId, String>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::all(&mut tx).await?)
}

/// The person that another system calls so.
pub async fn find(actor: &Actor, db: &Db, value: &str) -> Result<Option<UserId>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find(&mut tx, value.trim()).await?)
}

/// Keeps what another system calls the person; nothing with an empty text. A name that is somebody else's is refused.
pub async fn set(actor: &Actor, db: &Db, user: UserId, value: &str) -> Result<(), Problem> {
    actor.require(Permission::ManageUsers)?;
    let value = value.trim();
    if value.chars().count() > LONGEST || value.chars().any(char::is_control) {
        return Err(Problem::invalid("external_id", format!("Use at most {LONGEST} characters.")));
    }
    let mut tx = db.write(actor.tenant).await?;
    if user::find(&mut tx, user).await?.is_none() {
        return Err(Problem::not_found("user"));
    }
    repo::delete(&mut tx, user).await?;
    if !value.is_empty() {
        repo::insert(&mut tx, user, value).await.map_err(|error| match error.is_unique() {
            true => Problem::conflict("external_id_taken", format!("Somebody else is called {value} there already.")),
            false => error.into(),
        })?;
    }
    let data = serde_json::json!({ "id": user.to_string(), "external_id": value });
    tx.emit(NewEvent { kind: "user.updated", call: None, data: data.to_string() });
    tx.commit().await?;
    Ok(())
}
