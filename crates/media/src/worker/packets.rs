//! The packet path: judge, count, listen, forward.

use super::guard::Kind;
use super::leg::Leg;
use super::{Timer, Worker};
use crate::dtmf::inband::Detector;
use crate::latch::Verdict;
use crate::negotiation::Agreed;
use crate::recording::tape::Side;
use crate::rtp::{self, Header};
use crate::socket::Target;
use crate::{Codec, Event, g711};
use model::Digit;
use std::net::SocketAddr;

/// What a payload type means on a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payload {
    Audio(Codec),
    Event,
    Unknown,
}

impl Payload {
    fn of(agreed: &Agreed, payload_type: u8) -> Payload {
        if let Some(mapping) = agreed.receive.iter().flatten().find(|m| m.payload_type == payload_type) {
            return Payload::Audio(mapping.codec);
        }
        // Some phones send events under their own number instead of ours.
        if Some(payload_type) == agreed.events_in || Some(payload_type) == agreed.events_out {
            return Payload::Event;
        }
        Payload::Unknown
    }
}

impl Worker {
    pub(super) fn on_rtp(&mut self, slot: usize, packet: &mut [u8], source: SocketAddr) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        // Before the first negotiation nobody is expected.
        let Some(agreed) = leg.agreed else { return };
        if let Some(tapped) = &leg.tapped {
            tapped.rtp(false, source, packet);
        }
        let Some(header) = rtp::parse(packet) else {
            if agreed.mux && Kind::of(packet) == Kind::Rtcp {
                return self.on_rtcp(slot, packet, source);
            }
            leg.foreign += u64::from(leg.latch.source() != Some(source));
            return;
        };
        let payload = Payload::of(&agreed, header.payload_type);
        if payload == Payload::Unknown {
            if leg.latch.source() == Some(source) {
                (leg.heard, leg.silence_told) = (now, false);
            } else {
                leg.foreign += 1;
            }
            return;
        }
        match leg.latch.judge(now, source, header.ssrc, header.sequence) {
            Verdict::Known => {}
            Verdict::Learned => leg.target = Some(Target::from(source)),
            Verdict::Foreign => {
                leg.foreign += 1;
                return;
            }
        }
        (leg.heard, leg.silence_told) = (now, false);
        leg.reception.packet(header.ssrc, header.sequence);
        let peer = if agreed.may_receive() { leg.peer } else { None };
        match payload {
            Payload::Audio(codec) => {
                leg.reception.spacing(now, header.timestamp);
                let listens = leg.listens;
                let sound = &packet[header.payload.clone()];
                self.tape(slot, codec, &header, sound);
                if listens {
                    self.listen(slot, codec, sound);
                }
                if let Some(peer) = peer {
                    self.relay_audio(peer, codec, &header, packet);
                }
            }
            Payload::Event => {
                let found = leg.listener.packet(now, header.timestamp, &packet[header.payload.clone()]);
                let awaits = leg.listener.awaits();
                if let Some(due) = awaits {
                    self.set(slot, Timer::LostEnd, due);
                }
                for digit in found.into_iter().flatten() {
                    self.pressed(slot, digit);
                }
                if let Some(peer) = peer {
                    self.relay_event(peer, &header, packet);
                }
            }
            Payload::Unknown => {}
        }
    }

    /// The end of a key is overdue, unless packets of it still come.
    pub(super) fn lost_end(&mut self, slot: usize) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        if let Some(digit) = leg.listener.lost_end(now) {
            self.pressed(slot, digit);
        }
    }

    fn relay_audio(&mut self, peer: usize, codec: Codec, header: &Header, packet: &mut [u8]) {
        let now = self.now;
        let Some(peer) = self.legs.at(peer).filter(|p| hears_peer(p)) else { return };
        let Some(agreed) = peer.sending() else { return };
        let out = agreed.send;
        if out.codec != codec {
            g711::convert(codec, out.codec, &mut packet[header.payload.clone()]);
        }
        let place = peer.outgoing.relay(now, header, true);
        forward(peer, out.payload_type, place.fresh || header.marker, place, header, packet);
    }

    fn relay_event(&mut self, peer: usize, header: &Header, packet: &mut [u8]) {
        let now = self.now;
        let Some(peer) = self.legs.at(peer).filter(|p| hears_peer(p)) else { return };
        let Some(payload_type) = peer.sending().and_then(|a| a.events_out) else { return };
        let place = peer.outgoing.relay(now, header, false);
        forward(peer, payload_type, header.marker, place, header, packet);
    }

    /// Tells of a key, and passes it on as a tone to a peer that takes no events.
    fn pressed(&mut self, slot: usize, digit: Digit) {
        let Some(leg) = self.legs.at(slot) else { return };
        let (tag, peer) = (leg.tag, leg.peer);
        let by_event = !leg.listens;
        self.tell(Event::Digit { tag, digit });
        let Some(peer) = peer.filter(|_| by_event) else { return };
        let deaf = self.legs.at(peer).and_then(|p| p.sending()).is_some_and(|a| a.events_out.is_none());
        if deaf {
            self.press(peer, digit);
        }
    }

    fn listen(&mut self, slot: usize, codec: Codec, sound: &[u8]) {
        let Some(leg) = self.legs.at(slot) else { return };
        let table = g711::decode_table(codec);
        let detector = leg.detector.get_or_insert_with(|| Box::new(Detector::new()));
        if let Some(digit) = detector.listen(sound.iter().map(|code| table[usize::from(*code)])) {
            self.pressed(slot, digit);
        }
    }

    fn tape(&mut self, slot: usize, codec: Codec, header: &Header, sound: &[u8]) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        if let Some(taping) = &mut leg.tape {
            taping.tape.write(now, Side::Left, codec, header.ssrc, header.timestamp, sound);
        }
        let Some(left) = leg.taped_by else { return };
        if let Some(taping) = self.legs.at(left).and_then(|leg| leg.tape.as_mut()) {
            taping.tape.write(now, Side::Right, codec, header.ssrc, header.timestamp, sound);
        }
    }
}

/// A sound or key of our own takes the place of the peer.
fn hears_peer(leg: &Leg) -> bool {
    leg.player.is_none() && !leg.keys.sender.sending()
}

/// Sends a packet on with a new header right in front of its payload.
fn forward(
    peer: &mut Leg,
    payload_type: u8,
    marker: bool,
    place: crate::outgoing::Place,
    header: &Header,
    packet: &mut [u8],
) {
    let Some(start) = header.payload.start.checked_sub(rtp::HEADER) else { return };
    let ssrc = peer.outgoing.ssrc;
    let Some(packet) = packet.get_mut(start..header.payload.end) else { return };
    let Some(head) = packet.first_chunk_mut() else { return };
    rtp::write(head, payload_type, marker, place.sequence, place.timestamp, ssrc);
    peer.transmit(packet);
}
