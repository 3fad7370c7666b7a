//! What we send by the clock: sounds, comfort noise and keys.

use super::leg::Leg;
use super::{Timer, Worker};
use crate::command::LegKey;
use crate::negotiation::Agreed;
use crate::outgoing::Place;
use crate::player::{FRAME, Player, TICK};
use crate::sound::{self, Sound};
use crate::transcoder::Job;
use crate::{Event, rtp};
use model::{Digit, Moment};
use std::sync::Arc;

impl Worker {
    pub(super) fn play(&mut self, key: LegKey, sound: Arc<Sound>, repeat: bool) {
        let now = self.now;
        let number = self.number();
        let Some((slot, leg)) = self.legs.find(key) else { return };
        if leg.agreed.is_none() || !leg.guard.is_ready() {
            leg.pending = Some((sound, repeat));
            return;
        }
        leg.noise = None;
        leg.player = Some(Player::new(sound, repeat, now, number));
        self.tell_mix_of(slot);
        self.play_on(slot, now);
    }

    /// Sends the packet that is due, unless another sound has taken the place of the one that set the timer.
    pub(super) fn play_on(&mut self, slot: usize, due: Moment) {
        let Some(leg) = self.legs.at(slot) else { return };
        let Some(mut player) = leg.player.take_if(|p| p.due() == due) else { return };
        player.catch_up(self.now);
        if player.is_over() {
            let tag = leg.tag;
            self.tell(Event::PlayDone { tag });
            self.tell_mix_of(slot);
            return;
        }
        self.sound_on(slot, &mut player);
        let due = player.due();
        if let Some(leg) = self.legs.at(slot) {
            leg.player = Some(player);
        }
        self.set(slot, Timer::Play, due);
    }

    /// Lets a leg's far side hear noise of this level (RFC 3389) until its peer speaks again.
    pub(super) fn hush(&mut self, slot: usize, level: u8) {
        let now = self.now;
        let number = self.number();
        let Some(leg) = self.legs.at(slot).filter(|leg| leg.player.is_none()) else { return };
        let before = leg.noise.replace(Player::new(sound::noise(level), true, now, number));
        if before.is_none() {
            self.noise_on(slot, now);
        } else {
            // The timer of the noise before goes on with this one.
            leg.noise = before;
        }
    }

    /// Sends the packet of noise that is due.
    pub(super) fn noise_on(&mut self, slot: usize, due: Moment) {
        let Some(leg) = self.legs.at(slot) else { return };
        let Some(mut noise) = leg.noise.take_if(|p| p.due() == due) else { return };
        noise.catch_up(self.now);
        self.sound_on(slot, &mut noise);
        let due = noise.due();
        if let Some(leg) = self.legs.at(slot) {
            leg.noise = Some(noise);
        }
        self.set(slot, Timer::Noise, due);
    }

    /// Sends the present packet of a sound and goes on to the next.
    fn sound_on(&mut self, slot: usize, player: &mut Player) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        // On hold, and while a key is sent, the sound goes on unheard.
        let key_sounds = leg.keys.sender.sending();
        let Some(agreed) = leg.agreed.filter(|a| a.may_send() && !key_sounds) else {
            player.timestamp = None;
            return player.advance();
        };
        if let Some(law) = direct(&agreed) {
            let mut packet = [0; rtp::HEADER + FRAME];
            player.fill(law, &mut packet);
            let elapsed = player.elapsed() as u32;
            let place = leg.own_place(now, &mut player.timestamp, elapsed);
            write_header(&mut packet, agreed.send.payload_type, place, leg.outgoing.ssrc);
            leg.transmit(&packet);
        } else {
            let (number, at, pcm) = (player.number, player.elapsed(), player.pcm());
            self.make(slot, &agreed, number, at, pcm);
        }
        player.advance();
    }

    /// Has sound of our own encoded for a leg.
    fn make(&mut self, slot: usize, agreed: &Agreed, number: u64, at: u64, pcm: Vec<i16>) {
        let format = super::done::format(agreed);
        let Some(leg) = self.legs.at(slot).filter(|_| format.codec.is_spoken()) else { return };
        leg.at_desk = true;
        let to = leg.key;
        self.desk.send(Job::Sound { to, number, format, at, pcm });
    }

    /// Queues a key for the far side.
    pub(super) fn press(&mut self, slot: usize, digit: Digit) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        let idle = !leg.keys.sender.busy();
        if leg.keys.sender.push(digit) && idle {
            leg.keys.due = now;
            self.key_on(slot, now);
        }
    }

    /// Sends the next packet of a key.
    pub(super) fn key_on(&mut self, slot: usize, due: Moment) {
        let now = self.now;
        let number = self.number();
        let Some(leg) = self.legs.at(slot).filter(|l| l.keys.due == due) else { return };
        if let Some(step) = leg.keys.sender.step()
            && let Some(agreed) = leg.agreed.filter(|a| a.may_send())
        {
            let elapsed = u32::from(step.number) * FRAME as u32;
            if step.number == 0 {
                (leg.keys.number, leg.keys.timestamp) = (number, None);
            }
            if let Some(events) = agreed.events_out {
                let mut packet = [0; rtp::HEADER + FRAME];
                let units = elapsed * (agreed.send.codec.clock() / sound::RATE);
                let mut place = leg.own_place(now, &mut leg.keys.timestamp.clone(), units);
                // All packets of an event carry the timestamp of its beginning.
                place.timestamp = *leg.keys.timestamp.get_or_insert(place.timestamp);
                let payload = step.payload(events.clock);
                packet[rtp::HEADER..rtp::HEADER + payload.len()].copy_from_slice(&payload);
                write_header(&mut packet, events.payload_type, place, leg.outgoing.ssrc);
                leg.transmit(&packet[..rtp::HEADER + payload.len()]);
            } else {
                if leg.keys.tone.as_ref().is_none_or(|(digit, _)| *digit != step.digit) {
                    leg.keys.tone = Some((step.digit, sound::key(step.digit, 100, 60)));
                }
                self.key_tone(slot, &agreed, elapsed);
            }
        }
        let Some(leg) = self.legs.at(slot) else { return };
        if leg.keys.sender.busy() {
            leg.keys.due = due + TICK;
            let due = leg.keys.due;
            self.set(slot, Timer::Key, due);
        } else {
            leg.keys.tone = None;
        }
    }

    /// Sends the part of a key's tone that begins at this sample.
    fn key_tone(&mut self, slot: usize, agreed: &Agreed, elapsed: u32) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        let Some((_, tone)) = &leg.keys.tone else { return };
        let part = elapsed as usize..elapsed as usize + FRAME;
        if let Some(law) = direct(agreed) {
            let mut packet = [law.silence(); rtp::HEADER + FRAME];
            if let Some(codes) = tone.coded(law).get(part) {
                packet[rtp::HEADER..].copy_from_slice(codes);
            }
            let mut first = leg.keys.timestamp;
            let place = leg.own_place(now, &mut first, elapsed);
            leg.keys.timestamp = first;
            write_header(&mut packet, agreed.send.payload_type, place, leg.outgoing.ssrc);
            leg.transmit(&packet);
        } else {
            let pcm = tone.pcm().get(part).map_or_else(|| vec![0; FRAME], <[i16]>::to_vec);
            let number = leg.keys.number;
            self.make(slot, agreed, number, u64::from(elapsed), pcm);
        }
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }
}

impl Leg {
    /// The place of a packet of our own that begins so many clock units after its sound did; `first` is the timestamp of
    /// the beginning, once the stream was taken over.
    pub(super) fn own_place(&mut self, now: Moment, first: &mut Option<u32>, elapsed: u32) -> Place {
        match *first {
            Some(first) if self.outgoing.is_own() => self.outgoing.next(now, first.wrapping_add(elapsed)),
            _ => {
                let place = self.outgoing.begin(now);
                *first = Some(place.timestamp.wrapping_sub(elapsed));
                place
            }
        }
    }
}

/// The law of sound that can be sent as it lies ready: G.711 in packets of 20 ms.
fn direct(agreed: &Agreed) -> Option<crate::Law> {
    let most = agreed.maxptime_ms.unwrap_or(u8::MAX);
    agreed.send.codec.law().filter(|_| most >= crate::negotiation::PTIME_MS)
}

fn write_header(packet: &mut [u8; rtp::HEADER + FRAME], pt: u8, place: Place, ssrc: u32) {
    if let Some(head) = packet.first_chunk_mut() {
        rtp::write(head, pt, place.fresh, place.sequence, place.timestamp, ssrc);
    }
}
