//! API keys: a secret shown once, kept as its SHA-256, with what bounds its use: a role, a dialect, an end, addresses,
//! requests a minute.

mod change;
pub(crate) mod repo;
pub(crate) mod secret;
mod service;
#[cfg(test)]
mod tests;

pub use change::{Change, changes};
pub use service::{create, list, revoke, rotate, update};
pub(crate) use service::{create_with, grant};

use model::{Dialect, KeyId, Role};
use serde::{Deserialize, Serialize};

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Key))]
pub struct Key {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "key_01hv3k0000000000000000000"))]
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// Whose API its client speaks.
    #[serde(with = "crate::text::dialect")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "alo"))]
    pub dialect: Dialect,
    /// The name that goes with the secret, where the dialect has one (an application's id).
    pub public_id: Option<String>,
    /// What it allows.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// Its first characters, to tell keys apart.
    pub hint: String,
    /// When it ends by itself, milliseconds since 1970; never when missing.
    pub expires_at: Option<i64>,
    /// Where it may be used from, as addresses or blocks of them; anywhere when empty.
    pub allowed_addresses: Vec<String>,
    /// How many requests a minute it may make; no limit of its own when missing.
    pub requests_per_minute: Option<u32>,
    /// Until when the secret before the last rotation counts.
    pub previous_until: Option<i64>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, to about five minutes.
    pub last_used_at: Option<i64>,
    /// When it was revoked; it counts no more.
    pub revoked_at: Option<i64>,
}

/// A key to create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewKey))]
pub struct NewKey {
    /// What it is for, 1–100 characters.
    pub name: String,
    /// What it allows; not more than the one who creates. `manager` when missing.
    #[serde(default, with = "crate::text::some_role")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "manager"))]
    pub role: Option<Role>,
    /// Whose API its client speaks: `alo` when missing, or `omicall`, `antring`, `etelecom`, `voicecloud`.
    #[serde(default, with = "crate::text::dialect")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "alo"))]
    pub dialect: Dialect,
    /// When it ends by itself, milliseconds since 1970.
    #[serde(default)]
    pub expires_at: Option<i64>,
    /// Where it may be used from: up to 50 addresses (`203.0.113.7`) or blocks (`203.0.113.0/28`); anywhere when empty.
    #[serde(default)]
    pub allowed_addresses: Vec<String>,
    /// How many requests a minute it may make, 1–100,000.
    #[serde(default)]
    pub requests_per_minute: Option<u32>,
}

/// Changes to a key; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = KeyPatch))]
pub struct KeyPatch {
    /// What it is for.
    pub name: Option<String>,
    /// When it ends by itself; `null` for never.
    #[serde(default, with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    pub expires_at: Option<Option<i64>>,
    /// Where it may be used from; an empty list for anywhere.
    pub allowed_addresses: Option<Vec<String>>,
    /// How many requests a minute it may make; `null` for no limit of its own.
    #[serde(default, with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    pub requests_per_minute: Option<Option<u32>>,
}

/// How a secret is changed for a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = KeyRotation))]
pub struct Rotation {
    /// For how many seconds the old secret counts beside the new one, so that clients can be changed over: 0 to 30 days.
    #[serde(default)]
    pub overlap_s: u32,
}

/// A key with the secret, which is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CreatedKey))]
pub struct Created {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// What goes behind `Authorization: Bearer`; for other dialects, what their clients call key or secret.
    pub secret: String,
}
