//! Who is offered whom. There is never a free agent and a caller the agent could serve: each time one of the two
//! appears, the other is looked for, and only then.

use crate::agent::{Turn, Work};
use crate::center::Center;
use crate::line::Caller;
use crate::timers::Timer;
use crate::{Chosen, Command, Strategy};
use model::{CallId, ExtensionId};

impl Center {
    /// Somebody waits whom nobody is offered: the agents who are free are looked through.
    pub(crate) fn place(&mut self, call: CallId) {
        let waits = |caller: &&Caller| caller.is_ready() && caller.offers.is_empty();
        let Some(caller) = self.callers.get(&call).filter(waits) else { return };
        let Some(line) = self.lines.get(&caller.queue) else { return };
        let serves = |turn: &&Turn| {
            let seat = self.agents.get(&turn.3).and_then(|agent| agent.seat(caller.queue));
            seat.is_some_and(|seat| seat.serves(&caller.needs))
        };
        let mut suited = line.free.iter().filter(serves).map(|turn| (turn.0, turn.3));
        let chosen: Vec<ExtensionId> = match (line.queue.strategy, suited.next()) {
            (_, None) => return,
            // One agent calls back, however many are free.
            (Strategy::RingAll, Some((_, first))) if caller.promise.is_some() => vec![first],
            // Of one level only: the next is asked when nobody of this one is free.
            (Strategy::RingAll, Some((level, first))) => {
                std::iter::once(first).chain(suited.take_while(|(l, _)| *l == level).map(|(_, agent)| agent)).collect()
            }
            (Strategy::LongestIdle | Strategy::RoundRobin | Strategy::LeastCalls, Some((_, first))) => vec![first],
        };
        let free = line.free.len();
        for agent in chosen {
            self.offer(call, agent, free);
        }
    }

    /// An agent is free: of all queues they work in, the first who waits is taken.
    pub(crate) fn serve(&mut self, id: ExtensionId) {
        let Some(agent) = self.agents.get(&id).filter(|agent| agent.is_free()) else { return };
        let best = agent.seats.iter().filter_map(|seat| {
            let line = self.lines.get(&seat.queue)?;
            // Where all ring, who is rung for already is rung for by one more.
            let of_all = line.queue.strategy == Strategy::RingAll;
            let who = if of_all { &line.waiting } else { &line.unoffered };
            let (rank, call) = who.iter().find(|(_, call)| {
                let caller = self.callers.get(call);
                let free = |caller: &Caller| caller.promise.is_none() || caller.offers.is_empty();
                caller.is_some_and(|caller| caller.is_ready() && free(caller) && seat.serves(&caller.needs))
            })?;
            let priority = self.callers.get(call).map_or(0, |caller| caller.priority);
            Some((-i64::from(priority), rank.1, *call, line.free.len()))
        });
        if let Some((_, _, call, free)) = best.min() {
            self.offer(call, id, free);
        }
    }

    fn offer(&mut self, call: CallId, id: ExtensionId, free: usize) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        let (queue, rank) = (caller.queue, caller.rank);
        caller.offers.insert(id);
        let Some(line) = self.lines.get_mut(&queue) else { return };
        line.unoffered.remove(&rank);
        let (strategy, ring_for) = (line.queue.strategy, line.queue.offer_for);
        self.unlist(id);
        let turn = self.count();
        let now = self.now;
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.begin(Work::Offered(call, queue));
        let idle = now.since(agent.idle_since);
        let Some(seat) = agent.seat_mut(queue) else { return };
        seat.turn = turn;
        let chosen = Chosen { strategy, level: seat.level, idle, free };
        self.timers.set(Timer::Offer(id), now + ring_for);
        self.touched.insert(id);
        self.out.push(Command::Offer { call, queue, agent: id, chosen });
    }

    /// Takes an agent out of the lists of those who are free.
    pub(crate) fn unlist(&mut self, id: ExtensionId) {
        let Some(agent) = self.agents.get(&id) else { return };
        for seat in &agent.seats {
            if let Some(line) = self.lines.get_mut(&seat.queue) {
                line.free.remove(&agent.turn(id, seat, line.queue.strategy));
            }
        }
    }

    /// Puts an agent who is free into the lists, and looks for somebody to serve.
    pub(crate) fn list(&mut self, id: ExtensionId) {
        let Some(agent) = self.agents.get(&id).filter(|agent| agent.is_free()) else { return };
        for seat in &agent.seats {
            if let Some(line) = self.lines.get_mut(&seat.queue) {
                line.free.insert(agent.turn(id, seat, line.queue.strategy));
            }
        }
        self.serve(id);
    }

    /// Nobody's phone rings for the caller any more: the place in the line is the same as before. Whoever is free next may
    /// take it; who is free already is looked for by [`Center::place`].
    pub(crate) fn unoffer(&mut self, call: CallId, id: ExtensionId) {
        let Some(caller) = self.callers.get_mut(&call) else { return };
        caller.offers.remove(&id);
        if caller.offers.is_empty()
            && caller.is_ready()
            && let Some(line) = self.lines.get_mut(&caller.queue)
        {
            line.unoffered.insert(caller.rank, call);
        }
    }
}
