//! All connections, of whatever transport: accepting and connecting, finding the one to send over, closing.
//!
//! Limits: connections at all, unproven ones per source, time for a handshake, for a whole message, without any message,
//! bytes waiting to be written, time for one write. Whoever breaks one is closed; nobody else notices.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::shard::Order;
use super::{Hub, stream, trust, websocket};
use crate::config::Limits;
use crate::endpoint::register::{FLOW_GRACE, FLOW_TIMER};
use crate::transport::{Flow, Peer, Transport};

/// How long a connection may take to be made, and one write to be taken.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection nobody has proven anything on may lie idle.
const UNPROVEN_IDLE: Duration = Duration::from_secs(30);
/// Messages waiting for one connection; bytes are bounded apart.
const OUTBOX: usize = 1024;

/// All connections.
#[derive(Default)]
pub(super) struct Streams {
    table: Mutex<Table>,
    next: AtomicU64,
}

#[derive(Default)]
struct Table {
    connections: HashMap<u64, Connection>,
    by_remote: HashMap<(Transport, SocketAddr, Peer), u64>,
    /// Connections of a source on which nobody has proven anything, the oldest first.
    unproven: HashMap<IpAddr, Vec<u64>>,
}

struct Connection {
    flow: Flow,
    outbox: mpsc::Sender<Bytes>,
    state: Arc<State>,
    task: Option<AbortHandle>,
}

/// What a connection's task and the shards both look at.
#[derive(Default)]
pub(super) struct State {
    waiting_bytes: AtomicUsize,
    proven: AtomicBool,
    /// The phone has promised a sign of life within the Flow-Timer (RFC 5626 section 4.4).
    timed: AtomicBool,
    /// A request of ours went over it: its end is news to the shards.
    asked: AtomicBool,
}

impl State {
    pub(super) fn is_proven(&self) -> bool {
        self.proven.load(Ordering::Relaxed)
    }

    /// How long there may be no message.
    pub(super) fn idle(&self, limits: &Limits) -> Duration {
        match (self.is_proven(), self.timed.load(Ordering::Relaxed)) {
            (false, _) => UNPROVEN_IDLE.min(limits.idle),
            (true, true) => (FLOW_TIMER + FLOW_GRACE).min(limits.idle),
            (true, false) => limits.idle,
        }
    }

    /// So many bytes no longer wait.
    pub(super) fn written(&self, bytes: usize) {
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Streams {
    fn table(&self) -> MutexGuard<'_, Table> {
        // The table is whole after every statement: a panic elsewhere leaves nothing half done.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.table().connections.len()
    }

    /// Sends over the flow's connection, or another one to the same address; a request may open one.
    pub(super) fn send(&self, hub: &Arc<Hub>, flow: Flow, bytes: Bytes) {
        let is_request = !bytes.starts_with(b"SIP/2.0 ");
        let table = self.table();
        let id = match table.connections.get(&flow.connection) {
            Some(_) => Some(flow.connection),
            None => table.by_remote.get(&key(flow)).copied(),
        };
        let Some(id) = id else {
            drop(table);
            // A response whose connection is gone comes with the address to answer at (RFC 3261 section 18.2.2).
            if is_request || flow.connection == 0 {
                self.connect(hub, flow, bytes);
            }
            return;
        };
        let Some(connection) = table.connections.get(&id) else { return };
        connection.state.asked.fetch_or(is_request, Ordering::Relaxed);
        let waiting = connection.state.waiting_bytes.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len();
        if waiting > hub.shared.config.limits.outbox_bytes || connection.outbox.try_send(bytes).is_err() {
            drop(table);
            tracing::debug!(remote = %flow.remote, "a connection that takes nothing is closed");
            self.close(hub, id);
        }
    }

    /// Somebody proved who they are over this connection: it is no longer counted against strangers.
    pub(super) fn prove(&self, flow: Flow) {
        let mut table = self.table();
        let Some(connection) = table.connections.get(&flow.connection) else { return };
        if !connection.state.proven.swap(true, Ordering::Relaxed) {
            table.forget_unproven(flow.remote.ip(), flow.connection);
        }
    }

    /// The phone at the other end has promised to be heard of within the Flow-Timer.
    pub(super) fn expect_signs(&self, flow: Flow) {
        if let Some(connection) = self.table().connections.get(&flow.connection) {
            connection.state.timed.store(true, Ordering::Relaxed);
        }
    }

    fn connect(&self, hub: &Arc<Hub>, flow: Flow, first: Bytes) {
        if !flow.transport.can_be_opened() || self.len() >= hub.shared.config.limits.connections {
            return hub.fail(flow);
        }
        let (id, mut receiver, state) = self.insert(hub, flow, true);
        state.asked.store(true, Ordering::Relaxed);
        let (own, all) = (Flow { connection: id, ..flow }, hub.clone());
        let task = tokio::spawn(async move {
            match timeout(PATIENCE, TcpStream::connect(own.remote)).await {
                Ok(Ok(socket)) if own.transport == Transport::Tls => {
                    if let Some(socket) = trust::proven(&all, own, undelayed(socket)).await {
                        stream::serve(&all, own, socket, &mut receiver, &state).await;
                    }
                }
                Ok(Ok(socket)) => stream::serve(&all, own, undelayed(socket), &mut receiver, &state).await,
                Ok(Err(_)) | Err(_) => tracing::debug!(remote = %own.remote, "no connection could be made"),
            }
            all.streams.close(&all, id);
        });
        self.keep(id, task.abort_handle());
        self.send(hub, Flow { connection: id, ..flow }, first);
    }

    fn insert(&self, hub: &Hub, flow: Flow, proven: bool) -> (u64, mpsc::Receiver<Bytes>, Arc<State>) {
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (outbox, receiver) = mpsc::channel(OUTBOX);
        let state = Arc::new(State { proven: AtomicBool::new(proven), ..State::default() });
        let flow = Flow { connection: id, ..flow };
        hub.shared.connected(id);
        let mut table = self.table();
        table.by_remote.insert(key(flow), id);
        if !proven {
            table.unproven.entry(flow.remote.ip()).or_default().push(id);
        }
        table.connections.insert(id, Connection { flow, outbox, state: state.clone(), task: None });
        (id, receiver, state)
    }

    fn keep(&self, id: u64, task: AbortHandle) {
        if let Some(connection) = self.table().connections.get_mut(&id) {
            connection.task = Some(task);
        }
    }

    /// Ends a connection, by its own task or from outside.
    fn close(&self, hub: &Hub, id: u64) {
        let mut table = self.table();
        let Some(connection) = table.connections.remove(&id) else { return };
        let flow = connection.flow;
        hub.shared.disconnected(id);
        if table.by_remote.get(&key(flow)) == Some(&id) {
            table.by_remote.remove(&key(flow));
        }
        table.forget_unproven(flow.remote.ip(), id);
        drop(table);
        if connection.state.asked.load(Ordering::Relaxed) {
            hub.fail(flow);
        }
        let shard = &hub.shards[id as usize % hub.shards.len()];
        // A shard that is gone has no phones any more.
        let _ = shard.orders.send(Order::Closed(id));
        if let Some(task) = connection.task {
            task.abort();
        }
    }

    pub(super) fn close_all(&self) {
        let mut table = std::mem::take(&mut *self.table());
        for connection in table.connections.drain().filter_map(|(_, connection)| connection.task) {
            connection.abort();
        }
    }

    /// Takes connections from a listener for ever.
    pub(super) async fn listen(hub: Arc<Hub>, transport: Transport, local: u16, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((socket, remote)) => {
                    let flow = Flow { local, ..Flow::to(transport, remote) };
                    hub.streams.accept(&hub, flow, Arrival::Socket(socket));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Serves a connection that came in, unless a limit is reached.
    pub(super) fn accept(&self, hub: &Arc<Hub>, flow: Flow, arrival: Arrival) {
        let limits = hub.shared.config.limits;
        let source = flow.remote.ip();
        if !hub.shared.admits(source, hub.now()) {
            return;
        }
        if self.len() >= limits.connections {
            metrics::counter!("alo_sip_dropped_total", "why" => "connections").increment(1);
            return;
        }
        let oldest = {
            let table = self.table();
            let strangers = table.unproven.get(&source);
            strangers.filter(|ids| ids.len() >= limits.idle_per_source).and_then(|ids| ids.first().copied())
        };
        if let Some(oldest) = oldest {
            self.close(hub, oldest);
        }
        let (id, mut receiver, state) = self.insert(hub, flow, hub.shared.directory.carrier(source));
        let (own, all) = (Flow { connection: id, ..flow }, hub.clone());
        let task = tokio::spawn(async move {
            arrival.serve(&all, own, &mut receiver, &state).await;
            all.streams.close(&all, id);
        });
        self.keep(id, task.abort_handle());
    }
}

/// A connection that came in.
pub(super) enum Arrival {
    /// As the kernel gave it.
    Socket(TcpStream),
    /// Another server has taken it and answered its WebSocket handshake.
    WebSocket(Box<dyn Io>),
}

/// Anything that is read and written like a socket.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for S {}

impl Arrival {
    /// Does the transport's handshakes and serves the connection until its end.
    async fn serve(self, hub: &Arc<Hub>, flow: Flow, outbox: &mut mpsc::Receiver<Bytes>, state: &State) {
        let socket = match self {
            Arrival::Socket(socket) => undelayed(socket),
            Arrival::WebSocket(socket) => {
                return websocket::serve(hub, flow, websocket::adopt(socket).await, outbox, state).await;
            }
        };
        match flow.transport {
            Transport::Tls => {
                if let Some(socket) = secured(hub, flow, socket).await {
                    stream::serve(hub, flow, socket, outbox, state).await;
                }
            }
            Transport::Ws => upgraded(hub, flow, socket, outbox, state).await,
            Transport::Wss => {
                if let Some(socket) = secured(hub, flow, socket).await {
                    upgraded(hub, flow, socket, outbox, state).await;
                }
            }
            Transport::Udp | Transport::Tcp => stream::serve(hub, flow, socket, outbox, state).await,
        }
    }
}

/// What a connection can be found by.
fn key(flow: Flow) -> (Transport, SocketAddr, Peer) {
    (flow.transport, flow.remote, flow.peer)
}

/// Messages are small and each is waited for.
fn undelayed(socket: TcpStream) -> TcpStream {
    // Without it they are only later.
    let _ = socket.set_nodelay(true);
    socket
}

/// The TLS handshake of a client.
async fn secured(hub: &Hub, flow: Flow, socket: TcpStream) -> Option<impl Io + use<>> {
    let acceptor = TlsAcceptor::from(hub.shared.config.identity.clone()?);
    let failure = match timeout(hub.shared.config.limits.handshake, acceptor.accept(socket)).await {
        Ok(Ok(socket)) => return Some(socket),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it took too long".to_owned(),
    };
    metrics::counter!("alo_sip_handshakes_failed_total", "transport" => flow.transport.parameter()).increment(1);
    tracing::debug!(remote = %flow.remote, why = failure, "a TLS handshake failed");
    None
}

/// The WebSocket handshake of a client, and its messages.
async fn upgraded<S: Io>(hub: &Arc<Hub>, flow: Flow, socket: S, outbox: &mut mpsc::Receiver<Bytes>, state: &State) {
    match timeout(hub.shared.config.limits.handshake, websocket::accept(socket)).await {
        Ok(Ok(socket)) => websocket::serve(hub, flow, socket, outbox, state).await,
        Ok(Err(_)) | Err(_) => {
            metrics::counter!("alo_sip_handshakes_failed_total", "transport" => flow.transport.parameter())
                .increment(1);
            tracing::debug!(remote = %flow.remote, "a WebSocket handshake failed");
        }
    }
}

impl Table {
    fn forget_unproven(&mut self, source: IpAddr, id: u64) {
        if let Some(ids) = self.unproven.get_mut(&source) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.unproven.remove(&source);
            }
        }
    }
}

impl Hub {
    /// Tells every shard that nothing can be sent on this way.
    fn fail(&self, flow: Flow) {
        for shard in &self.shards {
            // A shard that is gone has nothing waiting.
            let _ = shard.orders.send(Order::Failed(flow));
        }
    }
}
