//! Where recordings lie. One that is being written is in `recordings/live`; when it ends it moves to its company's
//! folder of the day. What is found in `live` at the start was cut off by the end of a former process: its header is
//! mended and it moves too.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::UNIX_EPOCH;

use model::{CallId, Id, TenantId};
use pbx::calls::{Journal, Recording};
use sha2::{Digest, Sha256};

use crate::shared::Shared;

const DAY_MS: u128 = 24 * 60 * 60 * 1_000;

/// The folders.
pub(crate) struct Recordings {
    data: PathBuf,
    /// Recordings on their way to their places.
    under_way: AtomicUsize,
}

impl Recordings {
    /// Makes the folders when they are missing.
    pub(crate) fn open(data: &Path) -> io::Result<Recordings> {
        let recordings = Recordings { data: data.to_owned(), under_way: AtomicUsize::new(0) };
        fs::create_dir_all(recordings.live())?;
        Ok(recordings)
    }

    fn live(&self) -> PathBuf {
        self.data.join("recordings").join("live")
    }

    /// The file to write while the call is up.
    pub(crate) fn begin(&self, tenant: TenantId, call: CallId) -> PathBuf {
        self.live().join(format!("{tenant}.{call}.wav"))
    }

    /// Where a finished recording lies, from the data folder on. The day is the call's, in UTC, since 1970: no folder
    /// grows without end, and the place follows from the ids alone.
    fn place(tenant: TenantId, call: CallId) -> PathBuf {
        let day = (call.bits() >> 80) / DAY_MS;
        Path::new("recordings").join(tenant.to_string()).join(day.to_string()).join(format!("{call}.wav"))
    }

    /// How many recordings are on their way to their places.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Acquire)
    }

    /// [`Recordings::finish`], aside from the runtime's threads: the disk takes its time.
    pub(crate) fn finish_aside(shared: &Arc<Shared>, tenant: TenantId, call: CallId, end: End) {
        let shared = shared.clone();
        shared.recordings.under_way.fetch_add(1, Ordering::AcqRel);
        tokio::task::spawn_blocking(move || {
            shared.recordings.finish(&shared.journal, tenant, call, end);
            shared.recordings.under_way.fetch_sub(1, Ordering::AcqRel);
        });
    }

    /// Tells the journal of a finished file and moves it to its place.
    pub(crate) fn finish(&self, journal: &Journal, tenant: TenantId, call: CallId, end: End) {
        let (live, file) = (self.begin(tenant, call), Self::place(tenant, call));
        let sha256 = match hash(&live) {
            Ok(sha256) => Some(sha256),
            Err(error) => {
                tracing::error!(call.id = %call, %error, "a recording cannot be read back; it is entered later");
                None
            }
        };
        let recording = Recording {
            call,
            tenant,
            file: file.to_string_lossy().into_owned(),
            size_bytes: i64::try_from(end.bytes).unwrap_or(i64::MAX),
            duration_ms: i64::try_from(end.duration_ms).unwrap_or(i64::MAX),
            complete: end.complete,
            created_at: store::now().as_millis(),
            sha256,
        };
        if let Err(error) = journal.recording(recording) {
            tracing::error!(call.id = %call, %error, "a recording is safe only in memory until the database takes it");
        }
        // Last: a file that is still in `live` at the next start is entered then, one in its place is not looked for.
        if let Err(error) = self.store(&live, &file) {
            tracing::error!(call.id = %call, %error, "a recording cannot be moved to its place; the next start tries again");
        }
    }

    /// The same for a file that is known by its name alone.
    pub(crate) fn finish_file(shared: &Arc<Shared>, path: &Path, end: End) {
        if shared.messages.owns(path) {
            return crate::messages::Messages::finish_aside(shared, path, end);
        }
        match read_name(path) {
            Some((tenant, call)) => Recordings::finish_aside(shared, tenant, call, end),
            None => tracing::warn!(path = %path.display(), "a finished recording is none of ours"),
        }
    }

    fn store(&self, from: &Path, file: &Path) -> io::Result<()> {
        let to = self.data.join(file);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::rename(from, to)
    }

    fn left_behind(&self) -> Vec<PathBuf> {
        fs::read_dir(self.live())
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default()
    }

    /// When what a former process left behind was last written, in milliseconds: the last sign of these calls. To be
    /// asked before [`Recordings::mend`].
    pub(crate) fn last_signs(&self) -> HashMap<CallId, i64> {
        let signs = self.left_behind().into_iter().filter_map(|path| {
            let (_, call) = read_name(&path)?;
            let written = fs::metadata(&path).and_then(|meta| meta.modified()).ok()?;
            let since = written.duration_since(UNIX_EPOCH).ok()?;
            Some((call, i64::try_from(since.as_millis()).ok()?))
        });
        signs.collect()
    }

    /// Mends what a former process left behind.
    pub(crate) fn mend(&self, journal: &Journal) {
        for path in self.left_behind() {
            let Some((tenant, call)) = read_name(&path) else {
                tracing::warn!(path = %path.display(), "a file among the live recordings is none of ours; it stays");
                continue;
            };
            match media::sound::recover(&path) {
                Ok(whole) => {
                    tracing::warn!(call.id = %call, duration_ms = whole.duration_ms, "a recording was cut off; its header is mended");
                    let end = End { bytes: whole.bytes, duration_ms: whole.duration_ms, complete: false };
                    self.finish(journal, tenant, call, end);
                }
                Err(error) => tracing::error!(call.id = %call, %error, "a recording that was cut off cannot be mended"),
            }
        }
    }
}

/// The SHA-256 of a file, hexadecimal.
fn hash(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let (mut digest, mut part) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(pbx::recording::manifest::hexadecimal(&digest.finalize())),
            read => digest.update(&part[..read]),
        }
    }
}

/// What became of a recording.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) bytes: u64,
    pub(crate) duration_ms: u64,
    pub(crate) complete: bool,
}

fn read_name(path: &Path) -> Option<(TenantId, CallId)> {
    let name = path.file_name()?.to_str()?.strip_suffix(".wav")?;
    let (tenant, call) = name.split_once('.')?;
    Some((tenant.parse().ok()?, call.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_live_name_tells_whose_recording_it_is() {
        let (tenant, call) = (TenantId::from_parts(1, 2), CallId::from_parts(1_795_000_000_000, 7));
        let recordings = Recordings { data: PathBuf::from("/data"), under_way: AtomicUsize::new(0) };
        assert_eq!(read_name(&recordings.begin(tenant, call)), Some((tenant, call)));
        assert_eq!(read_name(Path::new("/data/recordings/live/notes.txt")), None);
    }

    #[test]
    fn a_finished_recording_lies_in_its_companys_folder_of_the_day() {
        let (tenant, call) = (TenantId::from_parts(1, 2), CallId::from_parts(3 * 86_400_000 + 5, 7));
        let place = Recordings::place(tenant, call);
        assert_eq!(place, Path::new("recordings").join(tenant.to_string()).join("3").join(format!("{call}.wav")));
    }
}
