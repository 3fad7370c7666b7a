//! API keys: a bearer text shown once, kept as its SHA-256.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, list, revoke};
pub(crate) use service::{create_with, new_secret};

use model::{KeyId, Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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
    /// What it allows.
    #[serde(with = "crate::text::role")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "manager"))]
    pub role: Role,
    /// Its first characters, to tell keys apart.
    pub hint: String,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last used, to about five minutes.
    pub last_used_at: Option<i64>,
    /// When it was revoked; it counts no more.
    pub revoked_at: Option<i64>,
    /// When it stops counting by itself.
    pub expires_at: Option<i64>,
}

/// A key to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// When it stops counting by itself, milliseconds since 1970; never when missing.
    #[serde(default)]
    pub expires_at: Option<i64>,
}

/// A key with the secret, which is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CreatedKey))]
pub struct Created {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// What goes behind `Authorization: Bearer`.
    pub secret: String,
}

/// The form in which a bearer text is kept. A plain digest is enough: the text has 160 random bits.
pub(crate) fn digest(bearer: &str) -> String {
    Sha256::digest(bearer.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
