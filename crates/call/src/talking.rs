//! Two people talk: their answer, hold and resume, silence.

use crate::Event;
use crate::leg::State;
use crate::machine::{Call, Stage};
use model::{Cause, EndedBy, LegId, TrailEntry};

impl Call {
    /// Somebody on the called side answered: the talk begins.
    pub(crate) fn connect(&mut self, callee: LegId) {
        let Some(caller) = self.caller else { return self.end(Cause::Failed, EndedBy::System) };
        let extension = self.legs.get(callee).and_then(|leg| leg.party.extension());
        let entry = TrailEntry::new(self.now, "answer", format!("Leg {callee} answered first.")).fact("leg", callee);
        self.keep(match extension {
            Some(extension) => entry.fact("extension", extension),
            None => entry,
        });
        self.answer_caller();
        self.stop_flow();
        self.stop_play(caller);
        self.times.answered.get_or_insert(self.now);
        if self.media.bridge.is_some_and(|(_, far)| far != callee) {
            self.unbridge();
        }
        self.talked = Some(callee);
        self.stage = Stage::Talking { callee };
        self.settle();
        self.ask_whether_recorded();
    }

    /// One side asked for hold, or for its end.
    pub(crate) fn hold(&mut self, id: LegId, held: bool) {
        let Some(leg) = self.legs.get_mut(id) else { return };
        if leg.held == held {
            return;
        }
        leg.held = held;
        let (step, reason, event) = match held {
            true => ("hold", format!("Leg {id} put the call on hold."), Event::Held { leg: id }),
            false => ("resume", format!("Leg {id} took the call off hold."), Event::Resumed { leg: id }),
        };
        self.keep(TrailEntry::new(self.now, step, reason).fact("leg", id));
        self.settle();
        self.queue_held(id, held);
        // The two talk on when a guest holds.
        if !self.is_guest(id) {
            self.publish(event);
        }
    }

    /// No sound came from a leg for too long. One that holds is silent by right, and before the answer it may be.
    pub(crate) fn media_lost(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(id) else { return };
        // Who hands a call over has nobody to talk to meanwhile.
        if leg.state != State::Up || self.handover().is_some_and(|handover| handover.by == id) {
            return;
        }
        let entry = TrailEntry::new(self.now, "media_lost", format!("No sound came from leg {id} for too long."));
        if leg.held {
            return self.keep(entry.fact("leg", id).fact("ignored", "on hold"));
        }
        if self.is_guest(id) {
            return self.guest_lost(id);
        }
        self.keep(entry.fact("leg", id));
        if self.goes_on_without(id, Cause::MediaTimeout) {
            return self.hang_up(id, Cause::MediaTimeout);
        }
        self.end(Cause::MediaTimeout, EndedBy::System);
    }
}
