//! An extension that forwards: a call that failed there, or was not to ring there at all, goes on as if the extension had
//! dialled the number itself, so its rights and limits hold. Each extension forwards a call once, which bounds all loops.

use crate::machine::{Call, Stage};
use crate::ringing::{Purpose, refused_by};
use crate::steering::{Choice, Choosing};
use crate::{Onward, Origin, Question, Route, RouteTarget, Ticket};
use model::{Cause, EndedBy, ExtensionId, TrailEntry};

impl Call {
    /// The call failed at an extension that forwards.
    pub(crate) fn ask_forward(&mut self, purpose: Purpose, extension: ExtensionId, cause: Cause) {
        if self.forwarded.contains(&extension) {
            let entry = TrailEntry::new(self.now, "forward_loop", "The extension forwarded this call before.");
            self.keep(entry.fact("extension", extension));
            return self.give_up(purpose, cause, refused_by(cause));
        }
        let ticket = self.ask(Question::Forward { extension, cause });
        self.stage = Stage::Choosing(Choosing::new(ticket, purpose, Choice::Forward { extension, cause }));
    }

    /// Where the extension forwards to.
    pub(crate) fn forward_found(&mut self, ticket: Ticket, onward: Option<Onward>) {
        let Stage::Choosing(choosing) = &self.stage else { return };
        let (purpose, Some(Choice::Forward { extension, cause })) = (choosing.purpose(), choosing.answered_by(ticket))
        else {
            return;
        };
        self.timers.clear(crate::timers::Timer::Asks);
        let Some(onward) = onward.filter(|_| self.may_go_on()) else {
            return self.give_up(purpose, cause, refused_by(cause));
        };
        self.forwarded.push(extension);
        let dialled = match onward {
            Onward::Number(dialled) => dialled,
            Onward::Voicemail => return self.lead(purpose, RouteTarget::Voicemail(extension), cause),
        };
        let entry = TrailEntry::new(self.now, "forward", "The extension forwards the call.");
        self.keep(entry.fact("extension", extension).fact("cause", cause.as_str()).fact("to", &dialled));
        let ticket = self.ask(Question::Route { origin: Origin::Extension(extension), dialled });
        self.stage = Stage::Choosing(Choosing::new(ticket, purpose, Choice::Route { cause }));
    }

    /// Where the number leads that the extension forwards to.
    pub(crate) fn forward_routed(&mut self, ticket: Ticket, route: Route) {
        let Stage::Choosing(choosing) = &self.stage else { return };
        let (purpose, Some(Choice::Route { cause })) = (choosing.purpose(), choosing.answered_by(ticket)) else {
            return;
        };
        self.timers.clear(crate::timers::Timer::Asks);
        self.keep(TrailEntry { at: self.now, step: "forward_route", reason: route.reason, facts: route.facts });
        match (&route.to, purpose) {
            // Outside, the company shows a number that is its own.
            (RouteTarget::Trunk(_), Purpose::Handover(_)) => self.shown = (route.caller_number, route.caller_name),
            (RouteTarget::Trunk(_), _) => {
                if let Some(routed) = &mut self.routed {
                    (routed.shown_number, routed.shown_name) = (route.caller_number, route.caller_name);
                }
            }
            _ => {}
        }
        match route.to {
            // A forward that leads nowhere changes nothing of why the extension was not reached.
            RouteTarget::Reject(_) => self.give_up(purpose, cause, EndedBy::System),
            to => self.lead(purpose, to, cause),
        }
    }
}
