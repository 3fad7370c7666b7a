//! What is known of how a call was signalled: asked of the engine, live or afterwards. Secrets are masked already.

use std::net::SocketAddr;

use model::{CallId, CaptureId, ExtensionId, HotlineId, LegId, TenantId, Timestamp, TrunkId};

/// How a call was signalled, over all its legs.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// Whose call.
    pub tenant: TenantId,
    /// Which call.
    pub call: CallId,
    /// Whether the call is over, so that nothing will be added.
    pub ended: bool,
    /// Its legs, in order of appearance.
    pub legs: Vec<Leg>,
    /// What was said on all legs, oldest first.
    pub messages: Vec<Message>,
    /// What else happened, oldest first.
    pub notes: Vec<Note>,
}

/// A leg and whom it leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Which leg.
    pub leg: LegId,
    /// Who is at its far end, for people: `extension 101`, `Viettel 0901234567`.
    pub party: String,
    /// We called it.
    pub outgoing: bool,
    /// Messages that were not kept, because there were too many.
    pub left_out: usize,
    /// The figures of its sound; none before it has ended, or when it had none.
    pub quality: Option<Quality>,
}

/// The figures of a leg's sound.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quality {
    /// The codec's name.
    pub codec: Option<String>,
    /// Packets received.
    pub rx_packets: u64,
    /// Packets sent.
    pub tx_packets: u64,
    /// Packets that never came.
    pub lost: u64,
    /// Mean jitter in milliseconds.
    pub jitter_ms: f64,
    /// Round trip in milliseconds.
    pub rtt_ms: Option<f64>,
    /// Estimated mean opinion score, 1 to 4.5.
    pub mos: Option<f64>,
}

/// A SIP message as it was on the wire, but for masked secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// On which leg.
    pub leg: LegId,
    /// We sent it.
    pub sent: bool,
    /// Our address.
    pub local: SocketAddr,
    /// The far address.
    pub remote: SocketAddr,
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    pub transport: &'static str,
    /// The message.
    pub bytes: Vec<u8>,
}

/// Something that is no SIP message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// On which leg.
    pub leg: LegId,
    /// What.
    pub what: What,
}

/// What can be noted of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A key that came with the sound (RFC 4733 or as a tone).
    Digit(model::Digit),
    /// A key that came in an INFO request.
    InfoDigit(model::Digit),
    /// The far side put us on hold.
    Held,
    /// The far side took us off hold.
    Resumed,
    /// No sound came for too long.
    Silent,
    /// A recording of this leg and the other began.
    Recorded,
}

/// Which calls are to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Calls from or to an extension.
    Extension(ExtensionId),
    /// Calls to a hotline.
    Hotline(HotlineId),
    /// Calls through a trunk.
    Trunk(TrunkId),
    /// One call that is up.
    Call(CallId),
}

/// An order to look at the next calls of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its id.
    pub id: CaptureId,
    /// The company.
    pub tenant: TenantId,
    /// Which calls.
    pub target: Target,
    /// Whether their sound is kept too.
    pub media: bool,
    /// How many calls more.
    pub calls_left: u32,
    /// Until when.
    pub until: Timestamp,
    /// The calls it has found so far.
    pub calls: Vec<CallId>,
}
