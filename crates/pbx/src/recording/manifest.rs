//! The manifest: one chain of entries for each company, each with the hash of the one before. An entry is appended in the
//! transaction that writes that a recording is finished, or that its time is over; so who changes, takes away or adds a file
//! or an entry later breaks the chain, or leaves a file that no entry knows.

use super::repo;
use model::{Actor, CallId, Permission, Problem, TenantId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Db, Error, Tx};

/// What an entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecordingManifestKind))]
pub enum Kind {
    /// A recording is finished.
    Added,
    /// Its time was over, and it was deleted.
    Deleted,
}

impl Kind {
    pub(super) const ALL: [(Kind, &'static str); 2] = [(Kind::Added, "added"), (Kind::Deleted, "deleted")];
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecordingManifestEntry))]
pub struct Entry {
    /// Its number, from 1 without a gap.
    pub seq: i64,
    /// What it tells.
    pub kind: Kind,
    /// Of which call.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub call: CallId,
    /// The file, from the data directory on.
    pub file: String,
    /// The SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// How long the file is.
    pub size_bytes: i64,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The hash of the entry before; empty for the first.
    pub previous: String,
    /// The hash of this entry.
    pub hash: String,
}

/// A file as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) kind: Kind,
    pub(crate) call: CallId,
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) size_bytes: i64,
    pub(crate) at: i64,
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecordingManifestHead))]
pub struct Head {
    /// The number of the last entry; 0 without one.
    pub seq: i64,
    /// Its hash. Kept elsewhere, it shows later that nothing before it was changed.
    pub hash: String,
}

impl Entry {
    /// The hash that belongs to the entry.
    pub fn right_hash(&self, tenant: TenantId) -> String {
        let kind = crate::trunk::word(&Kind::ALL, self.kind);
        let (call, file) = (self.call, &self.file);
        let text = format!(
            "alo recording manifest 1\n{tenant}\n{}\n{kind}\n{call}\n{file}\n{}\n{}\n{}\n{}\n",
            self.seq, self.sha256, self.size_bytes, self.at, self.previous
        );
        hexadecimal(&Sha256::digest(text.as_bytes()))
    }

    /// Whether it follows this head.
    pub fn follows(&self, head: &Head, tenant: TenantId) -> Result<(), &'static str> {
        if self.seq != head.seq + 1 {
            return Err("an entry is missing before it");
        }
        if self.previous != head.hash {
            return Err("it does not hold the hash of the entry before");
        }
        if self.hash != self.right_hash(tenant) {
            return Err("it was changed: its hash is another");
        }
        Ok(())
    }
}

/// Bytes as hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Appends an entry. The head's row stays locked until the transaction ends, so entries have the order of commits.
pub(crate) async fn append(tx: &mut Tx, tenant: TenantId, fact: Fact) -> Result<(), Error> {
    let head = repo::lock_head(tx, tenant).await?;
    let Fact { kind, call, file, sha256, size_bytes, at } = fact;
    let (seq, previous) = (head.seq + 1, head.hash);
    let mut entry = Entry { seq, kind, call, file, sha256, size_bytes, at, previous, hash: String::new() };
    entry.hash = entry.right_hash(tenant);
    repo::insert_entry(tx, tenant, &entry).await
}

/// Some entries after this number, in order; for the check.
pub async fn after(db: &Db, tenant: TenantId, seq: i64, limit: u32) -> Result<Vec<Entry>, Problem> {
    let mut tx = db.read(tenant).await?;
    Ok(repo::entries(&mut tx, seq, limit).await?)
}

/// Where the company's chain ends, as the database says.
pub async fn head(actor: &Actor, db: &Db) -> Result<Head, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::head(&mut tx).await?)
}

/// The company's entries after this number, in order.
pub async fn list(actor: &Actor, db: &Db, seq: i64, limit: u32) -> Result<Vec<Entry>, Problem> {
    actor.require(Permission::ViewCalls)?;
    after(db, actor.tenant, seq, limit.clamp(1, 200)).await
}

/// Which of these calls' recordings the manifest says are deleted, by the calls' ids; for the check.
pub async fn deleted_among(db: &Db, tenant: TenantId, calls: &[CallId]) -> Result<Vec<String>, Problem> {
    let mut tx = db.read(tenant).await?;
    Ok(repo::deleted_among(&mut tx, calls).await?)
}

/// The files that the manifest knows of these calls; for the check.
pub async fn known_among(db: &Db, tenant: TenantId, calls: &[CallId]) -> Result<Vec<String>, Problem> {
    let mut tx = db.read(tenant).await?;
    Ok(repo::known_among(&mut tx, calls).await?)
}
