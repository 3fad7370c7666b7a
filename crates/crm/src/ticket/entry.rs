//! The story of a ticket: what people wrote, and what was changed, each with who and when.

use model::{Problem, TicketEntryId, UserId};
use serde::{Deserialize, Serialize};

/// What a line of the story is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TicketEntryKind))]
pub enum EntryKind {
    /// Somebody wrote something: `body`.
    Note,
    /// Something was changed: `field`, `before`, `after`.
    Change,
}

impl EntryKind {
    pub(super) const ALL: [(EntryKind, &'static str); 2] = [(EntryKind::Note, "note"), (EntryKind::Change, "change")];
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TicketEntry))]
pub struct Entry {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: TicketEntryId,
    /// Who did it; missing when a program did.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub author: Option<UserId>,
    /// That person's name; empty without one.
    pub author_name: String,
    /// What it is.
    pub kind: EntryKind,
    /// What was written; empty for a change.
    pub body: String,
    /// What was changed: a field's name; empty for a note.
    pub field: String,
    /// What stood there, as people read it; empty for nothing, and for long texts.
    pub before: String,
    /// What stands there since.
    pub after: String,
    /// When, milliseconds since 1970.
    pub created_at: i64,
}

/// What was changed, before it is known by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) field: &'static str,
    pub(super) before: String,
    pub(super) after: String,
}

/// The text of a note as it is kept.
pub(super) fn settled(body: &str) -> Result<String, Problem> {
    let body = body.trim();
    if (1..=10_000).contains(&body.chars().count()) && !body.contains('\0') {
        return Ok(body.to_owned());
    }
    Err(Problem::invalid("body", "Write 1 to 10000 characters."))
}
