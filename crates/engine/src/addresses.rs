//! The places of carriers' servers, looked up ahead of calls and kept fresh: no call waits for a resolver. How a name
//! becomes places is `sip::locate`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sip::locate::{Hop, Server};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long places are used before they are looked up again; the resolver keeps what lasts longer.
const FRESH: Duration = Duration::from_secs(60);
/// For how long a place that was silent is tried after the others of its server.
const AVOIDED: Duration = Duration::from_secs(300);

/// What is known of each server that a trunk names. Clones share it.
#[derive(Clone)]
pub(crate) struct Addresses {
    sip: Arc<sip::Config>,
    hosts: Arc<Mutex<BTreeMap<Server, Host>>>,
    /// Places that said nothing when they were last asked.
    silent: Arc<Mutex<BTreeMap<SocketAddr, Instant>>>,
}

struct Host {
    /// Empty until the first look-up succeeded; in the order to try.
    found: Arc<Mutex<Vec<Hop>>>,
    task: JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each critical section is one read or one write.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Addresses {
    /// Asks as the SIP stack of these settings does.
    pub(crate) fn new(sip: sip::Config) -> Addresses {
        Addresses { sip: Arc::new(sip), hosts: Arc::default(), silent: Arc::default() }
    }

    /// Looks after these servers from now on and after no other. One that was known stays known.
    pub(crate) fn follow(&self, servers: impl Iterator<Item = Server>) {
        let wanted: BTreeSet<Server> = servers.filter(|server| server.known().is_none()).collect();
        let mut hosts = lock(&self.hosts);
        hosts.retain(|host, _| wanted.contains(host));
        for host in wanted {
            hosts.entry(host.clone()).or_insert_with(|| {
                let found = Arc::default();
                Host { task: tokio::spawn(keep_fresh(self.sip.clone(), host, Arc::clone(&found))), found }
            });
        }
    }

    /// Where a server is, in the order to try, those that were silent of late at the end; empty while its name could not
    /// be looked up yet.
    pub(crate) fn of(&self, server: &Server) -> Vec<Hop> {
        if let Some(known) = server.known() {
            return vec![known];
        }
        let mut hops = lock(&self.hosts).get(server).map(|host| lock(&host.found).clone()).unwrap_or_default();
        let silent = lock(&self.silent);
        hops.sort_by_key(|hop| silent.get(&hop.address).is_some_and(|since| since.elapsed() < AVOIDED));
        hops
    }

    /// Notes whether a place answered.
    pub(crate) fn heard(&self, place: SocketAddr, answered: bool) {
        let mut silent = lock(&self.silent);
        silent.retain(|_, since| since.elapsed() < AVOIDED);
        if answered {
            silent.remove(&place);
        } else {
            silent.insert(place, Instant::now());
        }
    }

    /// Whether any server with a name is at this address.
    pub(crate) fn any_at(&self, ip: IpAddr) -> bool {
        lock(&self.hosts).values().any(|host| lock(&host.found).iter().any(|hop| is_at(hop, ip)))
    }

    /// Whether the server is at this address, or one of its places is.
    pub(crate) fn is_at(&self, server: &Server, ip: IpAddr) -> bool {
        let looked_up =
            || lock(&self.hosts).get(server).is_some_and(|host| lock(&host.found).iter().any(|hop| is_at(hop, ip)));
        server.known().map_or_else(looked_up, |hop| is_at(&hop, ip))
    }
}

fn is_at(hop: &Hop, ip: IpAddr) -> bool {
    hop.address.ip().to_canonical() == ip.to_canonical()
}

async fn keep_fresh(sip: Arc<sip::Config>, server: Server, found: Arc<Mutex<Vec<Hop>>>) {
    loop {
        let hops = sip.locator.find(&server, |ip| sip.reaches(ip)).await;
        if hops.is_empty() {
            // An address that was good stays in use while the resolver is away.
            tracing::warn!(host = server.host, "a carrier's host name cannot be looked up");
        } else {
            *lock(&found) = hops;
        }
        tokio::time::sleep(FRESH).await;
    }
}
