//! A scorecard: weighted questions. Pure.

use model::{Faults, ScorecardId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most questions of a card.
const MOST: usize = 50;
/// All of a score, in hundredths of a percent.
pub(crate) const WHOLE: i64 = 10_000;

/// A scorecard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Scorecard))]
pub struct Card {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "scd_01hv3k0000000000000000000"))]
    pub id: ScorecardId,
    /// Its name.
    pub name: String,
    /// Whether calls can be scored by it.
    pub enabled: bool,
    /// How often its questions were changed, from 1.
    pub version: i64,
    /// The questions of this version, in order.
    pub questions: Vec<Question>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ScorecardQuestion))]
pub struct Question {
    /// Its key, the same from version to version, so that reports compare: `greeting`.
    pub key: String,
    /// What is asked.
    pub text: String,
    /// How much it counts beside the others, 1–100.
    pub weight: i64,
    /// The most points, 1–100; 1 for yes and no.
    pub most: i64,
    /// Whether no point at all here makes the whole score nothing.
    #[serde(default)]
    pub critical: bool,
}

/// A scorecard to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewScorecard))]
pub struct NewCard {
    /// Its name.
    pub name: String,
    /// Its questions, in order.
    pub questions: Vec<Question>,
}

/// Changes to a scorecard; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ScorecardPatch))]
pub struct CardPatch {
    /// Its name.
    pub name: Option<String>,
    /// Whether calls can be scored by it.
    pub enabled: Option<bool>,
    /// Its questions; others than before make a new version.
    pub questions: Option<Vec<Question>>,
}

impl Card {
    pub(super) fn check(&self) -> Result<(), model::Problem> {
        let mut faults = Faults::default();
        if !crate::config::good_name(&self.name) {
            faults.add("name", "Give the scorecard a name of 1 to 200 characters.");
        }
        if !(1..=MOST).contains(&self.questions.len()) {
            faults.add("questions", "Ask 1 to 50 questions.");
        }
        let mut keys = HashSet::new();
        for (number, question) in self.questions.iter().enumerate() {
            let field = |name: &str| format!("questions[{number}].{name}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !(1..=40).contains(&question.key.len()) || !question.key.chars().all(plain) {
                faults.add(field("key"), "Use 1 to 40 small letters, digits and underscores: greeting.");
            } else if !keys.insert(question.key.as_str()) {
                faults.add(field("key"), "Another question has this key.");
            }
            if !(1..=500).contains(&question.text.trim().chars().count()) {
                faults.add(field("text"), "Ask in 1 to 500 characters.");
            }
            if !(1..=100).contains(&question.weight) {
                faults.add(field("weight"), "Use 1 to 100.");
            }
            if !(1..=100).contains(&question.most) {
                faults.add(field("most"), "Use 1 to 100 points.");
            }
        }
        faults.done()
    }
}

/// The score of these points (none where a question does not apply), hundredths of a percent; none when nothing applies.
pub(super) fn score(questions: &[Question], points: &[Option<i64>]) -> Option<i64> {
    let asked = || questions.iter().zip(points).filter_map(|(question, points)| Some((question, (*points)?)));
    if asked().any(|(question, points)| question.critical && points == 0) {
        return Some(0);
    }
    let weights: i64 = asked().map(|(question, _)| question.weight).sum();
    // Exact in floating point: at most 50 × 100 × 10,000.
    let got: f64 =
        asked().map(|(question, points)| (question.weight * points * WHOLE) as f64 / question.most as f64).sum();
    (weights > 0).then(|| (got / weights as f64).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(key: &str, weight: i64, most: i64, critical: bool) -> Question {
        Question { key: key.into(), text: key.into(), weight, most, critical }
    }

    #[test]
    fn weights_count_and_what_does_not_apply_does_not() {
        let card = [question("a", 1, 5, false), question("b", 3, 1, false), question("c", 6, 10, true)];
        assert_eq!(score(&card, &[Some(5), Some(1), Some(10)]), Some(10_000));
        assert_eq!(score(&card, &[Some(5), Some(0), Some(10)]), Some(7_000));
        assert_eq!(score(&card, &[Some(3), Some(1), None]), Some(9_000));
        assert_eq!(score(&card, &[Some(5), Some(1), Some(0)]), Some(0), "critical");
        assert_eq!(score(&card, &[None, None, None]), None);
        assert_eq!(score(&[question("a", 1, 3, false)], &[Some(1)]), Some(3_333));
    }
}
