//! One band: an adaptive step, and a predictor of two poles and six zeros (G.722 section 6.2, blocks 2 to 4).

use super::tables::{DIFFERENCE2, DIFFERENCE4, DIFFERENCE6, LEVELS, NEGATIVE, POSITIVE, STEP, STEP_HIGH, STEP_LOW};

/// What differs between the bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Low,
    High,
}

#[derive(Debug, Clone)]
pub(super) struct Band {
    shape: Shape,
    /// The estimate of the next sample (SL, SH) and the part of it that the zeros give (SZ).
    estimate: i32,
    by_zeros: i32,
    /// Reconstructed samples (RLT), and partly reconstructed ones (PLT), newest first.
    rebuilt: [i32; 2],
    partial: [i32; 2],
    poles: [i32; 2],
    /// Quantised differences (DLT), newest first.
    differences: [i32; 6],
    zeros: [i32; 6],
    /// The logarithm of the step (NBL) and the step (DETL).
    log: i32,
    step: i32,
}

impl Band {
    pub(super) fn new(shape: Shape) -> Band {
        let step = if shape == Shape::Low { 32 } else { 8 };
        Band {
            shape,
            estimate: 0,
            by_zeros: 0,
            rebuilt: [0; 2],
            partial: [0; 2],
            poles: [0; 2],
            differences: [0; 6],
            zeros: [0; 6],
            log: 0,
            step,
        }
    }

    /// The code word of a sample.
    pub(super) fn encode(&mut self, sample: i32) -> usize {
        let error = saturate(sample - self.estimate);
        let magnitude = if error >= 0 { error } else { -(error + 1) };
        let code = match self.shape {
            Shape::Low => {
                let above = |level: &&i32| magnitude >= (**level * self.step) >> 12;
                let place = 1 + LEVELS[1..].iter().take_while(above).count();
                if error < 0 { NEGATIVE[place] } else { POSITIVE[place] }
            }
            Shape::High => {
                let large = magnitude >= (564 * self.step) >> 12;
                match (error < 0, large) {
                    (true, false) => 1,
                    (true, true) => 0,
                    (false, false) => 3,
                    (false, true) => 2,
                }
            }
        };
        let code = code as usize;
        self.adapt(code);
        code
    }

    /// The sample of a code word.
    pub(super) fn decode(&mut self, code: usize) -> i32 {
        let difference = match self.shape {
            Shape::Low => (self.step * DIFFERENCE6[code & 63]) >> 15,
            Shape::High => (self.step * DIFFERENCE2[code & 3]) >> 15,
        };
        let sample = (self.estimate + difference).clamp(-16_384, 16_383);
        self.adapt(code);
        sample
    }

    fn adapt(&mut self, code: usize) {
        let (difference, change, most, shift) = match self.shape {
            // The lower band adapts by the four upper bits only, so that the lower two could carry data.
            Shape::Low => {
                let code = (code >> 2) & 15;
                ((self.step * DIFFERENCE4[code]) >> 15, STEP_LOW[code], 18_432, 8)
            }
            Shape::High => ((self.step * DIFFERENCE2[code & 3]) >> 15, STEP_HIGH[code & 3], 22_528, 10),
        };
        self.log = (((self.log * 127) >> 7) + change).clamp(0, most);
        let down = shift - (self.log >> 11);
        let fine = STEP[((self.log >> 6) & 31) as usize];
        self.step = if down < 0 { fine << -down } else { fine >> down } << 2;
        self.predict(difference);
    }

    /// Block 4: takes the difference in and makes the next estimate.
    fn predict(&mut self, difference: i32) {
        let rebuilt = saturate(self.estimate + difference);
        let partial = saturate(self.by_zeros + difference);
        let same = |a: i32, b: i32| (a >> 15) == (b >> 15);

        // The second pole, then the first within what the second leaves it (UPPOL2, UPPOL1).
        let turn = saturate(self.poles[0] << 2);
        let turn = if same(partial, self.partial[0]) { -turn } else { turn }.min(32_767);
        let push = if same(partial, self.partial[1]) { 128 } else { -128 };
        let second = ((turn >> 7) + push + ((self.poles[1] * 32_512) >> 15)).clamp(-12_288, 12_288);
        let push = if same(partial, self.partial[0]) { 192 } else { -192 };
        let limit = saturate(15_360 - second);
        let first = saturate(push + ((self.poles[0] * 32_640) >> 15)).clamp(-limit, limit);
        self.poles = [first, second];

        // The zeros (UPZERO).
        let push = if difference == 0 { 0 } else { 128 };
        for (zero, before) in self.zeros.iter_mut().zip(self.differences) {
            let push = if same(before, difference) { push } else { -push };
            *zero = saturate(push + ((*zero * 32_640) >> 15));
        }

        self.differences.rotate_right(1);
        self.differences[0] = difference;
        self.rebuilt = [rebuilt, self.rebuilt[0]];
        self.partial = [partial, self.partial[0]];

        // The estimate (FILTEP, FILTEZ, PREDIC).
        let poles = self.poles.iter().zip(self.rebuilt).map(|(a, r)| (a * saturate(r + r)) >> 15).sum::<i32>();
        let zeros = self.zeros.iter().zip(self.differences).map(|(b, d)| (b * saturate(d + d)) >> 15).sum::<i32>();
        self.by_zeros = saturate(zeros);
        self.estimate = saturate(saturate(poles) + self.by_zeros);
    }
}

fn saturate(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}
