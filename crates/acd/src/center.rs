//! The machine: what happens to callers and agents, one event at a time.

mod callers;
mod promises;
mod setup;
mod views;

pub use views::CallerView;

use crate::agent::{Agent, Work};
use crate::line::{Caller, Line};
use crate::timers::{Timer, Timers};
use crate::{Command, Input, Refusal, Wish};
use model::{CallId, ExtensionId, Moment, QueueId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// An agent who did not take a call is not asked again sooner, whatever the queue says.
const SHORTEST_REST: Duration = Duration::from_secs(1);

/// All queues of one company.
#[derive(Debug, Default)]
pub struct Center {
    pub(crate) lines: BTreeMap<QueueId, Line>,
    pub(crate) agents: BTreeMap<ExtensionId, Agent>,
    pub(crate) callers: BTreeMap<CallId, Caller>,
    pub(crate) timers: Timers,
    /// The last number given to an arrival or an offer.
    counted: u64,
    /// Agents whose state may have changed with the input in hand.
    pub(crate) touched: BTreeSet<ExtensionId>,
    /// The moment of the input in hand.
    pub(crate) now: Moment,
    pub(crate) out: Vec<Command>,
}

impl Center {
    /// A company without queues.
    pub fn new() -> Center {
        Center::default()
    }

    /// Something happened. The answer is what to do, in order.
    pub fn handle(&mut self, now: Moment, input: Input) -> Vec<Command> {
        self.now = now;
        match input {
            Input::Configured(queues) => self.configured(queues),
            Input::Joined { call, queue, priority, needs } => self.joined(call, queue, priority, needs),
            Input::Left { call } => self.left(call),
            Input::CallBack { call } => self.call_back(call),
            Input::Promised { call, queue, priority, needs, tries, rests } => {
                self.promised(call, (queue, priority), needs, tries, rests);
            }
            Input::Reached { call } => self.reached(call),
            Input::Unreached { call } => self.unreached(call),
            Input::Wished { agent, wish } => self.wished(agent, wish),
            Input::Phones { agent, reachable } => self.change(agent, |agent| agent.reachable = reachable),
            Input::Lines { agent, lines } => self.lines_in_use(agent, lines),
            Input::Answered { call, agent } => self.answered(call, agent),
            Input::Refused { call, agent, refusal } => self.refused(call, agent, refusal),
        }
        self.finish()
    }

    /// Call this when [`Center::deadline`] has come; too early does nothing.
    pub fn timeout(&mut self, now: Moment) -> Vec<Command> {
        self.now = now;
        while let Some(timer) = self.timers.take_due(now) {
            match timer {
                Timer::Offer(agent) => self.offer_time_over(agent),
                Timer::Rest(agent) => self.change(agent, |agent| agent.resting = false),
                Timer::WrapUp(agent) => self.change(agent, |agent| {
                    agent.begin(Work::Nothing);
                    agent.idle_since = now;
                }),
                Timer::Wait(call) => self.give_up(call, crate::Why::TooLong),
                Timer::Announce(call) => self.announce(call),
                Timer::Retry(call) => self.tries_again(call),
            }
        }
        self.finish()
    }

    /// When to call [`Center::timeout`].
    pub fn deadline(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// Tells the states that have changed.
    fn finish(&mut self) -> Vec<Command> {
        for id in std::mem::take(&mut self.touched) {
            let Some(agent) = self.agents.get_mut(&id) else { continue };
            let state = agent.state();
            if agent.told.0 != state {
                agent.told = (state.clone(), self.now);
                self.out.push(Command::State { agent: id, state });
            }
        }
        std::mem::take(&mut self.out)
    }

    /// The next number of the order in which things happen.
    pub(crate) fn count(&mut self) -> u64 {
        self.counted += 1;
        self.counted
    }

    /// Changes an agent and all that depends on what the agent does.
    pub(crate) fn change(&mut self, id: ExtensionId, change: impl FnOnce(&mut Agent)) {
        self.unlist(id);
        let Some(agent) = self.agents.get_mut(&id) else { return };
        let before = (agent.is_logged_in(), agent.is_working());
        change(agent);
        let after = (agent.is_logged_in(), agent.is_working());
        self.touched.insert(id);
        if before != after {
            self.recount(id, before, after);
        }
        self.list(id);
    }

    /// Keeps count of who is there, and sends callers on whom nobody is left to serve.
    fn recount(&mut self, id: ExtensionId, before: (bool, bool), after: (bool, bool)) {
        let Some(agent) = self.agents.get(&id) else { return };
        let mut deserted = Vec::new();
        for seat in &agent.seats {
            let Some(line) = self.lines.get_mut(&seat.queue) else { continue };
            line.logged_in = line.logged_in + usize::from(after.0) - usize::from(before.0);
            line.working = line.working + usize::from(after.1) - usize::from(before.1);
            if !line.has(line.queue.stay_when) {
                deserted.extend(line.waiting.values().copied());
            }
        }
        for call in deserted {
            self.give_up(call, crate::Why::Empty);
        }
    }

    fn wished(&mut self, id: ExtensionId, wish: Wish) {
        let Some(agent) = self.agents.get(&id) else { return };
        let work = agent.work;
        let goes = wish != Wish::Available;
        if let (Work::Offered(call, _), true) = (work, goes) {
            self.withdraw(call, id, false);
        }
        if work == Work::WrapUp {
            self.timers.clear(Timer::WrapUp(id));
        }
        let now = self.now;
        self.change(id, |agent| {
            // Whoever says that they are ready is: no wrap-up any more, and no rest after a refusal.
            if work == Work::WrapUp {
                agent.begin(Work::Nothing);
            }
            if agent.wish != wish {
                agent.idle_since = now;
                agent.missed = 0;
            }
            agent.wish = wish;
        });
        if let (Work::Offered(call, _), true) = (work, goes) {
            self.place(call);
        }
    }

    fn lines_in_use(&mut self, id: ExtensionId, lines: u32) {
        let Some(agent) = self.agents.get(&id) else { return };
        let over = match agent.work {
            Work::Talking(_, queue) if lines == 0 => Some(queue),
            Work::Talking(..) | Work::Nothing | Work::Offered(..) | Work::WrapUp => None,
        };
        match over {
            Some(queue) => self.talk_over(id, queue, lines),
            None => self.change(id, |agent| agent.lines = lines),
        }
    }

    /// The agent has put down the phone: some peace, then the next.
    fn talk_over(&mut self, id: ExtensionId, queue: QueueId, lines: u32) {
        let wrap_up = self.lines.get(&queue).map_or(Duration::ZERO, |line| line.queue.wrap_up);
        let now = self.now;
        let busy = self.agents.get(&id).map_or(Duration::ZERO, |agent| now.since(agent.talks_since)) + wrap_up;
        if let Some(line) = self.lines.get_mut(&queue) {
            line.handled_in(busy);
        }
        let wraps = self.agents.get(&id).is_some_and(|agent| agent.wish == Wish::Available) && !wrap_up.is_zero();
        if wraps {
            self.timers.set(Timer::WrapUp(id), now + wrap_up);
        }
        self.change(id, |agent| {
            agent.lines = lines;
            agent.idle_since = now;
            agent.begin(if wraps { Work::WrapUp } else { Work::Nothing });
        });
    }

    fn answered(&mut self, call: CallId, id: ExtensionId) {
        if self.callers.get(&call).is_some_and(|caller| caller.promise.is_some()) {
            return self.rings_back(call, id);
        }
        let Some(caller) = self.callers.remove(&call) else { return };
        self.forget_place(call, &caller);
        let others: Vec<ExtensionId> = caller.offers.iter().copied().filter(|other| *other != id).collect();
        for other in &others {
            self.end_offer(call, *other);
        }
        let crossed = self.talks(id, (call, caller.queue));
        if let Some(seat) = self.agents.get_mut(&id).and_then(|agent| agent.seat_mut(caller.queue)) {
            seat.answered += 1;
        }
        self.tell_gone(call, &caller, crate::Outcome::Answered, Some(id));
        self.talk_begins(id, caller.queue, crossed);
    }

    /// An agent talks with a caller from now on. Whom the agent was offered meanwhile, when the answer crossed the end of
    /// its own offer.
    pub(crate) fn talks(&mut self, id: ExtensionId, (call, queue): (CallId, QueueId)) -> Option<CallId> {
        let crossed = match self.agents.get(&id).map(|agent| agent.work) {
            Some(Work::Offered(elsewhere, _)) if elsewhere != call => Some(elsewhere),
            Some(Work::Offered(..) | Work::Talking(..) | Work::Nothing | Work::WrapUp) | None => None,
        };
        if let Some(elsewhere) = crossed {
            self.withdraw(elsewhere, id, false);
        }
        for timer in [Timer::Offer(id), Timer::Rest(id), Timer::WrapUp(id)] {
            self.timers.clear(timer);
        }
        let now = self.now;
        self.change(id, |agent| {
            agent.begin(Work::Talking(call, queue));
            agent.talks_since = now;
            agent.resting = false;
            agent.missed = 0;
        });
        crossed
    }

    /// What follows when it was told that an agent talks.
    pub(crate) fn talk_begins(&mut self, id: ExtensionId, queue: QueueId, crossed: Option<CallId>) {
        if self.agents.get(&id).is_some_and(|agent| agent.lines == 0) {
            self.talk_over(id, queue, 0);
        }
        if let Some(elsewhere) = crossed {
            self.place(elsewhere);
        }
    }

    fn refused(&mut self, call: CallId, id: ExtensionId, refusal: Refusal) {
        let offered = self.agents.get(&id).is_some_and(|agent| matches!(agent.work, Work::Offered(c, _) if c == call));
        if offered {
            self.offer_failed(call, id, refusal);
        }
    }

    fn offer_time_over(&mut self, id: ExtensionId) {
        let Some(Work::Offered(call, queue)) = self.agents.get(&id).map(|agent| agent.work) else { return };
        self.out.push(Command::Withdraw { call, queue, agent: id, missed: true });
        self.offer_failed(call, id, Refusal::NoAnswer);
    }

    /// The agent is left alone for a while, and the caller goes to the next.
    fn offer_failed(&mut self, call: CallId, id: ExtensionId, refusal: Refusal) {
        let Some(caller) = self.callers.get(&call) else { return };
        let Some(line) = self.lines.get(&caller.queue) else { return };
        let delays = line.queue.delays;
        let rests = match refusal {
            Refusal::Rejected => delays.rejected,
            Refusal::Busy => delays.busy,
            Refusal::NoAnswer => delays.no_answer,
        };
        let queue = line.queue.id;
        let (rests, most) = (rests.max(SHORTEST_REST), line.queue.max_missed);
        self.timers.clear(Timer::Offer(id));
        self.timers.set(Timer::Rest(id), self.now + rests);
        self.out.push(Command::Returned { call, queue, agent: id, refusal, rests });
        self.unoffer(call, id);
        let mut paused = None;
        self.change(id, |agent| {
            agent.begin(Work::Nothing);
            agent.resting = true;
            agent.missed += u32::from(refusal == Refusal::NoAnswer);
            if most > 0 && agent.missed >= most {
                paused = Some(std::mem::take(&mut agent.missed));
                agent.wish = Wish::Paused(Wish::MISSED.to_owned());
            }
        });
        if let Some(offers) = paused {
            self.out.push(Command::Missed { agent: id, offers });
        }
        self.place(call);
    }
}

#[cfg(test)]
mod tests;
