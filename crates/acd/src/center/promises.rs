//! Callers who hang up and are called back. Their place in the line is that of a caller who waits; when their turn comes an
//! agent is rung first, and then they are.

use super::Center;
use crate::line::{Caller, Promise, Trying};
use crate::timers::Timer;
use crate::{Command, Outcome, Skills, Why};
use model::{CallId, ExtensionId, QueueId};
use std::collections::BTreeSet;
use std::time::Duration;

impl Center {
    /// A caller on the line wants to be called back.
    pub(super) fn call_back(&mut self, call: CallId) {
        let waits = |caller: &&mut Caller| caller.leaving.is_none() && caller.promise.is_none();
        let Some(caller) = self.callers.get_mut(&call).filter(waits) else { return };
        caller.promise = Some(Promise { tries: 0, state: Trying::Waits });
        let (queue, offers) = (caller.queue, caller.offers.clone());
        let holds_for = self.lines.get(&queue).map_or(Duration::ZERO, |line| line.queue.callback.holds_for);
        self.timers.clear(Timer::Announce(call));
        self.timers.set(Timer::Wait(call), self.now + holds_for);
        // The phones that ring belong to the call that ends.
        for agent in offers {
            self.end_offer(call, agent);
        }
        self.place(call);
    }

    /// It was promised before this machine began.
    pub(super) fn promised(
        &mut self,
        call: CallId,
        (queue, priority): (QueueId, i32),
        needs: Skills,
        tries: u32,
        rests: Duration,
    ) {
        if self.callers.contains_key(&call) {
            return;
        }
        let arrival = self.count();
        let now = self.now;
        let Some(line) = self.lines.get_mut(&queue) else { return };
        let rank = line.rank(priority, arrival, now);
        let state = if rests.is_zero() { Trying::Waits } else { Trying::Rests };
        let promise = Some(Promise { tries, state });
        let offers = BTreeSet::new();
        line.waiting.insert(rank, call);
        self.timers.set(Timer::Wait(call), now + line.queue.callback.holds_for);
        self.callers.insert(call, Caller { queue, rank, priority, needs, joined: now, offers, leaving: None, promise });
        match state {
            Trying::Rests => self.timers.set(Timer::Retry(call), now + rests),
            Trying::Waits | Trying::Rings(_) => self.tries_again(call),
        }
    }

    /// An agent is on the line: now it rings at who was promised to be called back.
    pub(super) fn rings_back(&mut self, call: CallId, id: ExtensionId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let Some(promise) = &mut caller.promise else { return };
        promise.state = Trying::Rings(id);
        let (queue, rank) = (caller.queue, caller.rank);
        let offers = std::mem::take(&mut caller.offers);
        if let Some(line) = self.lines.get_mut(&queue) {
            line.remove(rank);
        }
        // The answer may have crossed the end of its own offer, after which somebody else was asked.
        for other in offers.into_iter().filter(|other| *other != id) {
            self.end_offer(call, other);
        }
        let crossed = self.talks(id, (call, queue));
        self.talk_begins(id, queue, crossed);
    }

    pub(super) fn reached(&mut self, call: CallId) {
        let Some(caller) = self.callers.get(&call) else { return };
        let Some(Promise { state: Trying::Rings(agent), .. }) = caller.promise else { return };
        let queue = caller.queue;
        let Some(caller) = self.callers.remove(&call) else { return };
        self.forget_place(call, &caller);
        self.change(agent, |agent| {
            if let Some(seat) = agent.seat_mut(queue) {
                seat.answered += 1;
            }
        });
        self.tell_gone(call, &caller, Outcome::Answered, Some(agent));
    }

    pub(super) fn unreached(&mut self, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let Some(promise) = caller.promise.as_mut().filter(|promise| matches!(promise.state, Trying::Rings(_))) else {
            return;
        };
        promise.tries += 1;
        promise.state = Trying::Rests;
        let (tries, queue, rank) = (promise.tries, caller.queue, caller.rank);
        let setting = self.lines.get(&queue).map(|line| line.queue.callback);
        let Some(setting) = setting.filter(|setting| tries < setting.tries) else {
            return self.break_promise(call, Why::TooLong);
        };
        if let Some(line) = self.lines.get_mut(&queue) {
            line.waiting.insert(rank, call);
        }
        let rests = setting.retry_after;
        self.timers.set(Timer::Retry(call), self.now + rests);
        self.out.push(Command::TriesAgain { call, queue, tries, rests });
    }

    /// Its turn may come again.
    pub(super) fn tries_again(&mut self, call: CallId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let Some(promise) = &mut caller.promise else { return };
        promise.state = Trying::Waits;
        if let Some(line) = self.lines.get_mut(&caller.queue) {
            line.unoffered.insert(caller.rank, call);
        }
        self.place(call);
    }

    /// Nobody is called back any more. That nobody is there now breaks no promise: it is for later.
    pub(super) fn break_promise(&mut self, call: CallId, why: Why) {
        if why == Why::Empty {
            return;
        }
        let Some(caller) = self.callers.remove(&call) else { return };
        self.forget_place(call, &caller);
        for agent in &caller.offers {
            self.end_offer(call, *agent);
        }
        self.tell_gone(call, &caller, why.outcome(), None);
    }
}
