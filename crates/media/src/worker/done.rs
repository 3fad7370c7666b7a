//! Which packets need the transcoder, and what becomes of its work.

use super::Worker;
use super::leg::Leg;
use super::packets::hears_peer;
use crate::Codec;
use crate::dtmf::event;
use crate::negotiation::{Agreed, PTIME_MS};
use crate::recording::tape::Sound;
use crate::rtp::{self, Header};
use crate::transcoder::{By, Coded, Done, Format, Job, Kind, Packet, Wants};

/// What the far side is to get.
pub(super) fn format(agreed: &Agreed) -> Format {
    let most = agreed.maxptime_ms.unwrap_or(u8::MAX);
    let ptime_ms = agreed.ptime_ms.unwrap_or(PTIME_MS).min(most);
    Format { codec: agreed.send.codec, ptime_ms, opus: agreed.opus }
}

/// Whether packets of a codec cannot go to a far side as they are, nor by the tables of G.711.
pub(super) fn differs(codec: Codec, bytes: usize, agreed: &Agreed) -> bool {
    let out = agreed.send.codec;
    let alike = codec == out || codec.law().is_some() && out.law().is_some();
    let too_long = || {
        // Eight bytes of these are a millisecond; the others say nothing of their length outside.
        let counted = codec.law().is_some() || codec == Codec::G722;
        counted && agreed.maxptime_ms.is_some_and(|most| bytes > 8 * usize::from(most))
    };
    !alike || too_long()
}

impl Worker {
    /// What the transcoder is to do with what a leg's far side says; none when nothing.
    pub(super) fn wants(&mut self, slot: usize, peer: Option<usize>, codec: Codec, bytes: usize) -> Option<Wants> {
        let leg = self.legs.at(slot)?;
        let receives = leg.agreed.is_some_and(|agreed| agreed.may_receive());
        let mix = leg.seat.filter(|seat| seat.speaks && receives && codec.is_spoken()).map(|seat| seat.mix);
        let decoded = codec.law().is_none() && codec.is_spoken();
        let hear = decoded && leg.listens;
        let tape = decoded && (leg.tape.is_some() || leg.taped_by.is_some());
        let to = peer.and_then(|peer| self.legs.at(peer)).filter(|peer| hears_peer(peer)).and_then(|peer| {
            let format = format(peer.sending().filter(|agreed| differs(codec, bytes, agreed))?);
            let both = codec.is_spoken() && format.codec.is_spoken();
            both.then_some((peer.key, format))
        });
        (hear || tape || to.is_some() || mix.is_some()).then_some(Wants { to, hear, tape, mix })
    }

    /// Hands a packet to the transcoder.
    pub(super) fn hand_over(
        &mut self,
        slot: usize,
        wants: Wants,
        (kind, codec): (Kind, Codec),
        header: &Header,
        packet: &[u8],
    ) {
        let Some(leg) = self.legs.at(slot) else { return };
        leg.at_desk = true;
        let from = leg.key;
        if let Some((_, peer)) = wants.to.and_then(|(to, _)| self.legs.find(to)) {
            peer.at_desk = true;
        }
        let packet = Packet {
            kind,
            codec,
            ssrc: header.ssrc,
            sequence: header.sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            payload: packet[header.payload.clone()].to_vec(),
        };
        self.desk.send(Job::Packet { from, packet, wants });
    }

    /// Takes what the transcoder has done.
    pub(super) fn done(&mut self, done: Done) {
        match done {
            Done::Coded { to, by, codec, coded } => {
                let Some((slot, leg)) = self.legs.find(to) else { return };
                // The far side may have changed its mind meanwhile.
                let Some(agreed) = leg.sending().copied().filter(|a| a.send.codec == codec) else { return };
                match by {
                    By::Peer(_) | By::Mix(_) => self.relay_coded(slot, by, &agreed, coded),
                    By::Own(number) => self.send_own(slot, number, &agreed, coded),
                }
            }
            Done::Heard { from, digit } => {
                if let Some(slot) = self.legs.slot(from) {
                    self.pressed(slot, digit);
                }
            }
            Done::Taped { from, codec, ssrc, timestamp, pcm } => {
                if let Some(slot) = self.legs.slot(from) {
                    self.tape(slot, ssrc, (timestamp, codec.clock()), Sound::Wide(&pcm));
                }
            }
            Done::Mixed { mix, left, at, rate, pcm } => self.tape_mixed(mix, left, at, rate, &pcm),
        }
    }

    fn relay_coded(&mut self, slot: usize, by: By, agreed: &Agreed, mut coded: Coded) {
        let now = self.now;
        let from = match by {
            By::Peer(from) => self.legs.slot(from),
            By::Mix(_) | By::Own(_) => None,
        };
        let hears = |leg: &Leg| match by {
            By::Mix(mix) => leg.hears_mix(mix),
            By::Peer(_) | By::Own(_) => leg.peer.is_some() && leg.peer == from && hears_peer(leg),
        };
        let Some(leg) = self.legs.at(slot).filter(|leg| hears(leg)) else { return };
        let payload = rtp::HEADER..coded.packet.len();
        let audio = coded.kind == Kind::Audio;
        let payload_type = match coded.kind {
            Kind::Audio => Some(agreed.send.payload_type),
            Kind::Event(clock) => agreed.events_out.map(|events| {
                event::reclock(&mut coded.packet[payload.clone()], clock, events.clock);
                events.payload_type
            }),
            Kind::Noise => agreed.noise,
        };
        let Some(payload_type) = payload_type else {
            if coded.kind == Kind::Noise {
                let level = coded.packet.get(rtp::HEADER).copied().unwrap_or(0x7F);
                self.hush(slot, level);
            }
            return;
        };
        leg.noise = None;
        let Coded { stream: ssrc, sequence, timestamp, marker, .. } = coded;
        let header = Header { payload_type, marker, sequence, timestamp, ssrc, payload };
        let place = leg.outgoing.relay(now, &header, audio);
        let ssrc = leg.outgoing.ssrc;
        write(&mut coded.packet, payload_type, marker || audio && place.fresh, place, ssrc);
        leg.transmit(&coded.packet);
    }

    /// Sends a packet of a sound, key or noise of our own, unless something else has taken its place.
    fn send_own(&mut self, slot: usize, number: u64, agreed: &Agreed, mut coded: Coded) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        let is_key = leg.keys.number == number;
        if !is_key && leg.keys.sender.sending() {
            return;
        }
        let Some(mut first) = first_of(leg, number) else { return };
        let place = leg.own_place(now, &mut first, coded.timestamp);
        let ssrc = leg.outgoing.ssrc;
        write(&mut coded.packet, agreed.send.payload_type, place.fresh, place, ssrc);
        leg.transmit(&coded.packet);
        if is_key {
            leg.keys.timestamp = first;
        } else if let Some(player) =
            [&mut leg.player, &mut leg.noise].into_iter().flatten().find(|p| p.number == number)
        {
            player.timestamp = first;
        }
    }
}

/// The timestamp at which a sound of ours began, if it is still wanted.
fn first_of(leg: &Leg, number: u64) -> Option<Option<u32>> {
    if leg.keys.number == number {
        return Some(leg.keys.timestamp);
    }
    [&leg.player, &leg.noise].into_iter().flatten().find(|p| p.number == number).map(|p| p.timestamp)
}

fn write(packet: &mut [u8], payload_type: u8, marker: bool, place: crate::outgoing::Place, ssrc: u32) {
    if let Some(head) = packet.first_chunk_mut() {
        rtp::write(head, payload_type, marker, place.sequence, place.timestamp, ssrc);
    }
}
