//! Stream connections: accepting, connecting, cutting bytes into messages, and writing what the shards send.
//!
//! Limits: connections at all, unproven ones per source, time for a whole message, time without any, bytes waiting to
//! be written, time for one write. Whoever breaks one is closed; nobody else notices.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::Hub;
use super::shard::Order;
use crate::message::{Message, take_pings};
use crate::transport::{Flow, Transport};

/// How long a connection may take to be made, and one write to be taken.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection nobody has proven anything on may lie idle.
const UNPROVEN_IDLE: Duration = Duration::from_secs(60);
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
    by_remote: HashMap<(Transport, SocketAddr), u64>,
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
struct State {
    waiting_bytes: AtomicUsize,
    proven: AtomicBool,
    /// A request of ours went over it: its end is news to the shards.
    asked: AtomicBool,
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
            None => table.by_remote.get(&(flow.transport, flow.remote)).copied(),
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

    fn connect(&self, hub: &Arc<Hub>, flow: Flow, first: Bytes) {
        if flow.transport != Transport::Tcp || self.len() >= hub.shared.config.limits.connections {
            return hub.fail(flow);
        }
        let (id, receiver, state) = self.insert(hub, flow, true);
        state.asked.store(true, Ordering::Relaxed);
        let (own, all) = (Flow { connection: id, ..flow }, hub.clone());
        let task = tokio::spawn(async move {
            match timeout(PATIENCE, TcpStream::connect(own.remote)).await {
                Ok(Ok(stream)) => serve(&all, own, stream, receiver, &state).await,
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
        table.by_remote.insert((flow.transport, flow.remote), id);
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
        if table.by_remote.get(&(flow.transport, flow.remote)) == Some(&id) {
            table.by_remote.remove(&(flow.transport, flow.remote));
        }
        table.forget_unproven(flow.remote.ip(), id);
        drop(table);
        if connection.state.asked.load(Ordering::Relaxed) {
            hub.fail(flow);
        }
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
    pub(super) async fn listen(hub: Arc<Hub>, local: u16, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, remote)) => hub.streams.accept(&hub, local, stream, remote),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn accept(&self, hub: &Arc<Hub>, local: u16, stream: TcpStream, remote: SocketAddr) {
        let limits = hub.shared.config.limits;
        if !hub.shared.admits(remote.ip(), hub.now()) {
            return;
        }
        if self.len() >= limits.connections {
            metrics::counter!("alo_sip_dropped_total", "why" => "connections").increment(1);
            return;
        }
        let oldest = {
            let table = self.table();
            let strangers = table.unproven.get(&remote.ip());
            strangers.filter(|ids| ids.len() >= limits.idle_per_source).and_then(|ids| ids.first().copied())
        };
        if let Some(oldest) = oldest {
            self.close(hub, oldest);
        }
        let flow = Flow { transport: Transport::Tcp, local, remote, connection: 0 };
        let (id, receiver, state) = self.insert(hub, flow, hub.shared.directory.carrier(remote.ip()));
        let (own, all) = (Flow { connection: id, ..flow }, hub.clone());
        let task = tokio::spawn(async move {
            serve(&all, own, stream, receiver, &state).await;
            all.streams.close(&all, id);
        });
        self.keep(id, task.abort_handle());
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

/// Reads and writes until the connection ends or breaks a limit.
async fn serve(hub: &Arc<Hub>, flow: Flow, mut stream: TcpStream, mut outbox: mpsc::Receiver<Bytes>, state: &State) {
    // Messages are small and each is waited for.
    let _ = stream.set_nodelay(true);
    let limits = hub.shared.config.limits;
    let mut input = BytesMut::with_capacity(4096);
    let mut heard_at = Instant::now();
    let mut begun_at = None;
    loop {
        let idle = if state.proven.load(Ordering::Relaxed) { limits.idle } else { UNPROVEN_IDLE.min(limits.idle) };
        let until = begun_at.map_or(heard_at + idle, |at| at + limits.partial);
        tokio::select! {
            bytes = outbox.recv() => {
                let Some(bytes) = bytes else { return };
                if write(&mut stream, bytes, &mut outbox, state).await.is_err() {
                    return;
                }
            }
            read = stream.read_buf(&mut input) => {
                if !matches!(read, Ok(1..)) {
                    return;
                }
                if !state.proven.load(Ordering::Relaxed) && !hub.shared.admits(flow.remote.ip(), hub.now()) {
                    return;
                }
                heard_at = Instant::now();
                match take_messages(hub, flow, &mut input).await {
                    Ok(taken) => {
                        if taken.messages > 0 {
                            begun_at = None;
                        }
                        let pongs = b"\r\n".repeat(taken.pings.min(8));
                        if taken.pings > 0 && timeout(PATIENCE, stream.write_all(&pongs)).await.is_err() {
                            return;
                        }
                    }
                    Err(last_words) => {
                        if let Some(last_words) = last_words {
                            let _ = timeout(PATIENCE, stream.write_all(&last_words)).await;
                        }
                        return;
                    }
                }
                begun_at = if input.is_empty() { None } else { begun_at.or(Some(heard_at)) };
                if input.is_empty() && input.capacity() > 64 * 1024 {
                    input = BytesMut::with_capacity(4096);
                }
            }
            () = sleep_until(until) => return,
        }
    }
}

#[derive(Default)]
struct Taken {
    pings: usize,
    messages: usize,
}

/// Hands all whole messages to their shards; waits when one is full, so that the sender has to wait too. When the stream
/// cannot be read further: the answer to send before it is closed.
async fn take_messages(hub: &Hub, flow: Flow, input: &mut BytesMut) -> Result<Taken, Option<Bytes>> {
    let mut taken = Taken::default();
    loop {
        taken.pings += take_pings(input);
        match Message::parse_stream(input) {
            Ok(Some(message)) => {
                taken.messages += 1;
                tracing::trace!(remote = %flow.remote, ?message, "received");
                let shard = hub.shared.shard_of_call(message.call_id());
                if hub.shards[shard].messages.send((flow, message)).await.is_err() {
                    return Err(None);
                }
            }
            Ok(None) => return Ok(taken),
            Err(error) => {
                metrics::counter!("alo_sip_malformed_total").increment(1);
                let error = error.0;
                let answer = error.answer().zip(error.message.as_deref()).map(|((code, reason), message)| {
                    crate::build::ResponseBuilder::new(message, code, reason, flow.remote, "framing").finish()
                });
                return Err(answer);
            }
        }
    }
}

/// Writes a message and what else waits, in one go.
async fn write(
    stream: &mut TcpStream,
    first: Bytes,
    outbox: &mut mpsc::Receiver<Bytes>,
    state: &State,
) -> io::Result<()> {
    let mut bytes = first;
    if let Ok(second) = outbox.try_recv() {
        let mut joined = BytesMut::with_capacity(4096);
        joined.extend_from_slice(&bytes);
        joined.extend_from_slice(&second);
        while let Ok(more) = outbox.try_recv() {
            joined.extend_from_slice(&more);
        }
        bytes = joined.freeze();
    }
    timeout(PATIENCE, stream.write_all(&bytes)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    state.waiting_bytes.fetch_sub(bytes.len(), Ordering::Relaxed);
    Ok(())
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
