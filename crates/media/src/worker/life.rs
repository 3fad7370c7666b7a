//! How legs come to this thread and go.

use super::Worker;
use super::leg::Leg;
use crate::Event;
use crate::command::{LegKey, NewLeg};
use crate::socket;
use crate::transcoder::Job;
use mio::Token;
use std::sync::atomic::Ordering;

impl Worker {
    pub(super) fn open(&mut self, new: NewLeg) {
        let (key, owner) = (new.key, new.owner);
        if let Some((_, leg)) = owner.and_then(|owner| self.legs.find(owner)) {
            leg.video = Some(key);
        }
        let slot = self.legs.add(Leg::new(new, self.now));
        if let Err(error) = self.watch_sockets(slot) {
            tracing::error!(%error, "cannot watch a media socket");
            self.close(key);
        }
    }

    pub(super) fn watch_sockets(&mut self, slot: usize) -> std::io::Result<()> {
        let Some(leg) = self.legs.at(slot) else { return Ok(()) };
        socket::watch(&self.poll, &leg.rtp, Token(2 * slot))?;
        leg.rtcp.as_ref().map_or(Ok(()), |rtcp| socket::watch(&self.poll, rtcp, Token(2 * slot + 1)))
    }

    pub(super) fn close(&mut self, key: LegKey) {
        let Some(slot) = self.legs.slot(key) else { return };
        self.unbridge(key);
        self.bequeath(slot);
        self.stop_record(slot);
        self.leave_tape(slot);
        self.rise(key);
        self.farewell(slot);
        let Some(leg) = self.legs.remove(slot) else { return };
        let (tag, port, shares, quality) = (leg.tag, leg.port, leg.rtcp.is_none(), leg.quality());
        let owner = leg.owner;
        if leg.at_desk {
            self.desk.send(Job::Forget(key));
        }
        // The kernel forgets closed sockets by itself.
        drop(leg);
        metrics::counter!("alo_media_legs_total").increment(1);
        metrics::counter!("alo_media_packets_total").increment(quality.rx_packets);
        metrics::counter!("alo_media_lost_packets_total").increment(quality.lost);
        metrics::counter!("alo_media_foreign_packets_total").increment(quality.foreign_packets);
        metrics::counter!("alo_media_forged_packets_total").increment(quality.forged_packets);
        let heard = quality.rx_packets + quality.tx_packets + quality.foreign_packets + quality.forged_packets > 0;
        if shares {
            self.inventory.shared.fetch_sub(1, Ordering::AcqRel);
        }
        self.inventory.free_port(port, heard);
        self.inventory.legs.fetch_sub(1, Ordering::AcqRel);
        if owner.is_none() {
            self.tell(Event::Closed { tag, quality });
        }
    }
}
