//! The audit trail of keys: what was done to each, and who did it. It is written with what it tells of, and kept.

mod repo;

use super::Key;
use model::{Actor, EventId, KeyId, Page, PageRequest, Permission, Problem};
use serde::Serialize;
use store::{Db, NewEvent, Tx, mint, now};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Created,
    Updated,
    Rotated,
    Revoked,
}

impl Done {
    /// The word of the trail, and the kind of the event.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Done::Created => ("created", "key.created"),
            Done::Updated => ("updated", "key.updated"),
            Done::Rotated => ("rotated", "key.rotated"),
            Done::Revoked => ("revoked", "key.revoked"),
        }
    }
}

/// Something that was done to a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = KeyChange))]
pub struct Change {
    /// The id of the change.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: EventId,
    /// `created`, `updated`, `rotated` or `revoked`.
    pub kind: String,
    /// Who did it: a login, or the name of a key; the server itself when missing.
    pub by: Option<String>,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// Writes it down, and tells it.
pub(crate) async fn note(tx: &mut Tx, done: Done, actor: &Actor, key: &Key) -> Result<(), Problem> {
    let (word, kind) = done.words();
    repo::insert(tx, mint(), key.id, word, actor, now().as_millis()).await?;
    let by = match (actor.user, actor.key) {
        (Some(user), _) => user.to_string(),
        (None, Some(key)) => key.to_string(),
        (None, None) => "system".to_owned(),
    };
    let data =
        serde_json::json!({ "id": key.id.to_string(), "name": key.name, "dialect": key.dialect.as_str(), "by": by });
    tx.emit(NewEvent { kind, call: None, data: data.to_string() });
    Ok(())
}

/// What was done to a key, the newest first.
pub async fn changes(actor: &Actor, db: &Db, id: KeyId, page: PageRequest) -> Result<Page<Change>, Problem> {
    actor.require(Permission::ManageUsers)?;
    let mut tx = db.read(actor.tenant).await?;
    super::repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("API key"))?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, id, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |change| change.id.to_string()))
}
