//! The packet path: judge, count, listen, forward.

use super::Worker;
use super::done::differs;
use super::guard;
use super::leg::Leg;
use crate::dtmf::event;
use crate::dtmf::inband::Detector;
use crate::latch::Verdict;
use crate::negotiation::Agreed;
use crate::recording::tape::Sound;
use crate::rtp::{self, Header};
use crate::socket::Target;
use crate::transcoder::Kind;
use crate::{Codec, Event, Law, g711};
use model::Digit;
use std::net::SocketAddr;

/// What a payload type means on a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payload {
    Audio(Codec),
    /// Telephone events with this clock.
    Event(u32),
    Noise,
    Unknown,
}

impl Payload {
    fn of(agreed: &Agreed, payload_type: u8) -> Payload {
        if let Some(mapping) = agreed.receive.iter().flatten().find(|m| m.payload_type == payload_type) {
            return Payload::Audio(mapping.codec);
        }
        // Some phones send events under their own number instead of ours.
        let mut events = agreed.events_in.iter().chain([&agreed.events_out]).flatten();
        if let Some(events) = events.find(|e| e.payload_type == payload_type) {
            return Payload::Event(events.clock);
        }
        if agreed.noise == Some(payload_type) { Payload::Noise } else { Payload::Unknown }
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
            if agreed.mux && guard::Kind::of(packet) == guard::Kind::Rtcp {
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
            Payload::Audio(codec) => self.on_audio(slot, peer, codec, &header, packet),
            Payload::Event(clock) => {
                let digit = leg.listener.packet(header.timestamp, &packet[header.payload.clone()]);
                let kept = leg.listener.keeps(header.timestamp);
                if let Some(digit) = digit {
                    self.pressed(slot, digit);
                }
                if !kept {
                    self.on_aside(slot, peer, Kind::Event(clock), &header, packet);
                }
            }
            Payload::Noise => self.on_aside(slot, peer, Kind::Noise, &header, packet),
            Payload::Unknown => {}
        }
    }

    fn on_audio(&mut self, slot: usize, peer: Option<usize>, codec: Codec, header: &Header, packet: &mut [u8]) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        leg.reception.spacing(now, header.timestamp, codec.clock());
        leg.speaks = Some(codec);
        let listens = leg.listens;
        if let Some(law) = codec.law() {
            let sound = &packet[header.payload.clone()];
            self.tape(slot, header.ssrc, (header.timestamp, codec.clock()), Sound::Coded(law, sound));
            if listens {
                self.listen(slot, law, sound);
            }
        }
        let wants = self.wants(slot, peer, codec, header.payload.len());
        if let Some(wants) = wants {
            self.hand_over(slot, wants, (Kind::Audio, codec), header, packet);
        }
        if let Some(peer) = peer {
            self.relay_audio(peer, codec, header, packet);
        }
    }

    /// A telephone event or comfort noise: it goes the way that the sound around it goes.
    fn on_aside(&mut self, slot: usize, peer: Option<usize>, kind: Kind, header: &Header, packet: &mut [u8]) {
        let Some(leg) = self.legs.at(slot) else { return };
        let Some(codec) = leg.speaks.or(leg.codec()) else { return };
        if let Some(wants) = self.wants(slot, peer, codec, 0) {
            let transcoded = wants.to.is_some();
            self.hand_over(slot, wants, (kind, codec), header, packet);
            if transcoded {
                return;
            }
        }
        let Some(peer) = peer else { return };
        match kind {
            Kind::Event(clock) => self.relay_event(peer, clock, header, packet),
            Kind::Noise => self.relay_noise(peer, header, packet),
            Kind::Audio => {}
        }
    }

    /// Sends audio on to a peer that takes it as it is, or by the tables of G.711.
    fn relay_audio(&mut self, peer: usize, codec: Codec, header: &Header, packet: &mut [u8]) {
        let now = self.now;
        let Some(peer) = self.legs.at(peer).filter(|p| hears_peer(p)) else { return };
        let Some(agreed) = peer.sending().filter(|agreed| !differs(codec, header.payload.len(), agreed)) else {
            return;
        };
        let out = agreed.send;
        if let (Some(from), Some(to)) = (codec.law(), out.codec.law()) {
            g711::convert(from, to, &mut packet[header.payload.clone()]);
        }
        peer.noise = None;
        let place = peer.outgoing.relay(now, header, true);
        forward(peer, out.payload_type, place.fresh || header.marker, place, header, packet);
    }

    fn relay_event(&mut self, peer: usize, clock: u32, header: &Header, packet: &mut [u8]) {
        let now = self.now;
        let Some(peer) = self.legs.at(peer).filter(|p| hears_peer(p)) else { return };
        let Some(events) = peer.sending().and_then(|a| a.events_out) else { return };
        event::reclock(&mut packet[header.payload.clone()], clock, events.clock);
        peer.noise = None;
        let place = peer.outgoing.relay(now, header, false);
        forward(peer, events.payload_type, header.marker, place, header, packet);
    }

    /// Comfort noise goes on as such, or is made for a peer that does not know it.
    fn relay_noise(&mut self, slot: usize, header: &Header, packet: &mut [u8]) {
        let now = self.now;
        let Some(peer) = self.legs.at(slot).filter(|p| hears_peer(p)) else { return };
        match peer.sending().map(|agreed| agreed.noise) {
            Some(Some(payload_type)) => {
                let place = peer.outgoing.relay(now, header, true);
                forward(peer, payload_type, header.marker, place, header, packet);
            }
            Some(None) => {
                let level = packet.get(header.payload.start).copied().unwrap_or(0x7F);
                self.hush(slot, level);
            }
            None => {}
        }
    }

    /// Tells of a key, and passes it on as a tone to a peer that takes no events.
    pub(super) fn pressed(&mut self, slot: usize, digit: Digit) {
        let Some(leg) = self.legs.at(slot) else { return };
        let (tag, peer) = (leg.tag, leg.peer);
        let by_event = !leg.listens;
        self.tell(Event::Digit { tag, digit });
        if by_event {
            for ear in self.ears_of(slot) {
                self.press(ear, digit);
            }
        }
        let Some(peer) = peer.filter(|_| by_event) else { return };
        let deaf = self.legs.at(peer).and_then(|p| p.sending()).is_some_and(|a| a.events_out.is_none());
        if deaf {
            self.press(peer, digit);
        }
    }

    fn listen(&mut self, slot: usize, law: Law, sound: &[u8]) {
        let Some(leg) = self.legs.at(slot) else { return };
        let table = g711::decode_table(law);
        let detector = leg.detector.get_or_insert_with(|| Box::new(Detector::new()));
        if let Some(digit) = detector.listen(sound.iter().map(|code| table[usize::from(*code)])) {
            self.pressed(slot, digit);
        }
    }
}

/// A sound or key of our own takes the place of the peer.
pub(super) fn hears_peer(leg: &Leg) -> bool {
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
