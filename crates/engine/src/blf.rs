//! The lamps of telephones that show what a colleague's phones do: the event package `dialog` (RFC 4235) for extensions of the
//! same company. Each NOTIFY tells the full state. Who is on the other end is never told: a lamp needs it not.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;
use std::sync::Arc;

use bytes::Bytes;
use model::{ExtensionId, Id};
use sip::{Command, Leg, Subscribed};

use crate::inbox::{Inbox, Waiting, Word};
use crate::lines::{Shown, State};
use crate::shared::Shared;

/// The event package.
pub(crate) const PACKAGE: &str = "dialog";
const CONTENT_TYPE: &str = "application/dialog-info+xml";
/// How many extensions one may watch.
const MOST: usize = 200;
/// One lamp.
struct Lamp {
    watcher: ExtensionId,
    watched: ExtensionId,
    /// The number of the next NOTIFY (RFC 4235 section 4.1.1).
    version: u32,
}

struct Office {
    shared: Arc<Shared>,
    lamps: HashMap<Leg, Lamp>,
    /// The lamps of who is watched.
    of: HashMap<ExtensionId, Vec<Leg>>,
}

/// Tells lamps, for as long as the engine runs.
pub(crate) async fn run(shared: Arc<Shared>) {
    let inbox: Arc<Inbox> = shared.blf.clone();
    shared.lines.tell(inbox.clone());
    let mut office = Office { shared, lamps: HashMap::new(), of: HashMap::new() };
    loop {
        let Waiting { words, changed } = inbox.next().await;
        for word in words {
            office.hear(word);
        }
        for extension in changed {
            office.tell_all(extension);
        }
    }
}

impl Office {
    fn hear(&mut self, word: Word) {
        match word {
            Word::Unsubscribed(leg) => self.forget(leg),
            Word::Subscribed(subscribed) => match self.watched_by(&subscribed) {
                Ok(watched) => {
                    let (leg, watcher) = (subscribed.id, ExtensionId::from_bits(subscribed.account));
                    if let Entry::Vacant(place) = self.lamps.entry(leg) {
                        place.insert(Lamp { watcher, watched, version: 0 });
                        self.of.entry(watched).or_default().push(leg);
                        self.shared.lines.attend(watched, true);
                    }
                    self.tell(leg);
                }
                Err(end) => {
                    let refusal = Command::Notify { content_type: String::new(), body: Bytes::new(), end: Some(end) };
                    self.shared.stack.send(subscribed.id, refusal);
                }
            },
        }
    }

    /// Whom the subscriber may watch, or why not.
    fn watched_by(&self, subscribed: &Subscribed) -> Result<ExtensionId, &'static str> {
        let snapshot = self.shared.directory.snapshot();
        let watcher = ExtensionId::from_bits(subscribed.account);
        let Some((tenant, _)) = snapshot.extension(watcher) else { return Err("rejected") };
        let domain = &subscribed.domain;
        let ours = domain.eq_ignore_ascii_case(&tenant.domain) || domain.parse::<std::net::IpAddr>().is_ok();
        let watched = tenant.by_number(&subscribed.user).filter(|_| ours).ok_or("noresource")?;
        let known = self.lamps.contains_key(&subscribed.id);
        let full = !known && self.lamps.values().filter(|lamp| lamp.watcher == watcher).count() >= MOST;
        if full { Err("rejected") } else { Ok(watched.id) }
    }

    fn forget(&mut self, leg: Leg) {
        let Some(lamp) = self.lamps.remove(&leg) else { return };
        let Some(legs) = self.of.get_mut(&lamp.watched) else { return };
        legs.retain(|other| *other != leg);
        if legs.is_empty() {
            self.of.remove(&lamp.watched);
            self.shared.lines.attend(lamp.watched, false);
        }
    }

    fn tell_all(&mut self, watched: ExtensionId) {
        for leg in self.of.get(&watched).cloned().unwrap_or_default() {
            self.tell(leg);
        }
    }

    fn tell(&mut self, leg: Leg) {
        let Some(lamp) = self.lamps.get_mut(&leg) else { return };
        let snapshot = self.shared.directory.snapshot();
        let Some((tenant, extension)) = snapshot.extension(lamp.watched) else {
            let end = Command::Notify { content_type: String::new(), body: Bytes::new(), end: Some("noresource") };
            self.shared.stack.send(leg, end);
            return self.forget(leg);
        };
        let entity = format!("sip:{}@{}", extension.number, tenant.domain);
        let body = document(&entity, lamp.version, &self.shared.lines.shown(lamp.watched)).into();
        lamp.version = lamp.version.wrapping_add(1);
        self.shared.stack.send(leg, Command::Notify { content_type: CONTENT_TYPE.to_owned(), body, end: None });
    }
}

/// RFC 4235 section 4. Who does nothing has one dialog that is over: many phones put a lamp out for nothing less.
fn document(entity: &str, version: u32, dialogs: &[Shown]) -> String {
    let entity = entity.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let mut text = format!(
        "<?xml version=\"1.0\"?>\r\n<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" \
         state=\"full\" entity=\"{entity}\">\r\n"
    );
    if dialogs.is_empty() {
        text.push_str("<dialog id=\"idle\"><state>terminated</state></dialog>\r\n");
    }
    for Shown { id, outgoing, state } in dialogs {
        let direction = if *outgoing { "initiator" } else { "recipient" };
        let state = match state {
            State::Early => "early",
            State::Confirmed => "confirmed",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "<dialog id=\"{id:x}\" direction=\"{direction}\"><state>{state}</state></dialog>\r\n");
    }
    text.push_str("</dialog-info>\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_tells_each_dialog_and_who_is_idle() {
        let idle = document("sip:101@acme.alo", 0, &[]);
        assert!(idle.contains("version=\"0\" state=\"full\" entity=\"sip:101@acme.alo\""), "{idle}");
        assert!(idle.contains("<state>terminated</state>"), "{idle}");
        let rings = Shown { id: 10, outgoing: false, state: State::Early };
        let calls = Shown { id: 11, outgoing: true, state: State::Confirmed };
        let busy = document("sip:1\"<&@x", 3, &[rings, calls]);
        assert!(busy.contains("<dialog id=\"a\" direction=\"recipient\"><state>early</state></dialog>"), "{busy}");
        assert!(busy.contains("<dialog id=\"b\" direction=\"initiator\"><state>confirmed</state></dialog>"), "{busy}");
        assert!(busy.contains("entity=\"sip:1&quot;&lt;&amp;@x\"") && !busy.contains("terminated"), "{busy}");
    }
}
