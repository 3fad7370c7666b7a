//! How extensions handle calls: whether and how long they ring, where they forward to, and the codes by which a phone
//! changes that.

use std::time::Duration;

use call::{Direction, Onward, Reply, RingsAs, Route, RouteTarget, Ticket};
use model::leg::Sound;
use model::{Actor, Cause, ExtensionId, Id};
use pbx::handling::HandlingPatch;

use super::Driver;
use crate::routes::Letter;

/// How long a change may take to come into force before it is confirmed all the same.
const TAKE_OVER: Duration = Duration::from_secs(1);

impl Driver {
    /// The phones of an extension, or why they are not to ring.
    pub(super) fn locate(&self, id: ExtensionId, rings_as: RingsAs) -> Reply {
        let used = self.shared.lines.of(id);
        // The lines of a wave are asked for before any of it rings, so the call does not find itself.
        if rings_as == RingsAs::IdleMember && used.talking > 0 {
            return Reply::Away(Cause::Busy);
        }
        let direct = rings_as == RingsAs::Direct;
        let extension = self.tenant.extensions.get(&id).filter(|_| rings_as != RingsAs::Own);
        let Some(extension) = extension else { return Reply::Contacts(self.contacts(id)) };
        let (handling, mailbox) = (&extension.handling, &extension.mailbox);
        if direct && handling.forward_always.is_some() {
            return Reply::Forwarded(Cause::Unavailable);
        }
        if let Some(cause) = handling.refuses(used.calls) {
            let forwards = direct && (handling.forward(cause).is_some() || mailbox.takes(cause));
            return if forwards { Reply::Forwarded(cause) } else { Reply::Away(cause) };
        }
        let (contacts, ring_for) = (self.contacts(id), handling.ring_for());
        let forwards = handling.forwards_at_all() || mailbox.takes_some();
        if direct && (ring_for.is_some() || forwards) {
            return Reply::Ring { contacts, ring_for, forwards };
        }
        Reply::Contacts(contacts)
    }

    fn contacts(&self, id: ExtensionId) -> Vec<u64> {
        self.shared.stack.contacts(id.bits()).into_iter().map(|contact| contact.key).collect()
    }

    /// Where an extension forwards a call to that failed there.
    pub(super) fn forward(&self, id: ExtensionId, cause: Cause) -> Option<Onward> {
        let extension = self.tenant.extensions.get(&id)?;
        let number = extension.handling.forward(cause).map(|number| Onward::Number(number.to_owned()));
        number.or_else(|| extension.mailbox.takes(cause).then_some(Onward::Voicemail))
    }

    /// A phone dialled a code. Its call is routed when what it asks for is stored: then it hears two tones.
    pub(super) fn obey_code(&self, ticket: Ticket, id: ExtensionId, dialled: &str, wanted: Option<HandlingPatch>) {
        let from = self.tenant.extensions.get(&id);
        let route = Route {
            direction: Direction::Internal,
            hotline: None,
            caller_number: from.map(|from| from.number.clone()).unwrap_or_default(),
            caller_name: from.map(|from| from.name.clone()).unwrap_or_default(),
            to: RouteTarget::Reject(Cause::InvalidNumber),
            record: false,
            reason: "The code cannot be carried out.".to_owned(),
            facts: vec![("dialled", dialled.to_owned())],
        };
        let (shared, mailbox, tenant) = (self.shared.clone(), self.mailbox.clone(), self.tenant.id);
        tokio::spawn(async move {
            let done = match wanted {
                Some(patch) => pbx::handling::set(&Actor::system(tenant), &shared.db, id, patch).await.is_ok(),
                None => false,
            };
            if done {
                let version = *shared.db.watch_config().borrow();
                // The two tones say that it counts from now on.
                shared.bus.in_force(version, TAKE_OVER).await;
            }
            let route = match done {
                true => Route {
                    to: RouteTarget::Announcement(Sound::Confirmed),
                    reason: "The code changes how the extension handles calls.".to_owned(),
                    ..route
                },
                false => route,
            };
            // The caller may have hung up meanwhile.
            let _ = mailbox.send(Letter::Obeyed(ticket, Box::new(route)));
        });
    }
}
