//! Call progress tones, made when needed.

use super::{RATE, Sound};
use std::f64::consts::TAU;
use std::sync::{Arc, OnceLock};

/// The level of tones: about -13 dBm0, which is what networks use.
const LEVEL: f64 = 6_000.0;
/// The frequency of call progress tones in Viet Nam and most of Europe.
const PROGRESS_HZ: f64 = 425.0;

/// One period of the ring-back tone: 1 s on, 4 s off. Play it with `repeat`.
pub fn ringback() -> Sound {
    cadence(PROGRESS_HZ, 1000, 4000)
}

/// One period of the busy tone: 0.5 s on, 0.5 s off. Play it with `repeat`.
pub fn busy() -> Sound {
    cadence(PROGRESS_HZ, 500, 500)
}

/// What was asked for is done: two short tones of a pitch of their own.
pub fn confirmed() -> Sound {
    let beep = sum(&[660.0], 400, 150);
    Sound::from_pcm([beep.clone(), beep].concat())
}

/// Music for those who wait: a slow broken chord, 8 s. Play it with `repeat`.
pub fn hold() -> Sound {
    /// C, A minor, F and G, four notes each.
    const NOTES: [f64; 16] = [
        261.6, 329.6, 392.0, 523.3, 220.0, 261.6, 329.6, 440.0, 174.6, 220.0, 261.6, 349.2, 196.0, 246.9, 293.7, 392.0,
    ];
    let note_samples = RATE as usize / 2;
    let pcm = NOTES.iter().flat_map(|hz| {
        (0..note_samples).map(move |n| {
            let at = n as f64 / f64::from(RATE);
            // Each note is struck, fades, and is silent at its end, so that nothing clicks.
            let rest = (note_samples - n) as f64 / note_samples as f64;
            let loudness = (at * 100.0).min(1.0) * rest * rest;
            let wave = (TAU * hz * at).sin() + 0.3 * (TAU * 2.0 * hz * at).sin();
            (wave * loudness * LEVEL * 0.7) as i16
        })
    });
    Sound::from_pcm(pcm.collect())
}

/// A plain tone.
pub fn tone(hz: f64, duration_ms: u32) -> Sound {
    cadence(hz, duration_ms, 0)
}

/// A tone and the silence after it.
pub fn cadence(hz: f64, on_ms: u32, off_ms: u32) -> Sound {
    Sound::from_pcm(sum(&[hz], on_ms, off_ms))
}

/// The two tones of a key (ITU-T Q.23) and a pause.
pub(crate) fn key(digit: model::Digit, on_ms: u32, off_ms: u32) -> Sound {
    let (low, high) = crate::dtmf::inband::frequencies(digit);
    Sound::from_pcm(sum(&[low, high], on_ms, off_ms))
}

/// A second of white noise, so many decibels below the loudest that there is (RFC 3389 section 3.1). Play it with `repeat`.
pub(crate) fn noise(level: u8) -> Arc<Sound> {
    /// One for each 3 dB; what is quieter is as good as silence.
    static MADE: [OnceLock<Arc<Sound>>; 31] = [const { OnceLock::new() }; 31];
    let step = usize::from((level & 0x7F) / 3).min(MADE.len() - 1);
    let made = MADE[step].get_or_init(|| {
        let effective = 32_768.0 * 10f64.powf(-(step as f64) * 3.0 / 20.0);
        // Evenly spread numbers have a third of the square of the largest.
        let largest = (effective * 3f64.sqrt()).min(32_767.0);
        let mut state = 1u32;
        let pcm = (0..RATE).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state as i32) / f64::from(i32::MAX) * largest) as i16
        });
        Arc::new(Sound::from_pcm(pcm.collect()))
    });
    made.clone()
}

fn sum(tones: &[f64], on_ms: u32, off_ms: u32) -> Vec<i16> {
    let samples = |ms: u32| (ms * (RATE / 1000)) as usize;
    let mut pcm: Vec<i16> = (0..samples(on_ms))
        .map(|n| {
            let at = n as f64 / f64::from(RATE);
            tones.iter().map(|hz| (TAU * hz * at).sin() * LEVEL).sum::<f64>() as i16
        })
        .collect();
    pcm.resize(samples(on_ms) + samples(off_ms), 0);
    pcm
}
