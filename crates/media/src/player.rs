//! A sound that a leg's far side hears, cut into packets of 20 ms. The n-th is due at the start plus n times 20 ms, so
//! that nothing drifts; packets that a stalled machine missed are left out instead of sent in a burst. Pure.

use crate::sound::Sound;
use crate::{Law, rtp};
use model::Moment;
use std::sync::Arc;
use std::time::Duration;

/// Between two packets.
pub(crate) const TICK: Duration = Duration::from_millis(20);
/// Samples, and bytes of G.711, in a packet.
pub(crate) const FRAME: usize = 160;
/// A packet later than this is left out.
const LATE: u64 = 3;

#[derive(Debug)]
pub(crate) struct Player {
    sound: Arc<Sound>,
    repeat: bool,
    start: Moment,
    tick: u64,
    /// Tells it from other sounds of its leg.
    pub(crate) number: u64,
    /// The timestamp of the first packet, once the stream was taken over.
    pub(crate) timestamp: Option<u32>,
}

impl Player {
    pub(crate) fn new(sound: Arc<Sound>, repeat: bool, start: Moment, number: u64) -> Player {
        Player { sound, repeat, start, tick: 0, number, timestamp: None }
    }

    /// When the next packet, or the end, is due.
    pub(crate) fn due(&self) -> Moment {
        self.start + TICK * u32::try_from(self.tick).unwrap_or(u32::MAX)
    }

    /// Samples since the first packet.
    pub(crate) fn elapsed(&self) -> u64 {
        self.tick.wrapping_mul(FRAME as u64)
    }

    /// Passes over packets that are far too late.
    pub(crate) fn catch_up(&mut self, now: Moment) {
        let ticks = (now.since(self.start).as_nanos() / TICK.as_nanos()) as u64;
        if ticks > self.tick + LATE {
            self.tick = ticks;
        }
    }

    /// Whether the end has been reached; an empty sound ends at once, even when it is to be repeated.
    pub(crate) fn is_over(&self) -> bool {
        let length = self.sound.pcm().len() as u64;
        length == 0 || !self.repeat && self.tick * FRAME as u64 >= length
    }

    /// Copies the present packet's code words to the place behind a header.
    pub(crate) fn fill(&self, law: Law, packet: &mut [u8; rtp::HEADER + FRAME]) {
        let payload = &mut packet[rtp::HEADER..];
        payload.fill(law.silence());
        self.cut(self.sound.coded(law), payload);
    }

    /// The present packet's samples.
    pub(crate) fn pcm(&self) -> Vec<i16> {
        let mut pcm = vec![0; FRAME];
        self.cut(self.sound.pcm(), &mut pcm);
        pcm
    }

    fn cut<T: Copy>(&self, sound: &[T], room: &mut [T]) {
        let mut from = (self.tick as usize).wrapping_mul(FRAME);
        let mut filled = 0;
        while filled < FRAME && !sound.is_empty() && (self.repeat || from < sound.len()) {
            from %= sound.len();
            let part = (sound.len() - from).min(FRAME - filled);
            room[filled..filled + part].copy_from_slice(&sound[from..from + part]);
            (filled, from) = (filled + part, from + part);
        }
    }

    /// Goes on to the next packet.
    pub(crate) fn advance(&mut self) {
        self.tick += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(player: &mut Player, most: usize) -> Vec<u8> {
        let mut heard = Vec::new();
        for _ in 0..most {
            if player.is_over() {
                break;
            }
            let mut packet = [0; rtp::HEADER + FRAME];
            player.fill(Law::A, &mut packet);
            heard.extend_from_slice(&packet[rtp::HEADER..]);
            player.advance();
        }
        heard
    }

    fn ramp(length: i16) -> Arc<Sound> {
        Arc::new(Sound::from_pcm((0..length).map(|n| n.wrapping_mul(64)).collect()))
    }

    #[test]
    fn the_last_packet_is_filled_up_with_silence() {
        let sound = ramp(200);
        let heard = packets(&mut Player::new(sound.clone(), false, Moment::START, 1), 10);
        assert_eq!(heard.len(), 320);
        assert_eq!(&heard[..200], sound.coded(Law::A));
        assert!(heard[200..].iter().all(|b| *b == Law::A.silence()));
    }

    #[test]
    fn a_repeated_sound_has_no_seam() {
        let sound = ramp(100);
        let heard = packets(&mut Player::new(sound.clone(), true, Moment::START, 1), 5);
        assert_eq!(heard, sound.coded(Law::A).repeat(8));
    }

    #[test]
    fn an_empty_sound_is_over_at_once() {
        assert!(Player::new(Arc::new(Sound::from_pcm(vec![])), true, Moment::START, 1).is_over());
    }

    #[test]
    fn a_stall_leaves_packets_out_and_keeps_the_clock() {
        let mut player = Player::new(ramp(30_000), false, Moment::START, 1);
        player.catch_up(Moment::from_millis(60));
        assert_eq!(player.due(), Moment::START);
        player.catch_up(Moment::from_millis(1010));
        assert_eq!((player.due(), player.elapsed()), (Moment::from_millis(1000), 8000));
    }
}
