//! What people write on a finished call: what came of it, a note and tags. Kept beside the record, which never changes.

mod repo;
#[cfg(test)]
mod tests;

use super::own;
use crate::disposition;
use model::{Actor, CallId, DispositionId, Faults, Permission, Problem, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{Db, NewEvent, Tx, now};

/// What is written on a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallWrapUp))]
pub struct Note {
    /// What came of the call.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "dsp_01hv3k0000000000000000000"))]
    pub disposition: Option<DispositionId>,
    /// The text; may be empty.
    pub text: String,
    /// The tags, in the order in which they were given.
    pub tags: Vec<String>,
    /// Who changed it last; missing when a program did.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub author: Option<UserId>,
    /// When it was last changed, milliseconds since 1970.
    pub updated_at: i64,
}

/// Changes to what is written on a call; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallWrapUpPatch))]
pub struct NotePatch {
    /// What came of the call: a disposition of the company that is not retired; `null` clears.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub disposition: Option<Option<DispositionId>>,
    /// The text, at most 4,000 characters.
    pub text: Option<String>,
    /// The tags: at most 50, of 1 to 100 characters each. Replaces them all.
    pub tags: Option<Vec<String>>,
}

impl NotePatch {
    fn check(&self) -> Result<(), Problem> {
        let mut faults = Faults::default();
        if self.text.as_ref().is_some_and(|text| text.chars().count() > 4_000 || text.contains('\0')) {
            faults.add("text", "Use at most 4000 characters.");
        }
        let tags = self.tags.as_deref().unwrap_or_default();
        let good = |tag: &String| (1..=100).contains(&tag.trim().chars().count()) && !tag.chars().any(char::is_control);
        if tags.len() > 50 || !tags.iter().all(good) {
            faults.add("tags", "Use at most 50 tags of 1 to 100 characters.");
        }
        faults.done()
    }
}

/// Writes on a call that one may see; a tag that stands twice counts once.
pub async fn annotate(actor: &Actor, db: &Db, call: CallId, patch: NotePatch) -> Result<Note, Problem> {
    let mut tx = db.write(actor.tenant).await?;
    let record = own::find(actor, &mut tx, call).await?.call;
    patch.check()?;
    let mut note = repo::of(&mut tx, &[call]).await?.remove(&call).unwrap_or_default();
    if let Some(wanted) = patch.disposition {
        note.disposition = chosen(&mut tx, note.disposition, wanted).await?;
    }
    note.text = patch.text.unwrap_or(note.text);
    if let Some(tags) = patch.tags {
        note.tags.clear();
        for tag in tags.iter().map(|tag| tag.trim()) {
            if !note.tags.iter().any(|known| known == tag) {
                note.tags.push(tag.to_owned());
            }
        }
    }
    note.author = actor.user;
    note.updated_at = now().as_millis();
    repo::save(&mut tx, call, &note).await?;
    let data = serde_json::json!({
        "call": call.to_string(),
        "extension_id": record.extension.map(|id| id.to_string()),
        "disposition": note.disposition.map(|id| id.to_string()),
        "note": note.text,
        "tags": note.tags,
        "author": note.author.map(|id| id.to_string()),
        "updated_at": note.updated_at,
    });
    tx.emit(NewEvent { kind: "call.noted", call: Some(call), data: data.to_string() });
    tx.commit().await?;
    Ok(note)
}

/// The disposition that is wanted, when it can be chosen. What a call has already may be sent again, retired or not.
async fn chosen(
    tx: &mut Tx,
    before: Option<DispositionId>,
    wanted: Option<DispositionId>,
) -> Result<Option<DispositionId>, Problem> {
    let Some(id) = wanted.filter(|_| wanted != before) else { return Ok(wanted) };
    if disposition::repo::all(tx).await?.iter().any(|known| known.id == id && !known.retired) {
        return Ok(wanted);
    }
    Err(Problem::invalid("disposition", "Use the id of a disposition of the company, or null."))
}

/// What is written on these calls; those that nobody wrote on are left out. The calls are ones that the actor may see.
pub async fn notes(actor: &Actor, db: &Db, calls: &[CallId]) -> Result<HashMap<CallId, Note>, Problem> {
    actor.require(Permission::MakeCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::of(&mut tx, calls).await?)
}
