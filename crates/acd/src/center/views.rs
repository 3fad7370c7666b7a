//! What others may see of the queues.

use super::Center;
use crate::{AgentView, Outcome};
use model::{CallId, ExtensionId, Moment, QueueId};

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerView {
    /// Which call.
    pub call: CallId,
    /// Its place, the first is 1.
    pub position: usize,
    /// Higher ones come first.
    pub priority: i32,
    /// Since when it waits.
    pub joined: Moment,
    /// It is called back: so often it was tried in vain.
    pub callback: Option<u32>,
    /// Whose phones ring for it.
    pub offered: Vec<ExtensionId>,
}

impl Center {
    /// Who waits in a queue, the first first; none when there is no such queue.
    pub fn waiting(&self, queue: QueueId) -> Option<Vec<CallerView>> {
        let line = self.lines.get(&queue)?;
        let view = |(position, call): (usize, &CallId)| {
            let caller = self.callers.get(call)?;
            Some(CallerView {
                call: *call,
                position,
                priority: caller.priority,
                joined: caller.joined,
                callback: caller.promise.map(|promise| promise.tries),
                offered: caller.offers.iter().copied().collect(),
            })
        };
        Some((1..).zip(line.waiting.values()).filter_map(view).collect())
    }

    /// All agents of all queues.
    pub fn agents(&self) -> impl Iterator<Item = AgentView> {
        self.agents.iter().map(|(id, agent)| AgentView {
            agent: *id,
            state: agent.told.0.clone(),
            since: agent.told.1,
            reachable: agent.reachable,
            missed: agent.missed,
            queues: agent.seats.iter().map(|seat| seat.queue).collect(),
        })
    }

    /// Whether somebody works in a queue as this agent.
    pub fn knows(&self, agent: ExtensionId) -> bool {
        self.agents.contains_key(&agent)
    }

    /// Whether somebody is to be called back because of this call.
    pub fn has_promised(&self, call: CallId) -> bool {
        self.callers.get(&call).is_some_and(|caller| caller.promise.is_some())
    }

    /// Whether nothing is going on that a new start would lose.
    pub fn is_idle(&self) -> bool {
        self.callers.is_empty()
    }

    /// How the outcome of a caller stands as long as it is told nothing else; none when it does not wait.
    pub fn outcome_of(&self, call: CallId) -> Option<Outcome> {
        self.callers.get(&call).map(|caller| caller.outcome())
    }
}
