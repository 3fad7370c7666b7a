//! What is asked of the call from beside it, and whether it can be.

use super::{Guest, Guests, MOST, Role, Step};
use crate::machine::Call;
use crate::timers::Timer;
use crate::{Action, Event, Origin, Question, Recording, RingsAs, Supervision, Unfit, Wish};
use model::{Cause, ExtensionId, TrailEntry};

impl Call {
    /// Whether a wish can be fulfilled now. One that cannot changes nothing.
    pub fn fits(&self, wish: &Wish) -> Result<(), Unfit> {
        let (caller, callee) = self.two().ok_or(Unfit::NotTalking)?;
        let talks = |extension: &ExtensionId| {
            let parties = self.guests_in().filter(|(_, role)| *role == Role::Party).map(|(leg, _)| leg);
            [caller, callee].into_iter().chain(parties).any(|leg| self.extension_of(leg) == Some(*extension))
        };
        let supervisor = |extension: &ExtensionId| self.all_guests().iter().find(|guest| guest.supervises(*extension));
        let check = |fits: bool, unfit: Unfit| if fits { Ok(()) } else { Err(unfit) };
        let has_room = check(self.all_guests().len() < MOST, Unfit::Full);
        match wish {
            Wish::Supervise { extension, mode } => {
                check(!talks(extension), Unfit::InTheCall)?;
                check(*mode != Supervision::Whisper || self.agent().is_some(), Unfit::NoAgent)?;
                if supervisor(extension).is_some() { Ok(()) } else { has_room }
            }
            Wish::Unsupervise { extension } => check(supervisor(extension).is_some(), Unfit::NotSupervising),
            Wish::TakeOver { extension } => {
                let there = supervisor(extension).is_some_and(|guest| guest.leg().is_some());
                check(there, Unfit::NotSupervising)?;
                check(self.agent().is_some(), Unfit::NoAgent)
            }
            Wish::AddParty { by, .. } => {
                check(talks(by), Unfit::NotInTheCall)?;
                has_room
            }
            Wish::Record { on } => match self.recorder.rule {
                None | Some(Recording::Never) => Err(Unfit::RecordingForbidden),
                Some(Recording::Always) => check(*on, Unfit::RecordingRequired),
                Some(Recording::OnDemand) => Ok(()),
            },
            Wish::PauseRecording { .. } => check(self.media.recording, Unfit::NotRecorded),
            Wish::RemoveParty { leg } => {
                let there = self.all_guests().iter().any(|guest| guest.role == Role::Party && guest.has(*leg));
                check(there, Unfit::NoSuchParty)
            }
        }
    }

    /// Somebody wants something; `by` tells the trail who.
    pub(crate) fn wish(&mut self, by: &str, wish: Wish) {
        if self.fits(&wish).is_err() {
            return;
        }
        match wish {
            Wish::Supervise { extension, mode } => self.supervise(by, extension, mode),
            Wish::Unsupervise { extension } => {
                let entry = TrailEntry::new(self.now, "unsupervise", "The supervisor is let go.");
                self.keep(entry.fact("extension", extension).fact("by", by));
                if let Some(guest) = self.take_guest(|guest| guest.supervises(extension)) {
                    self.dismiss_guest(guest, Cause::Normal);
                }
            }
            Wish::TakeOver { extension } => self.take_agents_place(by, extension),
            Wish::AddParty { by: adder, to } => {
                let entry = TrailEntry::new(self.now, "add_party", "Somebody is to join the talk.");
                self.keep(entry.fact("extension", adder).fact("to", &to).fact("by", by));
                let question = Question::Route { origin: Origin::Extension(adder), dialled: to };
                self.invite(Role::Party, None, question);
            }
            Wish::Record { on } => self.switch_recording(by, on),
            Wish::PauseRecording { paused } => {
                let (step, reason) = match paused {
                    true => ("recording_paused", "What is said from now on is not recorded."),
                    false => ("recording_resumed", "What is said is recorded again."),
                };
                self.keep(TrailEntry::new(self.now, step, reason).fact("by", by));
                self.out.push(Action::PauseRecord(paused));
            }
            Wish::RemoveParty { leg } => {
                let entry = TrailEntry::new(self.now, "remove_party", "Somebody who joined is let go.");
                self.keep(entry.fact("leg", leg).fact("by", by));
                if let Some(guest) = self.take_guest(|guest| guest.has(leg)) {
                    self.dismiss_guest(guest, Cause::Normal);
                }
            }
        }
    }

    fn supervise(&mut self, by: &str, extension: ExtensionId, mode: Supervision) {
        let entry = TrailEntry::new(self.now, "supervise", "Somebody supervises the talk.");
        self.keep(entry.fact("extension", extension).fact("mode", mode.as_str()).fact("by", by));
        let role = Role::Supervisor(mode);
        if let Some(guest) = self.guest_mut(|guest| guest.supervises(extension)) {
            guest.role = role;
            if let Some(leg) = guest.leg() {
                self.settle();
                self.publish(Event::Supervised { leg, extension, mode });
            }
            return;
        }
        // Whoever asks for the call is there to take it.
        self.invite(role, Some(extension), Question::Locate { extension, rings_as: RingsAs::Own });
    }

    /// A new guest, of whom this has to be known first.
    fn invite(&mut self, role: Role, extension: Option<ExtensionId>, question: Question) {
        let ticket = self.ask_aside(question);
        let shown = (self.who.caller_number.clone(), String::new());
        let guests = self.guests.get_or_insert_with(|| Box::new(Guests::default()));
        let number = guests.numbered;
        guests.numbered = guests.numbered.wrapping_add(1);
        guests.all.push(Guest { number, role, extension, shown, step: Step::Asked(ticket) });
        self.timers.set(Timer::Guest(number), self.now + self.limits.answer_to_question);
    }

    /// The supervisor goes on in the agent's place.
    fn take_agents_place(&mut self, by: &str, extension: ExtensionId) {
        let Some(agent) = self.agent() else { return };
        let Some(guest) = self.take_guest(|guest| guest.supervises(extension)) else { return };
        let Some(leg) = guest.leg() else { return };
        let entry = TrailEntry::new(self.now, "take_over", format!("Leg {leg} takes the place of leg {agent}."));
        self.keep(entry.fact("extension", extension).fact("leg", leg).fact("by", by));
        self.take_place(agent, leg);
    }
}
