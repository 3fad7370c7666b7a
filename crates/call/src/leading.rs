//! Leading a call to a target: of its route, of a flow, of a transfer, or of a group that nobody answered for.

use crate::machine::Call;
use crate::ringing::{Purpose, Wave};
use crate::{Action, RouteTarget, Script};
use model::leg::Sound;
use model::{Cause, EndedBy, Enqueue, TrailEntry};

/// How often one call goes on to another target because nobody answered: groups may name each other.
const MOST_DIVERSIONS: u8 = 10;

impl Call {
    /// Leads the call there. `cause` is told in the record when nobody but an announcement answers.
    pub(crate) fn lead(&mut self, purpose: Purpose, target: RouteTarget, cause: Cause) {
        if purpose == Purpose::House && !rings(&target) {
            self.note("no_person", "The house calls people; this leads to a machine of its own.");
            return self.give_up(purpose, Cause::NoRoute, EndedBy::System);
        }
        match target {
            RouteTarget::Flow(flow) => self.steer_by(purpose, Script::Flow(flow)),
            RouteTarget::Announcement(sound) => self.steer_by(purpose, Script::Announcement(sound, cause)),
            RouteTarget::Voicemail(extension) => self.steer_by(purpose, Script::Voicemail(extension, cause)),
            RouteTarget::Mailbox(extension) => self.steer_by(purpose, Script::Mailbox(extension)),
            RouteTarget::Extension(extension) => self.ring_extension(purpose, extension),
            RouteTarget::Group(group) => self.ask_group(group, purpose),
            RouteTarget::Queue(queue) => {
                self.take_over(purpose);
                self.enter_queue(Enqueue::plainly(queue), false);
            }
            RouteTarget::Trunk(steps) => {
                self.ring(purpose, steps.into_iter().map(Wave::Carrier), self.limits.ring_trunk);
            }
            RouteTarget::Reject(cause) => self.give_up(purpose, cause, EndedBy::System),
        }
    }

    /// A script takes whoever comes at once; a flow that sent the caller here has lost them.
    fn steer_by(&mut self, purpose: Purpose, script: Script) {
        self.take_over(purpose);
        self.start_flow(script);
    }

    /// Whoever had the caller so far has done so.
    fn take_over(&mut self, purpose: Purpose) {
        match purpose {
            Purpose::Caller | Purpose::Callee | Purpose::House => {}
            Purpose::Transfer => self.stop_flow(),
            Purpose::Handover(handover) => {
                // The left channel goes with its leg, and nobody takes its place.
                if self.caller == Some(handover.by) && std::mem::take(&mut self.media.recording) {
                    self.out.push(Action::StopRecord);
                }
                self.dismiss(handover.by);
                self.turn_over(handover);
                self.stop_play(handover.kept);
            }
        }
    }

    /// Nobody was reached, and there is nobody else to try.
    pub(crate) fn give_up(&mut self, purpose: Purpose, cause: Cause, ended_by: EndedBy) {
        match purpose {
            Purpose::Caller | Purpose::Callee | Purpose::House => self.end(cause, ended_by),
            Purpose::Transfer => self.back_to_flow(cause),
            Purpose::Handover(handover) => self.transfer_failed(handover, cause),
        }
    }

    /// Counts one more way led on. False when the call was led on too often already.
    pub(crate) fn may_go_on(&mut self) -> bool {
        let may = self.diversions < MOST_DIVERSIONS;
        if may {
            self.diversions += 1;
        } else {
            self.note("too_many_diversions", "The call was led on as often as it may.");
        }
        may
    }

    /// Nobody was reached, and somebody else is to be tried. False when the call was led on too often already.
    pub(crate) fn divert(&mut self, purpose: Purpose, target: RouteTarget, cause: Cause) -> bool {
        if !self.may_go_on() {
            return false;
        }
        let entry = TrailEntry::new(self.now, "divert", "Nobody answered: the call goes on to the group's target.");
        self.keep(entry.fact("cause", cause.as_str()).fact("target", named(&target)));
        self.lead(purpose, target, cause);
        true
    }
}

/// Whether somebody's phone rings there.
fn rings(target: &RouteTarget) -> bool {
    match target {
        RouteTarget::Extension(_) | RouteTarget::Group(_) | RouteTarget::Trunk(_) | RouteTarget::Reject(_) => true,
        RouteTarget::Flow(_)
        | RouteTarget::Announcement(_)
        | RouteTarget::Queue(_)
        | RouteTarget::Voicemail(_)
        | RouteTarget::Mailbox(_) => false,
    }
}

fn named(target: &RouteTarget) -> String {
    match target {
        RouteTarget::Flow(id) => id.to_string(),
        RouteTarget::Announcement(Sound::Greeting(id)) => id.to_string(),
        RouteTarget::Announcement(_) => "a tone".to_owned(),
        RouteTarget::Extension(id) | RouteTarget::Voicemail(id) | RouteTarget::Mailbox(id) => id.to_string(),
        RouteTarget::Group(id) => id.to_string(),
        RouteTarget::Queue(id) => id.to_string(),
        RouteTarget::Trunk(steps) => steps.first().map(|step| step.number.clone()).unwrap_or_default(),
        RouteTarget::Reject(cause) => cause.as_str().to_owned(),
    }
}
