//! Where a SIP server is (RFC 3263): NAPTR, SRV with priorities and weights (RFC 2782), then addresses. The one place that
//! asks the DNS; answers are kept as long as they say.
//!
//! Start with [`Locator::find`]. A host of the domain `invalid` is never asked for: browsers write such Contacts.

mod dns;
mod srv;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hickory_proto::rr::{RData, RecordType};
use tokio::time::timeout;

use crate::timer::Dice;
use crate::transport::Transport;
use crate::uri::{Scheme, Uri, host_ip};
use dns::Resolver;
pub use dns::records_in;
use srv::Srv;

/// How long all questions for one server may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most places that are told of one server.
const MOST: usize = 16;

/// A server as somebody names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    /// A host name, or an address without brackets.
    pub host: String,
    /// The port, when one is named: then there is no SRV look-up.
    pub port: Option<u16>,
    /// The transport, when one is named: then there is no NAPTR look-up.
    pub transport: Option<Transport>,
    /// Only TLS will do.
    pub secure: bool,
}

/// A place to send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// How.
    pub transport: Transport,
    /// Where.
    pub address: SocketAddr,
}

impl Server {
    /// The server that a URI leads to; `otherwise` is the transport when it names none.
    pub fn of(uri: &Uri<'_>, otherwise: Option<Transport>) -> Server {
        let secure = uri.scheme == Scheme::Sips;
        let asked = uri.params.get("transport").and_then(Transport::parse).or(otherwise);
        Server {
            host: uri.params.get("maddr").unwrap_or(uri.host).trim_matches(['[', ']']).to_owned(),
            port: uri.port,
            transport: if secure { Some(Transport::Tls) } else { asked },
            secure,
        }
    }

    /// Reads `host`, `host:port`, `192.0.2.1:5060`, `2001:db8::1` or `[2001:db8::1]:5060`.
    pub fn parse(text: &str, transport: Option<Transport>) -> Server {
        let (host, port) = match (text.parse::<IpAddr>(), text.parse::<SocketAddr>()) {
            (Ok(ip), _) => (ip.to_string(), None),
            (_, Ok(address)) => (address.ip().to_string(), Some(address.port())),
            (Err(_), Err(_)) => match text.rsplit_once(':').map(|(host, port)| (host, port.parse())) {
                Some((host, Ok(port))) => (host.to_owned(), Some(port)),
                _ => (text.to_owned(), None),
            },
        };
        Server { host, port, transport, secure: false }
    }

    /// The place, when it needs no looking up.
    pub fn known(&self) -> Option<Hop> {
        let transport = self.transport.unwrap_or(Transport::Udp);
        let port = self.port.unwrap_or(transport.default_port());
        let ip = host_ip(&self.host).filter(|ip| !ip.is_unspecified())?;
        (port != 0).then(|| Hop { transport, address: SocketAddr::new(ip, port) })
    }
}

/// Asks the DNS; clones share what is kept.
#[derive(Clone, Default)]
pub struct Locator {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// None: the system's.
    servers: Vec<SocketAddr>,
    resolver: OnceLock<Resolver>,
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locator").field("servers", &self.inner.servers).finish_non_exhaustive()
    }
}

impl Locator {
    /// One that asks these name servers; none: those of the system.
    pub fn new(servers: Vec<SocketAddr>) -> Locator {
        Locator { inner: Arc::new(Inner { servers, resolver: OnceLock::new() }) }
    }

    /// Where a server is, in the order to try; empty when it cannot be found. `usable` are the address families that
    /// something can be sent to.
    pub async fn find(&self, server: &Server, usable: impl Fn(IpAddr) -> bool + Send) -> Vec<Hop> {
        if let Some(known) = server.known() {
            return vec![known];
        }
        if is_invalid(&server.host) {
            return Vec::new();
        }
        let mut hops = timeout(PATIENCE, self.ask(server)).await.unwrap_or_default();
        hops.retain(|hop| usable(hop.address.ip()));
        hops.truncate(MOST);
        hops
    }

    async fn ask(&self, server: &Server) -> Vec<Hop> {
        let host = server.host.as_str();
        if let Some(port) = server.port {
            return self.addresses(host, server.transport.unwrap_or(Transport::Udp), port).await;
        }
        let mut found = Vec::new();
        let mut refused = false;
        for (transport, name) in self.services(server).await {
            let Some(targets) = self.servers(&name).await else {
                refused = true;
                continue;
            };
            for target in targets {
                found.extend(self.addresses(&target.host, transport, target.port).await);
                if found.len() >= MOST {
                    return found;
                }
            }
        }
        if found.is_empty() && !refused {
            let transport = server.transport.unwrap_or(Transport::Udp);
            found = self.addresses(host, transport, transport.default_port()).await;
        }
        found
    }

    /// Which SRV names to ask for, in order (section 4.1).
    async fn services(&self, server: &Server) -> Vec<(Transport, String)> {
        let host = &server.host;
        if let Some(transport) = server.transport {
            return vec![(transport, service(transport, host))];
        }
        let mut offers: Vec<(u16, u16, Transport, String)> = Vec::new();
        for record in self.resolver().ask(host, RecordType::NAPTR).await {
            let RData::NAPTR(naptr) = record else { continue };
            let transport = match naptr.services.to_ascii_uppercase().as_slice() {
                b"SIP+D2U" => Transport::Udp,
                b"SIP+D2T" => Transport::Tcp,
                b"SIPS+D2T" => Transport::Tls,
                _ => continue,
            };
            if naptr.flags.eq_ignore_ascii_case(b"s") && naptr.regexp.is_empty() {
                offers.push((naptr.order, naptr.preference, transport, naptr.replacement.to_ascii()));
            }
        }
        offers.sort_by_key(|(order, preference, ..)| (*order, *preference));
        if offers.is_empty() {
            let ours = [Transport::Udp, Transport::Tcp, Transport::Tls];
            return ours.map(|transport| (transport, service(transport, host))).to_vec();
        }
        offers.into_iter().map(|(_, _, transport, name)| (transport, name)).collect()
    }

    /// The hosts behind a service, in the order to try; none when it is said not to be there (RFC 2782).
    async fn servers(&self, name: &str) -> Option<Vec<Srv>> {
        let records: Vec<Srv> = self
            .resolver()
            .ask(name, RecordType::SRV)
            .await
            .into_iter()
            .filter_map(|record| match record {
                RData::SRV(record) => Some(Srv {
                    priority: record.priority,
                    weight: record.weight,
                    port: record.port,
                    host: record.target.to_ascii(),
                }),
                _ => None,
            })
            .collect();
        if records.iter().any(|record| record.host == ".") {
            return None;
        }
        let mut seed = [0; 32];
        // Without randomness the order is still one of the right ones.
        let _ = getrandom::fill(&mut seed);
        let mut dice = Dice::new(seed);
        Some(srv::in_order(records, |below| dice.below(below)))
    }

    async fn addresses(&self, host: &str, transport: Transport, port: u16) -> Vec<Hop> {
        if port == 0 || is_invalid(host) {
            return Vec::new();
        }
        let found = self.resolver().addresses(host).await.into_iter();
        found.map(|ip| Hop { transport, address: SocketAddr::new(ip, port) }).collect()
    }

    fn resolver(&self) -> &Resolver {
        self.inner.resolver.get_or_init(|| Resolver::new(&self.inner.servers))
    }
}

fn service(transport: Transport, host: &str) -> String {
    match transport {
        Transport::Udp => format!("_sip._udp.{host}"),
        Transport::Tls => format!("_sips._tcp.{host}"),
        Transport::Tcp => format!("_sip._tcp.{host}"),
        Transport::Ws => format!("_sip._ws.{host}"),
        Transport::Wss => format!("_sips._ws.{host}"),
    }
}

/// RFC 2606: nothing is there, and nobody need be told that we asked.
fn is_invalid(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.is_empty() || host.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("invalid"))
}
