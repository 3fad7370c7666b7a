//! Why a caller waited, and why this agent was asked: the sentences of the call's trail.

use acd::{Command, Strategy, Why};
use model::{ExtensionId, Moment, TrailEntry};
use pbx::snapshot::Tenant;

/// The entry for a command, when a reader would want to know.
pub(super) fn of(company: &Tenant, now: Moment, command: &Command) -> Option<TrailEntry> {
    let number = |id: &ExtensionId| company.extensions.get(id).map_or("?", |extension| extension.number.as_str());
    Some(match command {
        Command::Waits { queue, position, free, .. } => {
            let reason = match free {
                0 => format!("The caller waits at place {position}; no agent is free."),
                1 => format!("The caller waits at place {position}; one agent is free."),
                free => format!("The caller waits at place {position}; {free} agents are free."),
            };
            let entry = TrailEntry::new(now, "queue_wait", reason).fact("queue", queue);
            entry.fact("position", position).fact("free", free)
        }
        Command::Offer { agent, chosen, .. } => {
            let idle = chosen.idle.as_secs();
            let why = match chosen.strategy {
                Strategy::LongestIdle => format!("free for longest ({idle} s)"),
                Strategy::RoundRobin => "next in turn".to_owned(),
                Strategy::LeastCalls => "with the fewest calls".to_owned(),
                Strategy::RingAll => "one of all who are free".to_owned(),
            };
            let reason = format!("Agent {} is asked: {why}, of {} who are free.", number(agent), chosen.free);
            let entry = TrailEntry::new(now, "queue_offer", reason).fact("agent", agent);
            entry.fact("strategy", chosen.strategy.as_str()).fact("level", chosen.level).fact("idle_s", idle)
        }
        Command::Returned { agent, refusal, rests, .. } => {
            let (who, rests) = (number(agent), rests.as_secs());
            let reason =
                format!("Agent {who} did not take the call ({}), and is not asked for {rests} s.", refusal.as_str());
            TrailEntry::new(now, "queue_returned", reason).fact("agent", agent).fact("refusal", refusal.as_str())
        }
        Command::GiveUp { queue, why, .. } => {
            let reason = match why {
                Why::Full => "As many callers wait in the queue as may.",
                Why::Empty => "No agent is there to serve the queue.",
                Why::TooLong => "The caller has waited for as long as the queue allows.",
                Why::NoQueue => "There is no such queue.",
            };
            let entry = TrailEntry::new(now, "queue_overflow", reason).fact("queue", queue);
            entry.fact("why", why.as_str())
        }
        Command::Withdraw { .. }
        | Command::Announce { .. }
        | Command::TriesAgain { .. }
        | Command::Gone { .. }
        | Command::State { .. }
        | Command::Missed { .. } => return None,
    })
}
