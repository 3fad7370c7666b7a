//! What waits for the database: the newest in memory, the rest on the disk only, so that a long outage costs disk and not
//! memory. Drafts of calls that are up hold their place in the spool until the call is recorded.

use super::Entry;
use super::notes::{Line, What};
use crate::calls::CallRecord;
use model::CallId;
use std::collections::{HashMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use store::spool::{Reader, Record, Reserve, Spool};

/// The most entries kept in memory.
const IN_MEMORY: usize = 10_000;
/// How many finished records an old draft may hold back before it is written anew.
const HELD_BACK: u64 = 5_000;
/// How many records are read back from the disk at once, about.
pub(super) const READ_BACK: usize = 2_000;

/// An entry on its way to the database.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    /// Its number in the spool; 0 for one that the disk refused.
    pub(super) seq: u64,
    pub(super) entry: Arc<Entry>,
}

#[derive(Debug)]
pub(super) struct Queue {
    spool: Spool,
    folder: PathBuf,
    /// Not yet in the database, oldest first.
    waiting: VecDeque<Waiting>,
    /// From this number on, entries are on the disk only.
    on_disk: Option<u64>,
    /// Calls that are up: the place of the newest draft, and its bytes.
    drafts: HashMap<CallId, (u64, Vec<u8>)>,
}

impl Queue {
    pub(super) fn new(spool: Spool, folder: PathBuf) -> Queue {
        let on_disk = (spool.depth() > 0).then(|| spool.forgotten() + 1);
        Queue { spool, folder, waiting: VecDeque::new(), on_disk, drafts: HashMap::new() }
    }

    /// Drafts in the spool whose call has no record there.
    pub(super) fn interrupted(&self) -> io::Result<Vec<CallRecord>> {
        let mut open: HashMap<CallId, CallRecord> = HashMap::new();
        let reader = self.spool.reader();
        let mut after = self.spool.forgotten();
        loop {
            let records = reader.read(after, READ_BACK)?;
            let Some(last) = records.last() else { break };
            after = last.seq;
            for record in &records {
                match read(record) {
                    Some(Entry::Begun(draft)) => {
                        open.insert(draft.id, *draft);
                    }
                    Some(Entry::Ended(record)) => {
                        open.remove(&record.id);
                    }
                    Some(Entry::Recorded(_) | Entry::Told(_) | Entry::Visited(_) | Entry::Left(_)) | None => {}
                }
            }
        }
        let mut drafts: Vec<CallRecord> = open.into_values().collect();
        drafts.sort_by_key(|draft| draft.id);
        Ok(drafts)
    }

    /// Takes in what was put into words before the queue was locked. After an error what is meant for the database stands in
    /// memory only.
    pub(super) fn add(&mut self, lines: Vec<Line>) -> io::Result<()> {
        let together = {
            let payloads: Vec<&[u8]> = lines.iter().map(|line| line.bytes.as_slice()).collect();
            self.spool.append_all(&payloads)
        };
        let mut outcome = Ok(());
        for (number, line) in (0..).zip(lines) {
            // What has no room together may have room in part.
            let seq = match &together {
                Ok(first) => Ok(first + number),
                Err(_) => self.spool.append(&line.bytes),
            };
            outcome = outcome.and(self.take_in(line, seq));
        }
        outcome
    }

    fn take_in(&mut self, line: Line, seq: io::Result<u64>) -> io::Result<()> {
        let entry = match line.what {
            What::Draft(call) => {
                self.drafts.insert(call, (seq?, line.bytes));
                return Ok(());
            }
            What::Entry(entry) => entry,
        };
        if let Entry::Ended(record) = &entry {
            self.drafts.remove(&record.id);
        }
        match seq {
            Ok(seq) if self.on_disk.is_some() || self.waiting.len() >= IN_MEMORY => {
                self.on_disk.get_or_insert(seq);
                Ok(())
            }
            Ok(seq) => {
                self.waiting.push_back(Waiting { seq, entry: Arc::new(entry) });
                Ok(())
            }
            Err(error) => {
                // Even past the bound: memory is the only place left for it.
                self.waiting.push_back(Waiting { seq: 0, entry: Arc::new(entry) });
                Err(error)
            }
        }
    }

    /// Up to `most` entries to commit next.
    pub(super) fn next(&self, most: usize) -> Vec<Waiting> {
        self.waiting.iter().take(most).cloned().collect()
    }

    /// The name of the process that wrote this entry to the spool; see [`Spool::life_of`].
    pub(super) fn life_of(&self, seq: u64) -> Option<&str> {
        self.spool.life_of(seq)
    }

    /// How many entries can be committed without reading the disk.
    pub(super) fn in_memory(&self) -> usize {
        self.waiting.len()
    }

    /// Whether the disk holds what memory does not.
    pub(super) fn is_behind(&self) -> bool {
        self.on_disk.is_some()
    }

    /// When memory is empty but the disk is not: where to read from.
    pub(super) fn behind(&self) -> Option<(Reader, u64)> {
        let from = self.on_disk.filter(|_| self.waiting.is_empty())?;
        Some((self.spool.reader(), from - 1))
    }

    /// Takes in what was read from the disk.
    pub(super) fn read_back(&mut self, records: Vec<Record>) {
        let last = records.last().map_or(self.spool.last(), |record| record.seq);
        for record in records {
            match read(&record) {
                Some(Entry::Begun(_)) => {}
                Some(entry) => self.waiting.push_back(Waiting { seq: record.seq, entry: Arc::new(entry) }),
                None => self.set_aside(&record.payload),
            }
        }
        self.on_disk = (last < self.spool.last()).then_some(last + 1);
        if self.waiting.is_empty() && self.on_disk.is_none() {
            self.forget();
        }
    }

    /// The first `count` entries are in the database, or set aside.
    pub(super) fn done(&mut self, count: usize) {
        self.waiting.drain(..count);
        self.forget();
    }

    /// Tells the spool what it need not keep.
    fn forget(&mut self) {
        let waiting = self.waiting.iter().map(|waiting| waiting.seq).find(|seq| *seq > 0);
        let open_end = [waiting, self.on_disk].into_iter().flatten().min().unwrap_or(self.spool.last() + 1);
        let mut first_draft = self.drafts.values().map(|(seq, _)| *seq).min();
        if first_draft.is_some_and(|seq| seq + HELD_BACK < open_end) {
            first_draft = self.renew_drafts(open_end);
        }
        let keep_from = first_draft.map_or(open_end, |seq| seq.min(open_end));
        if let Err(error) = self.spool.checkpoint(keep_from - 1) {
            tracing::warn!(%error, "The spool of call records could not forget what is stored.");
        }
    }

    /// Writes old drafts anew, so that what lies between them can go. Returns where the oldest draft now is.
    fn renew_drafts(&mut self, before: u64) -> Option<u64> {
        for (seq, bytes) in self.drafts.values_mut().filter(|(seq, _)| *seq < before) {
            match self.spool.append(bytes) {
                Ok(new) => *seq = new,
                Err(error) => tracing::warn!(%error, "A draft of a call could not be written anew."),
            }
        }
        self.drafts.values().map(|(seq, _)| *seq).min()
    }

    /// Keeps for people what the database will never take.
    pub(super) fn set_aside(&self, bytes: &[u8]) {
        let path = self.folder.join("rejected.jsonl");
        let file = OpenOptions::new().append(true).create(true).open(&path);
        let kept = file.and_then(|mut file| file.write_all(&[bytes, b"\n"].concat()));
        match kept {
            Ok(()) => tracing::error!(file = %path.display(), "A record was refused by the database and set aside."),
            Err(error) => tracing::error!(%error, "A record was refused by the database and could not be set aside."),
        }
    }

    pub(super) fn has_unsynced_segments(&self) -> bool {
        self.spool.has_unsynced_segments()
    }

    pub(super) fn unsynced(&mut self) -> io::Result<Vec<File>> {
        self.spool.unsynced()
    }

    pub(super) fn reserve(&self) -> Reserve {
        self.spool.reserve()
    }

    pub(super) fn find_reserve(&mut self) {
        self.spool.find_reserve();
    }

    pub(super) fn reserved(&self) -> bool {
        self.spool.reserved()
    }

    pub(super) fn depth(&self) -> u64 {
        let on_disk = self.on_disk.map_or(0, |from| self.spool.last() + 1 - from);
        self.waiting.len() as u64 + on_disk
    }
}

/// As `write` of an `Entry::Begun`, without a copy of the draft.
pub(super) fn write_draft(draft: &CallRecord) -> io::Result<Vec<u8>> {
    #[derive(serde::Serialize)]
    enum Entry<'a> {
        Begun(&'a CallRecord),
    }
    serde_json::to_vec(&Entry::Begun(draft)).map_err(io::Error::other)
}

pub(super) fn write(entry: &Entry) -> io::Result<Vec<u8>> {
    serde_json::to_vec(entry).map_err(io::Error::other)
}

fn read(record: &Record) -> Option<Entry> {
    serde_json::from_slice(&record.payload).ok()
}
