//! What we send by the clock: sounds and keys.

use super::{Timer, Worker};
use crate::command::LegKey;
use crate::player::{FRAME, Player, TICK};
use crate::sound::{self, Sound};
use crate::{Event, rtp};
use model::{Digit, Moment};
use std::sync::Arc;

impl Worker {
    pub(super) fn play(&mut self, key: LegKey, sound: Arc<Sound>, repeat: bool) {
        let now = self.now;
        let Some((slot, leg)) = self.legs.find(key) else { return };
        if leg.agreed.is_none() || !leg.guard.is_ready() {
            leg.pending = Some((sound, repeat));
            return;
        }
        leg.player = Some(Player::new(sound, repeat, now));
        self.play_on(slot, now);
    }

    /// Sends the packet that is due, unless another sound has taken the place of the one that set the timer.
    pub(super) fn play_on(&mut self, slot: usize, due: Moment) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        let Some(player) = leg.player.as_mut().filter(|p| p.due() == due) else { return };
        player.catch_up(now);
        if player.is_over() {
            let tag = leg.tag;
            leg.player = None;
            self.tell(Event::PlayDone { tag });
            return;
        }
        // On hold, and while a key is sent, the sound goes on unheard.
        let key_sounds = leg.keys.sender.sending();
        if let Some(agreed) = leg.agreed.as_ref().filter(|a| a.may_send() && !key_sounds) {
            let mut packet = [0; rtp::HEADER + FRAME];
            player.fill(agreed.send.codec, &mut packet);
            let place = match player.timestamp {
                Some(first) if leg.outgoing.is_own() => leg.outgoing.next(now, first.wrapping_add(player.elapsed())),
                _ => {
                    let place = leg.outgoing.begin(now);
                    player.timestamp = Some(place.timestamp.wrapping_sub(player.elapsed()));
                    place
                }
            };
            write_header(&mut packet, agreed.send.payload_type, place, leg.outgoing.ssrc);
            player.advance();
            leg.transmit(&packet);
        } else {
            player.timestamp = None;
            player.advance();
        }
        let Some(due) = self.legs.at(slot).and_then(|leg| leg.player.as_ref()).map(Player::due) else { return };
        self.set(slot, Timer::Play, due);
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
        let Some(leg) = self.legs.at(slot).filter(|l| l.keys.due == due) else { return };
        if let Some(step) = leg.keys.sender.step()
            && let Some(agreed) = leg.agreed.filter(|a| a.may_send())
        {
            let mut packet = [0; rtp::HEADER + FRAME];
            let elapsed = u32::from(step.number) * FRAME as u32;
            let mut place = if step.number == 0 {
                leg.outgoing.begin(now)
            } else {
                leg.outgoing.next(now, leg.keys.timestamp.wrapping_add(elapsed))
            };
            if step.number == 0 {
                leg.keys.timestamp = place.timestamp;
            }
            if let Some(payload_type) = agreed.events_out {
                // All packets of an event carry the timestamp of its beginning.
                place.timestamp = leg.keys.timestamp;
                let payload = step.payload();
                packet[rtp::HEADER..rtp::HEADER + payload.len()].copy_from_slice(&payload);
                write_header(&mut packet, payload_type, place, leg.outgoing.ssrc);
                leg.transmit(&packet[..rtp::HEADER + payload.len()]);
            } else {
                if leg.keys.tone.as_ref().is_none_or(|(digit, _)| *digit != step.digit) {
                    leg.keys.tone = Some((step.digit, sound::key(step.digit, 100, 60)));
                }
                if let Some((_, tone)) = &leg.keys.tone {
                    let coded = tone.coded(agreed.send.codec);
                    let from = usize::from(step.number) * FRAME;
                    if let Some(part) = coded.get(from..from + FRAME) {
                        packet[rtp::HEADER..].copy_from_slice(part);
                    }
                }
                write_header(&mut packet, agreed.send.payload_type, place, leg.outgoing.ssrc);
                leg.transmit(&packet);
            }
        }
        if leg.keys.sender.busy() {
            leg.keys.due = due + TICK;
            let due = leg.keys.due;
            self.set(slot, Timer::Key, due);
        } else {
            leg.keys.tone = None;
        }
    }
}

fn write_header(packet: &mut [u8; rtp::HEADER + FRAME], pt: u8, place: crate::outgoing::Place, ssrc: u32) {
    if let Some(head) = packet.first_chunk_mut() {
        rtp::write(head, pt, place.fresh, place.sequence, place.timestamp, ssrc);
    }
}
