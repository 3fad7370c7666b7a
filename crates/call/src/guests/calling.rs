//! A guest is called: its number is routed, its phones or carriers ring, and somebody picks up or nobody does.

use super::{Guest, Role, Step};
use crate::leg::State;
use crate::machine::Call;
use crate::timers::Timer;
use crate::{Event, LegKind, Party, Question, Reply, RingsAs, Route, RouteTarget, Ticket, TrunkStep};
use model::leg::{Destination, Dial};
use model::{Cause, ExtensionId, LegCommand, LegId, TrailEntry};
use std::collections::VecDeque;
use std::time::Duration;

/// More phones of one extension than this do not ring.
const MOST_PHONES: usize = 10;

impl Call {
    /// The reply to a question of ours, unless it is the call's own.
    pub(crate) fn guest_reply(&mut self, ticket: Ticket, reply: Reply) -> Option<Reply> {
        let asked = |guest: &Guest| matches!(guest.step, Step::Asked(asked) if asked == ticket);
        let Some(guest) = self.all_guests().iter().find(|guest| asked(guest)) else { return Some(reply) };
        let (number, extension) = (guest.number, guest.extension);
        match reply {
            Reply::Route(route) => self.guest_routed(number, *route),
            Reply::Contacts(contacts) => self.ring_guest(number, extension, &contacts, None),
            Reply::Ring { contacts, ring_for, .. } => self.ring_guest(number, extension, &contacts, ring_for),
            Reply::Away(cause) | Reply::Forwarded(cause) => self.guest_failed(number, cause),
            Reply::Forward(_) | Reply::Group(_) | Reply::Adopted(_) | Reply::Recording(_) => {
                self.guest_failed(number, Cause::Failed);
            }
        }
        None
    }

    fn guest_routed(&mut self, number: u16, route: Route) {
        self.keep(TrailEntry { at: self.now, step: "party_route", reason: route.reason, facts: route.facts });
        let Some(guest) = self.guest_mut(|guest| guest.number == number) else { return };
        guest.shown = (route.caller_number, route.caller_name);
        match route.to {
            RouteTarget::Extension(extension) => {
                guest.extension = Some(extension);
                let ticket = self.ask_aside(Question::Locate { extension, rings_as: RingsAs::Direct });
                if let Some(guest) = self.guest_mut(|guest| guest.number == number) {
                    guest.step = Step::Asked(ticket);
                }
            }
            RouteTarget::Trunk(steps) => {
                guest.step = Step::Ringing { legs: Vec::new(), ahead: steps.into() };
                self.next_carrier(number, Cause::NoRoute);
            }
            RouteTarget::Reject(cause) => self.guest_failed(number, cause),
            // Who joins a talk is one person.
            RouteTarget::Flow(_)
            | RouteTarget::Group(_)
            | RouteTarget::Announcement(_)
            | RouteTarget::Queue(_)
            | RouteTarget::Voicemail(_)
            | RouteTarget::Mailbox(_) => self.guest_failed(number, Cause::InvalidNumber),
        }
    }

    fn ring_guest(
        &mut self,
        number: u16,
        extension: Option<ExtensionId>,
        contacts: &[u64],
        ring_for: Option<Duration>,
    ) {
        let Some(extension) = extension else { return self.guest_failed(number, Cause::Failed) };
        let mut legs = Vec::new();
        for contact in contacts.iter().take(MOST_PHONES) {
            let party = Party::Extension { extension, contact: Some(*contact) };
            let to = Destination::Contact { extension, contact: *contact };
            legs.extend(self.dial_guest(number, party, to));
        }
        if legs.is_empty() {
            return self.guest_failed(number, Cause::NotRegistered);
        }
        self.guest_rings(number, legs, VecDeque::new(), ring_for.unwrap_or(self.limits.ring_extension));
    }

    /// The next carrier is tried, or it is given up for this cause.
    fn next_carrier(&mut self, number: u16, cause: Cause) {
        let Some(guest) = self.guest_mut(|guest| guest.number == number) else { return };
        let Step::Ringing { ahead, .. } = &mut guest.step else { return };
        let Some(step) = ahead.pop_front() else { return self.guest_failed(number, cause) };
        let ahead = std::mem::take(ahead);
        let TrunkStep { trunk, number: dialled } = step;
        let party = Party::Trunk { trunk, number: dialled.clone() };
        match self.dial_guest(number, party, Destination::Trunk { trunk, number: dialled }) {
            Some(leg) => {
                // The last one has the whole time, as elsewhere.
                let last = ahead.is_empty();
                let time = if last { self.limits.ring_trunk } else { self.limits.silent_trunk };
                self.guest_rings(number, vec![leg], ahead, time);
            }
            None => self.guest_failed(number, Cause::Overload),
        }
    }

    fn guest_rings(&mut self, number: u16, legs: Vec<LegId>, ahead: VecDeque<TrunkStep>, ring_for: Duration) {
        self.timers.set(Timer::Guest(number), self.now + ring_for);
        if let Some(guest) = self.guest_mut(|guest| guest.number == number) {
            guest.step = Step::Ringing { legs, ahead };
        }
    }

    fn dial_guest(&mut self, number: u16, party: Party, to: Destination) -> Option<LegId> {
        if self.legs.len() >= usize::from(self.limits.legs) {
            self.note("too_many_legs", "The call has used up its legs.");
            return None;
        }
        let (caller_number, caller_name) = self.guest_mut(|guest| guest.number == number)?.shown.clone();
        let id = self.add_leg(LegKind::Out, party);
        self.command(id, LegCommand::Dial(Box::new(Dial { to, caller_number, caller_name, call: self.id })));
        Some(id)
    }

    /// A guest's leg shows life: nobody but the record need know.
    pub(crate) fn guest_leg_reacts(&mut self, id: LegId, rings: bool) {
        let now = self.now;
        let Some(leg) = self.legs.get_mut(id) else { return };
        let first = leg.state == State::Dialled;
        let outside = leg.party.extension().is_none();
        leg.state = match leg.state {
            State::Dialled | State::Reacted if rings => State::Ringing,
            State::Dialled => State::Reacted,
            State::Offered | State::Reacted | State::Ringing | State::Up | State::Leaving | State::Gone => leg.state,
        };
        if rings {
            leg.ringing.get_or_insert(now);
        }
        let Some(number) = self.guest_mut(|guest| guest.has(id)).map(|guest| guest.number) else { return };
        if first && outside {
            // The carrier is not silent: the far side has its time.
            self.timers.set(Timer::Guest(number), now + self.limits.ring_trunk);
        }
    }

    /// A guest picked up and takes part.
    pub(crate) fn guest_picked_up(&mut self, id: LegId) {
        let Some(guest) = self.guest_mut(|guest| guest.has(id)) else { return };
        let Step::Ringing { legs, .. } = std::mem::replace(&mut guest.step, Step::In(id)) else { return };
        let (number, role) = (guest.number, guest.role);
        self.timers.clear(Timer::Guest(number));
        let entry = TrailEntry::new(self.now, "joined", format!("Leg {id} takes part."));
        let entry = entry.fact("leg", id).fact("as", role.as_str());
        let extension = self.extension_of(id);
        self.keep(match extension {
            Some(extension) => entry.fact("extension", extension),
            None => entry,
        });
        for other in legs.into_iter().filter(|other| *other != id) {
            self.hang_up(other, Cause::AnsweredElsewhere);
        }
        self.settle();
        self.publish(Event::Joined { leg: id, extension, role });
        if let (Role::Supervisor(mode), Some(extension)) = (role, extension) {
            self.publish(Event::Supervised { leg: id, extension, mode });
        }
    }

    /// A guest was asked for, or rang, for as long as may be.
    pub(crate) fn guest_time_over(&mut self, number: u16) {
        let Some(guest) = self.guest_mut(|guest| guest.number == number) else { return };
        let legs = match &mut guest.step {
            Step::Ringing { legs, .. } => std::mem::take(legs),
            Step::Asked(_) => Vec::new(),
            Step::In(_) => return,
        };
        let cause_of = |leg: &LegId| self.legs.get(*leg).map_or(Cause::NoAnswer, |leg| leg.cause_of_silence());
        let cause = legs.first().map_or(Cause::Failed, cause_of);
        for leg in legs {
            self.hang_up(leg, cause);
        }
        // A carrier that was silent; a guest of ours has no other to try.
        if cause == Cause::Unreachable { self.next_carrier(number, cause) } else { self.guest_failed(number, cause) }
    }

    /// A leg that rang for a guest was refused.
    pub(super) fn guest_refused(&mut self, id: LegId, cause: Cause) {
        let rang = self.legs.get(id).is_some_and(|leg| leg.ringing.is_some());
        let Some(guest) = self.guest_mut(|guest| guest.has(id)) else { return };
        let number = guest.number;
        let Step::Ringing { legs, ahead } = &mut guest.step else { return };
        legs.retain(|leg| *leg != id);
        // Who declines on one phone declines on all (RFC 3261 16.7).
        let stop = if cause == Cause::Declined { std::mem::take(legs) } else { Vec::new() };
        let (alone, other_carrier) = (legs.is_empty(), !ahead.is_empty());
        for leg in stop {
            self.hang_up(leg, Cause::Declined);
        }
        let entry = TrailEntry::new(self.now, "leg_failed", format!("Leg {id} did not answer: {}.", cause.as_str()));
        self.keep(entry.fact("leg", id).fact("cause", cause.as_str()));
        let carriers_fault = matches!(cause, Cause::Unavailable | Cause::Unreachable | Cause::Overload);
        match alone {
            true if other_carrier && carriers_fault && !rang => self.next_carrier(number, cause),
            true => self.guest_failed(number, cause),
            false => {}
        }
    }

    /// A guest will not come.
    fn guest_failed(&mut self, number: u16, cause: Cause) {
        self.timers.clear(Timer::Guest(number));
        let Some(guest) = self.take_guest(|guest| guest.number == number) else { return };
        let entry =
            TrailEntry::new(self.now, "not_joined", format!("Who was called did not join: {}.", cause.as_str()));
        self.keep(entry.fact("as", guest.role.as_str()).fact("cause", cause.as_str()));
        self.publish(Event::NotJoined { extension: guest.extension, role: guest.role, cause });
    }
}
