//! Who hears whom.

use super::Worker;
use crate::command::LegKey;

impl Worker {
    pub(super) fn bridge(&mut self, one: LegKey, other: LegKey) {
        let (Some(a), Some(b)) = (self.legs.slot(one), self.legs.slot(other)) else { return };
        if a == b || self.legs.at(a).is_some_and(|leg| leg.peer == Some(b)) {
            return;
        }
        self.unbridge(one);
        self.unbridge(other);
        self.rise(one);
        self.rise(other);
        for (slot, peer) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs.at(slot) {
                leg.peer = Some(peer);
                leg.listener.keep();
            }
        }
    }

    pub(super) fn unbridge(&mut self, key: LegKey) {
        let Some((_, leg)) = self.legs.find(key) else { return };
        leg.noise = None;
        leg.outgoing.interrupt();
        let Some(peer) = leg.peer.take() else { return };
        if let Some(leg) = self.legs.at(peer) {
            (leg.peer, leg.noise) = (None, None);
            leg.outgoing.interrupt();
        }
    }
}
