//! How a contact is found: the words it is searched by, and what a search asks for. Pure.

use super::Profile;
use crate::text::{cut, fold, hex, words};
use model::{PhoneNumber, UserId};
use std::collections::BTreeSet;

/// How much of a name the order of a list looks at, bytes.
const SORT_BYTES: usize = 60;
/// How much of a word a search looks at, bytes.
const WORD_BYTES: usize = 24;
/// The most words one contact is found by.
const MOST_WORDS: usize = 80;
/// The most words one search looks for.
const MOST_TERMS: usize = 6;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By name, without accents and case.
    #[default]
    Name,
    /// The newest first.
    Newest,
}

/// Which contacts a list shows; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Beginnings of words of name, company, job or address, without accents; or a number in any form, its beginning or
    /// its end.
    pub text: Option<String>,
    /// A label they carry.
    pub label: Option<String>,
    /// One of these looks after them, `None` for nobody; whoever when empty.
    pub owners: Vec<Option<UserId>>,
    /// In which order.
    pub order: Order,
}

/// What a contact is sorted by.
pub(crate) fn sort_name(name: &str) -> String {
    cut(&words(name).join(" "), SORT_BYTES).to_owned()
}

/// What a contact is found by from its beginning, in hexadecimal. A number stands here as people write it at home, and
/// backwards behind a dash, so that its last digits find it.
pub(crate) fn words_of(profile: &Profile, country: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for phone in &profile.phones {
        if let Some(number) = national(&phone.number, country) {
            found.insert(hex(&backwards(&number)));
            found.insert(hex(&number));
        }
    }
    let texts = [&profile.name, &profile.company, &profile.job_title, &profile.address];
    let emails = profile.emails.iter().map(|email| &email.address);
    for text in texts.into_iter().chain(emails).chain(profile.external_ids.values()) {
        for word in words(text) {
            if found.len() >= MOST_WORDS {
                return found;
            }
            found.insert(hex(cut(&word, WORD_BYTES)));
        }
    }
    found
}

fn national(number: &str, country: &str) -> Option<String> {
    let parsed = PhoneNumber::parse(number, country)?;
    Some(parsed.national(country).trim_start_matches('+').to_owned())
}

fn backwards(digits: &str) -> String {
    format!("-{}", digits.chars().rev().collect::<String>())
}

/// Ranges of words in hexadecimal, from the first up to but without the second.
pub(crate) type Ranges = Vec<(String, String)>;

/// What a search asks for: each entry must be met, by any of its ranges.
pub(crate) fn terms(text: &str, country: &str) -> Vec<Ranges> {
    if let Some(digits) = digits_of(text) {
        let mut ranges = vec![range(&digits), range(&backwards(&digits))];
        ranges.extend(national(text, country).filter(|number| *number != digits).map(|number| range(&number)));
        return vec![ranges];
    }
    let mut found: Vec<String> = words(text);
    // The longest is the rarest: it leads, the others are looked up for each contact it finds.
    found.sort_by_key(|word| std::cmp::Reverse(word.len()));
    found.dedup();
    found.truncate(MOST_TERMS);
    found.iter().map(|word| vec![range(cut(word, WORD_BYTES))]).collect()
}

fn range(start: &str) -> (String, String) {
    let start = hex(start);
    // `g` follows `f`, the last of the digits.
    let end = format!("{start}g");
    (start, end)
}

/// The digits of a text that can be nothing but a number.
fn digits_of(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let other = |c: char| !c.is_ascii_digit() && !" .-()/+".contains(c);
    (digits.len() >= 3 && !text.contains(other)).then_some(digits)
}

/// A label as it is looked up.
pub(crate) fn label_key(label: &str) -> String {
    fold(label.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::{Kind, Phone};

    fn finds(profile: &Profile, text: &str) -> bool {
        let words = words_of(profile, "84");
        let terms = terms(text, "84");
        let met = |ranges: &Ranges| ranges.iter().any(|(from, to)| words.iter().any(|w| from <= w && w < to));
        !terms.is_empty() && terms.iter().all(met)
    }

    #[test]
    fn a_contact_is_found_by_any_word_and_any_form_of_its_number() {
        let phone = Phone { number: "+84901234567".into(), kind: Kind::Personal };
        let company = "Cty Ánh Dương".to_owned();
        let lan = Profile { name: "Nguyễn Thị Lan".into(), phones: vec![phone], company, ..Profile::default() };
        for text in ["nguyen", "NGUYỄN lan", "lan ng", "ánh", "0901", "0901 234 567", "+84 901", "84901234567", "4567"]
        {
            assert!(finds(&lan, text), "{text}");
        }
        for text in ["guyen", "lan minh", "0902", "123", "", "..."] {
            assert!(!finds(&lan, text), "{text}");
        }
    }

    #[test]
    fn a_foreign_number_is_found_by_its_digits() {
        let phone = Phone { number: "+6591234567".into(), kind: Kind::Personal };
        let tan = Profile { name: "Tan".into(), phones: vec![phone], ..Profile::default() };
        for text in ["+65 9123 4567", "6591", "0065 9123", "4567"] {
            assert!(finds(&tan, text), "{text}");
        }
    }

    #[test]
    fn names_sort_without_accents() {
        assert_eq!(sort_name("  Đặng   Văn Ân"), "dang van an");
        assert!(sort_name(&"đ".repeat(300)).len() <= SORT_BYTES);
    }
}
