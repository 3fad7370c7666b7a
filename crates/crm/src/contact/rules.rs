//! What a good contact is, how two become one, and how a change is applied. Pure.

use super::{Patch, Phone, Profile};
use crate::text::fold;
use model::{Faults, PhoneNumber};
use std::collections::{BTreeMap, BTreeSet};

const MOST_WAYS: usize = 20;
const MOST_LABELS: usize = 50;
const MOST_FIELDS: usize = 50;
const NAME: usize = 200;
const LINE: usize = 500;
const TEXT: usize = 4_000;

impl Profile {
    /// Brings everything into the form that is kept, and collects what is wrong. `country` is the calling code for
    /// numbers without one.
    pub(crate) fn settle(&mut self, country: &str, faults: &mut Faults) {
        for text in [&mut self.name, &mut self.company, &mut self.job_title, &mut self.address, &mut self.note] {
            *text = text.trim().to_owned();
        }
        let lengths: [(&str, &str, usize); 5] = [
            ("name", &self.name, NAME),
            ("company", &self.company, NAME),
            ("job_title", &self.job_title, NAME),
            ("address", &self.address, LINE),
            ("note", &self.note, TEXT),
        ];
        for (field, text, most) in lengths {
            if text.chars().count() > most {
                faults.add(field, format!("Use at most {most} characters."));
            }
        }
        if self.name.is_empty() {
            faults.add("name", "Give the contact a name of 1 to 200 characters.");
        }
        self.settle_phones(country, faults);
        self.settle_emails(faults);
        self.settle_labels(faults);
        self.fields = settled("fields", &self.fields, TEXT, faults);
        self.external_ids = settled("external_ids", &self.external_ids, NAME, faults);
    }

    fn settle_phones(&mut self, country: &str, faults: &mut Faults) {
        if self.phones.len() > MOST_WAYS {
            faults.add("phones", format!("Use at most {MOST_WAYS} numbers."));
            return;
        }
        let mut seen = BTreeSet::new();
        let mut kept: Vec<Phone> = Vec::with_capacity(self.phones.len());
        for (place, phone) in self.phones.drain(..).enumerate() {
            match PhoneNumber::parse(&phone.number, country) {
                Some(number) if seen.insert(number.to_string()) => {
                    kept.push(Phone { number: number.to_string(), ..phone });
                }
                Some(_) => {}
                None => faults.add(
                    format!("phones[{place}].number"),
                    "Write 3 to 15 digits, for example 0901 234 567 or +84 901 234 567.",
                ),
            }
        }
        self.phones = kept;
    }

    fn settle_emails(&mut self, faults: &mut Faults) {
        if self.emails.len() > MOST_WAYS {
            faults.add("emails", format!("Use at most {MOST_WAYS} addresses."));
            return;
        }
        let mut seen = BTreeSet::new();
        for (place, email) in self.emails.iter_mut().enumerate() {
            email.address = email.address.trim().to_lowercase();
            if !is_address(&email.address) {
                faults.add(format!("emails[{place}].address"), "Write an e-mail address such as lan@example.vn.");
            }
        }
        self.emails.retain(|email| seen.insert(email.address.clone()));
    }

    fn settle_labels(&mut self, faults: &mut Faults) {
        let mut seen = BTreeSet::new();
        for (place, label) in self.labels.iter_mut().enumerate() {
            *label = label.split_whitespace().collect::<Vec<_>>().join(" ");
            if !(1..=50).contains(&label.chars().count()) {
                faults.add(format!("labels[{place}]"), "Use 1 to 50 characters.");
            }
        }
        self.labels.retain(|label| seen.insert(fold(label)));
        if self.labels.len() > MOST_LABELS {
            faults.add("labels", format!("Use at most {MOST_LABELS} labels."));
        }
    }

    /// Applies a patch; what it replaces, it replaces as a whole.
    pub(crate) fn apply(&mut self, patch: Patch) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(&mut self.name, patch.name);
        set(&mut self.phones, patch.phones);
        set(&mut self.emails, patch.emails);
        set(&mut self.company, patch.company);
        set(&mut self.job_title, patch.job_title);
        set(&mut self.address, patch.address);
        set(&mut self.note, patch.note);
        set(&mut self.labels, patch.labels);
        set(&mut self.owner, patch.owner);
        set(&mut self.fields, patch.fields);
        set(&mut self.external_ids, patch.external_ids);
    }

    /// Adds what the other one knows and this one does not; where both know, this one is right.
    pub(crate) fn absorb(&mut self, other: Profile) {
        for (mine, theirs) in [
            (&mut self.company, other.company),
            (&mut self.job_title, other.job_title),
            (&mut self.address, other.address),
        ] {
            if mine.is_empty() {
                *mine = theirs;
            }
        }
        if self.note.is_empty() {
            self.note = other.note;
        } else if !other.note.is_empty() && !self.note.contains(&other.note) {
            self.note = format!("{}\n\n{}", self.note, other.note);
        }
        self.owner = self.owner.or(other.owner);
        self.gather(other.phones, other.emails, other.labels);
        for (name, value) in other.fields {
            self.fields.entry(name).or_insert(value);
        }
        for (system, id) in other.external_ids {
            self.external_ids.entry(system).or_insert(id);
        }
    }

    /// Takes over what a row of a file says: what it leaves empty stays, numbers, addresses and labels come in addition.
    pub(crate) fn overlay(&mut self, row: Profile) {
        for (mine, theirs) in [
            (&mut self.name, row.name),
            (&mut self.company, row.company),
            (&mut self.job_title, row.job_title),
            (&mut self.address, row.address),
            (&mut self.note, row.note),
        ] {
            if !theirs.is_empty() {
                *mine = theirs;
            }
        }
        self.owner = row.owner.or(self.owner);
        self.gather(row.phones, row.emails, row.labels);
        self.fields.extend(row.fields);
        self.external_ids.extend(row.external_ids);
    }

    fn gather(&mut self, phones: Vec<Phone>, emails: Vec<super::Email>, labels: Vec<String>) {
        for phone in phones {
            if !self.phones.iter().any(|mine| mine.number == phone.number) {
                self.phones.push(phone);
            }
        }
        for email in emails {
            if !self.emails.iter().any(|mine| mine.address == email.address) {
                self.emails.push(email);
            }
        }
        for label in labels {
            if !self.labels.iter().any(|mine| fold(mine) == fold(&label)) {
                self.labels.push(label);
            }
        }
    }
}

/// Trimmed names and values; empty values mean the same as none.
fn settled(
    field: &str,
    pairs: &BTreeMap<String, String>,
    most: usize,
    faults: &mut Faults,
) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for (name, value) in pairs {
        let (name, value) = (name.trim(), value.trim());
        if !(1..=60).contains(&name.chars().count()) {
            faults.add(field, "Use names of 1 to 60 characters.");
        } else if value.chars().count() > most {
            faults.add(format!("{field}.{name}"), format!("Use at most {most} characters."));
        } else if !value.is_empty() {
            kept.insert(name.to_owned(), value.to_owned());
        }
    }
    if kept.len() > MOST_FIELDS {
        faults.add(field, format!("Use at most {MOST_FIELDS} of them."));
    }
    kept
}

/// Whether mail can be sent there, as far as the text tells.
fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !",;:<>()[]\"\\@".contains(c);
    let dots = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    text.len() <= 254
        && name.chars().all(plain)
        && dots(name)
        && dots(domain)
        && domain.contains('.')
        && domain.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::{Email, Kind};

    fn phone(number: &str) -> Phone {
        Phone { number: number.to_owned(), kind: Kind::Personal }
    }

    fn wrong(mut profile: Profile) -> Vec<String> {
        let mut faults = Faults::default();
        profile.settle("84", &mut faults);
        faults.done().map_or_else(|problem| problem.fields.into_iter().map(|field| field.name).collect(), |()| vec![])
    }

    #[test]
    fn numbers_and_addresses_are_kept_in_one_form_and_once() {
        let mut profile = Profile {
            name: "  Trần Thị Lan ".into(),
            phones: vec![phone("0901 234 567"), phone("+84 901.234.567"), phone("1900")],
            emails: vec![Email { address: " Lan@Example.VN".into(), kind: Kind::Office }],
            labels: vec!["Khách  VIP".into(), "khach vip".into()],
            ..Profile::default()
        };
        let mut faults = Faults::default();
        profile.settle("84", &mut faults);
        faults.done().expect("nothing is wrong");
        assert_eq!(profile.name, "Trần Thị Lan");
        assert_eq!(profile.phones, [phone("+84901234567"), phone("1900")]);
        assert_eq!(profile.emails[0].address, "lan@example.vn");
        assert_eq!(profile.labels, ["Khách VIP"]);
    }

    #[test]
    fn each_wrong_field_is_named() {
        let profile = Profile {
            name: " ".into(),
            phones: vec![phone("0901234567"), phone("call me")],
            emails: vec![Email { address: "lan".into(), kind: Kind::Personal }],
            labels: vec!["".into()],
            note: "x".repeat(4_001),
            fields: BTreeMap::from([("x".repeat(61), "y".into())]),
            ..Profile::default()
        };
        assert_eq!(wrong(profile), ["note", "name", "phones[1].number", "emails[0].address", "labels[0]", "fields"]);
        let many = Profile { name: "a".into(), phones: vec![phone("1900"); 21], ..Profile::default() };
        assert_eq!(wrong(many), ["phones"]);
    }

    #[test]
    fn the_one_that_is_kept_is_right_and_loses_nothing() {
        let fields = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let mut keep = Profile {
            name: "Lan".into(),
            phones: vec![phone("+84901234567")],
            note: "Likes tea".into(),
            fields: fields(&[("age", "30")]),
            ..Profile::default()
        };
        keep.absorb(Profile {
            name: "Chị Lan".into(),
            phones: vec![phone("+84901234567"), phone("+84901234568")],
            company: "ABC".into(),
            note: "Likes coffee".into(),
            fields: fields(&[("age", "31"), ("city", "Huế")]),
            ..Profile::default()
        });
        assert_eq!((keep.name.as_str(), keep.company.as_str()), ("Lan", "ABC"));
        assert_eq!(keep.phones, [phone("+84901234567"), phone("+84901234568")]);
        assert_eq!(keep.note, "Likes tea\n\nLikes coffee");
        assert_eq!(keep.fields, fields(&[("age", "30"), ("city", "Huế")]));
    }
}
