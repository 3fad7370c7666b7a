//! The task of one call: it carries letters to the call's machine, performs the actions in order, and feeds the
//! replies back. All rules are in `call` and `flow`; here is only what touches the edges.
//!
//! Start with [`Driver::run`]; legs are in [`leg`], the end of the call in [`finish`] (after a panic in [`failure`]),
//! words for the outside in [`tell`], legs that move between calls in [`transfer`].

mod asking;
mod failure;
mod finish;
mod handling;
mod keys;
mod leg;
mod mixing;
mod outside;
mod placed;
mod protection;
mod queue;
mod record;
mod story;
mod tell;
#[cfg(test)]
mod tests;
mod transfer;
mod voicemail;

use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bus::capture::{Target, What};
use call::{Action, Call, Input, Origin, Question, Reply, RouteTarget, Script, Ticket};
use flow::{Announcement, Flow, FlowStep, Steering};
use futures_util::FutureExt;
use model::{CallId, Cause, GroupId, Id, LegEvent, LegId, Moment, QueueId};
use pbx::snapshot::Tenant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::capture::sound::Tapping;
use crate::clock::Anchor;
use crate::queues::CallingBack;
use crate::routes::Letter;
use crate::shared::Shared;
use crate::shares::{Bound, Seat};
use crate::spending::Expense;
use finish::Finish;
pub(crate) use leg::Leg;
pub(crate) use placed::Placed;
pub(crate) use transfer::{Ask, Gift, Replacing};

/// Why the first leg of a call cannot be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Its company has no seat left.
    Quota,
    /// Its trunk, which may be gone, has no place left.
    Trunk(Cause),
    /// No port is left for its sound.
    Ports,
    /// Its session cannot be agreed on.
    Unfit(Cause),
}

impl Refusal {
    fn cause(self) -> Cause {
        match self {
            Refusal::Quota | Refusal::Ports => Cause::Overload,
            Refusal::Trunk(cause) | Refusal::Unfit(cause) => cause,
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Refusal::Quota => "The company has as many calls at once as its quota allows.",
            Refusal::Trunk(Cause::Overload) => "The trunk carries as many calls as it may.",
            Refusal::Trunk(_) => "The trunk is gone.",
            Refusal::Ports => "No port for sound is left.",
            Refusal::Unfit(Cause::NotProtected) => "The caller's sound is to be protected, and is not.",
            Refusal::Unfit(_) => "The caller's session description has nothing in common with ours.",
        }
    }
}

/// One live call.
pub(crate) struct Driver {
    id: CallId,
    shared: Arc<Shared>,
    tenant: Arc<Tenant>,
    anchor: Anchor,
    call: Call,
    flow: Option<Steering>,
    legs: BTreeMap<LegId, Leg>,
    actions: VecDeque<Action>,
    mailbox: UnboundedSender<Letter>,
    letters: UnboundedReceiver<Letter>,
    recording: Option<finish::Recording>,
    /// Several hear each other.
    mix: Option<media::Mix>,
    voicemail: voicemail::Voicemail,
    finish: Option<Finish>,
    /// The record that stands for the call should its task fail.
    drafted: Option<Box<pbx::calls::CallRecord>>,
    /// What the step that is under way leaves for the journal.
    jotted: pbx::calls::Notes,
    /// The ring group that was called last.
    group: Option<GroupId>,
    /// The queue that came after it, if one did.
    queued: Option<QueueId>,
    /// BYEs that wait for the record.
    owed_byes: Vec<sip::Leg>,
    /// The caller's number and name, as they came.
    caller: (String, String),
    /// How many hops the call may still take; it came with them.
    max_forwards: Option<u8>,
    /// Why the first leg cannot be served: the call ends where it would be routed.
    refusal: Option<Refusal>,
    /// Its seat among the calls of its company, or which bound left it none.
    seat: Option<Result<Seat, Bound>>,
    /// The call has sent its first answer or its first INVITE: what that took is measured.
    set_up: bool,
    /// What happened beside the signalling, for whoever looks into the call.
    notes: Vec<(Moment, LegId, What)>,
    /// Somebody wants the call's sound.
    tapping: Option<Arc<Tapping>>,
    /// Other calls that wait for whom they asked for, the oldest first.
    asked: VecDeque<transfer::Ask>,
    /// The leg that came over and is not ours yet.
    adopting: Option<Box<Leg>>,
    /// Legs that went over to another call.
    gone: Vec<transfer::Gone>,
    /// How many stays in queues it has behind it.
    visits: i64,
    /// What it is, or may become, to the company's bill.
    expense: Option<Expense>,
    /// What the house placed the call for.
    placed: Option<Box<Placed>>,
    /// The promise that it keeps.
    calling_back: Option<Box<CallingBack>>,
    /// What its flow has asked for.
    asked_by_flow: asking::Asked,
}

impl Driver {
    /// A call without legs; the caller of this adds the first one.
    pub(crate) fn new(id: CallId, shared: Arc<Shared>, tenant: Arc<Tenant>) -> Driver {
        let now = shared.clock.now();
        let (mailbox, letters) = unbounded_channel();
        shared.routes.add_call(id, tenant.id, mailbox.clone());
        Driver {
            id,
            tenant,
            anchor: Anchor::new(now),
            call: Call::with_limits(id, now, shared.limits),
            flow: None,
            legs: BTreeMap::new(),
            actions: VecDeque::new(),
            mailbox,
            letters,
            recording: None,
            mix: None,
            voicemail: voicemail::Voicemail::default(),
            finish: None,
            drafted: None,
            jotted: pbx::calls::Notes::default(),
            group: None,
            queued: None,
            owed_byes: Vec::new(),
            caller: Default::default(),
            max_forwards: None,
            refusal: None,
            seat: None,
            set_up: false,
            notes: Vec::new(),
            tapping: None,
            asked: VecDeque::new(),
            adopting: None,
            gone: Vec::new(),
            visits: 0,
            expense: None,
            placed: None,
            calling_back: None,
            asked_by_flow: asking::Asked::default(),
            shared,
        }
    }

    /// Gives the call its seat, or tells that there is none: then it is refused where it would be routed.
    pub(crate) fn seat(&mut self, seat: Result<Seat, Bound>) {
        if seat.is_err() {
            self.refusal = Some(Refusal::Quota);
        }
        self.seat = Some(seat);
    }

    /// Drives the call to its end. A panic in here ends this call alone: its legs are hung up, its ports freed and its
    /// record written with the cause `failed`.
    ///
    /// `begin` prepares the call and returns its first input; it runs in the call's task, because it reads what strangers
    /// sent.
    pub(crate) async fn run(mut self, begin: impl FnOnce(&mut Driver) -> Input + Send) {
        let driven = AssertUnwindSafe(self.drive(begin)).catch_unwind().await;
        if driven.is_err() {
            metrics::counter!("alo_call_panics_total").increment(1);
            tracing::error!(call.id = %self.id, tenant.id = %self.tenant.id, "a call's task panicked; its legs are hung up");
            self.abandon().await;
        }
        self.shared.captures.end(self.story());
        for leg in self.legs.values() {
            self.shared.routes.remove_leg(leg.edge.0);
        }
        self.shared.routes.remove_call(self.id);
    }

    async fn drive(&mut self, begin: impl FnOnce(&mut Driver) -> Input + Send) {
        {
            let _step = self.shared.media.step();
            let first = begin(self);
            self.feed(first);
            self.end_step();
        }
        while !self.is_done() {
            let wake = self.deadline().map(|at| self.shared.clock.instant(at));
            let letter = match wake {
                Some(at) => tokio::time::timeout_at(at, self.letters.recv()).await.ok(),
                None => Some(self.letters.recv().await),
            };
            let _step = self.shared.media.step();
            match letter {
                // The driver holds a sender of its own mailbox, so the mailbox never closes.
                Some(letter) => letter.into_iter().for_each(|letter| self.receive(letter)),
                None => self.wake(),
            }
            // What waits already is handled before the timer is set again.
            while let Ok(letter) = self.letters.try_recv() {
                self.receive(letter);
            }
            self.pay_byes_of_living();
            self.end_step();
        }
    }

    /// Writes down what the step left behind, and the record when it was the last one.
    fn end_step(&mut self) {
        self.settle();
        self.write_down();
    }

    fn is_done(&self) -> bool {
        self.call.is_over() && self.is_settled()
    }

    fn deadline(&self) -> Option<Moment> {
        let flow = self.flow.as_ref().and_then(Steering::deadline);
        let finish = self.finish_deadline();
        [self.call.deadline(), flow, finish].into_iter().flatten().min()
    }

    fn wake(&mut self) {
        let now = self.shared.clock.now();
        if self.call.deadline().is_some_and(|at| at <= now) {
            let actions = self.call.timeout(now);
            self.perform_all(actions);
        }
        if let Some(flow) = self.flow.as_mut().filter(|f| f.deadline().is_some_and(|at| at <= now)) {
            let steps = flow.timeout(now);
            self.steer(steps);
        }
    }

    fn receive(&mut self, letter: Letter) {
        #[cfg(test)]
        tests::explode_if_told(&letter);
        let Some(letter) = self.pass_on(letter) else { return };
        match letter {
            Letter::Sip(leg, signal) => self.on_signal(leg, signal),
            Letter::Media(leg, event) => self.on_media(leg, event),
            Letter::Hangup(cause) => self.feed(Input::Hangup { cause }),
            // Whoever asked may have gone away.
            Letter::Tell(reply) => _ = reply.send(self.story()),
            Letter::Watched => self.touches(Target::Call(self.id)),
            Letter::Release(leg, ask) => self.on_ask(leg, *ask),
            Letter::Gift(gift) => self.on_gift(*gift),
            Letter::Replace(leg, replacing) => self.on_replacing(leg, *replacing),
            Letter::Queue(order) => self.queue_orders(*order),
            Letter::Loaded(leg, play, sound) => self.play_loaded(leg, play, sound),
            Letter::Wish(by, wish, reply) => self.wish(by, wish, reply),
            Letter::Mailbox(kept) => self.mailbox_opened(kept),
            Letter::FlowAnswer(number, answer) => self.flow_answered(number, answer),
            Letter::Obeyed(ticket, route) => self.feed(Input::Reply(ticket, Reply::Route(route))),
        }
    }

    fn leg_event(&mut self, leg: LegId, event: LegEvent) {
        self.feed(Input::Leg(leg, event));
    }

    fn feed(&mut self, input: Input) {
        let actions = self.call.handle(self.shared.clock.now(), input);
        self.perform_all(actions);
    }

    /// Performs in order; what an action brings about at once is queued behind those that were asked for before.
    fn perform_all(&mut self, actions: Vec<Action>) {
        let idle = self.actions.is_empty();
        self.actions.extend(actions);
        if !idle {
            return;
        }
        // The head stays queued while it is performed, so that a nested call only adds to the tail.
        while let Some(action) = self.actions.front().cloned() {
            self.perform(action);
            self.actions.pop_front();
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Ask(ticket, question) => self.answer(ticket, &question),
            Action::Leg(leg, command) => self.command(leg, command),
            Action::Bridge(a, b) => self.bridge(a, b),
            Action::Unbridge(a, _) => self.unbridge(a),
            Action::Mix { hearings, voices } => self.mix(&hearings, &voices),
            Action::Unmix => self.mix = None,
            Action::Record { left, right } => self.record(left, right),
            Action::RecordBeside { stays, comes } => self.record_beside(stays, comes),
            Action::PauseRecord(paused) => self.pause_record(paused),
            Action::StopRecord => self.stop_record(),
            Action::StartFlow(flow) => self.start_flow(flow),
            Action::Flow(event) => {
                let now = self.shared.clock.now();
                if let Some(flow) = self.flow.as_mut() {
                    let steps = flow.handle(now, event);
                    self.steer(steps);
                }
            }
            Action::StopFlow => {
                self.flow = None;
                self.voicemail.closed();
            }
            Action::Queue(news) => self.tell_queue(news),
            Action::Adopt(_, leg) => self.adopt(leg),
            Action::Release(released) => self.release(released),
            Action::Publish(event) => self.publish(event),
            Action::Finish(summary) => self.begin_finish(*summary),
        }
    }

    fn answer(&mut self, ticket: Ticket, question: &Question) {
        let reply = match question {
            Question::Route { origin, dialled } => {
                if let Origin::Extension(extension) = origin
                    && let Some(wanted) = pbx::handling::code::read(dialled)
                {
                    return self.obey_code(ticket, *extension, dialled, wanted);
                }
                let caller = pbx::Caller { number: &self.caller.0, name: &self.caller.1 };
                let at = self.anchor.wall(self.shared.clock.now());
                // Who is called back sees the number that they had called.
                let shown = self.calling_back.as_ref().and_then(|back| back.hotline());
                let from = shown.map_or(*origin, Origin::Hotline);
                let mut route = pbx::route(&self.tenant, from, caller, dialled, at);
                route.record &= self.shared.may_record;
                self.bound(*origin, &mut route, dialled);
                if let RouteTarget::Trunk(steps) = &mut route.to {
                    let away = self.shared.health.order(steps);
                    route.facts.extend(away.iter().map(|trunk| ("away", trunk.to_string())));
                }
                if let Some(hotline) = route.hotline {
                    self.touches(Target::Hotline(hotline));
                }
                if let Some(refusal) = self.refusal {
                    route.to = RouteTarget::Reject(refusal.cause());
                    route.reason = refusal.reason().to_owned();
                    if refusal == Refusal::Quota {
                        route.facts.push(("quota", self.tenant.quota.calls.to_string()));
                    }
                }
                Reply::Route(Box::new(route))
            }
            Question::Locate { extension, rings_as } => self.locate(*extension, *rings_as),
            Question::Forward { extension, cause } => Reply::Forward(self.forward(*extension, *cause)),
            Question::Group(group) => {
                (self.group, self.queued) = (Some(*group), None);
                // The call's random id throws the dice; each group of a call has a throw of its own.
                let dice = self.id.bits() as u64 ^ u64::from(ticket.0);
                Reply::Group(self.tenant.ring_plan(*group, dice))
            }
            Question::Recording(talk) => Reply::Recording(self.tenant.recording.rule(talk)),
            Question::Adopt { edge, extension, leg } => return self.ask_for_leg(ticket, *edge, *extension, *leg),
        };
        self.feed(Input::Reply(ticket, reply));
    }

    fn start_flow(&mut self, script: Script) {
        let now = self.shared.clock.now();
        let steering = match script {
            Script::Flow(id) => {
                let flow = self.tenant.flows.get(&id).map(|flow| (flow.graph.clone(), flow.met(id, now)));
                flow.map(|(graph, met)| {
                    self.feed(Input::Trail(met));
                    Steering::Flow(Box::new(Flow::new(graph, now).knowing(self.flow_knows())))
                })
            }
            Script::Announcement(sound, cause) => Some(Steering::Announcement(Announcement::new(sound, cause))),
            Script::Placed => {
                let flow = |graph| Flow::new(graph, now).knowing(self.flow_knows());
                self.placed.as_ref().map(|placed| Steering::Flow(Box::new(flow(placed.graph.clone()))))
            }
            Script::Voicemail(extension, cause) => self.take_message(extension, cause),
            Script::Mailbox(extension) => return self.open_mailbox(extension),
        };
        let Some(mut steering) = steering else {
            tracing::warn!(call.id = %self.id, flow = ?script, "the flow of a hotline, or a mailbox, is gone");
            self.feed(Input::Flow(model::flow::FlowCommand::Hangup(Cause::NoRoute)));
            return;
        };
        let steps = steering.handle(now, model::flow::FlowEvent::Started);
        self.flow = Some(steering);
        self.steer(steps);
    }

    fn steer(&mut self, steps: Vec<FlowStep>) {
        let mut steps = VecDeque::from(steps);
        while let Some(step) = steps.pop_front() {
            match step {
                FlowStep::Command(command) => self.feed(Input::Flow(command)),
                FlowStep::Trail(entry) => self.feed(Input::Trail(entry)),
                FlowStep::Record => self.keep_words(),
                FlowStep::StopRecord => self.stop_keeping_words(),
                FlowStep::Mail(id, chore) => self.do_chore(id, chore),
                FlowStep::Speak(number, text) => self.keep_text(number, text),
                FlowStep::Language(language) => self.asked_by_flow.language = Some(language),
                FlowStep::Rate(mark) => self.rate(mark),
                FlowStep::Ask(question) => {
                    let answer = self.flow_asks(question);
                    let now = self.shared.clock.now();
                    if let (Some(answer), Some(flow)) = (answer, self.flow.as_mut()) {
                        steps.extend(flow.handle(now, model::flow::FlowEvent::Answer(answer)));
                    }
                }
            }
        }
    }
}
