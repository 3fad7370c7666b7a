//! The record of a call, made of the machine's summary and the legs' figures; and its draft, which stands for it
//! should the process die.

use call::{Direction, LegSummary, Origin, Party, Summary};
use model::{Cause, EndedBy, ExtensionId, Moment, PhoneNumber, TrailEntry, TrunkId};
use pbx::calls::{CallRecord, Decision, Fact, Leg, Quality};

use super::Driver;

impl Driver {
    pub(super) fn record_of(&self, summary: &Summary) -> CallRecord {
        let legs: Vec<Leg> = summary.legs.iter().map(|leg| self.leg_record(leg)).collect();
        CallRecord {
            id: self.id,
            tenant: self.tenant.id,
            direction: summary.direction,
            hotline: summary.hotline,
            trunk: trunk_of(summary),
            extension: extension_of(summary),
            caller_number: self.one_form(&summary.caller_number),
            caller_name: self.caller.1.clone(),
            callee_number: self.one_form(&summary.callee_number),
            started_at: self.wall_ms(summary.started),
            ringing_at: summary.ringing.map(|at| self.wall_ms(at)),
            answered_at: summary.answered.map(|at| self.wall_ms(at)),
            ended_at: self.wall_ms(summary.ended),
            cause: summary.cause,
            ended_by: summary.ended_by,
            legs,
            trail: summary.trail.iter().map(|entry| self.decision(entry)).collect(),
        }
    }

    /// What is known at the beginning, told as if the call had ended there.
    pub(super) fn draft(
        &self,
        direction: Direction,
        from: &str,
        to: &str,
        extension: Option<ExtensionId>,
    ) -> CallRecord {
        let started_at = self.anchor.started().as_millis();
        CallRecord {
            id: self.id,
            tenant: self.tenant.id,
            direction,
            hotline: None,
            trunk: None,
            extension,
            caller_number: self.one_form(from),
            caller_name: self.caller.1.clone(),
            callee_number: self.one_form(to),
            started_at,
            ringing_at: None,
            answered_at: None,
            ended_at: started_at,
            cause: Cause::Failed,
            ended_by: EndedBy::System,
            legs: Vec::new(),
            trail: Vec::new(),
        }
    }

    fn wall_ms(&self, at: Moment) -> i64 {
        self.anchor.wall(at).as_millis()
    }

    /// Extensions' numbers and what is no number at all stay as they are.
    fn one_form(&self, number: &str) -> String {
        if self.tenant.by_number(number).is_some() {
            return number.to_owned();
        }
        PhoneNumber::parse(number, &self.tenant.country).map_or_else(|| number.to_owned(), |parsed| parsed.to_string())
    }

    fn leg_record(&self, leg: &LegSummary) -> Leg {
        let (extension, trunk, number) = match &leg.party {
            Party::Extension { extension, .. } => {
                let number = self.tenant.extensions.get(extension).map(|e| e.number.clone()).unwrap_or_default();
                (Some(*extension), None, number)
            }
            Party::Trunk { trunk, number } => (None, Some(*trunk), self.one_form(number)),
        };
        Leg {
            leg: leg.leg.0,
            kind: leg.kind.as_str().to_owned(),
            extension,
            trunk,
            number,
            started_at: self.wall_ms(leg.started),
            ringing_at: leg.ringing.map(|at| self.wall_ms(at)),
            answered_at: leg.answered.map(|at| self.wall_ms(at)),
            ended_at: self.wall_ms(leg.ended),
            cause: leg.cause,
            quality: self.legs.get(&leg.leg).and_then(|leg| leg.quality).and_then(quality),
        }
    }

    fn decision(&self, entry: &TrailEntry) -> Decision {
        let facts = entry.facts.iter().map(|(name, value)| Fact { name: (*name).to_owned(), value: value.clone() });
        Decision {
            at: self.wall_ms(entry.at),
            step: entry.step.to_owned(),
            reason: entry.reason.clone(),
            facts: facts.collect(),
        }
    }
}

/// None for a leg that carried nothing.
fn quality(figures: media::Quality) -> Option<Quality> {
    let silent = figures.rx_packets == 0 && figures.tx_packets == 0;
    (!silent).then(|| Quality {
        codec: figures.codec.map(|codec| codec.name().to_owned()),
        rx_packets: figures.rx_packets,
        tx_packets: figures.tx_packets,
        lost: figures.lost,
        jitter_ms: figures.jitter_ms,
        rtt_ms: figures.rtt_ms,
        mos: figures.mos,
        foreign_packets: figures.foreign_packets,
    })
}

/// The carrier that brought the call, or by which it left.
fn trunk_of(summary: &Summary) -> Option<TrunkId> {
    let outgoing = || {
        let answered = summary.legs.iter().find(|leg| Some(leg.leg) == summary.callee_leg);
        answered.into_iter().chain(summary.legs.iter().rev()).find_map(|leg| match &leg.party {
            Party::Trunk { trunk, .. } => Some(*trunk),
            Party::Extension { .. } => None,
        })
    };
    match summary.origin {
        Origin::Trunk(trunk) => Some(trunk),
        Origin::Extension(_) => outgoing(),
    }
}

/// Our person: the caller, or who answered, or (when nobody did) the only one that rang.
fn extension_of(summary: &Summary) -> Option<ExtensionId> {
    let of_leg = |id| summary.legs.iter().find(|leg| leg.leg == id).and_then(|leg| leg.party.extension());
    match summary.origin {
        Origin::Extension(extension) => Some(extension),
        Origin::Trunk(_) => summary.callee_leg.and_then(of_leg).or_else(|| {
            let mut rang: Vec<ExtensionId> = summary.legs.iter().filter_map(|leg| leg.party.extension()).collect();
            rang.dedup();
            <[ExtensionId; 1]>::try_from(rang).ok().map(|[only]| only)
        }),
    }
}
