//! Calls that the house places itself: a number is called from a hotline, and who answers meets the script that the call was
//! placed for, as callers of a hotline meet its flow. From then on they are the `caller` of the machine: a menu may hand
//! them to a group or a queue.

use crate::machine::Call;
use crate::ringing::Purpose;
use crate::routing::Who;
use crate::{Origin, Script};
use model::{EndedBy, LegId, TrailEntry};

impl Call {
    pub(crate) fn place(&mut self, who: Who) {
        if !self.begin(who) {
            return;
        }
        let entry = TrailEntry::new(self.now, "place", "The house calls: who answers meets a script.");
        let entry = entry.fact("from", &self.who.caller_number);
        self.keep(entry.fact("to", &self.who.dialled));
        self.ask_route();
    }

    /// What whoever the route leads to is rung for.
    pub(crate) fn purpose_of_route(&self) -> Purpose {
        if self.is_placed() { Purpose::House } else { Purpose::Callee }
    }

    fn is_placed(&self) -> bool {
        matches!(self.who.origin, Origin::Hotline(_))
    }

    /// Whom the house called has answered.
    pub(crate) fn house_heard(&mut self, id: LegId) {
        let entry = TrailEntry::new(self.now, "answer", format!("Leg {id} answered the house."));
        self.keep(entry.fact("leg", id));
        self.caller = Some(id);
        self.talked = Some(id);
        self.times.answered.get_or_insert(self.now);
        self.start_flow(Script::Placed);
    }

    /// Who ended the call, for the record: in a call that the house placed, the machine's caller is the called side.
    pub(crate) fn side_for_record(&self, side: EndedBy) -> EndedBy {
        match side {
            EndedBy::Caller if self.is_placed() => EndedBy::Callee,
            EndedBy::Callee if self.is_placed() && self.times.answered.is_some() => EndedBy::Caller,
            EndedBy::Caller | EndedBy::Callee | EndedBy::System => side,
        }
    }
}
