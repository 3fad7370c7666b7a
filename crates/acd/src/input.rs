//! What the driver tells the queues.

use crate::{Queue, Skills, Wish};
use model::{CallId, ExtensionId, QueueId};
use std::time::Duration;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// These are the queues now. Who waits or talks goes on; who waits in a queue that is gone overflows.
    Configured(Vec<Queue>),
    /// A caller wants to wait.
    Joined {
        /// The call.
        call: CallId,
        /// In which queue.
        queue: QueueId,
        /// Higher ones come first.
        priority: i32,
        /// What the agent must be able to do.
        needs: Skills,
    },
    /// The caller waits no more: hung up, or went where [`Command::GiveUp`](crate::Command::GiveUp) sent it.
    Left {
        /// The call.
        call: CallId,
    },
    /// The caller hangs up and wants to be called back when the turn comes: the place in the line stays. From now on
    /// [`Command::Offer`](crate::Command::Offer) means: ring the agent, and then the caller.
    CallBack {
        /// The call.
        call: CallId,
    },
    /// Somebody was promised to be called back, before this machine began.
    Promised {
        /// The call in which it was promised.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// Higher ones come first.
        priority: i32,
        /// What the agent must be able to do.
        needs: Skills,
        /// How often it was tried in vain.
        tries: u32,
        /// Not before so long.
        rests: Duration,
    },
    /// Who was promised to be called back has answered; the agent is on the line.
    Reached {
        /// The call in which it was promised.
        call: CallId,
    },
    /// The agent was on the line, but who was to be called back did not answer.
    Unreached {
        /// The call in which it was promised.
        call: CallId,
    },
    /// The agent's own wish, or a supervisor's.
    Wished {
        /// Who.
        agent: ExtensionId,
        /// What.
        wish: Wish,
    },
    /// How many phones of the agent are registered.
    Phones {
        /// Whose.
        agent: ExtensionId,
        /// Whether there is one.
        reachable: bool,
    },
    /// How many lines of the agent's phones are in use, whoever called: those of our own offers count too.
    Lines {
        /// Whose.
        agent: ExtensionId,
        /// How many.
        lines: u32,
    },
    /// The agent took the call.
    Answered {
        /// The call.
        call: CallId,
        /// Who.
        agent: ExtensionId,
    },
    /// The agent did not take the call.
    Refused {
        /// The call.
        call: CallId,
        /// Who.
        agent: ExtensionId,
        /// Why.
        refusal: Refusal,
    },
}

/// Why an offer came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The agent refused.
    Rejected,
    /// The phone is busy, or cannot be reached.
    Busy,
    /// It rang in vain.
    NoAnswer,
}

impl Refusal {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Refusal::Rejected => "rejected",
            Refusal::Busy => "busy",
            Refusal::NoAnswer => "no_answer",
        }
    }
}
