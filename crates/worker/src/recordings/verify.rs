//! The check of a company's recordings against its manifest: the chain from its first entry to its head, each file that should
//! be there, and files that nobody entered. Reads page by page, so the size of a company does not matter.

use super::hash;
use futures_util::StreamExt;
use model::{CallId, Problem, TenantId};
use pbx::recording::keeping;
use pbx::recording::manifest::{self, Entry, Head, Kind, hexadecimal};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use store::Db;
use store::objects::Objects;

const PAGE: u32 = 500;
/// The most faults that are told of one company.
const MOST: usize = 100;
/// A file this young may not have reached the database yet.
const YOUNG: Duration = Duration::from_secs(60);

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The chain breaks at this entry.
    Chain {
        /// Its number.
        seq: i64,
        /// How.
        why: &'static str,
    },
    /// The last entry is another than the head says: entries are missing at the end.
    Head {
        /// The number of the last entry that is there.
        seq: i64,
        /// The one that should be.
        head: i64,
    },
    /// A file that was entered and not deleted is not there.
    Missing {
        /// The entry's number.
        seq: i64,
        /// The file.
        file: String,
    },
    /// A file is another than was entered.
    Altered {
        /// The entry's number.
        seq: i64,
        /// The file.
        file: String,
    },
    /// A file that the manifest says is deleted, or has never known.
    Added {
        /// The file.
        file: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Chain { seq, why } => write!(f, "the chain breaks at entry {seq}: {why}"),
            Fault::Head { seq, head } => write!(f, "the last entry is {seq}, and should be {head}: the end is cut off"),
            Fault::Missing { seq, file } => write!(f, "missing: {file} (entry {seq})"),
            Fault::Altered { seq, file } => write!(f, "altered: {file} (entry {seq})"),
            Fault::Added { file } => write!(f, "added: {file} stands in no entry"),
        }
    }
}

/// What the check of one company found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries were read.
    pub entries: u64,
    /// How many files were read, or deleted as they should be.
    pub files: u64,
    /// Where the chain ends. Kept elsewhere, it shows later that nothing before it was changed.
    pub head: Head,
    /// What is wrong, the first first; at most 100.
    pub faults: Vec<Fault>,
}

impl Verdict {
    fn add(&mut self, fault: Fault) {
        if self.faults.len() < MOST {
            self.faults.push(fault);
        }
    }
}

/// Checks one company.
///
/// # Errors
/// When the database, the disk or the object store cannot be read.
pub async fn company(db: &Db, objects: &Objects, tenant: TenantId) -> Result<Verdict, Problem> {
    let mut verdict = Verdict::default();
    let mut whole = true;
    // Before the entries: what is entered while we read is behind it.
    let told = manifest::head(&model::Actor::system(tenant), db).await?;
    loop {
        let page = manifest::after(db, tenant, verdict.head.seq, PAGE).await?;
        if page.is_empty() {
            break;
        }
        let calls: Vec<CallId> = page.iter().map(|entry| entry.call).collect();
        let deleted: HashSet<String> = manifest::deleted_among(db, tenant, &calls).await?.into_iter().collect();
        for entry in page {
            if let (true, Err(why)) = (whole, entry.follows(&verdict.head, tenant)) {
                whole = false;
                verdict.add(Fault::Chain { seq: entry.seq, why });
            }
            verdict.entries += 1;
            verdict.head = Head { seq: entry.seq, hash: entry.hash.clone() };
            if entry.kind == Kind::Added && !deleted.contains(&entry.call.to_string()) {
                check_file(db, objects, tenant, &entry, &mut verdict).await?;
            }
            verdict.files += u64::from(entry.kind == Kind::Added);
        }
    }
    if verdict.head.seq < told.seq || (verdict.head.seq == told.seq && verdict.head.hash != told.hash) {
        verdict.add(Fault::Head { seq: verdict.head.seq, head: told.seq });
    }
    strangers(db, objects, tenant, &mut verdict).await?;
    Ok(verdict)
}

async fn check_file(
    db: &Db,
    objects: &Objects,
    tenant: TenantId,
    entry: &Entry,
    verdict: &mut Verdict,
) -> Result<(), Problem> {
    let path = objects.path(&entry.file);
    let here = tokio::task::spawn_blocking(move || hash(&path)).await.map_err(super::internal)?;
    let found = match here {
        Ok((sha256, _)) => Some(sha256),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            remote_hash(objects, &entry.file).await.map_err(super::internal)?
        }
        Err(error) => return Err(super::internal(error)),
    };
    let (seq, file) = (entry.seq, entry.file.clone());
    match found {
        Some(sha256) if sha256 == entry.sha256 => {}
        Some(_) => verdict.add(Fault::Altered { seq, file }),
        None => {
            // Deleted since the page was read?
            let now_deleted = manifest::deleted_among(db, tenant, &[entry.call]).await?;
            if now_deleted.is_empty() {
                verdict.add(Fault::Missing { seq, file });
            }
        }
    }
    Ok(())
}

/// The hash of a file in the object store, read piece by piece; none when there is none.
async fn remote_hash(objects: &Objects, name: &str) -> io::Result<Option<String>> {
    if !objects.has_bucket() {
        return Ok(None);
    }
    let Some(size) = objects.size(name).await? else { return Ok(None) };
    let (mut digest, mut pieces) = (Sha256::new(), objects.read(name, 0..size).await?);
    while let Some(piece) = pieces.next().await {
        digest.update(&piece?);
    }
    Ok(Some(hexadecimal(&digest.finalize())))
}

/// Files that nobody entered.
async fn strangers(db: &Db, objects: &Objects, tenant: TenantId, verdict: &mut Verdict) -> Result<(), Problem> {
    let folder = format!("recordings/{tenant}");
    let (data, below) = (objects.data().to_owned(), folder.clone());
    let files = tokio::task::spawn_blocking(move || local_files(&data, &below)).await.map_err(super::internal)?;
    for part in files.map_err(super::internal)?.chunks(PAGE as usize) {
        check_names(db, tenant, part, verdict).await?;
    }
    let mut names = objects.names(&folder).chunks(PAGE as usize);
    while let Some(part) = names.next().await {
        let part: io::Result<Vec<String>> = part.into_iter().collect();
        check_names(db, tenant, &part.map_err(super::internal)?, verdict).await?;
    }
    Ok(())
}

async fn check_names(db: &Db, tenant: TenantId, names: &[String], verdict: &mut Verdict) -> Result<(), Problem> {
    let call = |name: &String| Path::new(name).file_stem()?.to_str()?.parse::<CallId>().ok();
    let calls: Vec<CallId> = names.iter().filter_map(call).collect();
    let known: HashSet<String> = manifest::known_among(db, tenant, &calls).await?.into_iter().collect();
    let deleted: HashSet<String> = manifest::deleted_among(db, tenant, &calls).await?.into_iter().collect();
    for name in names {
        let told_deleted = call(name).is_some_and(|call| deleted.contains(&call.to_string()));
        if known.contains(name) && !told_deleted {
            continue;
        }
        // The keeper deletes the row first and the file soon after.
        let waits = match call(name) {
            Some(call) if told_deleted => {
                keeping::find(db, tenant, call).await?.is_some_and(|kept| kept.storage != keeping::Storage::Gone)
            }
            _ => false,
        };
        if !waits {
            verdict.add(Fault::Added { file: name.clone() });
        }
    }
    Ok(())
}

/// The names of all files below a folder of the data directory, but for the youngest.
fn local_files(data: &Path, folder: &str) -> io::Result<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from(folder)]);
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(data.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let (name, meta) = (folder.join(entry.file_name()), entry.metadata()?);
            if meta.is_dir() {
                folders.push(name);
                continue;
            }
            let age = meta.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            if age.is_none_or(|age| age >= YOUNG) {
                found.push(name.to_string_lossy().into_owned());
            }
        }
    }
    Ok(found)
}
