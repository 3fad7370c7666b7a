//! What one can do with API keys.

use super::{Created, Key, NewKey, digest, repo};
use crate::user::may_grant;
use model::{Actor, KeyId, Page, PageRequest, Permission, Problem, Role};
use store::mint::secret_text;
use store::{Db, NewEvent, mint, now};

/// Creates a key and tells its secret, once.
pub async fn create(actor: &Actor, db: &Db, new: NewKey) -> Result<Created, Problem> {
    create_with(actor, db, new, new_secret()).await
}

/// A secret for a key: 160 random bits.
pub(crate) fn new_secret() -> String {
    format!("alo_{}", secret_text(32))
}

/// Creates a key with a secret that the caller has put aside before.
pub(crate) async fn create_with(actor: &Actor, db: &Db, new: NewKey, secret: String) -> Result<Created, Problem> {
    actor.require(Permission::ManageUsers)?;
    let role = new.role.unwrap_or(Role::Manager);
    may_grant(actor, role)?;
    let name = new.name.trim().to_owned();
    if !(1..=100).contains(&name.chars().count()) {
        return Err(Problem::invalid("name", "Say what the key is for, in 1 to 100 characters."));
    }
    let created_at = now().as_millis();
    if new.expires_at.is_some_and(|at| at <= created_at) {
        return Err(Problem::invalid("expires_at", "Use a time to come."));
    }
    let hint = secret.chars().take(8).collect();
    let expires_at = new.expires_at;
    let key = Key { id: mint(), name, role, hint, created_at, last_used_at: None, revoked_at: None, expires_at };
    let mut tx = db.write(actor.tenant).await?;
    repo::insert(&mut tx, &key, &digest(&secret)).await.map_err(|error| {
        if error.is_unique() {
            return Problem::conflict("key_exists", "There is a key with this secret already.");
        }
        error.into()
    })?;
    tx.emit(event("key.created", &key));
    tx.commit().await?;
    Ok(Created { key, secret })
}

/// The keys of the company, oldest first, revoked ones too.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Key>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |key| key.id.to_string()))
}

/// Ends a key at once; a second time changes nothing.
pub async fn revoke(actor: &Actor, db: &Db, id: KeyId) -> Result<Key, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut key = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("API key"))?;
    may_grant(actor, key.role)?;
    if key.revoked_at.is_some() {
        return Ok(key);
    }
    let at = now().as_millis();
    key.revoked_at = Some(at);
    repo::revoke(&mut tx, id, at).await?;
    tx.emit(event("key.revoked", &key));
    tx.commit().await?;
    Ok(key)
}

fn event(kind: &'static str, key: &Key) -> NewEvent {
    let data = serde_json::json!({ "id": key.id.to_string(), "name": key.name });
    NewEvent { kind, call: None, data: data.to_string() }
}
