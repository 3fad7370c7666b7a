//! Who can be reached right now: registered phones, and our registrations with carriers.

use model::{ExtensionId, TrunkId};

/// What is reachable in one company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    /// The registered phones, by extension.
    pub phones: Vec<Phone>,
    /// The trunks.
    pub trunks: Vec<TrunkState>,
}

/// A phone that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// Whose.
    pub extension: ExtensionId,
    /// `udp`, `tcp`…
    pub transport: String,
    /// Where it registered from.
    pub address: String,
    /// What it calls itself; may be empty.
    pub user_agent: String,
    /// How long its registration still holds, milliseconds.
    pub expires_in_ms: u64,
}

/// How a trunk is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkState {
    /// Which.
    pub trunk: TrunkId,
    /// Calls that are up over it.
    pub calls: usize,
    /// Whether the carrier took our registration; none when it asks for none or has not answered yet.
    pub registered: Option<bool>,
    /// The status with which the carrier refused us.
    pub refused: Option<u16>,
}
