//! Messages that callers left. Their sound lies in a file whose name follows from the message; a message that is deleted takes
//! it along, which is the caller's business.

pub(crate) mod repo;
mod service;
mod told;

pub use service::{change, counts, delete, get, keep, list, of_extension, sound};
pub(crate) use told::arrived;

use model::{CallId, ExtensionId, Id, TenantId, VoicemailId};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const DAY_MS: u128 = 24 * 60 * 60 * 1_000;

/// A message as it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Which.
    #[serde(with = "crate::text::id")]
    pub id: VoicemailId,
    /// Whose company.
    #[serde(with = "crate::text::id")]
    pub tenant: TenantId,
    /// For whom.
    #[serde(with = "crate::text::id")]
    pub extension: ExtensionId,
    /// In which call.
    #[serde(with = "crate::text::id")]
    pub call: CallId,
    /// Who called.
    pub from_number: String,
    /// The caller's name; may be empty.
    pub from_name: String,
    /// How long the file is.
    pub size_bytes: i64,
    /// How much sound is in it.
    pub duration_ms: i64,
    /// False when it was cut off by the end of a process or a full disk.
    pub complete: bool,
    /// When it began, milliseconds since 1970.
    pub created_at: i64,
}

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Voicemail))]
pub struct Message {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "vml_01hv3k0000000000000000000"))]
    pub id: VoicemailId,
    /// For which extension.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ext_01hv3k0000000000000000000"))]
    pub extension: ExtensionId,
    /// The call in which it was left.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "call_01hv3k0000000000000000000"))]
    pub call: CallId,
    /// Who called.
    pub from_number: String,
    /// The caller's name; may be empty.
    pub from_name: String,
    /// How long it is.
    pub duration_ms: i64,
    /// How long its file is.
    pub size_bytes: i64,
    /// False when it was cut off.
    pub complete: bool,
    /// When it was left, milliseconds since 1970.
    pub created_at: i64,
    /// When it was first heard or marked as read; missing for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at: Option<i64>,
}

/// Which messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this extension.
    pub extension: Option<ExtensionId>,
    /// Only new ones, or only those that were read.
    pub read: Option<bool>,
}

/// How many messages an extension has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not yet read.
    pub new: u64,
    /// Read.
    pub old: u64,
}

/// Where the sound of a message lies, from the data directory on. The day is that of the message, in UTC, since 1970.
pub fn file(tenant: TenantId, id: VoicemailId) -> PathBuf {
    let day = (id.bits() >> 80) / DAY_MS;
    Path::new("voicemail").join(tenant.to_string()).join(day.to_string()).join(format!("{id}.wav"))
}
