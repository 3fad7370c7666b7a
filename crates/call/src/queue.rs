//! The words between a call and the queue it waits in. The driver carries them, so neither machine knows the other.

use crate::RouteTarget;
use model::leg::Sound;
use model::queue::{Enqueue, QueueOutcome};
use model::{Cause, Digit, ExtensionId, FlowId, Moment, QueueId};

/// What the call tells the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueNews {
    /// The caller wants to wait. Answered by `Waits` or `GiveUp`.
    Joined(Enqueue),
    /// An agent took the call; the caller waits no more.
    Answered {
        /// Who.
        agent: ExtensionId,
    },
    /// An agent who was offered the call did not take it.
    Refused {
        /// Who.
        agent: ExtensionId,
        /// Why.
        cause: Cause,
    },
    /// The caller waits no more, and nobody took the call.
    Left,
    /// The caller hangs up and is to be called back; the place in the line stays.
    CallBack,
}

/// What the queue asks of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueOrder {
    /// The caller waits from now on: answer, and play this again and again.
    Waits {
        /// The music.
        music: Sound,
        /// The key by which the caller asks to be called back; none when nobody is called back.
        callback: Option<Digit>,
        /// The flow that has the caller when the agent has hung up; none when the call ends then.
        survey: Option<FlowId>,
    },
    /// Ring the agent's phones. Answered by `Answered` or `Refused`, unless `Withdraw` comes first.
    Offer {
        /// Whose.
        agent: ExtensionId,
    },
    /// Ring them no more.
    Withdraw {
        /// Whose.
        agent: ExtensionId,
        /// They rang in vain, when that is why.
        missed: bool,
    },
    /// Say these in place of the music, one after another.
    Say(Vec<Sound>),
    /// Wait no more.
    GiveUp {
        /// What that makes of the caller.
        outcome: QueueOutcome,
        /// The cause of the call's end when nothing else is to be done.
        cause: Cause,
        /// Where the caller goes, unless a flow takes them back.
        to: Option<RouteTarget>,
    },
}

/// A caller's stay in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Which queue.
    pub queue: QueueId,
    /// When the caller joined.
    pub joined: Moment,
    /// When the waiting ended.
    pub left: Moment,
    /// What came of it.
    pub outcome: QueueOutcome,
    /// Who took the call.
    pub agent: Option<ExtensionId>,
}
