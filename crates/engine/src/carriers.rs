//! The ways to carriers: our registrations with them, the places on their trunks, and the INVITE each wants.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use model::leg::Dial;
use model::{Cause, Id, TrunkId};
use pbx::snapshot::{Snapshot, Tenant, Trunk};
use pbx::trunk::Kind;
use sip::locate::Server;
use sip::{Credentials, Distrust, Party, Registration, Stack, Target, Transport};

use crate::addresses::Addresses;

/// The expiry we ask a carrier's registrar for.
const EXPIRES_S: u32 = 600;

/// All carriers of all companies.
pub(crate) struct Carriers {
    stack: Stack,
    addresses: Addresses,
    bus: Bus,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// What each registration was last started with.
    registrations: BTreeMap<u64, (TrunkId, Registration)>,
    /// Calls that are up over each trunk; an entry lives as long as somebody holds a slot.
    calls: HashMap<TrunkId, Weak<()>>,
    /// What the carriers last said to our registrations.
    said: HashMap<TrunkId, Result<(), u16>>,
}

/// One call's place on a trunk; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Slot {
    _place: Arc<()>,
}

impl Known {
    /// `most` 0 sets no bound.
    fn slot(&mut self, trunk: TrunkId, most: i64) -> Option<Slot> {
        let entry = self.calls.entry(trunk).or_default();
        let place = entry.upgrade().unwrap_or_default();
        // The one held here is not a call's.
        let up = Arc::strong_count(&place) - 1;
        if most > 0 && i64::try_from(up).is_ok_and(|up| up >= most) {
            return None;
        }
        *entry = Arc::downgrade(&place);
        Some(Slot { _place: place })
    }

    fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
        // Each critical section replaces whole values.
        known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Carriers {
    pub(crate) fn new(stack: Stack, addresses: Addresses, bus: Bus) -> Self {
        Self { stack, addresses, bus, known: Mutex::default() }
    }

    /// Takes over a new configuration: looks up addresses that are new, starts, changes and ends registrations.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        let mut wanted = BTreeMap::new();
        let trunks = || snapshot.tenants().flat_map(|tenant| tenant.trunks.values());
        self.addresses.follow(trunks().filter(|trunk| trunk.enabled).map(server));
        for trunk in trunks() {
            if trunk.enabled && trunk.kind == Kind::Registration {
                wanted.insert(number_of(trunk.id), (trunk.id, registration(trunk)));
            }
        }
        let mut known = Known::lock(&self.known);
        for (gone, (trunk, _)) in known.registrations.iter().filter(|(id, _)| !wanted.contains_key(id)) {
            self.stack.register(*gone, None);
            self.bus.note_trunk(*trunk, |state| (state.registered, state.refusal) = (None, None));
        }
        for (id, entry) in &wanted {
            if known.registrations.get(id) != Some(entry) {
                self.stack.register(*id, Some(entry.1.clone()));
            }
        }
        known.said.retain(|trunk, _| wanted.values().any(|(kept, _)| kept == trunk));
        known.registrations = wanted;
    }

    /// A TLS connection to a carrier's server was opened, or given up.
    pub(crate) fn on_trusted(&self, snapshot: &Snapshot, host: &str, state: Result<(), Distrust>) {
        let trunks = snapshot.tenants().flat_map(|tenant| tenant.trunks.values());
        let fault = state.err().map(Distrust::as_str);
        for trunk in trunks.filter(|trunk| trunk.enabled && transport(trunk) == Transport::Tls) {
            if server(trunk).host.trim_end_matches('.').eq_ignore_ascii_case(host) {
                self.bus.note_trunk(trunk.id, |known| known.fault = fault);
            }
        }
    }

    /// How the trunk is right now.
    pub(crate) fn state(&self, trunk: TrunkId) -> bus::TrunkState {
        let known = Known::lock(&self.known);
        let said = known.said.get(&trunk);
        let calls = known.calls.get(&trunk).map_or(0, Weak::strong_count);
        bus::TrunkState { trunk, calls, registered: said.map(Result::is_ok), refused: said.and_then(|said| said.err()) }
    }

    pub(crate) fn on_registration(&self, id: u64, state: Result<Duration, u16>) {
        let mut known = Known::lock(&self.known);
        let Some((trunk, _)) = known.registrations.get(&id) else { return };
        let trunk = *trunk;
        known.said.insert(trunk, state.map(|_| ()));
        drop(known);
        match state {
            Ok(_) => tracing::info!(trunk.id = %trunk, "registered with the carrier"),
            Err(status) => tracing::warn!(trunk.id = %trunk, status, "the carrier refuses our registration"),
        }
        self.bus.note_trunk(trunk, |known| (known.registered, known.refusal) = (Some(state.is_ok()), state.err()));
        let registered = f64::from(u8::from(state.is_ok()));
        metrics::gauge!("alo_trunk_registered", "trunk" => trunk.to_string()).set(registered);
    }

    /// A place for one more call, none when the trunk carries as many as it may.
    pub(crate) fn slot(&self, trunk: &Trunk) -> Option<Slot> {
        Known::lock(&self.known).slot(trunk.id, trunk.max_calls)
    }

    /// The INVITE for a number behind a carrier.
    pub(crate) fn dial(
        &self,
        trunk: &Trunk,
        tenant: &Tenant,
        number: &str,
        dial: &Dial,
        max_forwards: Option<u8>,
        body: Bytes,
    ) -> Result<sip::Dial, Cause> {
        let server = server(trunk);
        let host = server.host.as_str();
        let to = self.addresses.of(&server);
        if to.is_empty() {
            return Err(Cause::Unavailable);
        }
        let shown = tenant.as_written(trunk.id, &dial.caller_number);
        let caller =
            |host: &str| Party { user: shown.clone(), host: host.to_owned(), display: dial.caller_name.clone() };
        let logs_in = trunk.kind == Kind::Registration;
        Ok(sip::Dial {
            target: Target::Uri { uri: trunk.uri(number), to, transport: transport(trunk) },
            // A carrier that gave us a login wants to see its own domain; one that knows our address wants ours.
            from: caller(if logs_in { host } else { &tenant.domain }),
            to: Some(Party { user: number.to_owned(), host: host.to_owned(), display: String::new() }),
            body,
            credentials: (!trunk.login.is_empty()).then(|| credentials(trunk)),
            asserted: Some(caller(&tenant.domain)),
            max_forwards,
            headers: Vec::new(),
        })
    }
}

/// The stack looks the registrar's name up by itself, at each refresh anew.
fn registration(trunk: &Trunk) -> Registration {
    Registration {
        registrar: format!("sip:{}", trunk.server),
        to: None,
        transport: transport(trunk),
        user: trunk.login.clone(),
        credentials: credentials(trunk),
        expires_s: EXPIRES_S,
    }
}

/// The carrier's server; its places are what its transport has them be.
pub(crate) fn server(trunk: &Trunk) -> Server {
    Server::parse(&trunk.server, Some(transport(trunk)))
}

fn credentials(trunk: &Trunk) -> Credentials {
    Credentials { user: trunk.login.clone(), password: trunk.password.clone().unwrap_or_default() }
}

fn transport(trunk: &Trunk) -> Transport {
    match trunk.transport {
        pbx::trunk::Transport::Udp => Transport::Udp,
        pbx::trunk::Transport::Tcp => Transport::Tcp,
        pbx::trunk::Transport::Tls => Transport::Tls,
    }
}

/// The SIP stack knows a registration by a number; the random part of the trunk's id serves.
pub(crate) fn number_of(trunk: TrunkId) -> u64 {
    trunk.bits() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_carries_no_more_calls_than_it_may_and_takes_the_next_when_one_ends() {
        let mut known = Known::default();
        let (full, free) = (TrunkId::from_bits(1), TrunkId::from_bits(2));
        let first = known.slot(full, 2).expect("a place");
        let _second = known.slot(full, 2).expect("a place");
        assert!(known.slot(full, 2).is_none());
        assert!(known.slot(free, 0).is_some());
        drop(first);
        assert!(known.slot(full, 2).is_some());
    }
}
