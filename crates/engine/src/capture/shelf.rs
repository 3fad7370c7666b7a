//! Where captures of ended calls lie: one after another in files of some megabytes, so that a thousand calls cost a few
//! writes. The oldest file goes when there are too many bytes or it is too old. There is no index: a call's id tells
//! when it began, and it can only lie in files that were written later.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bus::capture::Capture;
use model::{CallId, Id, TenantId};

use super::form;

const MAGIC: &[u8; 4] = b"alo1";
/// Mark, length, company, call.
const HEAD: usize = 4 + 4 + 16 + 16;
/// No capture is larger: what says so is broken.
const LARGEST: u32 = 16 << 20;
/// Into how many files the whole amount is divided.
const FILES: u64 = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    most_bytes: u64,
    keep: Duration,
    open: Option<(File, u64)>,
}

impl Shelf {
    /// Files below `folder`, of `most_bytes` all together, kept for `keep`.
    pub(super) fn new(folder: PathBuf, most_bytes: u64, keep: Duration) -> Shelf {
        Shelf { folder, most_bytes, keep, open: None }
    }

    /// Adds captures of ended calls.
    pub(super) fn add(&mut self, captures: &[Capture]) -> io::Result<()> {
        let mut batch = Vec::new();
        for capture in captures {
            let body = form::write(capture);
            if body.len() > LARGEST as usize {
                continue;
            }
            batch.extend_from_slice(MAGIC);
            batch.extend_from_slice(&(body.len() as u32).to_le_bytes());
            batch.extend_from_slice(&capture.tenant.bits().to_le_bytes());
            batch.extend_from_slice(&capture.call.bits().to_le_bytes());
            batch.extend_from_slice(&body);
        }
        let (file, size) = self.writable()?;
        if let Err(error) = file.write_all(&batch) {
            // What was written in part must not hide what comes later.
            let _ = file.set_len(*size);
            let _ = file.seek(SeekFrom::Start(*size));
            return Err(error);
        }
        *size += batch.len() as u64;
        Ok(())
    }

    fn writable(&mut self) -> io::Result<&mut (File, u64)> {
        let full = self.open.as_ref().is_some_and(|(_, size)| *size >= (self.most_bytes / FILES).max(1));
        if full || self.open.is_none() {
            fs::create_dir_all(&self.folder)?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
            // Behind all that are there, also when several begin in one millisecond or the clock was set back: the names
            // say which is the newest.
            let last = files(&self.folder).last().and_then(|path| path.file_stem()?.to_str()?.parse::<u64>().ok());
            let name = last.map_or(now, |last| now.max(last.saturating_add(1)));
            let file = File::options().create_new(true).append(true).open(self.folder.join(format!("{name}.sip")))?;
            self.open = Some((file, 0));
            self.tidy();
        }
        self.open.as_mut().ok_or_else(|| io::Error::other("no file"))
    }

    /// Removes what is too old or too much, but never the newest file.
    pub(super) fn tidy(&self) {
        let now = SystemTime::now();
        let (mut sum, mut newest) = (0, true);
        for path in files(&self.folder).into_iter().rev() {
            let Ok(meta) = fs::metadata(&path) else { continue };
            sum += meta.len();
            let age = meta.modified().ok().and_then(|at| now.duration_since(at).ok()).unwrap_or_default();
            if !newest
                && (sum > self.most_bytes || age > self.keep)
                && let Err(error) = fs::remove_file(&path)
            {
                tracing::warn!(path = %path.display(), %error, "old captures cannot be removed");
            }
            newest = false;
        }
    }
}

/// The capture of an ended call of the company. Reads files: not for a runtime's thread.
pub(super) fn find(folder: &Path, tenant: TenantId, call: CallId) -> Option<Capture> {
    let began = UNIX_EPOCH + Duration::from_millis(u64::try_from(call.bits() >> 80).ok()?);
    files(folder).into_iter().find_map(|path| {
        let written = fs::metadata(&path).and_then(|meta| meta.modified()).ok()?;
        // A file system's clock may be coarse, and the wall clock may have been set back a little.
        if written + Duration::from_secs(60) < began {
            return None;
        }
        look_into(&path, tenant, call).ok().flatten()
    })
}

fn look_into(path: &Path, tenant: TenantId, call: CallId) -> io::Result<Option<Capture>> {
    let mut file = io::BufReader::new(File::open(path)?);
    let mut head = [0; HEAD];
    while file.read_exact(&mut head).is_ok() {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        if &head[..4] != MAGIC || length > LARGEST {
            break;
        }
        let id = |at: usize| head[at..at + 16].try_into().map(u128::from_le_bytes).unwrap_or_default();
        if id(8) == tenant.bits() && id(24) == call.bits() {
            let mut body = vec![0; length as usize];
            file.read_exact(&mut body)?;
            return Ok(form::read(tenant, call, &body));
        }
        file.seek_relative(i64::from(length))?;
    }
    Ok(None)
}

/// The files, oldest first.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    let mut found: Vec<(u64, PathBuf)> = entries
        .unwrap_or_else(|_| Vec::new())
        .into_iter()
        .filter(|path: &PathBuf| path.extension().is_some_and(|end| end == "sip"))
        .filter_map(|path| Some((path.file_stem()?.to_str()?.parse().ok()?, path)))
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::form::tests::example;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("alo-shelf-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            Folder(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const LONG: Duration = Duration::from_secs(3_600);

    fn call(number: u128) -> CallId {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        CallId::from_parts(since.as_millis() as u64, number)
    }

    #[test]
    fn a_capture_is_found_by_its_company_and_by_no_other() {
        let folder = Folder::new("found");
        let mut shelf = Shelf::new(folder.0.clone(), 1 << 20, LONG);
        let all: Vec<Capture> = (0..100).map(|n| example(call(n))).collect();
        shelf.add(&all[..50]).expect("room");
        shelf.add(&all[50..]).expect("room");
        let wanted = &all[73];
        assert_eq!(find(&folder.0, wanted.tenant, wanted.call).as_ref(), Some(wanted));
        assert_eq!(find(&folder.0, TenantId::from_bits(4), wanted.call), None);
        assert_eq!(find(&folder.0, wanted.tenant, call(1_000)), None);
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much() {
        let folder = Folder::new("tidy");
        let size = form::write(&example(call(0))).len() as u64 + HEAD as u64;
        let mut shelf = Shelf::new(folder.0.clone(), size * 32, LONG);
        let all: Vec<Capture> = (0..200).map(|n| example(call(n))).collect();
        for capture in &all {
            shelf.add(std::slice::from_ref(capture)).expect("room");
        }
        let sum: u64 = files(&folder.0).iter().map(|path| fs::metadata(path).expect("a file").len()).sum();
        assert!(sum <= size * 34, "{sum} of {}", size * 32);
        assert_eq!(find(&folder.0, all[0].tenant, all[0].call), None);
        assert!(find(&folder.0, all[199].tenant, all[199].call).is_some());
        Shelf::new(folder.0.clone(), size * 32, Duration::ZERO).tidy();
        assert_eq!(files(&folder.0).len(), 1, "the newest stays");
    }

    #[test]
    fn a_file_that_was_cut_off_gives_what_is_whole() {
        let folder = Folder::new("cut");
        let mut shelf = Shelf::new(folder.0.clone(), 1 << 20, LONG);
        let (one, two) = (example(call(1)), example(call(2)));
        shelf.add(&[one.clone(), two.clone()]).expect("room");
        let path = &files(&folder.0)[0];
        let file = File::options().write(true).open(path).expect("a file");
        file.set_len(fs::metadata(path).expect("a file").len() - 5).expect("cut");
        assert_eq!(find(&folder.0, one.tenant, one.call), Some(one));
        assert_eq!(find(&folder.0, two.tenant, two.call), None);
    }
}
