//! Sounds that callers hear. Their audio lies in a file whose name we make; whoever uploads converts it and puts it there.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{create, delete, get, list, slice};

use model::{Faults, GreetingId, TenantId};
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
    /// What was spoken; missing for uploaded sounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speech: Option<Speech>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
}

/// A text that a machine speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Speech))]
pub struct Speech {
    /// What is said, 1–300 characters.
    pub text: String,
    /// Who says it.
    #[serde(default)]
    pub voice: Voice,
    /// How fast, from −3 to 3; 0 is a usual pace.
    #[serde(default)]
    pub speed: i64,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Voice))]
pub enum Voice {
    /// A woman of northern Vietnam.
    #[default]
    NorthernWoman,
    /// A man of northern Vietnam.
    NorthernMan,
    /// A woman of southern Vietnam.
    SouthernWoman,
    /// English.
    English,
}

impl Voice {
    /// All, with their stable words.
    pub const ALL: [(Voice, &'static str); 4] = [
        (Voice::NorthernWoman, "northern_woman"),
        (Voice::NorthernMan, "northern_man"),
        (Voice::SouthernWoman, "southern_woman"),
        (Voice::English, "english"),
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        crate::trunk::word(&Voice::ALL, self)
    }
}

impl Speech {
    /// Finds what cannot be spoken.
    pub fn check(&self, faults: &mut Faults) {
        if !(1..=300).contains(&self.text.trim().chars().count()) || self.text.chars().any(|c| c == '\0') {
            faults.add("speech.text", "Use 1 to 300 characters.");
        }
        if !(-3..=3).contains(&self.speed) {
            faults.add("speech.speed", "Use -3 to 3.");
        }
    }
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
    /// What was spoken, when a machine spoke.
    pub speech: Option<Speech>,
}

/// Where a sound's file lies, from the data directory on: 8 kHz mono WAV.
pub fn file(tenant: TenantId, id: GreetingId) -> PathBuf {
    ["greetings", &tenant.to_string(), &format!("{id}.wav")].iter().collect()
}
