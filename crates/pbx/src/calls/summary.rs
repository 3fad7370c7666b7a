//! From what the call machine says at its end to what is kept. Durations come from the monotonic clock: the wall clock
//! gives the beginning only, so a jump of it makes no time negative.

use super::{CallRecord, Decision, Fact, Leg, Quality};
use crate::snapshot::Tenant;
use call::{Direction, LegKind, LegSummary, Origin, Party, Summary};
use model::{Cause, EndedBy, ExtensionId, LegId, Moment, PhoneNumber, Timestamp, TrunkId};

impl CallRecord {
    /// The record of a finished call. `started_at` is the wall clock's time of `summary.started`.
    pub fn from_summary(
        tenant: &Tenant,
        summary: &Summary,
        caller_name: &str,
        started_at: Timestamp,
        quality: &[(LegId, Quality)],
    ) -> CallRecord {
        let wall = |moment: Moment| started_at.as_millis() + millis(moment, summary.started);
        let legs: Vec<Leg> = summary.legs.iter().map(|leg| keep_leg(tenant, leg, &wall, quality)).collect();
        let callee = summary.callee_leg.and_then(|id| legs.iter().find(|leg| leg.leg == id.0));
        let hotline = summary.hotline.and_then(|id| tenant.hotlines.get(&id));
        let callee_number = match (summary.direction, hotline) {
            (Direction::Inbound, Some(hotline)) => hotline.number.clone(),
            (Direction::Inbound | Direction::Outbound | Direction::Internal, _) => {
                settled(tenant, &summary.callee_number)
            }
        };
        CallRecord {
            id: summary.id,
            tenant: tenant.id,
            direction: summary.direction,
            hotline: summary.hotline,
            trunk: trunk_of(summary.origin, &legs),
            extension: extension_of(summary, callee),
            caller_number: settled(tenant, &summary.caller_number),
            caller_name: caller_name.to_owned(),
            callee_number,
            started_at: started_at.as_millis(),
            ringing_at: summary.ringing.map(wall),
            answered_at: summary.answered.map(wall),
            ended_at: wall(summary.ended),
            cause: summary.cause,
            ended_by: summary.ended_by,
            queue: summary.visits.last().map(|visit| visit.queue),
            queue_wait_ms: summary.visits.last().map(|visit| millis(visit.left, visit.joined)),
            trail: summary.trail.iter().map(|entry| keep_decision(tenant, entry, &wall)).collect(),
            legs,
        }
    }
}

impl CallRecord {
    /// Makes a draft the record of a call that was cut off at `at`, milliseconds since 1970: what was up until the draft
    /// was made was up until then.
    pub fn cut_off(&mut self, at: i64, cause: Cause, reason: &str) {
        let drafted_at = std::mem::replace(&mut self.ended_at, at);
        self.cause = cause;
        self.ended_by = EndedBy::System;
        for leg in self.legs.iter_mut().filter(|leg| leg.cause == Cause::Failed && leg.ended_at == drafted_at) {
            leg.ended_at = at;
            leg.cause = cause;
        }
        let facts = vec![Fact { name: "cause".to_owned(), value: cause.as_str().to_owned() }];
        self.trail.push(Decision { at, step: "end".to_owned(), reason: reason.to_owned(), facts });
    }
}

fn millis(moment: Moment, start: Moment) -> i64 {
    i64::try_from(moment.since(start).as_millis()).unwrap_or(i64::MAX)
}

/// The form numbers are found by: E.164 for public ones, as dialled for all others.
fn settled(tenant: &Tenant, number: &str) -> String {
    if tenant.numbers.contains_key(number) {
        return number.to_owned();
    }
    PhoneNumber::parse(number, &tenant.country).map_or_else(|| number.to_owned(), |number| number.to_string())
}

fn trunk_of(origin: Origin, legs: &[Leg]) -> Option<TrunkId> {
    match origin {
        Origin::Trunk(trunk) => Some(trunk),
        // The carrier that answered, else the last one tried.
        Origin::Extension(_) | Origin::Hotline(_) => {
            let answered = legs.iter().filter(|leg| leg.answered_at.is_some()).find_map(|leg| leg.trunk);
            answered.or_else(|| legs.iter().rev().find_map(|leg| leg.trunk))
        }
    }
}

fn extension_of(summary: &Summary, callee: Option<&Leg>) -> Option<ExtensionId> {
    match summary.origin {
        Origin::Extension(extension) => Some(extension),
        Origin::Trunk(_) | Origin::Hotline(_) => callee.and_then(|leg| leg.extension),
    }
}

fn keep_leg(tenant: &Tenant, leg: &LegSummary, wall: &dyn Fn(Moment) -> i64, quality: &[(LegId, Quality)]) -> Leg {
    let (extension, trunk, number) = match &leg.party {
        Party::Extension { extension, .. } => {
            let number = tenant.extensions.get(extension).map(|found| found.number.clone());
            (Some(*extension), None, number.unwrap_or_default())
        }
        Party::Trunk { trunk, number } => (None, Some(*trunk), settled(tenant, number)),
    };
    Leg {
        leg: leg.leg.0,
        kind: match leg.kind {
            LegKind::In => "in".to_owned(),
            LegKind::Out => "out".to_owned(),
        },
        extension,
        trunk,
        number,
        started_at: wall(leg.started),
        ringing_at: leg.ringing.map(wall),
        answered_at: leg.answered.map(wall),
        ended_at: wall(leg.ended),
        cause: leg.cause,
        quality: quality.iter().find(|(id, _)| *id == leg.leg).map(|(_, quality)| quality.clone()),
    }
}

fn keep_decision(tenant: &Tenant, entry: &model::TrailEntry, wall: &dyn Fn(Moment) -> i64) -> Decision {
    let fact = |(name, value): &(&'static str, String)| Fact { name: (*name).to_owned(), value: named(tenant, value) };
    Decision {
        at: wall(entry.at),
        step: entry.step.to_owned(),
        reason: entry.reason.clone(),
        facts: entry.facts.iter().map(fact).collect(),
    }
}

/// What people call a thing: the number of an extension or a hotline, the name of a group or a trunk. Everything else
/// stays as it is.
fn named(tenant: &Tenant, value: &str) -> String {
    let known = match value.split_once('_').map(|(kind, _)| kind) {
        Some("ext") => value.parse().ok().and_then(|id| tenant.extensions.get(&id)).map(|one| &one.number),
        Some("hot") => value.parse().ok().and_then(|id| tenant.hotlines.get(&id)).map(|one| &one.number),
        Some("trk") => value.parse().ok().and_then(|id| tenant.trunks.get(&id)).map(|one| &one.name),
        Some("que") => value.parse().ok().and_then(|id| tenant.queues.get(&id)).map(|one| &one.name),
        Some("grp") => value.parse().ok().and_then(|id| tenant.groups.get(&id)).map(|one| &one.name),
        _ => None,
    };
    known.cloned().unwrap_or_else(|| value.to_owned())
}
