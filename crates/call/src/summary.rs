//! What is kept of a finished call.

use crate::{Direction, Origin, Visit};
use model::{CallId, Cause, EndedBy, ExtensionId, HotlineId, LegId, Moment, TrailEntry, TrunkId};

/// A finished call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Which call.
    pub id: CallId,
    /// Which way it went.
    pub direction: Direction,
    /// Where it came from.
    pub origin: Origin,
    /// The hotline it concerned.
    pub hotline: Option<HotlineId>,
    /// Who called: the extension's own number, or the outside number as the route wrote it.
    pub caller_number: String,
    /// The number shown to the far side; the hotline's on outbound calls. Empty when no route was found in time.
    pub shown_number: String,
    /// The number that was dialled.
    pub callee_number: String,
    /// When it began.
    pub started: Moment,
    /// When the called side first rang.
    pub ringing: Option<Moment>,
    /// When a person on the called side answered; a flow does not count.
    pub answered: Option<Moment>,
    /// When the outcome was known.
    pub ended: Moment,
    /// Why it ended.
    pub cause: Cause,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// The leg of the caller; none when the phones of a click-to-call never answered.
    pub caller_leg: Option<LegId>,
    /// The leg that answered on the called side.
    pub callee_leg: Option<LegId>,
    /// Whether a recording was asked for.
    pub recorded: bool,
    /// The queues it waited in, in order.
    pub visits: Vec<Visit>,
    /// All legs in order of appearance.
    pub legs: Vec<LegSummary>,
    /// Every decision, in order.
    pub trail: Vec<TrailEntry>,
}

/// One leg of a finished call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegSummary {
    /// Its number in the call.
    pub leg: LegId,
    /// Who placed it.
    pub kind: LegKind,
    /// Who is at its far end.
    pub party: Party,
    /// When it began.
    pub started: Moment,
    /// When its far end first rang.
    pub ringing: Option<Moment>,
    /// When it was answered.
    pub answered: Option<Moment>,
    /// When it ended, or when we asked for its end.
    pub ended: Moment,
    /// Why it ended.
    pub cause: Cause,
}

/// Who placed a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegKind {
    /// It came to us.
    In,
    /// We placed it.
    Out,
}

impl LegKind {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            LegKind::In => "in",
            LegKind::Out => "out",
        }
    }
}

/// Who is at the far end of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// A phone of an extension.
    Extension {
        /// Whose.
        extension: ExtensionId,
        /// Which phone, where we chose it.
        contact: Option<u64>,
    },
    /// A number behind a carrier.
    Trunk {
        /// Which carrier.
        trunk: TrunkId,
        /// The far number.
        number: String,
    },
}

impl Party {
    /// The extension, when it is one of ours.
    pub fn extension(&self) -> Option<ExtensionId> {
        match self {
            Party::Extension { extension, .. } => Some(*extension),
            Party::Trunk { .. } => None,
        }
    }
}
