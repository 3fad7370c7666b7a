//! A public number of the company, on the trunk it comes in by, and where its callers go.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::{check_sources, insert};
pub use service::{create, delete, get, list, update};

pub use crate::target::{Target, TargetText};

use model::{HotlineId, TrunkId};
use serde::{Deserialize, Serialize};

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
