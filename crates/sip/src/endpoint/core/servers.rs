//! The transactions of requests that came in.

use bytes::Bytes;
use model::Moment;

use super::{Core, Owner};
use crate::endpoint::event::Leg;
use crate::message::Message;
use crate::method::Method;
use crate::transaction::Kind;
use crate::transaction::server::{Server, Step};
use crate::transport::Flow;

#[derive(Debug)]
pub(super) struct ServerEntry {
    pub(super) machine: Server,
    pub(super) flow: Flow,
    pub(super) owner: Option<Leg>,
    pub(super) counted: bool,
}

impl ServerEntry {
    /// When it is to be woken; never, once it is kept for repetitions alone.
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.machine.deadline().filter(|_| self.machine.is_active())
    }
}

impl Core {
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
            self.respond(flow, answer);
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
        let flow = entry.flow;
        entry.machine.on_answer(self.now, &timing, status, answer.clone());
        self.respond(flow, answer);
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

    pub(super) fn server_timeout(&mut self, key: u64) {
        let (now, timing) = (self.now, self.timing());
        let Some(entry) = self.servers.get_mut(&key) else { return };
        if !entry.machine.is_active() {
            return;
        }
        let flow = entry.flow;
        match entry.machine.timeout(now, &timing) {
            Step::Nothing => {}
            Step::Send(answer) => self.respond(flow, answer),
            Step::Over => {}
        }
        self.settle_server(key);
    }
}
