//! What agents want: to take calls, to pause, or to be left alone. It is kept, so that it survives a restart; what an agent
//! does at a moment (rings, talks, wraps up) is known to the engine alone.

pub(crate) mod repo;
mod service;
pub mod spell;
#[cfg(test)]
mod tests;

pub use service::{create_reason, delete_reason, missed, own, reasons, set, version, wishes, wishes_of_company};

use acd::Wish;
use model::{ExtensionId, PauseReasonId};
use serde::{Deserialize, Serialize};

/// What an agent can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = WishedAgentState))]
pub enum State {
    /// To be left alone: logged out.
    Offline,
    /// To take calls: logged in.
    Available,
    /// To take none for a while.
    Paused,
}

impl State {
    pub(crate) const ALL: [(State, &'static str); 3] =
        [(State::Offline, "offline"), (State::Available, "available"), (State::Paused, "paused")];
}

/// What an agent wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Who.
    pub extension: ExtensionId,
    /// What.
    pub wish: Wish,
    /// Since when, milliseconds since 1970.
    pub changed_at: i64,
}

/// A state to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewAgentState))]
pub struct NewState {
    /// Which.
    pub state: State,
    /// Why, with a pause: one of the company's reasons, when it has any.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A reason for a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PauseReason))]
pub struct Reason {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "prs_01hv3k0000000000000000000"))]
    pub id: PauseReasonId,
    /// What agents choose and reports show.
    pub name: String,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
}
