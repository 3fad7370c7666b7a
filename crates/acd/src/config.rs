//! How a queue is set up.

use model::{ExtensionId, QueueId};
use std::collections::BTreeMap;
use std::time::Duration;

/// What somebody can, or must be able to do: skill and level, 1 to 10.
pub type Skills = BTreeMap<String, u8>;

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Which.
    pub id: QueueId,
    /// Who of several free agents is asked.
    pub strategy: Strategy,
    /// Who works in it, in order.
    pub members: Vec<Member>,
    /// How long one agent's phone rings.
    pub offer_for: Duration,
    /// How long an agent is left in peace after a talk.
    pub wrap_up: Duration,
    /// How long a caller waits at most.
    pub max_wait: Duration,
    /// How many callers wait at most; 0 sets no bound.
    pub max_length: usize,
    /// Who must be there for a caller to join.
    pub join_when: Joining,
    /// Who must be there for a caller to stay.
    pub stay_when: Joining,
    /// After so long a caller counts as one priority higher; none for never.
    pub ageing: Option<Duration>,
    /// How often callers are told their place; none for never.
    pub announce_every: Option<Duration>,
    /// How long an agent who did not take a call is not asked again.
    pub delays: Delays,
    /// After so many unanswered offers in a row an agent is paused; 0 for never.
    pub max_missed: u32,
    /// How callers are called back who do not want to wait on the line.
    pub callback: CallBack,
}

/// How callers are called back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallBack {
    /// How often at most.
    pub tries: u32,
    /// How long after a try in vain.
    pub retry_after: Duration,
    /// How long a promise holds.
    pub holds_for: Duration,
}

impl Default for CallBack {
    fn default() -> Self {
        let (retry_after, holds_for) = (Duration::from_secs(300), Duration::from_secs(24 * 3_600));
        CallBack { tries: 3, retry_after, holds_for }
    }
}

/// An agent's place in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Whose phones ring.
    pub agent: ExtensionId,
    /// Those of a higher level are asked when nobody of a lower one is free.
    pub level: u8,
    /// What the agent can.
    pub skills: Skills,
}

/// Who of several free agents is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Strategy {
    /// Who has been free for longest.
    #[default]
    LongestIdle,
    /// Each in turn.
    RoundRobin,
    /// Who has taken the fewest calls of this queue.
    LeastCalls,
    /// All who are free at once.
    RingAll,
}

impl Strategy {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Strategy::LongestIdle => "longest_idle",
            Strategy::RoundRobin => "round_robin",
            Strategy::LeastCalls => "least_calls",
            Strategy::RingAll => "ring_all",
        }
    }
}

/// Who must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Joining {
    /// Nobody.
    Always,
    /// Somebody who is logged in, be it on a pause.
    #[default]
    LoggedIn,
    /// Somebody who takes calls: free, or with another one.
    Working,
}

/// How long an agent who did not take a call is not asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delays {
    /// After a refusal.
    pub rejected: Duration,
    /// After a busy or unreachable phone.
    pub busy: Duration,
    /// After ringing in vain.
    pub no_answer: Duration,
}

impl Queue {
    /// A queue with the usual settings and nobody in it.
    pub fn new(id: QueueId) -> Queue {
        Queue {
            id,
            strategy: Strategy::LongestIdle,
            members: Vec::new(),
            offer_for: Duration::from_secs(20),
            wrap_up: Duration::ZERO,
            max_wait: Duration::from_secs(600),
            max_length: 0,
            join_when: Joining::LoggedIn,
            stay_when: Joining::Always,
            ageing: None,
            announce_every: None,
            delays: Delays {
                rejected: Duration::from_secs(10),
                busy: Duration::from_secs(10),
                no_answer: Duration::from_secs(5),
            },
            max_missed: 3,
            callback: CallBack::default(),
        }
    }
}
