//! What the world is told while a call lives. The driver adds the call's id, its tenant and the time.

use crate::{Direction, Role, Supervision};
use model::{Cause, Digit, EndedBy, ExtensionId, HotlineId, LegId, QueueId, QueueOutcome};
use std::time::Duration;

/// Something to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The call began; always the first event. A click-to-call counts as outbound until its route is known; the
    /// record has the final word.
    Started {
        /// Which way it goes.
        direction: Direction,
        /// The hotline it concerns.
        hotline: Option<HotlineId>,
        /// The caller's number.
        from: String,
        /// The number that was dialled.
        to: String,
        /// The extension that calls, when it is one of ours.
        extension: Option<ExtensionId>,
    },
    /// A phone or a carrier's far end rings.
    Ringing {
        /// Which leg.
        leg: LegId,
        /// Whose phone, when it is one of ours.
        extension: Option<ExtensionId>,
        /// Whether it is the calling side (click-to-call) or the called one.
        side: Side,
    },
    /// Somebody picked up. On the called side this is the moment the talk begins.
    Answered {
        /// Which leg.
        leg: LegId,
        /// Whose phone, when it is one of ours.
        extension: Option<ExtensionId>,
        /// Whether it is the calling side (click-to-call) or the called one.
        side: Side,
    },
    /// One side put the other on hold.
    Held {
        /// The leg that asked for it.
        leg: LegId,
    },
    /// One side took the other off hold.
    Resumed {
        /// The leg that asked for it.
        leg: LegId,
    },
    /// One side handed the other over to somebody new, and is gone.
    Transferred {
        /// The leg that did so.
        by: LegId,
        /// The leg of who took the call.
        leg: LegId,
    },
    /// Somebody takes part beside the two who talk.
    Joined {
        /// Their leg.
        leg: LegId,
        /// Whose phone, when it is one of ours.
        extension: Option<ExtensionId>,
        /// As what.
        role: Role,
    },
    /// Somebody who was called to take part did not come.
    NotJoined {
        /// Whose phone, when it is one of ours and known.
        extension: Option<ExtensionId>,
        /// As what.
        role: Role,
        /// Why.
        cause: Cause,
    },
    /// Somebody takes part no more, and the talk goes on.
    Left {
        /// Their leg.
        leg: LegId,
        /// Whose phone, when it is one of ours.
        extension: Option<ExtensionId>,
        /// As what.
        role: Role,
    },
    /// A supervisor takes part in this way from now on.
    Supervised {
        /// The supervisor's leg.
        leg: LegId,
        /// The supervisor's extension.
        extension: ExtensionId,
        /// In which way.
        mode: Supervision,
    },
    /// A key was pressed.
    Digit {
        /// On which leg.
        leg: LegId,
        /// Which key.
        digit: Digit,
    },
    /// The caller wants to wait in a queue.
    QueueJoined {
        /// Which one.
        queue: QueueId,
    },
    /// The caller waits there no more.
    QueueLeft {
        /// Which one.
        queue: QueueId,
        /// What came of it.
        outcome: QueueOutcome,
        /// How long the caller waited.
        waited: Duration,
        /// Who took the call.
        agent: Option<ExtensionId>,
    },
    /// The call is over; always the last event.
    Ended {
        /// Why.
        cause: Cause,
        /// Who ended it.
        ended_by: EndedBy,
    },
}

/// The two sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The side that called (or asked for the call).
    Caller,
    /// The side that is called.
    Callee,
}

impl Side {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Caller => "caller",
            Side::Callee => "callee",
        }
    }
}
