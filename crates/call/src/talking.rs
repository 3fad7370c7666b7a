//! Two people talk: the bridge, the recording, hold and resume.

use crate::leg::{Sounding, State};
use crate::machine::{Call, Stage};
use crate::{Action, Event};
use model::leg::Sound;
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
        // One call has one recording.
        if self.routed.as_ref().is_some_and(|routed| routed.record) && !self.media.recorded {
            self.media.recording = true;
            self.media.recorded = true;
            self.out.push(Action::Record { left: caller, right: callee });
        }
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
        self.publish(event);
    }

    /// Makes the sound what it should be: bridged when nobody holds; music for the one who is held by the other.
    pub(crate) fn settle(&mut self) {
        let (Stage::Talking { callee }, Some(caller)) = (&self.stage, self.caller) else { return };
        let callee = *callee;
        let held = |id: LegId| self.legs.get(id).is_some_and(|leg| leg.held);
        let (caller_holds, callee_holds) = (held(caller), held(callee));
        if caller_holds || callee_holds {
            self.unbridge();
        }
        self.music(caller, callee_holds && !caller_holds);
        self.music(callee, caller_holds && !callee_holds);
        if !caller_holds && !callee_holds && self.media.bridge.is_none() {
            self.media.bridge = Some((caller, callee));
            self.out.push(Action::Bridge(caller, callee));
        }
    }

    fn music(&mut self, id: LegId, wanted: bool) {
        let silent = self.legs.get(id).is_some_and(|leg| leg.sounding == Sounding::Nothing);
        match (wanted, silent) {
            (true, true) => self.play(id, Sound::Hold, true),
            (false, false) => self.stop_play(id),
            (true, false) | (false, true) => {}
        }
    }

    pub(crate) fn unbridge(&mut self) {
        if let Some((caller, far)) = self.media.bridge.take() {
            self.out.push(Action::Unbridge(caller, far));
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
        self.keep(entry.fact("leg", id));
        self.end(Cause::MediaTimeout, EndedBy::System);
    }
}
