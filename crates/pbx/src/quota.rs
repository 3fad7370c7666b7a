//! What a company may take of the installation. Only the operator sets it; engines read it from the snapshot,
//! and the gate of the API reads the row beside each credential.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{get, set};

use serde::{Deserialize, Serialize};

/// The bounds of a company; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Calls at once.
    #[serde(default)]
    pub calls: u32,
    /// New calls in a second.
    #[serde(default)]
    pub calls_per_second: u32,
    /// Phones that are registered at once.
    #[serde(default)]
    pub registrations: u32,
    /// Click-to-calls in a minute.
    #[serde(default)]
    pub clicks_per_minute: u32,
    /// Requests of the API in a second, by all its keys and people.
    #[serde(default)]
    pub api_requests_per_second: u32,
}
