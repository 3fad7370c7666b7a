//! The lamp of a telephone that says that messages wait (RFC 3842): who subscribed to `message-summary` is told in the
//! subscription, and phones that never subscribe, as most do not, by a NOTIFY of its own (as common PBXs do it). What there is
//! to tell comes from the database, aside from all calls.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use model::{ExtensionId, Id};
use pbx::snapshot::{Extension, Tenant};
use pbx::voicemail::{self, message::Counts};
use sip::{Command, Leg, Subscribed};

use crate::inbox::{Inbox, Waiting, Word};
use crate::shared::Shared;

/// The event package.
pub(crate) const PACKAGE: &str = "message-summary";
const CONTENT_TYPE: &str = "application/simple-message-summary";
struct Office {
    shared: Arc<Shared>,
    subscriptions: HashMap<Leg, ExtensionId>,
}

/// Tells phones, for as long as the engine runs.
pub(crate) async fn run(shared: Arc<Shared>) {
    let inbox: Arc<Inbox> = shared.mwi.clone();
    let mut office = Office { shared, subscriptions: HashMap::new() };
    loop {
        let Waiting { words, mut changed } = inbox.next().await;
        for word in words {
            office.hear(word, &mut changed);
        }
        for extension in changed {
            office.tell(extension).await;
        }
    }
}

impl Office {
    fn hear(&mut self, word: Word, changed: &mut HashSet<ExtensionId>) {
        match word {
            Word::Unsubscribed(leg) => _ = self.subscriptions.remove(&leg),
            Word::Subscribed(subscribed) => {
                let extension = ExtensionId::from_bits(subscribed.account);
                if self.may(extension, &subscribed) {
                    self.subscriptions.insert(subscribed.id, extension);
                    changed.insert(extension);
                } else {
                    let end =
                        Command::Notify { content_type: String::new(), body: Bytes::new(), end: Some("rejected") };
                    self.shared.stack.send(subscribed.id, end);
                }
            }
        }
    }

    /// Everybody is told of their own messages alone.
    fn may(&self, id: ExtensionId, subscribed: &Subscribed) -> bool {
        let snapshot = self.shared.directory.snapshot();
        let Some((_, extension)) = snapshot.extension(id) else { return false };
        let asked = subscribed.user.as_str();
        asked.is_empty() || asked == extension.number || asked == voicemail::LISTEN
    }

    async fn tell(&mut self, id: ExtensionId) {
        let snapshot = self.shared.directory.snapshot();
        let Some((tenant, extension)) = snapshot.extension(id) else { return };
        let subscribers: Vec<Leg> =
            self.subscriptions.iter().filter(|(_, owner)| **owner == id).map(|(leg, _)| *leg).collect();
        if subscribers.is_empty() && !extension.mailbox.enabled {
            return;
        }
        let counts = match voicemail::message::counts(&self.shared.db, tenant.id, id).await {
            Ok(counts) => counts,
            Err(error) => return tracing::warn!(%error, "phones are not told of messages: they cannot be counted"),
        };
        let body = summary(tenant, counts);
        for leg in &subscribers {
            let notify = Command::Notify { content_type: CONTENT_TYPE.to_owned(), body: body.clone(), end: None };
            self.shared.stack.send(*leg, notify);
        }
        if extension.mailbox.enabled {
            self.tell_others(tenant, extension, subscribers.len(), &body);
        }
    }

    /// Phones that never subscribe. Which phone a subscription is of cannot be seen, so all are told as soon as there are
    /// more phones than subscriptions: to be told twice does no harm.
    fn tell_others(&self, tenant: &Tenant, extension: &Extension, subscribed: usize, body: &Bytes) {
        let contacts = self.shared.stack.contacts(extension.id.bits());
        if contacts.len() <= subscribed {
            return;
        }
        let display = String::new();
        let party = sip::Party { user: extension.number.clone(), host: tenant.domain.clone(), display };
        for contact in contacts {
            let inform = Command::Inform {
                contact: contact.key,
                party: party.clone(),
                event: PACKAGE.to_owned(),
                content_type: CONTENT_TYPE.to_owned(),
                body: body.clone(),
            };
            self.shared.stack.send(self.shared.stack.new_leg(), inform);
        }
    }
}

/// RFC 3842 section 5.2.
fn summary(tenant: &Tenant, counts: Counts) -> Bytes {
    let waiting = if counts.new > 0 { "yes" } else { "no" };
    let account = format!("sip:{}@{}", voicemail::LISTEN, tenant.domain);
    let (new, old) = (counts.new, counts.old);
    format!("Messages-Waiting: {waiting}\r\nMessage-Account: {account}\r\nVoice-Message: {new}/{old} (0/0)\r\n").into()
}
