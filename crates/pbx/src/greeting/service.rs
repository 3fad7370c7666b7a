//! What one can do with sounds.

use super::{Greeting, NewGreeting, repo};
use crate::{config, flow, queue, recording, target, voicemail};
use ::flow::Reference;
use model::{Actor, Faults, GreetingId, Page, PageRequest, Permission, Problem, Slice};
use store::{Db, now};

/// Adds a sound whose file is in its place.
pub async fn create(actor: &Actor, db: &Db, new: NewGreeting) -> Result<Greeting, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut faults = Faults::default();
    if !config::good_name(&new.name) {
        faults.add("name", "Use 1 to 200 characters.");
    }
    if !(1..=600_000).contains(&new.duration_ms) {
        faults.add("file", "Use a sound of at most ten minutes.");
    }
    if let Some(speech) = &new.speech {
        speech.check(&mut faults);
    }
    faults.done()?;
    let greeting = Greeting {
        id: new.id,
        name: new.name.trim().to_owned(),
        duration_ms: new.duration_ms,
        size_bytes: new.size_bytes,
        speech: new.speech,
        created_at: now().as_millis(),
    };
    let mut tx = config::change(db, actor.tenant).await?;
    repo::insert(&mut tx, &greeting).await?;
    tx.emit(config::event("greeting.created", greeting.id, &greeting.name));
    tx.commit().await?;
    Ok(greeting)
}

/// One sound.
pub async fn get(actor: &Actor, db: &Db, id: GreetingId) -> Result<Greeting, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("greeting"))
}

/// The sounds in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Greeting>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |greeting| greeting.id.to_string()))
}

/// A piece of the list by position, newest first; of those whose name holds `search`.
pub async fn slice(
    actor: &Actor,
    db: &Db,
    search: Option<&str>,
    offset: u64,
    limit: u32,
) -> Result<Slice<Greeting>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let (items, total) = repo::slice(&mut tx, search, offset, limit.clamp(1, PageRequest::MAX)).await?;
    Ok(Slice { items, total })
}

/// Deletes a sound that no flow and no queue plays and nothing leads to. Its file is the caller's to remove, afterwards.
pub async fn delete(actor: &Actor, db: &Db, id: GreetingId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let greeting = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("greeting"))?;
    let mut users = flow::repo::flows_with(&mut tx, Reference::Greeting(id)).await?;
    users.extend(target::leading_to(&mut tx, &id.to_string()).await?);
    let queues = queue::repo::all(&mut tx).await?;
    let plays = |queue: &&queue::Queue| queue.sounds.named().iter().any(|(_, sound)| *sound == id);
    users.extend(queues.iter().filter(plays).map(|queue| format!("queue {}", queue.name)));
    users.extend(voicemail::repo::mailboxes_with(&mut tx, id).await?);
    if recording::repo::announces(&mut tx, &id.to_string()).await? {
        users.push("the announcement of recordings".to_owned());
    }
    config::unused(&format!("The greeting {}", greeting.name), &users)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("greeting.deleted", id, &greeting.name));
    tx.commit().await?;
    Ok(())
}
