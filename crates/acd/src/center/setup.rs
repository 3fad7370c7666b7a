//! A new configuration: who waits, talks or is on a pause goes on as before.

use super::Center;
use crate::agent::{Agent, Seat, Work};
use crate::line::{Line, Trying};
use crate::timers::Timer;
use crate::{Queue, Why};
use model::{CallId, ExtensionId, QueueId};
use std::collections::BTreeMap;

impl Center {
    pub(super) fn configured(&mut self, queues: Vec<Queue>) {
        let mut seats: BTreeMap<ExtensionId, Vec<Seat>> = BTreeMap::new();
        for queue in &queues {
            for member in &queue.members {
                let known = self.agents.get(&member.agent).and_then(|agent| agent.seat(queue.id));
                let (turn, answered) = known.map_or((0, 0), |seat| (seat.turn, seat.answered));
                let (level, skills) = (member.level, member.skills.clone());
                let seat = Seat { queue: queue.id, level, skills, turn, answered };
                seats.entry(member.agent).or_default().push(seat);
            }
        }
        let before = std::mem::take(&mut self.lines);
        let line = |queue: Queue| {
            let handling = before.get(&queue.id).and_then(|line| line.handling);
            (queue.id, Line { handling, ..Line::new(queue) })
        };
        self.lines = queues.into_iter().map(line).collect();
        let waiting = self.settle_agents(seats);
        self.settle_callers();
        for call in waiting {
            self.place(call);
        }
        let free: Vec<ExtensionId> = self.agents.keys().copied().collect();
        for id in free {
            self.list(id);
        }
        let deserted: Vec<QueueId> =
            self.lines.values().filter(|line| !line.has(line.queue.stay_when)).map(|line| line.queue.id).collect();
        for queue in deserted {
            let calls: Vec<CallId> =
                self.lines.get(&queue).map(|line| line.waiting.values().copied().collect()).unwrap_or_default();
            for call in calls {
                self.give_up(call, Why::Empty);
            }
        }
    }

    /// Gives the agents their seats; returns the callers whom a former agent was offered.
    fn settle_agents(&mut self, mut seats: BTreeMap<ExtensionId, Vec<Seat>>) -> Vec<CallId> {
        let mut freed = Vec::new();
        let gone: Vec<ExtensionId> = self.agents.keys().copied().filter(|id| !seats.contains_key(id)).collect();
        for id in gone {
            if let Some(Work::Offered(call, _)) = self.agents.get(&id).map(|agent| agent.work) {
                self.withdraw(call, id, false);
                freed.push(call);
            }
            for timer in [Timer::Offer(id), Timer::Rest(id), Timer::WrapUp(id)] {
                self.timers.clear(timer);
            }
            self.agents.remove(&id);
        }
        let now = self.now;
        while let Some((id, seats)) = seats.pop_first() {
            let agent = self.agents.entry(id).or_insert_with(|| Agent::new(now));
            agent.seats = seats;
            let (logged_in, working) = (agent.is_logged_in(), agent.is_working());
            for seat in &agent.seats {
                if let Some(line) = self.lines.get_mut(&seat.queue) {
                    line.logged_in += usize::from(logged_in);
                    line.working += usize::from(working);
                }
            }
        }
        freed
    }

    /// Gives the callers their old places in the new lines.
    fn settle_callers(&mut self) {
        let mut homeless = Vec::new();
        for (call, caller) in self.callers.iter_mut().filter(|(_, caller)| caller.leaving.is_none()) {
            let Some(line) = self.lines.get_mut(&caller.queue) else {
                homeless.push(*call);
                continue;
            };
            caller.rank = line.rank(caller.priority, caller.rank.1, caller.joined);
            if caller.promise.is_none_or(|promise| !matches!(promise.state, Trying::Rings(_))) {
                line.waiting.insert(caller.rank, *call);
            }
            if caller.offers.is_empty() && caller.is_ready() {
                line.unoffered.insert(caller.rank, *call);
            }
            if caller.promise.is_some() {
                continue;
            }
            self.timers.set(Timer::Wait(*call), caller.joined + line.queue.max_wait);
            match line.queue.announce_every {
                Some(every) if !self.timers.is_set(Timer::Announce(*call)) => {
                    self.timers.set(Timer::Announce(*call), self.now + every);
                }
                Some(_) => {}
                None => self.timers.clear(Timer::Announce(*call)),
            }
        }
        for call in homeless {
            self.give_up(call, Why::NoQueue);
        }
    }
}
