//! The invariants. They are stated over what goes into a call and what comes out, not over its insides, so they hold
//! for any way to build one.

use call::{Action, Call, Event, Input, LegKind, Party, Released, Summary, Wish};
use model::flow::FlowEvent;
use model::leg::{Destination, Sound, TransferNews};
use model::{Cause, LegCommand, LegEvent, LegId, Moment, QueueOutcome};
use std::collections::BTreeMap;

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The seed of the world.
    pub seed: u64,
    /// When, in the world's time.
    pub at: Moment,
    /// What did not hold.
    pub what: String,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "seed {} at {} ms: {}", self.seed, self.at.as_nanos() / 1_000_000, self.what)
    }
}

/// Watches one call.
#[derive(Debug, Default)]
pub struct Watch {
    legs: BTreeMap<LegId, Leg>,
    bridge: Option<(LegId, LegId)>,
    /// Who hears somebody or is heard, when there are several.
    mix: Option<Vec<LegId>>,
    /// How many were wanted beside the two who talk.
    guests: usize,
    recording: bool,
    recordings: u32,
    /// Whose transfer was accepted and has no end yet.
    handing: Option<LegId>,
    flow: bool,
    /// A far side picked up although it had been hung up: it must be told again.
    owed: Option<LegId>,
    begun: bool,
    started: bool,
    ended: bool,
    finished: Option<Summary>,
}

#[derive(Debug)]
struct Leg {
    incoming: bool,
    carrier: bool,
    rang: bool,
    answered: bool,
    held: bool,
    /// Plays a sound that does not end by itself.
    repeating: bool,
    /// How many transfers it asked for, and of how many it knows the end.
    asked: u32,
    settled: u32,
    hangups: u32,
    gone: bool,
}

impl Leg {
    fn new(incoming: bool, carrier: bool) -> Leg {
        let (rang, answered, held, repeating, gone) = (false, false, false, false, false);
        Leg { incoming, carrier, rang, answered, held, repeating, asked: 0, settled: 0, hangups: 0, gone }
    }

    fn counts(&self) -> bool {
        !self.gone && self.hangups == 0
    }
}

type Verdict = Result<(), String>;

fn must(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

impl Watch {
    /// The record, once the call has finished.
    pub fn summary(&self) -> Option<&Summary> {
        self.finished.as_ref()
    }

    /// The call is about to hear this.
    pub fn input(&mut self, input: &Input) {
        match input {
            Input::Offered { .. } if !self.begun => {
                self.begun = true;
                self.legs.insert(LegId::FIRST, Leg::new(true, false));
            }
            Input::Originate { .. } | Input::Place { .. } => self.begun = true,
            Input::Leg(id, event) => self.leg_input(*id, event),
            Input::Wish { wish: Wish::Supervise { .. } | Wish::AddParty { .. }, .. } => {
                self.guests += 1;
                // Somebody else is called now.
                self.legs.values_mut().for_each(|leg| leg.rang &= !leg.carrier);
            }
            Input::Offered { .. }
            | Input::Reply(..)
            | Input::Flow(_)
            | Input::Queue(..)
            | Input::Trail(_)
            | Input::Release { .. }
            | Input::Replace { .. }
            | Input::Wish { .. }
            | Input::Hangup { .. } => {}
        }
    }

    /// Whether the call has begun.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// A leg comes in for another's place.
    pub fn comes_in(&mut self, id: LegId) {
        self.legs.insert(id, Leg::new(true, false));
    }

    fn leg_input(&mut self, id: LegId, event: &LegEvent) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| !leg.gone) else { return };
        match event {
            LegEvent::Answered if !leg.incoming => {
                if leg.hangups == 1 && !leg.answered {
                    self.owed = Some(id);
                }
                leg.answered = true;
            }
            LegEvent::Rejected { .. } | LegEvent::Ended { .. } => leg.gone = true,
            LegEvent::Ringing { .. } => leg.rang |= !leg.incoming && leg.counts(),
            LegEvent::Transfer(_) if leg.counts() && leg.answered => leg.asked += 1,
            LegEvent::Held if leg.counts() => leg.held = true,
            LegEvent::Resumed if leg.counts() => leg.held = false,
            LegEvent::Answered
            | LegEvent::Progress
            | LegEvent::Held
            | LegEvent::Resumed
            | LegEvent::Digit(_)
            | LegEvent::PlayDone
            | LegEvent::MediaLost
            | LegEvent::Transfer(_) => {}
        }
    }

    /// The call wants this.
    pub fn action(&mut self, action: &Action) -> Verdict {
        if self.finished.is_some() {
            let late = matches!(action, Action::Leg(_, LegCommand::Hangup { .. }) | Action::Release(Released::Nobody));
            must(late, || format!("after Finish only hang-ups and refusals may follow, not {action:?}"))?;
        }
        match action {
            Action::Ask(..) => Ok(()),
            Action::Leg(id, LegCommand::Dial(dial)) => self.dial(*id, &dial.to),
            Action::Leg(id, command) => self.command(*id, command),
            Action::Bridge(a, b) => self.bridged(*a, *b),
            Action::Unbridge(a, b) => {
                must(self.bridge == Some((*a, *b)), || format!("un-bridged {a} and {b}, which are not bridged"))?;
                self.bridge = None;
                Ok(())
            }
            Action::Mix { hearings, voices } => {
                must(hearings.iter().all(|(ear, mouth)| ear != mouth), || "somebody hears itself".into())?;
                self.bridge = None;
                let members = hearings.iter().flat_map(|(ear, mouth)| [*ear, *mouth]).chain(voices.iter().copied());
                self.mix = Some(members.collect());
                Ok(())
            }
            Action::Unmix => must(self.mix.take().is_some(), || "ended a mix that is none".into()),
            Action::Record { left, right } => {
                must(!self.recording && self.recordings == 0, || "recorded twice".into())?;
                let up = |id| self.legs.get(id).is_some_and(|leg| leg.answered && leg.counts());
                must(up(left) && up(right), || "recorded a leg that is not up".into())?;
                self.recording = true;
                self.recordings += 1;
                Ok(())
            }
            Action::RecordBeside { stays, comes } => {
                must(self.recording, || "changed a side of a recording that does not run".into())?;
                let up = |id| self.legs.get(id).is_some_and(|leg| leg.answered && leg.counts());
                must(stays != comes && up(stays) && up(comes), || "recorded a leg that is not up".into())
            }
            Action::PauseRecord(_) => must(self.recording, || "paused a recording that does not run".into()),
            Action::StopRecord => {
                must(self.recording, || "stopped a recording that does not run".into())?;
                self.recording = false;
                Ok(())
            }
            Action::StartFlow(_) => {
                must(!self.flow, || "started a flow over a flow".into())?;
                self.flow = true;
                Ok(())
            }
            Action::Flow(event) => {
                must(self.flow, || "spoke to a flow that does not run".into())?;
                let noisy = self.legs.values().any(|leg| leg.counts() && leg.repeating);
                let returns = matches!(event, FlowEvent::Returned(_));
                must(!(returns && noisy), || "came back to the flow with our own tone still on".into())
            }
            Action::StopFlow => {
                must(self.flow, || "stopped a flow that does not run".into())?;
                self.flow = false;
                Ok(())
            }
            Action::Adopt(_, id) => {
                must(usize::from(id.0) == self.legs.len(), || format!("leg {id} is out of order"))?;
                self.legs.insert(*id, Leg { answered: true, ..Leg::new(false, false) });
                Ok(())
            }
            Action::Release(Released::Leg((id, _))) => {
                must(self.bridge.is_none() && self.mix.is_none() && !self.recording, || {
                    "gave a leg away that is still in use".into()
                })?;
                let Some(leg) = self.legs.get_mut(id) else { return Err(format!("gave leg {id} away, which is none")) };
                must(leg.counts() && leg.answered && !leg.repeating, || {
                    format!("gave leg {id} away, which is not free")
                })?;
                leg.gone = true;
                Ok(())
            }
            Action::Release(Released::Number(_) | Released::Nobody) => Ok(()),
            Action::Queue(_) => Ok(()),
            Action::Publish(event) => self.published(event),
            Action::Finish(summary) => self.finish(summary),
        }
    }

    fn dial(&mut self, id: LegId, to: &Destination) -> Verdict {
        must(usize::from(id.0) == self.legs.len(), || format!("leg {id} is out of order"))?;
        let carrier = matches!(to, Destination::Trunk { .. });
        let rang = self.legs.values().any(|leg| leg.carrier && leg.rang);
        must(!(carrier && rang), || "tried another carrier although the far phone had rung".into())?;
        self.legs.insert(id, Leg::new(false, carrier));
        Ok(())
    }

    fn command(&mut self, id: LegId, command: &LegCommand) -> Verdict {
        let Some(leg) = self.legs.get_mut(&id) else { return Err(format!("{command:?} to leg {id}, which is none")) };
        must(!leg.gone, || format!("{command:?} to leg {id}, which is gone"))?;
        match command {
            LegCommand::Hangup { .. } => {
                must(!leg.incoming || leg.answered, || "hung up a leg that should be rejected".into())?;
                leg.hangups += 1;
                if self.owed == Some(id) {
                    self.owed = None;
                }
                let late_answer = u32::from(leg.answered);
                must(leg.hangups <= 1 + late_answer, || format!("hung up leg {id} too often"))
            }
            LegCommand::Reject { cause } => {
                must(*cause != Cause::Normal, || "refused a leg for no reason".into())?;
                must(leg.incoming && !leg.answered, || format!("rejected leg {id}, which cannot be"))?;
                leg.gone = true;
                Ok(())
            }
            LegCommand::Answer => {
                must(leg.incoming && !leg.answered && leg.counts(), || format!("answered leg {id}, which cannot be"))?;
                leg.answered = true;
                Ok(())
            }
            LegCommand::Ring => {
                let can = leg.incoming && !leg.answered && leg.counts() && !leg.rang;
                leg.rang = true;
                must(can, || format!("leg {id} cannot be told that it rings, or knows"))
            }
            LegCommand::Play(play) => {
                must(leg.answered && leg.counts(), || format!("played to leg {id}, which does not listen"))?;
                leg.repeating = play.repeat;
                let music = play.sound == Sound::Hold && !self.flow;
                must(!(music && leg.held), || format!("played music to leg {id}, which holds"))?;
                let bridged = self.bridge.is_some_and(|(a, b)| a == id || b == id);
                must(!bridged, || format!("played to leg {id}, which talks"))
            }
            LegCommand::StopPlay => {
                leg.repeating = false;
                must(leg.answered, || format!("nothing plays to leg {id}"))
            }
            LegCommand::Dial(_) => Ok(()),
            LegCommand::Transfer(news) => {
                must(leg.answered && leg.counts(), || format!("told leg {id} of a transfer, which does not listen"))?;
                let asked = leg.asked > leg.settled;
                must(asked, || format!("told leg {id} of a transfer that nobody asked for, or after its end"))?;
                match news {
                    TransferNews::Accepted => {
                        // Whoever left without its end is not told any more.
                        let other = self.handing.and_then(|other| self.legs.get(&other)).is_some_and(Leg::counts);
                        must(!other, || "two transfers at a time".into())?;
                        self.handing = Some(id);
                        // What rang before this is not what is tried from now on.
                        self.legs.values_mut().for_each(|leg| leg.rang &= !leg.carrier);
                    }
                    TransferNews::Ringing => {}
                    TransferNews::Refused { .. } => settled(&mut self.legs, id),
                    TransferNews::Done | TransferNews::Failed { .. } => {
                        must(self.handing == Some(id), || "the end of a transfer that was not accepted".into())?;
                        self.handing = None;
                        settled(&mut self.legs, id);
                    }
                }
                Ok(())
            }
        }
    }

    fn bridged(&mut self, a: LegId, b: LegId) -> Verdict {
        must(self.bridge.is_none() && self.mix.is_none(), || "bridged while a bridge stands".into())?;
        let (Some(near), Some(far)) = (self.legs.get(&a), self.legs.get(&b)) else {
            return Err(format!("bridged {a} and {b}, of which one does not exist"));
        };
        must(a != b && near.counts() && far.counts(), || format!("bridged {a} and {b}, of which one is leaving"))?;
        if far.answered {
            must(near.answered, || format!("bridged {b}, which is answered, with {a}, which is not"))?;
        } else {
            must(far.carrier, || format!("early sound from leg {b}, which is no carrier's"))?;
        }
        self.bridge = Some((a, b));
        Ok(())
    }

    fn published(&mut self, event: &Event) -> Verdict {
        must(!self.ended, || format!("told {event:?} after the end"))?;
        match event {
            Event::Started { .. } => {
                must(!self.started, || "told the start twice".into())?;
                self.started = true;
                Ok(())
            }
            Event::Ended { .. } => {
                must(self.started, || "told the end before the start".into())?;
                self.ended = true;
                Ok(())
            }
            Event::Ringing { .. }
            | Event::Answered { .. }
            | Event::Held { .. }
            | Event::Resumed { .. }
            | Event::Transferred { .. }
            | Event::QueueJoined { .. }
            | Event::QueueLeft { .. }
            | Event::Joined { .. }
            | Event::NotJoined { .. }
            | Event::Left { .. }
            | Event::Supervised { .. }
            | Event::Digit { .. } => must(self.started, || format!("told {event:?} before the start")),
        }
    }

    fn finish(&mut self, summary: &Summary) -> Verdict {
        must(self.finished.is_none(), || "finished twice".into())?;
        must(self.ended, || "finished without telling the end".into())?;
        must(!self.flow, || "finished with a flow left".into())?;
        must(!self.recording, || "finished with a recording left".into())?;
        must(self.bridge.is_none() && self.mix.is_none(), || "finished with a bridge left".into())?;
        for (id, leg) in &self.legs {
            must(!leg.counts(), || format!("finished and forgot leg {id}"))?;
        }
        check_summary(summary)?;
        must(summary.legs.len() == self.legs.len(), || "a leg is missing in the record".into())?;
        must(summary.recorded == (self.recordings > 0), || "the record is wrong about the recording".into())?;
        self.finished = Some(summary.clone());
        Ok(())
    }

    /// The call has heard and done everything of this step.
    pub fn after_step(&self, call: &Call, now: Moment) -> Verdict {
        let talking = self.legs.values().filter(|leg| leg.answered && leg.counts()).count();
        must(talking <= 2 + self.guests, || format!("{talking} legs are up together"))?;
        let handing = self.handing.and_then(|id| self.legs.get(&id)).is_some_and(Leg::counts);
        let talks = self.bridge.is_some_and(|(_, far)| self.legs.get(&far).is_some_and(|leg| leg.answered));
        must(!(handing && talks), || "somebody talks and is being transferred".into())?;
        must(self.owed.is_none(), || "an answer that came too late was not hung up".into())?;
        self.bridge_is_whole()?;
        for id in self.mix.iter().flatten() {
            let up = self.legs.get(id).is_some_and(|leg| leg.answered && leg.counts());
            must(up, || format!("leg {id} is left in a mix"))?;
        }
        must(!(call.is_over() && call.deadline().is_some()), || "the call is over and still waits".into())?;
        if let Some(deadline) = call.deadline() {
            must(deadline > now, || "a timer that has come was not served".into())?;
        }
        if self.begun {
            let waits = call.deadline().is_some() || call.is_over();
            must(waits, || "the call waits for nothing and is not over".into())?;
        }
        must(!call.is_over() || self.finished.is_some(), || "over without Finish".into())
    }

    fn bridge_is_whole(&self) -> Verdict {
        let Some((near, far)) = self.bridge else { return Ok(()) };
        let counts = |id| self.legs.get(&id).is_some_and(Leg::counts);
        must(counts(near) && counts(far), || format!("a bridge of {near} and {far} is left, one of them is not"))?;
        let talking = self.legs.get(&far).is_some_and(|leg| leg.answered);
        let others = self.legs.iter().any(|(id, leg)| *id != near && *id != far && leg.counts());
        must(!(talking && others && self.guests == 0), || "people talk while another phone still rings".into())?;
        must(!(talking && self.flow), || "people talk while a flow still runs".into())
    }

    /// Nothing will happen any more.
    pub fn at_rest(&self, call: &Call) -> Verdict {
        must(call.is_over(), || "the world is at rest, the call is not".into())?;
        must(call.deadline().is_none(), || "the call is over and still waits".into())
    }
}

fn settled(legs: &mut BTreeMap<LegId, Leg>, id: LegId) {
    if let Some(leg) = legs.get_mut(&id) {
        leg.settled += 1;
    }
}

fn check_summary(summary: &Summary) -> Verdict {
    let Summary { started, ringing, answered, ended, .. } = summary;
    let times: Vec<Moment> = [Some(*started), *ringing, *answered, Some(*ended)].into_iter().flatten().collect();
    // A phone may be picked up without ever having rung, but never ring after it was picked up.
    must(times.is_sorted(), || format!("the record's times go backwards: {times:?}"))?;
    must(answered.is_none() || summary.callee_leg.is_some(), || "answered by nobody".into())?;
    let cancelled = summary.cause == Cause::Cancelled;
    must(!cancelled || answered.is_none(), || "cancelled although answered".into())?;
    must(summary.cause != Cause::Normal || answered.is_some(), || "a normal end without a talk".into())?;
    for visit in &summary.visits {
        must(visit.joined <= visit.left, || "left a queue before joining it".into())?;
        must((visit.outcome == QueueOutcome::Answered) == visit.agent.is_some(), || "served by nobody".into())?;
    }
    for leg in &summary.legs {
        let times: Vec<Moment> =
            [Some(leg.started), leg.ringing, leg.answered, Some(leg.ended)].into_iter().flatten().collect();
        must(times.is_sorted(), || format!("the times of leg {} go backwards: {times:?}", leg.leg))?;
        let phone = match (&leg.party, leg.kind) {
            (Party::Extension { contact, .. }, LegKind::Out) => contact.is_some(),
            (Party::Extension { .. }, LegKind::In) | (Party::Trunk { .. }, LegKind::In | LegKind::Out) => true,
        };
        must(phone, || format!("leg {} was dialled, but on no phone", leg.leg))?;
    }
    must(summary.trail.is_sorted_by_key(|entry| entry.at), || "the trail goes backwards".into())?;
    must(summary.trail.last().is_some_and(|entry| entry.step == "end"), || "the trail does not end with the end".into())
}
