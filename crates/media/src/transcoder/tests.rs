use super::*;
use crate::dice::Dice;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::channel;

fn transcoder() -> (Transcoder, Receiver<Command>) {
    let (sender, done) = channel();
    let poll = mio::Poll::new().expect("a poll");
    let waker = mio::Waker::new(poll.registry(), mio::Token(0)).expect("a waker");
    (Transcoder::new(Post::new(sender, waker, Arc::new(AtomicBool::new(false)))), done)
}

fn format(codec: Codec, ptime_ms: u8) -> Format {
    Format { codec, ptime_ms, opus: Default::default() }
}

fn packet(codec: Codec, sequence: u16, payload: Vec<u8>) -> Packet {
    let timestamp = u32::from(sequence) * codec.clock() / 50;
    Packet { kind: Kind::Audio, codec, ssrc: 1, sequence, timestamp, marker: false, payload }
}

/// What strangers send as sound is decoded, made up for or dropped; every state of every decoder survives it.
#[test]
fn sound_of_any_form_never_panics() {
    let mut dice = Dice::new(11);
    for codec in [Codec::Opus, Codec::G722, Codec::Pcmu] {
        let (mut transcoder, done) = transcoder();
        let to = LegKey(2);
        // Real packets of the codec to begin with.
        let pcm: Vec<i16> = (0..16_000).map(|n| ((f64::from(n) * 0.2).sin() * 8000.0) as i16).collect();
        let sound = Job::Sound { to, number: 1, format: format(codec, 20), at: 0, pcm };
        transcoder.obey(sound);
        let seeds: Vec<Vec<u8>> = done
            .try_iter()
            .filter_map(|command| match command {
                Command::Done(Done::Coded { coded, .. }) => Some(coded.packet[crate::rtp::HEADER..].to_vec()),
                _ => None,
            })
            .collect();
        assert_eq!(seeds.len(), 100, "{codec:?}");
        let wants = Wants { to: Some((to, format(Codec::Pcma, 20))), hear: true, tape: true, mix: None };
        for n in 0..3_000u32 {
            let payload = dice.mutate(&seeds[n as usize % seeds.len()]);
            let mut packet = packet(codec, n as u16, payload);
            if dice.below(10) == 0 {
                packet.sequence = packet.sequence.wrapping_add(dice.below(9) as u16);
            }
            if dice.below(50) == 0 {
                packet.timestamp = dice.below(usize::MAX) as u32;
            }
            packet.kind = match dice.below(30) {
                0 => Kind::Event(8000),
                1 => Kind::Noise,
                _ => Kind::Audio,
            };
            let key = LegKey(1);
            transcoder.obey(Job::Packet { from: key, packet, wants });
        }
        assert!(done.try_iter().count() > 1000, "{codec:?}");
        transcoder.obey(Job::Forget(LegKey(1)));
        transcoder.obey(Job::Forget(to));
        assert!(transcoder.talkers.is_empty() && transcoder.listeners.all.is_empty() && transcoder.waiting.is_empty());
    }
}

#[test]
fn a_codec_that_nobody_speaks_is_passed_over() {
    let (mut transcoder, done) = transcoder();
    let wants = Wants { to: Some((LegKey(2), format(Codec::Pcma, 20))), hear: true, tape: true, mix: None };
    transcoder.obey(Job::Packet { from: LegKey(1), packet: packet(Codec::G729, 1, vec![0; 20]), wants });
    let sound = Job::Sound { to: LegKey(2), number: 1, format: format(Codec::G729, 20), at: 0, pcm: vec![0; 160] };
    transcoder.obey(sound);
    assert_eq!(done.try_iter().count(), 0);
}

#[test]
fn packets_are_as_long_as_the_far_side_wishes() {
    for (codec, ptime_ms, bytes) in
        [(Codec::Pcma, 10, 80), (Codec::Pcma, 30, 240), (Codec::Pcma, 60, 480), (Codec::G722, 40, 320)]
    {
        let (mut transcoder, done) = transcoder();
        let wants = Wants { to: Some((LegKey(2), format(codec, ptime_ms))), hear: false, tape: false, mix: None };
        for n in 0..12 {
            transcoder.obey(Job::Packet { from: LegKey(1), packet: packet(Codec::Pcmu, n, vec![0xFF; 160]), wants });
        }
        let coded: Vec<Coded> = done
            .try_iter()
            .filter_map(|command| match command {
                Command::Done(Done::Coded { coded, .. }) => Some(coded),
                _ => None,
            })
            .collect();
        assert_eq!(coded.len() * usize::from(ptime_ms), 240);
        for (n, packet) in coded.iter().enumerate() {
            assert_eq!(packet.packet.len() - crate::rtp::HEADER, bytes);
            assert_eq!(packet.timestamp, n as u32 * u32::from(ptime_ms) * 8);
        }
    }
}
