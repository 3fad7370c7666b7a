//! The decision trail: every choice a machine made, with its reason, kept with the call.

use crate::Moment;

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEntry {
    /// When.
    pub at: Moment,
    /// A stable snake_case word for the step: `route`, `menu`, `ring`, `answer`, `end`…
    pub step: &'static str,
    /// What was decided and why, one sentence.
    pub reason: String,
    /// The facts it rests on, in order: (name, value).
    pub facts: Vec<(&'static str, String)>,
}

impl TrailEntry {
    /// A decision without facts.
    pub fn new(at: Moment, step: &'static str, reason: impl Into<String>) -> Self {
        Self { at, step, reason: reason.into(), facts: Vec::new() }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }
}
