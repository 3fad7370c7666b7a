//! One file of the spool. It is written from front to back by one process and never appended to by the next.

use super::Record;
use super::frame::{self, Found};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

const ENDING: &str = "spool";

/// The file that is being written.
#[derive(Debug)]
pub(crate) struct Segment {
    path: PathBuf,
    file: File,
    length: u64,
    broken: bool,
}

impl Segment {
    /// A new file whose first record will have this number, written by the process of this name.
    pub(crate) fn create(folder: &Path, first: u64, life: &str) -> io::Result<Segment> {
        let path = folder.join(format!("{first:020}.{life}.{ENDING}"));
        // A file of this name holds no whole record, or its number would have been counted.
        let file = File::create(&path)?;
        Ok(Segment { path, file, length: 0, broken: false })
    }

    /// Writes records with one write; after an error none of them stands there.
    pub(crate) fn append(&mut self, first: u64, payloads: &[&[u8]]) -> io::Result<()> {
        let mut frames = Vec::new();
        for (seq, payload) in (first..).zip(payloads) {
            frame::encode(&mut frames, seq, payload);
        }
        if let Err(error) = self.file.write_all(&frames) {
            self.broken = self.cut_back().is_err();
            return Err(error);
        }
        self.length += frames.len() as u64;
        Ok(())
    }

    /// Takes away what a failed write left behind.
    fn cut_back(&mut self) -> io::Result<()> {
        use std::io::Seek;
        self.file.set_len(self.length)?;
        self.file.seek(io::SeekFrom::Start(self.length)).map(|_| ())
    }

    pub(crate) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    pub(crate) fn into_file(self) -> File {
        self.file
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the end of the file could not be mended after a failed write.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }
}

/// A segment by its name.
pub(crate) struct Listed {
    pub(crate) path: PathBuf,
    /// The number it begins at.
    pub(crate) first: u64,
    /// The process that wrote it; empty when it is from before there were names.
    pub(crate) life: String,
}

/// The segments of a folder, oldest first.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<Listed>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != ENDING) {
            continue;
        }
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let (first, life) = stem.split_once('.').unwrap_or((stem, ""));
        if let Ok(first) = first.parse() {
            let life = life.to_owned();
            found.push(Listed { path, first, life });
        }
    }
    found.sort_by_key(|listed| listed.first);
    Ok(found)
}

/// What a segment holds.
pub(crate) struct Scan {
    pub(crate) records: Vec<Record>,
    pub(crate) torn_bytes: u64,
    pub(crate) damaged_bytes: u64,
    pub(crate) length: u64,
}

/// Reads a segment. Behind damage the search goes on at the next mark, so that one bad sector costs one record.
pub(crate) fn scan(path: &Path, limit: usize) -> io::Result<Scan> {
    let bytes = fs::read(path)?;
    let mut scan = Scan { records: Vec::new(), torn_bytes: 0, damaged_bytes: 0, length: bytes.len() as u64 };
    let mut at = 0;
    while at < bytes.len() {
        let skipped = match frame::decode(&bytes[at..], limit) {
            Found::Record { seq, payload, length } => {
                scan.records.push(Record { seq, payload: payload.to_vec() });
                at += length;
                continue;
            }
            Found::Torn => Found::Torn,
            Found::Damaged => Found::Damaged,
        };
        let next = next_record(&bytes, at + 1, limit);
        let gap = (next.unwrap_or(bytes.len()) - at) as u64;
        match (skipped, next) {
            (Found::Torn, None) => scan.torn_bytes += gap,
            _ => scan.damaged_bytes += gap,
        }
        at = next.unwrap_or(bytes.len());
    }
    Ok(scan)
}

/// Where the next whole record begins.
fn next_record(bytes: &[u8], from: usize, limit: usize) -> Option<usize> {
    let marks = bytes.get(from..)?.windows(frame::MARK.len()).enumerate();
    marks
        .filter(|(_, window)| *window == frame::MARK)
        .map(|(offset, _)| from + offset)
        .find(|at| matches!(frame::decode(&bytes[*at..], limit), Found::Record { .. }))
}
