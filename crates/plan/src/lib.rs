//! A company's configuration as a text that people keep beside their own programs: departments, people, extensions,
//! schedules, ring groups, queues, flows with their tests, public numbers, written as YAML.
//!
//! [`export`] writes what there is, [`plan`] tells what a text would change, [`apply`] changes it: all of it, or nothing.
//! A plan is the change itself, taken back, so that what it promises holds. Rules are the features'; here is only the form.
//! Secrets never stand in the text. Start with [`Section`], then `change.rs`; `docs/specs/configuration.md` has the form.

mod change;
mod difference;
mod names;
mod section;
#[cfg(test)]
mod tests;
mod text;

pub use change::{apply, plan};
pub use section::Section;
pub use text::export;

use pbx::flow::trial::Verdict;
use serde::Serialize;

/// What a text changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ConfigurationPlan))]
pub struct Plan {
    /// What is made or changed, in the order in which that happens; empty when the text says what there is.
    pub changes: Vec<Change>,
    /// The tests of the flows that the text names, all of which hold.
    pub tests: Vec<Tested>,
    /// What the company has beside what the text names, in the sections that it has. It stays as it is.
    pub unnamed: Vec<Thing>,
    /// Whether it was done.
    pub applied: bool,
}

/// A thing of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ConfigurationThing))]
pub struct Thing {
    /// The section: `ring_groups`.
    pub section: String,
    /// What people know it by.
    pub name: String,
}

/// What happens to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ConfigurationAction))]
pub enum Action {
    /// It is made.
    Create,
    /// Some of its fields change.
    Update,
}

/// One thing that is made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ConfigurationChange))]
pub struct Change {
    /// What.
    #[serde(flatten)]
    pub thing: Thing,
    /// What happens to it.
    pub action: Action,
    /// The fields that change.
    pub fields: Vec<FieldChange>,
}

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ConfigurationField))]
pub struct FieldChange {
    /// Its path: `graph.nodes.ask.options.1`.
    pub field: String,
    /// What it was; none when it was not there.
    pub before: Option<String>,
    /// What it becomes; none when it goes.
    pub after: Option<String>,
}

/// What came of the tests of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ConfigurationTest))]
pub struct Tested {
    /// Which flow.
    pub flow: String,
    /// What came of the test.
    #[serde(flatten)]
    pub verdict: Verdict,
}
