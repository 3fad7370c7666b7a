//! Whether the sound of a phone or a carrier is to be protected (SRTP).

use serde::{Deserialize, Serialize};

/// What is wanted of protection. Browsers are protected anyhow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SrtpPolicy))]
pub enum Srtp {
    /// Keys are neither offered nor taken.
    Off,
    /// Keys are taken when they are offered, and offered where the signalling is under TLS.
    #[default]
    Optional,
    /// A call without protection is refused.
    Required,
}

impl Srtp {
    pub(crate) const ALL: [(Srtp, &'static str); 3] =
        [(Srtp::Off, "off"), (Srtp::Optional, "optional"), (Srtp::Required, "required")];
}
