//! A public number of the company, on the trunk it comes in by, and where its callers go.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::check_sources;
pub use service::{create, delete, get, list, update};

use model::{ExtensionId, FlowId, GroupId, HotlineId, TrunkId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where callers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "TargetText", into = "TargetText")]
pub enum Target {
    /// An IVR.
    Flow(FlowId),
    /// A ring group.
    Group(GroupId),
    /// One extension.
    Extension(ExtensionId),
}

/// A target in JSON: `{"kind": "flow", "id": "flw_…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = HotlineTarget))]
pub struct TargetText {
    /// `flow`, `group` or `extension`.
    pub kind: String,
    /// The id of what is meant.
    pub id: String,
}

impl From<Target> for TargetText {
    fn from(target: Target) -> TargetText {
        TargetText { kind: target.kind().to_owned(), id: target.to_string() }
    }
}

impl TryFrom<TargetText> for Target {
    type Error = &'static str;

    fn try_from(text: TargetText) -> Result<Target, &'static str> {
        Target::parse(&text.kind, &text.id).ok_or("a target is a kind (flow, group, extension) and an id of that kind")
    }
}

impl Target {
    /// The stored word of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Target::Flow(_) => "flow",
            Target::Group(_) => "group",
            Target::Extension(_) => "extension",
        }
    }

    pub(crate) fn parse(kind: &str, id: &str) -> Option<Target> {
        match kind {
            "flow" => id.parse().ok().map(Target::Flow),
            "group" => id.parse().ok().map(Target::Group),
            "extension" => id.parse().ok().map(Target::Extension),
            _ => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Flow(id) => id.fmt(f),
            Target::Group(id) => id.fmt(f),
            Target::Extension(id) => id.fmt(f),
        }
    }
}

/// A public number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Hotline))]
pub struct Hotline {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "hot_01hv3k0000000000000000000"))]
    pub id: HotlineId,
    /// The number: `+842873000001`, or a short number as dialled.
    pub number: String,
    /// Its name, such as "Sales".
    pub name: String,
    /// The trunk its calls come in by, and calls that show it go out by.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub trunk: TrunkId,
    /// Where callers go.
    #[cfg_attr(feature = "openapi", schema(value_type = TargetText))]
    pub target: Target,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A public number to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewHotline))]
pub struct NewHotline {
    /// The number in any usual form: `028 7300 0001`, `+842873000001`.
    pub number: String,
    /// Its name; the number when missing.
    #[serde(default)]
    pub name: Option<String>,
    /// The trunk; may be missing when the company has exactly one.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trunk: Option<TrunkId>,
    /// Where callers go.
    #[cfg_attr(feature = "openapi", schema(value_type = TargetText))]
    pub target: Target,
}

/// Changes to a public number; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = HotlinePatch))]
pub struct HotlinePatch {
    /// Its name.
    pub name: Option<String>,
    /// The trunk.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trunk: Option<TrunkId>,
    /// Where callers go.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub target: Option<Target>,
}
