//! Recordings: media threads copy code words ([`tape`]), one recorder thread decodes and writes them ([`writer`]), so
//! that a slow disk never delays a packet.

pub(crate) mod tape;
mod writer;

use crate::Event;
use crate::media::{Inventory, Presence};
use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tape::{Chunk, Progress};
use tokio::sync::mpsc::UnboundedSender;
use writer::Writer;

/// What a media thread asks of the recorder.
#[derive(Debug)]
pub(crate) enum Task {
    Begin {
        id: u64,
        tag: u64,
        path: PathBuf,
        rate: u32,
        progress: Arc<Progress>,
        /// Only the left side is there, in a file of one channel; after so long a silence the owner is told.
        alone: Option<Duration>,
    },
    Write {
        id: u64,
        chunk: Box<Chunk>,
        samples: usize,
    },
    /// The recording goes on, told of to this leg from now on.
    Owner {
        id: u64,
        tag: u64,
    },
    End {
        id: u64,
    },
}

/// Starts the recorder thread. It ends when the last sender is gone.
pub(crate) fn start(inventory: Arc<Inventory>, events: UnboundedSender<Event>) -> io::Result<Sender<Task>> {
    let (sender, tasks) = channel();
    let presence = Presence::new(&inventory);
    let recorder = Recorder { inventory, events, open: HashMap::new() };
    std::thread::Builder::new().name("media-recorder".to_owned()).spawn(move || {
        let _presence = presence;
        recorder.run(&tasks);
    })?;
    Ok(sender)
}

struct Recorder {
    inventory: Arc<Inventory>,
    events: UnboundedSender<Event>,
    open: HashMap<u64, Open>,
}

struct Open {
    tag: u64,
    path: PathBuf,
    progress: Arc<Progress>,
    writer: Writer,
}

impl Recorder {
    fn run(mut self, tasks: &Receiver<Task>) {
        while let Ok(task) = tasks.recv() {
            // A fault in one recording must not end the others.
            if catch_unwind(AssertUnwindSafe(|| self.obey(task))).is_err() {
                tracing::error!("the recorder thread has panicked");
                metrics::counter!("alo_media_panics_total").increment(1);
            }
        }
        // The media threads are gone without a word: what was written is closed properly all the same.
        let left: Vec<u64> = self.open.keys().copied().collect();
        left.into_iter().for_each(|id| self.end(id, None));
    }

    fn obey(&mut self, task: Task) {
        match task {
            Task::Begin { id, tag, path, rate, progress, alone } => {
                self.begin((id, tag), path, (rate, alone), progress);
            }
            Task::Write { id, chunk, samples } => self.write(id, &chunk, samples),
            Task::Owner { id, tag } => {
                if let Some(open) = self.open.get_mut(&id) {
                    open.tag = tag;
                }
            }
            Task::End { id } => self.end(id, None),
        }
    }

    fn begin(
        &mut self,
        (id, tag): (u64, u64),
        path: PathBuf,
        (rate, alone): (u32, Option<Duration>),
        progress: Arc<Progress>,
    ) {
        match Writer::create(&path, rate, alone, self.inventory.config.disk_reserve) {
            Ok(writer) => {
                self.open.insert(id, Open { tag, path, progress, writer });
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "cannot begin a recording");
                progress.ended.store(true, Ordering::Release);
                self.tell(Event::Recorded { tag, path, bytes: 0, duration_ms: 0, complete: false });
            }
        }
    }

    fn write(&mut self, id: u64, chunk: &Chunk, samples: usize) {
        let Some(open) = self.open.get_mut(&id) else { return };
        open.progress.waiting.fetch_sub(1, Ordering::AcqRel);
        match open.writer.write(chunk, samples) {
            Ok(()) if open.writer.has_become_quiet() => {
                // Nobody listens any more when the process ends.
                let _ = self.events.send(Event::Quiet { tag: open.tag });
            }
            Ok(()) => {}
            Err(error) => self.end(id, Some(error)),
        }
    }

    fn end(&mut self, id: u64, fault: Option<io::Error>) {
        let Some(Open { tag, path, progress, writer }) = self.open.remove(&id) else { return };
        progress.ended.store(true, Ordering::Release);
        let gaps = progress.gaps.load(Ordering::Acquire);
        let closed = writer.close();
        let error = fault.as_ref().or(closed.fault.as_ref());
        if let Some(error) = error {
            tracing::error!(path = %path.display(), %error, "a recording ended before its time");
        } else if gaps {
            tracing::error!(path = %path.display(), "a recording has gaps: the disk does not keep up");
        }
        let complete = error.is_none() && !gaps;
        let (bytes, duration_ms) = (closed.bytes, closed.duration_ms);
        self.tell(Event::Recorded { tag, path, bytes, duration_ms, complete });
    }

    fn tell(&self, event: Event) {
        self.inventory.recordings.fetch_sub(1, Ordering::AcqRel);
        // Nobody listens any more when the process ends.
        let _ = self.events.send(event);
    }
}
