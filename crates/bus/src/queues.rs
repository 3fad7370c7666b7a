//! Who waits, and what agents do, as the engine sees it now.

use std::time::Duration;

use acd::AgentState;
use model::{CallId, ExtensionId, QueueId, Timestamp};

/// The queues of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queues {
    /// Whether the queues run in this process.
    pub here: bool,
    /// The queues, oldest first.
    pub lines: Vec<QueueLine>,
    /// The agents of all of them.
    pub agents: Vec<AgentStatus>,
}

/// Who waits in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLine {
    /// Which queue.
    pub queue: QueueId,
    /// Who waits, the first first.
    pub waiting: Vec<WaitingCaller>,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingCaller {
    /// Which call.
    pub call: CallId,
    /// The caller's number.
    pub number: String,
    /// Its place, the first is 1.
    pub position: usize,
    /// Higher ones come first.
    pub priority: i32,
    /// For how long.
    pub waited: Duration,
    /// Not on the line, but called back: how often that was tried in vain.
    pub callback: Option<u32>,
    /// Whose phones ring for it.
    pub offered: Vec<ExtensionId>,
}

/// What an agent does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentStatus {
    /// Who.
    pub agent: ExtensionId,
    /// What.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// Whether a phone of theirs is registered.
    pub reachable: bool,
    /// How many offers in a row they have missed.
    pub missed: u32,
    /// In which queues they work.
    pub queues: Vec<QueueId>,
}
