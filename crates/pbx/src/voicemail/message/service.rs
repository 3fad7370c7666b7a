//! What one can do with messages: everything with one's own, and with those of others what a supervisor may.

use super::{Counts, Filter, Message, file, repo};
use crate::extension;
use model::{Actor, ExtensionId, Page, PageRequest, Permission, Problem, TenantId, VoicemailId};
use serde_json::json;
use std::path::PathBuf;
use store::{Db, NewEvent, Tx, now};

/// The extension of the one who asks, when the messages of no other may be seen.
async fn bound(actor: &Actor, db: &Db, right: Permission) -> Result<Option<ExtensionId>, Problem> {
    if actor.role.may(right) {
        return Ok(None);
    }
    let own = match actor.user {
        Some(user) => extension::repo::find_by_user(&mut db.read(actor.tenant).await?, user).await?,
        None => None,
    };
    match own {
        Some(extension) => Ok(Some(extension.id)),
        // Who has no extension needs the right itself.
        None => actor.require(right).map(|()| None),
    }
}

async fn find(tx: &mut Tx, own: Option<ExtensionId>, id: VoicemailId) -> Result<Message, Problem> {
    let found = repo::find(tx, id).await?.filter(|message| own.is_none_or(|own| own == message.extension));
    found.ok_or_else(|| Problem::not_found("voicemail"))
}

/// Messages, the newest first. Who may not see all calls gets those of the own extension.
pub async fn list(actor: &Actor, db: &Db, filter: Filter, page: PageRequest) -> Result<Page<Message>, Problem> {
    let own = bound(actor, db, Permission::ViewCalls).await?;
    if own.is_some() && filter.extension.is_some() && filter.extension != own {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let filter = Filter { extension: own.or(filter.extension), ..filter };
    let wrong = || Problem::invalid("after", "Send the `next` of the page before.");
    let after = page.after.as_deref().map(|text| text.parse().map_err(|_| wrong())).transpose()?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    let rows = repo::list(&mut tx, filter, after, limit).await?;
    Ok(Page::from_rows(rows, limit, |message| message.id.to_string()))
}

/// One message.
pub async fn get(actor: &Actor, db: &Db, id: VoicemailId) -> Result<Message, Problem> {
    let own = bound(actor, db, Permission::ViewCalls).await?;
    find(&mut db.read(actor.tenant).await?, own, id).await
}

/// Where the sound of a message lies, from the data directory on.
pub async fn sound(actor: &Actor, db: &Db, id: VoicemailId) -> Result<PathBuf, Problem> {
    let message = get(actor, db, id).await?;
    Ok(file(actor.tenant, message.id))
}

/// Marks a message as read, or as new again.
pub async fn change(actor: &Actor, db: &Db, id: VoicemailId, read: bool) -> Result<Message, Problem> {
    let own = bound(actor, db, Permission::Supervise).await?;
    mark(db, actor.tenant, own, id, read).await
}

/// Deletes a message. Its file is the caller's to remove, afterwards; its extension is told.
pub async fn delete(actor: &Actor, db: &Db, id: VoicemailId) -> Result<ExtensionId, Problem> {
    let own = bound(actor, db, Permission::Supervise).await?;
    remove(db, actor.tenant, own, id).await
}

/// What the owner wants done by telephone: the phone has proved whose it is. `None` deletes.
pub async fn keep(
    db: &Db,
    tenant: TenantId,
    owner: ExtensionId,
    id: VoicemailId,
    read: Option<bool>,
) -> Result<(), Problem> {
    match read {
        Some(read) => mark(db, tenant, Some(owner), id, read).await.map(|_| ()),
        None => remove(db, tenant, Some(owner), id).await.map(|_| ()),
    }
}

/// The messages of an extension as a telephone plays them, the newest at most.
pub async fn of_extension(db: &Db, tenant: TenantId, extension: ExtensionId) -> Result<Vec<Message>, Problem> {
    let mut tx = db.read(tenant).await?;
    let filter = Filter { extension: Some(extension), read: None };
    let mut found = repo::list(&mut tx, filter, None, PageRequest::MAX).await?;
    found.truncate(PageRequest::MAX as usize);
    Ok(found)
}

/// How many messages an extension has.
pub async fn counts(db: &Db, tenant: TenantId, extension: ExtensionId) -> Result<Counts, Problem> {
    Ok(repo::counts(&mut db.read(tenant).await?, extension).await?)
}

async fn mark(
    db: &Db,
    tenant: TenantId,
    own: Option<ExtensionId>,
    id: VoicemailId,
    read: bool,
) -> Result<Message, Problem> {
    let mut tx = db.write(tenant).await?;
    let message = find(&mut tx, own, id).await?;
    let read_at = read.then(|| now().as_millis());
    if !repo::mark(&mut tx, id, read_at).await? {
        return Ok(message);
    }
    if read {
        tx.emit(told("voicemail.read", &message));
    }
    tx.commit().await?;
    Ok(Message { read_at, ..message })
}

async fn remove(db: &Db, tenant: TenantId, own: Option<ExtensionId>, id: VoicemailId) -> Result<ExtensionId, Problem> {
    let mut tx = db.write(tenant).await?;
    let message = find(&mut tx, own, id).await?;
    repo::delete(&mut tx, id).await?;
    tx.emit(told("voicemail.deleted", &message));
    tx.commit().await?;
    Ok(message.extension)
}

fn told(kind: &'static str, message: &Message) -> NewEvent {
    let data = json!({ "id": message.id.to_string(), "extension_id": message.extension.to_string() });
    NewEvent { kind, call: Some(message.call), data: data.to_string() }
}
