//! Who can be reached right now: registered phones, and our registrations with carriers.

use model::{ExtensionId, TrunkId};

/// What is reachable in one company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presence {
    /// The registered phones, by extension.
    pub phones: Vec<Phone>,
    /// The trunks.
    pub trunks: Vec<TrunkState>,
    /// The ways to the phones.
    pub ways: Vec<PhoneWay>,
}

/// How a phone is reached, and what stands in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneWay {
    /// The phone.
    pub phone: Phone,
    /// The address that it gave.
    pub contact: String,
    /// Where its own requests come from by its own word: the sent-by of its Via; may be empty.
    pub sent_by: String,
    /// What stands in between.
    pub obstacle: Obstacle,
}

/// What stands between a phone and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Nothing: it is where it says.
    Nothing,
    /// A NAT that leaves SIP alone, which is well.
    Nat,
    /// Via and Contact differ: a router's SIP ALG changed one of them, or the phone asked a STUN server.
    Rewritten,
    /// It names a public address that it does not come from.
    WrongAddress,
    /// Whatever it is, it cannot read the phone's words: they come over TLS.
    Hidden,
    /// It is a browser.
    Browser,
}

impl Obstacle {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Obstacle::Nothing => "none",
            Obstacle::Nat => "nat",
            Obstacle::Rewritten => "rewritten",
            Obstacle::WrongAddress => "wrong_address",
            Obstacle::Hidden => "hidden",
            Obstacle::Browser => "browser",
        }
    }
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
