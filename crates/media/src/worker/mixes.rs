//! Who is in a mix on this thread, and what the codec thread has to know of it. All that its far sides say goes there, and
//! comes back as one stream for each of them (`transcoder/mixer.rs`).

use super::Worker;
use super::done::format;
use super::leg::Leg;
use super::packets::hears_peer;
use crate::command::{LegKey, Mixing};
use crate::g711;
use crate::recording::tape::{Side, Sound};
use crate::sound::RATE;
use crate::transcoder::{Job, Plan};
use crate::{Codec, Law};

/// The place of a leg in a mix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    pub(super) mix: LegKey,
    /// Somebody hears it, or a recording does.
    pub(super) speaks: bool,
    /// Whose video it sees: that of the leg it was bridged to before.
    pub(super) sees: Option<LegKey>,
}

impl Worker {
    /// Who hears whom from now on. Legs that are no longer in it hear nobody.
    pub(super) fn mix(&mut self, key: LegKey, mixing: Mixing) {
        let members = mixing.members();
        if let Some(before) = self.mixes.remove(&key) {
            for gone in before.members().into_iter().filter(|member| !members.contains(member)) {
                self.rise(gone);
            }
        }
        for member in members {
            let Some((_, leg)) = self.legs.find(member) else { continue };
            let (peer, seat) = (leg.peer, leg.seat);
            let mut sees = seat.and_then(|seat| seat.sees);
            if seat.is_none_or(|seat| seat.mix != key) {
                if let Some(peer) = peer.and_then(|slot| self.legs.at(slot)) {
                    let theirs = peer.key;
                    sees = Some(theirs);
                    // The other side loses its peer with this one, and is to see it all the same.
                    peer.beside = Some(member);
                } else {
                    sees = self.legs.find(member).and_then(|(_, leg)| leg.beside.take());
                }
                self.unbridge(member);
                self.rise(member);
            }
            let speaks = mixing.edges.iter().any(|edge| edge.from == member) || mixing.voices.contains(&member);
            if let Some((_, leg)) = self.legs.find(member) {
                leg.seat = Some(Seat { mix: key, speaks, sees });
                leg.at_desk = true;
                leg.listener.keep();
            }
        }
        self.mixes.insert(key, mixing);
        self.tell_mix(key);
    }

    /// The mix is over.
    pub(super) fn unmix(&mut self, key: LegKey) {
        let Some(mixing) = self.mixes.remove(&key) else { return };
        for member in mixing.members() {
            self.rise(member);
        }
        self.desk.send(Job::Unmix(key));
    }

    /// A leg leaves the mix that it is in.
    pub(super) fn rise(&mut self, key: LegKey) {
        let Some((_, leg)) = self.legs.find(key) else { return };
        leg.beside = None;
        let Some(seat) = leg.seat.take() else { return };
        leg.outgoing.interrupt();
        if let Some(mixing) = self.mixes.get_mut(&seat.mix) {
            mixing.edges.retain(|edge| edge.from != key && edge.to != key);
            mixing.voices.retain(|voice| *voice != key);
            self.tell_mix(seat.mix);
        }
    }

    /// What a leg gets, or what of it is recorded, has changed: its mix has to know.
    pub(super) fn tell_mix_of(&mut self, slot: usize) {
        if let Some(seat) = self.legs.at(slot).and_then(|leg| leg.seat) {
            self.tell_mix(seat.mix);
        }
    }

    fn tell_mix(&mut self, key: LegKey) {
        let Some(mixing) = self.mixes.get(&key) else { return };
        let mut plan = Plan { edges: mixing.edges.clone(), rate: RATE, ..Plan::default() };
        for member in mixing.members() {
            let Some((_, leg)) = self.legs.find(member) else { continue };
            plan.rate = plan.rate.max(leg.codec().map_or(RATE, Codec::rate));
            // Sound of our own takes the place of the others, and must not meet theirs in one encoder.
            let hears = mixing.edges.iter().any(|edge| edge.to == member) && leg.player.is_none();
            if let Some(agreed) = leg.sending().filter(|agreed| hears && agreed.send.codec.is_spoken()) {
                plan.listeners.push((member, format(agreed)));
            }
            if leg.tape.is_some() && mixing.voices.contains(&member) {
                let others = mixing.voices.iter().copied().filter(|voice| *voice != member);
                plan.tape = Some((member, others.collect()));
            }
        }
        self.desk.send(Job::Mix(key, Box::new(plan)));
    }

    /// Whether the other side of this leg's recording comes from its mix.
    pub(super) fn is_taped_mixed(&mut self, left: usize) -> bool {
        let Some(leg) = self.legs.at(left) else { return false };
        let (key, seat) = (leg.key, leg.seat);
        seat.and_then(|seat| self.mixes.get(&seat.mix)).is_some_and(|mixing| mixing.voices.contains(&key))
    }

    /// Puts what the others in the mix said on the other side of a leg's recording.
    pub(super) fn tape_mixed(&mut self, mix: LegKey, left: LegKey, at: i64, rate: u32, pcm: &[i16]) {
        let now = self.now;
        let Some((_, leg)) = self.legs.find(left).filter(|(_, leg)| leg.sits_in(mix)) else { return };
        let Some(taping) = leg.tape.as_mut().filter(|taping| !taping.paused) else { return };
        let place = (at as u32, crate::transcoder::TICKS);
        let coded;
        let sound = if rate == RATE {
            coded = g711::encode_all(Law::A, pcm);
            Sound::Coded(Law::A, &coded)
        } else {
            Sound::Wide(pcm)
        };
        taping.tape.write(now, Side::Right, mix.0 as u32, place, sound);
    }

    /// A leg that goes leaves its recording to another voice of its mix, so that it goes on.
    pub(super) fn bequeath(&mut self, slot: usize) {
        let Some(leg) = self.legs.at(slot) else { return };
        let (key, right) = (leg.key, leg.tape.as_ref().and_then(|taping| taping.right));
        let (Some(seat), Some(right)) = (leg.seat, right) else { return };
        let right_key = self.legs.at(right).map(|leg| leg.key);
        let Some(mixing) = self.mixes.get(&seat.mix) else { return };
        let heir = mixing.voices.iter().copied().find(|voice| *voice != key && Some(*voice) != right_key);
        if let Some(heir) = heir.and_then(|heir| self.legs.slot(heir)) {
            self.change_left(slot, right, heir);
        }
    }

    /// The legs that hear this one in its mix.
    pub(super) fn ears_of(&mut self, slot: usize) -> Vec<usize> {
        let Some((key, seat)) = self.legs.at(slot).and_then(|leg| Some((leg.key, leg.seat?))) else {
            return Vec::new();
        };
        let Some(mixing) = self.mixes.get(&seat.mix) else { return Vec::new() };
        let ears = mixing.edges.iter().filter(|edge| edge.from == key && edge.percent > 0).map(|edge| edge.to);
        ears.filter_map(|ear| self.legs.slot(ear)).collect()
    }
}

impl Leg {
    /// Whether it hears what comes from this mix.
    pub(super) fn hears_mix(&self, mix: LegKey) -> bool {
        self.sits_in(mix) && hears_peer(self)
    }

    fn sits_in(&self, mix: LegKey) -> bool {
        self.seat.is_some_and(|seat| seat.mix == mix)
    }
}
