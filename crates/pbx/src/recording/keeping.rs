//! What the keeper of recordings needs of the database (`worker::recordings`): whose time is over, which have no hash yet,
//! which wait to be carried to the object store. Each step can be taken again after a kill at any place.

use super::manifest::{self, Fact, Kind};
use super::{DAY_MS, repo};
use model::{CallId, Problem, TenantId};
use store::{Db, NewEvent};

/// Where the file of a recording lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Storage {
    /// In the data directory.
    Local,
    /// There and in the object store.
    Both,
    /// In the object store.
    Remote,
    /// Nowhere: it was deleted.
    Gone,
}

impl Storage {
    pub(crate) const ALL: [(Storage, &'static str); 4] =
        [(Storage::Local, "local"), (Storage::Both, "both"), (Storage::Remote, "remote"), (Storage::Gone, "gone")];

    /// Whether there is something in the object store.
    pub fn is_remote(self) -> bool {
        matches!(self, Storage::Both | Storage::Remote)
    }
}

/// A recording as the keeper knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose.
    pub tenant: TenantId,
    /// Of which call.
    pub call: CallId,
    /// From the data directory on; also its name in the object store.
    pub file: String,
    /// How long the file is.
    pub size_bytes: i64,
    /// The SHA-256 of the file, hexadecimal, when it is known.
    pub sha256: Option<String>,
    /// Where it lies.
    pub storage: Storage,
    /// When it was finished, milliseconds since 1970.
    pub created_at: i64,
    /// When it was deleted, as its row says.
    pub deleted_at: Option<i64>,
}

/// Recordings without a hash: of earlier versions.
pub async fn unhashed(db: &Db, limit: u32) -> Result<Vec<Kept>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::unhashed(&mut tx, limit).await?)
}

/// Enters one of them, once.
pub async fn enter(db: &Db, kept: &Kept, sha256: &str, now: i64) -> Result<(), Problem> {
    let mut tx = db.write(kept.tenant).await?;
    if repo::set_hash(&mut tx, kept.call, sha256).await? {
        let (call, file, size_bytes) = (kept.call, kept.file.clone(), kept.size_bytes);
        let fact = Fact { kind: Kind::Added, call, file, sha256: sha256.to_owned(), size_bytes, at: now };
        manifest::append(&mut tx, kept.tenant, fact).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Those whose time is over, some of each company.
pub async fn due(db: &Db, now: i64, limit: u32) -> Result<Vec<Kept>, Problem> {
    let mut tx = db.system().await?;
    let bounds = repo::keep_days(&mut tx).await?;
    let mut found = Vec::new();
    for (tenant, days) in bounds {
        found.extend(repo::older_than(&mut tx, tenant, now - days * DAY_MS, limit).await?);
    }
    Ok(found)
}

/// Writes that one is deleted; its file goes afterwards. False when it is held by now, or was deleted before.
pub async fn delete(db: &Db, kept: &Kept, now: i64) -> Result<bool, Problem> {
    let mut tx = db.write(kept.tenant).await?;
    let deleted = repo::set_deleted(&mut tx, kept.call, now).await?;
    if deleted {
        let (call, file, size_bytes) = (kept.call, kept.file.clone(), kept.size_bytes);
        let sha256 = kept.sha256.clone().unwrap_or_default();
        manifest::append(&mut tx, kept.tenant, Fact { kind: Kind::Deleted, call, file, sha256, size_bytes, at: now })
            .await?;
        let data = serde_json::json!({ "call": kept.call.to_string() }).to_string();
        tx.emit(NewEvent { kind: "recording.deleted", call: Some(kept.call), data });
    }
    tx.commit().await?;
    Ok(deleted)
}

/// Deleted ones whose files may be there still.
pub async fn leftovers(db: &Db, limit: u32) -> Result<Vec<Kept>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::leftovers(&mut tx, limit).await?)
}

/// Those that lie in the data directory and are to be carried to the object store, oldest first, from the one after
/// this time and call on.
pub async fn to_carry(db: &Db, after: Option<(i64, CallId)>, limit: u32) -> Result<Vec<Kept>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::to_carry(&mut tx, after, limit).await?)
}

/// Writes where a recording lies by now; false when that changed meanwhile.
pub async fn moved(db: &Db, kept: &Kept, to: Storage) -> Result<bool, Problem> {
    let mut tx = db.write(kept.tenant).await?;
    let moved = repo::set_storage(&mut tx, kept.call, kept.storage, to).await?;
    tx.commit().await?;
    Ok(moved)
}

/// All companies, for the check.
pub async fn companies(db: &Db) -> Result<Vec<(TenantId, String)>, Problem> {
    let mut tx = db.system().await?;
    Ok(repo::companies(&mut tx).await?)
}

/// One recording.
pub async fn find(db: &Db, tenant: TenantId, call: CallId) -> Result<Option<Kept>, Problem> {
    let mut tx = db.read(tenant).await?;
    Ok(repo::find_kept(&mut tx, call).await?)
}
