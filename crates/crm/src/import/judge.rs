//! What a row does to what is known. Pure: [`Known`] is read before, for all rows of a piece at once.

use super::Outcome;
use super::mapping::{Meaning, profile};
use crate::contact::repo::external_key;
use crate::contact::{Contact, Profile};
use model::{ContactId, Faults, UserId};
use std::collections::{BTreeSet, HashMap};

/// What the rows of a piece may meet.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) country: String,
    pub(super) phones: HashMap<String, ContactId>,
    pub(super) emails: HashMap<String, BTreeSet<ContactId>>,
    pub(super) external: HashMap<String, BTreeSet<ContactId>>,
    pub(super) contacts: HashMap<ContactId, Contact>,
}

/// What a row says.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) profile: Profile,
    /// Whether the name stands in the row itself.
    named: bool,
}

/// What a row does.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    New(Box<Profile>),
    Changed { before: Box<Contact>, after: Box<Profile> },
    Same(ContactId),
    Wrong(String),
}

impl Verdict {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Verdict::New(_) => Outcome::New,
            Verdict::Changed { .. } => Outcome::Changed,
            Verdict::Same(_) => Outcome::Same,
            Verdict::Wrong(_) => Outcome::Error,
        }
    }
}

/// Reads a row: its contact in the form that is kept, or why it cannot be one.
pub(super) fn read(
    cells: &[String],
    meanings: &[Meaning],
    people: &HashMap<String, UserId>,
    country: &str,
) -> Result<Said, String> {
    let (mut profile, named) = profile(cells, meanings, people, country)?;
    let mut faults = Faults::default();
    profile.settle(country, &mut faults);
    match faults.done() {
        Ok(()) => Ok(Said { profile, named }),
        Err(problem) => {
            let words = problem.fields.iter().map(|field| format!("{}: {}", field.name, field.message));
            Err(words.collect::<Vec<_>>().join(" "))
        }
    }
}

impl Known {
    /// What the row does now.
    pub(super) fn judge(&self, said: Said) -> Verdict {
        let Said { mut profile, named } = said;
        let holders = match self.holders(&profile) {
            Ok(holders) => holders,
            Err(problem) => return Verdict::Wrong(problem),
        };
        let Some(before) = holders.and_then(|id| self.contacts.get(&id)) else {
            return Verdict::New(Box::new(profile));
        };
        if !named {
            profile.name.clear();
        }
        let mut after = before.profile.clone();
        after.overlay(profile);
        let mut faults = Faults::default();
        after.settle(&self.country, &mut faults);
        if let Err(problem) = faults.done() {
            return Verdict::Wrong(format!(
                "Together with what is known of {}: {}",
                before.profile.name, problem.message
            ));
        }
        if after == before.profile {
            return Verdict::Same(before.id);
        }
        Verdict::Changed { before: Box::new(before.clone()), after: Box::new(after) }
    }

    /// The contact a row speaks of: by its id elsewhere, else by its numbers, else by its addresses.
    fn holders(&self, profile: &Profile) -> Result<Option<ContactId>, String> {
        let one = |found: BTreeSet<ContactId>, what: &str| match found.len() {
            0 | 1 => Ok(found.first().copied()),
            _ => {
                let name =
                    |id: &ContactId| self.contacts.get(id).map_or(id.to_string(), |one| one.profile.name.clone());
                let names = found.iter().map(name).collect::<Vec<_>>().join(", ");
                Err(format!("Its {what} belong to several contacts ({names}); merge these first."))
            }
        };
        let external =
            profile.external_ids.iter().filter_map(|(system, id)| self.external.get(&external_key(system, id)));
        let external = one(external.flatten().copied().collect(), "ids")?;
        let phones = profile.phones.iter().filter_map(|phone| self.phones.get(&phone.number));
        let by_phone = one(phones.copied().collect(), "numbers")?;
        if let (Some(one), Some(other)) = (external, by_phone)
            && one != other
        {
            return Err("Its id and its number belong to two contacts; merge these first.".to_owned());
        }
        if external.or(by_phone).is_some() {
            return Ok(external.or(by_phone));
        }
        let emails = profile.emails.iter().filter_map(|email| self.emails.get(&email.address));
        let found: BTreeSet<ContactId> = emails.flatten().copied().collect();
        // An address may be shared by a household or an office: only one that is not tells who it is.
        Ok(found.first().copied().filter(|_| found.len() == 1))
    }

    /// A contact as a row leaves it; the rows after it meet it so.
    pub(super) fn put(&mut self, contact: Contact) {
        let id = contact.id;
        for phone in &contact.profile.phones {
            self.phones.insert(phone.number.clone(), id);
        }
        for email in &contact.profile.emails {
            self.emails.entry(email.address.clone()).or_default().insert(id);
        }
        for (system, external) in &contact.profile.external_ids {
            self.external.entry(external_key(system, external)).or_default().insert(id);
        }
        self.contacts.insert(id, contact);
    }
}
