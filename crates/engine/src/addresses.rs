//! The addresses of carriers' host names, looked up ahead of calls and kept fresh: no call waits for a resolver.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;

/// How long an address is used before it is looked up again.
const FRESH: Duration = Duration::from_secs(60);

/// What is known of each `host` or `host:port` that a trunk names. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Addresses {
    hosts: Arc<Mutex<BTreeMap<String, Host>>>,
}

struct Host {
    /// Empty until the first look-up succeeded; the one to call first.
    found: Arc<Mutex<Vec<SocketAddr>>>,
    task: JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each critical section replaces whole values.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Addresses {
    /// Looks after these servers from now on and after no other. One that was known stays known.
    pub(crate) fn follow<'a>(&self, servers: impl Iterator<Item = &'a str>) {
        let wanted: BTreeSet<String> = servers.map(with_port).filter(|s| s.parse::<SocketAddr>().is_err()).collect();
        let mut hosts = lock(&self.hosts);
        hosts.retain(|host, _| wanted.contains(host));
        for host in wanted {
            hosts.entry(host.clone()).or_insert_with(|| {
                let found = Arc::default();
                Host { task: tokio::spawn(keep_fresh(host, Arc::clone(&found))), found }
            });
        }
    }

    /// Where a server is; none while its name could not be looked up yet.
    pub(crate) fn of(&self, server: &str) -> Option<SocketAddr> {
        let server = with_port(server);
        server
            .parse()
            .ok()
            .or_else(|| lock(&self.hosts).get(&server).and_then(|host| lock(&host.found).first().copied()))
    }

    /// Whether any host name is at this address.
    pub(crate) fn any_at(&self, ip: IpAddr) -> bool {
        lock(&self.hosts).values().any(|host| includes(&lock(&host.found), ip))
    }

    /// Whether the server is at this address, among others.
    pub(crate) fn is_at(&self, server: &str, ip: IpAddr) -> bool {
        let server = with_port(server);
        match server.parse::<SocketAddr>() {
            Ok(address) => includes(&[address], ip),
            Err(_) => lock(&self.hosts).get(&server).is_some_and(|host| includes(&lock(&host.found), ip)),
        }
    }
}

fn includes(found: &[SocketAddr], ip: IpAddr) -> bool {
    found.iter().any(|address| address.ip().to_canonical() == ip.to_canonical())
}

async fn keep_fresh(host: String, found: Arc<Mutex<Vec<SocketAddr>>>) {
    loop {
        match tokio::net::lookup_host(&host).await {
            Ok(all) => {
                let mut all: Vec<SocketAddr> = all.collect();
                // Sockets are IPv4 unless configured otherwise, so such an address is the better guess.
                all.sort_by_key(|address| address.is_ipv6());
                if !all.is_empty() {
                    *lock(&found) = all;
                }
            }
            // An address that was good stays in use while the resolver is away.
            Err(error) => tracing::warn!(host, %error, "a carrier's host name cannot be looked up"),
        }
        tokio::time::sleep(FRESH).await;
    }
}

fn with_port(server: &str) -> String {
    match server.parse::<IpAddr>() {
        Ok(ip) => SocketAddr::new(ip, 5060).to_string(),
        Err(_) if server.contains(':') => server.to_owned(),
        Err(_) => format!("{server}:5060"),
    }
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

    #[tokio::test]
    async fn a_name_once_found_stays_found_when_the_configuration_changes() {
        let addresses = Addresses::default();
        addresses.follow(["localhost:5070"].into_iter());
        while addresses.of("localhost:5070").is_none() {
            tokio::task::yield_now().await;
        }
        addresses.follow(["localhost:5070", "203.0.113.7"].into_iter());
        let found = addresses.of("localhost:5070").expect("still known");
        assert!(found.ip().is_loopback() && found.port() == 5070);
        assert!(addresses.is_at("localhost:5070", found.ip()));

        addresses.follow(std::iter::empty());
        assert_eq!(addresses.of("localhost:5070"), None, "nobody names it any more");
        assert_eq!(addresses.of("203.0.113.7"), "203.0.113.7:5060".parse().ok());
    }
}
