//! Waiting in a queue: music and announcements for the caller, and the phones of the agents whom the queue chooses. Who is
//! asked, for how long, and when the waiting ends is the queue's to say.

use crate::leg::State;
use crate::machine::{Call, Stage};
use crate::ringing::Purpose;
use crate::timers::Timer;
use crate::{
    Action, Event, LegKind, Party, Question, QueueNews, QueueOrder, RingsAs, RouteTarget, Side, Ticket, Visit,
    most_telling,
};
use model::leg::{Destination, Dial, Prompt, Sound};
use model::queue::{Enqueue, QueueOutcome};
use model::{Cause, Digit, EndedBy, ExtensionId, FlowId, LegCommand, LegId, Moment, QueueId, TrailEntry};
use std::collections::VecDeque;

/// A call joins queues at most so often: two that are full and send their callers to each other end here.
const MOST_VISITS: usize = 20;
/// More phones of one agent than this do not ring.
const MOST_PHONES: usize = 10;

/// A caller who waits.
#[derive(Debug)]
pub(crate) struct Queued {
    entry: Enqueue,
    /// A flow sent the caller here.
    by_flow: bool,
    joined: Moment,
    /// None until the queue has taken the caller in.
    music: Option<Sound>,
    /// The key by which the caller asks to be called back.
    callback: Option<Digit>,
    /// What the caller is asked when the agent has hung up.
    survey: Option<FlowId>,
    /// What is to be said before the music goes on.
    saying: VecDeque<Sound>,
    offers: Vec<Offering>,
}

/// An agent whose phones ring.
#[derive(Debug)]
struct Offering {
    agent: ExtensionId,
    /// We asked where the phones are.
    ticket: Option<Ticket>,
    legs: Vec<LegId>,
    failed: Option<Cause>,
}

impl Call {
    pub(crate) fn enter_queue(&mut self, entry: Enqueue, by_flow: bool) {
        let step = TrailEntry::new(self.now, "queue", "The caller is to wait in a queue.").fact("queue", entry.queue);
        self.keep(step.fact("priority", entry.priority));
        if self.visits.len() >= MOST_VISITS {
            self.note("queue_limit", "The call has been in too many queues.");
            return if by_flow { self.back_to_flow(Cause::NoRoute) } else { self.end(Cause::NoRoute, EndedBy::System) };
        }
        let queue = entry.queue;
        self.out.push(Action::Queue(QueueNews::Joined(entry.clone())));
        self.timers.set(Timer::Asks, self.now + self.limits.answer_to_question);
        self.stage = Stage::Queued(Queued {
            entry,
            by_flow,
            joined: self.now,
            music: None,
            callback: None,
            survey: None,
            saying: VecDeque::new(),
            offers: Vec::new(),
        });
        self.publish(Event::QueueJoined { queue });
    }

    /// A word from the queue. One that concerns another queue crossed our leaving it.
    pub(crate) fn queue_order(&mut self, queue: QueueId, order: QueueOrder) {
        let Stage::Queued(queued) = &self.stage else { return };
        if queued.entry.queue != queue {
            return;
        }
        match order {
            QueueOrder::Waits { music, callback, survey } => {
                if let Stage::Queued(queued) = &mut self.stage {
                    (queued.callback, queued.survey) = (callback, survey);
                }
                self.wait_with(music);
            }
            QueueOrder::Offer { agent } => self.offer_to(agent),
            QueueOrder::Withdraw { agent, missed } => self.withdraw(agent, missed),
            QueueOrder::Say(sounds) => self.say(sounds),
            QueueOrder::GiveUp { outcome, cause, to } => {
                let Some((entry, by_flow)) = self.leave_queue(outcome, None) else { return };
                self.out.push(Action::Queue(QueueNews::Left));
                match to {
                    _ if by_flow && entry.returns => self.back_to_flow(cause),
                    Some(target) => {
                        self.stop_flow();
                        self.lead(Purpose::Callee, target, cause);
                    }
                    None if by_flow => self.back_to_flow(cause),
                    None => self.end(cause, EndedBy::System),
                }
            }
        }
    }

    fn wait_with(&mut self, sound: Sound) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        queued.music = Some(sound);
        if queued.offers.iter().all(|offer| offer.ticket.is_none()) {
            self.timers.clear(Timer::Asks);
        }
        self.answer_caller();
        self.play_music();
    }

    fn play_music(&mut self) {
        let (Stage::Queued(Queued { music: Some(music), .. }), Some(caller)) = (&self.stage, self.caller) else {
            return;
        };
        let music = *music;
        // Who holds hears music of their own.
        if self.legs.get(caller).is_some_and(|leg| !leg.held) {
            self.play(caller, music, true);
        }
    }

    /// The caller put us on hold while waiting, or came back.
    pub(crate) fn queue_held(&mut self, id: LegId, held: bool) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        if self.caller != Some(id) || queued.music.is_none() {
            return;
        }
        queued.saying.clear();
        if held { self.stop_play(id) } else { self.play_music() }
    }

    fn say(&mut self, sounds: Vec<Sound>) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        // What is being said is said to its end.
        let holds = self.caller.and_then(|id| self.legs.get(id)).is_some_and(|leg| leg.held);
        if queued.music.is_some() && queued.saying.is_empty() && !holds {
            queued.saying = sounds.into();
            self.say_next();
        }
    }

    fn say_next(&mut self) {
        let (Stage::Queued(queued), Some(caller)) = (&self.stage, self.caller) else { return };
        match queued.saying.front().copied() {
            Some(sound) => self.play(caller, sound, false),
            None => self.play_music(),
        }
    }

    /// The caller has heard a sound to its end.
    pub(crate) fn queue_sound_ended(&mut self) {
        if let Stage::Queued(queued) = &mut self.stage {
            queued.saying.pop_front();
            self.say_next();
        }
    }

    /// The caller pressed a key: the one that asks to be called back ends the waiting on the line.
    pub(crate) fn queue_digit(&mut self, digit: Digit) {
        let Stage::Queued(queued) = &self.stage else { return };
        if queued.callback != Some(digit) {
            return;
        }
        let entry = TrailEntry::new(self.now, "queue_callback", "The caller keeps the place and is to be called back.");
        self.keep(entry.fact("queue", queued.entry.queue));
        self.leave_queue(QueueOutcome::CalledBack, None);
        self.out.push(Action::Queue(QueueNews::CallBack));
        self.stop_flow();
        self.lead(Purpose::Callee, RouteTarget::Announcement(Sound::Prompt(Prompt::CallbackKept)), Cause::FlowEnded);
    }

    fn offer_to(&mut self, agent: ExtensionId) {
        let Stage::Queued(queued) = &self.stage else { return };
        if queued.offers.iter().any(|offer| offer.agent == agent) {
            return;
        }
        if self.who.extension() == Some(agent) {
            return self.out.push(Action::Queue(QueueNews::Refused { agent, cause: Cause::Busy }));
        }
        let ticket = self.ask(Question::Locate { extension: agent, rings_as: RingsAs::IdleMember });
        let Stage::Queued(queued) = &mut self.stage else { return };
        queued.offers.push(Offering { agent, ticket: Some(ticket), legs: Vec::new(), failed: None });
    }

    fn withdraw(&mut self, agent: ExtensionId, missed: bool) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        let Some(place) = queued.offers.iter().position(|offer| offer.agent == agent) else { return };
        let offer = queued.offers.remove(place);
        self.asked_no_more();
        for id in offer.legs {
            let cause = match self.legs.get(id) {
                Some(leg) if missed => leg.cause_of_silence(),
                Some(_) | None => Cause::AnsweredElsewhere,
            };
            self.hang_up(id, cause);
        }
    }

    /// The timer of questions runs only while one is open.
    fn asked_no_more(&mut self) {
        let Stage::Queued(queued) = &self.stage else { return };
        if queued.music.is_some() && queued.offers.iter().all(|offer| offer.ticket.is_none()) {
            self.timers.clear(Timer::Asks);
        }
    }

    /// Where the agent's phones are.
    pub(crate) fn agent_found(&mut self, ticket: Ticket, contacts: Vec<u64>) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        let Some(offer) = queued.offers.iter_mut().find(|offer| offer.ticket == Some(ticket)) else { return };
        offer.ticket = None;
        let agent = offer.agent;
        self.asked_no_more();
        let mut phones: Vec<u64> = Vec::new();
        for contact in contacts {
            if phones.len() < MOST_PHONES && !phones.contains(&contact) {
                phones.push(contact);
            }
        }
        for contact in &phones {
            self.dial_agent(agent, *contact);
        }
        let Stage::Queued(queued) = &mut self.stage else { return };
        let Some(offer) = queued.offers.iter_mut().find(|offer| offer.agent == agent) else { return };
        if offer.legs.is_empty() {
            offer.failed.get_or_insert(Cause::NotRegistered);
        }
        self.refuse_if_over(agent);
    }

    /// The agent is not to be rung now.
    pub(crate) fn agent_away(&mut self, ticket: Ticket, cause: Cause) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        let Some(offer) = queued.offers.iter_mut().find(|offer| offer.ticket == Some(ticket)) else { return };
        offer.ticket = None;
        offer.failed = Some(cause);
        let agent = offer.agent;
        self.asked_no_more();
        self.refuse_if_over(agent);
    }

    fn dial_agent(&mut self, agent: ExtensionId, contact: u64) {
        if self.legs.len() >= usize::from(self.limits.legs) {
            self.note("too_many_legs", "The call has used up its legs.");
            let Stage::Queued(queued) = &mut self.stage else { return };
            if let Some(offer) = queued.offers.iter_mut().find(|offer| offer.agent == agent) {
                offer.failed = Some(Cause::Overload);
            }
            return;
        }
        let id = self.add_leg(LegKind::Out, Party::Extension { extension: agent, contact: Some(contact) });
        let (caller_number, caller_name) = match &self.routed {
            Some(routed) => (routed.shown_number.clone(), routed.shown_name.clone()),
            None => (self.who.caller_number.clone(), self.who.caller_name.clone()),
        };
        let Stage::Queued(queued) = &mut self.stage else { return };
        if let Some(offer) = queued.offers.iter_mut().find(|offer| offer.agent == agent) {
            offer.legs.push(id);
        }
        let to = Destination::Contact { extension: agent, contact };
        self.command(id, LegCommand::Dial(Box::new(Dial { to, caller_number, caller_name, call: self.id })));
    }

    /// Nobody said in time whether the caller may wait, or where an agent's phones are.
    pub(crate) fn queue_is_silent(&mut self) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        if queued.music.is_none() {
            let order = QueueOrder::GiveUp { outcome: QueueOutcome::Overflowed, cause: Cause::Failed, to: None };
            let queue = queued.entry.queue;
            self.note("no_reply", "Nobody said in time whether the caller may wait.");
            return self.queue_order(queue, order);
        }
        let mut unfound = Vec::new();
        for offer in queued.offers.iter_mut().filter(|offer| offer.ticket.is_some()) {
            offer.ticket = None;
            offer.failed = Some(Cause::Failed);
            unfound.push(offer.agent);
        }
        for agent in unfound {
            self.refuse_if_over(agent);
        }
    }

    /// Tells the queue when none of an agent's phones can answer any more.
    fn refuse_if_over(&mut self, agent: ExtensionId) {
        let Stage::Queued(queued) = &mut self.stage else { return };
        let Some(place) = queued.offers.iter().position(|offer| offer.agent == agent) else { return };
        let offer = &queued.offers[place];
        if offer.ticket.is_some() || !offer.legs.is_empty() {
            return;
        }
        let cause = offer.failed.unwrap_or(Cause::Failed);
        queued.offers.remove(place);
        self.out.push(Action::Queue(QueueNews::Refused { agent, cause }));
    }

    pub(crate) fn agent_rings(&mut self, id: LegId) {
        self.leg_reacted(id);
        let Some(leg) = self.legs.get_mut(id) else { return };
        match leg.state {
            State::Dialled | State::Reacted => leg.state = State::Ringing,
            State::Ringing => {}
            State::Offered | State::Up | State::Leaving | State::Gone => return,
        }
        let first = leg.ringing.is_none();
        leg.ringing.get_or_insert(self.now);
        let extension = leg.party.extension();
        if self.times.answered.is_none() {
            self.times.ringing.get_or_insert(self.now);
        }
        if first {
            self.publish(Event::Ringing { leg: id, extension, side: Side::Callee });
        }
    }

    pub(crate) fn agent_picked_up(&mut self, id: LegId) {
        let Stage::Queued(queued) = &self.stage else { return };
        let Some(offer) = queued.offers.iter().find(|offer| offer.legs.contains(&id)) else {
            return self.hang_up(id, Cause::AnsweredElsewhere);
        };
        let agent = offer.agent;
        let others: Vec<LegId> = queued.offers.iter().flat_map(|offer| offer.legs.iter().copied()).collect();
        self.timers.clear(Timer::Asks);
        // The one that answered is not to be hung up with the others.
        if let Stage::Queued(queued) = &mut self.stage {
            queued.offers.clear();
            self.survey.flow = queued.survey;
        }
        self.leave_queue(QueueOutcome::Answered, Some(agent));
        self.out.push(Action::Queue(QueueNews::Answered { agent }));
        self.connect(id);
        for other in others.into_iter().filter(|other| *other != id) {
            self.hang_up(other, Cause::AnsweredElsewhere);
        }
        self.publish(Event::Answered { leg: id, extension: Some(agent), side: Side::Callee });
    }

    /// A phone of an agent refused, or was lost.
    pub(crate) fn agent_gone(&mut self, id: LegId, cause: Cause) {
        // An end before any answer, without a reason of its own, is a refusal.
        let cause = if matches!(cause, Cause::Normal | Cause::Cancelled) { Cause::Declined } else { cause };
        let Stage::Queued(queued) = &mut self.stage else { return };
        let Some(offer) = queued.offers.iter_mut().find(|offer| offer.legs.contains(&id)) else { return };
        offer.legs.retain(|leg| *leg != id);
        offer.failed = Some(offer.failed.map_or(cause, |before| most_telling(before, cause)));
        // Who declines on one phone declines on all of them.
        let declined = if cause == Cause::Declined { std::mem::take(&mut offer.legs) } else { Vec::new() };
        let agent = offer.agent;
        for other in declined {
            self.hang_up(other, Cause::Declined);
        }
        self.refuse_if_over(agent);
    }

    /// The waiting is over: phones that ring are silenced, and what came of it is kept. Another stage must follow.
    fn leave_queue(&mut self, outcome: QueueOutcome, agent: Option<ExtensionId>) -> Option<(Enqueue, bool)> {
        if !matches!(self.stage, Stage::Queued(_)) {
            return None;
        }
        let Stage::Queued(queued) = std::mem::replace(&mut self.stage, Stage::Steered) else { return None };
        self.timers.clear(Timer::Asks);
        for id in queued.offers.iter().flat_map(|offer| offer.legs.iter().copied()) {
            self.hang_up(id, Cause::AnsweredElsewhere);
        }
        let there = |id: &LegId| self.legs.get(*id).is_some_and(|leg| leg.state != State::Gone);
        if let Some(caller) = self.caller.filter(there) {
            self.stop_play(caller);
        }
        let visit = Visit { queue: queued.entry.queue, joined: queued.joined, left: self.now, outcome, agent };
        let waited = visit.left.since(visit.joined);
        self.publish(Event::QueueLeft { queue: visit.queue, outcome, waited, agent });
        self.visits.push(visit);
        Some((queued.entry, queued.by_flow))
    }

    /// The call ends while the caller waits.
    pub(crate) fn abandon_queue(&mut self) {
        if self.leave_queue(QueueOutcome::Abandoned, None).is_some() {
            self.out.push(Action::Queue(QueueNews::Left));
        }
    }
}
