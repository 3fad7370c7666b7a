//! A public number of the company, on the trunk it comes in by, and where its callers go.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use service::{amend, check_sources, insert};
pub use service::{create, delete, find_by_id_number, get, list, update, walk};

pub use crate::target::{Target, TargetText};

use model::{HotlineId, ScheduleId, TrunkId};
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
    /// When it is open; always, when missing.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub schedule: Option<ScheduleId>,
    /// Where callers go while the schedule is closed.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub closed_target: Option<Target>,
    /// Where callers go on a holiday of the schedule; as when closed, when missing.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub holiday_target: Option<Target>,
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
    /// When it is open; always, when missing. With a schedule goes a `closed_target`.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub schedule: Option<ScheduleId>,
    /// Where callers go while the schedule is closed.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub closed_target: Option<Target>,
    /// Where callers go on a holiday of the schedule; as when closed, when missing.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub holiday_target: Option<Target>,
}

impl NewHotline {
    /// A number that leads there at all hours, by the company's only trunk.
    pub fn to(number: impl Into<String>, target: Target) -> NewHotline {
        NewHotline {
            number: number.into(),
            name: None,
            trunk: None,
            target,
            schedule: None,
            closed_target: None,
            holiday_target: None,
        }
    }
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
    /// When it is open; `null` for always.
    #[serde(default, with = "crate::text::patch_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub schedule: Option<Option<ScheduleId>>,
    /// Where callers go while the schedule is closed.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub closed_target: Option<Option<Target>>,
    /// Where callers go on a holiday of the schedule; `null` for as when closed.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub holiday_target: Option<Option<Target>>,
}
