//! What people write on a finished call: a note and tags. Kept beside the record, which never changes.

mod repo;
#[cfg(test)]
mod tests;

use super::repo::find;
use model::{Actor, CallId, Faults, Permission, Problem};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{Db, NewEvent, now};

/// What is written on a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The text; may be empty.
    pub text: String,
    /// The tags, in the order in which they were given.
    pub tags: Vec<String>,
    /// When it was last changed, milliseconds since 1970.
    pub updated_at: i64,
}

/// Changes to a note; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotePatch {
    /// The text, at most 4,000 characters.
    pub text: Option<String>,
    /// The tags: at most 50, of 1 to 100 characters each. Replaces them all.
    pub tags: Option<Vec<String>>,
}

impl NotePatch {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if self.text.as_ref().is_some_and(|text| text.chars().count() > 4_000 || text.contains('\0')) {
            faults.add("note", "Use at most 4000 characters.");
        }
        let tags = self.tags.as_deref().unwrap_or_default();
        let good = |tag: &String| (1..=100).contains(&tag.trim().chars().count()) && !tag.chars().any(char::is_control);
        if tags.len() > 50 || !tags.iter().all(good) {
            faults.add("tag", "Use at most 50 tags of 1 to 100 characters.");
        }
        faults.done()
    }
}

/// Writes on a call of the company; a tag that stands twice counts once.
pub async fn annotate(actor: &Actor, db: &Db, call: CallId, patch: NotePatch) -> Result<Note, Problem> {
    actor.require(Permission::ViewCalls)?;
    patch.check()?;
    let mut tx = db.write(actor.tenant).await?;
    find(&mut tx, call).await?.ok_or_else(|| Problem::not_found("call"))?;
    let mut note = repo::of(&mut tx, &[call]).await?.remove(&call).unwrap_or_default();
    note.text = patch.text.unwrap_or(note.text);
    if let Some(tags) = patch.tags {
        note.tags.clear();
        for tag in tags.iter().map(|tag| tag.trim()) {
            if !note.tags.iter().any(|known| known == tag) {
                note.tags.push(tag.to_owned());
            }
        }
    }
    note.updated_at = now().as_millis();
    repo::save(&mut tx, call, &note).await?;
    let data = serde_json::json!({ "call": call.to_string(), "note": note.text, "tags": note.tags });
    tx.emit(NewEvent { kind: "call.noted", call: Some(call), data: data.to_string() });
    tx.commit().await?;
    Ok(note)
}

/// What is written on these calls; those that nobody wrote on are left out.
pub async fn notes(actor: &Actor, db: &Db, calls: &[CallId]) -> Result<HashMap<CallId, Note>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::of(&mut tx, calls).await?)
}
