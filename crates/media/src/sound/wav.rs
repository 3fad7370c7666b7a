//! WAV files: 8 or 16 kHz, 16-bit PCM. Writing them whole, and mending those whose writer was killed.

use super::{RATE, Sound};
use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The bytes before the samples of a file that we wrote.
pub(crate) const HEADER: usize = 44;

/// The header of a file with so many samples in a second and so many bytes of them.
pub(crate) fn header(channels: u16, rate: u32, data_bytes: u32) -> [u8; HEADER] {
    let block = channels * 2;
    let mut header = [0; HEADER];
    header[0..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&data_bytes.saturating_add(HEADER as u32 - 8).to_le_bytes());
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16u32.to_le_bytes());
    header[20..22].copy_from_slice(&1u16.to_le_bytes());
    header[22..24].copy_from_slice(&channels.to_le_bytes());
    header[24..28].copy_from_slice(&rate.to_le_bytes());
    header[28..32].copy_from_slice(&(rate * u32::from(block)).to_le_bytes());
    header[32..34].copy_from_slice(&block.to_le_bytes());
    header[34..36].copy_from_slice(&16u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..44].copy_from_slice(&data_bytes.to_le_bytes());
    header
}

/// The sound as a mono WAV file.
pub fn to_wav(sound: &Sound) -> Vec<u8> {
    let data = u32::try_from(sound.pcm().len() * 2).unwrap_or(u32::MAX);
    let mut file = header(1, RATE, data).to_vec();
    file.extend(sound.pcm().iter().flat_map(|s| s.to_le_bytes()));
    file
}

/// What [`recover`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// The size of the file now.
    pub bytes: u64,
    /// How much sound is in it.
    pub duration_ms: u64,
    /// Whether the file had to be changed.
    pub mended: bool,
}

/// Mends a recording whose writer was killed: half a sample at the end is cut off and the header is given the true
/// length. A file that is whole is left alone. Fails with `InvalidData` when the file is none of our recordings.
pub fn recover(path: &Path) -> io::Result<Recovered> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut found = [0; HEADER];
    file.read_exact(&mut found).map_err(|_| not_ours())?;
    let channels = u16::from_le_bytes([found[22], found[23]]);
    let rate = u32::from_le_bytes([found[24], found[25], found[26], found[27]]);
    if !(1..=2).contains(&channels) || ![RATE, 2 * RATE].contains(&rate) {
        return Err(not_ours());
    }
    // All but the two lengths must be what we write.
    let ours = header(channels, rate, 0);
    if found[8..40] != ours[8..40] || found[..4] != ours[..4] {
        return Err(not_ours());
    }
    let block = u64::from(channels) * 2;
    let size = file.metadata()?.len();
    let data = (size - HEADER as u64) / block * block;
    let duration_ms = data / block * 1000 / u64::from(rate);
    let bytes = HEADER as u64 + data;
    let right = header(channels, rate, u32::try_from(data).unwrap_or(u32::MAX));
    let mended = size != bytes || found != right;
    if mended {
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&right)?;
        file.sync_all()?;
    }
    Ok(Recovered { bytes, duration_ms, mended })
}

fn not_ours() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file is not a recording of ours")
}
