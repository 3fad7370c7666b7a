//! What can be set.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio_rustls::rustls::{ClientConfig, ServerConfig};

use crate::limit;
use crate::locate::Locator;
use crate::registrar::Change;
use crate::timer::Timing;
use crate::transport::Transport;

/// Settings of a stack; start from `Config::default()`.
#[derive(Debug, Clone)]
pub struct Config {
    /// UDP sockets to bind.
    pub udp: Vec<SocketAddr>,
    /// TCP listeners to bind.
    pub tcp: Vec<SocketAddr>,
    /// TLS listeners to bind.
    pub tls: Vec<SocketAddr>,
    /// WebSocket listeners to bind.
    pub ws: Vec<SocketAddr>,
    /// Listeners for WebSockets under TLS to bind.
    pub wss: Vec<SocketAddr>,
    /// The certificate of TLS and WSS listeners, and how TLS is spoken there.
    pub identity: Option<Arc<ServerConfig>>,
    /// How TLS is spoken to servers that we connect to, and whom we believe; none: no such connection is made.
    pub trust: Option<Arc<ClientConfig>>,
    /// Told of contacts that can be kept over a restart, whenever they change.
    pub keeper: Option<UnboundedSender<Change>>,
    /// Contacts that an earlier process knew.
    pub kept: Vec<Change>,
    /// Looks up host names.
    pub locator: Locator,
    /// The address written into Via and Contact in place of the bound one (behind NAT).
    pub advertise: Option<IpAddr>,
    /// How many tasks share the work by Call-ID.
    pub shards: usize,
    /// Binds nonces to this installation. All zeros: a new one is made at each start.
    pub secret: [u8; 32],
    /// The Server and User-Agent header.
    pub server_name: String,
    /// How long bindings may last.
    pub expires: Expires,
    /// The event packages that may be subscribed to (RFC 6665): the house answers [`crate::Event::Subscribed`].
    pub events: Vec<String>,
    /// Timer values.
    pub timing: Timing,
    /// Bounds of everything that can grow.
    pub limits: Limits,
    /// How strangers and failed proofs are held back.
    pub strangers: limit::Limits,
    /// Keep what is said on each leg, and hand it over when the leg is over.
    pub trace: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            udp: Vec::new(),
            tcp: Vec::new(),
            tls: Vec::new(),
            ws: Vec::new(),
            wss: Vec::new(),
            identity: None,
            trust: None,
            locator: Locator::default(),
            keeper: None,
            kept: Vec::new(),
            advertise: None,
            shards: std::thread::available_parallelism().map_or(1, usize::from),
            secret: [0; 32],
            server_name: "Alo".to_owned(),
            expires: Expires::default(),
            events: Vec::new(),
            timing: Timing::default(),
            limits: Limits::default(),
            strangers: limit::Limits::default(),
            trace: false,
        }
    }
}

impl Config {
    /// Whether something can be sent to an address: a socket of its family is there, or none at all.
    pub fn reaches(&self, ip: IpAddr) -> bool {
        let mut all = self.udp.iter().chain(&self.tcp).chain(&self.tls).peekable();
        all.peek().is_none() || all.any(|socket| socket.is_ipv4() == ip.is_ipv4())
    }

    /// The sockets or listeners of a transport.
    pub fn listeners(&self, transport: Transport) -> &[SocketAddr] {
        match transport {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
            Transport::Tls => &self.tls,
            Transport::Ws => &self.ws,
            Transport::Wss => &self.wss,
        }
    }
}

/// The registrar's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expires {
    /// A shorter wish is refused with 423.
    pub min_s: u32,
    /// When the phone names none.
    pub default_s: u32,
    /// A longer wish is shortened.
    pub max_s: u32,
}

impl Default for Expires {
    fn default() -> Self {
        Expires { min_s: 30, default_s: 3600, max_s: 7200 }
    }
}

/// Bounds of everything that can grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Legs at a time; above, new INVITEs get 503 with Retry-After.
    pub legs: usize,
    /// Transactions at a time in one shard; above, new requests get 503.
    pub transactions: usize,
    /// Finished transactions kept only to answer repetitions, in one shard; above, the oldest go early.
    pub finished: usize,
    /// Messages and commands waiting for one shard; above, messages are dropped.
    pub queue: usize,
    /// Events waiting for the house; from half of it on, new INVITEs get 503 with Retry-After.
    pub events: usize,
    /// Stream connections at a time.
    pub connections: usize,
    /// Connections of one source address that are in no call and hold no binding.
    pub idle_per_source: usize,
    /// How long a TLS or WebSocket handshake may take.
    pub handshake: Duration,
    /// How long a connection may lie idle.
    pub idle: Duration,
    /// How long a message may take to arrive in full on a stream.
    pub partial: Duration,
    /// Bytes waiting to be written to one connection; above, it is closed.
    pub outbox_bytes: usize,
    /// Contacts of one account.
    pub contacts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            legs: 50_000,
            transactions: 200_000,
            finished: 32_768,
            queue: 16_384,
            events: 8_192,
            connections: 20_000,
            idle_per_source: 50,
            handshake: Duration::from_secs(10),
            idle: Duration::from_secs(3_700 * 2),
            partial: Duration::from_secs(20),
            outbox_bytes: 256 * 1024,
            contacts: 10,
        }
    }
}
