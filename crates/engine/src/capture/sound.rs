//! The sound of captured calls: packets become libpcap records on the media thread, in memory, and go to a file of their
//! call with the next round. Each call and all together have a bound.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use model::{CallId, TenantId};

use super::pcap;

/// Bytes of one call: about half an hour of two legs, both ways.
const MOST_OF_A_CALL: u64 = 64 << 20;
/// Bytes of one call that may wait for the disk.
const MOST_WAITING: usize = 8 << 20;
/// Calls whose sound is captured at a time.
const MOST_CALLS: usize = 32;

/// All captured sound.
pub(super) struct Sound {
    folder: PathBuf,
    most_bytes: u64,
    open: Mutex<Vec<Arc<Tapping>>>,
}

/// The sound of one call that is up; all its legs share it.
pub(crate) struct Tapping {
    path: PathBuf,
    /// A monotonic time and what the wall clock says then, in microseconds.
    base: (Instant, i64),
    taken: AtomicU64,
    waiting: Mutex<Vec<u8>>,
}

/// Records on their way to the files of their calls.
pub(super) struct Batch {
    folder: PathBuf,
    most_bytes: u64,
    portions: Vec<(PathBuf, Vec<u8>)>,
}

impl Sound {
    pub(super) fn new(folder: PathBuf, most_bytes: u64) -> Sound {
        Sound { folder, most_bytes, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, Vec<Arc<Tapping>>> {
        // Each change is one push or one retain.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to keep the sound of a call; none when too much is kept already.
    pub(super) fn begin(&self, tenant: TenantId, call: CallId, base: (Instant, i64)) -> Option<Arc<Tapping>> {
        let mut open = self.open();
        if self.most_bytes == 0 || open.len() >= MOST_CALLS {
            metrics::counter!("alo_captures_left_out_total").increment(1);
            return None;
        }
        let path = path(&self.folder, tenant, call);
        let tapping = Arc::new(Tapping { path, base, taken: AtomicU64::new(0), waiting: Mutex::default() });
        open.push(tapping.clone());
        Some(tapping)
    }

    /// What came in since the last round. Calls whose legs are closed are forgotten.
    pub(super) fn waiting(&self) -> Batch {
        let mut portions = Vec::new();
        self.open().retain(|tapping| {
            // Asked first: what the last leg added until then is fetched below.
            let is_over = Arc::strong_count(tapping) == 1;
            let records = std::mem::take(&mut *tapping.waiting());
            if !records.is_empty() {
                portions.push((tapping.path.clone(), records));
            }
            !is_over
        });
        Batch { folder: self.folder.clone(), most_bytes: self.most_bytes, portions }
    }

    /// The libpcap file of a call's sound, should there be one.
    pub(super) fn file(&self, tenant: TenantId, call: CallId) -> PathBuf {
        path(&self.folder, tenant, call)
    }
}

fn path(folder: &Path, tenant: TenantId, call: CallId) -> PathBuf {
    folder.join(format!("{tenant}.{call}.pcap"))
}

impl Tapping {
    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        // A record is added whole or, after a panic, cut off: readers leave such a one out.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl media::Tap for Tapping {
    fn packet(&self, at: Instant, sent: bool, local: SocketAddr, remote: SocketAddr, packet: &[u8]) {
        let size = packet.len() as u64 + 64;
        let mut waiting = self.waiting();
        if waiting.len() > MOST_WAITING || self.taken.fetch_add(size, Ordering::Relaxed) + size > MOST_OF_A_CALL {
            return;
        }
        let since = i64::try_from(at.saturating_duration_since(self.base.0).as_micros()).unwrap_or(i64::MAX);
        let (from, to) = if sent { (local, remote) } else { (remote, local) };
        pcap::add(&mut waiting, self.base.1.saturating_add(since), from, to, packet);
    }
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.portions.is_empty()
    }

    /// Writes it. Not for a runtime's thread.
    pub(super) fn write(&self) {
        if self.is_empty() {
            return;
        }
        for (path, records) in &self.portions {
            if let Err(error) = append(path, records) {
                metrics::counter!("alo_captures_left_out_total").increment(1);
                tracing::warn!(%error, "captured sound cannot be kept: look at the disk");
            }
        }
        self.tidy();
    }

    /// Removes the oldest files until the sum is right; those that are being written stay.
    fn tidy(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<(std::time::SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let meta = entry.metadata().ok()?;
                Some((meta.modified().ok()?, meta.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut sum: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in files {
            if sum <= self.most_bytes {
                return;
            }
            let is_written = self.portions.iter().any(|(written, _)| *written == path);
            if !is_written && fs::remove_file(&path).is_ok() {
                sum -= size;
            }
        }
    }
}

fn append(path: &Path, records: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::options().create(true).append(true).open(path)?;
    if file.metadata()?.len() == 0 {
        file.write_all(&pcap::header())?;
    }
    file.write_all(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::Tap;
    use model::Id;

    #[test]
    fn packets_of_a_call_are_bounded_and_reach_its_file() {
        let folder = std::env::temp_dir().join(format!("alo-sound-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let sound = Sound::new(folder.clone(), 4 << 20);
        let (tenant, begun) = (TenantId::from_bits(1), Instant::now());
        let (here, there) = ("127.0.0.1:4000".parse().expect("an address"), "127.0.0.2:5000".parse().expect("one"));
        for number in 0..3u128 {
            let tapping = sound.begin(tenant, CallId::from_bits(number), (begun, 1_000_000)).expect("room");
            for _ in 0..2_000 {
                tapping.packet(begun, number % 2 == 0, here, there, &[7; 1_000]);
            }
            drop(tapping);
            let batch = sound.waiting();
            batch.write();
            assert!(sound.open().is_empty(), "the call is over");
        }
        let kept: Vec<bool> = (0..3u128).map(|n| sound.file(tenant, CallId::from_bits(n)).exists()).collect();
        assert_eq!(kept, [false, true, true], "the oldest went");
        let file = fs::read(sound.file(tenant, CallId::from_bits(2))).expect("a file");
        assert_eq!(pcap::records(&file).len(), 2_000);

        let endless = sound.begin(tenant, CallId::from_bits(9), (begun, 0)).expect("room");
        for _ in 0..20_000 {
            endless.packet(begun, true, here, there, &[7; 1_000]);
        }
        assert!(endless.waiting().len() <= MOST_WAITING + 2_000);
        let _ = fs::remove_dir_all(&folder);
    }
}
