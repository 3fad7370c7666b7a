//! The ways to carriers: their addresses, looked up ahead of calls, and our registrations with them.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use model::leg::Dial;
use model::{Cause, Id, TrunkId};
use pbx::snapshot::{Snapshot, Tenant, Trunk};
use pbx::trunk::Kind;
use sip::{Credentials, Party, Registration, Stack, Target, Transport};

/// How long a looked-up address is used before it is looked up again.
const FRESH: Duration = Duration::from_secs(60);
/// The expiry we ask a carrier's registrar for.
const EXPIRES_S: u32 = 600;

/// All carriers of all companies.
pub(crate) struct Carriers {
    stack: Stack,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// `host:port` → address; none while it cannot be found.
    addresses: HashMap<String, Option<SocketAddr>>,
    /// What each registration was last started with.
    registrations: BTreeMap<u64, (TrunkId, Registration)>,
    states: BTreeMap<TrunkId, Result<Duration, u16>>,
    /// Calls that are up over each trunk; an entry lives as long as somebody holds a slot.
    calls: HashMap<TrunkId, Weak<()>>,
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
    pub(crate) fn new(stack: Stack) -> Self {
        let known = Arc::default();
        Self { stack, known }
    }

    /// Takes over a new configuration: looks up addresses that are new, starts, changes and ends registrations.
    pub(crate) fn follow(&self, snapshot: &Snapshot) {
        let mut wanted = BTreeMap::new();
        for tenant in snapshot.tenants() {
            for trunk in tenant.trunks.values() {
                self.look_up(&with_port(&trunk.server));
                if trunk.enabled && trunk.kind == Kind::Registration {
                    wanted.insert(number_of(trunk.id), (trunk.id, self.registration(trunk)));
                }
            }
        }
        let mut known = Known::lock(&self.known);
        for gone in known.registrations.keys().filter(|id| !wanted.contains_key(id)) {
            self.stack.register(*gone, None);
        }
        for (id, entry) in &wanted {
            if known.registrations.get(id) != Some(entry) {
                self.stack.register(*id, Some(entry.1.clone()));
            }
        }
        known.registrations = wanted;
    }

    fn registration(&self, trunk: &Trunk) -> Registration {
        Registration {
            registrar: format!("sip:{}", trunk.server),
            to: self.address(&trunk.server),
            transport: transport(trunk),
            user: trunk.login.clone(),
            credentials: credentials(trunk),
            expires_s: EXPIRES_S,
        }
    }

    pub(crate) fn on_registration(&self, id: u64, state: Result<Duration, u16>) {
        let mut known = Known::lock(&self.known);
        let Some((trunk, _)) = known.registrations.get(&id) else { return };
        let trunk = *trunk;
        match state {
            Ok(_) => tracing::info!(trunk.id = %trunk, "registered with the carrier"),
            Err(status) => tracing::warn!(trunk.id = %trunk, status, "the carrier refuses our registration"),
        }
        known.states.insert(trunk, state);
    }

    /// A place for one more call, none when the trunk carries as many as it may.
    pub(crate) fn slot(&self, trunk: &Trunk) -> Option<Slot> {
        Known::lock(&self.known).slot(trunk.id, trunk.max_calls)
    }

    fn address(&self, server: &str) -> Option<SocketAddr> {
        let server = with_port(server);
        server.parse().ok().or_else(|| Known::lock(&self.known).addresses.get(&server).copied().flatten())
    }

    /// Keeps the address of a host name fresh for as long as the engine lives; a written address needs nothing.
    fn look_up(&self, server: &str) {
        if server.parse::<SocketAddr>().is_ok() {
            return;
        }
        let first = Known::lock(&self.known).addresses.insert(server.to_owned(), None).is_none();
        if !first {
            return;
        }
        let (known, server) = (Arc::downgrade(&self.known), server.to_owned());
        tokio::spawn(async move {
            while known.strong_count() > 0 {
                let found = tokio::net::lookup_host(&server).await;
                let Some(known) = known.upgrade() else { return };
                match found.map(|mut addresses| addresses.next()) {
                    Ok(Some(address)) => {
                        Known::lock(&known).addresses.insert(server.clone(), Some(address));
                    }
                    // An address that was good stays in use while the resolver is away.
                    Ok(None) | Err(_) => tracing::warn!(server, "the carrier's host name cannot be looked up"),
                }
                drop(known);
                tokio::time::sleep(FRESH).await;
            }
        });
    }

    /// The INVITE for a number behind a carrier.
    pub(crate) fn dial(
        &self,
        trunk: &Trunk,
        tenant: &Tenant,
        number: &str,
        dial: &Dial,
        body: Bytes,
    ) -> Result<sip::Dial, Cause> {
        let to = self.address(&trunk.server).ok_or(Cause::Unavailable)?;
        let shown = tenant.as_written(trunk.id, &dial.caller_number);
        let caller =
            |host: &str| Party { user: shown.clone(), host: host.to_owned(), display: dial.caller_name.clone() };
        let host = trunk.server.split(':').next().unwrap_or_default();
        let logs_in = trunk.kind == Kind::Registration;
        Ok(sip::Dial {
            target: Target::Uri { uri: trunk.uri(number), to: Some(to), transport: transport(trunk) },
            // A carrier that gave us a login wants to see its own domain; one that knows our address wants ours.
            from: caller(if logs_in { host } else { &tenant.domain }),
            to: Some(Party { user: number.to_owned(), host: host.to_owned(), display: String::new() }),
            body,
            credentials: (!trunk.login.is_empty()).then(|| credentials(trunk)),
            asserted: Some(caller(&tenant.domain)),
            headers: Vec::new(),
        })
    }
}

fn with_port(server: &str) -> String {
    match server.parse::<std::net::IpAddr>() {
        Ok(ip) => SocketAddr::new(ip, 5060).to_string(),
        Err(_) if server.contains(':') => server.to_owned(),
        Err(_) => format!("{server}:5060"),
    }
}

fn credentials(trunk: &Trunk) -> Credentials {
    Credentials { user: trunk.login.clone(), password: trunk.password.clone().unwrap_or_default() }
}

fn transport(trunk: &Trunk) -> Transport {
    match trunk.transport {
        pbx::trunk::Transport::Udp => Transport::Udp,
        pbx::trunk::Transport::Tcp => Transport::Tcp,
    }
}

/// The SIP stack knows a registration by a number; the random part of the trunk's id serves.
fn number_of(trunk: TrunkId) -> u64 {
    trunk.bits() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_port_means_5060() {
        assert_eq!(with_port("203.0.113.7"), "203.0.113.7:5060");
        assert_eq!(with_port("203.0.113.7:5080"), "203.0.113.7:5080");
        assert_eq!(with_port("2001:db8::1"), "[2001:db8::1]:5060");
        assert_eq!(with_port("sip.carrier.example"), "sip.carrier.example:5060");
        assert_eq!(with_port("sip.carrier.example:5070"), "sip.carrier.example:5070");
    }

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
