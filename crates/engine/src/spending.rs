//! How much is called to the outside: what a stolen password can cost is bounded by the figures of `pbx::limits`. Counted
//! by company and by extension; calls at once, calls begun in a minute, minutes of talk in 24 hours.
//!
//! An extension that begins more calls in a minute than it may is kept from calling out for [`PENALTY`]; a company is not,
//! since one thief must not silence a house. Stepped by [`Moment`]. See docs/specs/security.md.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{CallId, ExtensionId, Moment, TenantId};
use pbx::calls::Talked;
use pbx::limits::Limits;
use pbx::snapshot::Snapshot;

use crate::clock::Clock;

/// How long an extension that called too often may not call out.
pub(crate) const PENALTY: Duration = Duration::from_secs(600);
const MINUTE: Duration = Duration::from_secs(60);
const HOURS: usize = 24;
const HOUR_MS: u64 = 3_600_000;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Owner {
    Company(TenantId),
    Extension(ExtensionId),
}

/// Which bound was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Calls at once.
    Calls,
    /// Minutes in 24 hours.
    Minutes,
    /// Calls begun in a minute; or it was, a moment ago.
    Rate,
}

/// Why a call may not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) bound: Bound,
    /// Whether the bound is the extension's own.
    pub(crate) own: bool,
    /// The figure.
    pub(crate) most: i64,
}

impl Bound {
    /// The setting's name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Bound::Calls => "outbound_calls",
            Bound::Minutes => "outbound_minutes_per_day",
            Bound::Rate => "outbound_calls_per_minute",
        }
    }
}

impl Exceeded {
    /// A sentence for the call's trail.
    pub(crate) fn reason(&self) -> String {
        let whose = if self.own { "The extension" } else { "The company" };
        let most = self.most;
        match self.bound {
            Bound::Calls => format!("{whose} has {most} calls to the outside already, as many as it may at once."),
            Bound::Minutes => format!("{whose} has used up its {most} minutes to the outside of 24 hours."),
            Bound::Rate => {
                format!("{whose} began more than {most} calls to the outside in a minute and has to wait.")
            }
        }
    }
}

/// What one owner has used.
#[derive(Debug, Default)]
struct Usage {
    calls: HashMap<CallId, Option<Moment>>,
    /// Calls begun in the present minute and in the one before.
    minute: u64,
    begun: [u64; 2],
    /// Milliseconds talked, by hour of the last 24.
    hour: u64,
    talked_ms: [u64; HOURS],
    blocked_until: Moment,
    /// The limits it was blocked by: who changes them has looked, and forgives.
    blocked_by: Option<Limits>,
}

impl Usage {
    /// Lets the windows move on to `now`.
    fn settle(&mut self, now: Moment) {
        let minute = millis(now) / MINUTE.as_millis() as u64;
        match minute.saturating_sub(self.minute) {
            0 => {}
            1 => self.begun = [0, self.begun[0]],
            _ => self.begun = [0, 0],
        }
        self.minute = minute.max(self.minute);
        let hour = millis(now) / HOUR_MS;
        for gone in self.hour + 1..=hour.min(self.hour + HOURS as u64) {
            self.talked_ms[gone as usize % HOURS] = 0;
        }
        self.hour = hour.max(self.hour);
    }

    /// Calls begun in the last 60 s, those of the minute before counted by how much of it is within.
    fn lately(&self, now: Moment) -> u64 {
        let minute = MINUTE.as_millis() as u64;
        let left = minute - millis(now) % minute;
        self.begun[0] + (self.begun[1] * left).div_ceil(minute)
    }

    /// Milliseconds talked in the last 24 hours, calls that are up included.
    fn talked_ms(&self, now: Moment) -> u64 {
        let up = self.calls.values().flatten().map(|since| now.since(*since).as_millis() as u64);
        self.talked_ms.iter().sum::<u64>() + up.sum::<u64>()
    }

    fn minutes_are_used_up(&self, limits: &Limits, now: Moment) -> bool {
        let most = u64::try_from(limits.outbound_minutes_per_day).unwrap_or(0).saturating_mul(60_000);
        most > 0 && self.talked_ms(now) >= most
    }

    fn exceeds(&self, limits: &Limits, now: Moment) -> Option<(Bound, i64)> {
        let reached = |used: u64, most: i64| most > 0 && i64::try_from(used).is_ok_and(|used| used >= most);
        let rate = limits.outbound_calls_per_minute;
        if self.blocked_until > now || reached(self.lately(now), rate) {
            return Some((Bound::Rate, rate));
        }
        if reached(self.calls.len() as u64, limits.outbound_calls) {
            return Some((Bound::Calls, limits.outbound_calls));
        }
        self.minutes_are_used_up(limits, now).then_some((Bound::Minutes, limits.outbound_minutes_per_day))
    }

    fn is_worth_keeping(&self, now: Moment) -> bool {
        !self.calls.is_empty() || self.blocked_until > now || self.lately(now) > 0 || self.talked_ms(now) > 0
    }
}

fn millis(moment: Moment) -> u64 {
    moment.as_nanos() / 1_000_000
}

/// The counts of all companies; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Spending {
    usage: Arc<Mutex<HashMap<Owner, Usage>>>,
}

/// Who begins a call to the outside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spender<'a> {
    pub(crate) company: TenantId,
    pub(crate) company_limits: &'a Limits,
    /// The extension with its own limits; none when the house itself calls.
    pub(crate) extension: Option<(ExtensionId, &'a Limits)>,
}

/// One call to the outside; dropping it frees its place and keeps what was talked.
pub(crate) struct Expense {
    spending: Spending,
    clock: Clock,
    owners: Vec<Owner>,
    call: CallId,
}

impl Spending {
    fn usage(&self) -> MutexGuard<'_, HashMap<Owner, Usage>> {
        // Each critical section leaves whole values.
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a call to the outside.
    pub(crate) fn admit(&self, clock: Clock, call: CallId, who: Spender<'_>) -> Result<Expense, Exceeded> {
        let owners = self.enter(clock.now(), call, who)?;
        Ok(Expense { spending: self.clone(), clock, owners, call })
    }

    fn enter(&self, now: Moment, call: CallId, who: Spender<'_>) -> Result<Vec<Owner>, Exceeded> {
        let own = who.extension.map(|(extension, limits)| (Owner::Extension(extension), limits));
        let bounds: Vec<_> = own.into_iter().chain([(Owner::Company(who.company), who.company_limits)]).collect();
        let mut usage = self.usage();
        for (owner, limits) in bounds.iter().copied() {
            let used = usage.entry(owner).or_default();
            used.settle(now);
            if let Some((bound, most)) = used.exceeds(limits, now) {
                let own = matches!(owner, Owner::Extension(_));
                if own && bound == Bound::Rate && used.blocked_until <= now {
                    used.blocked_until = now + PENALTY;
                    used.blocked_by = Some(limits.clone());
                }
                return Err(Exceeded { bound, own, most });
            }
        }
        let owners: Vec<Owner> = bounds.into_iter().map(|(owner, _)| owner).collect();
        for owner in &owners {
            let used = usage.entry(*owner).or_default();
            used.begun[0] += 1;
            used.calls.insert(call, None);
        }
        Ok(owners)
    }

    fn answered(&self, now: Moment, owners: &[Owner], call: CallId) {
        let mut usage = self.usage();
        for owner in owners {
            if let Some(since) = usage.get_mut(owner).and_then(|used| used.calls.get_mut(&call)) {
                since.get_or_insert(now);
            }
        }
    }

    fn leave(&self, now: Moment, owners: &[Owner], call: CallId) {
        let mut usage = self.usage();
        for owner in owners {
            let Some(used) = usage.get_mut(owner) else { continue };
            used.settle(now);
            if let Some(since) = used.calls.remove(&call).flatten() {
                let hour = used.hour as usize % HOURS;
                used.talked_ms[hour] += now.since(since).as_millis() as u64;
            }
        }
    }

    /// Takes over what was talked before this process began: so long, in the hour that lies so many hours back.
    pub(crate) fn recall(&self, now: Moment, company: TenantId, talked: &Talked) {
        let owners = talked.extension.map(Owner::Extension).into_iter().chain([Owner::Company(company)]);
        let mut usage = self.usage();
        for owner in owners {
            let used = usage.entry(owner).or_default();
            used.settle(now);
            let ago = talked.hours_ago.min(HOURS as u64 - 1);
            let hour = (used.hour + HOURS as u64 - ago) as usize % HOURS;
            used.talked_ms[hour] = used.talked_ms[hour].saturating_add(talked.talk_ms);
        }
    }

    /// Takes over a new configuration: who was kept from calling out, and whose limits were changed, may call again.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        for (owner, used) in self.usage().iter_mut() {
            let Owner::Extension(id) = owner else { continue };
            let limits = snapshot.extension(*id).map(|(_, extension)| &extension.limits);
            if used.blocked_by.as_ref().is_some_and(|blocked_by| limits != Some(blocked_by)) {
                used.blocked_until = Moment::START;
                used.blocked_by = None;
                used.begun = [0, 0];
            }
        }
    }

    /// The calls that have lasted beyond the minutes of their extension or company. Forgets who used nothing lately.
    pub(crate) fn overdue(&self, now: Moment, snapshot: &Snapshot) -> Vec<(TenantId, CallId, Exceeded)> {
        let mut usage = self.usage();
        usage.retain(|_, used| {
            used.settle(now);
            used.is_worth_keeping(now)
        });
        let mut found = Vec::new();
        for (owner, used) in usage.iter().filter(|(_, used)| !used.calls.is_empty()) {
            let known = match owner {
                Owner::Company(id) => snapshot.tenant(id).map(|tenant| (tenant.id, &tenant.limits, false)),
                Owner::Extension(id) => snapshot.extension(*id).map(|(tenant, one)| (tenant.id, &one.limits, true)),
            };
            let Some((tenant, limits, own)) = known else { continue };
            if used.minutes_are_used_up(limits, now) {
                let exceeded = Exceeded { bound: Bound::Minutes, own, most: limits.outbound_minutes_per_day };
                found.extend(used.calls.keys().map(|call| (tenant, *call, exceeded)));
            }
        }
        found
    }
}

impl Expense {
    /// The far side answered: from now on it costs.
    pub(crate) fn answered(&self) {
        self.spending.answered(self.clock.now(), &self.owners, self.call);
    }
}

impl Drop for Expense {
    fn drop(&mut self) {
        self.spending.leave(self.clock.now(), &self.owners, self.call);
    }
}

#[cfg(test)]
mod tests;
