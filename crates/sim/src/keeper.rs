//! A queue as a call sees it: orders that come when they come, whatever has happened to the caller meanwhile. The real
//! queue is `acd`; here it is only as bad as it could be.

use call::{QueueOrder, RouteTarget};
use model::leg::Sound;
use model::{Cause, Digit, ExtensionId, FlowId, GreetingId, Id, QueueOutcome};
use std::time::Duration;

/// What a queue does with its caller.
#[derive(Debug, Clone)]
pub struct Keeper {
    /// Whom it offers the caller, one after another.
    pub agents: Vec<ExtensionId>,
    /// How long each rings.
    pub ring_for: Duration,
    /// Where the caller goes when nobody takes the call.
    pub to: Option<RouteTarget>,
    /// The next agent rings before the former is told to stop.
    pub crosses: bool,
    /// It never says a word.
    pub silent: bool,
    /// What callers are asked when their agent has hung up.
    pub survey: Option<FlowId>,
}

impl Keeper {
    /// All it says, and when.
    pub fn script(&self) -> Vec<(Duration, QueueOrder)> {
        if self.silent {
            return Vec::new();
        }
        let mut at = Duration::from_millis(1);
        let mut script =
            vec![(at, QueueOrder::Waits { music: Sound::Hold, callback: Digit::new('1'), survey: self.survey })];
        for agent in &self.agents {
            script.push((at, QueueOrder::Offer { agent: *agent }));
            script.push((at + self.ring_for, QueueOrder::Withdraw { agent: *agent, missed: true }));
            at += if self.crosses { self.ring_for / 2 } else { self.ring_for };
            script.push((at, QueueOrder::Say(vec![Sound::Greeting(GreetingId::from_bits(1)); 2])));
        }
        at += Duration::from_secs(5);
        let outcome = if self.agents.is_empty() { QueueOutcome::Overflowed } else { QueueOutcome::TimedOut };
        script.push((at, QueueOrder::GiveUp { outcome, cause: Cause::NoAnswer, to: self.to.clone() }));
        script
    }
}
