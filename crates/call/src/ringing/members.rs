//! A ring group: who rings together or in turn, when each joins, and when each has rung for long enough.

use super::{Purpose, Ringing, Wave, bounded};
use crate::machine::{Call, Stage};
use crate::timers::Timer;
use crate::{Question, RingMember, RingPlan, RingsAs, Strategy};
use model::{LegId, TrailEntry};
use std::time::Duration;

impl Call {
    /// A group rings. The caller's own extension is left out: it is on the phone.
    pub(crate) fn ring_group(&mut self, purpose: Purpose, plan: RingPlan) {
        let mut members: Vec<RingMember> = Vec::with_capacity(plan.members.len());
        for member in plan.members {
            let known = members.iter().any(|one| one.extension == member.extension);
            if !known && self.who.extension() != Some(member.extension) {
                members.push(member);
            }
        }
        let together = matches!(plan.strategy, Strategy::Simultaneous | Strategy::Enterprise);
        let ahead = match together {
            true => [Wave::Phones(members)].into(),
            false => members.into_iter().map(|member| Wave::Phones(vec![member])).collect(),
        };
        self.stage = Stage::Ringing(Ringing {
            own_clocks: plan.strategy != Strategy::Simultaneous,
            rings_as: if plan.strategy == Strategy::Rollover { RingsAs::IdleMember } else { RingsAs::Member },
            otherwise: plan.otherwise,
            ..Ringing::new(purpose, ahead, plan.ring_for)
        });
        self.next_wave();
    }

    /// The members of a wave take their places; those without a delay ring.
    pub(super) fn gather(&mut self, members: Vec<RingMember>) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.later.clear();
        let mut first = Vec::with_capacity(members.len());
        for (place, member) in (0u16..).zip(&members) {
            if member.delay == Duration::ZERO {
                first.push(place);
            } else {
                ringing.later.push(place);
                self.timers.set(Timer::Join(place), self.now + member.delay);
            }
        }
        ringing.members = members;
        for place in first {
            self.locate(place);
        }
    }

    /// A member's time to join has come.
    pub(crate) fn member_joins(&mut self, place: u16) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let Some(waits) = ringing.later.iter().position(|later| *later == place) else { return };
        ringing.later.swap_remove(waits);
        self.locate(place);
        self.go_on();
    }

    /// Nobody rings any more: the next to join does so now. False when there is none.
    pub(super) fn next_joins(&mut self) -> bool {
        let Stage::Ringing(ringing) = &mut self.stage else { return false };
        let delay = |place: &u16| ringing.members.get(usize::from(*place)).map(|member| member.delay);
        let Some(soonest) = ringing.later.iter().filter_map(delay).min() else { return false };
        let (now, later): (Vec<u16>, Vec<u16>) =
            ringing.later.iter().copied().partition(|place| delay(place) == Some(soonest));
        ringing.later = later;
        for place in now {
            self.timers.clear(Timer::Join(place));
            self.locate(place);
        }
        true
    }

    fn locate(&mut self, place: u16) {
        let Stage::Ringing(ringing) = &self.stage else { return };
        let Some(member) = ringing.members.get(usize::from(place)) else { return };
        let (extension, rings_as) = (member.extension, ringing.rings_as);
        let ticket = self.ask(Question::Locate { extension, rings_as });
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.locating.push((ticket, extension));
    }

    /// The phones of a member begin to ring: its own clock starts, where it has one.
    pub(super) fn start_clock(&mut self, extension: model::ExtensionId) {
        let Stage::Ringing(ringing) = &self.stage else { return };
        let Some(place) = ringing.members.iter().position(|member| member.extension == extension) else { return };
        let own = ringing.members[place].ring_for.map(bounded);
        let time = if ringing.own_clocks { Some(own.unwrap_or(ringing.ring_for)) } else { own };
        if let (Some(time), Ok(place)) = (time, u16::try_from(place)) {
            self.timers.set(Timer::Leave(place), self.now + time);
        }
    }

    /// A member has rung for as long as it may.
    pub(crate) fn member_leaves(&mut self, place: u16) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let Some(extension) = ringing.members.get(usize::from(place)).map(|member| member.extension) else { return };
        let legs = &self.legs;
        let theirs = |id: &LegId| legs.get(*id).and_then(|leg| leg.party.extension()) == Some(extension);
        let (stop, keep): (Vec<LegId>, Vec<LegId>) = std::mem::take(&mut ringing.legs).into_iter().partition(theirs);
        ringing.legs = keep;
        if stop.is_empty() {
            return;
        }
        let entry = TrailEntry::new(self.now, "ring_timeout", "The extension rang for as long as it may.");
        self.keep(entry.fact("extension", extension).fact("legs", stop.len()));
        for id in stop {
            let cause = self.legs.get(id).map_or(model::Cause::NoAnswer, |leg| leg.cause_of_silence());
            self.give_leg_up(id, cause);
        }
        self.go_on();
    }
}
