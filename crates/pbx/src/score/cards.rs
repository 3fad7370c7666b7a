//! What one can do with scorecards.

use super::card::{Card, CardPatch, NewCard, Question};
use super::repo;
use model::{Actor, Page, PageRequest, Permission, Problem, ScorecardId};
use store::{Db, NewEvent, mint, now};

/// Creates a scorecard. For supervisors.
pub async fn create(actor: &Actor, db: &Db, new: NewCard) -> Result<Card, Problem> {
    actor.require(Permission::Supervise)?;
    let at = now().as_millis();
    let name = new.name.trim().to_owned();
    let (id, enabled, version) = (mint(), true, 1);
    let card = Card { id, name, enabled, version, questions: new.questions, created_at: at, updated_at: at };
    card.check()?;
    let mut tx = db.write(actor.tenant).await?;
    repo::insert_card(&mut tx, &card, &who(actor)).await?;
    tx.emit(event("scorecard.created", &card));
    tx.commit().await?;
    Ok(card)
}

/// One scorecard.
pub async fn get(actor: &Actor, db: &Db, id: ScorecardId) -> Result<Card, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find_card(&mut tx, id).await?.ok_or_else(unknown)
}

/// The questions of a version of a scorecard.
pub async fn questions(actor: &Actor, db: &Db, id: ScorecardId, version: i64) -> Result<Vec<Question>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::questions(&mut tx, id, version).await?.ok_or_else(unknown)
}

/// The scorecards in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Card>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list_cards(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |card| card.id.to_string()))
}

/// Changes a scorecard. Scores that were given keep the version they were given by.
pub async fn update(actor: &Actor, db: &Db, id: ScorecardId, patch: CardPatch) -> Result<Card, Problem> {
    actor.require(Permission::Supervise)?;
    let mut tx = db.write(actor.tenant).await?;
    let mut card = repo::lock_card(&mut tx, id).await?.ok_or_else(unknown)?;
    card.name = patch.name.map_or(card.name, |name| name.trim().to_owned());
    card.enabled = patch.enabled.unwrap_or(card.enabled);
    card.updated_at = now().as_millis();
    let changed = patch.questions.filter(|questions| *questions != card.questions);
    let new_version = changed.is_some();
    if let Some(questions) = changed {
        card.questions = questions;
        card.version += 1;
    }
    card.check()?;
    repo::save_card(&mut tx, &card).await?;
    if new_version {
        repo::insert_version(&mut tx, &card, &who(actor)).await?;
    }
    tx.emit(event("scorecard.updated", &card));
    tx.commit().await?;
    Ok(card)
}

/// Deletes a scorecard by which nothing was scored; one that has scores can be switched off.
pub async fn delete(actor: &Actor, db: &Db, id: ScorecardId) -> Result<(), Problem> {
    actor.require(Permission::Supervise)?;
    let mut tx = db.write(actor.tenant).await?;
    let card = repo::lock_card(&mut tx, id).await?.ok_or_else(unknown)?;
    if repo::has_scores(&mut tx, id).await? {
        let message = "Calls were scored by this scorecard; switch it off instead.";
        return Err(Problem::conflict("in_use", message));
    }
    repo::delete_card(&mut tx, id).await?;
    tx.emit(event("scorecard.deleted", &card));
    tx.commit().await?;
    Ok(())
}

pub(super) fn unknown() -> Problem {
    Problem::not_found("scorecard")
}

/// Who asks, as records keep it.
pub(super) fn who(actor: &Actor) -> String {
    let who = actor.user.map(|id| id.to_string()).or(actor.key.map(|id| id.to_string()));
    who.unwrap_or_else(|| "system".to_owned())
}

fn event(kind: &'static str, card: &Card) -> NewEvent {
    let data = serde_json::json!({ "id": card.id.to_string(), "name": card.name, "version": card.version });
    NewEvent { kind, call: None, data: data.to_string() }
}
