//! What a company knows of callers before anybody answers: whom it does not want to hear, and whom it wants to treat
//! with care. A rule is for one number, for all that begin alike, or for those that show none.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, delete, get, list};

use model::{CallerRuleId, PhoneNumber};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What becomes of a caller that a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallerList))]
pub enum List {
    /// Refused before anything else.
    Blocked,
    /// Told apart in flows.
    Vip,
}

impl List {
    pub(crate) const ALL: [(List, &'static str); 2] = [(List::Blocked, "blocked"), (List::Vip, "vip")];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        crate::trunk::word(&List::ALL, self)
    }
}

/// A rule about callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallerRule))]
pub struct Rule {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "clr_01hv3k0000000000000000000"))]
    pub id: CallerRuleId,
    /// What becomes of them.
    pub list: List,
    /// Who: `+84901234567`, all that begin alike: `+84901*`, or `anonymous` for those that show no number.
    pub pattern: String,
    /// Why, for people.
    pub note: String,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
}

/// A rule to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewCallerRule))]
pub struct NewRule {
    /// What becomes of them.
    pub list: List,
    /// Who: a number in any usual form, one with `*` behind its first digits, or `anonymous`.
    pub pattern: String,
    /// Why, for people; at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// The word for callers that show no number.
pub const ANONYMOUS: &str = "anonymous";

/// A pattern as it is kept; none when it is no pattern.
pub(crate) fn pattern(text: &str, country: &str) -> Option<String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case(ANONYMOUS) {
        return Some(ANONYMOUS.to_owned());
    }
    let Some(start) = text.strip_suffix('*') else {
        return PhoneNumber::parse(text, country).map(|number| number.to_string());
    };
    let plain: String = start.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    if !(1..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // As numbers are read: 00 goes abroad, a single 0 stands for the country.
    let full = match (plain.starts_with('+'), digits.strip_prefix("00"), digits.strip_prefix('0')) {
        (true, _, _) => format!("+{digits}"),
        (false, Some(abroad), _) => format!("+{abroad}"),
        (false, None, Some(national)) => format!("+{country}{national}"),
        (false, None, None) => digits.to_owned(),
    };
    (full != "+").then(|| format!("{full}*"))
}

/// Whether the number that a caller shows is none.
pub fn is_anonymous(number: &str) -> bool {
    !number.bytes().any(|byte| byte.is_ascii_digit())
}

/// All rules of a company, ready to be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Callers {
    exact: HashMap<String, List>,
    /// Without the star; the longest first.
    beginnings: Vec<(String, List)>,
    anonymous: Option<List>,
}

impl Callers {
    /// From the rules as they are kept.
    pub fn of<'a>(rules: impl IntoIterator<Item = (&'a str, List)>) -> Callers {
        let mut callers = Callers::default();
        for (pattern, list) in rules {
            match pattern.strip_suffix('*') {
                Some(start) => callers.beginnings.push((start.to_owned(), list)),
                None if pattern == ANONYMOUS => callers.anonymous = Some(list),
                None => _ = callers.exact.insert(pattern.to_owned(), list),
            }
        }
        callers.beginnings.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        callers
    }

    /// The list that a caller stands on, and the pattern that says so. The whole number goes before its beginning, a long
    /// beginning before a short one.
    pub fn find(&self, number: &str) -> Option<(List, String)> {
        if is_anonymous(number) {
            return self.anonymous.map(|list| (list, ANONYMOUS.to_owned()));
        }
        if let Some(list) = self.exact.get(number) {
            return Some((*list, number.to_owned()));
        }
        let (start, list) = self.beginnings.iter().find(|(start, _)| number.starts_with(start.as_str()))?;
        Some((*list, format!("{start}*")))
    }
}
