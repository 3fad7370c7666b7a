//! Which carriers are there: each is asked by OPTIONS now and then. One that does not answer twice in a row is away: it
//! is called last, and the world is told. See docs/specs/trunks.md.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bus::Bus;
use call::TrunkStep;
use model::{Moment, TenantId, TrunkId};
use pbx::snapshot::{Snapshot, Trunk};
use serde_json::json;
use sip::locate::Server;
use sip::{Probe, Stack};
use tokio::task::JoinHandle;

use crate::addresses::Addresses;
use crate::alerts::{Alert, Alerts};
use crate::carriers::{number_of, server};
use crate::clock::Clock;

/// How soon after an answer that did not come it is asked again.
const AGAIN: Duration = Duration::from_secs(1);
/// Answers that did not come, in a row, until it is away.
const MISSES: u32 = 2;
/// How long an answer may take at most.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long an answer may be on its way: longer than the stack waits.
const LOST: Duration = Duration::from_secs(10);
/// How often it is looked who is to be asked.
const TICK: Duration = Duration::from_secs(1);

/// How often carriers are asked.
#[derive(Debug, Clone, Copy)]
struct Pace {
    while_up: Duration,
    while_down: Duration,
    patience: Duration,
}

impl Pace {
    /// One that is there is asked this often.
    fn of(every: Duration) -> Pace {
        Pace { while_up: every, while_down: every * 3 / 2, patience: every.min(PATIENCE) }
    }
}

/// What is known of one carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pulse {
    tenant: TenantId,
    trunk: TrunkId,
    name: String,
    server: Server,
    uri: String,
    /// The place that was asked last, and how many there are.
    asked: Option<SocketAddr>,
    places: u32,
    up: Option<bool>,
    misses: u32,
    due: Moment,
}

impl Pulse {
    /// Notes whether it answered; tells the new state when it changed.
    fn heard(&mut self, now: Moment, alive: bool, pace: Pace) -> Option<bool> {
        self.misses = if alive { 0 } else { self.misses.saturating_add(1) };
        let up = match (alive, self.up) {
            (true, _) => Some(true),
            (false, _) if self.misses >= MISSES.max(self.places) => Some(false),
            (false, before) => before,
        };
        let pause = match up {
            _ if !alive && up != Some(false) => AGAIN,
            Some(false) => pace.while_down,
            Some(true) | None => pace.while_up,
        };
        self.due = now + pause;
        let changed = up != self.up;
        self.up = up;
        up.filter(|_| changed)
    }
}

/// All carriers that are asked.
pub(crate) struct Health {
    pulses: Mutex<BTreeMap<u64, Pulse>>,
    pace: Pace,
    stack: Stack,
    addresses: Addresses,
    bus: Bus,
    alerts: Alerts,
    clock: Clock,
}

impl Health {
    pub(crate) fn new(
        every: Duration,
        stack: Stack,
        addresses: Addresses,
        bus: Bus,
        alerts: Alerts,
        clock: Clock,
    ) -> Health {
        Health { pulses: Mutex::default(), pace: Pace::of(every), stack, addresses, bus, alerts, clock }
    }

    fn pulses(&self) -> MutexGuard<'_, BTreeMap<u64, Pulse>> {
        // Each critical section replaces whole values.
        self.pulses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over a new configuration; carriers that did not change keep what is known of them.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        let now = self.clock.now();
        let mut pulses = self.pulses();
        let mut known = std::mem::take(&mut *pulses);
        for tenant in snapshot.tenants() {
            for trunk in tenant.trunks.values().filter(|trunk| trunk.enabled && trunk.probe) {
                let mut pulse = pulse(tenant.id, trunk, now);
                if let Some(old) = known.remove(&number_of(trunk.id)).filter(|old| is_same(old, &pulse)) {
                    pulse = Pulse { name: pulse.name, ..old };
                }
                pulses.insert(number_of(trunk.id), pulse);
            }
        }
        for gone in known.into_values().filter(|gone| !pulses.contains_key(&number_of(gone.trunk))) {
            self.bus.note_trunk(gone.trunk, |state| state.reachable = None);
            metrics::gauge!("alo_trunk_up", "trunk" => gone.trunk.to_string()).set(0.0);
        }
    }

    /// Starts the task that asks.
    pub(crate) fn watch(self: &Arc<Self>) -> JoinHandle<()> {
        let health = self.clone();
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(TICK);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                health.ask();
            }
        })
    }

    fn ask(&self) {
        let now = self.clock.now();
        for (id, pulse) in self.pulses().iter_mut().filter(|(_, pulse)| pulse.due <= now) {
            pulse.due = now + LOST;
            // A name that is not known yet is looked up all the time; it will be there next time.
            let places = self.addresses.of(&pulse.server);
            let Some(hop) = places.first() else { continue };
            pulse.asked = Some(hop.address);
            pulse.places = u32::try_from(places.len()).unwrap_or(u32::MAX);
            let (uri, patience) = (pulse.uri.clone(), self.pace.patience);
            self.stack.probe(*id, Probe { uri, to: hop.address, transport: hop.transport, patience });
        }
    }

    /// A carrier answered, or did not.
    pub(crate) fn on_probed(&self, id: u64, status: u16) {
        let now = self.clock.now();
        let mut pulses = self.pulses();
        let Some(pulse) = pulses.get_mut(&id) else { return };
        // Whatever it says, it is there, unless it says that it cannot serve anybody.
        let alive = !matches!(status, 408 | 503);
        if let Some(place) = pulse.asked {
            self.addresses.heard(place, alive);
        }
        let Some(up) = pulse.heard(now, alive, self.pace) else { return };
        let (tenant, trunk, name) = (pulse.tenant, pulse.trunk, pulse.name.clone());
        drop(pulses);
        let at = store::now();
        metrics::gauge!("alo_trunk_up", "trunk" => trunk.to_string()).set(f64::from(u8::from(up)));
        self.bus.note_trunk(trunk, |state| {
            state.reachable = Some(up);
            state.since = Some(at);
        });
        if up {
            tracing::info!(trunk.id = %trunk, name, "the carrier is there");
        } else {
            tracing::warn!(trunk.id = %trunk, name, status, "the carrier does not answer; others are called first");
        }
        let kind = if up { "trunk.up" } else { "trunk.down" };
        let data = json!({ "id": trunk.to_string(), "name": name, "status": status });
        self.alerts.raise(Alert { tenant, kind, subject: format!("{trunk} {up}"), data });
    }

    /// Puts carriers that are away behind the others; tells which those are.
    pub(crate) fn order(&self, steps: &mut [TrunkStep]) -> Vec<TrunkId> {
        let pulses = self.pulses();
        let is_away = |step: &TrunkStep| pulses.get(&number_of(step.trunk)).is_some_and(|p| p.up == Some(false));
        steps.sort_by_key(is_away);
        steps.iter().filter(|step| is_away(step)).map(|step| step.trunk).collect()
    }
}

fn pulse(tenant: TenantId, trunk: &Trunk, now: Moment) -> Pulse {
    Pulse {
        tenant,
        trunk: trunk.id,
        name: trunk.name.clone(),
        server: server(trunk),
        uri: trunk.home(),
        asked: None,
        places: 1,
        up: None,
        misses: 0,
        due: now,
    }
}

fn is_same(old: &Pulse, new: &Pulse) -> bool {
    old.trunk == new.trunk && old.server == new.server && old.uri == new.uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    fn fresh() -> Pulse {
        Pulse {
            tenant: TenantId::from_bits(1),
            trunk: TrunkId::from_bits(2),
            name: "A".into(),
            server: Server::parse("192.0.2.1", Some(sip::Transport::Udp)),
            uri: "sip:192.0.2.1".into(),
            asked: None,
            places: 1,
            up: None,
            misses: 0,
            due: Moment::START,
        }
    }

    /// The usual.
    fn usual() -> Pace {
        Pace::of(Duration::from_secs(10))
    }

    #[test]
    fn one_answer_that_is_lost_says_nothing_two_do_and_one_answer_brings_it_back() {
        let (mut pulse, now) = (fresh(), Moment::from_millis(60_000));
        let mut heard = |alive| (pulse.heard(now, alive, usual()), pulse.due.since(now));
        assert_eq!(heard(true), (Some(true), Duration::from_secs(10)));
        assert_eq!(heard(true).0, None, "nothing new");
        assert_eq!(heard(false), (None, AGAIN), "asked again at once");
        assert_eq!(heard(true).0, None, "it was a lost message");
        assert_eq!((heard(false).0, heard(false)), (None, (Some(false), Duration::from_secs(15))));
        assert_eq!((heard(false).0, heard(true).0), (None, Some(true)));
    }

    #[test]
    fn a_carrier_of_three_places_is_away_when_none_of_them_answered() {
        let (mut pulse, now) = (Pulse { places: 3, ..fresh() }, Moment::from_millis(60_000));
        assert_eq!((pulse.heard(now, false, usual()), pulse.heard(now, false, usual())), (None, None));
        assert_eq!(pulse.heard(now, false, usual()), Some(false));
    }

    #[test]
    fn the_promised_times_hold() {
        let Pace { while_up, while_down, patience } = usual();
        let down = while_up + TICK + patience + AGAIN + TICK + patience;
        let back = while_down + TICK + patience;
        assert!(down <= Duration::from_secs(30) && back <= Duration::from_secs(60), "{down:?} {back:?}");
    }
}
