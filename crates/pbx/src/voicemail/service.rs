//! What one can do with mailboxes.

use super::{Mailbox, MailboxPatch, repo};
use crate::handling::own_extension;
use crate::{config, extension, greeting};
use model::{Actor, ExtensionId, Faults, Permission, Problem};
use store::{Db, Tx};

/// The mailbox of an extension.
pub async fn get(actor: &Actor, db: &Db, id: ExtensionId) -> Result<Mailbox, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    exists(&mut tx, id).await?;
    Ok(repo::find(&mut tx, id).await?)
}

/// Changes the mailbox of an extension.
pub async fn patch(actor: &Actor, db: &Db, id: ExtensionId, patch: MailboxPatch) -> Result<Mailbox, Problem> {
    actor.require(Permission::EditConfig)?;
    change(actor, db, id, patch).await
}

/// The mailbox of the one who asks.
pub async fn own(actor: &Actor, db: &Db) -> Result<Mailbox, Problem> {
    actor.require(Permission::MakeCalls)?;
    let id = own_extension(actor, db).await?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find(&mut tx, id).await?)
}

/// Changes the mailbox of the one who asks.
pub async fn patch_own(actor: &Actor, db: &Db, patch: MailboxPatch) -> Result<Mailbox, Problem> {
    actor.require(Permission::MakeCalls)?;
    let id = own_extension(actor, db).await?;
    change(actor, db, id, patch).await
}

async fn exists(tx: &mut Tx, id: ExtensionId) -> Result<String, Problem> {
    let found = extension::repo::find(tx, id).await?;
    found.map(|extension| extension.number).ok_or_else(|| Problem::not_found("extension"))
}

async fn change(actor: &Actor, db: &Db, id: ExtensionId, patch: MailboxPatch) -> Result<Mailbox, Problem> {
    let mut tx = config::change(db, actor.tenant).await?;
    let number = exists(&mut tx, id).await?;
    let mailbox = repo::find(&mut tx, id).await?.with(patch);
    let mut faults = Faults::default();
    mailbox.check(&mut faults);
    if let Some(greeting) = mailbox.greeting
        && !greeting::repo::existing(&mut tx, &[greeting]).await?.contains(&greeting)
    {
        faults.add("greeting", "There is no such greeting.");
    }
    faults.done()?;
    repo::save(&mut tx, id, &mailbox).await?;
    tx.emit(config::event("extension.voicemail", id, &number));
    tx.commit().await?;
    Ok(mailbox)
}
