//! The beginning: who calls whom, and where that leads.

use crate::machine::{Call, Stage};
use crate::ringing::{Purpose, Wave};
use crate::timers::Timer;
use crate::{Direction, Event, LegKind, Origin, Party, Question, Route, Ticket};
use model::id::Id;
use model::{Cause, ExtensionId, HotlineId, TrailEntry, TrunkId};

/// Who calls whom, as it came in.
#[derive(Debug)]
pub(crate) struct Who {
    pub(crate) origin: Origin,
    pub(crate) dialled: String,
    pub(crate) caller_number: String,
    pub(crate) caller_name: String,
}

/// What is kept of the route.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) direction: Direction,
    pub(crate) hotline: Option<HotlineId>,
    pub(crate) shown_number: String,
    pub(crate) shown_name: String,
    pub(crate) record: bool,
}

impl Who {
    /// Stands in until the first input says who it is.
    pub(crate) fn nobody() -> Who {
        let origin = Origin::Trunk(TrunkId::from_bits(0));
        Who { origin, dialled: String::new(), caller_number: String::new(), caller_name: String::new() }
    }

    /// The best guess before the route is known.
    pub(crate) fn likely_direction(&self) -> Direction {
        match self.origin {
            Origin::Trunk(_) => Direction::Inbound,
            Origin::Extension(_) | Origin::Hotline(_) => Direction::Outbound,
        }
    }

    pub(crate) fn extension(&self) -> Option<ExtensionId> {
        match self.origin {
            Origin::Trunk(_) | Origin::Hotline(_) => None,
            Origin::Extension(extension) => Some(extension),
        }
    }
}

impl Call {
    pub(crate) fn offered(&mut self, who: Who) {
        if !self.begin(who) {
            return;
        }
        let entry = TrailEntry::new(self.now, "offered", "A call came in.");
        let (party, entry) = match self.who.origin {
            Origin::Trunk(trunk) => {
                (Party::Trunk { trunk, number: self.who.caller_number.clone() }, entry.fact("trunk", trunk))
            }
            Origin::Extension(extension) => {
                (Party::Extension { extension, contact: None }, entry.fact("extension", extension))
            }
            // What the house calls does not come in.
            Origin::Hotline(_) => return,
        };
        self.keep(entry.fact("from", &self.who.caller_number).fact("dialled", &self.who.dialled));
        self.caller = Some(self.add_leg(LegKind::In, party));
        self.ask_route();
    }

    pub(crate) fn originate(&mut self, extension: ExtensionId, who: Who) {
        if !self.begin(who) {
            return;
        }
        let reason = "A call was asked for: the caller's own phones ring first.";
        let entry = TrailEntry::new(self.now, "originate", reason).fact("extension", extension);
        self.keep(entry.fact("to", &self.who.dialled));
        self.announce();
        self.ring(Purpose::Caller, [Wave::one(extension)], self.limits.ring_extension);
    }

    /// True for the first input of a call only.
    pub(crate) fn begin(&mut self, who: Who) -> bool {
        let fresh = matches!(self.stage, Stage::Fresh);
        if fresh {
            self.who = who;
            self.times.started = self.now;
            self.timers.set(Timer::Call, self.now + self.limits.call);
        }
        fresh
    }

    pub(crate) fn ask_route(&mut self) {
        let question = Question::Route { origin: self.who.origin, dialled: self.who.dialled.clone() };
        let ticket = self.ask(question);
        self.stage = Stage::Routing(ticket);
    }

    pub(crate) fn route_found(&mut self, ticket: Ticket, route: Route) {
        let Stage::Routing(asked) = self.stage else { return };
        if asked != ticket {
            return;
        }
        self.timers.clear(Timer::Asks);
        if route.direction == Direction::Inbound {
            self.who.caller_number.clone_from(&route.caller_number);
            self.who.caller_name.clone_from(&route.caller_name);
        }
        self.routed = Some(Routed {
            direction: route.direction,
            hotline: route.hotline,
            shown_number: route.caller_number,
            shown_name: route.caller_name,
            record: route.record,
        });
        self.keep(TrailEntry { at: self.now, step: "route", reason: route.reason, facts: route.facts });
        self.announce();
        self.lead(self.purpose_of_route(), route.to, Cause::FlowEnded);
    }

    /// Tells the world that there is a call, once.
    pub(crate) fn announce(&mut self) {
        if self.announced {
            return;
        }
        self.announced = true;
        let event = Event::Started {
            direction: self.direction(),
            hotline: self.routed.as_ref().and_then(|routed| routed.hotline),
            from: self.who.caller_number.clone(),
            to: self.who.dialled.clone(),
            extension: self.who.extension(),
        };
        self.publish(event);
    }
}
