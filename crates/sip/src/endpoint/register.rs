//! REGISTER: who may, what the registrar makes of it, and the answer. The bindings are shared by all shards, in parts
//! with a lock each.

use std::cell::Cell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Moment, Timestamp};

use super::Endpoint;
use super::core::{Asker, Callee};
use super::event::Event;
use super::shared::Shared;
use super::tally::Tally;
use crate::build::RequestBuilder;
use crate::config::Config;
use crate::directory::Directory;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::registrar::{Bindings, Contact, Limits, Refusal, Registered, Saved};
use crate::transport::Flow;
use crate::uri::UriBuf;

const PARTS: usize = 16;
/// The part is the highest byte of a contact's key.
const PART_SHIFT: u32 = 56;
/// How long a contact that may have been left behind has to give a sign of life.
const PROBE: Duration = Duration::from_secs(4);
/// How long a phone that keeps flows (RFC 5626) may be silent on one, as it is told, and the grace it gets.
pub(crate) const FLOW_TIMER: Duration = Duration::from_secs(120);
pub(crate) const FLOW_GRACE: Duration = Duration::from_secs(30);
/// Contacts of an earlier process that are asked at a time.
const PROBES: usize = 100;
/// How often expired bindings are dropped.
const SWEEP: Duration = Duration::from_secs(1);

/// The bindings of all accounts.
pub(crate) struct Registrar {
    parts: Vec<Mutex<Part>>,
    /// Locked while a part is, never the other way round.
    tally: Mutex<Tally>,
}

struct Part {
    bindings: Bindings,
    /// The account of each contact, by key; may name contacts that are gone.
    owners: HashMap<u64, u128>,
}

impl Registrar {
    pub(crate) fn new(config: &Config) -> Registrar {
        let limits = Limits {
            min_expires_s: config.expires.min_s,
            default_expires_s: config.expires.default_s,
            max_expires_s: config.expires.max_s,
            contacts_per_account: config.limits.contacts,
            ..Limits::default()
        };
        let part =
            |index: u64| Part { bindings: Bindings::new(limits, (index << PART_SHIFT) + 1), owners: HashMap::new() };
        Registrar { parts: (0..PARTS as u64).map(|index| Mutex::new(part(index))).collect(), tally: Mutex::default() }
    }

    fn part(&self, index: usize) -> MutexGuard<'_, Part> {
        // A part is whole after every statement: a panic elsewhere leaves nothing half done.
        self.parts[index % PARTS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn part_of(&self, account: u128) -> MutexGuard<'_, Part> {
        self.part(((account ^ (account >> 64)) as u64 % PARTS as u64) as usize)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // A wrong count would be mended by the account's next change.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(
        &self,
        directory: &dyn Directory,
        account: u128,
        message: &Message,
        flow: Flow,
        now: Moment,
    ) -> Result<Registered, Refusal> {
        let mut part = self.part_of(account);
        let before = part.bindings.held(account);
        let asked = Cell::new(false);
        let room = |more| {
            asked.set(true);
            self.tally().take(account, directory.group(account), more)
        };
        let registered = part.bindings.register(account, message, flow, now, &room);
        let after = part.bindings.held(account);
        if asked.get() || before != after {
            self.tally().set(account, directory.group(account).key, after);
        }
        let registered = registered?;
        if registered.changed {
            part.owners.extend(registered.contacts.iter().map(|contact| (contact.key, account)));
            part.prune(now);
        }
        Ok(registered)
    }

    pub(crate) fn saved(
        &self,
        account: u128,
        now: Moment,
        ours: impl Fn(Flow) -> SocketAddr,
        wall: impl Fn(Moment) -> Timestamp,
    ) -> Vec<Saved> {
        self.part_of(account).bindings.saved(account, now, ours, wall)
    }

    pub(crate) fn restore(
        &self,
        directory: &dyn Directory,
        account: u128,
        saved: Saved,
        (flow, now, ends_at): (Flow, Moment, Moment),
    ) -> Option<u64> {
        let mut part = self.part_of(account);
        let key = part.bindings.restore(account, saved, flow, now, ends_at)?;
        self.tally().set(account, directory.group(account).key, part.bindings.held(account));
        part.owners.insert(key, account);
        Some(key)
    }

    pub(crate) fn contacts(&self, account: u128, now: Moment) -> Vec<Contact> {
        self.part_of(account).bindings.lookup(account, now)
    }

    /// A contact and its account.
    pub(crate) fn by_key(&self, key: u64, now: Moment) -> Option<(u128, Contact)> {
        let part = self.part((key >> PART_SHIFT) as usize);
        let account = *part.owners.get(&key)?;
        let contact = part.bindings.lookup(account, now).into_iter().find(|contact| contact.key == key)?;
        Some((account, contact))
    }

    /// Drops a contact that gave no sign of life: its account, and how many contacts that has left. None when it was
    /// refreshed since, or is gone already.
    fn forget(&self, contact: Callee, now: Moment) -> Option<(u128, usize)> {
        let mut part = self.part((contact.contact >> PART_SHIFT) as usize);
        let account = *part.owners.get(&contact.contact)?;
        let forgotten = part.bindings.forget(account, contact.contact, contact.since);
        if forgotten {
            self.tally().left(account, part.bindings.held(account));
        }
        forgotten.then(|| (account, part.bindings.lookup(account, now).len()))
    }

    /// A connection ended: the accounts that lost a contact by it, and how many contacts each has left.
    fn disconnected(&self, connection: u64, now: Moment) -> Vec<(u128, usize)> {
        let mut lost = Vec::new();
        for index in 0..PARTS {
            let mut part = self.part(index);
            for account in part.bindings.disconnected(connection) {
                self.tally().left(account, part.bindings.held(account));
                lost.push((account, part.bindings.lookup(account, now).len()));
            }
        }
        lost
    }

    pub(crate) fn len(&self) -> usize {
        (0..PARTS).map(|index| self.part(index).bindings.len()).sum()
    }

    /// Drops expired bindings: the accounts that lost one, and how many contacts each has left.
    fn expire(&self, now: Moment) -> Vec<(u128, usize)> {
        let mut lost = Vec::new();
        for index in 0..PARTS {
            let mut part = self.part(index);
            for account in part.bindings.expire(now) {
                self.tally().left(account, part.bindings.held(account));
                lost.push((account, part.bindings.lookup(account, now).len()));
            }
            part.prune(now);
        }
        lost
    }
}

impl Part {
    /// Forgets the owners of contacts that are gone, once they are the most.
    fn prune(&mut self, now: Moment) {
        if self.owners.len() <= self.bindings.len() * 2 + 16 {
            return;
        }
        let bindings = &self.bindings;
        self.owners.retain(|key, account| bindings.lookup(*account, now).iter().any(|contact| contact.key == *key));
    }
}

impl Shared {
    pub(crate) fn contact_by_key(&self, key: u64, now: Moment) -> Option<(u128, Contact)> {
        self.registrar.by_key(key, now)
    }
}

impl Endpoint {
    pub(super) fn on_register(&mut self, key: u64, flow: Flow, request: &Message) {
        let Ok(to) = request.to() else { return };
        let Ok(uri) = to.uri() else {
            return self.reply_stranger(request, flow, 400, "Bad To", &[]);
        };
        let Some(account) = self.authenticate(flow, request, &uri, true) else { return };
        let (shared, now) = (self.core.shared.clone(), self.core.now);
        let registered = match shared.registrar.register(&*shared.directory, account.key, request, flow, now) {
            Ok(registered) => registered,
            Err(refusal) => {
                if refusal == Refusal::NO_ROOM {
                    self.tell_refused(&account.realm, &uri.user_text(), flow.remote.ip(), super::event::Refusal::Full);
                }
                return self.refuse_register(flow, request, refusal);
            }
        };
        if !shared.is_open(flow) {
            // The connection ended while its REGISTER waited for its turn: nobody is there to answer.
            return self.closed(now, flow.connection);
        }
        let tag = self.core.tag();
        let mut builder = self.core.reply(request, flow, 200, "OK", &tag);
        for contact in &registered.contacts {
            builder = builder.header(Name::Contact, contact.header_value());
        }
        for path in request.headers(Name::Path) {
            builder = builder.header(Name::Path, path);
        }
        if registered.outbound {
            builder = builder.header(Name::Require, "outbound");
            // WebSockets are pinged from here; their phones need not do anything.
            if flow.transport.can_be_opened() {
                builder = builder.other("Flow-Timer", FLOW_TIMER.as_secs());
                self.core.timed.push_back(flow);
            }
        }
        builder = builder.header(Name::Supported, "path, outbound");
        let answer = builder.finish();
        if flow.transport.is_reliable() {
            self.core.transmit(flow, answer);
        } else {
            self.core.open(key, Method::Register, flow, None);
            self.core.answer(key, 200, answer);
        }
        if registered.touched {
            shared.keep(account.key, now);
        }
        if registered.changed {
            let contacts = registered.contacts.len();
            self.core.events.push_back(Event::Bindings { account: account.key, contacts });
            self.plan_sweep();
        }
        for contact in &registered.doubtful {
            self.probe(account.key, contact);
        }
    }

    /// Asks a contact that may have been left behind for a sign of life; any answer is one.
    fn probe(&mut self, account: u128, contact: &Contact) {
        if self.core.is_full() {
            return;
        }
        let flow =
            if self.core.shared.is_open(contact.flow) { contact.flow } else { Flow::nowhere(contact.flow.transport) };
        let (call_id, tag, branch) = (self.new_call_id(), self.core.tag(), self.core.branch());
        let us = UriBuf::sip("alo", &self.core.shared.local(flow).ip().to_string(), None);
        let mut builder =
            RequestBuilder::new(Method::Options, &contact.uri).header(Name::Via, self.core.via(flow, branch));
        for hop in &contact.path {
            builder = builder.header(Name::Route, hop);
        }
        let options = builder
            .header(Name::MaxForwards, 70)
            .header(Name::From, format_args!("<{us}>;tag={tag}"))
            .header(Name::To, format_args!("<{}>", contact.uri))
            .header(Name::CallId, call_id)
            .header(Name::CSeq, format_args!("1 {}", Method::Options))
            .header(Name::Contact, self.core.contact(flow))
            .header(Name::UserAgent, &self.core.shared.config.server_name)
            .finish();
        let asker = Asker::Probe(Callee { contact: contact.key, account, since: self.core.now });
        self.core.ask_briefly(branch, flow, Method::Options, options, asker, PROBE);
    }

    /// A contact gave no sign of life: it is dropped, unless it was refreshed meanwhile.
    pub(super) fn forget_contact(&mut self, contact: Callee) {
        let forgotten = self.core.shared.registrar.forget(contact, self.core.now);
        if let Some((account, contacts)) = forgotten {
            metrics::counter!("alo_sip_contacts_forgotten_total").increment(1);
            tracing::info!(contact = contact.contact, "a contact that does not answer is dropped");
            self.core.shared.keep(account, self.core.now);
            self.core.events.push_back(Event::Bindings { account, contacts });
        }
    }

    /// A connection ended: its contacts are gone, but for those that can be called back.
    pub fn closed(&mut self, now: Moment, connection: u64) {
        self.core.now = now;
        for (account, contacts) in self.core.shared.registrar.disconnected(connection, now) {
            self.core.events.push_back(Event::Bindings { account, contacts });
        }
    }

    fn refuse_register(&mut self, flow: Flow, request: &Message, refusal: Refusal) {
        let min_expires = refusal.min_expires.map(|seconds| seconds.to_string());
        let headers: Vec<(Name, &str)> = match (&min_expires, refusal.code) {
            (Some(seconds), _) => vec![(Name::MinExpires, seconds)],
            (None, 503) => vec![(Name::RetryAfter, "30")],
            (None, _) => Vec::new(),
        };
        self.core.reply_stateless(request, flow, refusal.code, refusal.reason, &headers);
    }

    /// Begins to look after contacts that are there from the start.
    pub fn look_after(&mut self, now: Moment) {
        self.core.now = now;
        if self.core.shared.registrar.len() > 0 {
            self.plan_sweep();
        }
    }

    fn plan_sweep(&mut self) {
        if !self.sweeping {
            self.sweeping = true;
            self.core.wake_sweep(SWEEP);
        }
    }

    pub(super) fn sweep(&mut self) {
        let shared = self.core.shared.clone();
        for (account, contacts) in shared.registrar.expire(self.core.now) {
            self.core.events.push_back(Event::Bindings { account, contacts });
        }
        let restored: Vec<(u128, u64)> = {
            let mut waiting = shared.restored.lock().unwrap_or_else(PoisonError::into_inner);
            let some = waiting.len().min(PROBES);
            waiting.drain(..some).collect()
        };
        for (account, key) in restored {
            if let Some((_, contact)) = shared.contact_by_key(key, self.core.now) {
                self.probe(account, &contact);
            }
        }
        self.sweeping = false;
        if shared.registrar.len() > 0 {
            self.plan_sweep();
        }
    }
}
