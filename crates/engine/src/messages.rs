//! Where the messages of callers lie. One that is being spoken is in `voicemail/live` beside a note that says whose it is; when it
//! ends it moves to its company's folder of the day and the journal is told. What is found in `live` at the start was cut off
//! by the end of a former process: its header is mended and it moves too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::ExtensionId;
use pbx::calls::Journal;
use pbx::voicemail::message::{Left, file};

use crate::recordings::End;
use crate::shared::Shared;

/// Less than this is no message: somebody hung up at the tone.
const SHORTEST_MS: u64 = 1_000;

/// The folders.
pub(crate) struct Messages {
    data: PathBuf,
    /// Messages on their way to their places.
    under_way: AtomicUsize,
}

impl Messages {
    /// Makes the folders when they are missing.
    pub(crate) fn open(data: &Path) -> io::Result<Messages> {
        let messages = Messages { data: data.to_owned(), under_way: AtomicUsize::new(0) };
        fs::create_dir_all(messages.live())?;
        Ok(messages)
    }

    fn live(&self) -> PathBuf {
        self.data.join("voicemail").join("live")
    }

    /// The file to write while the caller speaks; whose it is stands beside it from now on.
    pub(crate) fn begin(&self, left: &Left) -> io::Result<PathBuf> {
        let path = self.live().join(format!("{}.wav", left.id));
        fs::write(note(&path), serde_json::to_vec(left)?)?;
        Ok(path)
    }

    /// Whether this is the file of a message.
    pub(crate) fn owns(&self, path: &Path) -> bool {
        path.parent() == Some(self.live().as_path())
    }

    /// How many messages are on their way to their places.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Acquire)
    }

    /// Moves a finished message to its place, aside from the runtime's threads, and tells its owner's phones.
    pub(crate) fn finish_aside(shared: &Arc<Shared>, path: &Path, end: End) {
        let (shared, path) = (shared.clone(), path.to_owned());
        shared.messages.under_way.fetch_add(1, Ordering::AcqRel);
        tokio::spawn(async move {
            let (at_work, journal) = (shared.clone(), shared.journal.clone());
            let kept = tokio::task::spawn_blocking(move || at_work.messages.finish(&journal, &path, end)).await;
            shared.messages.under_way.fetch_sub(1, Ordering::AcqRel);
            if let Ok(Some(extension)) = kept {
                shared.journal.flush().await;
                shared.mwi.changed(extension);
            }
        });
    }

    /// Moves a finished message to its place and tells the journal; whose it is. None when nothing was kept.
    fn finish(&self, journal: &Journal, path: &Path, end: End) -> Option<ExtensionId> {
        let note = note(path);
        let read = fs::read(&note).map(|bytes| serde_json::from_slice::<Left>(&bytes));
        let Ok(Ok(left)) = read else {
            tracing::warn!(path = %path.display(), "a message whose owner is not known stays where it is");
            return None;
        };
        if end.duration_ms < SHORTEST_MS {
            let gone = fs::remove_file(path).and_then(|()| fs::remove_file(&note));
            if let Err(error) = gone {
                tracing::warn!(%error, "a message without words cannot be removed; the next start tries again");
            }
            return None;
        }
        if let Err(error) = self.store(path, &file(left.tenant, left.id)) {
            tracing::error!(call.id = %left.call, %error, "a message cannot be moved to its place; the next start tries again");
            return None;
        }
        self.tell(journal, &note, left, end)
    }

    fn tell(&self, journal: &Journal, note: &Path, left: Left, end: End) -> Option<ExtensionId> {
        let extension = left.extension;
        let left = Left {
            size_bytes: i64::try_from(end.bytes).unwrap_or(i64::MAX),
            duration_ms: i64::try_from(end.duration_ms).unwrap_or(i64::MAX),
            complete: end.complete,
            ..left
        };
        if let Err(error) = journal.message(left) {
            // The note stays, so the next start tells it again; the database takes it once.
            tracing::error!(%error, "a message is safe only in memory until the database takes it");
            return Some(extension);
        }
        if let Err(error) = fs::remove_file(note) {
            tracing::warn!(%error, "the note of a message stays; the next start tells it again");
        }
        Some(extension)
    }

    fn store(&self, from: &Path, file: &Path) -> io::Result<()> {
        let to = self.data.join(file);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::rename(from, to)
    }

    /// Mends what a former process left behind.
    pub(crate) fn mend(&self, journal: &Journal) {
        let entries = fs::read_dir(self.live()).map(|entries| entries.flatten().map(|entry| entry.path()));
        let notes = entries.into_iter().flatten().filter(|path| path.extension().is_some_and(|end| end == "json"));
        for note in notes {
            let sound = note.with_extension("wav");
            let end = |whole: media::sound::Recovered, complete| End {
                bytes: whole.bytes,
                duration_ms: whole.duration_ms,
                complete,
            };
            if sound.exists() {
                match media::sound::recover(&sound) {
                    Ok(whole) => _ = self.finish(journal, &sound, end(whole, false)),
                    Err(error) => tracing::error!(%error, "a message that was cut off cannot be mended"),
                }
                continue;
            }
            // It came to its place, and the process died before it was told.
            let left = fs::read(&note).ok().and_then(|bytes| serde_json::from_slice::<Left>(&bytes).ok());
            let found = left.and_then(|left| {
                let whole = media::sound::recover(&self.data.join(file(left.tenant, left.id))).ok()?;
                Some((left, whole))
            });
            match found {
                Some((left, whole)) => _ = self.tell(journal, &note, left, end(whole, true)),
                None => _ = fs::remove_file(&note),
            }
        }
    }

    /// Removes the file of a message that is deleted, aside from the runtime's threads.
    pub(crate) async fn remove(&self, tenant: model::TenantId, id: model::VoicemailId) {
        let path = self.data.join(file(tenant, id));
        if let Err(error) = tokio::fs::remove_file(&path).await {
            tracing::warn!(%error, "the file of a deleted message cannot be removed");
        }
    }
}

/// Where it stands whose message this is.
fn note(path: &Path) -> PathBuf {
    path.with_extension("json")
}
