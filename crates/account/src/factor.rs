//! The second factor: one-time codes of an authenticator app (RFC 6238), and recovery codes for who lost the app.

mod repo;
mod service;
#[cfg(test)]
mod tests;
mod totp;

pub(crate) use repo::forget;
pub(crate) use service::{Outcome, check};
pub use service::{begin, confirm, disable, reset, status};

use serde::{Deserialize, Serialize};

/// Whether a second factor is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SecondFactor))]
pub struct Status {
    /// Since when a code is asked for, milliseconds since 1970; not asked for when missing.
    pub since: Option<i64>,
    /// How many recovery codes are left.
    pub recovery_codes_left: u32,
}

/// What an authenticator app needs to know; it counts only after a code of it was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SecondFactorEnrolment))]
pub struct Enrolment {
    /// The secret in base32, to type.
    pub secret: String,
    /// The same as `otpauth://`, to show as a picture.
    pub uri: String,
}

/// What opens the door when the app is lost; each code once. Never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecoveryCodes))]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}
