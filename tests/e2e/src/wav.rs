//! Reads the recordings: WAV, PCM, 16 bits.

use crate::tone;

/// A recording, one list of samples a channel.
#[derive(Debug)]
pub struct Wav {
    /// Samples in a second.
    pub rate: u32,
    /// Left, then right.
    pub channels: Vec<Vec<i16>>,
}

impl Wav {
    /// Reads a whole file.
    ///
    /// # Panics
    /// When it is no whole, true WAV file.
    pub fn parse(bytes: &[u8]) -> Wav {
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]), "not a WAV file");
        assert_eq!(number(bytes, 4) as usize, bytes.len() - 8, "the header's size is not the file's");
        let (mut rate, mut count, mut at) = (0, 0, 12);
        while at + 8 <= bytes.len() {
            let size = number(bytes, at + 4) as usize;
            let body = &bytes[at + 8..at + 8 + size];
            match &bytes[at..at + 4] {
                b"fmt " => {
                    assert_eq!((body[0], body[14]), (1, 16), "not PCM with 16 bits");
                    count = usize::from(body[2]);
                    rate = number(body, 4);
                }
                b"data" => {
                    let samples: Vec<i16> = body.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
                    let channels = (0..count).map(|c| samples.iter().skip(c).step_by(count).copied().collect());
                    return Wav { rate, channels: channels.collect() };
                }
                _ => {}
            }
            at += 8 + size + size % 2;
        }
        panic!("the WAV file has no data");
    }

    /// Reads a file that is still being written: the header's sizes are not true yet, and the last sample may be half.
    /// Only the first channel is kept.
    pub fn parse_growing(bytes: &[u8]) -> Wav {
        let start = bytes.windows(4).position(|w| w == b"data").map_or(44, |at| at + 8).min(bytes.len());
        let samples = bytes[start..].chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
        let first = samples.step_by(usize::from(bytes[22]).max(1)).collect();
        Wav { rate: number(bytes, 24), channels: vec![first] }
    }

    /// How long it is, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.channels[0].len() as u64 * 1_000 / u64::from(self.rate)
    }

    /// How many 100 ms windows of a channel hold the tone.
    pub fn tone_windows(&self, channel: usize, frequency: f64) -> usize {
        // Tones lie far below the 4 kHz above which leaving samples out would fold them.
        let step = (self.rate as usize / tone::RATE).max(1);
        let samples: Vec<i16> = self.channels[channel].iter().copied().step_by(step).collect();
        samples.chunks_exact(tone::WINDOW).filter(|window| tone::is_tone(window, frequency)).count()
    }
}

/// A mono file of G.711's rate.
pub fn write(samples: &[i16]) -> Vec<u8> {
    let rate = tone::RATE as u32;
    let size = samples.len() as u32 * 2;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + size).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    for number in [16, 0x0001_0001, rate, rate * 2, 0x0010_0002] {
        bytes.extend(u32::to_le_bytes(number));
    }
    bytes.extend(b"data");
    bytes.extend(size.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let wav = Wav::parse(&write(&[1, -2, 3]));
        assert_eq!((wav.rate, wav.channels), (8_000, vec![vec![1, -2, 3]]));
    }
}
