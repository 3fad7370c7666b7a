//! The recorder thread's half: one WAV file, two channels, 8 kHz, 16 bits.

use super::tape::{CHUNK, Chunk};
use crate::sound::{RATE, wav};
use crate::{g711, socket};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes of a sample of both channels.
const BLOCK: usize = 4;
/// The disk's room is looked at each so many chunks: every two seconds.
const LOOK: u32 = 4;

pub(super) struct Writer {
    file: File,
    reserve: u64,
    data: u64,
    chunks: u32,
    scratch: Box<[u8; CHUNK * BLOCK]>,
}

/// A closed file.
pub(super) struct Closed {
    pub(super) bytes: u64,
    pub(super) duration_ms: u64,
    pub(super) fault: Option<io::Error>,
}

impl Writer {
    /// Creates the file, and the folder if there is none. A file that exists is never overwritten.
    pub(super) fn create(path: &Path, reserve: u64) -> io::Result<Writer> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Writer::new(file, reserve).inspect_err(|_| {
            // An empty file is of no use to anybody; that it stays when even this fails does no harm.
            let _ = std::fs::remove_file(path);
        })
    }

    fn new(mut file: File, reserve: u64) -> io::Result<Writer> {
        check_room(&file, reserve)?;
        file.write_all(&wav::header(2, 0))?;
        Ok(Writer { file, reserve, data: 0, chunks: 0, scratch: Box::new([0; CHUNK * BLOCK]) })
    }

    /// Decodes and appends the first `samples` samples of a chunk.
    pub(super) fn write(&mut self, chunk: &Chunk, samples: usize) -> io::Result<()> {
        self.chunks += 1;
        if self.chunks.is_multiple_of(LOOK) {
            check_room(&self.file, self.reserve)?;
        }
        let [left, right] = chunk.codecs.map(g711::decode_table);
        let sides = chunk.sides[0].iter().zip(&chunk.sides[1]);
        for (block, (l, r)) in self.scratch.as_chunks_mut::<BLOCK>().0.iter_mut().zip(sides) {
            let [l0, l1] = left[usize::from(*l)].to_le_bytes();
            let [r0, r1] = right[usize::from(*r)].to_le_bytes();
            *block = [l0, l1, r0, r1];
        }
        let bytes = &self.scratch[..samples.min(CHUNK) * BLOCK];
        self.file.write_all(bytes)?;
        self.data += bytes.len() as u64;
        Ok(())
    }

    /// Writes the true lengths into the header. Half a chunk that a full disk took is cut off.
    pub(super) fn close(mut self) -> Closed {
        let fault = self.mend().err();
        let bytes = wav::HEADER as u64 + self.data;
        Closed { bytes, duration_ms: self.data / BLOCK as u64 * 1000 / u64::from(RATE), fault }
    }

    fn mend(&mut self) -> io::Result<()> {
        self.file.set_len(wav::HEADER as u64 + self.data)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&wav::header(2, u32::try_from(self.data).unwrap_or(u32::MAX)))
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
    use crate::{Codec, sound};

    fn chunk(byte: u8) -> Chunk {
        Chunk { sides: [[byte; CHUNK], [Codec::Pcmu.silence(); CHUNK]], codecs: [Codec::Pcma, Codec::Pcmu] }
    }

    #[test]
    fn a_full_disk_ends_the_file_with_an_error() {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let error = Writer::new(full, 0).err().expect("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn the_reserve_of_the_disk_is_kept() {
        let path = std::env::temp_dir().join(format!("alo-reserve-{}.wav", std::process::id()));
        let error = Writer::create(&path, u64::MAX).err().expect("no room");
        assert_eq!((error.kind(), path.exists()), (io::ErrorKind::StorageFull, false));
    }

    #[test]
    fn a_file_that_was_not_closed_is_mended() {
        let path = std::env::temp_dir().join(format!("alo-mend-{}.wav", std::process::id()));
        let mut writer = Writer::create(&path, 0).expect("a file");
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
    fn a_file_that_exists_is_not_overwritten() {
        let path = std::env::temp_dir().join(format!("alo-twice-{}.wav", std::process::id()));
        let first = Writer::create(&path, 0).expect("a file");
        assert_eq!(Writer::create(&path, 0).err().map(|e| e.kind()), Some(io::ErrorKind::AlreadyExists));
        assert_eq!(first.close().bytes, 44);
        std::fs::remove_file(path).expect("the file");
    }
}
