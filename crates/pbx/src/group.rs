//! Extensions that ring together or one after another.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, delete, get, list, update};

use model::{ExtensionId, Faults, GroupId};
use serde::{Deserialize, Serialize};

/// How the members ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingStrategy))]
pub enum Strategy {
    /// All at once.
    #[default]
    Simultaneous,
    /// One after another, in the order of the list.
    Sequential,
}

impl Strategy {
    pub(crate) const ALL: [(Strategy, &'static str); 2] =
        [(Strategy::Simultaneous, "simultaneous"), (Strategy::Sequential, "sequential")];
}

impl From<Strategy> for call::Strategy {
    fn from(strategy: Strategy) -> call::Strategy {
        match strategy {
            Strategy::Simultaneous => call::Strategy::Simultaneous,
            Strategy::Sequential => call::Strategy::Sequential,
        }
    }
}

/// A ring group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingGroup))]
pub struct Group {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "grp_01hv3k0000000000000000000"))]
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// How the members ring.
    pub strategy: Strategy,
    /// How long to ring: all together, or each one.
    pub ring_ms: i64,
    /// Who rings, in order.
    #[serde(with = "crate::text::ids")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub members: Vec<ExtensionId>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A ring group to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewRingGroup))]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// How the members ring, `simultaneous` when missing.
    #[serde(default)]
    pub strategy: Strategy,
    /// How long to ring, 1,000–600,000; 20,000 when missing.
    #[serde(default = "twenty_seconds")]
    pub ring_ms: i64,
    /// Who rings, in order.
    #[serde(with = "crate::text::ids")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub members: Vec<ExtensionId>,
}

/// Changes to a ring group; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RingGroupPatch))]
pub struct GroupPatch {
    /// Its name.
    pub name: Option<String>,
    /// How the members ring.
    pub strategy: Option<Strategy>,
    /// How long to ring.
    pub ring_ms: Option<i64>,
    /// Who rings, in order; replaces the whole list.
    #[serde(default, with = "crate::text::some_ids")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub members: Option<Vec<ExtensionId>>,
}

pub(crate) fn twenty_seconds() -> i64 {
    20_000
}

impl Group {
    fn check(&self, faults: &mut Faults) {
        if !crate::config::good_name(&self.name) {
            faults.add("name", "Use 1 to 200 characters.");
        }
        if !(1_000..=600_000).contains(&self.ring_ms) {
            faults.add("ring_ms", "Use 1000 to 600000 milliseconds.");
        }
        if self.members.len() > 10_000 {
            faults.add("members", "Use at most 10000 extensions.");
        }
    }
}
