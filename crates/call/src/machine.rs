//! The call itself: its stage, its legs, and where each input goes. What happens in a stage is in the stage's module.

use crate::guests::Guests;
use crate::hearing::Heard;
use crate::leg::{Leg, Legs, Sounding, State};
use crate::queueing::Queued;
use crate::recording::Recorder;
use crate::ringing::Ringing;
use crate::routing::{Routed, Who};
use crate::steering::Choosing;
use crate::survey::Survey;
use crate::timers::{Timer, Timers};
use crate::transfer::Transferring;
use crate::{Action, Direction, Event, Input, LegKind, Limits, Origin, Party, Question, Reply, Ticket, Visit};
use model::leg::{Play, Sound};
use model::{CallId, Cause, Digit, EndedBy, ExtensionId, LegCommand, LegEvent, LegId, Moment, TrailEntry};
use std::time::Duration;

/// More decisions than this are not kept; the last one always is.
const LONGEST_TRAIL: usize = 300;

/// A sound cannot end sooner than this after it began (it is one packet long): what seems to is the end of the one that
/// was interrupted for it, which crossed our command.
const SHORTEST_SOUND: Duration = Duration::from_millis(20);

/// One call.
#[derive(Debug)]
pub struct Call {
    pub(crate) id: CallId,
    pub(crate) limits: Limits,
    pub(crate) stage: Stage,
    pub(crate) who: Who,
    pub(crate) routed: Option<Routed>,
    pub(crate) legs: Legs,
    /// The leg of the calling side, once it is known.
    pub(crate) caller: Option<LegId>,
    pub(crate) media: Media,
    pub(crate) recorder: Recorder,
    /// Who is there beside the two who talk.
    pub(crate) guests: Option<Box<Guests>>,
    /// The queues it has waited in.
    pub(crate) visits: Vec<Visit>,
    /// What the caller may be asked when the agent has hung up.
    pub(crate) survey: Survey,
    /// The leg of the called side that talked last.
    pub(crate) talked: Option<LegId>,
    /// The number and name shown to whom a call is transferred.
    pub(crate) shown: (String, String),
    /// A flow machine of ours is alive at the driver.
    pub(crate) steered: bool,
    /// The caller was let leave a message; the cause that led there.
    pub(crate) message_for: Option<Cause>,
    /// Who forwarded the call.
    pub(crate) forwarded: Vec<ExtensionId>,
    /// How often the call went on to another target.
    pub(crate) diversions: u8,
    /// How many flows had the caller.
    pub(crate) flows: u16,
    /// `Event::Started` was told.
    pub(crate) announced: bool,
    pub(crate) times: Times,
    pub(crate) timers: Timers,
    pub(crate) trail: Vec<TrailEntry>,
    pub(crate) next_ticket: u32,
    /// The moment of the input in hand.
    pub(crate) now: Moment,
    pub(crate) out: Vec<Action>,
}

/// What the call is doing.
#[derive(Debug)]
pub(crate) enum Stage {
    /// Nothing came in yet.
    Fresh,
    /// Asked where the call goes.
    Routing(Ticket),
    /// The caller is with a flow.
    Steered,
    /// Asked how a group rings.
    Choosing(Choosing),
    /// The caller waits for an agent.
    Queued(Queued),
    /// Phones or a carrier are being tried.
    Ringing(Ringing),
    /// One of two people hands the other over, and nobody rings yet.
    Transferring(Transferring),
    /// Two people talk.
    Talking {
        /// The leg of the called side.
        callee: LegId,
    },
    /// The outcome is known.
    Over,
}

/// Which sound goes where.
#[derive(Debug, Default)]
pub(crate) struct Media {
    pub(crate) bridge: Option<(LegId, LegId)>,
    /// Several hear each other, in place of the bridge.
    pub(crate) mix: Option<Box<Heard>>,
    pub(crate) recording: bool,
    pub(crate) recorded: bool,
}

/// When things happened to the call as a whole.
#[derive(Debug)]
pub(crate) struct Times {
    pub(crate) started: Moment,
    pub(crate) ringing: Option<Moment>,
    pub(crate) answered: Option<Moment>,
}

impl Call {
    /// A call that waits for `Input::Offered`, `Input::Originate` or `Input::Place`.
    pub fn new(id: CallId, now: Moment) -> Call {
        Call::with_limits(id, now, Limits::default())
    }

    /// The same with other limits than the usual ones.
    pub fn with_limits(id: CallId, now: Moment, limits: Limits) -> Call {
        Call {
            id,
            limits,
            stage: Stage::Fresh,
            who: Who::nobody(),
            routed: None,
            legs: Legs::default(),
            caller: None,
            media: Media::default(),
            recorder: Recorder::default(),
            guests: None,
            visits: Vec::new(),
            survey: Survey::default(),
            talked: None,
            shown: Default::default(),
            steered: false,
            message_for: None,
            forwarded: Vec::new(),
            diversions: 0,
            flows: 0,
            announced: false,
            times: Times { started: now, ringing: None, answered: None },
            timers: Timers::default(),
            trail: Vec::new(),
            next_ticket: 1,
            now,
            out: Vec::new(),
        }
    }

    /// Something happened. The answer is what to do, in order.
    pub fn handle(&mut self, now: Moment, input: Input) -> Vec<Action> {
        self.now = now;
        match input {
            Input::Offered { origin, dialled, caller_number, caller_name } => {
                self.offered(Who { origin, dialled, caller_number, caller_name });
            }
            Input::Originate { extension, caller_number, caller_name, to } => {
                let origin = Origin::Extension(extension);
                self.originate(extension, Who { origin, dialled: to, caller_number, caller_name });
            }
            Input::Place { hotline, caller_number, to } => {
                let origin = Origin::Hotline(hotline);
                self.place(Who { origin, dialled: to, caller_number, caller_name: String::new() });
            }
            Input::Leg(leg, event) => self.leg_event(leg, event),
            Input::Reply(ticket, reply) => self.reply(ticket, reply),
            Input::Flow(command) => self.flow_command(command),
            Input::Queue(queue, order) => self.queue_order(queue, order),
            Input::Trail(entry) => self.keep(entry),
            Input::Release { leg, extension } => self.release(leg, extension),
            Input::Replace { leg, party } => self.replace(leg, party),
            Input::Wish { by, wish } => self.wish(&by, wish),
            Input::Hangup { cause } => self.ordered_to_end(cause),
        }
        std::mem::take(&mut self.out)
    }

    /// Call this when [`Call::deadline`] has come; too early does nothing.
    pub fn timeout(&mut self, now: Moment) -> Vec<Action> {
        self.now = now;
        while let Some(timer) = self.timers.take_due(now) {
            match timer {
                Timer::Asks => self.no_reply(),
                Timer::Ring => self.ring_time_over(),
                Timer::Join(place) => self.member_joins(place),
                Timer::Leave(place) => self.member_leaves(place),
                Timer::Silence => self.carrier_is_silent(),
                Timer::Guest(number) => self.guest_time_over(number),
                Timer::Call => self.call_time_over(),
                Timer::Hangup(leg) => self.gone(leg, Cause::Unreachable),
            }
        }
        std::mem::take(&mut self.out)
    }

    /// When to call [`Call::timeout`].
    pub fn deadline(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// Whether `Finish` was emitted and all legs are gone: the call can be forgotten.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over) && self.legs.all_gone()
    }

    /// Which call it is.
    pub fn id(&self) -> CallId {
        self.id
    }

    /// The leg of the calling side, once it is known.
    pub fn caller(&self) -> Option<LegId> {
        self.caller
    }

    /// The number that the next leg will have.
    pub fn next_leg(&self) -> LegId {
        self.legs.next_id()
    }

    /// Which way it goes, as far as it is known by now.
    pub fn direction(&self) -> Direction {
        self.routed.as_ref().map_or_else(|| self.who.likely_direction(), |routed| routed.direction)
    }

    fn leg_event(&mut self, id: LegId, event: LegEvent) {
        // A leg that is gone has said its last word; what still comes crossed it on the way.
        let Some(leg) = self.legs.get(id).filter(|leg| leg.state != State::Gone) else { return };
        let live = leg.is_live();
        match event {
            LegEvent::Answered => self.leg_answered(id),
            LegEvent::Rejected { cause } | LegEvent::Ended { cause } => self.gone(id, cause),
            LegEvent::Progress if live => self.leg_reacted(id),
            LegEvent::Ringing { early_media } if live => self.leg_rings(id, early_media),
            LegEvent::Held if live => self.hold(id, true),
            LegEvent::Resumed if live => self.hold(id, false),
            LegEvent::Digit(digit) if live => self.digit(id, digit),
            LegEvent::PlayDone if live => self.play_done(id),
            LegEvent::MediaLost if live => self.media_lost(id),
            LegEvent::Transfer(to) if live => self.transfer_asked(id, to),
            LegEvent::Progress
            | LegEvent::Ringing { .. }
            | LegEvent::Held
            | LegEvent::Resumed
            | LegEvent::Digit(_)
            | LegEvent::PlayDone
            | LegEvent::MediaLost
            | LegEvent::Transfer(_) => {}
        }
    }

    fn leg_answered(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(id) else { return };
        match leg.state {
            State::Dialled | State::Reacted | State::Ringing => {
                leg.state = State::Up;
                leg.answered = Some(self.now);
                self.picked_up(id);
            }
            // The answer crossed our hang-up: say it again, now to an answered leg. The guard timer stays.
            State::Leaving if !leg.late => {
                leg.late = true;
                let cause = leg.ended.map_or(Cause::Normal, |(_, cause)| cause);
                self.command(id, LegCommand::Hangup { cause });
            }
            State::Leaving | State::Offered | State::Up | State::Gone => {}
        }
    }

    /// A leg is over, whoever wanted it.
    fn gone(&mut self, id: LegId, cause: Cause) {
        let Some(leg) = self.legs.get_mut(id) else { return };
        let awaited = leg.state == State::Leaving;
        leg.end(self.now, cause);
        leg.state = State::Gone;
        self.timers.clear(Timer::Hangup(id));
        if awaited {
            return;
        }
        if self.is_guest(id) {
            return self.guest_gone(id, cause);
        }
        match self.handover() {
            // Who hands a call over may leave before anybody took it.
            Some(handover) if handover.by == id => {
                return self.note("transferor_left", "Who hands the call over has left.");
            }
            Some(handover) if handover.kept == id => return self.handed_over_left(handover, cause),
            Some(_) | None => {}
        }
        if self.goes_on_without(id, cause) {
            return;
        }
        if self.caller == Some(id) {
            return self.caller_left(cause);
        }
        match &self.stage {
            Stage::Ringing(_) => self.target_failed(id, cause),
            Stage::Queued(_) => self.agent_gone(id, cause),
            Stage::Talking { callee } if *callee == id => self.callee_left(cause),
            Stage::Talking { .. }
            | Stage::Transferring(_)
            | Stage::Fresh
            | Stage::Routing(_)
            | Stage::Steered
            | Stage::Choosing(_)
            | Stage::Over => {}
        }
    }

    fn reply(&mut self, ticket: Ticket, reply: Reply) {
        let Some(reply) = self.guest_reply(ticket, reply) else { return };
        match reply {
            Reply::Route(route) if matches!(self.stage, Stage::Transferring(_)) => self.transfer_routed(ticket, *route),
            Reply::Route(route) if matches!(self.stage, Stage::Choosing(_)) => self.forward_routed(ticket, *route),
            Reply::Route(route) => self.route_found(ticket, *route),
            Reply::Recording(ruled) => self.recording_ruled(ticket, ruled),
            Reply::Adopted(released) => self.adopted(ticket, released),
            // In a queue the offer's own time counts, and nobody is called elsewhere.
            Reply::Contacts(contacts) | Reply::Ring { contacts, .. } if matches!(self.stage, Stage::Queued(_)) => {
                self.agent_found(ticket, contacts);
            }
            Reply::Away(cause) | Reply::Forwarded(cause) if matches!(self.stage, Stage::Queued(_)) => {
                self.agent_away(ticket, cause);
            }
            Reply::Contacts(contacts) => self.phones_found(ticket, contacts),
            Reply::Ring { contacts, ring_for, forwards } => {
                self.handles_calls(ticket, ring_for, forwards);
                self.phones_found(ticket, contacts);
            }
            Reply::Away(cause) => self.not_to_be_rung(ticket, cause),
            Reply::Forwarded(cause) => {
                self.handles_calls(ticket, None, true);
                self.not_to_be_rung(ticket, cause);
            }
            Reply::Forward(number) => self.forward_found(ticket, number),
            Reply::Group(plan) => self.group_found(ticket, plan),
        }
    }

    /// A question stayed unanswered. A reply that is still to come will find nobody.
    fn no_reply(&mut self) {
        if let (Some(handover), false) = (self.handover(), matches!(self.stage, Stage::Ringing(_))) {
            self.note("no_reply", "A question that the transfer depends on was not answered in time.");
            return self.transfer_failed(handover, Cause::Failed);
        }
        match &self.stage {
            Stage::Routing(_) | Stage::Choosing(_) => {
                self.note("no_reply", "A question that the call depends on was not answered in time.");
                self.end(Cause::Failed, EndedBy::System);
            }
            Stage::Ringing(_) => self.phones_not_found(),
            Stage::Queued(_) => self.queue_is_silent(),
            Stage::Fresh | Stage::Steered | Stage::Talking { .. } | Stage::Transferring(_) | Stage::Over => {}
        }
    }

    fn digit(&mut self, leg: LegId, digit: Digit) {
        self.publish(Event::Digit { leg, digit });
        if self.caller == Some(leg) {
            self.tell_flow_digit(digit);
            self.queue_digit(digit);
        }
    }

    fn play_done(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(id) else { return };
        if leg.interrupted.take().is_some_and(|at| self.now.since(at) < SHORTEST_SOUND) {
            return;
        }
        match leg.sounding {
            Sounding::Once => {
                leg.sounding = Sounding::Nothing;
                if self.caller == Some(id) {
                    self.tell_flow_play_done();
                    self.queue_sound_ended();
                }
            }
            // A repeating sound has no end: this is the end of one that was replaced.
            Sounding::Repeating | Sounding::Nothing => {}
        }
    }

    // What the modules of the stages share.

    pub(crate) fn command(&mut self, leg: LegId, command: LegCommand) {
        self.out.push(Action::Leg(leg, command));
    }

    /// Tells the world, which hears nothing of a call before its start was announced.
    pub(crate) fn publish(&mut self, event: Event) {
        if self.announced {
            self.out.push(Action::Publish(event));
        }
    }

    pub(crate) fn ask(&mut self, question: Question) -> Ticket {
        self.timers.set(Timer::Asks, self.now + self.limits.answer_to_question);
        self.ask_aside(question)
    }

    /// Asks what the call itself does not wait for.
    pub(crate) fn ask_aside(&mut self, question: Question) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.out.push(Action::Ask(ticket, question));
        ticket
    }

    pub(crate) fn add_leg(&mut self, kind: LegKind, party: Party) -> LegId {
        self.legs.add(Leg::new(kind, party, self.now))
    }

    pub(crate) fn play(&mut self, id: LegId, sound: Sound, repeat: bool) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(id) else { return };
        if leg.sounding == Sounding::Once {
            leg.interrupted = Some(now);
        }
        leg.sounding = if repeat { Sounding::Repeating } else { Sounding::Once };
        self.command(id, LegCommand::Play(Play { sound, repeat }));
    }

    pub(crate) fn stop_play(&mut self, id: LegId) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(id) else { return };
        match leg.sounding {
            Sounding::Nothing => return,
            Sounding::Once => leg.interrupted = Some(now),
            Sounding::Repeating => {}
        }
        leg.sounding = Sounding::Nothing;
        self.command(id, LegCommand::StopPlay);
    }

    /// Ends a leg in whatever state it is.
    pub(crate) fn hang_up(&mut self, id: LegId, cause: Cause) {
        let Some(leg) = self.legs.get_mut(id) else { return };
        match leg.state {
            State::Offered => {
                leg.state = State::Gone;
                leg.end(self.now, cause);
                self.command(id, LegCommand::Reject { cause });
            }
            State::Dialled | State::Reacted | State::Ringing | State::Up => {
                leg.state = State::Leaving;
                leg.end(self.now, cause);
                self.timers.set(Timer::Hangup(id), self.now + self.limits.hangup);
                self.command(id, LegCommand::Hangup { cause });
            }
            State::Leaving | State::Gone => {}
        }
    }

    /// The leg that waits while others ring, when it is answered.
    pub(crate) fn near_up(&self) -> Option<LegId> {
        self.near().filter(|id| self.legs.get(*id).is_some_and(|leg| leg.state == State::Up))
    }

    pub(crate) fn note(&mut self, step: &'static str, reason: impl Into<String>) {
        self.keep(TrailEntry::new(self.now, step, reason));
    }

    /// Keeps a decision. The trail is most of what a call weighs, so no room is kept for what does not come.
    pub(crate) fn keep(&mut self, mut entry: TrailEntry) {
        let over = matches!(self.stage, Stage::Over);
        if !over && self.trail.len() < LONGEST_TRAIL {
            entry.facts.shrink_to_fit();
            if self.trail.len() == self.trail.capacity() {
                self.trail.reserve_exact(4);
            }
            self.trail.push(entry);
        }
    }
}

#[cfg(test)]
mod tests;
