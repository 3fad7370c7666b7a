//! Something that is to be done for somebody: a ticket with its subject, how far it is, who looks after it, and its story.

mod entry;
mod finding;
pub(crate) mod repo;
mod rules;
mod service;
#[cfg(test)]
mod tests;

pub use entry::{Entry, EntryKind};
pub use finding::Filter;
pub use service::{
    add_note, categories, create, delete, delete_note, entries, find_by_number, find_by_start, get, hand_over, list,
    people, slice, update,
};

use model::{CallId, ContactId, TicketId, UserId};
use serde::{Deserialize, Serialize};

/// How far a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TicketStatus))]
pub enum Status {
    /// Nobody works on it.
    #[default]
    New,
    /// Somebody works on it.
    Open,
    /// It will not be done.
    Rejected,
    /// It is done; whoever asked may still object.
    Solved,
    /// It is over.
    Closed,
}

impl Status {
    /// All, in the order of a ticket's life, with their stable words.
    pub const ALL: [(Status, &'static str); 5] = [
        (Status::New, "new"),
        (Status::Open, "open"),
        (Status::Rejected, "rejected"),
        (Status::Solved, "solved"),
        (Status::Closed, "closed"),
    ];

    /// The status with this word.
    pub fn parse(word: &str) -> Option<Status> {
        of_word(&Status::ALL, word)
    }

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        word_of(&Status::ALL, self)
    }

    /// Whether nothing is left to be done.
    pub fn is_final(self) -> bool {
        matches!(self, Status::Rejected | Status::Solved | Status::Closed)
    }
}

/// How soon it should be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TicketPriority))]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    #[default]
    Medium,
    /// Before the others.
    High,
}

impl Priority {
    /// All, with their stable words.
    pub const ALL: [(Priority, &'static str); 3] =
        [(Priority::Low, "low"), (Priority::Medium, "medium"), (Priority::High, "high")];

    /// The priority with this word.
    pub fn parse(word: &str) -> Option<Priority> {
        of_word(&Priority::ALL, word)
    }

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        word_of(&Priority::ALL, self)
    }
}

fn of_word<T: Copy>(all: &[(T, &'static str)], text: &str) -> Option<T> {
    all.iter().find(|(_, word)| *word == text).map(|(one, _)| *one)
}

fn word_of<T: PartialEq + Copy>(all: &[(T, &'static str)], one: T) -> &'static str {
    all.iter().find(|(known, _)| *known == one).map_or("", |(_, word)| word)
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Ticket))]
pub struct Ticket {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "tic_01hv3k0000000000000000000"))]
    pub id: TicketId,
    /// Its number in the company, by which people speak of it.
    pub number: i64,
    /// What it is about, in a few words.
    pub subject: String,
    /// The whole of it: plain text, may be empty.
    pub description: String,
    /// How far it is.
    pub status: Status,
    /// How soon it should be done.
    pub priority: Priority,
    /// What sort of matter it is; may be empty.
    pub category: String,
    /// Whom it is for.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub contact: Option<ContactId>,
    /// That contact's name; empty without one.
    pub contact_name: String,
    /// The call that it came from.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub call: Option<CallId>,
    /// Who looks after it.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub assignee: Option<UserId>,
    /// That person's name; empty without one.
    pub assignee_name: String,
    /// Who wrote it; missing when a program did.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub author: Option<UserId>,
    /// That person's name; empty without one.
    pub author_name: String,
    /// When it should be done, milliseconds since 1970.
    pub due_at: Option<i64>,
    /// When it was written.
    pub created_at: i64,
    /// When something was last changed or noted.
    pub updated_at: i64,
    /// Since when nothing is left to be done.
    pub closed_at: Option<i64>,
}

/// A ticket to write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewTicket))]
pub struct NewTicket {
    /// What it is about, 1–200 characters on one line.
    pub subject: String,
    /// The whole of it, at most 10,000 characters.
    #[serde(default)]
    pub description: String,
    /// How soon it should be done; `medium` when missing.
    #[serde(default)]
    pub priority: Priority,
    /// What sort of matter it is, at most 100 characters.
    #[serde(default)]
    pub category: String,
    /// Whom it is for.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub contact: Option<ContactId>,
    /// The call that it comes from.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub call: Option<CallId>,
    /// Who looks after it.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub assignee: Option<UserId>,
    /// When it should be done, milliseconds since 1970.
    #[serde(default)]
    pub due_at: Option<i64>,
    /// Who wrote it, where a program speaks for a person; whoever asks when missing.
    #[serde(skip)]
    pub author: Option<UserId>,
}

/// Changes to a ticket; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = TicketPatch))]
pub struct Patch {
    /// What it is about.
    pub subject: Option<String>,
    /// The whole of it.
    pub description: Option<String>,
    /// How far it is.
    pub status: Option<Status>,
    /// How soon it should be done.
    pub priority: Option<Priority>,
    /// What sort of matter it is.
    pub category: Option<String>,
    /// Whom it is for; `null` for nobody.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub contact: Option<Option<ContactId>>,
    /// Who looks after it; `null` for nobody.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub assignee: Option<Option<UserId>>,
    /// When it should be done; `null` for no such day.
    #[serde(default, deserialize_with = "crate::text::present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub due_at: Option<Option<i64>>,
}
