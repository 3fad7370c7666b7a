//! Who is registered where: the bindings of RFC 3261 section 10.3, kept in memory, stepped by [`Moment`].
//!
//! A REGISTER is taken as a whole or not at all. The caller has proven the sender and knows the account; nothing here
//! knows passwords, sockets or answers. Start with [`Bindings::register`]. See docs/specs/registrar.md.

mod request;
mod saved;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use model::Moment;

use crate::dialog::address_of;
use crate::message::Message;
use crate::transport::{Flow, Transport};
use crate::uri::{Uri, decode};
pub use saved::{Change, Saved};

use request::{Asked, Request, Wanted};

/// How much is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The shortest time granted; less is refused with 423.
    pub min_expires_s: u32,
    /// The time granted when none is asked for.
    pub default_expires_s: u32,
    /// The longest time granted.
    pub max_expires_s: u32,
    /// Contacts of one account; a further one takes the place of the one refreshed longest ago.
    pub contacts_per_account: usize,
    /// Contacts of all accounts; a further one is refused with 503.
    pub contacts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            min_expires_s: 60,
            default_expires_s: 300,
            max_expires_s: 3600,
            contacts_per_account: 10,
            contacts: 200_000,
        }
    }
}

/// One way to a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Ours; never used twice.
    pub key: u64,
    /// The phone's own URI.
    pub uri: String,
    /// Where the REGISTER came from: how the phone is reached.
    pub flow: Flow,
    /// The route back through edge proxies (RFC 3327), first hop first.
    pub path: Vec<String>,
    /// Preference in thousandths.
    pub q: u16,
    /// User-Agent, or empty.
    pub user_agent: String,
    /// The host of the phone's own Via; empty for one that was known to an earlier process.
    pub sent_by: String,
    /// The device (`+sip.instance`), when it keeps several flows (RFC 5626): one call goes to one of them.
    pub device: Option<String>,
    /// How long it still holds.
    pub expires_in: Duration,
}

impl Contact {
    /// The value of the Contact line that tells the phone of it.
    pub fn header_value(&self) -> String {
        let expires = self.expires_in.as_secs();
        match self.q {
            1000 => format!("<{}>;expires={expires}", self.uri),
            q => format!("<{}>;q=0.{q:03};expires={expires}", self.uri),
        }
    }
}

/// A REGISTER that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// All contacts of the account now.
    pub contacts: Vec<Contact>,
    /// Whether one came, went or moved; false for a mere refresh or a query.
    pub changed: bool,
    /// Older contacts that a new one may have left behind: the same device by its looks, from another port. To be asked
    /// whether they are still there, and then perhaps [`Bindings::forget`]ten.
    pub doubtful: Vec<Contact>,
    /// Whether any contact was named at all.
    pub touched: bool,
    /// Whether the contacts are flows of a device (RFC 5626): the answer has to say so.
    pub outbound: bool,
}

/// A REGISTER that was not taken; nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub code: u16,
    /// The reason phrase.
    pub reason: &'static str,
    /// For 423: the Min-Expires line.
    pub min_expires: Option<u32>,
}

impl Refusal {
    /// Those who share a bound have no room for more.
    pub const NO_ROOM: Refusal = Refusal::new(503, "Registration Quota Reached");

    const fn new(code: u16, reason: &'static str) -> Refusal {
        Refusal { code, reason, min_expires: None }
    }
}

/// All bindings.
#[derive(Debug)]
pub struct Bindings {
    limits: Limits,
    accounts: HashMap<u128, Vec<Binding>>,
    /// When each contact ends; also the count of contacts.
    ends: BTreeSet<(Moment, u128, u64)>,
    /// The contacts that hold on to a connection.
    connections: BTreeSet<(u64, u128, u64)>,
    next_key: u64,
}

#[derive(Debug)]
struct Binding {
    key: u64,
    wanted: Wanted,
    flow: Flow,
    path: Vec<String>,
    user_agent: String,
    sent_by: String,
    call_id: String,
    cseq: u32,
    refreshed_at: Moment,
    ends_at: Moment,
}

impl Bindings {
    /// An empty table; keys are counted from `first_key`.
    pub fn new(limits: Limits, first_key: u64) -> Bindings {
        Bindings {
            limits,
            accounts: HashMap::new(),
            ends: BTreeSet::new(),
            connections: BTreeSet::new(),
            next_key: first_key,
        }
    }

    /// Takes a REGISTER of an account that came over `flow`. `room` is asked whether so many more contacts may be.
    pub fn register(
        &mut self,
        account: u128,
        message: &Message,
        flow: Flow,
        now: Moment,
        room: &dyn Fn(usize) -> bool,
    ) -> Result<Registered, Refusal> {
        self.expire_account(account, now);
        let request = Request::read(message, &self.limits)?;
        self.check_order(account, &request)?;
        let first_new = self.next_key;
        let changed = match request.asked {
            Asked::Query => false,
            Asked::RemoveAll => self.remove_all(account),
            Asked::Set(ref wanted) => {
                self.check_room(account, wanted, room)?;
                let mut changed = false;
                for contact in wanted {
                    changed |= self.set(account, contact, &request, flow, now);
                }
                changed
            }
        };
        let touched = !matches!(request.asked, Asked::Query);
        let doubtful = self.left_behind(account, first_new, now);
        Ok(Registered { contacts: self.lookup(account, now), changed, doubtful, touched, outbound: request.outbound })
    }

    /// The contacts that one of the new ones, whose keys begin at `first_new`, seems to stand in for.
    fn left_behind(&self, account: u128, first_new: u64, now: Moment) -> Vec<Contact> {
        let bindings = self.accounts.get(&account).map_or(&[][..], Vec::as_slice);
        let is_doubtful =
            |old: &&Binding| old.key < first_new && bindings.iter().any(|b| b.key >= first_new && b.looks_like(old));
        if self.next_key == first_new {
            return Vec::new();
        }
        bindings.iter().filter(is_doubtful).map(|b| b.contact(now)).collect()
    }

    /// The contacts of an account, the most preferred and then the freshest first.
    pub fn lookup(&self, account: u128, now: Moment) -> Vec<Contact> {
        let mut bindings: Vec<&Binding> =
            self.accounts.get(&account).into_iter().flatten().filter(|b| b.ends_at > now).collect();
        bindings.sort_by_key(|b| (std::cmp::Reverse(b.wanted.q), std::cmp::Reverse(b.refreshed_at), b.key));
        bindings.into_iter().map(|b| b.contact(now)).collect()
    }

    /// A connection ended: removes its contacts, but for those that can be called back. The accounts that lost one.
    pub fn disconnected(&mut self, connection: u64) -> Vec<u128> {
        let held = self.connections.range((connection, 0, 0)..=(connection, u128::MAX, u64::MAX));
        let held: Vec<(u128, u64)> = held.map(|(_, account, key)| (*account, *key)).collect();
        let mut lost = Vec::new();
        for (account, key) in held {
            let mut bindings = self.accounts.get(&account).into_iter().flatten();
            if bindings.any(|b| b.key == key && !b.can_be_called_back()) && self.remove(account, key) {
                lost.push(account);
            }
        }
        lost.dedup();
        lost
    }

    /// Removes contacts whose time is over; the accounts that lost one.
    pub fn expire(&mut self, now: Moment) -> Vec<u128> {
        let mut lost = Vec::new();
        while let Some(&(_, account, key)) = self.ends.first().filter(|(at, ..)| *at <= now) {
            self.remove(account, key);
            lost.push(account);
        }
        lost.sort_unstable();
        lost.dedup();
        lost
    }

    /// When [`Bindings::expire`] has something to do.
    pub fn deadline(&self) -> Option<Moment> {
        self.ends.first().map(|(at, ..)| *at)
    }

    /// Removes one contact (its connection closed, its phone is gone); whether it was there.
    pub fn remove(&mut self, account: u128, key: u64) -> bool {
        let Some(bindings) = self.accounts.get_mut(&account) else { return false };
        let Some(at) = bindings.iter().position(|b| b.key == key) else { return false };
        let gone = bindings.swap_remove(at);
        if bindings.is_empty() {
            self.accounts.remove(&account);
        }
        self.unlink(account, &gone)
    }

    /// Takes a contact out of the other tables; whether it was there.
    fn unlink(&mut self, account: u128, gone: &Binding) -> bool {
        self.connections.remove(&(gone.flow.connection, account, gone.key));
        self.ends.remove(&(gone.ends_at, account, gone.key))
    }

    /// Removes a contact that gave no sign of life since `since`, unless it was refreshed after that; whether it was
    /// removed.
    pub fn forget(&mut self, account: u128, key: u64, since: Moment) -> bool {
        let mut bindings = self.accounts.get(&account).into_iter().flatten();
        bindings.any(|b| b.key == key && b.refreshed_at <= since) && self.remove(account, key)
    }

    /// How many contacts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn expire_account(&mut self, account: u128, now: Moment) {
        let over = |b: &&Binding| b.ends_at <= now;
        let keys: Vec<u64> = self.accounts.get(&account).into_iter().flatten().filter(over).map(|b| b.key).collect();
        for key in keys {
            self.remove(account, key);
        }
    }

    /// A request older than what it would change fails as a whole (RFC 3261 section 10.3 steps 6 and 7).
    fn check_order(&self, account: u128, request: &Request) -> Result<(), Refusal> {
        let late = |b: &&Binding| b.call_id == request.call_id && b.cseq >= request.cseq;
        let mut touched = self.accounts.get(&account).into_iter().flatten().filter(|b| request.touches(&b.wanted));
        if touched.any(|b| late(&b)) {
            return Err(Refusal::new(500, "Out Of Order"));
        }
        Ok(())
    }

    fn check_room(&self, account: u128, wanted: &[Wanted], room: &dyn Fn(usize) -> bool) -> Result<(), Refusal> {
        if wanted.len() > self.limits.contacts_per_account {
            return Err(Refusal::new(403, "Too Many Contacts"));
        }
        let known = self.accounts.get(&account).map_or(&[][..], Vec::as_slice);
        let is_new = |w: &&Wanted| w.expires_s > 0 && !known.iter().any(|b| b.wanted.is_same(w));
        let new =
            wanted.iter().filter(is_new).count().min(self.limits.contacts_per_account.saturating_sub(known.len()));
        if new > 0 && self.ends.len() + wanted.len() > self.limits.contacts {
            return Err(Refusal::new(503, "Too Many Registrations"));
        }
        if new > 0 && !room(new) {
            return Err(Refusal::NO_ROOM);
        }
        Ok(())
    }

    /// How many contacts an account has, those that ended and were not dropped yet included.
    pub fn held(&self, account: u128) -> usize {
        self.accounts.get(&account).map_or(0, Vec::len)
    }

    fn remove_all(&mut self, account: u128) -> bool {
        let Some(bindings) = self.accounts.remove(&account) else { return false };
        for binding in bindings {
            self.unlink(account, &binding);
        }
        true
    }

    /// Adds, refreshes or removes one contact; whether the set of ways to the phones changed.
    fn set(&mut self, account: u128, wanted: &Wanted, request: &Request, flow: Flow, now: Moment) -> bool {
        let bindings = self.accounts.get(&account).map_or(&[][..], Vec::as_slice);
        let known = bindings.iter().find(|b| b.wanted.is_same(wanted)).map(|b| b.key);
        if wanted.expires_s == 0 {
            return known.is_some_and(|key| self.remove(account, key));
        }
        if known.is_none() && bindings.len() >= self.limits.contacts_per_account {
            let oldest = bindings.iter().min_by_key(|b| (b.refreshed_at, b.key)).map(|b| b.key);
            if let Some(key) = oldest {
                self.remove(account, key);
            }
        }
        let key = known.unwrap_or(self.next_key);
        self.next_key += u64::from(known.is_none());
        let binding = Binding {
            key,
            wanted: wanted.clone(),
            flow,
            path: request.path.clone(),
            user_agent: request.user_agent.clone(),
            sent_by: request.sent_by.clone(),
            call_id: request.call_id.clone(),
            cseq: request.cseq,
            refreshed_at: now,
            ends_at: now + Duration::from_secs(u64::from(wanted.expires_s)),
        };
        self.ends.insert((binding.ends_at, account, key));
        if flow.connection != 0 {
            self.connections.insert((flow.connection, account, key));
        }
        let bindings = self.accounts.entry(account).or_default();
        match bindings.iter_mut().find(|b| b.key == key) {
            Some(old) => {
                if old.ends_at != binding.ends_at {
                    self.ends.remove(&(old.ends_at, account, key));
                }
                if old.flow.connection != flow.connection {
                    self.connections.remove(&(old.flow.connection, account, key));
                }
                let moved = old.flow != flow || old.wanted.uri != binding.wanted.uri;
                *old = binding;
                moved
            }
            None => {
                bindings.push(binding);
                true
            }
        }
    }
}

impl Binding {
    /// Whether both seem to be one device, which would have given up the older contact by a restart. Only a suspicion:
    /// two phones of one model in one office may look the same.
    fn looks_like(&self, older: &Binding) -> bool {
        match (&self.wanted.instance, &older.wanted.instance) {
            // Several flows of one device have numbers.
            (Some(a), Some(b)) => a == b && self.wanted.reg_id.is_none() && older.wanted.reg_id.is_none(),
            (None, _) | (_, None) => {
                self.flow.remote.ip() == older.flow.remote.ip()
                    && self.user_agent == older.user_agent
                    && matches!(
                        (Uri::parse(&self.wanted.uri), Uri::parse(&older.wanted.uri)),
                        (Ok(a), Ok(b)) if decode(a.user) == decode(b.user) && a.host.eq_ignore_ascii_case(b.host)
                    )
            }
        }
    }

    /// Whether the phone may listen where its Contact says: at the very host it came from. Behind NAT it does not, and a
    /// flow of a device with several is not opened from here (RFC 5626 section 5.3).
    fn can_be_called_back(&self) -> bool {
        let contact = address_of(&self.wanted.uri);
        self.flow.transport == Transport::Tcp
            && self.wanted.device().is_none()
            && self.path.is_empty()
            && contact.is_some_and(|(transport, address)| {
                transport == Transport::Tcp && address.ip() == self.flow.remote.ip()
            })
    }

    fn contact(&self, now: Moment) -> Contact {
        Contact {
            key: self.key,
            uri: self.wanted.uri.clone(),
            flow: self.flow,
            path: self.path.clone(),
            q: self.wanted.q,
            user_agent: self.user_agent.clone(),
            sent_by: self.sent_by.clone(),
            device: self.wanted.device().map(|(instance, _)| instance.to_owned()),
            expires_in: self.ends_at.since(now),
        }
    }
}

impl Wanted {
    fn device(&self) -> Option<(&str, u32)> {
        self.instance.as_deref().zip(self.reg_id)
    }

    /// Whether both name the same phone: the same flow of the same device (RFC 5626 section 6), else an equivalent
    /// URI.
    fn is_same(&self, other: &Wanted) -> bool {
        match (self.device(), other.device()) {
            (Some(a), Some(b)) => a == b,
            (None, _) | (_, None) => {
                self.uri == other.uri
                    || matches!((Uri::parse(&self.uri), Uri::parse(&other.uri)), (Ok(a), Ok(b)) if a.is_equivalent(&b))
            }
        }
    }
}
