//! An append-only journal on the local disk for records that must outlive a crash while SQL is slow or away.
//!
//! [`Spool::append`] returns after `write(2)`: from then on the record survives the death of the process. What
//! [`Spool::unsynced`] hands out, synced by the owner on a thread that may wait, makes everything so far survive a power
//! cut. What SQL has taken is forgotten by [`Spool::checkpoint`]. Nothing here is async, and nothing but
//! [`Spool::open`] and [`Reserve::take`] waits for the disk itself.
//! The form of the files is in `docs/specs/spool.md`.

mod frame;
mod reserve;
mod segment;
#[cfg(test)]
mod tests;

pub use reserve::Reserve;

use crate::mint::secret_text;
use segment::Segment;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How a spool is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// A segment is closed when it is this long.
    pub segment_bytes: u64,
    /// Room kept back for records when the disk is full otherwise; 0 keeps none.
    pub reserve_bytes: u64,
    /// The longest record.
    pub record_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { segment_bytes: 8 << 20, reserve_bytes: 64 << 20, record_bytes: 4 << 20 }
    }
}

/// One record as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its number; rises by one with each record over the whole life of the spool.
    pub seq: u64,
    /// What was appended.
    pub payload: Vec<u8>,
}

/// What was found on opening.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replay {
    /// How many records no checkpoint covers; [`Spool::reader`] reads them.
    pub waiting: u64,
    /// Bytes at the end of a segment that were still being written at the crash. Normal after `kill -9`.
    pub torn_bytes: u64,
    /// Bytes in the middle of a segment that do not hold what was written. Never normal: the disk is at fault.
    pub damaged_bytes: u64,
    /// When a former process last wrote.
    pub written_at: Option<SystemTime>,
}

/// Reads records back, on whatever thread, while the spool is being written.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Segments, oldest first, with the number of their last record.
    segments: Vec<(PathBuf, u64)>,
    record_bytes: usize,
}

impl Reader {
    /// Records after `after`, oldest first: at least `most` when there are so many, and whole segments, so a few more.
    pub fn read(&self, after: u64, most: usize) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        for (path, _) in self.segments.iter().filter(|(_, end)| *end > after) {
            let scan = segment::scan(path, self.record_bytes)?;
            records.extend(scan.records.into_iter().filter(|record| record.seq > after));
            if records.len() >= most {
                break;
            }
        }
        Ok(records)
    }
}

/// The journal.
#[derive(Debug)]
pub struct Spool {
    folder: PathBuf,
    options: Options,
    next: u64,
    checkpoint: u64,
    /// Segments that are full, oldest first.
    closed: VecDeque<Closed>,
    open: Option<Segment>,
    /// The folder has names of files that a power cut would cost.
    new_names: bool,
    reserved: bool,
    /// The name of this process.
    life: String,
    former: Vec<Life>,
}

#[derive(Debug)]
struct Closed {
    path: PathBuf,
    /// The number of its last record.
    end: u64,
    bytes: u64,
    /// Present until it is handed out to be synced.
    unsynced: Option<File>,
}

/// A former process that wrote to the spool.
#[derive(Debug)]
struct Life {
    name: String,
    /// The number of the last record it left behind.
    end: u64,
}

impl Spool {
    /// Opens the spool in `folder`, which is made when missing, and reads what a former process left there.
    pub fn open(folder: &Path, options: Options) -> io::Result<(Spool, Replay)> {
        fs::create_dir_all(folder)?;
        let checkpoint = read_checkpoint(folder)?;
        let mut replay = Replay::default();
        let mut closed = VecDeque::new();
        let mut last = checkpoint;
        let mut former: Vec<Life> = Vec::new();
        for segment::Listed { path, first, life } in segment::list(folder)? {
            let scan = segment::scan(&path, options.record_bytes)?;
            replay.torn_bytes += scan.torn_bytes;
            replay.damaged_bytes += scan.damaged_bytes;
            let end = scan.records.last().map_or(first.saturating_sub(1), |record| record.seq);
            last = last.max(end).max(first.saturating_sub(1));
            replay.waiting += scan.records.iter().filter(|record| record.seq > checkpoint).count() as u64;
            replay.written_at = fs::metadata(&path)?.modified().ok().max(replay.written_at);
            closed.push_back(Closed { path, end, bytes: scan.length, unsynced: None });
            match former.iter_mut().find(|known| known.name == life) {
                Some(known) => known.end = known.end.max(end),
                None => former.push(Life { name: life, end }),
            }
        }
        let mut spool = Spool {
            folder: folder.to_owned(),
            options,
            next: last + 1,
            checkpoint,
            closed,
            open: None,
            new_names: false,
            reserved: false,
            life: secret_text(16),
            former,
        };
        spool.drop_covered()?;
        // Without the reserve the spool still works; the owner sees it from `reserved`.
        spool.reserved = spool.reserve().take().is_ok();
        Ok((spool, replay))
    }

    /// Writes one record and returns its number. When this returns `Ok`, the record survives the death of the process. After an
    /// error the record is not kept, and the spool goes on to work as soon as the disk does.
    pub fn append(&mut self, payload: &[u8]) -> io::Result<u64> {
        self.append_all(&[payload])
    }

    /// Writes several records at once and returns the number of the first; the others follow. All are kept, or none: else
    /// as [`Spool::append`].
    pub fn append_all(&mut self, payloads: &[&[u8]]) -> io::Result<u64> {
        if payloads.iter().any(|payload| payload.len() > self.options.record_bytes) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the record is longer than the spool allows"));
        }
        match self.write(payloads) {
            Err(error) if error.kind() == io::ErrorKind::StorageFull && self.reserved => {
                self.reserved = false;
                fs::remove_file(self.reserve().path())?;
                self.write(payloads)
            }
            result => result,
        }
    }

    fn write(&mut self, payloads: &[&[u8]]) -> io::Result<u64> {
        if self.open.as_ref().is_some_and(|segment| segment.length() >= self.options.segment_bytes) {
            self.close_segment();
        }
        let first = self.next;
        let segment = match self.open.as_mut() {
            Some(segment) => segment,
            None => {
                self.new_names = true;
                self.open.insert(Segment::create(&self.folder, first, &self.life)?)
            }
        };
        if let Err(error) = segment.append(first, payloads) {
            if segment.is_broken() {
                // Its end could not be cut back; a reader skips the torn record there, and we go on in a new file.
                self.close_segment();
            }
            return Err(error);
        }
        self.next += payloads.len() as u64;
        Ok(first)
    }

    /// Its sync is left to the owner: see [`Spool::unsynced`].
    fn close_segment(&mut self) {
        if let Some(segment) = self.open.take() {
            let (path, bytes, end) = (segment.path().to_owned(), segment.length(), self.next - 1);
            self.closed.push_back(Closed { path, end, bytes, unsynced: Some(segment.into_file()) });
        }
    }

    /// Whether segments were closed since they were last asked for.
    pub fn has_unsynced_segments(&self) -> bool {
        self.closed.iter().any(|segment| segment.unsynced.is_some())
    }

    /// Files to make safe from a power cut, with `sync_data` in this order on a thread that may wait: segments that were closed since
    /// the last time, the one that is being written, and the folder when it has new names. Each is handed out once,
    /// but for the one that is being written.
    pub fn unsynced(&mut self) -> io::Result<Vec<File>> {
        let open = self.open.as_ref().map(Segment::handle).transpose()?;
        let folder = self.new_names.then(|| File::open(&self.folder)).transpose()?;
        self.new_names = false;
        let closed = self.closed.iter_mut().filter_map(|segment| segment.unsynced.take());
        Ok(closed.chain(open).chain(folder).collect())
    }

    /// The name of the process that wrote this record: random, so that number and name together are of one record for ever, even when
    /// a power cut costs the last records and their numbers are given again. None for records from before there were names.
    pub fn life_of(&self, seq: u64) -> Option<&str> {
        let former = self.former.iter().find(|life| seq <= life.end);
        let name = former.map_or(self.life.as_str(), |life| life.name.as_str());
        (!name.is_empty()).then_some(name)
    }

    /// Reads back what is waiting, as of now.
    pub fn reader(&self) -> Reader {
        let closed = self.closed.iter().map(|segment| (segment.path.clone(), segment.end));
        let open = self.open.as_ref().map(|segment| (segment.path().to_owned(), self.next - 1));
        Reader { segments: closed.chain(open).collect(), record_bytes: self.options.record_bytes }
    }

    /// The number up to which records are forgotten.
    pub fn forgotten(&self) -> u64 {
        self.checkpoint
    }

    /// Forgets all records up to `seq`: they are safe elsewhere. A crash right after it may bring some of them back once
    /// more, so taking a record twice must do no harm.
    pub fn checkpoint(&mut self, seq: u64) -> io::Result<()> {
        if seq <= self.checkpoint {
            return Ok(());
        }
        self.checkpoint = seq.min(self.next - 1);
        if self.depth() == 0
            && self.open.as_ref().is_some_and(|segment| segment.length() >= self.options.segment_bytes / 8)
        {
            self.close_segment();
        }
        write_checkpoint(&self.folder, self.checkpoint)?;
        self.drop_covered()
    }

    fn drop_covered(&mut self) -> io::Result<()> {
        while self.closed.front().is_some_and(|segment| segment.end <= self.checkpoint) {
            if let Some(segment) = self.closed.pop_front() {
                fs::remove_file(segment.path)?;
            }
        }
        Ok(())
    }

    /// How many records wait for a checkpoint.
    pub fn depth(&self) -> u64 {
        self.next - 1 - self.checkpoint
    }

    /// How long all segments are together.
    pub fn size_bytes(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, Segment::length);
        self.closed.iter().map(|segment| segment.bytes).sum::<u64>() + open
    }

    /// Whether the room for bad days is there. False means that the disk is, or was lately, full: an alarm.
    pub fn reserved(&self) -> bool {
        self.reserved
    }

    /// The reserve, to be taken again on a thread that may wait; then call [`Spool::find_reserve`].
    pub fn reserve(&self) -> Reserve {
        Reserve { folder: self.folder.clone(), bytes: self.options.reserve_bytes }
    }

    /// Looks whether the reserve is back.
    pub fn find_reserve(&mut self) {
        self.reserved = self.reserve().is_taken();
    }

    /// The number of the last record; 0 before the first.
    pub fn last(&self) -> u64 {
        self.next - 1
    }
}

fn read_checkpoint(folder: &Path) -> io::Result<u64> {
    match fs::read_to_string(folder.join("checkpoint")) {
        // An unreadable checkpoint only means that more is replayed.
        Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// In place, in one write of fixed length: it needs no room on a full disk, and a torn one reads as an older state or none.
fn write_checkpoint(folder: &Path, seq: u64) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("checkpoint"))?;
    file.write_all(format!("{seq:020}\n").as_bytes())
}
