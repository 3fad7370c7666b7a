//! The words that calls and queues share.

use crate::QueueId;

/// How a caller joins a queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Enqueue {
    /// Which queue.
    pub queue: QueueId,
    /// Higher ones come first.
    pub priority: i32,
    /// What the agent must be able to do: skill and the least level.
    pub skills: Vec<(String, u8)>,
    /// Whether the flow that sent the caller takes them back when no agent does.
    pub returns: bool,
}

impl Enqueue {
    /// As everybody else.
    pub fn plainly(queue: QueueId) -> Enqueue {
        Enqueue { queue, priority: 0, skills: Vec::new(), returns: false }
    }
}

/// What became of somebody who waited in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueOutcome {
    /// An agent took the call.
    Answered,
    /// The caller gave up.
    Abandoned,
    /// The queue was full, or nobody was there.
    Overflowed,
    /// It waited for as long as it may.
    TimedOut,
    /// The caller hung up and is called back: the place in the line is kept.
    CalledBack,
}

impl QueueOutcome {
    /// All of them.
    pub const ALL: [QueueOutcome; 5] = [
        QueueOutcome::Answered,
        QueueOutcome::Abandoned,
        QueueOutcome::Overflowed,
        QueueOutcome::TimedOut,
        QueueOutcome::CalledBack,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            QueueOutcome::Answered => "answered",
            QueueOutcome::Abandoned => "abandoned",
            QueueOutcome::Overflowed => "overflowed",
            QueueOutcome::TimedOut => "timed_out",
            QueueOutcome::CalledBack => "called_back",
        }
    }

    /// The outcome with this word.
    pub fn parse(word: &str) -> Option<QueueOutcome> {
        QueueOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}
