//! Which call a leg belongs to, and which task drives that call. Edges name legs by number; this is the only place
//! that turns such a number into a mailbox.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::leg::Play;
use model::{CallId, Cause, LegId, Problem, TenantId};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::capture::Story;

use crate::driver::{Ask, Gift, Replacing};

/// What reaches the task of a call. The number of letters is bounded by what the edges can hold in flight for the
/// legs of one call, so the mailbox itself needs no bound.
#[derive(Debug)]
pub(crate) enum Letter {
    /// Signalling of a leg.
    Sip(LegId, sip::Signal),
    /// Media of a leg.
    Media(LegId, media::Event),
    /// End the call from outside.
    Hangup(Cause),
    /// Tell the call's story so far.
    Tell(oneshot::Sender<Story>),
    /// Somebody wants to look at the call's sound from now on.
    Watched,
    /// Another call wants whom the extension of this leg talks with.
    Release(LegId, Box<Ask>),
    /// What another call gave away.
    Gift(Box<Gift>),
    /// An INVITE wants this leg's place.
    Replace(LegId, Box<Replacing>),
    /// The queues have something for the call.
    Queue(Box<crate::queues::Order>),
    /// A greeting was read from the disk, for this leg; none when it cannot be.
    Loaded(LegId, Play, Option<Arc<media::Sound>>),
    /// Somebody wants something of the talk: who, what, and where the outcome goes.
    Wish(String, call::Wish, oneshot::Sender<Result<(), Problem>>),
    /// The messages of the mailbox that the caller wants to listen to; none when they cannot be listed.
    Mailbox(Option<Vec<flow::Kept>>),
    /// What the flow asked for is found out, by the number of the question.
    FlowAnswer(u32, model::flow::FlowAnswer),
    /// What a phone asked for by a code is done, or not: where its call goes.
    Obeyed(call::Ticket, Box<call::Route>),
}

pub(crate) type Mailbox = UnboundedSender<Letter>;

/// Locks are spread, since each signal of each leg passes here.
const SHARDS: usize = 16;

/// The two directories: legs by edge number, calls by id.
pub(crate) struct Routes {
    legs: [Mutex<HashMap<u64, (Mailbox, LegId)>>; SHARDS],
    calls: Mutex<HashMap<CallId, (TenantId, Mailbox)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each critical section is one map operation, so a poisoned map is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self { legs: std::array::from_fn(|_| Mutex::default()), calls: Mutex::default() }
    }

    fn shard(&self, leg: u64) -> MutexGuard<'_, HashMap<u64, (Mailbox, LegId)>> {
        // The low bits of a leg number may name a shard of the SIP stack, so mix before choosing.
        let mixed = leg.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60;
        lock(&self.legs[mixed as usize % SHARDS])
    }

    pub(crate) fn add_leg(&self, edge: u64, mailbox: Mailbox, leg: LegId) {
        self.shard(edge).insert(edge, (mailbox, leg));
    }

    pub(crate) fn remove_leg(&self, edge: u64) {
        self.shard(edge).remove(&edge);
    }

    /// Puts a letter into the mailbox of the leg's call; false when the leg is unknown.
    pub(crate) fn deliver(&self, edge: u64, letter: impl FnOnce(LegId) -> Letter) -> bool {
        let shard = self.shard(edge);
        let Some((mailbox, leg)) = shard.get(&edge) else { return false };
        mailbox.send(letter(*leg)).is_ok()
    }

    pub(crate) fn add_call(&self, call: CallId, tenant: TenantId, mailbox: Mailbox) {
        lock(&self.calls).insert(call, (tenant, mailbox));
    }

    pub(crate) fn remove_call(&self, call: CallId) {
        lock(&self.calls).remove(&call);
    }

    /// Whether the leg's call is up.
    pub(crate) fn knows(&self, edge: u64) -> bool {
        self.shard(edge).contains_key(&edge)
    }

    /// Asks one call of the tenant to end; false when the tenant has no such call.
    pub(crate) fn hang_up(&self, tenant: TenantId, call: CallId, cause: Cause) -> bool {
        self.ask(tenant, call, Letter::Hangup(cause))
    }

    /// Puts a letter into the mailbox of one call of the tenant; false when the tenant has no such call.
    pub(crate) fn ask(&self, tenant: TenantId, call: CallId, letter: Letter) -> bool {
        match lock(&self.calls).get(&call) {
            Some((owner, mailbox)) if *owner == tenant => mailbox.send(letter).is_ok(),
            Some(_) | None => false,
        }
    }

    /// The mailbox of one call of the tenant.
    pub(crate) fn mailbox(&self, tenant: TenantId, call: CallId) -> Option<Mailbox> {
        lock(&self.calls).get(&call).filter(|(owner, _)| *owner == tenant).map(|(_, mailbox)| mailbox.clone())
    }

    /// Asks all calls to end.
    pub(crate) fn hang_up_all(&self, cause: Cause) {
        for (_, mailbox) in lock(&self.calls).values() {
            // A mailbox without a task belongs to a call that ends right now.
            let _ = mailbox.send(Letter::Hangup(cause));
        }
    }

    pub(crate) fn calls(&self) -> usize {
        lock(&self.calls).len()
    }

    pub(crate) fn legs(&self) -> usize {
        self.legs.iter().map(|shard| lock(shard).len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;
    use tokio::sync::mpsc::unbounded_channel;

    #[test]
    fn a_letter_reaches_the_call_of_its_leg_until_the_leg_is_removed() {
        let routes = Routes::new();
        let (mailbox, mut letters) = unbounded_channel();
        routes.add_leg(77, mailbox, LegId(3));

        assert!(routes.deliver(77, |leg| Letter::Sip(leg, sip::Signal::Progress { body: None })));
        assert!(matches!(letters.try_recv(), Ok(Letter::Sip(LegId(3), sip::Signal::Progress { body: None }))));

        routes.remove_leg(77);
        assert!(!routes.deliver(77, |leg| Letter::Sip(leg, sip::Signal::Progress { body: None })));
        assert_eq!(routes.legs(), 0);
    }

    #[test]
    fn a_tenant_cannot_end_the_call_of_another() {
        let routes = Routes::new();
        let (mailbox, mut letters) = unbounded_channel();
        let (ours, theirs) = (TenantId::from_bits(1), TenantId::from_bits(2));
        let call = CallId::from_bits(9);
        routes.add_call(call, ours, mailbox);

        assert!(!routes.hang_up(theirs, call, Cause::Normal));
        assert!(letters.try_recv().is_err());
        assert!(routes.hang_up(ours, call, Cause::Normal));
        assert!(matches!(letters.try_recv(), Ok(Letter::Hangup(Cause::Normal))));
    }
}
