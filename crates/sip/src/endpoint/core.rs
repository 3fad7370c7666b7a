//! What all legs of a shard share: the transactions, the timers, the dice, and the queues of what is to go out.
//!
//! A transaction that is finished and kept only for repetitions leaves the heap for a queue: all of one kind are kept
//! equally long, so the oldest is always in front.

mod clients;
mod servers;
mod ways;

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use self::clients::ClientEntry;
use self::servers::ServerEntry;
use super::command::Credentials;
use super::event::{Event, Leg, Signal};
use super::leg::Confirming;
use super::shared::{Shared, count_refused};
use crate::auth::{answer_challenge, best_challenge};
use crate::build::ResponseBuilder;
use crate::locate::Server;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::timer::{Dice, Timers, Timing};
use crate::transport::Flow;

/// Finished transactions are let go up to this much later than they may be, many at once.
const TOGETHER: Duration = Duration::from_millis(500);

/// Entries that a table may have room for however few it holds.
const ROOM: usize = 1024;

/// Who is woken by a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Server(u64),
    Client(u64),
    Leg(Leg),
    Registration(u64),
    Sweep,
}

/// What became due and is not settled by the transactions themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// A leg's own timer.
    Leg(Leg),
    /// A registration of ours.
    Registration(u64),
    /// Expired bindings are to be dropped.
    Sweep,
    /// A request of ours had no final answer.
    NoAnswer(Unanswered),
}

/// A request of ours that had no final answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unanswered {
    pub(crate) asker: Asker,
    /// Whether there was no sign of life at all.
    pub(crate) silent: bool,
}

/// The phone that an INVITE went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Callee {
    /// Its contact's key.
    pub(crate) contact: u64,
    /// The account the contact is registered for.
    pub(crate) account: u128,
    /// Since when it is being asked.
    pub(crate) since: Moment,
}

/// Who waits for the answer to a request of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The leg's first INVITE, to a registered phone or to an address.
    Invite(Leg, Option<Callee>),
    /// Nobody any more: the INVITE was withdrawn before anything was heard of it, and its leg is over.
    Withdrawn {
        /// The INVITE's.
        branch: u64,
        /// For the Reason header.
        cause: Cause,
        /// The phone.
        callee: Option<Callee>,
    },
    /// An INVITE inside the leg's dialog.
    Reinvite(Leg),
    /// A sign of life that the leg asks for (RFC 4028).
    Refresh(Leg),
    /// The leg's BYE.
    Bye(Leg),
    /// The leg confirms a provisional answer.
    Prack(Leg, Confirming),
    /// A registration of ours.
    Register(u64),
    /// What a subscriber is told.
    Notify(Leg),
    /// A text to a phone.
    Text(Leg, Callee),
    /// Whether a contact is still alive.
    Probe(Callee),
    /// Whether a carrier is there.
    Carrier(u64),
    /// Nobody: a CANCEL, or the BYE of an answer that came too late.
    Nobody,
}

/// A name to look up; the answer comes back as [`super::Endpoint::resolved`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Who asks.
    pub asker: LookupAsker,
    /// The server as it was named.
    pub server: Server,
}

/// Who waits for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupAsker {
    /// A leg that dials.
    Leg(Leg),
    /// A registration of ours.
    Registration(u64),
}

/// See the module.
pub(crate) struct Core {
    pub(crate) shared: Arc<Shared>,
    pub(crate) now: Moment,
    pub(crate) dice: Dice,
    pub(crate) transmits: VecDeque<(Flow, Bytes)>,
    pub(crate) events: VecDeque<Event>,
    pub(crate) lookups: VecDeque<Lookup>,
    /// Streams over which somebody proved who they are.
    pub(crate) proven: VecDeque<Flow>,
    /// Streams whose phone has promised to be heard of within the Flow-Timer.
    pub(crate) timed: VecDeque<Flow>,
    /// Events handed over and not yet read by the house, as the driver last said.
    pub(crate) backlog: usize,
    hasher: RandomState,
    timers: Timers<Owner>,
    servers: HashMap<u64, ServerEntry>,
    clients: HashMap<u64, ClientEntry>,
    active: usize,
    /// Withdrawn INVITEs that nothing was heard of: nobody waits for them.
    lingering: usize,
    /// Answered requests, which may be forgotten early when there are too many.
    answered: VecDeque<(Moment, Owner)>,
    /// Finished INVITEs, kept 64 × T1.
    invites: VecDeque<(Moment, Owner)>,
    /// What is kept for T4.
    brief: VecDeque<(Moment, Owner)>,
}

impl Core {
    pub(crate) fn new(shared: Arc<Shared>, seed: [u8; 32]) -> Core {
        Core {
            shared,
            now: Moment::START,
            dice: Dice::new(seed),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            lookups: VecDeque::new(),
            proven: VecDeque::new(),
            timed: VecDeque::new(),
            backlog: 0,
            hasher: RandomState::new(),
            timers: Timers::new(),
            servers: HashMap::new(),
            clients: HashMap::new(),
            active: 0,
            lingering: 0,
            answered: VecDeque::new(),
            invites: VecDeque::new(),
            brief: VecDeque::new(),
        }
    }

    pub(crate) fn timing(&self) -> Timing {
        self.shared.config.timing
    }

    /// Transactions that wait for something.
    pub(crate) const fn active(&self) -> usize {
        self.active
    }

    /// Answered requests that are kept for their repetitions.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.answered.len()
    }

    /// Withdrawn INVITEs that nothing was heard of.
    #[cfg(test)]
    pub(crate) fn lingering(&self) -> usize {
        self.lingering
    }

    /// Whether no more requests should be taken in.
    pub(crate) fn is_full(&self) -> bool {
        self.active + self.lingering >= self.shared.config.limits.transactions
    }

    /// Whether the house is behind with its events.
    pub(crate) fn is_backed_up(&self) -> bool {
        self.backlog + self.events.len() > self.shared.config.limits.events / 2
    }

    pub(crate) fn tell(&mut self, leg: Leg, signal: Signal) {
        self.events.push_back(Event::Leg(leg, signal));
    }

    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Bytes) {
        if !flow.is_nowhere() {
            self.transmits.push_back((flow, bytes));
        }
    }

    /// A new tag.
    pub(crate) fn tag(&mut self) -> String {
        format!("{:016x}", self.dice.roll())
    }

    /// A key of this shard's tables; unguessable for others.
    pub(crate) fn hash(&self, parts: impl std::hash::Hash) -> u64 {
        self.hasher.hash_one(parts)
    }

    // Timers of legs and registrations.

    pub(crate) fn wake_leg(&mut self, leg: Leg, at: Moment) {
        self.timers.set(at, Owner::Leg(leg));
    }

    pub(crate) fn wake_registration(&mut self, id: u64, at: Moment) {
        self.timers.set(at, Owner::Registration(id));
    }

    pub(crate) fn wake_sweep(&mut self, after: Duration) {
        self.timers.set(self.now + after, Owner::Sweep);
    }

    /// When [`Core::next_due`] has something to do. A time that its owner has left behind wakes nobody; `leg` is asked for
    /// the time it wants instead of the one it had set.
    pub(crate) fn deadline(&mut self, mut leg: impl FnMut(Leg, Moment) -> Option<Moment>) -> Option<Moment> {
        while let Some((at, owner)) = self.timers.first() {
            // A far deadline is approached in steps, so that the heap does not keep what was answered long ago.
            let step = self.now.max(at) + self.timing().t1 * 64;
            let wanted = match owner {
                Owner::Client(key) => self.clients.get(&key).and_then(ClientEntry::deadline).map(|at| at.min(step)),
                Owner::Server(key) => self.servers.get(&key).and_then(ServerEntry::deadline).map(|at| at.min(step)),
                Owner::Leg(id) => leg(id, at),
                Owner::Registration(_) | Owner::Sweep => Some(at),
            };
            if wanted.is_some_and(|wanted| wanted <= at) {
                break;
            }
            self.timers.skip();
            if let Some(wanted) = wanted {
                self.timers.set(wanted, owner);
            }
        }
        let queues = [&self.answered, &self.invites, &self.brief];
        let fronts = queues.into_iter().filter_map(|q| q.front().map(|(at, _)| *at + TOGETHER));
        fronts.chain(self.timers.first().map(|(at, _)| at)).min()
    }

    /// Lets time pass up to `now`; call until none is left.
    pub(crate) fn next_due(&mut self) -> Option<Due> {
        let now = self.now;
        let kept = self.servers.len() + self.clients.len();
        for queue in [&mut self.answered, &mut self.invites, &mut self.brief] {
            while queue.front().is_some_and(|(at, _)| *at <= now) {
                match queue.pop_front() {
                    Some((_, Owner::Server(key))) => _ = self.servers.remove(&key),
                    Some((_, Owner::Client(key))) => _ = self.clients.remove(&key),
                    Some((_, Owner::Leg(_) | Owner::Registration(_) | Owner::Sweep)) | None => {}
                }
            }
        }
        if self.servers.len() + self.clients.len() < kept {
            self.give_back();
        }
        while let Some(owner) = self.timers.pop_due(now) {
            match owner {
                Owner::Leg(leg) => return Some(Due::Leg(leg)),
                Owner::Registration(id) => return Some(Due::Registration(id)),
                Owner::Sweep => return Some(Due::Sweep),
                Owner::Server(key) => self.server_timeout(key),
                Owner::Client(key) => {
                    if let Some(unanswered) = self.client_timeout(key) {
                        return Some(Due::NoAnswer(unanswered));
                    }
                }
            }
        }
        None
    }

    /// Gives back the room that a rush of calls has left empty in the tables.
    fn give_back(&mut self) {
        let emptied = |capacity: usize, length: usize| capacity > ROOM && length < capacity / 8;
        if emptied(self.servers.capacity(), self.servers.len()) {
            self.servers.shrink_to(ROOM.max(self.servers.len() * 2));
        }
        if emptied(self.clients.capacity(), self.clients.len()) {
            self.clients.shrink_to(ROOM.max(self.clients.len() * 2));
        }
        for queue in [&mut self.answered, &mut self.invites, &mut self.brief] {
            if emptied(queue.capacity(), queue.len()) {
                queue.shrink_to(ROOM.max(queue.len() * 2));
            }
        }
    }

    /// Entries that the tables of transactions have room for.
    #[cfg(test)]
    pub(crate) fn room(&self) -> usize {
        self.servers.capacity() + self.clients.capacity()
    }

    /// Keeps a finished transaction for repetitions until its time is over.
    fn keep(&mut self, until: Moment, owner: Owner, is_invite: bool) {
        let long = self.timing().t1 * 64;
        if until.since(self.now) < long {
            self.brief.push_back((until, owner));
        } else if is_invite {
            self.invites.push_back((until, owner));
        } else {
            self.answered.push_back((until, owner));
            if self.answered.len() > self.shared.config.limits.finished
                && let Some((_, Owner::Server(key))) = self.answered.pop_front()
            {
                self.servers.remove(&key);
            }
        }
    }

    /// The header that answers a challenge with these credentials.
    pub(crate) fn authorize(
        &mut self,
        response: &Message,
        method: Method,
        uri: &str,
        with: &Credentials,
    ) -> Option<(Name, String)> {
        let (name, challenge) = best_challenge(response)?;
        let cnonce = format!("{:016x}", self.dice.roll());
        let value = answer_challenge(challenge, method.as_str(), uri, &with.user, &with.password, &cnonce, 1)?;
        Some((name, value))
    }

    /// Begins an answer to a request that came over `flow`.
    pub(crate) fn reply(&self, request: &Message, flow: Flow, status: u16, reason: &str, tag: &str) -> ResponseBuilder {
        ResponseBuilder::new(request, status, reason, flow.remote, tag)
    }

    /// Answers without keeping anything: the same request gets the same answer, tag included.
    pub(crate) fn reply_stateless(
        &mut self,
        request: &Message,
        flow: Flow,
        status: u16,
        reason: &str,
        headers: &[(Name, &str)],
    ) {
        let answer = self.stateless(request, flow, status, reason, headers);
        self.transmit(flow, answer);
    }

    /// The same for a request nobody has proven anything for. It may have come under the address of a victim, so a
    /// datagram is never answered with more than half as much again: then only the first `needed` of the headers are sent,
    /// and nothing at all when that is too much still.
    pub(crate) fn reply_unproven(
        &mut self,
        request: &Message,
        flow: Flow,
        (status, reason): (u16, &str),
        headers: &[(Name, &str)],
        needed: usize,
    ) {
        let most = if flow.transport.is_reliable() { usize::MAX } else { request.raw().len() * 3 / 2 };
        let mut answer = self.stateless(request, flow, status, reason, headers);
        if answer.len() > most && needed < headers.len() {
            answer = self.stateless(request, flow, status, reason, &headers[..needed]);
        }
        if answer.len() > most {
            // No phone's request is as short as that.
            return count_refused("short");
        }
        self.transmit(flow, answer);
    }

    pub(crate) fn stateless(
        &self,
        request: &Message,
        flow: Flow,
        status: u16,
        reason: &str,
        headers: &[(Name, &str)],
    ) -> Bytes {
        let tag = format!("{:016x}", self.hash((request.call_id(), request.from_tag(), request.header(Name::CSeq))));
        let mut builder = self.reply(request, flow, status, reason, &tag);
        for (name, value) in headers {
            builder = builder.header(*name, value);
        }
        builder.finish()
    }
}
