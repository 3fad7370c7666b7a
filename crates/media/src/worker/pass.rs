//! Video of two phones: packets go from one to the other as they are, RTCP with its picture requests (PLI, FIR) as well.
//! A leg's video has sockets and a latch of its own; who sees whom follows from the bridge of their legs.

use super::Worker;
use crate::command::LegKey;
use crate::latch::Verdict;
use crate::negotiation::Route;
use crate::rtp;
use crate::socket::{self, Target};
use std::net::SocketAddr;

impl Worker {
    /// Where the far side wants the video of a leg; none while it is off.
    pub(super) fn route(&mut self, key: LegKey, route: Option<Route>) {
        let Some((_, leg)) = self.legs.find(key) else { return };
        leg.route = route;
        leg.latch.described(route.map(|r| r.rtp));
        leg.target = leg.latch.target().map(Target::from);
    }

    /// Passes a packet of a leg's video on to the video of the leg that it is bridged to.
    pub(super) fn pass(&mut self, slot: usize, packet: &[u8], source: SocketAddr, is_rtp: bool) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        let (Some(route), Some(owner)) = (leg.route, leg.owner) else { return };
        if is_rtp {
            let Some(header) = rtp::parse(packet) else { return };
            match leg.latch.judge(now, source, header.ssrc, header.sequence) {
                Verdict::Known => {}
                Verdict::Learned => leg.target = Some(Target::from(source)),
                Verdict::Foreign => {
                    leg.foreign += 1;
                    return;
                }
            }
            leg.reception.packet(header.ssrc, header.sequence);
        } else {
            let host = leg.latch.source().unwrap_or(route.rtp).ip();
            if source != route.rtcp && source.ip() != host {
                leg.foreign += 1;
                return;
            }
            leg.far.source = Some(source);
        }
        let Some((_, owner)) = self.legs.find(owner) else { return };
        let (peer, sees) = (owner.peer, owner.seat.and_then(|seat| seat.sees));
        // Who hears several sees whom it saw before.
        let Some(peer) = peer.or_else(|| self.legs.slot(sees?)) else { return };
        let Some(other) = self.legs.at(peer).and_then(|peer| peer.video) else { return };
        let Some((_, other)) = self.legs.find(other) else { return };
        let Some(route) = other.route else { return };
        if is_rtp {
            if let Some(target) = &other.target
                && socket::send(&other.rtp, packet, target)
            {
                other.outgoing.packets += 1;
            }
        } else if let Some(rtcp) = &other.rtcp {
            let target = other.far.source.unwrap_or(route.rtcp);
            socket::send(rtcp, packet, &Target::from(target));
        }
    }
}
