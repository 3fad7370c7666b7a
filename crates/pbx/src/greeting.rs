//! Sounds that callers hear. Their audio lies in a file whose name we make; whoever uploads converts it and puts it there.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, delete, get, list};

use model::{GreetingId, TenantId};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Greeting))]
pub struct Greeting {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "grt_01hv3k0000000000000000000"))]
    pub id: GreetingId,
    /// Its name.
    pub name: String,
    /// How long it plays.
    pub duration_ms: i64,
    /// How long its file is.
    pub size_bytes: i64,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
}

/// A sound to add, once its file lies at [`file`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGreeting {
    /// The id under which the file was put.
    pub id: GreetingId,
    /// Its name.
    pub name: String,
    /// How long it plays.
    pub duration_ms: i64,
    /// How long its file is.
    pub size_bytes: i64,
}

/// Where a sound's file lies, from the data directory on: 8 kHz mono WAV.
pub fn file(tenant: TenantId, id: GreetingId) -> PathBuf {
    ["greetings", &tenant.to_string(), &format!("{id}.wav")].iter().collect()
}
