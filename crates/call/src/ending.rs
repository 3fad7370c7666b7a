//! The end: one outcome, told once, and the legs sent home.

use crate::machine::{Call, Stage};
use crate::transfer::Handover;
use crate::{Action, Event, Summary};
use model::{Cause, EndedBy, LegId, TrailEntry};

impl Call {
    /// The leg of the calling side is over.
    pub(crate) fn caller_left(&mut self, cause: Cause) {
        // After a transfer to a flow there is a talk to look back on.
        let talking = matches!(self.stage, Stage::Talking { .. }) || self.times.answered.is_some();
        // A flow may have answered the leg, but no person did: to the record the caller gave up.
        let cause = match self.message_for {
            // Who left a message did not give up: why nobody answered stays what it was.
            Some(led) if !talking && persons_doing(cause) => led,
            _ if talking => cause,
            Some(_) | None => of_no_talk(cause),
        };
        if cause == Cause::Cancelled {
            // When a CANCEL crossed the answer, the caller never heard it.
            self.times.answered = None;
        }
        self.note("caller_left", format!("The caller's leg ended: {}.", cause.as_str()));
        let side = self.side_for_record(EndedBy::Caller);
        self.end(cause, if persons_doing(cause) { side } else { EndedBy::System });
    }

    /// The leg of the called side is over.
    pub(crate) fn callee_left(&mut self, cause: Cause) {
        let cause = of_a_talk(cause);
        self.note("callee_left", format!("The called side's leg ended: {}.", cause.as_str()));
        let side = self.side_for_record(EndedBy::Callee);
        if !self.surveys(cause, side) {
            self.end(cause, if persons_doing(cause) { side } else { EndedBy::System });
        }
    }

    /// The one that was being handed over is gone, before anybody took the call.
    pub(crate) fn handed_over_left(&mut self, handover: Handover, cause: Cause) {
        let cause = of_a_talk(cause);
        self.note("handed_over_left", format!("The leg that was to be handed over ended: {}.", cause.as_str()));
        let side = if self.caller == Some(handover.kept) { EndedBy::Caller } else { EndedBy::Callee };
        let side = self.side_for_record(side);
        self.end(cause, if persons_doing(cause) { side } else { EndedBy::System });
    }

    /// The leg of the called side that talks, or talked last.
    fn called_side(&self) -> Option<LegId> {
        let handover = self.handover();
        match self.stage {
            Stage::Talking { callee } => Some(callee),
            Stage::Transferring(_)
            | Stage::Fresh
            | Stage::Routing(_)
            | Stage::Steered
            | Stage::Choosing(_)
            | Stage::Queued(_)
            | Stage::Ringing(_)
            | Stage::Over => match handover {
                Some(Handover { by, kept }) => Some(if self.caller == Some(by) { kept } else { by }),
                None => self.talked,
            },
        }
    }

    pub(crate) fn ordered_to_end(&mut self, cause: Cause) {
        match self.stage {
            // A call that never began leaves no record.
            Stage::Fresh | Stage::Over => {}
            Stage::Talking { .. } | Stage::Transferring(_) => self.obey(of_a_talk(cause)),
            _ if self.times.answered.is_some() => self.obey(of_a_talk(cause)),
            Stage::Routing(_) | Stage::Steered | Stage::Choosing(_) | Stage::Queued(_) | Stage::Ringing(_) => {
                self.obey(of_no_talk(cause));
            }
        }
    }

    fn obey(&mut self, cause: Cause) {
        self.note("ordered", format!("An order from outside ended the call: {}.", cause.as_str()));
        self.end(cause, EndedBy::System);
    }

    pub(crate) fn call_time_over(&mut self) {
        let cause = match self.stage {
            _ if self.times.answered.is_some() => Cause::Normal,
            Stage::Talking { .. } | Stage::Transferring(_) => Cause::Normal,
            Stage::Fresh
            | Stage::Routing(_)
            | Stage::Steered
            | Stage::Choosing(_)
            | Stage::Queued(_)
            | Stage::Ringing(_)
            | Stage::Over => Cause::NoAnswer,
        };
        self.note("call_timeout", "The call lasted as long as a call may.");
        self.end(cause, EndedBy::System);
    }

    /// The outcome is known. What is said to the legs and to the world follows from it.
    pub(crate) fn end(&mut self, cause: Cause, ended_by: EndedBy) {
        if matches!(self.stage, Stage::Fresh | Stage::Over) {
            return;
        }
        let (cause, ended_by) = self.outcome(cause, ended_by);
        let callee = self.called_side();
        self.abandon_queue();
        self.timers.keep_only_hangups();
        self.stop_flow();
        if std::mem::take(&mut self.media.recording) {
            self.out.push(Action::StopRecord);
        }
        self.unbridge();
        self.guests = None;
        for id in self.legs.live() {
            self.hang_up(id, cause);
        }
        self.announce();
        self.publish(Event::Ended { cause, ended_by });
        let entry = TrailEntry::new(self.now, "end", format!("The call is over: {}.", cause.as_str()));
        let entry = entry.fact("cause", cause.as_str()).fact("ended_by", ended_by.as_str());
        // The last word is kept even when the trail is full.
        self.trail.push(entry);
        let trail = std::mem::take(&mut self.trail);
        let summary = self.summary(callee, cause, ended_by, trail);
        self.stage = Stage::Over;
        self.out.push(Action::Finish(Box::new(summary)));
    }

    /// What is known by now, told as if the call had failed at its last input: what is left of it should the process die.
    pub fn so_far(&self) -> Summary {
        self.summary(self.called_side(), Cause::Failed, EndedBy::System, self.trail.clone())
    }

    fn summary(&self, callee: Option<LegId>, cause: Cause, ended_by: EndedBy, trail: Vec<TrailEntry>) -> Summary {
        Summary {
            id: self.id,
            direction: self.direction(),
            origin: self.who.origin,
            hotline: self.routed.as_ref().and_then(|routed| routed.hotline),
            caller_number: self.who.caller_number.clone(),
            shown_number: self.routed.as_ref().map(|routed| routed.shown_number.clone()).unwrap_or_default(),
            callee_number: self.who.dialled.clone(),
            started: self.times.started,
            ringing: self.times.ringing,
            answered: self.times.answered,
            ended: self.now,
            cause,
            ended_by,
            caller_leg: self.caller,
            callee_leg: callee,
            recorded: self.media.recorded,
            visits: self.visits.clone(),
            legs: self.legs.iter().map(|(id, leg)| leg.summary(id, self.now)).collect(),
            trail,
        }
    }
}

/// A talk cannot be cancelled any more, only ended.
fn of_a_talk(cause: Cause) -> Cause {
    if cause == Cause::Cancelled { Cause::Normal } else { cause }
}

/// What never was a talk has no normal end: it was given up.
fn of_no_talk(cause: Cause) -> Cause {
    if cause == Cause::Normal { Cause::Cancelled } else { cause }
}

/// Whether a person brought this about, as against a fault or a timer.
fn persons_doing(cause: Cause) -> bool {
    match cause {
        Cause::Normal | Cause::Cancelled | Cause::Busy | Cause::Declined | Cause::Transferred => true,
        Cause::NoAnswer
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
        | Cause::FlowEnded
        | Cause::NoRoute
        | Cause::ServerStopping
        | Cause::ServerRestart
        | Cause::Failed => false,
    }
}
