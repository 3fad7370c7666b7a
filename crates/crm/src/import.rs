//! Taking in a file of contacts: which column means what, what each row would do (shown before anything is done), doing
//! it piece by piece, and undoing it. A row is judged twice, when it is shown and when it is written, since others work
//! meanwhile.

mod judge;
mod mapping;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{apply, create, delete, get, list, preview, rows, step, undo, wrong_rows};

use crate::contact::Profile;
use model::{ContactId, ImportId, UserId};
use serde::{Deserialize, Serialize};

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportState))]
pub enum State {
    /// The file is read; its columns wait to be given a meaning.
    Mapping,
    /// What each row would do is known.
    Previewed,
    /// Rows are being written.
    Applying,
    /// All is written.
    Done,
    /// What was written is being taken back.
    Undoing,
    /// All is taken back but for what somebody has changed since.
    Undone,
}

impl State {
    pub(crate) const ALL: [(State, &'static str); 6] = [
        (State::Mapping, "mapping"),
        (State::Previewed, "previewed"),
        (State::Applying, "applying"),
        (State::Done, "done"),
        (State::Undoing, "undoing"),
        (State::Undone, "undone"),
    ];

    pub(crate) fn word(self) -> &'static str {
        State::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportOutcome))]
pub enum Outcome {
    /// Not looked at yet.
    Waiting,
    /// Makes a contact.
    New,
    /// Changes a contact.
    Changed,
    /// Says what is known already.
    Same,
    /// Cannot be taken; `problem` says why.
    Error,
}

impl Outcome {
    /// All, with their stable words.
    pub const ALL: [(Outcome, &'static str); 5] = [
        (Outcome::Waiting, "waiting"),
        (Outcome::New, "new"),
        (Outcome::Changed, "changed"),
        (Outcome::Same, "same"),
        (Outcome::Error, "error"),
    ];

    pub(crate) fn word(self) -> &'static str {
        Outcome::ALL.iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, word)| word)
    }

    /// The outcome with this word.
    pub fn parse(word: &str) -> Option<Outcome> {
        Outcome::ALL.iter().find(|(_, known)| *known == word).map(|(outcome, _)| *outcome)
    }
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportColumn))]
pub struct Column {
    /// What stands above it; may be empty.
    pub title: String,
    /// Some of what stands in it.
    pub samples: Vec<String>,
}

/// How many rows do what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportCounts))]
pub struct Counts {
    /// Make a contact.
    pub new: i64,
    /// Change a contact.
    pub changed: i64,
    /// Say what is known already.
    pub same: i64,
    /// Cannot be taken.
    pub error: i64,
    /// Are written and not taken back.
    pub written: i64,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContactImport))]
pub struct Import {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "imp_01hv3k0000000000000000000"))]
    pub id: ImportId,
    /// What the file was called.
    pub file_name: String,
    /// How far it has come.
    pub state: State,
    /// The columns of the file.
    pub columns: Vec<Column>,
    /// What each column means, in their order: `name`, `phone`, `phone_home`, `phone_office`, `email`, `company`,
    /// `job_title`, `address`, `note`, `labels`, `owner` (a login), `field:NAME`, `external:SYSTEM`, or nothing to leave
    /// it out. Guessed from the titles at first.
    pub mapping: Vec<String>,
    /// How many rows the file has.
    pub rows: i64,
    /// How many of them do what.
    pub counts: Counts,
    /// Who sent it.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub created_by: Option<UserId>,
    /// When it was sent, milliseconds since 1970.
    pub created_at: i64,
}

/// A row of the file, and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ImportRow))]
pub struct Row {
    /// Its place in the file, where the head is 1.
    pub place: i64,
    /// Its cells.
    pub cells: Vec<String>,
    /// What it does.
    pub outcome: Outcome,
    /// Why it cannot be taken; empty when it can.
    pub problem: String,
    /// The contact it changes or has made.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub contact: Option<ContactId>,
    /// What is known before it.
    pub before: Option<Profile>,
    /// What is known after it.
    pub after: Option<Profile>,
    /// When it was written; missing while it is not, or when it was taken back.
    pub written_at: Option<i64>,
}
