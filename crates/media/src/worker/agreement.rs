//! What follows from a negotiation that has ended well.

use super::{Worker, reports};
use crate::command::LegKey;
use crate::negotiation::{Agreed, Protection};
use crate::socket;
use mio::Token;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

impl Worker {
    pub(super) fn agree(&mut self, key: LegKey, agreed: &Agreed, protection: &Protection) {
        let (now, clock) = (self.now, self.instant());
        let Some((slot, leg)) = self.legs.find(key) else { return };
        let before = leg.agreed.replace(*agreed);
        leg.latch.described(agreed.remote);
        leg.guard.agree(now, clock, protection);
        leg.aim(now);
        leg.outgoing.tick(agreed.send.codec.clock());
        leg.listens = agreed.events_in == [None; 2];
        let was_watched = before.is_some_and(|a| reports::is_watched(&a));
        if !was_watched {
            (leg.heard, leg.silence_told) = (now, false);
        }
        let pending = if leg.guard.is_ready() { leg.pending.take() } else { None };
        if before.is_some_and(|a| (a.may_send(), a.may_receive()) != (agreed.may_send(), agreed.may_receive())) {
            leg.outgoing.interrupt();
            let peer = leg.peer;
            if let Some(peer) = peer.and_then(|peer| self.legs.at(peer)) {
                peer.outgoing.interrupt();
            }
        }
        self.tell_mix_of(slot);
        self.share_port(slot, agreed.mux);
        self.begin_handshakes(slot);
        self.arrange_care(slot);
        if let Some((sound, repeat)) = pending {
            self.play(key, sound, repeat);
        }
    }

    /// RTCP on the port of RTP needs no socket of its own; the port stays ours, for when it does again.
    pub(super) fn share_port(&mut self, slot: usize, shares: bool) {
        let ip = self.inventory.config.bind;
        let Some(leg) = self.legs.at(slot) else { return };
        if shares == leg.rtcp.is_none() {
            return;
        }
        if shares {
            leg.rtcp = None;
            self.inventory.shared.fetch_add(1, Ordering::AcqRel);
            return;
        }
        let bound = socket::bind(SocketAddr::new(ip, leg.port + 1)).and_then(|rtcp| {
            socket::watch(&self.poll, &rtcp, Token(2 * slot + 1))?;
            Ok(rtcp)
        });
        match bound {
            Ok(rtcp) => {
                leg.rtcp = Some(rtcp);
                self.inventory.shared.fetch_sub(1, Ordering::AcqRel);
            }
            Err(error) => tracing::warn!(%error, "a leg goes on without RTCP"),
        }
    }
}
