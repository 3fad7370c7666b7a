//! The ways to carriers as the engine sees them now.

use model::Timestamp;

/// What is known of one trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrunkHealth {
    /// Whether its carrier answers OPTIONS; none when it was not asked yet, or is not to be asked.
    pub reachable: Option<bool>,
    /// Since when that is so.
    pub since: Option<Timestamp>,
    /// Whether the carrier holds our registration; none for trunks without one.
    pub registered: Option<bool>,
    /// What the carrier refused the last registration with.
    pub refusal: Option<u16>,
    /// Why the carrier's server is not trusted over TLS: `tls_untrusted`, `tls_wrong_name`, `tls_expired`, `tls_failed`.
    pub fault: Option<&'static str>,
}
