//! Which tickets a list shows, and what a search looks at.

use super::{Priority, Status, Ticket};
use crate::text::{cut, fold};
use model::{CallId, ContactId, UserId};

/// How much of a ticket a search looks at, bytes.
const SOUGHT_BYTES: usize = 1_000;

/// Which tickets; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of subject or description, without regard to accents; or the number; or a part of the name of who looks after it.
    pub text: Option<String>,
    /// One of these; any when empty.
    pub statuses: Vec<Status>,
    /// How soon it should be done.
    pub priority: Option<Priority>,
    /// What sort of matter it is.
    pub category: Option<String>,
    /// Who looks after it; `Some(None)` for nobody.
    pub assignee: Option<Option<UserId>>,
    /// Whom it is for.
    pub contact: Option<ContactId>,
    /// The call that it came from.
    pub call: Option<CallId>,
}

/// What a search looks at.
pub(super) fn sought(ticket: &Ticket) -> String {
    let text = format!("{} {} {}", ticket.number, ticket.subject, ticket.description);
    cut(&fold(&text), SOUGHT_BYTES).to_owned()
}

/// A text as a pattern of `like … escape '!'` that finds it anywhere.
pub(super) fn pattern(text: &str) -> String {
    let folded = fold(text.trim());
    let escaped = folded.chars().flat_map(|c| matches!(c, '!' | '%' | '_').then_some('!').into_iter().chain([c]));
    format!("%{}%", escaped.collect::<String>())
}
