//! RTCP both ways, and the watch for silence.

use super::{Timer, Worker};
use crate::command::LegKey;
use crate::negotiation::Agreed;
use crate::rtcp::{self, Sent};
use crate::{Direction, Event};
use model::Moment;
use std::net::SocketAddr;

/// Only a leg on which both sides talk can be silent; on hold the far side may well be.
pub(super) fn is_watched(agreed: &Agreed) -> bool {
    agreed.local_direction == Direction::SendRecv && agreed.remote_direction == Direction::SendRecv
}

impl Worker {
    pub(super) fn on_rtcp(&mut self, slot: usize, packet: &[u8], source: SocketAddr) {
        let Some(leg) = self.legs.at(slot) else { return };
        let Some(agreed) = leg.agreed else { return };
        if let Some(tapped) = &leg.tapped {
            tapped.rtcp(false, source, packet);
        }
        // RTCP is believed from the host that is heard, or from where the session description said.
        let host = leg.latch.source().or(agreed.remote).map(|s| s.ip());
        if agreed.remote_rtcp != Some(source) && host != Some(source.ip()) {
            leg.foreign += 1;
            return;
        }
        self.on_report(slot, packet, source);
    }

    /// Takes a report that is the far side's beyond doubt.
    pub(super) fn on_report(&mut self, slot: usize, packet: &[u8], source: SocketAddr) {
        let (now, middle) = (self.now, rtcp::middle(self.ntp()));
        let Some(leg) = self.legs.at(slot) else { return };
        let Some(report) = rtcp::parse(packet, leg.outgoing.ssrc) else { return };
        (leg.heard, leg.silence_told) = (now, false);
        leg.far.source = Some(source);
        if let Some(sent) = report.sent {
            leg.far.report = Some((sent, now));
        }
        if let Some(block) = report.block {
            leg.far.loss = Some(f64::from(block.lost) / (leg.outgoing.packets.max(1) as f64)).map(|l| l.min(1.0));
            leg.far.rtt_ms = rtcp::round_trip_ms(&block, middle).or(leg.far.rtt_ms);
        }
    }

    /// The leg is answered: silence counts from now.
    pub(super) fn watch(&mut self, key: LegKey) {
        let now = self.now;
        let Some((slot, leg)) = self.legs.find(key) else { return };
        (leg.heard, leg.silence_told) = (now, false);
        if leg.agreed.is_some() {
            self.arrange_care(slot);
        }
    }

    /// Does what is due and sets the next timer.
    pub(super) fn care(&mut self, slot: usize, due: Moment) {
        let (now, silence) = (self.now, self.inventory.config.silence);
        let Some(leg) = self.legs.at(slot).filter(|l| l.care_due == due) else { return };
        // The far side may have ended its consent.
        leg.aim(now);
        let (tag, report_due) = (leg.tag, leg.report_due);
        let watched = leg.agreed.as_ref().is_some_and(is_watched) && !leg.silence_told;
        if watched && silence.is_some_and(|s| now.since(leg.heard) >= s) {
            leg.silence_told = true;
            self.tell(Event::Silent { tag });
        }
        if report_due <= now {
            self.report(slot);
        }
        self.arrange_care(slot);
    }

    pub(super) fn arrange_care(&mut self, slot: usize) {
        let (now, silence, mean) = (self.now, self.inventory.config.silence, self.inventory.config.rtcp_interval);
        let half = u64::try_from(mean.as_nanos() / 2).unwrap_or(u64::MAX / 4);
        // Between half and one and a half of the mean, so that legs do not report in step (RFC 3550 section 6.2).
        let spread = Moment::from_nanos(now.as_nanos() + half + self.roll() % (2 * half + 1));
        let Some(leg) = self.legs.at(slot) else { return };
        if leg.report_due <= now {
            leg.report_due = spread;
        }
        let watched = leg.agreed.as_ref().is_some_and(is_watched) && !leg.silence_told;
        let end = silence.filter(|_| watched).map(|s| leg.heard + s);
        leg.care_due = end.map_or(leg.report_due, |end| end.min(leg.report_due)).max(now);
        let due = leg.care_due;
        self.set(slot, Timer::Care, due);
    }

    fn report(&mut self, slot: usize) {
        let (now, ntp) = (self.now, self.ntp());
        let Some(leg) = self.legs.at(slot) else { return };
        let mut block = leg.reception.block();
        if let (Some(block), Some((sent, at))) = (&mut block, leg.far.report) {
            block.last_report = sent;
            block.delay = u32::try_from((now.since(at).as_nanos() << 16) / 1_000_000_000).unwrap_or(u32::MAX);
        }
        let talks = leg.outgoing.packets > leg.far.packets_then;
        leg.far.packets_then = leg.outgoing.packets;
        if !talks && block.is_none() {
            return;
        }
        let sent = talks.then(|| Sent {
            timestamp: leg.outgoing.timestamp_at(now),
            packets: leg.outgoing.packets as u32,
            bytes: leg.outgoing.bytes as u32,
        });
        rtcp::write(&mut self.report, leg.outgoing.ssrc, ntp, sent, block);
        leg.transmit_report(&self.report);
    }

    /// Tells a far side that speaks RTCP that our stream ends (RFC 3550 section 6.6).
    pub(super) fn farewell(&mut self, slot: usize) {
        let ntp = self.ntp();
        let Some(leg) = self.legs.at(slot) else { return };
        if leg.far.source.is_none() || leg.outgoing.packets == 0 {
            return;
        }
        rtcp::write(&mut self.report, leg.outgoing.ssrc, ntp, None, leg.reception.block());
        rtcp::write_bye(&mut self.report, leg.outgoing.ssrc);
        leg.transmit_report(&self.report);
    }

    fn ntp(&self) -> u64 {
        rtcp::ntp(self.started_unix + self.now.as_nanos())
    }
}
