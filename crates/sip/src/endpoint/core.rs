//! What all legs of a shard share: the transactions, the timers, the dice, and the queues of what is to go out.
//!
//! A transaction that is finished and kept only for repetitions leaves the heap for a queue: all of one kind are kept
//! equally long, so the oldest is always in front.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use model::Moment;

use super::command::Credentials;
use super::event::{Event, Leg, Signal};
use super::shared::Shared;
use crate::auth::{answer_challenge, best_challenge};
use crate::build::ResponseBuilder;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::timer::{Dice, Timers, Timing};
use crate::transaction::client::{self, Client, Heard};
use crate::transaction::server::{self, Server};
use crate::transaction::{Kind, derived};
use crate::transport::Flow;

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
    /// A request of ours was not answered.
    NoAnswer(Asker),
}

/// Who waits for the answer to a request of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The leg's first INVITE.
    Invite(Leg),
    /// An INVITE inside the leg's dialog.
    Reinvite(Leg),
    /// The leg's BYE.
    Bye(Leg),
    /// A registration of ours.
    Register(u64),
    /// Nobody: a CANCEL, or the BYE of an answer that came too late.
    Nobody,
}

#[derive(Debug)]
struct ServerEntry {
    machine: Server,
    flow: Flow,
    owner: Option<Leg>,
    counted: bool,
}

#[derive(Debug)]
struct ClientEntry {
    machine: Client,
    method: Method,
    flow: Flow,
    asker: Asker,
    /// The ACK of a refusal, to be repeated with it.
    ack: Bytes,
    /// The forks whose answer came too late and got a BYE.
    refused: Vec<u64>,
    counted: bool,
}

/// A name to look up; the answer comes back as [`super::Endpoint::resolved`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Who asks.
    pub asker: LookupAsker,
    /// The host name.
    pub host: String,
    /// The port to send to.
    pub port: u16,
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
    /// Events handed over and not yet read by the house, as the driver last said.
    pub(crate) backlog: usize,
    hasher: RandomState,
    timers: Timers<Owner>,
    servers: HashMap<u64, ServerEntry>,
    clients: HashMap<u64, ClientEntry>,
    active: usize,
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
            backlog: 0,
            hasher: RandomState::new(),
            timers: Timers::new(),
            servers: HashMap::new(),
            clients: HashMap::new(),
            active: 0,
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

    /// Whether no more requests should be taken in.
    pub(crate) fn is_full(&self) -> bool {
        self.active >= self.shared.config.limits.transactions
    }

    /// Whether the house is behind with its events.
    pub(crate) fn is_backed_up(&self) -> bool {
        self.backlog + self.events.len() > self.shared.config.limits.events / 2
    }

    pub(crate) fn tell(&mut self, leg: Leg, signal: Signal) {
        self.events.push_back(Event::Leg(leg, signal));
    }

    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Bytes) {
        self.transmits.push_back((flow, bytes));
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

    pub(crate) fn deadline(&self) -> Option<Moment> {
        let queues = [&self.answered, &self.invites, &self.brief];
        let fronts = queues.into_iter().filter_map(|q| q.front().map(|(at, _)| *at));
        fronts.chain(self.timers.next()).min()
    }

    /// Lets time pass up to `now`; call until none is left.
    pub(crate) fn next_due(&mut self) -> Option<Due> {
        let now = self.now;
        for queue in [&mut self.answered, &mut self.invites, &mut self.brief] {
            while queue.front().is_some_and(|(at, _)| *at <= now) {
                match queue.pop_front() {
                    Some((_, Owner::Server(key))) => _ = self.servers.remove(&key),
                    Some((_, Owner::Client(key))) => _ = self.clients.remove(&key),
                    Some((_, Owner::Leg(_) | Owner::Registration(_) | Owner::Sweep)) | None => {}
                }
            }
        }
        while let Some(owner) = self.timers.pop_due(now) {
            match owner {
                Owner::Leg(leg) => return Some(Due::Leg(leg)),
                Owner::Registration(id) => return Some(Due::Registration(id)),
                Owner::Sweep => return Some(Due::Sweep),
                Owner::Server(key) => self.server_timeout(key),
                Owner::Client(key) => {
                    if let Some(asker) = self.client_timeout(key) {
                        return Some(Due::NoAnswer(asker));
                    }
                }
            }
        }
        None
    }

    // Server transactions.

    /// The key of the transaction a request belongs to; `method` is INVITE for an ACK, and for the INVITE a CANCEL
    /// means. Call-ID and number are part of it: some devices repeat a branch, some have none worth the name.
    pub(crate) fn server_key(&self, request: &Message, method: Method) -> u64 {
        let number = request.cseq().map_or(0, |(number, _)| number);
        let via = request.via().ok();
        let sender = via.map(|via| (via.branch(), via.host, via.port));
        self.hash((
            sender,
            request.call_id(),
            number,
            method as u8,
            (method == Method::Other).then(|| request.method_text()),
        ))
    }

    pub(crate) fn open(&mut self, key: u64, method: Method, flow: Flow, owner: Option<Leg>) {
        let kind = if method == Method::Invite { Kind::Invite } else { Kind::Other };
        let machine = Server::new(kind, flow.transport.is_reliable());
        self.active += 1;
        self.servers.insert(key, ServerEntry { machine, flow, owner, counted: true });
    }

    /// Answers a repeated request from its transaction; whether there is one.
    pub(crate) fn repeat(&mut self, key: u64, flow: Flow) -> bool {
        let Some(entry) = self.servers.get_mut(&key) else { return false };
        entry.flow = flow;
        if let Some(answer) = entry.machine.on_repeated() {
            self.transmit(flow, answer);
        }
        true
    }

    /// Sends an answer within its transaction.
    pub(crate) fn answer(&mut self, key: u64, status: u16, answer: Bytes) {
        let timing = self.timing();
        let Some(entry) = self.servers.get_mut(&key) else { return };
        if !entry.machine.is_waiting() {
            return;
        }
        self.transmits.push_back((entry.flow, answer.clone()));
        entry.machine.on_answer(self.now, &timing, status, answer);
        if status >= 200 {
            self.settle_server(key);
        }
    }

    /// The leg whose INVITE a CANCEL means, and whether it is still unanswered.
    pub(crate) fn invite_of(&self, key: u64) -> Option<(Option<Leg>, bool)> {
        self.servers.get(&key).map(|entry| (entry.owner, entry.machine.is_waiting()))
    }

    /// An ACK for a refusal; false when it belongs to a 2xx or to nothing.
    pub(crate) fn acknowledge(&mut self, key: u64) -> bool {
        let timing = self.timing();
        let Some(entry) = self.servers.get_mut(&key) else { return false };
        if entry.machine.is_active() {
            entry.machine.on_ack(self.now, &timing);
            self.settle_server(key);
        }
        true
    }

    fn settle_server(&mut self, key: u64) {
        let Some(entry) = self.servers.get_mut(&key) else { return };
        let active = entry.machine.is_active();
        if entry.counted && !active {
            entry.counted = false;
            self.active -= 1;
        }
        if entry.machine.is_over() {
            self.servers.remove(&key);
            return;
        }
        let Some(deadline) = entry.machine.deadline() else { return };
        let is_invite = entry.machine.is_invite();
        if active {
            self.timers.set(deadline, Owner::Server(key));
        } else {
            self.keep(deadline, Owner::Server(key), is_invite);
        }
    }

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

    fn server_timeout(&mut self, key: u64) {
        let (now, timing) = (self.now, self.timing());
        let Some(entry) = self.servers.get_mut(&key) else { return };
        if !entry.machine.is_active() {
            return;
        }
        let flow = entry.flow;
        match entry.machine.timeout(now, &timing) {
            server::Step::Nothing => {}
            server::Step::Send(answer) => self.transmit(flow, answer),
            server::Step::Over => {}
        }
        self.settle_server(key);
    }

    // Client transactions.

    /// A branch nobody can guess; even, so that its CANCEL can have the odd key beside it.
    pub(crate) fn branch(&mut self) -> u64 {
        self.dice.roll() & !1
    }

    /// The Via of a request of ours.
    pub(crate) fn via(&self, flow: Flow, branch: u64) -> String {
        let address = self.shared.local(flow);
        format!("SIP/2.0/{} {address};branch=z9hG4bK{branch:016x};rport", flow.transport)
    }

    /// The Contact of ours on a way.
    pub(crate) fn contact(&self, flow: Flow) -> String {
        self.shared.contact(flow, "alo")
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, branch: u64, flow: Flow, method: Method, request: Bytes, asker: Asker) {
        let kind = if method == Method::Invite { Kind::Invite } else { Kind::Other };
        let key = if method == Method::Cancel { branch | 1 } else { branch };
        self.transmit(flow, request.clone());
        let machine = Client::start(self.now, &self.timing(), kind, flow.transport.is_reliable(), request);
        if let Some(deadline) = machine.deadline() {
            self.timers.set(deadline, Owner::Client(key));
        }
        self.active += 1;
        let entry = ClientEntry { machine, method, flow, asker, ack: Bytes::new(), refused: Vec::new(), counted: true };
        if let Some(old) = self.clients.insert(key, entry)
            && old.counted
        {
            self.active -= 1;
        }
    }

    /// Whether the INVITE has heard a provisional answer and waits for the final one: then it may be cancelled.
    pub(crate) fn may_cancel(&self, branch: u64) -> bool {
        self.clients.get(&branch).is_some_and(|entry| entry.machine.is_waiting() && !entry.machine.is_calling())
    }

    /// Withdraws an INVITE that may be cancelled.
    pub(crate) fn cancel(&mut self, branch: u64, reason: &str) {
        let (now, patience) = (self.now, self.timing().t1 * 64);
        let Some(entry) = self.clients.get_mut(&branch) else { return };
        let flow = entry.flow;
        let Ok(invite) = Message::parse(entry.machine.request()) else { return };
        entry.machine.give_up_after(now, patience);
        if let Some(deadline) = entry.machine.deadline() {
            self.timers.set(deadline, Owner::Client(branch));
        }
        let cancel = derived::cancel(&invite, reason);
        self.ask(branch, flow, Method::Cancel, cancel, Asker::Nobody);
    }

    /// Whether this fork's late answer is seen for the first time. Only so many forks are remembered; more get no BYE.
    pub(crate) fn is_first_refusal(&mut self, response: &Message) -> bool {
        let tag = self.hash(response.to_tag());
        let Some((key, _)) = client_key(response) else { return false };
        let Some(entry) = self.clients.get_mut(&key) else { return false };
        if entry.refused.len() >= 16 || entry.refused.contains(&tag) {
            return false;
        }
        entry.refused.push(tag);
        true
    }

    /// A response: who waits for it, and the way its request went. None when it is a repetition or a stray.
    pub(crate) fn hear(&mut self, response: &Message) -> Option<(Asker, Flow)> {
        let status = response.status()?;
        let (key, method) = client_key(response)?;
        let (now, timing) = (self.now, self.timing());
        let entry = self.clients.get_mut(&key).filter(|entry| entry.method == method)?;
        let invite = (method == Method::Invite && status >= 300).then(|| entry.machine.request());
        let heard = entry.machine.on_response(now, &timing, status);
        let found = (entry.asker, entry.flow);
        match heard {
            Heard::Nothing => return None,
            Heard::AckAgain => {
                let (flow, ack) = (entry.flow, entry.ack.clone());
                self.transmit(flow, ack);
                return None;
            }
            Heard::Tell => {}
            Heard::TellAndAck => {
                if let Some(Ok(invite)) = invite.map(Message::parse) {
                    entry.ack = derived::ack(&invite, response);
                    self.transmits.push_back((entry.flow, entry.ack.clone()));
                }
            }
        }
        self.settle_client(key);
        Some(found)
    }

    fn settle_client(&mut self, key: u64) {
        let Some(entry) = self.clients.get_mut(&key) else { return };
        let waiting = entry.machine.is_waiting();
        if entry.counted && !waiting {
            entry.counted = false;
            self.active -= 1;
            if !entry.machine.is_over()
                && let Some(until) = entry.machine.deadline()
            {
                let is_invite = entry.method == Method::Invite;
                self.keep(until, Owner::Client(key), is_invite);
            }
        }
        if self.clients.get(&key).is_some_and(|entry| entry.machine.is_over()) {
            self.clients.remove(&key);
        }
    }

    fn client_timeout(&mut self, key: u64) -> Option<Asker> {
        let (now, timing) = (self.now, self.timing());
        let entry = self.clients.get_mut(&key)?;
        if !entry.machine.is_waiting() {
            return None;
        }
        let (asker, flow) = (entry.asker, entry.flow);
        match entry.machine.timeout(now, &timing) {
            client::Step::Nothing => {}
            client::Step::Send(request) => self.transmits.push_back((flow, request)),
            client::Step::TimedOut | client::Step::Over => {
                self.settle_client(key);
                return Some(asker);
            }
        }
        if let Some(deadline) = self.clients.get(&key).and_then(|entry| entry.machine.deadline()) {
            // A far deadline is approached in steps, so that the heap does not keep what was answered long ago.
            self.timers.set(deadline.min(now + timing.t1 * 64), Owner::Client(key));
        }
        None
    }

    /// Nothing can be sent on this way: everyone who waits for an answer over it.
    pub(crate) fn fail(&mut self, flow: Flow) -> Vec<Asker> {
        let same = |other: Flow| {
            other.transport == flow.transport
                && other.remote == flow.remote
                && (flow.connection == 0 || other.connection == 0 || other.connection == flow.connection)
        };
        let keys: Vec<u64> =
            self.clients.iter().filter(|(_, e)| e.machine.is_waiting() && same(e.flow)).map(|(key, _)| *key).collect();
        let mut askers = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(entry) = self.clients.remove(&key) {
                self.active -= usize::from(entry.counted);
                askers.push(entry.asker);
            }
        }
        askers
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

    // Answers.

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

/// The key of the client transaction a response belongs to.
fn client_key(response: &Message) -> Option<(u64, Method)> {
    let (_, method) = response.cseq()?;
    let via = response.via().ok()?;
    let branch = via.branch().strip_prefix("z9hG4bK").filter(|digits| digits.len() == 16)?;
    let branch = u64::from_str_radix(branch, 16).ok()?;
    Some((if method == Method::Cancel { branch | 1 } else { branch }, method))
}
