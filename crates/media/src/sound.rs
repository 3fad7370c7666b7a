//! Sounds that can be played: greetings, tones, music. Decoded and encoded once, played many times.

mod load;
mod tone;
pub(crate) mod wav;

pub use load::{LONGEST, LoadError, load};
pub use tone::{busy, cadence, confirmed, hold, ringback, tone};
pub(crate) use tone::{key, noise};
pub use wav::{Recovered, recover, to_wav};

use crate::{Law, g711};
use std::time::Duration;

/// Samples in a second.
pub const RATE: u32 = 8000;

/// A sound at 8 kHz, mono, with its code words ready for sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    pcm: Vec<i16>,
    pcmu: Vec<u8>,
    pcma: Vec<u8>,
}

impl Sound {
    /// A sound from samples at 8 kHz.
    pub fn from_pcm(pcm: Vec<i16>) -> Sound {
        let pcmu = g711::encode_all(Law::Mu, &pcm);
        let pcma = g711::encode_all(Law::A, &pcm);
        Sound { pcm, pcmu, pcma }
    }

    /// The samples.
    pub fn pcm(&self) -> &[i16] {
        &self.pcm
    }

    /// The code words of G.711, one byte a sample.
    pub fn coded(&self, law: Law) -> &[u8] {
        match law {
            Law::Mu => &self.pcmu,
            Law::A => &self.pcma,
        }
    }

    /// How long it lasts.
    pub fn duration(&self) -> Duration {
        Duration::from_micros(self.pcm.len() as u64 * 1_000_000 / u64::from(RATE))
    }
}

#[cfg(test)]
mod tests;
