//! What the queues ask of the driver.

use crate::{AgentState, Refusal, Strategy};
pub use model::QueueOutcome as Outcome;
use model::{CallId, ExtensionId, QueueId};
use std::time::Duration;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The caller waits from now on.
    Waits {
        /// The call.
        call: CallId,
        /// In which queue.
        queue: QueueId,
        /// Its place, the first is 1.
        position: usize,
        /// How many agents of the queue are free now.
        free: usize,
    },
    /// Ring the agent's phones for this caller. Answered by `Answered` or `Refused`.
    Offer {
        /// The call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// Whom.
        agent: ExtensionId,
        /// Why this one.
        chosen: Chosen,
    },
    /// Ring no more.
    Withdraw {
        /// The call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// Whose phones.
        agent: ExtensionId,
        /// It rang in vain, when that is why.
        missed: bool,
    },
    /// The caller goes on waiting after an offer came to nothing.
    Returned {
        /// The call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// Who did not take it.
        agent: ExtensionId,
        /// Why.
        refusal: Refusal,
        /// How long this agent is not asked now.
        rests: Duration,
    },
    /// Tell the caller its place.
    Announce {
        /// The call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// Its place, the first is 1.
        position: usize,
        /// How long it is likely to wait, as the last talks went; none when nothing is known of them.
        wait: Option<Duration>,
    },
    /// Who was to be called back did not answer: the place is kept, and it is tried again.
    TriesAgain {
        /// The call in which it was promised.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// How often it was tried by now.
        tries: u32,
        /// Not before so long.
        rests: Duration,
    },
    /// The caller is to wait no more. Answered by `Left`, or by `Answered` when that crossed it.
    GiveUp {
        /// The call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// Why.
        why: Why,
    },
    /// A caller's waiting is over; once for each that joined.
    Gone {
        /// The call.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
        /// What became of it.
        outcome: Outcome,
        /// How long it waited.
        waited: Duration,
        /// Who took it.
        agent: Option<ExtensionId>,
    },
    /// An agent's state has changed.
    State {
        /// Whose.
        agent: ExtensionId,
        /// To what.
        state: AgentState,
    },
    /// The agent missed too many calls in a row and is on a pause: keep that.
    Missed {
        /// Who.
        agent: ExtensionId,
        /// How many.
        offers: u32,
    },
}

/// Why an agent was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// By which rule.
    pub strategy: Strategy,
    /// The agent's level.
    pub level: u8,
    /// How long the agent has been free.
    pub idle: Duration,
    /// How many agents of the queue were free.
    pub free: usize,
}

/// Why a caller waits no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// As many wait as may.
    Full,
    /// Nobody is there to serve it.
    Empty,
    /// It has waited for as long as it may.
    TooLong,
    /// There is no such queue.
    NoQueue,
}

impl Why {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Why::Full => "full",
            Why::Empty => "no_agents",
            Why::TooLong => "max_wait",
            Why::NoQueue => "no_queue",
        }
    }

    /// What it makes of the caller.
    pub const fn outcome(self) -> Outcome {
        match self {
            Why::Full | Why::Empty | Why::NoQueue => Outcome::Overflowed,
            Why::TooLong => Outcome::TimedOut,
        }
    }
}
