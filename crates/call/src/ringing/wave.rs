//! One wave after another: finding the phones, dialling them, and going on when all of them have failed.

use super::{MOST_PHONES, Wave};
use crate::machine::{Call, Stage};
use crate::timers::Timer;
use crate::{Party, Ticket, TrunkStep, most_telling};
use model::leg::{Destination, Sound};
use model::{Cause, ExtensionId, TrailEntry};
use std::time::Duration;

impl Call {
    pub(super) fn next_wave(&mut self) {
        self.timers.end_wave();
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let Some(wave) = ringing.ahead.pop_front() else { return self.nobody_answered() };
        match wave {
            Wave::Phones(members) => self.gather(members),
            Wave::Carrier(step) => self.dial_carrier(step),
        }
        self.go_on();
    }

    /// Starts the next wave when nothing of the present one can answer any more.
    pub(super) fn go_on(&mut self) {
        let Stage::Ringing(ringing) = &self.stage else { return };
        if ringing.legs.is_empty() && ringing.locating.is_empty() && !self.next_joins() {
            self.next_wave();
        }
    }

    /// Whose phones were asked for with this ticket.
    fn located(&mut self, ticket: Ticket) -> Option<ExtensionId> {
        let Stage::Ringing(ringing) = &mut self.stage else { return None };
        let place = ringing.locating.iter().position(|(asked, _)| *asked == ticket)?;
        let (_, extension) = ringing.locating.remove(place);
        if ringing.locating.is_empty() {
            self.timers.clear(Timer::Asks);
        }
        Some(extension)
    }

    /// The extension rings for a time of its own, or forwards what fails at it.
    pub(crate) fn handles_calls(&mut self, ticket: Ticket, ring_for: Option<Duration>, forwards: bool) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let Some((_, extension)) = ringing.locating.iter().find(|(asked, _)| *asked == ticket) else { return };
        ringing.forwards = forwards.then_some(*extension);
        if let Some(time) = ring_for {
            ringing.ring_for = super::bounded(time);
        }
    }

    /// The extension is not to be rung now.
    pub(crate) fn not_to_be_rung(&mut self, ticket: Ticket, cause: Cause) {
        let Some(extension) = self.located(ticket) else { return };
        self.wave_failed("passed_over", extension, cause, "The extension is not to be rung now.");
        self.go_on();
    }

    pub(crate) fn phones_found(&mut self, ticket: Ticket, mut contacts: Vec<u64>) {
        let Some(extension) = self.located(ticket) else { return };
        let mut seen = Vec::with_capacity(contacts.len().min(MOST_PHONES));
        contacts.retain(|contact| {
            seen.len() < MOST_PHONES && !seen.contains(contact) && {
                seen.push(*contact);
                true
            }
        });
        if contacts.is_empty() {
            self.wave_failed("no_phone", extension, Cause::NotRegistered, "No phone of the extension is registered.");
        } else {
            let reason =
                if contacts.len() == 1 { "The extension's phone rings." } else { "The extension's phones ring." };
            let entry = TrailEntry::new(self.now, "ring", reason).fact("extension", extension);
            self.keep(entry.fact("phones", contacts.len()));
            self.ringback();
            for contact in contacts {
                let party = Party::Extension { extension, contact: Some(contact) };
                self.dial(party, Destination::Contact { extension, contact });
            }
            self.start_clock(extension);
        }
        self.go_on();
    }

    /// The questions for phones stayed unanswered; what was found rings on.
    pub(crate) fn phones_not_found(&mut self) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        for (_, extension) in std::mem::take(&mut ringing.locating) {
            self.wave_failed(
                "no_phone",
                extension,
                Cause::Failed,
                "Nobody said in time where the extension's phones are.",
            );
        }
        self.go_on();
    }

    fn wave_failed(&mut self, step: &'static str, extension: ExtensionId, cause: Cause, reason: &str) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.failed = Some(ringing.failed.map_or(cause, |before| most_telling(before, cause)));
        let entry = TrailEntry::new(self.now, step, reason).fact("extension", extension);
        self.keep(entry.fact("cause", cause.as_str()));
    }

    fn dial_carrier(&mut self, step: TrunkStep) {
        let entry = TrailEntry::new(self.now, "trunk", "The call goes out through a carrier.");
        self.keep(entry.fact("trunk", step.trunk).fact("number", &step.number));
        self.ringback();
        let Stage::Ringing(ringing) = &self.stage else { return };
        if !ringing.ahead.is_empty() {
            self.timers.set(Timer::Silence, self.now + self.limits.silent_trunk);
        }
        let TrunkStep { trunk, number } = step;
        let party = Party::Trunk { trunk, number: number.clone() };
        self.dial(party, Destination::Trunk { trunk, number });
    }

    /// Whoever waits on an answered leg hears that it rings.
    fn ringback(&mut self) {
        let Some(caller) = self.near_up() else { return };
        let silent = self.legs.get(caller).is_some_and(|leg| leg.sounding == crate::leg::Sounding::Nothing);
        if silent && self.media.bridge.is_none() {
            self.play(caller, Sound::Ringback, true);
        }
    }
}
