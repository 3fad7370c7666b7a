//! Room kept back for records when the disk is full otherwise.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The reserve as it should be. Taking it writes and syncs a big file: that belongs on a thread that may wait, without
/// the spool.
#[derive(Debug, Clone)]
pub struct Reserve {
    pub(super) folder: PathBuf,
    pub(super) bytes: u64,
}

impl Reserve {
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join("reserve")
    }

    /// Whether the whole reserve is there.
    pub(super) fn is_taken(&self) -> bool {
        self.bytes == 0 || fs::metadata(self.path()).is_ok_and(|found| found.len() == self.bytes)
    }

    /// Takes it if twice as much is free: the last room of a disk belongs to recordings and to the database.
    pub fn take(&self) -> io::Result<()> {
        if self.is_taken() {
            return Ok(());
        }
        let path = self.path();
        // What a former try left behind is room too.
        remove(&path)?;
        if free_bytes(&self.folder)? / 2 < self.bytes {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = write_zeros(&path, self.bytes);
        if written.is_err() {
            remove(&path)?;
        }
        written
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Real blocks, not a hole: only written bytes are promised by the file system.
fn write_zeros(path: &Path, mut left: u64) -> io::Result<()> {
    let block = vec![0u8; 1 << 20];
    let mut file = File::create(path)?;
    while left > 0 {
        let part = left.min(block.len() as u64) as usize;
        file.write_all(&block[..part])?;
        left -= part as u64;
    }
    file.sync_data()
}

/// Free bytes of the disk under a path, for a process without privileges.
fn free_bytes(path: &Path) -> io::Result<u64> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: all zero is a valid value of this struct of integers.
    let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path ends with a zero byte and the kernel fills the struct; both outlive the call.
    if unsafe { libc::statvfs(path.as_ptr(), &raw mut stat) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
