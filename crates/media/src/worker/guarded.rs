//! The packet path of protected legs: tell packets apart, answer checks, drive the handshake, open what is sealed. What
//! was opened goes the way of plain packets.

use super::guard::{Association, Door, Dtls, Guard, Keys, Kind};
use super::{Timer, Worker};
use crate::socket::{self, Target};
use crate::srtp::Refused;
use model::Moment;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A timer further off than this is none.
const PATIENCE: Duration = Duration::from_secs(120);

impl Worker {
    /// Takes a packet of a leg that is not plain.
    pub(super) fn on_guarded(&mut self, slot: usize, door: Door, packet: &mut [u8], source: SocketAddr) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        let kind = Kind::of(packet);
        match (kind, &mut leg.guard) {
            (Kind::Stun, Guard::Dtls(dtls)) => {
                let answer = dtls.ice.as_mut().and_then(|ice| ice.check(now, packet, source));
                match answer {
                    Some(answer) => {
                        socket::send(&leg.rtp, &answer, &Target::from(source));
                        leg.aim(now);
                        self.drive(slot, Door::Rtp);
                    }
                    None => leg.foreign += 1,
                }
            }
            (Kind::Dtls, Guard::Dtls(dtls)) => {
                let expected = leg.latch.expects(source.ip());
                if dtls.admits(now, source).unwrap_or(expected) {
                    self.on_handshake(slot, door, packet, source);
                } else {
                    leg.foreign += 1;
                }
            }
            (Kind::Rtp | Kind::Rtcp, _) => self.on_sealed(slot, (door, kind), packet, source),
            (Kind::Stun | Kind::Dtls | Kind::Other, _) => leg.foreign += 1,
        }
    }

    fn on_sealed(&mut self, slot: usize, (door, kind): (Door, Kind), packet: &mut [u8], source: SocketAddr) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        if let Guard::Dtls(dtls) = &leg.guard
            && dtls.admits(now, source) == Some(false)
        {
            leg.foreign += 1;
            return;
        }
        let length = match leg.guard.open(now, door, kind, packet) {
            Ok(length) => length,
            Err(Refused::Forged | Refused::Malformed) => {
                leg.forged += 1;
                return;
            }
            // A network doubles packets at times.
            Err(Refused::Replayed) => {
                leg.foreign += u64::from(leg.latch.source() != Some(source));
                return;
            }
        };
        let Some(packet) = packet.get_mut(..length) else { return };
        if let Guard::Dtls(dtls) = &mut leg.guard
            && let Some(ice) = &mut dtls.ice
            && ice.heard(now, source)
        {
            leg.aim(now);
        }
        if kind == Kind::Rtcp {
            return self.on_report(slot, packet, source);
        }
        // Who knows the key is the far side, wherever it is now.
        if let Some(header) = crate::rtp::parse(packet)
            && leg.latch.prove(now, source, header.ssrc, header.sequence)
        {
            leg.aim(now);
        }
        self.on_rtp(slot, packet, source);
    }

    fn on_handshake(&mut self, slot: usize, door: Door, packet: &[u8], source: SocketAddr) {
        let (now, clock) = (self.now, self.instant());
        let Some(Guard::Dtls(dtls)) = self.legs.at(slot).map(|leg| &mut leg.guard) else { return };
        let Some(association) = dtls.meet(door, now, clock) else { return };
        association.partner = Some(source);
        let Some(handshake) = &mut association.handshake else { return };
        if let Err(failure) = handshake.packet(clock, packet) {
            return self.handshake_failed(slot, door, &failure);
        }
        self.drive(slot, door);
    }

    /// Begins the handshakes that are ours to begin with who does not speak ICE: nobody but its description says where it
    /// waits (RFC 5763 section 5).
    pub(super) fn begin_handshakes(&mut self, slot: usize) {
        let (now, clock) = (self.now, self.instant());
        let Some(agreed) = self.legs.at(slot).and_then(|leg| leg.agreed) else { return };
        let beside = agreed.remote_rtcp.filter(|_| !agreed.mux);
        for (door, remote) in [(Door::Rtp, agreed.remote), (Door::Rtcp, beside)] {
            let Some(remote) = remote else { continue };
            let Some(Guard::Dtls(dtls)) = self.legs.at(slot).map(|leg| &mut leg.guard) else { return };
            if dtls.ice.is_some() || !dtls.begins() {
                return;
            }
            let Some(association) = dtls.meet(door, now, clock) else { continue };
            association.partner.get_or_insert(remote);
            self.drive(slot, door);
        }
    }

    /// A handshake wanted to be looked at now.
    pub(super) fn handshake_on(&mut self, slot: usize, due: Moment) {
        let clock = self.instant();
        for door in [Door::Rtp, Door::Rtcp] {
            let Some(Guard::Dtls(dtls)) = self.legs.at(slot).map(|leg| &mut leg.guard) else { return };
            let association = dtls.association(door).filter(|association| association.due == due);
            let Some(handshake) = association.and_then(|association| association.handshake.as_mut()) else { continue };
            match handshake.tick(clock) {
                Ok(()) => self.drive(slot, door),
                Err(failure) => self.handshake_failed(slot, door, &failure),
            }
        }
    }

    /// Sends what a handshake has to say and takes its keys.
    fn drive(&mut self, slot: usize, door: Door) {
        let (now, clock) = (self.now, self.instant());
        let Some(leg) = self.legs.at(slot) else { return };
        let Guard::Dtls(dtls) = &mut leg.guard else { return };
        let (socket, target) = match door {
            Door::Rtp => (Some(&leg.rtp), dtls.target(now)),
            Door::Rtcp => (leg.rtcp.as_ref(), dtls.rtcp.as_ref().and_then(|association| association.partner)),
        };
        // Nobody is there to talk to yet.
        let (Some(socket), Some(target)) = (socket, target.map(Target::from)) else { return };
        let Dtls { rtp, rtcp, scratch, .. } = &mut **dtls;
        let association = if door == Door::Rtp { Some(rtp) } else { rtcp.as_mut() };
        let Some(Association { handshake: Some(handshake), keys, due: known, .. }) = association else { return };
        handshake.begin();
        let due = handshake.poll(scratch, |packet| {
            socket::send(socket, packet, &target);
        });
        let due = match due {
            Ok(due) => due,
            Err(failure) => return self.handshake_failed(slot, door, &failure),
        };
        let fresh = handshake.take_keys();
        // The library names a day far off when nothing is due; when the keys are there, only packets move it.
        let wait = due.saturating_duration_since(clock);
        let due = now + wait;
        let is_near = !handshake.is_done() && wait < PATIENCE && *known != due;
        *known = due;
        if let Some((sealer, opener)) = fresh {
            *keys = Some(Keys::new(sealer, opener));
            metrics::counter!("alo_media_handshakes_total", "result" => "done").increment(1);
            let key = leg.key;
            let pending = if door == Door::Rtp { leg.pending.take() } else { None };
            // A sound that waited for the keys begins now.
            if let Some((sound, repeat)) = pending {
                self.play(key, sound, repeat);
            }
        }
        if is_near {
            self.set(slot, Timer::Handshake, due);
        }
    }

    fn handshake_failed(&mut self, slot: usize, door: Door, failure: &crate::dtls::Failure) {
        let clock = self.instant();
        metrics::counter!("alo_media_handshakes_total", "result" => "failed").increment(1);
        let Some(leg) = self.legs.at(slot) else { return };
        let tag = leg.tag;
        let Guard::Dtls(dtls) = &mut leg.guard else { return };
        let Some(association) = dtls.association(door) else { return };
        // What the keys protect goes on; the far side has only ended its part of the handshake.
        let was_done = association.handshake.as_ref().is_some_and(crate::dtls::Handshake::is_done);
        tracing::info!(tag, was_done, error = %failure, "a DTLS handshake has ended");
        if !was_done {
            association.begin_anew(clock);
        }
    }

    /// Now, as the libraries want it.
    pub(super) fn instant(&self) -> Instant {
        self.started + self.now.since(Moment::START)
    }
}
