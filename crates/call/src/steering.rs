//! A flow has the caller: its words become actions, the caller's keys become its events.

use crate::leg::State;
use crate::machine::{Call, Stage};
use crate::ringing::Purpose;
use crate::timers::Timer;
use crate::{Action, Question, RingPlan, RouteTarget, Script, Ticket};
use model::flow::{FlowCommand, FlowEvent, FlowTarget};
use model::leg::Sound;
use model::{Cause, Digit, EndedBy, ExtensionId, GroupId, LegCommand, TrailEntry};

/// Waiting to know whom to ring.
#[derive(Debug)]
pub(crate) struct Choosing {
    ticket: Ticket,
    purpose: Purpose,
    choice: Choice,
}

/// What is to be known.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Choice {
    /// How a group rings.
    Group(GroupId),
    /// Where an extension forwards to, at which the call failed.
    Forward { extension: ExtensionId, cause: Cause },
    /// Where the number of a forward leads.
    Route { cause: Cause },
}

impl Choosing {
    pub(crate) fn new(ticket: Ticket, purpose: Purpose, choice: Choice) -> Choosing {
        Choosing { ticket, purpose, choice }
    }

    pub(crate) fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What was asked with this ticket; none when it is another question's.
    pub(crate) fn answered_by(&self, ticket: Ticket) -> Option<Choice> {
        (self.ticket == ticket).then_some(self.choice)
    }
}

impl Call {
    pub(crate) fn start_flow(&mut self, script: Script) {
        self.flows += 1;
        if self.flows > self.limits.flows {
            self.note("flow_limit", "The caller was handed through too many flows.");
            return self.end(Cause::Failed, EndedBy::System);
        }
        if let Script::Voicemail(_, cause) = script {
            self.message_for = Some(cause);
        }
        self.keep(match script {
            Script::Flow(flow) => {
                let entry = TrailEntry::new(self.now, "flow", "The call is answered and a flow takes the caller.");
                entry.fact("flow", flow)
            }
            Script::Announcement(sound, _) => {
                let entry = TrailEntry::new(self.now, "announcement", "The call is answered and a sound is played.");
                match sound {
                    Sound::Greeting(greeting) => entry.fact("greeting", greeting),
                    Sound::Ringback
                    | Sound::Busy
                    | Sound::Hold
                    | Sound::Confirmed
                    | Sound::Beep
                    | Sound::Voicemail(_)
                    | Sound::Prompt(_)
                    | Sound::Spoken(_) => entry,
                }
            }
            Script::Placed => TrailEntry::new(self.now, "placed", "What the house has to say is said."),
            Script::Voicemail(extension, cause) => {
                let reason = "The call is answered and the caller may leave a message.";
                let entry = TrailEntry::new(self.now, "voicemail", reason).fact("extension", extension);
                entry.fact("cause", cause.as_str())
            }
            Script::Mailbox(extension) => {
                let reason = "The call is answered and the extension listens to its messages.";
                TrailEntry::new(self.now, "voicemail_heard", reason).fact("extension", extension)
            }
        });
        self.answer_caller();
        if let Some(caller) = self.caller {
            self.stop_play(caller);
        }
        self.stage = Stage::Steered;
        self.steered = true;
        self.out.push(Action::StartFlow(script));
    }

    /// Answers the caller's leg when that has not happened yet.
    pub(crate) fn answer_caller(&mut self) {
        let Some(id) = self.caller else { return };
        let Some(leg) = self.legs.get_mut(id) else { return };
        if leg.state == State::Offered {
            leg.state = State::Up;
            leg.answered = Some(self.now);
            self.command(id, LegCommand::Answer);
        }
    }

    /// A word from the flow. It counts only while the flow has the caller: one that comes later crossed our `StopFlow`.
    pub(crate) fn flow_command(&mut self, command: FlowCommand) {
        let (Stage::Steered, Some(caller)) = (&self.stage, self.caller) else { return };
        match command {
            FlowCommand::Play(sound) => self.flow_plays(caller, sound),
            FlowCommand::StopPlay => self.stop_play(caller),
            FlowCommand::Transfer(target) => {
                self.stop_play(caller);
                self.transfer(target);
            }
            FlowCommand::Hangup(cause) => {
                let entry = TrailEntry::new(self.now, "flow_hangup", "The flow ends the call.");
                self.keep(entry.fact("cause", cause.as_str()));
                self.end(cause, EndedBy::System);
            }
        }
    }

    fn flow_plays(&mut self, caller: model::LegId, sound: Sound) {
        let repeat = match sound {
            Sound::Ringback | Sound::Busy | Sound::Hold => true,
            Sound::Greeting(_)
            | Sound::Confirmed
            | Sound::Beep
            | Sound::Voicemail(_)
            | Sound::Prompt(_)
            | Sound::Spoken(_) => false,
        };
        self.play(caller, sound, repeat);
    }

    fn transfer(&mut self, target: FlowTarget) {
        let target = match target {
            FlowTarget::Group(group) => RouteTarget::Group(group),
            FlowTarget::Extension(extension) => RouteTarget::Extension(extension),
            FlowTarget::Flow(flow) => RouteTarget::Flow(flow),
            FlowTarget::Voicemail(extension) => RouteTarget::Voicemail(extension),
            FlowTarget::Queue(entry) => return self.enter_queue(entry, true),
        };
        self.lead(Purpose::Transfer, target, Cause::FlowEnded);
    }

    pub(crate) fn ask_group(&mut self, group: GroupId, purpose: Purpose) {
        let ticket = self.ask(Question::Group(group));
        self.stage = Stage::Choosing(Choosing::new(ticket, purpose, Choice::Group(group)));
    }

    pub(crate) fn group_found(&mut self, ticket: Ticket, plan: Option<RingPlan>) {
        let Stage::Choosing(choosing) = &self.stage else { return };
        let (purpose, Some(Choice::Group(group))) = (choosing.purpose, choosing.answered_by(ticket)) else { return };
        self.timers.clear(Timer::Asks);
        match plan {
            Some(plan) => {
                let entry = TrailEntry::new(self.now, "group", "A group is called.").fact("group", group);
                let entry = entry.fact("strategy", plan.strategy.as_str()).fact("members", plan.members.len());
                self.keep(entry.fact("ring_s", plan.ring_for.as_secs()));
                self.ring_group(purpose, plan);
            }
            None => {
                self.keep(TrailEntry::new(self.now, "group", "There is no such group.").fact("group", group));
                self.ring(purpose, [], self.limits.ring_extension);
            }
        }
    }

    /// The transfer reached nobody.
    pub(crate) fn back_to_flow(&mut self, cause: Cause) {
        if let Some(caller) = self.caller {
            self.stop_play(caller);
        }
        self.stage = Stage::Steered;
        self.out.push(Action::Flow(FlowEvent::Returned(cause)));
    }

    pub(crate) fn tell_flow_digit(&mut self, digit: Digit) {
        if matches!(self.stage, Stage::Steered) {
            self.out.push(Action::Flow(FlowEvent::Digit(digit)));
        }
    }

    pub(crate) fn tell_flow_play_done(&mut self) {
        if matches!(self.stage, Stage::Steered) {
            self.out.push(Action::Flow(FlowEvent::PlayDone));
        }
    }

    pub(crate) fn stop_flow(&mut self) {
        if self.steered {
            self.steered = false;
            self.out.push(Action::StopFlow);
        }
    }
}
