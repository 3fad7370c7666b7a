//! Scorecards, and calls scored by them: who listened to a call says how good it was, question by question; whose call it was
//! sees that and may dispute it. docs/specs/scores.md.

mod card;
mod cards;
pub(crate) mod repo;
mod report;
mod scores;
#[cfg(test)]
mod tests;

pub use card::{Card, CardPatch, NewCard, Question};
pub use cards::{create, delete, get, list, questions, update};
pub use report::{AgentScores, QuestionScores, Report, report};
pub use scores::{Answer, Given, Score, State, Wanted, dispute, find, give, of_call, search, settle, take_back};
