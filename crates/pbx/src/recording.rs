//! Recordings of calls as a company wants them: which talks are recorded and who is told, how long they are kept, which are
//! held, and the manifest that shows what was changed behind our back. docs/specs/recording.md.

pub mod keeping;
pub mod manifest;
mod policy;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use policy::{Place, PlaceRule, Policy, Settings};
pub use service::{hold, release, set_settings, settings};

/// A day, milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;
