//! The task of one shard: it waits for datagrams, messages of other tasks, orders and its clock, lets the endpoint work,
//! and carries away what the endpoint has queued.
//!
//! A shard reads its own UDP sockets, so with one shard a datagram is parsed, handled and answered without leaving the
//! task. Datagrams of calls that belong to another shard are passed on, parsed.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use model::Moment;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::Hub;
use super::datagrams::Datagrams;
use crate::endpoint::Endpoint;
use crate::endpoint::command::{Command, Registration};
use crate::endpoint::core::{Lookup, LookupAsker};
use crate::endpoint::event::{Event, Leg};
use crate::endpoint::probing::Probe;
use crate::keepalive::KeepAlive;
use crate::locate::Hop;
use crate::message::Message;
use crate::trace::Trace;
use crate::transport::{Flow, Transport};

/// Datagrams read before orders are looked at again.
const BATCH: usize = 64;
/// Datagrams that wait for a full socket.
const UNSENT: usize = 4096;
/// How long a full socket is left alone.
const FULL: Duration = Duration::from_millis(1);
/// How often, and how long each time, a full socket is waited for before the shard stops.
const LAST_TURNS: usize = 10;
const LAST_TURN: Duration = Duration::from_millis(20);
/// Timers are looked at this often at most. Most belong to transactions that are settled by then, and none has to be exact,
/// so that those of many calls share a wake-up.
const TICK: Duration = Duration::from_millis(20);
/// A sleep that never matters.
const LONG: Duration = Duration::from_secs(3600);

/// What a shard is told by other tasks. Orders come from the house, which is bounded by its calls; messages have a
/// bounded queue of their own.
pub(super) enum Order {
    Command(Leg, Command),
    Register(u64, Option<Registration>),
    Probe(u64, Probe),
    Resolved(LookupAsker, Vec<Hop>),
    Failed(Flow),
    Trace(Leg, oneshot::Sender<Option<Trace>>),
    Closed(u64),
    Tell(Event),
    Stop,
}

/// The ends of a shard that others hold.
pub(super) struct Handle {
    pub(super) orders: mpsc::UnboundedSender<Order>,
    pub(super) messages: mpsc::Sender<(Flow, Message)>,
    pub(super) legs: AtomicUsize,
    pub(super) transactions: AtomicUsize,
}

/// See the module.
pub(super) struct Shard {
    pub(super) hub: Arc<Hub>,
    pub(super) index: usize,
    pub(super) endpoint: Endpoint,
    /// The UDP sockets this shard reads, by their place in the configuration.
    pub(super) sockets: Vec<(u16, Arc<Datagrams>)>,
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    pub(super) messages: mpsc::Receiver<(Flow, Message)>,
    pub(super) events: mpsc::Sender<Event>,
    pub(super) unsent: VecDeque<(Flow, Bytes)>,
}

/// The socket takes nothing more for now.
struct Full;

enum Woken {
    Order(Option<Order>),
    Message(Option<(Flow, Message)>),
    Readable,
    Full,
    EventsTaken,
    Timer,
}

impl Shard {
    pub(super) async fn run(mut self) {
        let sleep = sleep_until(Instant::now() + LONG);
        tokio::pin!(sleep);
        let mut buffer = vec![0; crate::message::MAX_DATAGRAM];
        if self.index == 0 {
            let now = self.hub.now();
            self.guarded(|endpoint| endpoint.look_after(now));
        }
        loop {
            let wanted = self.endpoint.deadline().map(|at| self.hub.instant(on_tick(at)));
            if let Some(at) = wanted.filter(|at| *at < sleep.deadline() || sleep.is_elapsed()) {
                sleep.as_mut().reset(at);
            } else if sleep.is_elapsed() {
                sleep.as_mut().reset(Instant::now() + LONG);
            }
            let behind = self.endpoint.waiting_events() > 0;
            let woken = tokio::select! {
                biased;
                order = self.orders.recv() => Woken::Order(order),
                () = readable(&self.sockets) => Woken::Readable,
                message = self.messages.recv() => Woken::Message(message),
                () = &mut sleep => Woken::Timer,
                _ = self.events.reserve(), if behind => Woken::EventsTaken,
                () = tokio::time::sleep(FULL), if !self.unsent.is_empty() => Woken::Full,
            };
            match woken {
                Woken::Order(None | Some(Order::Stop)) => break,
                Woken::Order(Some(order)) => self.perform(order),
                Woken::Message(Some((flow, message))) => self.receive(flow, message),
                Woken::Message(None) | Woken::Readable | Woken::Full | Woken::EventsTaken | Woken::Timer => {}
            }
            if self.work(&mut buffer) {
                break;
            }
        }
        self.say_the_rest().await;
    }

    /// Carries away what was queued before the order to stop; a socket that stays full is not waited for long.
    async fn say_the_rest(&mut self) {
        self.flush();
        let mut turns = LAST_TURNS;
        while !self.unsent.is_empty() && turns > 0 {
            turns -= 1;
            tokio::time::sleep(LAST_TURN).await;
            self.flush();
        }
    }

    /// Does all there is to do without waiting, up to a batch of each kind. Whether to stop.
    fn work(&mut self, buffer: &mut [u8]) -> bool {
        self.read_sockets(buffer);
        for _ in 0..BATCH {
            match self.messages.try_recv() {
                Ok((flow, message)) => self.receive(flow, message),
                Err(_) => break,
            }
        }
        for _ in 0..BATCH * 4 {
            match self.orders.try_recv() {
                Ok(Order::Stop) => return true,
                Ok(order) => self.perform(order),
                Err(_) => break,
            }
        }
        let now = self.hub.now();
        if self.endpoint.deadline().is_some_and(|at| at <= now) {
            self.guarded(|endpoint| endpoint.timeout(now));
        }
        self.flush();
        false
    }

    /// Runs the endpoint; its failure on one message must not end the calls of all others.
    fn guarded(&mut self, work: impl FnOnce(&mut Endpoint)) {
        let endpoint = &mut self.endpoint;
        if catch_unwind(AssertUnwindSafe(|| work(endpoint))).is_err() {
            metrics::counter!("alo_sip_panics_total").increment(1);
            tracing::error!(shard = self.index, "the SIP endpoint panicked; the message or order is dropped");
        }
    }

    fn receive(&mut self, flow: Flow, message: Message) {
        let now = self.hub.now();
        self.guarded(|endpoint| endpoint.receive(now, flow, message));
    }

    fn perform(&mut self, order: Order) {
        let now = self.hub.now();
        self.guarded(|endpoint| match order {
            Order::Command(leg, command) => endpoint.command(now, leg, command),
            Order::Register(id, registration) => endpoint.register(now, id, registration),
            Order::Probe(id, probe) => endpoint.ask_carrier(now, id, &probe),
            Order::Resolved(asker, hops) => endpoint.resolved(now, asker, hops),
            Order::Failed(flow) => endpoint.failed(now, flow),
            // Whoever asked may have gone away.
            Order::Trace(leg, reply) => _ = reply.send(endpoint.trace(leg)),
            Order::Closed(connection) => endpoint.closed(now, connection),
            Order::Tell(event) => endpoint.tell(event),
            Order::Stop => {}
        });
    }

    fn read_sockets(&mut self, buffer: &mut [u8]) {
        for at in 0..self.sockets.len() {
            let (local, socket) = (self.sockets[at].0, self.sockets[at].1.clone());
            for _ in 0..BATCH {
                match socket.receive(buffer) {
                    Ok((length, remote)) => {
                        let flow = Flow { local, ..Flow::to(Transport::Udp, remote) };
                        self.datagram(flow, &buffer[..length]);
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    // An ICMP error of an earlier datagram: the next one may be fine.
                    Err(error) => tracing::trace!(%error, "reading a datagram failed"),
                }
            }
        }
    }

    fn datagram(&mut self, flow: Flow, bytes: &[u8]) {
        if bytes.len() < 12 || flow.remote.port() == 0 {
            return;
        }
        let now = self.hub.now();
        if !self.hub.shared.admits(flow.remote.ip(), now) {
            return;
        }
        match KeepAlive::read(bytes) {
            Some(KeepAlive::Stun(stun)) => {
                let answer = stun.answer(flow.remote);
                if self.send_datagram(flow, &answer).is_err() {
                    metrics::counter!("alo_sip_dropped_total", "why" => "socket_full").increment(1);
                }
                return;
            }
            Some(KeepAlive::Ping | KeepAlive::Blank | KeepAlive::OtherStun) => return,
            None => {}
        }
        match Message::parse(Bytes::copy_from_slice(bytes)) {
            Ok(message) => {
                tracing::trace!(remote = %flow.remote, ?message, "received");
                let shard = self.hub.shared.shard_of_call(message.call_id());
                if shard == self.index {
                    self.guarded(|endpoint| endpoint.receive(now, flow, message));
                } else if self.hub.shards[shard].messages.try_send((flow, message)).is_err() {
                    metrics::counter!("alo_sip_dropped_total", "why" => "queue_full").increment(1);
                }
            }
            Err(error) => {
                metrics::counter!("alo_sip_malformed_total").increment(1);
                self.guarded(|endpoint| endpoint.receive_broken(now, flow, &error));
            }
        }
    }

    /// Carries away what the endpoint has queued.
    fn flush(&mut self) {
        while let Some((flow, bytes)) = self.unsent.pop_front() {
            if self.send_datagram(flow, &bytes).is_err() {
                self.unsent.push_front((flow, bytes));
                break;
            }
        }
        while let Some((flow, bytes)) = self.endpoint.next_transmit() {
            tracing::trace!(remote = %flow.remote, bytes = bytes.len(), "sending");
            if flow.transport != Transport::Udp {
                self.hub.streams.send(&self.hub, flow, bytes);
            } else if (!self.unsent.is_empty() || self.send_datagram(flow, &bytes).is_err())
                && self.unsent.len() < UNSENT
            {
                self.unsent.push_back((flow, bytes));
            }
        }
        while let Some(flow) = self.endpoint.next_proven() {
            self.hub.streams.prove(flow);
        }
        while let Some(flow) = self.endpoint.next_timed() {
            self.hub.streams.expect_signs(flow);
        }
        while let Some(lookup) = self.endpoint.next_lookup() {
            self.look_up(lookup);
        }
        while let Some(event) = self.endpoint.next_event() {
            match self.events.try_send(event) {
                Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
                Err(mpsc::error::TrySendError::Full(event)) => {
                    self.endpoint.put_back(event);
                    break;
                }
            }
        }
        self.endpoint.set_backlog(self.events.max_capacity() - self.events.capacity());
        let (legs, transactions) = self.endpoint.counts();
        let handle = &self.hub.shards[self.index];
        handle.legs.store(legs, Ordering::Relaxed);
        handle.transactions.store(transactions, Ordering::Relaxed);
    }

    /// Sends a datagram, unless the socket is full.
    fn send_datagram(&mut self, flow: Flow, bytes: &[u8]) -> Result<(), Full> {
        let hub = self.hub.clone();
        let Some(socket) = hub.udp.get(usize::from(flow.local)) else {
            self.guarded(|endpoint| endpoint.failed(hub.now(), flow));
            return Ok(());
        };
        match socket.send(bytes, flow.remote) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(Full),
            Err(error) => {
                tracing::debug!(%error, remote = %flow.remote, "a datagram could not be sent");
                self.guarded(|endpoint| endpoint.failed(hub.now(), flow));
            }
        }
        Ok(())
    }

    fn look_up(&self, lookup: Lookup) {
        let orders = self.hub.shards[self.index].orders.clone();
        let hub = self.hub.clone();
        tokio::spawn(async move {
            let hops = hub.shared.config.locator.find(&lookup.server, |ip| hub.shared.config.reaches(ip)).await;
            // The shard may be gone: then nobody waits for the places.
            let _ = orders.send(Order::Resolved(lookup.asker, hops));
        });
    }
}

/// Waits until one of the sockets can be read.
async fn readable(sockets: &[(u16, Arc<Datagrams>)]) {
    poll_fn(|context| {
        let ready = sockets.iter().any(|(_, socket)| socket.poll_readable(context).is_ready());
        if ready { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// The first tick that is not before this moment.
fn on_tick(at: Moment) -> Moment {
    let tick = TICK.as_nanos() as u64;
    Moment::from_nanos(at.as_nanos().div_ceil(tick).saturating_mul(tick))
}

impl Hub {
    /// The time on the endpoints' clock.
    pub(super) fn now(&self) -> Moment {
        Moment::from_nanos(u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn instant(&self, at: Moment) -> Instant {
        self.started + at.since(Moment::START).min(Duration::from_secs(86_400 * 365))
    }
}
