//! Guests go, or go on in the place of one of the two.

use super::{Guest, Role, Step};
use crate::machine::{Call, Stage};
use crate::timers::Timer;
use crate::{Event, Side};
use model::{Cause, LegId, TrailEntry};

impl Call {
    /// A guest's leg is over.
    pub(crate) fn guest_gone(&mut self, id: LegId, cause: Cause) {
        let takes_part = self.guests_in().any(|(leg, _)| leg == id);
        if !takes_part {
            return self.guest_refused(id, cause);
        }
        if let Some(guest) = self.take_guest(|guest| guest.has(id)) {
            self.guest_left(&guest, id, cause);
        }
    }

    /// A guest is hung up, whatever it does.
    pub(super) fn dismiss_guest(&mut self, guest: Guest, cause: Cause) {
        self.timers.clear(Timer::Guest(guest.number));
        match &guest.step {
            Step::Asked(_) => {}
            Step::Ringing { legs, .. } => {
                for leg in legs.clone() {
                    self.hang_up(leg, Cause::Cancelled);
                }
            }
            Step::In(leg) => {
                let leg = *leg;
                self.guest_left(&guest, leg, cause);
                self.hang_up(leg, cause);
            }
        }
    }

    fn guest_left(&mut self, guest: &Guest, leg: LegId, cause: Cause) {
        let entry = TrailEntry::new(self.now, "left", format!("Leg {leg} takes part no more: {}.", cause.as_str()));
        self.keep(entry.fact("leg", leg).fact("as", guest.role.as_str()).fact("cause", cause.as_str()));
        self.stop_play(leg);
        self.settle();
        self.publish(Event::Left { leg, extension: guest.extension, role: guest.role });
    }

    /// No sound comes from a guest any more.
    pub(crate) fn guest_lost(&mut self, id: LegId) {
        if let Some(guest) = self.take_guest(|guest| guest.leg() == Some(id)) {
            let entry = TrailEntry::new(self.now, "media_lost", format!("No sound came from leg {id} for too long."));
            self.keep(entry.fact("leg", id));
            self.dismiss_guest(guest, Cause::MediaTimeout);
        }
    }

    /// One of the two is gone: in a conference the first who joined takes the place, and the others go on. False when nobody
    /// is there to do so.
    pub(crate) fn goes_on_without(&mut self, id: LegId, cause: Cause) -> bool {
        let Some((caller, callee)) = self.two().filter(|(caller, callee)| id == *caller || id == *callee) else {
            return false;
        };
        let heir = self.take_guest(|guest| guest.role == Role::Party && guest.leg().is_some());
        let Some(heir) = heir.and_then(|heir| heir.leg()) else { return false };
        let entry = TrailEntry::new(self.now, "goes_on", format!("Leg {id} has left; leg {heir} is in its place."));
        self.keep(entry.fact("leg", id).fact("cause", cause.as_str()));
        let extension = self.extension_of(id);
        self.put_in_place(id, heir);
        let stays = if id == caller { callee } else { caller };
        self.record_beside(stays, heir);
        self.settle();
        self.publish(Event::Left { leg: id, extension, role: Role::Party });
        self.tell_of_place(id, heir);
        true
    }

    /// From now on a leg is one of the two in the place of another.
    pub(crate) fn put_in_place(&mut self, old: LegId, new: LegId) {
        if self.caller == Some(old) {
            self.caller = Some(new);
        } else {
            self.talked = Some(new);
            self.stage = Stage::Talking { callee: new };
        }
    }

    /// A leg that is there takes the place of one of the two, who is hung up.
    pub(crate) fn take_place(&mut self, old: LegId, new: LegId) {
        let Some((caller, callee)) = self.two() else { return };
        let stays = if caller == old { callee } else { caller };
        self.stop_play(old);
        self.stop_play(new);
        if self.media.bridge.is_some_and(|(one, other)| one == old || other == old) {
            self.unbridge();
        }
        self.record_beside(stays, new);
        self.put_in_place(old, new);
        self.settle();
        self.hang_up(old, Cause::Transferred);
        self.tell_of_place(old, new);
    }

    /// Tells that a leg is one of the two now.
    fn tell_of_place(&mut self, old: LegId, new: LegId) {
        self.publish(Event::Transferred { by: old, leg: new });
        let side = if self.caller == Some(new) { Side::Caller } else { Side::Callee };
        self.publish(Event::Answered { leg: new, extension: self.extension_of(new), side });
    }
}
