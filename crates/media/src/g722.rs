//! G.722 at 64 kbit/s: 16 kHz sound in two bands, 6 bits for the lower and 2 for the upper, written from ITU-T G.722
//! (09/2012). The names of the recommendation's variables stand in the comments. Any byte is valid; nothing can fail.

mod band;
mod tables;

use band::{Band, Shape};
use tables::QMF;

/// Both bands, and the filter that splits or joins them.
#[derive(Debug, Clone)]
struct Halves {
    low: Band,
    high: Band,
    /// The newest 24 values of the quadrature mirror filter.
    history: [i32; 24],
}

impl Halves {
    fn new() -> Halves {
        Halves { low: Band::new(Shape::Low), high: Band::new(Shape::High), history: [0; 24] }
    }

    /// Takes two values in and gives the sums over the odd and the even places.
    fn filter(&mut self, older: i32, newer: i32) -> (i32, i32) {
        self.history.copy_within(2.., 0);
        (self.history[22], self.history[23]) = (older, newer);
        let pairs = self.history.as_chunks::<2>().0;
        let even = pairs.iter().zip(&QMF).map(|([e, _], q)| e * q).sum();
        let odd = pairs.iter().zip(QMF.iter().rev()).map(|([_, o], q)| o * q).sum();
        (even, odd)
    }
}

/// Turns sound into code words.
#[derive(Debug, Clone)]
pub(crate) struct Encoder(Halves);

impl Encoder {
    pub(crate) fn new() -> Encoder {
        Encoder(Halves::new())
    }

    /// Two samples at 16 kHz make one byte.
    pub(crate) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        for [first, second] in pcm.as_chunks::<2>().0 {
            let (even, odd) = self.0.filter(i32::from(*first), i32::from(*second));
            let low = self.0.low.encode((even + odd) >> 14);
            let high = self.0.high.encode((odd - even) >> 14);
            out.push((high << 6 | low) as u8);
        }
    }
}

/// Turns code words into sound.
#[derive(Debug, Clone)]
pub(crate) struct Decoder(Halves);

impl Decoder {
    pub(crate) fn new() -> Decoder {
        Decoder(Halves::new())
    }

    /// One byte makes two samples at 16 kHz.
    pub(crate) fn decode(&mut self, coded: &[u8], out: &mut Vec<i16>) {
        for byte in coded {
            let low = self.0.low.decode(usize::from(byte & 0x3F));
            let high = self.0.high.decode(usize::from(byte >> 6));
            let (even, odd) = self.0.filter(low + high, low - high);
            // The filter's two sums are the two samples, the newer one from the even places.
            out.extend([odd >> 11, even >> 11].map(|s| s.clamp(-32_768, 32_767) as i16));
        }
    }
}

#[cfg(test)]
mod tests;
