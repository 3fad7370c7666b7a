//! Between 8 and 16 kHz: a half-band filter of 63 taps, which keeps what is below 3.6 kHz and lets nothing through that
//! would fold back. It delays by 2 ms.

use std::f32::consts::PI;
use std::sync::LazyLock;

/// Taps on each side of the middle, every second of which is zero.
const SIDE: usize = 32;
const TAPS: usize = SIDE / 2;

/// The taps beside the middle at distances 1, 3, 5…; that in the middle is a half.
static HALF: LazyLock<[f32; TAPS]> = LazyLock::new(|| {
    let mut taps: [f32; TAPS] = std::array::from_fn(|n| {
        let distance = (2 * n + 1) as f32;
        let window = 0.5 + 0.5 * (PI * distance / SIDE as f32).cos();
        (PI * distance / 2.0).sin() / (PI * distance) * window
    });
    // Both sides together make a half, so that a constant stays what it is.
    let sum: f32 = taps.iter().sum::<f32>() * 4.0;
    taps.iter_mut().for_each(|t| *t /= sum);
    taps
});

/// Makes 16 kHz of 8 kHz.
#[derive(Debug, Clone, Default)]
pub(crate) struct Up {
    history: [f32; 2 * TAPS],
}

impl Up {
    pub(crate) fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        for sample in pcm {
            self.history.copy_within(1.., 0);
            self.history[2 * TAPS - 1] = f32::from(*sample);
            let old = &self.history[..TAPS];
            let new = &self.history[TAPS..];
            let between: f32 = HALF.iter().zip(old.iter().rev().zip(new)).map(|(t, (o, n))| t * (o + n)).sum();
            out.extend([old[TAPS - 1] as i16, clamp(2.0 * between)]);
        }
    }
}

/// Makes 8 kHz of 16 kHz.
#[derive(Debug, Clone)]
pub(crate) struct Down {
    /// The samples beside the middles, and the middles themselves.
    beside: [f32; 2 * TAPS],
    middles: [f32; TAPS],
}

impl Default for Down {
    fn default() -> Down {
        Down { beside: [0.0; 2 * TAPS], middles: [0.0; TAPS] }
    }
}

impl Down {
    pub(crate) fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        for [middle, beside] in pcm.as_chunks::<2>().0 {
            self.middles.copy_within(1.., 0);
            self.middles[TAPS - 1] = f32::from(*middle);
            self.beside.copy_within(1.., 0);
            self.beside[2 * TAPS - 1] = f32::from(*beside);
            let old = &self.beside[..TAPS];
            let new = &self.beside[TAPS..];
            let sum: f32 = HALF.iter().zip(old.iter().rev().zip(new)).map(|(t, (o, n))| t * (o + n)).sum();
            out.push(clamp(self.middles[0] * 0.5 + sum));
        }
    }
}

/// From one rate to another of the two; nothing to do when they are the same.
#[derive(Debug, Clone)]
pub(crate) enum Resampler {
    Same,
    Up(Box<Up>),
    Down(Box<Down>),
}

impl Resampler {
    pub(crate) fn new(from: u32, to: u32) -> Resampler {
        match from.cmp(&to) {
            std::cmp::Ordering::Equal => Resampler::Same,
            std::cmp::Ordering::Less => Resampler::Up(Box::default()),
            std::cmp::Ordering::Greater => Resampler::Down(Box::default()),
        }
    }

    pub(crate) fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        match self {
            Resampler::Same => out.extend_from_slice(pcm),
            Resampler::Up(up) => up.push(pcm, out),
            Resampler::Down(down) => down.push(pcm, out),
        }
    }
}

fn clamp(value: f32) -> i16 {
    value.round().clamp(-32_768.0, 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f32, rate: f32, samples: usize) -> Vec<i16> {
        (0..samples).map(|n| ((2.0 * PI * hz * n as f32 / rate).sin() * 10_000.0) as i16).collect()
    }

    fn level(pcm: &[i16]) -> f64 {
        (pcm.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt()
    }

    #[test]
    fn voice_keeps_its_level_both_ways_and_what_would_fold_back_is_gone() {
        for (hz, least, most) in [(300.0, 0.98, 1.02), (1000.0, 0.98, 1.02), (3400.0, 0.9, 1.05), (5000.0, 0.0, 0.01)] {
            let wide = tone(hz, 16_000.0, 8000);
            let mut narrow = Vec::new();
            Down::default().push(&wide, &mut narrow);
            assert_eq!(narrow.len(), 4000);
            let gain = level(&narrow[200..]) / level(&wide);
            assert!((least..most).contains(&gain), "down {hz} Hz: {gain}");
        }
        for hz in [300.0, 1000.0, 3400.0] {
            let narrow = tone(hz, 8000.0, 4000);
            let mut wide = Vec::new();
            Up::default().push(&narrow, &mut wide);
            assert_eq!(wide.len(), 8000);
            let want = tone(hz, 16_000.0, 8000);
            let lag = 2 * TAPS;
            let noise: f64 =
                wide[200..].iter().zip(&want[200 - lag..]).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
            let signal: f64 = want[200..].iter().map(|s| f64::from(*s).powi(2)).sum();
            let db = 10.0 * (signal / noise).log10();
            assert!(db > if hz > 3000.0 { 15.0 } else { 40.0 }, "up {hz} Hz: {db} dB");
        }
    }

    #[test]
    fn loud_sound_is_cut_and_does_not_turn_over() {
        let square: Vec<i16> = (0..400).map(|n| if n / 10 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
        let mut wide = Vec::new();
        Up::default().push(&square, &mut wide);
        let steps = wide[100..].windows(2).map(|w| (i32::from(w[1]) - i32::from(w[0])).abs()).max();
        assert!(steps < Some(65_536 * 3 / 4), "{steps:?}");
    }
}
