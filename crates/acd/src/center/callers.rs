//! Callers: how they join, wait, and stop waiting.

use super::Center;
use crate::agent::Work;
use crate::line::Caller;
use crate::timers::Timer;
use crate::{Command, Outcome, Skills, Why};
use model::{CallId, ExtensionId, QueueId};
use std::collections::BTreeSet;

impl Center {
    pub(super) fn joined(&mut self, call: CallId, queue: QueueId, priority: i32, needs: Skills) {
        // Who joins anew has left where it was.
        self.left(call);
        let arrival = self.count();
        let now = self.now;
        let line = self.lines.get(&queue);
        let why = match line {
            None => Some(Why::NoQueue),
            Some(line) if line.queue.max_length > 0 && line.waiting.len() >= line.queue.max_length => Some(Why::Full),
            Some(line) if !line.has(line.queue.join_when) => Some(Why::Empty),
            Some(_) => None,
        };
        let rank = line.map_or((0, arrival), |line| line.rank(priority, arrival, now));
        let offers = BTreeSet::new();
        let caller = Caller { queue, rank, priority, needs, joined: now, offers, leaving: why, promise: None };
        self.callers.insert(call, caller);
        if let Some(why) = why {
            return self.out.push(Command::GiveUp { call, queue, why });
        }
        let Some(line) = self.lines.get_mut(&queue) else { return };
        line.waiting.insert(rank, call);
        line.unoffered.insert(rank, call);
        let (position, free) = (line.position(rank), line.free.len());
        self.timers.set(Timer::Wait(call), now + line.queue.max_wait);
        if let Some(every) = line.queue.announce_every {
            self.timers.set(Timer::Announce(call), now + every);
        }
        self.out.push(Command::Waits { call, queue, position, free });
        self.place(call);
    }

    pub(super) fn left(&mut self, call: CallId) {
        let Some(caller) = self.callers.remove(&call) else { return };
        self.forget_place(call, &caller);
        for agent in &caller.offers {
            self.end_offer(call, *agent);
        }
        self.tell_gone(call, &caller, caller.outcome(), None);
    }

    pub(super) fn give_up(&mut self, call: CallId, why: Why) {
        let Some(caller) = self.callers.get_mut(&call).filter(|caller| caller.leaving.is_none()) else { return };
        if caller.promise.is_some() {
            return self.break_promise(call, why);
        }
        caller.leaving = Some(why);
        let (queue, rank) = (caller.queue, caller.rank);
        let offers = std::mem::take(&mut caller.offers);
        if let Some(line) = self.lines.get_mut(&queue) {
            line.remove(rank);
        }
        self.timers.clear(Timer::Wait(call));
        self.timers.clear(Timer::Announce(call));
        self.out.push(Command::GiveUp { call, queue, why });
        for agent in offers {
            self.end_offer(call, agent);
        }
    }

    pub(super) fn announce(&mut self, call: CallId) {
        let Some(caller) = self.callers.get(&call).filter(|caller| caller.leaving.is_none()) else { return };
        let Some(line) = self.lines.get(&caller.queue) else { return };
        let position = line.position(caller.rank);
        if let Some(every) = line.queue.announce_every {
            self.timers.set(Timer::Announce(call), self.now + every);
        }
        let (queue, wait) = (caller.queue, line.likely_wait(position));
        self.out.push(Command::Announce { call, queue, position, wait });
    }

    /// Ends the ringing of an agent's phones for a caller who is no longer there for the agent.
    pub(super) fn end_offer(&mut self, call: CallId, agent: ExtensionId) {
        self.withdraw(call, agent, false);
        self.change(agent, |_| {});
    }

    /// The same; the lists of free agents are the caller's business.
    pub(super) fn withdraw(&mut self, call: CallId, id: ExtensionId, missed: bool) {
        self.unoffer(call, id);
        let Some(agent) = self.agents.get_mut(&id) else { return };
        if let Work::Offered(offered, queue) = agent.work
            && offered == call
        {
            agent.begin(Work::Nothing);
            self.timers.clear(Timer::Offer(id));
            self.touched.insert(id);
            self.out.push(Command::Withdraw { call, queue, agent: id, missed });
        }
    }

    pub(super) fn forget_place(&mut self, call: CallId, caller: &Caller) {
        if let Some(line) = self.lines.get_mut(&caller.queue) {
            line.remove(caller.rank);
        }
        for timer in [Timer::Wait(call), Timer::Announce(call), Timer::Retry(call)] {
            self.timers.clear(timer);
        }
    }

    pub(super) fn tell_gone(&mut self, call: CallId, caller: &Caller, outcome: Outcome, agent: Option<ExtensionId>) {
        let waited = self.now.since(caller.joined);
        self.out.push(Command::Gone { call, queue: caller.queue, outcome, waited, agent });
    }
}
