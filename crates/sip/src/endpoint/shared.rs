//! What the shards share: settings, the house's directory, bindings, nonces, limits. All of it is memory.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Moment, Timestamp};

use super::event::Leg;
use super::register::Registrar;
use crate::auth::Authenticator;
use crate::config::Config;
use crate::directory::Directory;
use crate::limit::Limiter;
use crate::registrar::Change;
use crate::transport::{Flow, Peer, Transport};

/// Leg numbers carry their shard in the lowest bits.
const SHARD_BITS: u32 = 8;
/// All new calls are let in.
pub(crate) const ALL: u16 = 1_000;
/// The most shards there can be.
pub(crate) const MAX_SHARDS: usize = 1 << SHARD_BITS;

/// The most names of TLS servers.
const MOST_PEERS: usize = 4096;

/// See the module.
pub struct Shared {
    pub(crate) config: Config,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) authenticator: Authenticator,
    pub(crate) registrar: Registrar,
    limiter: Mutex<Limiter>,
    sockets: Sockets,
    draining: AtomicBool,
    /// The share of new calls that is let in, in thousandths.
    admit: AtomicU16,
    /// What is left of the shares of calls that were not let in.
    credit: AtomicU32,
    /// The second in which it was told last that calls are shed.
    shed_told: AtomicU64,
    /// Events that wait for the house, as each shard last said.
    pub(crate) backlog: AtomicUsize,
    next_leg: AtomicU64,
    pub(crate) legs: AtomicUsize,
    born: Timestamp,
    /// Contacts of an earlier process that were not asked yet whether they are still there.
    pub(crate) restored: Mutex<VecDeque<(u128, u64)>>,
    /// The stream connections that are open.
    connections: Mutex<HashSet<u64>>,
    names: Names,
    /// The names that TLS servers are to prove, numbered from 1.
    peers: Mutex<Vec<String>>,
}

/// Legs of all shards by Call-ID and our tag, in parts with a lock each.
#[derive(Default)]
struct Names {
    hasher: RandomState,
    parts: [Mutex<HashMap<u64, (Leg, u64)>>; 16],
}

impl Names {
    fn hash(&self, name: (&str, &str)) -> u64 {
        self.hasher.hash_one(name)
    }

    /// 0 stands for a tag that is not known.
    fn hash_tag(&self, tag: &str) -> u64 {
        if tag.is_empty() { 0 } else { self.hasher.hash_one(tag).max(1) }
    }

    fn part(&self, key: u64) -> MutexGuard<'_, HashMap<u64, (Leg, u64)>> {
        // Each use is one operation of the map.
        self.parts[key as usize % self.parts.len()].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts what was not served: `banned`, `rate` (too many requests without a proof), `wrong_password`, `source` (a right
/// password from where it may not be used), `short` (an answer would have been much longer), `overload`.
pub(crate) fn count_refused(reason: &'static str) {
    metrics::counter!("alo_sip_refused_total", "reason" => reason).increment(1);
}

/// The addresses our sockets are bound to.
#[derive(Debug, Clone, Default)]
pub struct Sockets {
    /// UDP sockets.
    pub udp: Vec<SocketAddr>,
    /// TCP listeners.
    pub tcp: Vec<SocketAddr>,
    /// TLS listeners.
    pub tls: Vec<SocketAddr>,
    /// WebSocket listeners.
    pub ws: Vec<SocketAddr>,
    /// Listeners for WebSockets under TLS.
    pub wss: Vec<SocketAddr>,
    /// Our addresses towards the world, for sockets bound to all addresses; one of a family.
    pub outward: Vec<IpAddr>,
}

impl Sockets {
    /// Those of a transport.
    pub fn of(&self, transport: Transport) -> &[SocketAddr] {
        match transport {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
            Transport::Tls => &self.tls,
            Transport::Ws => &self.ws,
            Transport::Wss => &self.wss,
        }
    }

    /// Those of a transport, to be added to.
    pub(crate) fn of_mut(&mut self, transport: Transport) -> &mut Vec<SocketAddr> {
        match transport {
            Transport::Udp => &mut self.udp,
            Transport::Tcp => &mut self.tcp,
            Transport::Tls => &mut self.tls,
            Transport::Ws => &mut self.ws,
            Transport::Wss => &mut self.wss,
        }
    }
}

impl Shared {
    /// For endpoints that share these settings and sockets.
    pub fn new(config: Config, directory: Arc<dyn Directory>, sockets: Sockets, born: Timestamp) -> Arc<Shared> {
        Arc::new(Shared {
            authenticator: Authenticator::new(&config.secret, born),
            registrar: Registrar::new(&config),
            limiter: Mutex::new(Limiter::new(config.strangers, &config.secret)),
            config,
            directory,
            sockets,
            draining: AtomicBool::new(false),
            admit: AtomicU16::new(ALL),
            credit: AtomicU32::new(0),
            shed_told: AtomicU64::new(u64::MAX),
            backlog: AtomicUsize::new(0),
            next_leg: AtomicU64::new(1),
            legs: AtomicUsize::new(0),
            born,
            restored: Mutex::default(),
            connections: Mutex::default(),
            names: Names::default(),
            peers: Mutex::default(),
        })
    }

    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        // Its tables are whole after every statement: a panic elsewhere leaves nothing half done.
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A leg began: its dialog can be named by others. `theirs` is empty while it is not known.
    pub(crate) fn name_leg(&self, leg: Leg, call_id: &str, ours: &str, theirs: &str) {
        let key = self.names.hash((call_id, ours));
        self.names.part(key).insert(key, (leg, self.names.hash_tag(theirs)));
    }

    /// A leg is over.
    pub(crate) fn forget_leg(&self, call_id: &str, ours: &str) {
        let key = self.names.hash((call_id, ours));
        self.names.part(key).remove(&key);
    }

    /// The leg, in any shard, whose dialog has this name.
    pub(crate) fn find_leg(&self, call_id: &str, ours: &str, theirs: &str) -> Option<Leg> {
        let key = self.names.hash((call_id, ours));
        let (leg, tag) = self.names.part(key).get(&key).copied()?;
        (tag == 0 || tag == self.names.hash_tag(theirs)).then_some(leg)
    }

    fn connections(&self) -> MutexGuard<'_, HashSet<u64>> {
        // Each use is one operation of the set.
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A stream connection was made, or is being made.
    pub(crate) fn connected(&self, connection: u64) {
        self.connections().insert(connection);
    }

    /// A stream connection ended.
    pub(crate) fn disconnected(&self, connection: u64) {
        self.connections().remove(&connection);
    }

    /// Whether a way can still be used. One that names no connection always can: one is made for it.
    pub(crate) fn is_open(&self, flow: Flow) -> bool {
        flow.connection == 0 || self.connections().contains(&flow.connection)
    }

    /// Whether anything from this source is to be read at all. Carriers are known by their address: they are never shut
    /// out for what else comes from there.
    pub(crate) fn admits(&self, source: IpAddr, now: Moment) -> bool {
        let admitted = self.limiter().admits(source, now) || self.directory.carrier(source);
        if !admitted {
            count_refused("banned");
        }
        admitted
    }

    /// Whether an answer may be given to a request that nothing is proven for.
    pub(crate) fn serves_stranger(&self, source: IpAddr, user: Option<&str>, now: Moment) -> bool {
        let served = self.limiter().takes_stranger(source, user, now) || self.directory.carrier(source);
        if !served {
            count_refused("rate");
        }
        served
    }

    /// How many shards there are.
    pub(crate) fn shards(&self) -> usize {
        self.config.shards.clamp(1, MAX_SHARDS)
    }

    /// The shard a leg belongs to.
    pub(crate) fn shard_of(&self, leg: Leg) -> usize {
        (leg.0 & (MAX_SHARDS as u64 - 1)) as usize % self.shards()
    }

    /// The shard whose Call-ID this is. Not a secret: whoever aims at one shard fills one queue, which is bounded.
    pub(crate) fn shard_of_call(&self, call_id: &str) -> usize {
        let fnv =
            call_id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
        ((fnv ^ (fnv >> 32)) % self.shards() as u64) as usize
    }

    /// A new leg in a shard.
    pub(crate) fn new_leg(&self, shard: usize) -> Leg {
        Leg((self.next_leg.fetch_add(1, Ordering::Relaxed) << SHARD_BITS) | shard as u64)
    }

    /// A new leg in the shard whose turn it is.
    pub(crate) fn new_leg_anywhere(&self) -> Leg {
        let number = self.next_leg.fetch_add(1, Ordering::Relaxed);
        Leg((number << SHARD_BITS) | (number % self.shards() as u64))
    }

    /// Lets in so many thousandths of the new calls from now on.
    pub(crate) fn admit(&self, thousandths: u16) {
        self.admit.store(thousandths.min(ALL), Ordering::Relaxed);
    }

    /// The share of new calls that is let in, in thousandths.
    pub(crate) fn admitted(&self) -> u16 {
        self.admit.load(Ordering::Relaxed)
    }

    /// Whether one more new call is let in: evenly spread over those that come.
    pub(crate) fn lets_in(&self) -> bool {
        let admit = u32::from(self.admitted());
        if admit >= u32::from(ALL) {
            return true;
        }
        let before = self.credit.fetch_add(admit, Ordering::Relaxed);
        before / u32::from(ALL) != before.wrapping_add(admit) / u32::from(ALL)
    }

    /// Whether the house is to be told that calls are shed: once a second is enough.
    pub(crate) fn tells_shed(&self, now: Moment) -> bool {
        let second = now.as_nanos() / 1_000_000_000;
        self.shed_told.swap(second, Ordering::Relaxed) != second
    }

    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// The time on the wall.
    pub(crate) fn wall(&self, at: Moment) -> Timestamp {
        let since = i64::try_from(at.since(Moment::START).as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.born.as_millis().saturating_add(since))
    }

    /// Tells the house what to keep of an account.
    pub(crate) fn keep(&self, account: u128, now: Moment) {
        let Some(keeper) = &self.config.keeper else { return };
        let ours = |flow: Flow| self.sockets.udp.get(usize::from(flow.local)).copied().unwrap_or(flow.remote);
        let contacts = self.registrar.saved(account, now, ours, |at| self.wall(at));
        // Nobody keeps anything any more when the house is closing.
        let _ = keeper.send(Change { account, contacts });
    }

    /// Takes back what an earlier process knew; each contact is going to be asked whether it is still there.
    pub(crate) fn restore(&self, kept: Vec<Change>, now: Moment) {
        let mut restored = self.restored.lock().unwrap_or_else(PoisonError::into_inner);
        for Change { account, contacts } in kept {
            for saved in contacts {
                let left = saved.ends_at.as_millis() - self.wall(now).as_millis();
                let (Ok(left @ 1..), Some(local)) =
                    (u64::try_from(left), self.sockets.udp.iter().position(|socket| *socket == saved.ours))
                else {
                    continue;
                };
                let flow = Flow { local: local as u16, ..Flow::to(Transport::Udp, saved.remote) };
                let ends_at = now + Duration::from_millis(left);
                let key = self.registrar.restore(&*self.directory, account, saved, (flow, now, ends_at));
                restored.extend(key.map(|key| (account, key)));
            }
        }
    }

    /// Our address on a way, as the far side should see it.
    pub(crate) fn local(&self, flow: Flow) -> SocketAddr {
        let sockets = self.sockets.of(flow.transport);
        let any = || sockets.first().or(self.sockets.udp.first()).or(self.sockets.tcp.first());
        let bound = sockets.get(usize::from(flow.local)).or_else(any);
        let bound = bound.copied().unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 5060)));
        let is_same = |ip: &IpAddr| ip.is_ipv4() == bound.is_ipv4();
        let ip = match (self.config.advertise.filter(is_same), bound.ip()) {
            (Some(ip), _) => ip,
            (None, ip) if !ip.is_unspecified() => ip,
            // Bound to all addresses: a machine talking to itself does so over loopback.
            (None, _) if flow.remote.ip().is_loopback() => flow.remote.ip(),
            (None, ip) => self.sockets.outward.iter().copied().find(is_same).unwrap_or(ip),
        };
        SocketAddr::new(ip, bound.port())
    }

    /// A Contact of ours on a way.
    pub(crate) fn contact(&self, flow: Flow, user: &str) -> String {
        let address = self.local(flow);
        match flow.transport {
            Transport::Udp => format!("<sip:{user}@{address}>"),
            // RFC 7118 has one word for both kinds of WebSockets.
            Transport::Ws | Transport::Wss => format!("<sip:{user}@{address};transport=ws>"),
            transport => format!("<sip:{user}@{address};transport={}>", transport.parameter()),
        }
    }

    /// The way to an address: over the first socket of the same address family.
    pub(crate) fn flow_to(&self, transport: Transport, remote: SocketAddr) -> Flow {
        let sockets = self.sockets.of(transport);
        let local = sockets.iter().position(|socket| socket.is_ipv4() == remote.is_ipv4()).unwrap_or(0);
        Flow { local: local as u16, ..Flow::to(transport, remote) }
    }

    fn peers(&self) -> MutexGuard<'_, Vec<String>> {
        // Each use is one read or one push.
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who has to be at the far end when `host` is asked for (RFC 5922 section 7.1: the domain of the URI, wherever the DNS
    /// leads). When there are too many names, the address itself has to prove to be it, which most cannot.
    fn peer(&self, host: &str) -> Peer {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let mut peers = self.peers();
        let place = match peers.iter().position(|known| *known == host) {
            Some(place) => place,
            None if peers.len() < MOST_PEERS => {
                peers.push(host);
                peers.len() - 1
            }
            None => return Peer::default(),
        };
        Peer(u32::try_from(place + 1).unwrap_or(0))
    }

    /// The same; transports without TLS prove nothing.
    pub(crate) fn peer_over(&self, transport: Transport, host: &str) -> Peer {
        match transport {
            Transport::Tls => self.peer(host.trim_matches(['[', ']'])),
            Transport::Udp | Transport::Tcp | Transport::Ws | Transport::Wss => Peer::default(),
        }
    }

    /// The name that the far end of a flow has to prove.
    pub(crate) fn peer_name(&self, flow: Flow) -> String {
        let known = (flow.peer.0 as usize).checked_sub(1).and_then(|place| self.peers().get(place).cloned());
        known.unwrap_or_else(|| flow.remote.ip().to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::str::FromStr;

    use super::*;
    use crate::directory::Account;

    struct Nobody;

    impl Directory for Nobody {
        fn account(&self, _domain: &str, _user: &str) -> Option<Account> {
            None
        }
        fn realm(&self, domain: &str) -> String {
            domain.to_owned()
        }
        fn carrier(&self, _source: IpAddr) -> bool {
            false
        }
    }

    fn shared(config: Config, bound: &str) -> Arc<Shared> {
        let bound = SocketAddr::from_str(bound).expect("an address");
        let outward = ["198.51.100.1", "2001:db8::5"].map(|ip| IpAddr::from_str(ip).expect("an address")).to_vec();
        let sockets = Sockets { udp: vec![bound], tcp: vec![bound], outward, ..Sockets::default() };
        Shared::new(config, Arc::new(Nobody), sockets, Timestamp(0))
    }

    fn flow(transport: Transport, remote: &str) -> Flow {
        Flow::to(transport, remote.parse().expect("an address"))
    }

    #[test]
    fn our_address_is_the_one_the_far_side_can_reach() {
        let far = flow(Transport::Udp, "203.0.113.9:5060");
        let near = flow(Transport::Udp, "127.0.0.1:5060");
        let bound = shared(Config::default(), "10.0.0.1:5062");
        assert_eq!(bound.local(far).to_string(), "10.0.0.1:5062");
        let any = shared(Config::default(), "0.0.0.0:5062");
        assert_eq!(any.local(far).to_string(), "198.51.100.1:5062");
        assert_eq!(any.local(near).to_string(), "127.0.0.1:5062");
        let behind_nat =
            shared(Config { advertise: IpAddr::from_str("192.0.2.7").ok(), ..Config::default() }, "10.0.0.1:5062");
        assert_eq!(behind_nat.local(far).to_string(), "192.0.2.7:5062");
        let any6 = shared(Config { advertise: IpAddr::from_str("192.0.2.7").ok(), ..Config::default() }, "[::]:5062");
        assert_eq!(any6.local(flow(Transport::Udp, "[2001:db8::9]:5060")).to_string(), "[2001:db8::5]:5062");
        assert_eq!(any6.contact(flow(Transport::Udp, "[::1]:5060"), "alo"), "<sip:alo@[::1]:5062>");
        let tcp = flow(Transport::Tcp, "203.0.113.9:5060");
        assert_eq!(bound.contact(tcp, "alo"), "<sip:alo@10.0.0.1:5062;transport=tcp>");
    }

    #[test]
    fn a_name_of_a_tls_server_is_kept_once() {
        let shared = shared(Config::default(), "10.0.0.1:5062");
        let peer = shared.peer("Carrier.Test.");
        assert_eq!(peer, shared.peer("carrier.test"));
        assert_ne!(peer, shared.peer("other.test"));
        let way = flow(Transport::Tls, "192.0.2.1:5061");
        assert_eq!(shared.peer_name(Flow { peer, ..way }), "carrier.test");
        assert_eq!(shared.peer_name(way), "192.0.2.1");
    }

    #[test]
    fn legs_and_calls_are_spread_over_the_shards() {
        let shared = shared(Config { shards: 3, ..Config::default() }, "10.0.0.1:5062");
        let mut legs = [0; 3];
        let mut calls = [0; 3];
        for n in 0..300 {
            legs[shared.shard_of(shared.new_leg_anywhere())] += 1;
            calls[shared.shard_of_call(&format!("call-{n}"))] += 1;
        }
        assert_eq!(legs, [100; 3]);
        assert!(calls.iter().all(|count| (60..=140).contains(count)), "{calls:?}");
        assert_eq!(shared.shard_of(shared.new_leg(2)), 2);
    }
}
