//! One shard of the user agent, without any input or output of its own: messages, commands and time go in, messages
//! and events are queued to be taken out. The driver is [`crate::stack`]; tests drive it with text and a virtual clock.
//!
//! - `inbound` sorts requests, `register` answers REGISTER,
//! - `dial` begins outgoing legs, `registration` keeps up our own registrations, `probing` asks carriers for a sign of life,
//! - `leg` is one call leg, `core` what the legs share,
//! - `texting` carries MESSAGEs from phone to phone, `subscribing` holds the subscriptions of others.

pub mod command;
pub mod core;
mod dial;
pub mod event;
mod inbound;
mod leg;
pub mod probing;
pub(crate) mod register;
mod registration;
pub mod shared;
mod subscribing;
mod tally;
#[cfg(test)]
mod tests;
mod texting;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use model::{Cause, Moment};

use self::command::Command;
use self::core::{Asker, Core, Due, Lookup, Unanswered};
use self::event::{Event, Leg};
use self::leg::{LegState, Phase};
use self::registration::Outbound;
use self::shared::Shared;
use self::subscribing::Subscription;
use self::texting::Texting;
use crate::message::Message;
use crate::method::Method;
use crate::trace::{Trace, Traces, call_id_of};
use crate::transport::Flow;

/// See the module.
pub struct Endpoint {
    core: Core,
    shard: usize,
    legs: HashMap<Leg, Box<LegState>>,
    /// Legs by Call-ID and our tag.
    dialogs: HashMap<u64, Leg>,
    /// Incoming legs by Call-ID and the caller's tag: an INVITE that arrives twice on two ways is one call.
    callers: HashMap<u64, Leg>,
    /// Texts that wait for their answer.
    texts: HashMap<Leg, Texting>,
    subscriptions: HashMap<Leg, Box<Subscription>>,
    /// Subscriptions by Call-ID and our tag.
    subscribed: HashMap<u64, Leg>,
    registrations: HashMap<u64, Outbound>,
    /// Whether expired bindings are going to be looked for.
    sweeping: bool,
    traces: Traces,
}

impl Endpoint {
    /// A shard; `seed` is its randomness.
    pub fn new(shared: Arc<Shared>, shard: usize, seed: [u8; 32]) -> Endpoint {
        Endpoint {
            core: Core::new(shared, seed),
            shard,
            legs: HashMap::new(),
            dialogs: HashMap::new(),
            callers: HashMap::new(),
            texts: HashMap::new(),
            subscriptions: HashMap::new(),
            subscribed: HashMap::new(),
            registrations: HashMap::new(),
            sweeping: false,
            traces: Traces::default(),
        }
    }

    /// A message arrived.
    pub fn receive(&mut self, now: Moment, flow: Flow, message: Message) {
        self.core.now = now;
        if !self.traces.is_empty() {
            let key = self.core.hash(message.call_id());
            self.traces.heard(key, now, flow, &message);
        }
        if message.is_request() {
            self.on_request(flow, message);
        } else if message.validate().is_ok()
            && let Some((asker, way)) = self.core.hear(flow, &message)
        {
            self.on_answer(asker, way, &message);
        }
    }

    fn on_answer(&mut self, asker: Asker, way: Flow, response: &Message) {
        let core = &mut self.core;
        match asker {
            Asker::Invite(id, _) | Asker::Reinvite(id) | Asker::Refresh(id) | Asker::Bye(id) => {
                let Some(leg) = self.legs.get_mut(&id) else {
                    let is_answer = response.status().is_some_and(|s| (200..300).contains(&s));
                    if is_answer && response.method() == Method::Invite {
                        let callee = if let Asker::Invite(_, callee) = asker { callee } else { None };
                        leg::refuse_answer(core, response, way, callee.map(|callee| callee.account));
                    }
                    return;
                };
                if way.transport.is_reliable() {
                    leg.dialog.flow = way;
                }
                match asker {
                    Asker::Invite(..) => leg.on_invite_answer(core, response, way),
                    Asker::Reinvite(_) => leg.on_reoffer_answer(core, Some(response)),
                    Asker::Refresh(_) => leg.on_refresh_answer(core, Some(response)),
                    _ => leg.on_bye_answer(core, Some(response)),
                }
                self.settle(id);
            }
            // It rings: now it may be cancelled. It was answered: it is ended as a call.
            Asker::Withdrawn { branch, cause, callee } => match response.status() {
                Some(100..=199) => core.cancel(branch, &leg::reason_of(cause), None),
                Some(200..=299) => leg::refuse_answer(core, response, way, callee.map(|callee| callee.account)),
                Some(_) | None => {}
            },
            Asker::Prack(id, what) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.on_prack_answer(core, what, response);
                }
            }
            Asker::Text(id, _) => self.on_text_answer(id, response.status().unwrap_or(500)),
            Asker::Notify(id) => self.on_notify_answer(id, response.status().unwrap_or(500)),
            Asker::Register(id) => self.on_register_answer(id, Some(response)),
            Asker::Carrier(id) => self.on_probe_answer(id, response.status()),
            Asker::Probe(_) | Asker::Nobody => {}
        }
    }

    /// A request of ours had no final answer.
    fn on_unanswered(&mut self, Unanswered { asker, silent }: Unanswered) {
        if let Asker::Invite(_, Some(callee)) | Asker::Withdrawn { callee: Some(callee), .. } | Asker::Probe(callee) =
            asker
            && silent
        {
            self.forget_contact(callee);
        }
        self.on_no_answer(asker, 408);
    }

    /// A request of ours had no answer (408), or could not be sent (503).
    fn on_no_answer(&mut self, asker: Asker, status: u16) {
        let core = &mut self.core;
        match asker {
            Asker::Invite(id, _) | Asker::Reinvite(id) | Asker::Refresh(id) | Asker::Bye(id) => {
                let Some(leg) = self.legs.get_mut(&id) else { return };
                match asker {
                    Asker::Invite(..) => leg.on_invite_failed(core, status),
                    Asker::Reinvite(_) => leg.on_reoffer_answer(core, None),
                    Asker::Refresh(_) => leg.on_refresh_answer(core, None),
                    _ => leg.on_bye_answer(core, None),
                }
                self.settle(id);
            }
            Asker::Text(id, _) => self.on_text_answer(id, status),
            Asker::Notify(id) => self.on_notify_answer(id, status),
            Asker::Register(id) => self.on_register_answer(id, None),
            Asker::Carrier(id) => self.on_probe_answer(id, None),
            Asker::Withdrawn { .. } | Asker::Prack(..) | Asker::Probe(_) | Asker::Nobody => {}
        }
    }

    /// The house orders something.
    pub fn command(&mut self, now: Moment, id: Leg, command: Command) {
        self.core.now = now;
        match command {
            Command::Notify { content_type, body, end } => self.notify(id, &content_type, &body, end),
            Command::Inform { contact, party, event, content_type, body } => {
                self.inform(contact, &party, &event, (&content_type, &body));
            }
            Command::Deliver { contacts, from } => self.deliver(id, &contacts, &from),
            Command::Reject { cause } if self.texts.contains_key(&id) => self.refuse_text(id, cause),
            Command::Dial(dial) if !self.legs.contains_key(&id) => self.dial(id, *dial),
            command => {
                let Some(leg) = self.legs.get_mut(&id) else { return };
                leg.on_command(&mut self.core, command);
                self.settle(id);
            }
        }
    }

    /// Time passes; to be called at [`Endpoint::deadline`].
    pub fn timeout(&mut self, now: Moment) {
        self.core.now = now;
        while let Some(due) = self.core.next_due() {
            match due {
                Due::Leg(id) => {
                    let Some(leg) = self.legs.get_mut(&id) else {
                        if !self.subscription_timeout(id) {
                            self.text_timeout(id);
                        }
                        continue;
                    };
                    leg.woken_at = None;
                    leg.on_timeout(&mut self.core);
                    self.settle(id);
                }
                Due::Registration(id) => self.on_registration_due(id),
                Due::Sweep => self.sweep(),
                Due::NoAnswer(unanswered) => self.on_unanswered(unanswered),
            }
        }
        if self.traces.deadline().is_some_and(|at| at <= now) {
            let shared = self.core.shared.clone();
            let told = self.traces.due(now, |flow| shared.local(flow));
            self.core.events.push_back(Event::Traces(told));
        }
    }

    /// When [`Endpoint::timeout`] is to be called; calling it earlier does no harm.
    pub fn deadline(&mut self) -> Option<Moment> {
        let step = self.core.now + self.core.timing().t1 * 64;
        let (legs, others) = (&mut self.legs, (&self.texts, &self.subscriptions));
        let core = self.core.deadline(|id, at| match legs.get_mut(&id) {
            Some(leg) if leg.woken_at == Some(at) => {
                leg.woken_at = leg.deadline().map(|wanted| wanted.min(step).max(at));
                leg.woken_at
            }
            // It is woken by another time in the heap.
            Some(_) => None,
            None => (others.0.contains_key(&id) || others.1.contains_key(&id)).then_some(at),
        });
        core.into_iter().chain(self.traces.deadline()).min()
    }

    /// What was said so far on a leg that lives, or was over a moment ago.
    pub fn trace(&self, leg: Leg) -> Option<Trace> {
        self.traces.of(leg, |flow| self.core.shared.local(flow))
    }

    /// Nothing can be sent on this way.
    pub fn failed(&mut self, now: Moment, flow: Flow) {
        self.core.now = now;
        for (key, asker) in self.core.waiting_on(flow) {
            if let Asker::Invite(id, _)
            | Asker::Reinvite(id)
            | Asker::Refresh(id)
            | Asker::Bye(id)
            | Asker::Prack(id, _) = asker
                && let Some(leg) = self.legs.get(&id)
                && !self.core.shared.is_open(flow)
            {
                let way = self.core.way(&leg.dialog);
                if self.core.send_anew(key, flow, way) {
                    continue;
                }
            }
            self.core.give_up(key);
            // A connection of the phone's own that is gone, and cannot be made anew, does not come back.
            if let Asker::Probe(callee) | Asker::Invite(_, Some(callee)) = asker
                && flow.transport.is_reliable()
            {
                self.forget_contact(callee);
            }
            // RFC 5626 section 5.3: the flow to the phone is gone.
            let status = if matches!(asker, Asker::Invite(_, Some(_))) { 430 } else { 503 };
            self.on_no_answer(asker, status);
        }
    }

    /// The next message to send.
    pub fn next_transmit(&mut self) -> Option<(Flow, Bytes)> {
        let (flow, bytes) = self.core.transmits.pop_front()?;
        if !self.traces.is_empty()
            && let Some(call_id) = call_id_of(&bytes)
        {
            let key = self.core.hash(call_id);
            self.traces.sent(key, self.core.now, flow, &bytes);
        }
        Some((flow, bytes))
    }

    /// The next event for the house.
    pub fn next_event(&mut self) -> Option<Event> {
        self.core.events.pop_front()
    }

    /// An event that another task has for the house.
    pub(crate) fn tell(&mut self, event: Event) {
        self.core.events.push_back(event);
    }

    /// Puts an event back that could not be handed over now.
    pub(crate) fn put_back(&mut self, event: Event) {
        self.core.events.push_front(event);
    }

    /// How many events wait to be handed over.
    pub(crate) fn waiting_events(&self) -> usize {
        self.core.events.len()
    }

    /// The next name to look up.
    pub fn next_lookup(&mut self) -> Option<Lookup> {
        self.core.lookups.pop_front()
    }

    /// The next stream over which somebody proved who they are.
    pub fn next_proven(&mut self) -> Option<Flow> {
        self.core.proven.pop_front()
    }

    /// The next stream whose phone has promised to be heard of within the Flow-Timer.
    pub fn next_timed(&mut self) -> Option<Flow> {
        self.core.timed.pop_front()
    }

    /// Tells how many events the house has not read yet: when it is behind, new calls are turned away.
    pub fn set_backlog(&mut self, events: usize) {
        self.core.backlog = events;
        self.core.shared.backlog.store(events, Ordering::Relaxed);
    }

    /// Legs and active transactions.
    pub fn counts(&self) -> (usize, usize) {
        (self.legs.len(), self.core.active())
    }

    /// After a leg changed: forgets it when it is over, else sets its wake-up.
    fn settle(&mut self, id: Leg) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !leg.is_over() {
            if !leg.named && !leg.dialog.remote_tag.is_empty() {
                leg.named = true;
                let dialog = &leg.dialog;
                self.core.shared.name_leg(id, &dialog.call_id, &dialog.local_tag, &dialog.remote_tag);
            }
            // A far deadline is approached in steps, so that the heap does not keep the legs that ended before theirs.
            let step = self.core.now + self.core.timing().t1 * 64;
            if let Some(at) = leg.deadline().map(|at| at.min(step))
                && leg.woken_at.is_none_or(|set| at < set)
            {
                leg.woken_at = Some(at);
                self.core.wake_leg(id, at);
            }
            return;
        }
        let Some(mut leg) = self.legs.remove(&id) else { return };
        // However it ended: a request that still waits for the house would wait for ever.
        leg.drop_change(&mut self.core);
        let dialog = &leg.dialog;
        self.traces.close(self.core.hash(dialog.call_id.as_str()), id, self.core.now);
        self.core.shared.forget_leg(&dialog.call_id, &dialog.local_tag);
        self.dialogs.remove(&self.core.hash((dialog.call_id.as_str(), dialog.local_tag.as_str())));
        if !dialog.we_called {
            let caller = self.core.hash((dialog.call_id.as_str(), dialog.remote_tag.as_str()));
            self.callers.remove(&caller);
        }
        self.core.shared.legs.fetch_sub(1, Ordering::Relaxed);
    }

    fn insert(&mut self, leg: LegState) {
        let dialog = &leg.dialog;
        let ours = self.core.hash((dialog.call_id.as_str(), dialog.local_tag.as_str()));
        self.dialogs.insert(ours, leg.id);
        self.core.shared.name_leg(leg.id, &dialog.call_id, &dialog.local_tag, &dialog.remote_tag);
        if !dialog.we_called {
            let theirs = self.core.hash((dialog.call_id.as_str(), dialog.remote_tag.as_str()));
            self.callers.insert(theirs, leg.id);
        }
        self.core.shared.legs.fetch_add(1, Ordering::Relaxed);
        if self.core.shared.config.trace {
            let key = self.core.hash(leg.dialog.call_id.as_str());
            self.traces.open(key, leg.id, self.core.now);
            if let Phase::Offered(offered) = &leg.phase {
                self.traces.heard(key, self.core.now, offered.flow, &offered.invite);
            }
        }
        self.legs.insert(leg.id, Box::new(leg));
    }

    /// Whether there is room for one more call.
    fn has_room(&self) -> bool {
        let shared = &self.core.shared;
        shared.legs.load(Ordering::Relaxed) < shared.config.limits.legs
            && !self.core.is_full()
            && !self.core.is_backed_up()
    }

    /// Whether there is room for a leg of a call that was taken already: it may use what new calls may not.
    fn has_room_to_dial(&self) -> bool {
        let shared = &self.core.shared;
        shared.legs.load(Ordering::Relaxed) < shared.config.limits.legs * 2 && !self.core.is_full()
    }

    /// A leg that could not even begin.
    fn reject_dial(&mut self, id: Leg, code: u16, cause: Cause) {
        self.core.tell(id, event::Signal::Rejected { code, cause });
    }
}
