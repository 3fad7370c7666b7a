//! Reaching somebody: waves of phones, or carriers one after another, until one answers or all have failed.

mod members;
mod wave;

use crate::leg::State;
use crate::machine::{Call, Stage};
use crate::timers::Timer;
use crate::transfer::Handover;
use crate::{Action, Event, LegKind, Party, RingMember, RingsAs, RouteTarget, Side, Ticket, TrunkStep, most_telling};
use model::leg::{Destination, Dial, Sound, TransferNews};
use model::{Cause, EndedBy, ExtensionId, LegCommand, LegId, TrailEntry};
use std::collections::VecDeque;
use std::time::Duration;

/// The bounds of a ringing time, whatever a plan says.
const RING_BOUNDS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));
/// More phones of one extension than this do not ring.
const MOST_PHONES: usize = 10;

/// The trying of targets.
#[derive(Debug)]
pub(crate) struct Ringing {
    purpose: Purpose,
    /// What is tried when the present wave has failed.
    ahead: VecDeque<Wave>,
    /// Those of the present wave who have a place in it: who rings, rang, or will join.
    members: Vec<RingMember>,
    /// The places of those who join later.
    later: Vec<u16>,
    /// Whose phones we asked for.
    locating: Vec<(Ticket, ExtensionId)>,
    /// The legs of the present wave that may still answer.
    legs: Vec<LegId>,
    ring_for: Duration,
    /// Each member rings by its own clock, in place of one for the wave.
    own_clocks: bool,
    /// As what they ring.
    rings_as: RingsAs,
    /// The extension that forwards what fails here.
    forwards: Option<ExtensionId>,
    /// Where the call goes when all has failed.
    otherwise: Option<RouteTarget>,
    /// The most telling failure so far.
    failed: Option<Cause>,
}

/// What the ringing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Click-to-call: the calling side itself is fetched to the phone.
    Caller,
    /// The called side; when nobody answers the call ends.
    Callee,
    /// Whom the house calls; when nobody answers the call ends.
    House,
    /// The called side, chosen by a flow; when nobody answers the flow goes on.
    Transfer,
    /// The third of a transfer; when nobody answers the call is given back.
    Handover(Handover),
}

/// What is tried together.
#[derive(Debug)]
pub(crate) enum Wave {
    /// All phones of these.
    Phones(Vec<RingMember>),
    /// One carrier.
    Carrier(TrunkStep),
}

impl Wave {
    /// All phones of one extension.
    pub(crate) fn one(extension: ExtensionId) -> Wave {
        Wave::Phones(vec![RingMember::plain(extension)])
    }
}

impl Purpose {
    pub(crate) fn side(self) -> Side {
        match self {
            Purpose::Caller => Side::Caller,
            Purpose::Callee | Purpose::House | Purpose::Transfer | Purpose::Handover(_) => Side::Callee,
        }
    }
}

impl Ringing {
    fn new(purpose: Purpose, ahead: VecDeque<Wave>, ring_for: Duration) -> Ringing {
        Ringing {
            purpose,
            ahead,
            members: Vec::new(),
            later: Vec::new(),
            locating: Vec::new(),
            legs: Vec::new(),
            ring_for: bounded(ring_for),
            own_clocks: false,
            rings_as: if purpose == Purpose::Caller { RingsAs::Own } else { RingsAs::Member },
            forwards: None,
            otherwise: None,
            failed: None,
        }
    }

    /// Whether this leg may still answer.
    pub(crate) fn rings(&self, leg: LegId) -> bool {
        self.legs.contains(&leg)
    }

    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }
}

impl Call {
    pub(crate) fn ring(&mut self, purpose: Purpose, waves: impl IntoIterator<Item = Wave>, ring_for: Duration) {
        self.stage = Stage::Ringing(Ringing::new(purpose, waves.into_iter().collect(), ring_for));
        self.next_wave();
    }

    /// One extension rings because it was called itself.
    pub(crate) fn ring_extension(&mut self, purpose: Purpose, extension: ExtensionId) {
        let ring_for = self.limits.ring_extension;
        let ringing = Ringing::new(purpose, [Wave::one(extension)].into(), ring_for);
        self.stage = Stage::Ringing(Ringing { rings_as: RingsAs::Direct, ..ringing });
        self.next_wave();
    }

    /// The far side works on it, so it is not silent.
    pub(crate) fn leg_reacted(&mut self, id: LegId) {
        if self.is_guest(id) {
            return self.guest_leg_reacts(id, false);
        }
        let Some(leg) = self.legs.get_mut(id) else { return };
        if leg.state == State::Dialled {
            leg.state = State::Reacted;
            self.timers.clear(Timer::Silence);
        }
    }

    pub(crate) fn leg_rings(&mut self, id: LegId, early_media: bool) {
        if self.is_guest(id) {
            return self.guest_leg_reacts(id, true);
        }
        if matches!(self.stage, Stage::Queued(_)) {
            return self.agent_rings(id);
        }
        self.leg_reacted(id);
        let Stage::Ringing(ringing) = &self.stage else { return };
        let purpose = ringing.purpose;
        let Some(leg) = self.legs.get_mut(id) else { return };
        match leg.state {
            State::Dialled | State::Reacted => leg.state = State::Ringing,
            State::Ringing => {}
            State::Offered | State::Up | State::Leaving | State::Gone => return,
        }
        let first = leg.ringing.is_none();
        leg.ringing.get_or_insert(self.now);
        let extension = leg.party.extension();
        match purpose {
            Purpose::Caller => {}
            Purpose::Handover(handover) => {
                if first {
                    self.tell_transferor(handover.by, TransferNews::Ringing);
                }
                if early_media && extension.is_none() {
                    self.hear_early(id);
                }
            }
            Purpose::Callee | Purpose::House | Purpose::Transfer => {
                if self.times.answered.is_none() {
                    self.times.ringing.get_or_insert(self.now);
                }
                // Only carriers have something to say before the answer; a phone's early sound is its own ring-back.
                if early_media && extension.is_none() { self.hear_early(id) } else { self.tell_caller_it_rings() }
            }
        }
        if first {
            self.publish(Event::Ringing { leg: id, extension, side: purpose.side() });
        }
    }

    fn hear_early(&mut self, id: LegId) {
        let (Some(caller), None) = (self.near(), self.media.bridge) else { return };
        self.stop_play(caller);
        if let Some(leg) = self.legs.get_mut(caller).filter(|leg| leg.state == State::Offered) {
            // It hears the far side; a plain "it rings" after this would only take that away.
            leg.ringing.get_or_insert(self.now);
        }
        self.media.bridge = Some((caller, id));
        self.out.push(Action::Bridge(caller, id));
    }

    /// An unanswered caller is told once; an answered one already hears the tone.
    fn tell_caller_it_rings(&mut self) {
        let Some(id) = self.caller else { return };
        let Some(leg) = self.legs.get_mut(id) else { return };
        if leg.state == State::Offered && leg.ringing.is_none() {
            leg.ringing = Some(self.now);
            self.command(id, LegCommand::Ring);
        }
    }

    /// A dialled leg was answered.
    pub(crate) fn picked_up(&mut self, id: LegId) {
        if self.is_guest(id) {
            return self.guest_picked_up(id);
        }
        if matches!(self.stage, Stage::Queued(_)) {
            return self.agent_picked_up(id);
        }
        let Stage::Ringing(ringing) = &mut self.stage else {
            return self.hang_up(id, Cause::AnsweredElsewhere);
        };
        let purpose = ringing.purpose;
        let others = std::mem::take(&mut ringing.legs);
        self.timers.end_wave();
        self.timers.clear(Timer::Asks);
        match purpose {
            Purpose::Caller => self.caller_fetched(id),
            Purpose::House => self.house_heard(id),
            Purpose::Callee | Purpose::Transfer => self.connect(id),
            Purpose::Handover(handover) => self.hand_over(handover, id),
        }
        for other in others.into_iter().filter(|other| *other != id) {
            self.hang_up(other, Cause::AnsweredElsewhere);
        }
        let extension = self.legs.get(id).and_then(|leg| leg.party.extension());
        self.publish(Event::Answered { leg: id, extension, side: purpose.side() });
    }

    fn caller_fetched(&mut self, id: LegId) {
        self.caller = Some(id);
        let entry = TrailEntry::new(self.now, "caller_ready", "The caller picked up; now the other side is called.");
        self.keep(entry.fact("leg", id));
        self.play(id, Sound::Ringback, true);
        self.ask_route();
    }

    pub(crate) fn ring_time_over(&mut self) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let legs = std::mem::take(&mut ringing.legs);
        ringing.later.clear();
        let entry = TrailEntry::new(self.now, "ring_timeout", "It rang for as long as it may.");
        self.keep(entry.fact("legs", legs.len()));
        for id in legs {
            let cause = self.legs.get(id).map_or(Cause::NoAnswer, |leg| leg.cause_of_silence());
            self.give_leg_up(id, cause);
        }
        self.go_on();
    }

    pub(crate) fn carrier_is_silent(&mut self) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        for id in std::mem::take(&mut ringing.legs) {
            let entry =
                TrailEntry::new(self.now, "carrier_silent", "The carrier did not react; the next one is tried.");
            self.keep(entry.fact("leg", id));
            self.give_leg_up(id, Cause::Unreachable);
        }
        self.go_on();
    }

    pub(super) fn give_leg_up(&mut self, id: LegId, cause: Cause) {
        self.hang_up(id, cause);
        self.count_failure(id, cause);
    }

    /// A leg of the present wave was refused or lost.
    pub(crate) fn target_failed(&mut self, id: LegId, cause: Cause) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let before = ringing.legs.len();
        ringing.legs.retain(|leg| *leg != id);
        if ringing.legs.len() == before {
            return;
        }
        // An end before any answer, without a reason of its own, is a refusal.
        let cause = if matches!(cause, Cause::Normal | Cause::Cancelled) { Cause::Unavailable } else { cause };
        let entry = TrailEntry::new(self.now, "leg_failed", format!("Leg {id} did not answer: {}.", cause.as_str()));
        self.keep(entry.fact("leg", id).fact("cause", cause.as_str()));
        self.count_failure(id, cause);
        self.go_on();
    }

    /// Remembers why a leg failed, and what that means for the others.
    fn count_failure(&mut self, id: LegId, cause: Cause) {
        if self.media.bridge.is_some_and(|(_, far)| far == id) {
            self.unbridge();
        }
        let Some(leg) = self.legs.get(id) else { return };
        let rang = leg.ringing.is_some();
        let party = leg.party.clone();
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.failed = Some(ringing.failed.map_or(cause, |before| most_telling(before, cause)));
        match party {
            Party::Trunk { .. } => {
                if (rang || !another_carrier_may_help(cause)) && !ringing.ahead.is_empty() {
                    ringing.ahead.clear();
                    self.note("no_other_carrier", "Another carrier would not change the outcome.");
                }
            }
            Party::Extension { extension, .. } => {
                if cause == Cause::Declined {
                    self.declined_by(extension);
                }
            }
        }
    }

    /// Who declines on one phone declines on all of them (RFC 3261, 16.7: a 6xx ends the other branches).
    fn declined_by(&mut self, extension: ExtensionId) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let legs = &self.legs;
        let same = |id: &LegId| legs.get(*id).and_then(|leg| leg.party.extension()) == Some(extension);
        let (stop, keep): (Vec<LegId>, Vec<LegId>) = std::mem::take(&mut ringing.legs).into_iter().partition(same);
        ringing.legs = keep;
        for id in stop {
            self.hang_up(id, Cause::Declined);
        }
    }

    /// All waves failed.
    pub(crate) fn nobody_answered(&mut self) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        // No failure means that there was nobody to try.
        let cause = ringing.failed.unwrap_or(Cause::NoRoute);
        let (purpose, otherwise, forwards) = (ringing.purpose, ringing.otherwise.take(), ringing.forwards);
        let entry = TrailEntry::new(self.now, "not_reached", format!("Nobody could be reached: {}.", cause.as_str()));
        self.keep(entry.fact("cause", cause.as_str()));
        if let Some(extension) = forwards {
            return self.ask_forward(purpose, extension, cause);
        }
        if !otherwise.is_some_and(|target| self.divert(purpose, target, cause)) {
            self.give_up(purpose, cause, refused_by(cause));
        }
    }

    fn dial(&mut self, party: Party, to: Destination) {
        if self.legs.len() >= usize::from(self.limits.legs) {
            self.note("too_many_legs", "The call has used up its legs.");
            let Stage::Ringing(ringing) = &mut self.stage else { return };
            ringing.failed = Some(ringing.failed.map_or(Cause::Overload, |c| most_telling(c, Cause::Overload)));
            return;
        }
        let id = self.add_leg(LegKind::Out, party);
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.legs.push(id);
        let clock = (!ringing.own_clocks).then_some(ringing.ring_for);
        let (caller_number, caller_name) = match (ringing.purpose, &self.routed) {
            (Purpose::Callee | Purpose::House | Purpose::Transfer, Some(routed)) => {
                (routed.shown_number.clone(), routed.shown_name.clone())
            }
            // The one who is fetched sees whom the call will go to.
            (Purpose::Handover(_), _) => self.shown.clone(),
            (Purpose::Caller, _) | (Purpose::Callee | Purpose::House | Purpose::Transfer, None) => {
                (self.who.dialled.clone(), String::new())
            }
        };
        if let Some(ring_for) = clock.filter(|_| !self.timers.is_set(Timer::Ring)) {
            self.timers.set(Timer::Ring, self.now + ring_for);
        }
        self.command(id, LegCommand::Dial(Box::new(Dial { to, caller_number, caller_name, call: self.id })));
    }
}

/// A ringing time within its bounds.
fn bounded(time: Duration) -> Duration {
    time.clamp(RING_BOUNDS.0, RING_BOUNDS.1)
}

/// Who ended a call that nobody answered.
pub(crate) fn refused_by(cause: Cause) -> EndedBy {
    match cause {
        Cause::Busy | Cause::Declined => EndedBy::Callee,
        Cause::Normal
        | Cause::NoAnswer
        | Cause::Cancelled
        | Cause::AnsweredElsewhere
        | Cause::NotRegistered
        | Cause::Unreachable
        | Cause::NotFound
        | Cause::InvalidNumber
        | Cause::Forbidden
        | Cause::Incompatible
        | Cause::NotProtected
        | Cause::Unavailable
        | Cause::Overload
        | Cause::MediaTimeout
        | Cause::SessionExpired
        | Cause::Transferred
        | Cause::FlowEnded
        | Cause::NoRoute
        | Cause::ServerStopping
        | Cause::ServerRestart
        | Cause::Failed => EndedBy::System,
    }
}

/// Whether the fault lies with the carrier, so that another may do better. A person's answer is never asked twice.
fn another_carrier_may_help(cause: Cause) -> bool {
    match cause {
        Cause::Unavailable | Cause::Unreachable | Cause::Overload => true,
        Cause::Normal
        | Cause::Busy
        | Cause::NoAnswer
        | Cause::Declined
        | Cause::Cancelled
        | Cause::AnsweredElsewhere
        | Cause::NotRegistered
        | Cause::NotFound
        | Cause::InvalidNumber
        | Cause::Forbidden
        | Cause::Incompatible
        | Cause::NotProtected
        | Cause::MediaTimeout
        | Cause::SessionExpired
        | Cause::Transferred
        | Cause::FlowEnded
        | Cause::NoRoute
        | Cause::ServerStopping
        | Cause::ServerRestart
        | Cause::Failed => false,
    }
}
