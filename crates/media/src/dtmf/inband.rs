//! Key presses as tones in the sound (ITU-T Q.23, Q.24), for far sides that send no telephone events.

use model::Digit;
use std::f32::consts::TAU;

const LOW: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Samples that are judged together: the classic length, which puts all eight tones near the middle of a bin.
const BLOCK: u32 = 205;
/// A key counts when it was heard in so many blocks in a row (two are 51 ms; keys last at least 40–65 ms).
const HEARD: u8 = 2;
/// A key may be pressed again after so many blocks without it.
const PAUSE: u8 = 1;
/// The weakest tone that counts, as energy of one sample: about -30 dBm0.
const WEAKEST: f32 = 350.0 * 350.0;
/// The share of all energy that the two tones must hold; speech and music spread theirs.
const PURE: f32 = 0.80;
/// How much stronger one tone may be than the other (8 dB each way).
const TWIST: f32 = 6.3;

/// The two tones of a key.
pub(crate) fn frequencies(digit: Digit) -> (f64, f64) {
    for (row, keys) in KEYS.iter().enumerate() {
        if let Some(column) = keys.iter().position(|k| *k == digit.as_char()) {
            return (LOW[row], HIGH[column]);
        }
    }
    (LOW[0], HIGH[0])
}

/// Listens to one leg.
#[derive(Debug, Clone)]
pub(crate) struct Detector {
    /// The filters of the eight tones, side by side so that the compiler computes them together.
    coefficient: [f32; 8],
    last: [f32; 8],
    before: [f32; 8],
    energy: f32,
    samples: u32,
    heard: Option<Digit>,
    blocks: u8,
    quiet: u8,
    reported: bool,
}

impl Detector {
    pub(crate) fn new() -> Detector {
        let mut coefficient = [0.0; 8];
        for (coefficient, hz) in coefficient.iter_mut().zip(LOW.iter().chain(&HIGH)) {
            *coefficient = 2.0 * (TAU * *hz as f32 / 8000.0).cos();
        }
        let (last, before) = ([0.0; 8], [0.0; 8]);
        let (heard, blocks, quiet, reported) = (None, 0, 0, false);
        Detector { coefficient, last, before, energy: 0.0, samples: 0, heard, blocks, quiet, reported }
    }

    /// Listens to some samples; a key is told once, as soon as it is certain.
    pub(crate) fn listen(&mut self, samples: impl Iterator<Item = i16>) -> Option<Digit> {
        let mut found = None;
        for sample in samples {
            let sample = f32::from(sample);
            self.energy += sample * sample;
            for tone in 0..8 {
                let now = sample + self.coefficient[tone] * self.last[tone] - self.before[tone];
                self.before[tone] = self.last[tone];
                self.last[tone] = now;
            }
            self.samples += 1;
            if self.samples == BLOCK {
                found = self.judge().or(found);
            }
        }
        found
    }

    fn judge(&mut self) -> Option<Digit> {
        let (last, before) = (self.last, self.before);
        let powers = std::array::from_fn(|t| {
            last[t] * last[t] + before[t] * before[t] - self.coefficient[t] * last[t] * before[t]
        });
        let energy = self.energy;
        (self.last, self.before) = ([0.0; 8], [0.0; 8]);
        (self.energy, self.samples) = (0.0, 0);

        let now = key(&powers, energy);
        if now.is_some() && now == self.heard {
            self.blocks = self.blocks.saturating_add(1);
            self.quiet = 0;
        } else if now.is_some() {
            (self.heard, self.blocks, self.quiet, self.reported) = (now, 1, 0, false);
        } else {
            self.quiet = self.quiet.saturating_add(1);
            if self.quiet > PAUSE {
                (self.heard, self.blocks, self.reported) = (None, 0, false);
            }
        }
        if self.blocks >= HEARD && !self.reported {
            self.reported = true;
            return self.heard;
        }
        None
    }
}

fn key(powers: &[f32; 8], energy: f32) -> Option<Digit> {
    let (row, low) = strongest(&powers[..4]);
    let (column, high) = strongest(&powers[4..]);
    // A sine of energy E over N samples has the Goertzel power E·N/2.
    let tones = (low + high) * 2.0 / BLOCK as f32;
    let loud = energy > WEAKEST * BLOCK as f32;
    let pure = tones > PURE * energy;
    let level = low < high * TWIST && high < low * TWIST;
    if loud && pure && level { Digit::new(KEYS[row][column]) } else { None }
}

fn strongest(powers: &[f32]) -> (usize, f32) {
    powers.iter().copied().enumerate().fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound;

    fn keys_in(pcm: &[i16]) -> String {
        let mut detector = Detector::new();
        pcm.chunks(160).filter_map(|c| detector.listen(c.iter().copied())).map(Digit::as_char).collect()
    }

    #[test]
    fn each_key_is_heard_once() {
        let all = "0123456789*#ABCD";
        let pcm: Vec<i16> =
            all.chars().flat_map(|c| sound::key(Digit::new(c).expect("a key"), 100, 100).pcm().to_vec()).collect();
        assert_eq!(keys_in(&pcm), all);
    }

    #[test]
    fn a_long_key_is_one_key_and_a_repeated_key_is_two() {
        let five = Digit::new('5').expect("a key");
        assert_eq!(keys_in(sound::key(five, 2000, 0).pcm()), "5");
        let twice = [sound::key(five, 80, 80).pcm(), sound::key(five, 80, 80).pcm()].concat();
        assert_eq!(keys_in(&twice), "55");
    }

    #[test]
    fn tones_and_noise_are_no_keys() {
        for hz in [425.0, 697.0, 1000.0, 1209.0] {
            assert_eq!(keys_in(sound::tone(hz, 2000).pcm()), "", "{hz} Hz");
        }
        let mut state = 1u32;
        let noise: Vec<i16> = (0..80_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 18) as i16 - 8192
            })
            .collect();
        assert_eq!(keys_in(&noise), "");
        assert_eq!(keys_in(&[0; 8000]), "");
    }

    #[test]
    fn a_key_is_heard_through_both_codecs() {
        let seven = Digit::new('7').expect("a key");
        let sound = sound::key(seven, 80, 40);
        for law in [crate::Law::Mu, crate::Law::A] {
            let table = crate::g711::decode_table(law);
            let pcm: Vec<i16> = sound.coded(law).iter().map(|b| table[usize::from(*b)]).collect();
            assert_eq!(keys_in(&pcm), "7");
        }
    }
}
