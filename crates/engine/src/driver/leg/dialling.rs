//! Legs that we place: to a phone or a carrier, with keys or in the clear.

use bytes::Bytes;
use model::leg::{Destination, Dial};
use model::{Cause, LegEvent, LegId, TrunkId};
use sip::{Command, Party, Target};

use super::{Far, Leg, measure};
use crate::driver::Driver;

impl Driver {
    pub(super) fn dial(&mut self, id: LegId, dial: Dial) {
        let (profile, policy) = self.protection(&dial.to);
        self.dial_as(id, dial, profile, policy);
    }

    /// What to offer: what the caller would like, of which only what meets its codec once that is settled.
    fn wishes(&self) -> media::Taste {
        let Some(first) = self.legs.get(&LegId::FIRST) else { return media::Taste::default() };
        let mut taste = first.media.as_ref().map(media::Leg::taste).unwrap_or_default();
        if let Some(settled) = first.media.as_ref().and_then(media::Leg::codec).filter(|_| first.answered) {
            taste.codecs = taste.codecs.iter().filter(|codec| codec.meets(settled)).collect();
        }
        taste
    }

    /// A far side that refuses an offer with keys which it may leave is asked once more, in the clear (488 or 606; RFC 3261
    /// section 21.4.26).
    pub(super) fn dials_in_the_clear(&mut self, id: LegId, code: u16) -> bool {
        if !matches!(code, 488 | 606) {
            return false;
        }
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        let Some(dial) = leg.in_the_clear.take() else { return false };
        tracing::info!(call.id = %self.id, leg = %id, code, "an offer with keys was refused; the next is without");
        leg.slot = None;
        self.shared.routes.remove_leg(leg.edge.0);
        let (_, policy) = self.protection(&dial.to);
        self.dial_as(id, *dial, media::Profile::Plain, policy);
        true
    }

    fn dial_as(&mut self, id: LegId, dial: Dial, profile: media::Profile, policy: media::Policy) {
        let edge = self.shared.stack.new_leg();
        let prefer = self.wishes();
        let video = self.media_of(LegId::FIRST).and_then(media::Leg::video);
        let mut leg = Leg::new(edge, self.open_media(edge.0), true);
        leg.in_the_clear = (profile == media::Profile::Offered).then(|| Box::new(dial.clone()));
        let body = leg.media.as_mut().map(|media| {
            media.set_policy(policy);
            media.show(video);
            media.offer(media::Offer { prefer, profile: Some(profile), ..media::Offer::default() })
        });
        leg.far = match &dial.to {
            Destination::Contact { extension, .. } => Far::Extension(*extension),
            Destination::Trunk { trunk, number } => Far::Trunk(*trunk, number.clone()),
        };
        if let Far::Extension(extension) = leg.far {
            leg.line = Some(self.shared.lines.rings(extension, self.id, edge.0));
        }
        leg.works = self.works_on(&leg.far);
        self.shared.routes.add_leg(edge.0, self.mailbox.clone(), id);
        self.legs.insert(id, leg);
        self.touched_by(id);

        let request = match (&dial.to, body) {
            (_, None) => Err(Cause::Overload),
            (Destination::Contact { contact, .. }, Some(body)) => Ok(self.to_phone(*contact, &dial, body)),
            (Destination::Trunk { trunk, number }, Some(body)) => self.take_slot(id, *trunk).and_then(|()| {
                let trunk = self.tenant.trunks.get(trunk).ok_or(Cause::Unavailable)?;
                self.shared.carriers.dial(trunk, &self.tenant, number, &dial, self.max_forwards, body)
            }),
        };
        match request {
            Ok(request) => {
                measure(&mut self.set_up, self.shared.clock.now().since(self.anchor.moment()));
                self.shared.stack.send(edge, Command::Dial(Box::new(request)));
            }
            Err(cause) => {
                self.close_leg(id);
                self.leg_event(id, LegEvent::Rejected { cause });
            }
        }
    }

    /// Counts the leg among the trunk's calls until it is over.
    pub(super) fn take_slot(&mut self, id: LegId, trunk: TrunkId) -> Result<(), Cause> {
        let trunk = self.tenant.trunks.get(&trunk).ok_or(Cause::Unavailable)?;
        let slot = self.shared.carriers.slot(trunk).ok_or(Cause::Overload)?;
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.slot = Some(slot);
        }
        Ok(())
    }

    fn to_phone(&self, contact: u64, dial: &Dial, body: Bytes) -> sip::Dial {
        let from = Party {
            user: dial.caller_number.clone(),
            host: self.tenant.domain.clone(),
            display: dial.caller_name.clone(),
        };
        let headers = vec![("X-Alo-Call-Id".to_owned(), self.id.to_string())];
        sip::Dial {
            target: Target::Contact(contact),
            from,
            to: None,
            body,
            credentials: None,
            asserted: None,
            max_forwards: self.max_forwards,
            headers,
        }
    }
}
