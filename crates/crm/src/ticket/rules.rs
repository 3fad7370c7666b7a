//! What a ticket may say, and what a change makes of it. Pure.

use super::entry::Change;
use super::{Patch, Ticket};
use model::Faults;

/// The latest moment that a ticket may be due: the end of the year 9999.
const LAST_MS: i64 = 253_402_300_799_999;

impl Ticket {
    /// Trims the texts and names what is wrong.
    pub(super) fn settle(&mut self, faults: &mut Faults) {
        for text in [&mut self.subject, &mut self.description, &mut self.category] {
            *text = text.trim().to_owned();
        }
        let line = |text: &str| !text.chars().any(char::is_control);
        if !(1..=200).contains(&self.subject.chars().count()) || !line(&self.subject) {
            faults.add("subject", "Use 1 to 200 characters on one line.");
        }
        if self.description.chars().count() > 10_000 || self.description.contains('\0') {
            faults.add("description", "Use at most 10000 characters.");
        }
        if self.category.chars().count() > 100 || !line(&self.category) {
            faults.add("category", "Use at most 100 characters on one line.");
        }
        if self.due_at.is_some_and(|at| !(0..=LAST_MS).contains(&at)) {
            faults.add("due_at", "Use milliseconds since 1970.");
        }
    }

    /// Takes the changes over at this moment; names of people are looked up afterwards.
    pub(super) fn apply(&mut self, patch: Patch, at: i64) {
        self.subject = patch.subject.unwrap_or_else(|| self.subject.clone());
        self.description = patch.description.unwrap_or_else(|| self.description.clone());
        self.priority = patch.priority.unwrap_or(self.priority);
        self.category = patch.category.unwrap_or_else(|| self.category.clone());
        self.contact = patch.contact.unwrap_or(self.contact);
        self.assignee = patch.assignee.unwrap_or(self.assignee);
        self.due_at = patch.due_at.unwrap_or(self.due_at);
        if let Some(status) = patch.status.filter(|status| *status != self.status) {
            // A ticket that was solved and is closed then has been done since it was solved.
            self.closed_at = status.is_final().then(|| self.closed_at.unwrap_or(at));
            self.status = status;
        }
    }

    /// What is different from what it was, in the words of its story.
    pub(super) fn changes_since(&self, before: &Ticket) -> Vec<Change> {
        let due = |ticket: &Ticket| ticket.due_at.map(|at| at.to_string()).unwrap_or_default();
        let told = [
            ("subject", before.subject.clone(), self.subject.clone()),
            ("status", before.status.as_str().to_owned(), self.status.as_str().to_owned()),
            ("priority", before.priority.as_str().to_owned(), self.priority.as_str().to_owned()),
            ("category", before.category.clone(), self.category.clone()),
            ("due_at", due(before), due(self)),
        ];
        let mut changes: Vec<Change> = told
            .into_iter()
            .filter(|(_, before, after)| before != after)
            .map(|(field, before, after)| Change { field, before, after })
            .collect();
        let named = [
            ("contact", before.contact != self.contact, &before.contact_name, &self.contact_name),
            ("assignee", before.assignee != self.assignee, &before.assignee_name, &self.assignee_name),
        ];
        let named = named.into_iter().filter(|(_, changed, ..)| *changed);
        changes.extend(named.map(|(field, _, before, after)| Change {
            field,
            before: before.clone(),
            after: after.clone(),
        }));
        if before.description != self.description {
            // The text itself is long; that it was changed is enough.
            changes.push(Change { field: "description", before: String::new(), after: String::new() });
        }
        changes
    }
}
