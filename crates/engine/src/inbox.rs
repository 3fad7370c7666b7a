//! What waits for a task that tells subscribers something: subscriptions begun and ended, in the order they came, and whose
//! state is another now, each named once however often it changed.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::ExtensionId;
use sip::{Leg, Subscribed};
use tokio::sync::Notify;

/// Subscriptions that may wait to be looked at; further ones are sent away.
const WAITING: usize = 8_192;

/// What happened to a subscription.
#[derive(Debug)]
pub(crate) enum Word {
    /// It began, or somebody subscribed again.
    Subscribed(Box<Subscribed>),
    /// It is over.
    Unsubscribed(Leg),
}

/// All that waits at a moment.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// Oldest first.
    pub(crate) words: Vec<Word>,
    /// Of whom there is news to tell.
    pub(crate) changed: HashSet<ExtensionId>,
}

/// One task's inbox.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    waiting: Mutex<Waiting>,
    came: Notify,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Each critical section is one operation of a collection.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody subscribed, or did so again; given back when too many wait already.
    pub(crate) fn subscribed(&self, subscribed: Box<Subscribed>) -> Result<(), Box<Subscribed>> {
        let mut waiting = self.lock();
        if waiting.words.len() >= WAITING {
            return Err(subscribed);
        }
        waiting.words.push(Word::Subscribed(subscribed));
        drop(waiting);
        self.came.notify_one();
        Ok(())
    }

    /// A subscription is over. This is never refused: what is kept of it would stay for ever. Each subscription that began
    /// ends once, so that no more can wait than there were subscriptions.
    pub(crate) fn unsubscribed(&self, leg: Leg) {
        self.lock().words.push(Word::Unsubscribed(leg));
        self.came.notify_one();
    }

    /// There is news of an extension.
    pub(crate) fn changed(&self, extension: ExtensionId) {
        if self.lock().changed.insert(extension) {
            self.came.notify_one();
        }
    }

    /// All that waits, as soon as anything does.
    pub(crate) async fn next(&self) -> Waiting {
        loop {
            let waiting = mem::take(&mut *self.lock());
            if !waiting.words.is_empty() || !waiting.changed.is_empty() {
                return waiting;
            }
            self.came.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::Id;

    use super::*;

    fn subscribed(leg: u64) -> Box<Subscribed> {
        Box::new(Subscribed {
            id: Leg(leg),
            account: 1,
            package: "dialog".into(),
            user: "101".into(),
            domain: "acme.alo".into(),
            accept: String::new(),
            expires_in: Duration::from_secs(600),
        })
    }

    #[tokio::test]
    async fn a_full_inbox_sends_subscriptions_away_and_still_hears_of_each_end_and_change() {
        let inbox = Inbox::default();
        for leg in 0..WAITING as u64 {
            assert!(inbox.subscribed(subscribed(leg)).is_ok());
        }
        assert_eq!(inbox.subscribed(subscribed(9_999)).err().map(|back| back.id), Some(Leg(9_999)));
        inbox.unsubscribed(Leg(3));
        let lan = ExtensionId::from_bits(1);
        inbox.changed(lan);
        inbox.changed(lan);
        let waiting = inbox.next().await;
        assert_eq!(waiting.words.len(), WAITING + 1);
        assert!(matches!(waiting.words.last(), Some(Word::Unsubscribed(Leg(3)))));
        assert_eq!(waiting.changed, HashSet::from([lan]));
        assert!(inbox.subscribed(subscribed(9_999)).is_ok(), "there is room again");
        assert_eq!(inbox.next().await.words.len(), 1);
    }
}
