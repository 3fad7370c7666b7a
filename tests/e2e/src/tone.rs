//! G.711, tones, and how loud a tone is in what was heard.

use std::f64::consts::TAU;

/// Samples in a second.
pub const RATE: usize = 8_000;
/// The amplitude our agents talk with, of 32,767.
pub const AMPLITUDE: f64 = 8_000.0;
/// The length of a window in which a tone is looked for: 100 ms.
pub const WINDOW: usize = RATE / 10;

/// One sample of a tone.
pub fn sample(frequency: f64, at: u32) -> i16 {
    (AMPLITUDE * (TAU * frequency * f64::from(at) / RATE as f64).sin()) as i16
}

/// The amplitude of `frequency` in `samples` (Goertzel's method).
pub fn level(samples: &[i16], frequency: f64) -> f64 {
    let step = 2.0 * (TAU * frequency / RATE as f64).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + step * last - before;
        before = last;
        last = next;
    }
    let power = last * last + before * before - step * last * before;
    2.0 * power.max(0.0).sqrt() / samples.len().max(1) as f64
}

/// Whether the tone is there and nearly alone: at least half as loud as our agents talk, and most of the energy.
pub fn is_tone(samples: &[i16], frequency: f64) -> bool {
    let energy = samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len().max(1) as f64;
    let level = level(samples, frequency);
    level > AMPLITUDE / 2.0 && level * level / 2.0 > energy * 0.7
}

/// Whether there is next to nothing to hear.
pub fn is_silence(samples: &[i16]) -> bool {
    samples.iter().all(|sample| sample.unsigned_abs() < 200)
}

/// µ-law.
pub fn encode_u(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (i32::from(sample).abs() + 132).min(32_767);
    let exponent = (0..8).rev().find(|e| magnitude & (0x80 << e) != 0).unwrap_or(0);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) as u8 | mantissa as u8)
}

/// µ-law, back.
pub fn decode_u(byte: u8) -> i16 {
    let byte = !byte;
    let magnitude = ((i32::from(byte & 0x0f) << 3) + 132) << ((byte >> 4) & 7);
    let value = magnitude - 132;
    (if byte & 0x80 != 0 { -value } else { value }) as i16
}

/// A-law.
pub fn encode_a(sample: i16) -> u8 {
    let (sign, magnitude) = if sample < 0 { (0, -i32::from(sample) - 1) } else { (0x80, i32::from(sample)) };
    let magnitude = magnitude.max(0) >> 3;
    let exponent = (1..8).rev().find(|e| magnitude & (0x10 << e) != 0).unwrap_or(0);
    let mantissa = if exponent == 0 { magnitude >> 1 } else { magnitude >> exponent } & 0x0f;
    (sign | (exponent << 4) as u8 | mantissa as u8) ^ 0x55
}

/// A-law, back.
pub fn decode_a(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let mantissa = i32::from(byte & 0x0f);
    let magnitude = match (byte >> 4) & 7 {
        0 => (mantissa << 4) + 8,
        exponent => ((mantissa << 4) + 0x108) << (exponent - 1),
    };
    (if byte & 0x80 != 0 { magnitude } else { -magnitude }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_laws_come_back_close_to_what_went_in() {
        for sample in (-32_000_i16..32_000).step_by(37) {
            let allowed = 16 + i32::from(sample.unsigned_abs()) / 16;
            for back in [decode_u(encode_u(sample)), decode_a(encode_a(sample))] {
                assert!((i32::from(back) - i32::from(sample)).abs() <= allowed, "{sample} became {back}");
            }
        }
    }

    #[test]
    fn a_tone_is_told_from_another_and_from_silence() {
        let heard: Vec<i16> = (0..WINDOW as u32).map(|at| sample(440.0, at)).collect();
        assert!(is_tone(&heard, 440.0));
        assert!(!is_tone(&heard, 1_000.0));
        assert!(!is_silence(&heard));
        assert!(is_silence(&[0; WINDOW]));
    }
}
