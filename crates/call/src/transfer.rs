//! Transfer: one of two people who talk asks that the other be handed over to somebody else (RFC 5589). Blind, to a
//! number; attended, to the one they talk with in another call, who is taken over from there. Until the third has
//! picked up the one who asked stays; when nobody does, the talk goes on as before.
//!
//! Only a phone of an extension may ask, and the number is routed as if that extension had dialled it: a stranger's side
//! cannot call out on the company's account.

use crate::leg::{Leg, Sounding, State};
use crate::machine::{Call, Stage};
use crate::ringing::Purpose;
use crate::timers::Timer;
use crate::{Action, Event, LegKind, Origin, Party, Question, Released, Route, RouteTarget, Side, Ticket};
use model::leg::{Sound, TransferNews, TransferTo};
use model::{Cause, EndedBy, ExtensionId, LegCommand, LegId, TrailEntry};

/// Who hands whom over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handover {
    /// The leg that asked.
    pub(crate) by: LegId,
    /// The other one, on whose behalf the third is called.
    pub(crate) kept: LegId,
}

/// A transfer before anybody rings.
#[derive(Debug)]
pub(crate) struct Transferring {
    pub(crate) handover: Handover,
    ticket: Ticket,
}

/// Somebody of another call, as that call gave them away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Who is at the far end.
    pub party: Party,
    /// Who placed the leg.
    pub kind: LegKind,
    /// Whether the far side holds.
    pub held: bool,
}

impl Call {
    /// The transfer under way, whatever it waits for.
    pub(crate) fn handover(&self) -> Option<Handover> {
        let purpose = match &self.stage {
            Stage::Transferring(transferring) => return Some(transferring.handover),
            Stage::Choosing(choosing) => choosing.purpose(),
            Stage::Ringing(ringing) => ringing.purpose(),
            Stage::Fresh
            | Stage::Routing(_)
            | Stage::Steered
            | Stage::Queued(_)
            | Stage::Talking { .. }
            | Stage::Over => return None,
        };
        match purpose {
            Purpose::Handover(handover) => Some(handover),
            Purpose::Caller | Purpose::Callee | Purpose::House | Purpose::Transfer => None,
        }
    }

    /// The leg that waits while others ring: the caller's or, in a transfer, the one that is handed over.
    pub(crate) fn near(&self) -> Option<LegId> {
        self.handover().map_or(self.caller, |handover| Some(handover.kept))
    }

    /// A leg asks for a transfer.
    pub(crate) fn transfer_asked(&mut self, by: LegId, to: TransferTo) {
        let Stage::Talking { callee } = self.stage else {
            return self.refuse_transfer(
                by,
                Cause::Busy,
                "Nobody is there to be transferred, or a transfer is under way.",
            );
        };
        if self.is_guest(by) || self.is_conference() {
            return self.refuse_transfer(by, Cause::Busy, "Who takes part in a conference is not handed over.");
        }
        let Some(caller) = self.caller.filter(|caller| by == *caller || by == callee) else { return };
        let kept = if by == caller { callee } else { caller };
        let Some(extension) = self.legs.get(by).and_then(|leg| leg.party.extension()) else {
            return self.refuse_transfer(by, Cause::Forbidden, "Only an extension may transfer a call.");
        };
        let entry = TrailEntry::new(self.now, "transfer", "One side hands the other over.").fact("by", by);
        self.keep(match &to {
            TransferTo::Number(number) => entry.fact("to", number),
            TransferTo::Leg(_) => entry.fact("to", "whom it talks with in another call"),
        });
        self.tell_transferor(by, TransferNews::Accepted);
        self.unbridge();
        self.stop_play(by);
        let ticket = match to {
            TransferTo::Number(dialled) => self.ask(Question::Route { origin: Origin::Extension(extension), dialled }),
            TransferTo::Leg(edge) => {
                let leg = self.legs.next_id();
                self.ask(Question::Adopt { edge, extension, leg })
            }
        };
        self.stage = Stage::Transferring(Transferring { handover: Handover { by, kept }, ticket });
    }

    fn refuse_transfer(&mut self, by: LegId, cause: Cause, reason: &str) {
        let entry = TrailEntry::new(self.now, "transfer_refused", reason).fact("by", by);
        self.keep(entry.fact("cause", cause.as_str()));
        self.tell_transferor(by, TransferNews::Refused { cause });
    }

    /// A word for the one who asked, who may have left meanwhile.
    pub(crate) fn tell_transferor(&mut self, by: LegId, news: TransferNews) {
        if self.legs.get(by).is_some_and(|leg| leg.state == State::Up) {
            self.command(by, LegCommand::Transfer(news));
        }
    }

    /// Where the number of a blind transfer leads.
    pub(crate) fn transfer_routed(&mut self, ticket: Ticket, route: Route) {
        let Stage::Transferring(Transferring { handover, ticket: asked }) = self.stage else { return };
        if asked != ticket {
            return;
        }
        self.timers.clear(Timer::Asks);
        self.shown = self.shown_of(handover.kept, &route);
        self.keep(TrailEntry { at: self.now, step: "transfer_route", reason: route.reason, facts: route.facts });
        self.lead(Purpose::Handover(handover), route.to, Cause::FlowEnded);
    }

    /// What the third sees: who is handed over; outside, what the company shows there.
    fn shown_of(&self, kept: LegId, route: &Route) -> (String, String) {
        let ours = (route.caller_number.clone(), route.caller_name.clone());
        match (&route.to, self.legs.get(kept).map(|leg| &leg.party)) {
            (RouteTarget::Trunk(_), _) | (_, None | Some(Party::Extension { .. })) => ours,
            (_, Some(Party::Trunk { number, .. })) => (number.clone(), String::new()),
        }
    }

    /// The other call gave somebody away, a number in their place, or nobody.
    pub(crate) fn adopted(&mut self, ticket: Ticket, released: Released<Given>) {
        let Stage::Transferring(Transferring { handover, ticket: asked }) = self.stage else { return };
        if asked != ticket {
            return;
        }
        self.timers.clear(Timer::Asks);
        match released {
            Released::Leg(given) => self.adopt(ticket, handover, given),
            // The third was still ringing: it is called from here.
            Released::Number(dialled) => {
                let extension = self.legs.get(handover.by).and_then(|leg| leg.party.extension());
                let Some(extension) = extension else { return self.transfer_failed(handover, Cause::Forbidden) };
                let ticket = self.ask(Question::Route { origin: Origin::Extension(extension), dialled });
                self.stage = Stage::Transferring(Transferring { handover, ticket });
            }
            Released::Nobody => self.transfer_failed(handover, Cause::NotFound),
        }
    }

    fn adopt(&mut self, ticket: Ticket, handover: Handover, given: Given) {
        let extension = given.party.extension();
        let mut leg = Leg::new(given.kind, given.party, self.now);
        leg.state = State::Up;
        leg.answered = Some(self.now);
        leg.held = given.held;
        let id = self.legs.add(leg);
        self.out.push(Action::Adopt(ticket, id));
        let entry = TrailEntry::new(self.now, "adopted", "Somebody is taken over from another call.");
        self.keep(entry.fact("leg", id));
        self.hand_over(handover, id);
        self.publish(Event::Answered { leg: id, extension, side: Side::Callee });
    }

    /// The third has picked up: the transfer is done.
    pub(crate) fn hand_over(&mut self, handover: Handover, third: LegId) {
        let entry =
            TrailEntry::new(self.now, "transferred", format!("Leg {} talks with leg {third} now.", handover.kept));
        self.keep(entry.fact("by", handover.by).fact("leg", third));
        self.record_beside(handover.kept, third);
        self.dismiss(handover.by);
        self.turn_over(handover);
        self.stop_play(handover.kept);
        if self.media.bridge.is_some_and(|(_, far)| far != third) {
            self.unbridge();
        }
        self.talked = Some(third);
        self.stage = Stage::Talking { callee: third };
        self.settle();
        self.publish(Event::Transferred { by: handover.by, leg: third });
    }

    /// The one who asked has done so and may go.
    pub(crate) fn dismiss(&mut self, by: LegId) {
        self.tell_transferor(by, TransferNews::Done);
        self.hang_up(by, Cause::Transferred);
    }

    /// From now on the one that was handed over is the calling side.
    pub(crate) fn turn_over(&mut self, handover: Handover) {
        if self.caller == Some(handover.by) {
            self.caller = Some(handover.kept);
        }
    }

    /// The recording goes on with somebody else on the other side.
    pub(crate) fn record_beside(&mut self, stays: LegId, comes: LegId) {
        if self.media.recording {
            self.out.push(Action::RecordBeside { stays, comes });
        }
    }

    /// Nobody took the call: it is given back.
    pub(crate) fn transfer_failed(&mut self, handover: Handover, cause: Cause) {
        let entry = TrailEntry::new(self.now, "transfer_failed", format!("Nobody took the call: {}.", cause.as_str()));
        self.keep(entry.fact("by", handover.by).fact("cause", cause.as_str()));
        self.unbridge();
        if !self.legs.get(handover.by).is_some_and(|leg| leg.state == State::Up) {
            self.note("transferor_left", "Who handed the call over has left: there is nobody to give it back to.");
            return self.end(cause, EndedBy::System);
        }
        self.tell_transferor(handover.by, TransferNews::Failed { cause });
        let holds = |id| self.legs.get(id).is_some_and(|leg| leg.held);
        let music = holds(handover.by) && !holds(handover.kept);
        let sounds = self.legs.get(handover.kept).is_some_and(|leg| leg.sounding != Sounding::Nothing);
        if sounds && !music {
            self.stop_play(handover.kept);
        } else if sounds {
            // The tone of ringing gives way to the music of who still holds.
            self.play(handover.kept, Sound::Hold, true);
        }
        let callee = if self.caller == Some(handover.by) { handover.kept } else { handover.by };
        self.stage = Stage::Talking { callee };
        self.settle();
    }

    /// Somebody takes a leg's place: a phone that picks up what rings elsewhere, or goes on with a talk (RFC 3891). `by` is
    /// the leg that came in for it.
    pub(crate) fn replace(&mut self, old: LegId, party: Party) {
        if matches!(self.stage, Stage::Fresh | Stage::Over) {
            return;
        }
        let id = self.add_leg(LegKind::In, party);
        let rings = match &self.stage {
            Stage::Ringing(ringing) => ringing.purpose() != Purpose::Caller && ringing.rings(old),
            _ => false,
        };
        let talks = match &self.stage {
            Stage::Talking { callee } => *callee == old || self.caller == Some(old),
            _ => false,
        };
        if !rings && !talks {
            let entry =
                TrailEntry::new(self.now, "replace_refused", "Somebody wanted the place of a leg that has none.");
            self.keep(entry.fact("leg", old));
            return self.hang_up(id, Cause::NotFound);
        }
        let entry = TrailEntry::new(self.now, "replaced", format!("Leg {id} takes the place of leg {old}."));
        self.keep(entry.fact("old", old).fact("leg", id));
        if let Some(leg) = self.legs.get_mut(id) {
            leg.state = State::Up;
            leg.answered = Some(self.now);
        }
        self.command(id, LegCommand::Answer);
        if rings {
            return self.picked_up(id);
        }
        self.take_place(old, id);
    }

    /// Another call wants the one that this extension talks with here. `leg` is the extension's.
    pub(crate) fn release(&mut self, leg: LegId, extension: ExtensionId) {
        let own = self.legs.get(leg).is_some_and(|found| found.is_live() && found.party.extension() == Some(extension));
        let peer = match &self.stage {
            _ if !own || self.is_conference() => None,
            Stage::Talking { callee } if *callee == leg => self.caller,
            Stage::Talking { callee } if self.caller == Some(leg) => Some(*callee),
            Stage::Ringing(ringing) if ringing.purpose() == Purpose::Callee && self.caller == Some(leg) => {
                self.out.push(Action::Release(Released::Number(self.who.dialled.clone())));
                self.note("taken_over", "Another call goes on with the number that rings here.");
                return self.end(Cause::Transferred, EndedBy::Caller);
            }
            _ => None,
        };
        let given = peer.and_then(|peer| {
            let found = self.legs.get(peer).filter(|found| found.state == State::Up)?;
            let given = Given { party: found.party.clone(), kind: found.kind, held: found.held };
            Some((peer, given))
        });
        let Some((peer, given)) = given else { return self.out.push(Action::Release(Released::Nobody)) };
        let entry = TrailEntry::new(self.now, "taken_over", "Another call takes the other side over.");
        self.keep(entry.fact("leg", peer));
        if std::mem::take(&mut self.media.recording) {
            self.out.push(Action::StopRecord);
        }
        self.unbridge();
        self.stop_play(peer);
        self.out.push(Action::Release(Released::Leg((peer, given))));
        if let Some(gone) = self.legs.get_mut(peer) {
            gone.end(self.now, Cause::Transferred);
            gone.state = State::Gone;
        }
        let by = if self.caller == Some(leg) { EndedBy::Caller } else { EndedBy::Callee };
        self.end(Cause::Transferred, by);
    }
}
