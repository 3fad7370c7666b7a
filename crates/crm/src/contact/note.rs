//! What people write about a contact, each with its author and time.

use model::{NoteId, Problem, UserId};
use serde::{Deserialize, Serialize};

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContactNote))]
pub struct Note {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: NoteId,
    /// Who wrote it; missing when a program did.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub author: Option<UserId>,
    /// What stands in it.
    pub body: String,
    /// When it was written, milliseconds since 1970.
    pub created_at: i64,
}

/// The text of a note as it is kept.
pub(crate) fn settled(body: &str) -> Result<String, Problem> {
    let body = body.trim();
    if (1..=4_000).contains(&body.chars().count()) {
        return Ok(body.to_owned());
    }
    Err(Problem::invalid("body", "Write 1 to 4000 characters."))
}
