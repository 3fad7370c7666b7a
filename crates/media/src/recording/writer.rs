//! The recorder thread's half: one WAV file, two channels (or one, of a message), 16 bits, 8 kHz, or 16 kHz when a side is wide-band.

use super::tape::{CHUNK, Chunk, Samples, WIDE};
use crate::resample::{Down, Up};
use crate::sound::{RATE, wav};
use crate::{g711, socket};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

/// Bytes of a sample of one channel.
const SAMPLE: usize = 2;
/// The mean of the amplitudes below which half a second counts as silence: about -47 dB below the loudest, over the noise of
/// a line and under a low voice.
const SILENCE: u64 = 150;
/// The disk's room is looked at each so many chunks: every two seconds.
const LOOK: u32 = 4;

pub(super) struct Writer {
    file: File,
    reserve: u64,
    data: u64,
    chunks: u32,
    rate: u32,
    channels: u16,
    quiet: Option<Quiet>,
    scratch: Vec<u8>,
    converters: [Converter; 2],
}

/// How long it has been silent.
struct Quiet {
    /// As long as this is told.
    longest: Duration,
    since: Duration,
    told: bool,
}

impl Quiet {
    fn hear(&mut self, pcm: &[i16], rate: u32) {
        let sum: u64 = pcm.iter().map(|sample| u64::from(sample.unsigned_abs())).sum();
        let samples = pcm.len() as u64;
        if sum > SILENCE * samples {
            self.since = Duration::ZERO;
        } else {
            self.since += Duration::from_millis(samples * 1000 / u64::from(rate));
        }
    }
}

/// Brings one side to the rate of the file.
#[derive(Default)]
struct Converter {
    up: Up,
    down: Down,
    pcm: Vec<i16>,
    narrow: Vec<i16>,
}

impl Converter {
    fn convert(&mut self, side: &Samples, samples: usize, rate: u32) -> &[i16] {
        self.pcm.clear();
        match side {
            Samples::Coded(law, codes) => {
                let table = g711::decode_table(*law);
                let pcm = codes.iter().take(samples).map(|code| table[usize::from(*code)]);
                if rate == RATE {
                    self.pcm.extend(pcm);
                } else {
                    self.narrow.clear();
                    self.narrow.extend(pcm);
                    self.up.push(&self.narrow, &mut self.pcm);
                }
            }
            Samples::Wide(pcm) => {
                let pcm = &pcm[..samples.min(CHUNK) * WIDE];
                if rate == RATE {
                    self.down.push(pcm, &mut self.pcm);
                } else {
                    self.pcm.extend_from_slice(pcm);
                }
            }
        }
        &self.pcm
    }
}

/// A closed file.
pub(super) struct Closed {
    pub(super) bytes: u64,
    pub(super) duration_ms: u64,
    pub(super) fault: Option<io::Error>,
}

impl Writer {
    /// Creates the file, and the folder if there is none. A file that exists is never overwritten.
    pub(super) fn create(path: &Path, rate: u32, alone: Option<Duration>, reserve: u64) -> io::Result<Writer> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Writer::new(file, rate, alone, reserve).inspect_err(|_| {
            // An empty file is of no use to anybody; that it stays when even this fails does no harm.
            let _ = std::fs::remove_file(path);
        })
    }

    fn new(mut file: File, rate: u32, alone: Option<Duration>, reserve: u64) -> io::Result<Writer> {
        check_room(&file, reserve)?;
        let channels = if alone.is_some() { 1 } else { 2 };
        file.write_all(&wav::header(channels, rate, 0))?;
        let (scratch, converters) = Default::default();
        let quiet = alone.map(|longest| Quiet { longest, since: Duration::ZERO, told: false });
        Ok(Writer { file, reserve, data: 0, chunks: 0, rate, channels, quiet, scratch, converters })
    }

    /// Decodes and appends the first `samples` samples of a chunk.
    pub(super) fn write(&mut self, chunk: &Chunk, samples: usize) -> io::Result<()> {
        self.chunks += 1;
        if self.chunks.is_multiple_of(LOOK) {
            check_room(&self.file, self.reserve)?;
        }
        let [left, right] = &mut self.converters;
        let left = left.convert(&chunk.sides[0], samples, self.rate);
        if let Some(quiet) = &mut self.quiet {
            quiet.hear(left, self.rate);
            self.scratch.clear();
            self.scratch.extend(left.iter().flat_map(|sample| sample.to_le_bytes()));
        } else {
            let right = right.convert(&chunk.sides[1], samples, self.rate);
            self.scratch.resize(left.len() * 2 * SAMPLE, 0);
            for (block, (l, r)) in
                self.scratch.as_chunks_mut::<{ 2 * SAMPLE }>().0.iter_mut().zip(left.iter().zip(right))
            {
                let ([l0, l1], [r0, r1]) = (l.to_le_bytes(), r.to_le_bytes());
                *block = [l0, l1, r0, r1];
            }
        }
        self.file.write_all(&self.scratch)?;
        self.data += self.scratch.len() as u64;
        Ok(())
    }

    /// True once, when it has been silent for as long as was asked.
    pub(super) fn has_become_quiet(&mut self) -> bool {
        let due = |quiet: &&mut Quiet| !quiet.told && quiet.since >= quiet.longest;
        self.quiet.as_mut().filter(due).map(|quiet| quiet.told = true).is_some()
    }

    /// Writes the true lengths into the header. Half a chunk that a full disk took is cut off.
    pub(super) fn close(mut self) -> Closed {
        let fault = self.mend().err();
        let bytes = wav::HEADER as u64 + self.data;
        let samples = self.data / (SAMPLE as u64 * u64::from(self.channels));
        Closed { bytes, duration_ms: samples * 1000 / u64::from(self.rate), fault }
    }

    fn mend(&mut self) -> io::Result<()> {
        self.file.set_len(wav::HEADER as u64 + self.data)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&wav::header(self.channels, self.rate, u32::try_from(self.data).unwrap_or(u32::MAX)))
    }
}

fn check_room(file: &File, reserve: u64) -> io::Result<()> {
    if reserve > 0 && socket::free_bytes(file)? < reserve {
        return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk has less room left than its reserve"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Law, sound};

    fn chunk(byte: u8) -> Chunk {
        let side = |law, byte| Samples::Coded(law, vec![byte; CHUNK].into_boxed_slice());
        Chunk { sides: [side(Law::A, byte), side(Law::Mu, Law::Mu.silence())] }
    }

    #[test]
    fn a_full_disk_ends_the_file_with_an_error() {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let error = Writer::new(full, RATE, None, 0).err().expect("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn the_reserve_of_the_disk_is_kept() {
        let path = std::env::temp_dir().join(format!("alo-reserve-{}.wav", std::process::id()));
        let error = Writer::create(&path, RATE, None, u64::MAX).err().expect("no room");
        assert_eq!((error.kind(), path.exists()), (io::ErrorKind::StorageFull, false));
    }

    #[test]
    fn a_file_that_was_not_closed_is_mended() {
        let path = std::env::temp_dir().join(format!("alo-mend-{}.wav", std::process::id()));
        let mut writer = Writer::create(&path, RATE, None, 0).expect("a file");
        writer.write(&chunk(0x55), CHUNK).expect("room");
        writer.write(&chunk(0x55), 100).expect("room");
        // Killed in the middle of a sample.
        writer.file.write_all(&[1, 2, 3]).expect("room");
        drop(writer);
        let found = sound::recover(&path).expect("a recording");
        assert_eq!((found.bytes, found.duration_ms, found.mended), (44 + 4100 * 4, 512, true));
        assert_eq!(sound::recover(&path).map(|f| f.mended).ok(), Some(false));
        assert_eq!(sound::load(std::fs::read(&path).expect("a file")).map(|s| s.pcm().len()), Ok(4100));
        std::fs::remove_file(path).expect("the file");
    }

    #[test]
    fn a_message_has_one_channel_and_its_silence_is_told_once() {
        let path = std::env::temp_dir().join(format!("alo-message-{}.wav", std::process::id()));
        let mut writer = Writer::create(&path, RATE, Some(Duration::from_secs(1)), 0).expect("a file");
        let told: Vec<bool> = [0xD5, 0xD5, 0x2A, 0xD5, 0xD5, 0xD5, 0xD5]
            .into_iter()
            .map(|byte| {
                writer.write(&chunk(byte), CHUNK).expect("room");
                writer.has_become_quiet()
            })
            .collect();
        assert_eq!(told, [false, true, false, false, false, false, false], "silence, then the loudest there is");
        let closed = writer.close();
        assert_eq!((closed.bytes, closed.duration_ms), (44 + 7 * 8000, 3500));
        let sound = sound::load(std::fs::read(&path).expect("a file")).expect("a sound");
        assert_eq!(sound.pcm().len(), 7 * CHUNK);
        std::fs::remove_file(path).expect("the file");
    }

    #[test]
    fn a_file_that_exists_is_not_overwritten() {
        let path = std::env::temp_dir().join(format!("alo-twice-{}.wav", std::process::id()));
        let first = Writer::create(&path, RATE, None, 0).expect("a file");
        assert_eq!(Writer::create(&path, RATE, None, 0).err().map(|e| e.kind()), Some(io::ErrorKind::AlreadyExists));
        assert_eq!(first.close().bytes, 44);
        std::fs::remove_file(path).expect("the file");
    }
}
