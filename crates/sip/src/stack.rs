//! The driver: sockets, tasks and the clock around the endpoints. It makes no decision of its own about SIP.
//!
//! - `shard` is the task of one endpoint, which reads the UDP sockets,
//! - `streams` are the connections, `stream` serves one that is bytes, `websocket` one that is frames.

mod datagrams;
mod shard;
mod stream;
mod streams;
mod trust;
mod websocket;

use std::collections::{HashSet, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use model::{Moment, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use self::datagrams::Datagrams;
use self::shard::{Handle, Order, Shard};
pub use self::streams::Io;
use self::streams::{Arrival, Streams};
pub use self::websocket::{SUBPROTOCOL, asks_for_sip};
use crate::config::Config;
use crate::directory::Directory;
use crate::endpoint::Endpoint;
use crate::endpoint::command::{Command, Registration};
use crate::endpoint::event::{Contact, Event, Leg};
use crate::endpoint::probing::Probe;
use crate::endpoint::shared::{Shared, Sockets};
use crate::trace::Trace;
use crate::transport::{Flow, Transport};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// A running SIP stack; clones are handles to the same one.
#[derive(Clone)]
pub struct Stack {
    hub: Arc<Hub>,
}

/// What all tasks of a stack hold together.
struct Hub {
    shared: Arc<Shared>,
    started: Instant,
    udp: Vec<Arc<Datagrams>>,
    shards: Vec<Handle>,
    streams: Streams,
    sockets: Sockets,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// What is alive; all but `bindings` and `connections` return to zero after the last call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Legs, from INVITE to the last message.
    pub dialogs: usize,
    /// Transactions that still wait for something; finished ones kept only to answer repetitions do not count.
    pub transactions: usize,
    /// Stream connections.
    pub connections: usize,
    /// Registered contacts.
    pub bindings: usize,
}

impl Stack {
    /// Binds the sockets and starts to serve. Port 0 is allowed; ask `udp_addr` and `tcp_addr` afterwards.
    pub async fn start(
        mut config: Config,
        directory: Arc<dyn Directory>,
    ) -> io::Result<(Stack, mpsc::Receiver<Event>)> {
        if config.secret == [0; 32] {
            getrandom::fill(&mut config.secret).map_err(io::Error::other)?;
        }
        let mut udp = Vec::new();
        for address in &config.udp {
            udp.push(Arc::new(Datagrams::bind(*address).map_err(|error| named("udp", *address, &error))?));
        }
        if config.identity.is_none() && !(config.tls.is_empty() && config.wss.is_empty()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "TLS and WSS need a certificate"));
        }
        let mut sockets = Sockets {
            udp: udp.iter().map(|socket| socket.local_addr()).collect::<io::Result<_>>()?,
            outward: outward_addresses(&config),
            ..Sockets::default()
        };
        let mut listeners = Vec::new();
        for transport in [Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss] {
            for (index, address) in config.listeners(transport).iter().enumerate() {
                let named = |error| named(transport.parameter(), *address, &error);
                let listener = listen(*address).map_err(named)?;
                sockets.of_mut(transport).push(listener.local_addr()?);
                listeners.push((transport, index as u16, listener));
            }
        }
        let limits = config.limits;
        let kept = std::mem::take(&mut config.kept);
        let shared = Shared::new(config, directory, sockets.clone(), wall_clock());
        shared.restore(kept, Moment::START);
        let (sender, receiver) = mpsc::channel(limits.events.max(2));
        let mut ends = Vec::new();
        let mut shards = Vec::new();
        for _ in 0..shared.shards() {
            let (orders, order_end) = mpsc::unbounded_channel();
            let (messages, message_end) = mpsc::channel(limits.queue.max(1));
            shards.push(Handle { orders, messages, legs: AtomicUsize::new(0), transactions: AtomicUsize::new(0) });
            ends.push((order_end, message_end));
        }
        let hub = Arc::new(Hub {
            shared,
            started: Instant::now(),
            udp,
            shards,
            streams: Streams::default(),
            sockets,
            tasks: Mutex::new(Vec::new()),
        });
        let stack = Stack { hub: hub.clone() };
        for (index, (orders, messages)) in ends.into_iter().enumerate() {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).map_err(io::Error::other)?;
            let shard = Shard {
                endpoint: Endpoint::new(hub.shared.clone(), index, seed),
                sockets: hub.udp_of(index),
                hub: hub.clone(),
                index,
                orders,
                messages,
                events: sender.clone(),
                unsent: VecDeque::new(),
            };
            stack.keep(tokio::spawn(shard.run()));
        }
        for (transport, local, listener) in listeners {
            stack.keep(tokio::spawn(Streams::listen(hub.clone(), transport, local, listener)));
        }
        Ok((stack, receiver))
    }

    fn keep(&self, task: JoinHandle<()>) {
        self.hub.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// The first UDP socket's address.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        self.hub.sockets.udp.first().copied()
    }

    /// The first TCP listener's address.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        self.addr(Transport::Tcp)
    }

    /// The first listener of a transport, with the port it got.
    pub fn addr(&self, transport: Transport) -> Option<SocketAddr> {
        self.hub.sockets.of(transport).first().copied()
    }

    /// Goes on with a WebSocket whose handshake another server has answered, with the subprotocol [`SUBPROTOCOL`].
    /// `secure`: it came over TLS.
    pub fn websocket(&self, socket: Box<dyn Io>, remote: SocketAddr, secure: bool) {
        let transport = if secure { Transport::Wss } else { Transport::Ws };
        let flow = Flow { local: u16::MAX, ..Flow::to(transport, remote) };
        self.hub.streams.accept(&self.hub, flow, Arrival::WebSocket(socket));
    }

    /// A handle for an outgoing leg, to be used in `Command::Dial`.
    pub fn new_leg(&self) -> Leg {
        self.hub.shared.new_leg_anywhere()
    }

    /// Gives an order to a leg. Never waits.
    pub fn send(&self, leg: Leg, command: Command) {
        self.order(self.hub.shared.shard_of(leg), Order::Command(leg, command));
    }

    /// The phones registered for an account, the preferred first.
    pub fn contacts(&self, account: u128) -> Vec<Contact> {
        let contacts = self.hub.shared.registrar.contacts(account, self.hub.now());
        let mut devices = HashSet::new();
        // Of a device's several flows, the preferred and freshest (RFC 5626 section 6): it shall ring once.
        let once = |contact: &crate::registrar::Contact| contact.device.clone().is_none_or(|d| devices.insert(d));
        contacts.into_iter().filter(once).map(Contact::from).collect()
    }

    /// Keeps up a registration at a carrier, or ends the one with this id.
    pub fn register(&self, id: u64, registration: Option<Registration>) {
        self.order((id % self.hub.shards.len() as u64) as usize, Order::Register(id, registration));
    }

    /// Asks a carrier whether it is there; [`Event::Probed`] tells the answer.
    pub fn probe(&self, id: u64, probe: Probe) {
        self.order((id % self.hub.shards.len() as u64) as usize, Order::Probe(id, probe));
    }

    fn order(&self, shard: usize, order: Order) {
        if let Some(handle) = self.hub.shards.get(shard) {
            // A shard that is gone was stopped: nobody expects anything of it.
            let _ = handle.orders.send(order);
        }
    }

    /// Takes no new calls from now on: INVITEs get 503.
    pub fn drain(&self) {
        self.hub.shared.drain();
    }

    /// What was said so far on a leg that lives, or was over a moment ago; only with [`Config::trace`].
    pub async fn trace(&self, leg: Leg) -> Option<Trace> {
        let (reply, answer) = oneshot::channel();
        self.order(self.hub.shared.shard_of(leg), Order::Trace(leg, reply));
        answer.await.ok().flatten()
    }

    /// A time on the stack's clock as the process knows it.
    pub fn instant(&self, at: Moment) -> std::time::Instant {
        self.hub.instant(at).into_std()
    }

    /// Lets in so many thousandths of the INVITEs that begin a call, evenly spread; the others get 503 with Retry-After.
    /// Nothing else is touched: requests inside dialogs, registrations and calls that are up go on.
    pub fn admit(&self, thousandths: u16) {
        self.hub.shared.admit(thousandths);
    }

    /// The share of new calls that is let in, in thousandths.
    pub fn admitted(&self) -> u16 {
        self.hub.shared.admitted()
    }

    /// How much of the room for events that nobody has read is taken, in thousandths.
    pub fn backlog(&self) -> u16 {
        let shared = &self.hub.shared;
        let taken = shared.backlog.load(Ordering::Relaxed).saturating_mul(1_000) / shared.config.limits.events.max(1);
        u16::try_from(taken).unwrap_or(u16::MAX)
    }

    /// What is alive now.
    pub fn counts(&self) -> Counts {
        let sum = |of: fn(&Handle) -> &AtomicUsize| self.hub.shards.iter().map(|h| of(h).load(Ordering::Relaxed)).sum();
        Counts {
            dialogs: sum(|h| &h.legs),
            transactions: sum(|h| &h.transactions),
            connections: self.hub.streams.len(),
            bindings: self.hub.shared.registrar.len(),
        }
    }

    /// Ends every task and closes every socket. Calls are not hung up: do that first.
    pub async fn stop(self) {
        for shard in 0..self.hub.shards.len() {
            self.order(shard, Order::Stop);
        }
        let tasks = std::mem::take(&mut *self.hub.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let shards = self.hub.shards.len();
        for (index, task) in tasks.into_iter().enumerate() {
            if index >= shards {
                task.abort();
            }
            // An aborted or panicked task is as good as ended.
            let _ = task.await;
        }
        self.hub.streams.close_all();
    }
}

impl Hub {
    /// The UDP sockets a shard reads.
    fn udp_of(&self, shard: usize) -> Vec<(u16, Arc<Datagrams>)> {
        let shards = self.shards.len();
        let mine = self.udp.iter().enumerate().filter(|(index, _)| index % shards == shard);
        mine.map(|(index, socket)| (index as u16, socket.clone())).collect()
    }
}

impl From<crate::registrar::Contact> for Contact {
    fn from(contact: crate::registrar::Contact) -> Contact {
        Contact {
            key: contact.key,
            uri: contact.uri,
            source: contact.flow.remote,
            transport: contact.flow.transport,
            q: contact.q,
            user_agent: contact.user_agent,
            sent_by: contact.sent_by,
            expires_in: contact.expires_in,
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket_for(address, socket2::Type::STREAM)?;
    // Connections of a former process that still linger are no reason not to start.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// A socket of one address family alone: "all addresses" of both stand side by side.
fn socket_for(address: SocketAddr, kind: socket2::Type) -> io::Result<socket2::Socket> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), kind, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The error with the address it is about.
fn named(transport: &str, address: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{transport} {address}: {error}"))
}

/// The addresses this machine shows to the world, when a socket is bound to all. Connecting a datagram socket sends
/// nothing.
fn outward_addresses(config: &Config) -> Vec<IpAddr> {
    let lists = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];
    let all = lists.into_iter().flat_map(|transport| config.listeners(transport));
    let wildcards: Vec<IpAddr> = all.map(SocketAddr::ip).filter(IpAddr::is_unspecified).collect();
    let worlds: [(IpAddr, IpAddr); 2] = [
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    ];
    let outward = |(any, far): (IpAddr, IpAddr)| {
        let socket = std::net::UdpSocket::bind((any, 0)).ok()?;
        socket.connect((far, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    worlds.into_iter().filter(|(any, _)| wildcards.contains(any)).filter_map(outward).collect()
}

fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
