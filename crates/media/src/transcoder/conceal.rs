//! Makes up for lost packets of codecs that cannot do it themselves: the last pitch period is repeated, ever more
//! quietly, and faded into what comes after (in the manner of ITU-T G.711 Appendix I). Pure.

/// What is remembered, and the pitch that is looked for: 66 to 200 Hz.
const MEMORY_MS: usize = 40;
const SHORTEST_MS: usize = 5;
const LONGEST_MS: usize = 15;
/// How long the voice stays as loud as it was, and when it has become silence.
const FULL_MS: usize = 10;
const SILENT_MS: usize = 60;
/// How long the seams are.
const SEAM_MS: usize = 4;

#[derive(Debug, Clone)]
pub(super) struct Concealer {
    /// Samples of a millisecond.
    ms: usize,
    memory: Vec<i16>,
    /// The period that is repeated while packets are missing.
    period: Vec<i16>,
    /// Samples made up since the last good one.
    made: usize,
}

impl Concealer {
    pub(super) fn new(rate: u32) -> Concealer {
        let ms = rate as usize / 1000;
        Concealer { ms, memory: vec![0; MEMORY_MS * ms], period: Vec::new(), made: 0 }
    }

    /// Remembers good sound; its beginning is blended with what was made up before it.
    pub(super) fn good(&mut self, pcm: &mut [i16]) {
        if self.made > 0 {
            let seam = (SEAM_MS * self.ms).min(pcm.len());
            for (n, sample) in pcm[..seam].iter_mut().enumerate() {
                let (old, new) = (i32::from(self.next()), i32::from(*sample));
                *sample = ((old * (seam - n) as i32 + new * n as i32) / seam as i32) as i16;
            }
            self.made = 0;
        }
        self.remember(pcm);
    }

    /// Makes up so many samples.
    pub(super) fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        if self.made == 0 {
            let length = self.pitch();
            self.period = self.memory[self.memory.len() - length..].to_vec();
        }
        let start = out.len();
        out.extend((0..samples).map(|_| self.next()));
        let made = out[start..].to_vec();
        self.remember(&made);
    }

    fn next(&mut self) -> i16 {
        let sample = i64::from(self.period[self.made % self.period.len()]);
        let (full, silent) = ((FULL_MS * self.ms) as i64, (SILENT_MS * self.ms) as i64);
        let left = (silent - self.made as i64).clamp(0, silent - full);
        self.made += 1;
        (sample * left / (silent - full)) as i16
    }

    /// The lag at which the last sound is most like the sound before it.
    fn pitch(&self) -> usize {
        let last = &self.memory[self.memory.len() - LONGEST_MS * self.ms..];
        let likeness = |lag: &usize| {
            let from = self.memory.len() - last.len() - lag;
            let before = &self.memory[from..from + last.len()];
            let (mut product, mut energy) = (0i64, 1i64);
            // Every second sample tells enough.
            for (a, b) in last.iter().zip(before).step_by(2) {
                product += i64::from(*a) * i64::from(*b);
                energy += i64::from(*b) * i64::from(*b);
            }
            (product.max(0) as f64).powi(2) / energy as f64
        };
        let lags = SHORTEST_MS * self.ms..=LONGEST_MS * self.ms;
        lags.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or(LONGEST_MS * self.ms)
    }

    fn remember(&mut self, pcm: &[i16]) {
        let room = self.memory.len();
        let new = &pcm[pcm.len().saturating_sub(room)..];
        self.memory.copy_within(new.len().., 0);
        self.memory[room - new.len()..].copy_from_slice(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(from: usize, samples: usize) -> Vec<i16> {
        (from..from + samples).map(|n| ((n as f64 * 0.0785 * 2.0).sin() * 9000.0) as i16).collect()
    }

    #[test]
    fn a_lost_packet_of_a_steady_tone_is_hardly_noticed() {
        let mut concealer = Concealer::new(8000);
        concealer.good(&mut voice(0, 800));
        let mut made = Vec::new();
        concealer.conceal(80, &mut made);
        let want = voice(800, 80);
        let noise: f64 = made.iter().zip(&want).map(|(a, b)| f64::from(a - b).powi(2)).sum();
        let signal: f64 = want.iter().map(|s| f64::from(*s).powi(2)).sum();
        assert!(10.0 * (signal / noise).log10() > 12.0);
    }

    #[test]
    fn long_loss_becomes_silence_and_good_sound_comes_in_without_a_click() {
        let mut concealer = Concealer::new(16_000);
        concealer.good(&mut voice(0, 1600));
        let mut made = Vec::new();
        concealer.conceal(3200, &mut made);
        assert!(made[60 * 16..].iter().all(|s| *s == 0));
        let mut back = vec![8000i16; 320];
        concealer.good(&mut back);
        assert!(back[0].abs() < 200 && back[100] == 8000);
    }
}
