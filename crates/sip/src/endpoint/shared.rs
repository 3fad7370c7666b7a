//! What the shards share: settings, the house's directory, bindings, nonces, limits. All of it is memory.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Timestamp;

use super::event::Leg;
use super::register::Registrar;
use crate::auth::Authenticator;
use crate::config::Config;
use crate::directory::Directory;
use crate::limit::Limiter;
use crate::transport::{Flow, Transport};

/// Leg numbers carry their shard in the lowest bits.
const SHARD_BITS: u32 = 8;
/// The most shards there can be.
pub(crate) const MAX_SHARDS: usize = 1 << SHARD_BITS;

/// See the module.
pub struct Shared {
    pub(crate) config: Config,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) authenticator: Authenticator,
    pub(crate) registrar: Registrar,
    limiter: Mutex<Limiter>,
    sockets: Sockets,
    draining: AtomicBool,
    next_leg: AtomicU64,
    pub(crate) legs: AtomicUsize,
}

/// The addresses our sockets are bound to.
#[derive(Debug, Clone, Default)]
pub struct Sockets {
    /// UDP sockets.
    pub udp: Vec<SocketAddr>,
    /// TCP listeners.
    pub tcp: Vec<SocketAddr>,
    /// Our address towards the world, for sockets bound to all addresses.
    pub outward: Option<IpAddr>,
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
            next_leg: AtomicU64::new(1),
            legs: AtomicUsize::new(0),
        })
    }

    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        // Its tables are whole after every statement: a panic elsewhere leaves nothing half done.
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
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

    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Our address on a way, as the far side should see it.
    pub(crate) fn local(&self, flow: Flow) -> SocketAddr {
        let sockets = if flow.transport == Transport::Udp { &self.sockets.udp } else { &self.sockets.tcp };
        let bound = sockets.get(usize::from(flow.local)).or(self.sockets.udp.first()).or(self.sockets.tcp.first());
        let bound = bound.copied().unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 5060)));
        let ip = match (self.config.advertise, bound.ip()) {
            (Some(ip), _) => ip,
            (None, ip) if !ip.is_unspecified() => ip,
            // Bound to all addresses: a machine talking to itself does so over loopback.
            (None, _) if flow.remote.ip().is_loopback() => flow.remote.ip(),
            (None, ip) => self.sockets.outward.unwrap_or(ip),
        };
        SocketAddr::new(ip, bound.port())
    }

    /// A Contact of ours on a way.
    pub(crate) fn contact(&self, flow: Flow, user: &str) -> String {
        let address = self.local(flow);
        match flow.transport {
            Transport::Udp => format!("<sip:{user}@{address}>"),
            transport => format!("<sip:{user}@{address};transport={}>", transport.parameter()),
        }
    }

    /// The way to an address: over the first socket of the same address family.
    pub(crate) fn flow_to(&self, transport: Transport, remote: SocketAddr) -> Flow {
        let sockets = if transport == Transport::Udp { &self.sockets.udp } else { &self.sockets.tcp };
        let local = sockets.iter().position(|socket| socket.is_ipv4() == remote.is_ipv4()).unwrap_or(0);
        Flow { local: local as u16, ..Flow::to(transport, remote) }
    }
}
