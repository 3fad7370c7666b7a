//! The transactions of requests that we sent.

use std::time::Duration;

use bytes::Bytes;
use model::Moment;

use super::{Asker, Core, Owner, Unanswered};
use crate::message::Message;
use crate::method::Method;
use crate::transaction::client::{Client, Heard, Step};
use crate::transaction::{Kind, derived};
use crate::transport::Flow;

#[derive(Debug)]
pub(super) struct ClientEntry {
    pub(super) machine: Client,
    pub(super) method: Method,
    pub(super) flow: Flow,
    pub(super) asker: Asker,
    /// The ACK of a refusal, to be repeated with it.
    pub(super) ack: Bytes,
    /// The forks whose answer came too late and got a BYE.
    pub(super) refused: Vec<u64>,
    pub(super) standing: Standing,
}

impl ClientEntry {
    /// When it is to be woken; never, once it has its answer.
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.machine.deadline().filter(|_| self.machine.is_waiting())
    }
}

/// How a transaction counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Somebody waits for its answer.
    Active,
    /// Nobody does, but it may still be answered.
    Lingering,
    /// It is kept for repetitions.
    Done,
}

impl Core {
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
        let mut machine = Client::start(self.now, &self.timing(), kind, flow.transport.is_reliable(), request);
        if flow.is_nowhere() {
            machine.give_up_after(self.now, Duration::ZERO);
        }
        if let Some(deadline) = machine.deadline() {
            self.timers.set(deadline, Owner::Client(key));
        }
        self.active += 1;
        let standing = Standing::Active;
        let entry = ClientEntry { machine, method, flow, asker, ack: Bytes::new(), refused: Vec::new(), standing };
        if let Some(old) = self.clients.insert(key, entry) {
            self.uncount(old.standing);
        }
    }

    /// The same, for an answer that is of no use later than after `patience`.
    pub(crate) fn ask_briefly(
        &mut self,
        branch: u64,
        flow: Flow,
        method: Method,
        request: Bytes,
        asker: Asker,
        patience: Duration,
    ) {
        self.ask(branch, flow, method, request, asker);
        let now = self.now;
        if let Some(entry) = self.clients.get_mut(&branch) {
            entry.machine.give_up_after(now, patience);
            self.timers.set(now + patience, Owner::Client(branch));
        }
    }

    /// Lets go of an INVITE that nothing was heard of: it may not be cancelled yet (section 9.1), and nobody is to wait
    /// for that.
    pub(crate) fn let_linger(&mut self, branch: u64, asker: Asker) {
        let Some(entry) = self.clients.get_mut(&branch).filter(|entry| entry.standing == Standing::Active) else {
            return;
        };
        entry.asker = asker;
        entry.standing = Standing::Lingering;
        self.active -= 1;
        self.lingering += 1;
    }

    fn uncount(&mut self, standing: Standing) {
        match standing {
            Standing::Active => self.active -= 1,
            Standing::Lingering => self.lingering -= 1,
            Standing::Done => {}
        }
    }

    /// Whether the INVITE has heard a provisional answer and waits for the final one: then it may be cancelled.
    pub(crate) fn may_cancel(&self, branch: u64) -> bool {
        self.clients.get(&branch).is_some_and(|entry| entry.machine.is_waiting() && !entry.machine.is_calling())
    }

    /// Withdraws an INVITE that may be cancelled; once. It goes the way of the INVITE (section 9.1), or this one when that
    /// connection is gone.
    pub(crate) fn cancel(&mut self, branch: u64, reason: &str, otherwise: Option<Flow>) {
        let (now, patience) = (self.now, self.timing().t1 * 64);
        let Some(entry) = self.clients.get_mut(&branch).filter(|entry| !entry.machine.is_giving_up()) else { return };
        let way = entry.flow;
        let Ok(invite) = Message::parse(entry.machine.request()) else { return };
        entry.machine.give_up_after(now, patience);
        if let Some(deadline) = entry.machine.deadline() {
            self.timers.set(deadline, Owner::Client(branch));
        }
        let cancel = derived::cancel(&invite, reason);
        let flow = otherwise.filter(|_| !self.shared.is_open(way)).unwrap_or(way);
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

    /// A response: who waits for it, and the way to its sender. None when it is a repetition or a stray.
    ///
    /// That is the way the request went or, on a stream, the connection the response came on: a peer that closed the first
    /// one answers on another.
    pub(crate) fn hear(&mut self, flow: Flow, response: &Message) -> Option<(Asker, Flow)> {
        let status = response.status()?;
        let (key, method) = client_key(response)?;
        let (now, timing) = (self.now, self.timing());
        let entry = self.clients.get_mut(&key).filter(|entry| entry.method == method)?;
        if flow.transport.is_reliable() {
            entry.flow = flow;
        }
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
        if entry.standing != Standing::Done && !waiting {
            let standing = std::mem::replace(&mut entry.standing, Standing::Done);
            let until = entry.machine.deadline().filter(|_| !entry.machine.is_over());
            let is_invite = entry.method == Method::Invite;
            self.uncount(standing);
            if let Some(until) = until {
                self.keep(until, Owner::Client(key), is_invite);
            }
        }
        if self.clients.get(&key).is_some_and(|entry| entry.machine.is_over()) {
            self.clients.remove(&key);
        }
    }

    pub(super) fn client_timeout(&mut self, key: u64) -> Option<Unanswered> {
        let (now, timing) = (self.now, self.timing());
        let entry = self.clients.get_mut(&key)?;
        if !entry.machine.is_waiting() {
            return None;
        }
        let (asker, flow, silent) = (entry.asker, entry.flow, entry.machine.is_calling());
        match entry.machine.timeout(now, &timing) {
            Step::Nothing => {}
            Step::Send(request) => self.transmits.push_back((flow, request)),
            Step::TimedOut | Step::Over => {
                self.settle_client(key);
                return Some(Unanswered { asker, silent });
            }
        }
        if let Some(deadline) = self.clients.get(&key).and_then(|entry| entry.machine.deadline()) {
            // A far deadline is approached in steps, so that the heap does not keep what was answered long ago.
            self.timers.set(deadline.min(now + timing.t1 * 64), Owner::Client(key));
        }
        None
    }

    /// Nothing can be sent on this way: the requests that wait for an answer over it. Whoever named an older connection
    /// to the same address was served by this one.
    pub(crate) fn waiting_on(&self, flow: Flow) -> Vec<(u64, Asker)> {
        let same = |other: Flow| {
            let is_it = other.connection == flow.connection && other.connection != 0;
            let is_served = other.connection == 0 || flow.connection == 0 || !self.shared.is_open(other);
            other.transport == flow.transport
                && other.peer == flow.peer
                && (is_it || other.remote == flow.remote && is_served)
        };
        let waiting = self.clients.iter().filter(|(_, entry)| entry.machine.is_waiting() && same(entry.flow));
        waiting.map(|(key, entry)| (*key, entry.asker)).collect()
    }

    /// Sends a request that nothing was heard of again on another way, because its connection closed under it; whether
    /// that was possible. The far side takes it for a repetition when it has seen it.
    pub(crate) fn send_anew(&mut self, key: u64, gone: Flow, way: Flow) -> bool {
        let Some(entry) = self.clients.get_mut(&key) else { return false };
        let lost = entry.machine.is_calling() && entry.flow.connection == gone.connection && gone.connection != 0;
        if !lost || way.is_nowhere() || way.transport != gone.transport || way.connection == gone.connection {
            return false;
        }
        entry.flow = way;
        let request = entry.machine.request();
        self.transmit(way, request);
        true
    }

    /// Gives a request up whose answer cannot come.
    pub(crate) fn give_up(&mut self, key: u64) {
        if let Some(entry) = self.clients.remove(&key) {
            self.uncount(entry.standing);
        }
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
