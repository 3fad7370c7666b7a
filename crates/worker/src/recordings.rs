//! The keeper of recordings: enters those of earlier versions in the manifest, carries finished ones to the object store, and
//! deletes those whose time is over. What it has done stands in the database, each step can be taken again; so a kill at any
//! place costs nothing.

pub mod verify;

use model::{CallId, Problem};
use pbx::recording::keeping::{self, Kept, Storage};
use pbx::recording::manifest::hexadecimal;
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;
use store::objects::Objects;
use store::{Db, now};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How often to look.
const POLL: Duration = Duration::from_secs(5);
/// How many recordings are taken at a time.
const AT_ONCE: u32 = 100;
/// How long a file that is not here may be another process' to delete.
const ELSEWHERE_MS: i64 = 24 * 3_600 * 1_000;
/// How long to wait after the object store failed.
const AWAY: Duration = Duration::from_secs(30);

/// The running keeper.
#[derive(Debug)]
pub struct Keeper {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Keeper {
    /// Starts it.
    pub fn start(db: Db, objects: Objects) -> Keeper {
        let (stop, stopped) = oneshot::channel();
        Keeper { stop, running: tokio::spawn(run(db, objects, stopped)) }
    }

    /// Stops it, between two recordings or in the middle of one: the next one goes on.
    pub async fn stop(self) {
        // It has ended already when nobody listens.
        let _ = self.stop.send(());
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the keeper of recordings ended badly");
        }
    }
}

async fn run(db: Db, objects: Objects, mut stopped: oneshot::Receiver<()>) {
    let mut said = false;
    loop {
        let looked = tokio::select! {
            _ = &mut stopped => return,
            looked = look(&db, &objects) => looked,
        };
        let wait = match looked {
            Ok(()) => {
                said = false;
                POLL
            }
            Err(problem) => {
                // Once for each time it goes wrong.
                if !std::mem::replace(&mut said, true) {
                    tracing::error!(%problem, "recordings cannot be kept as they should be; it is tried again");
                }
                metrics::counter!("alo_recordings_kept_failed_total").increment(1);
                AWAY
            }
        };
        tokio::select! {
            _ = &mut stopped => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One round: what is to be done now is done.
pub async fn look(db: &Db, objects: &Objects) -> Result<(), Problem> {
    enter_old(db, objects).await?;
    // A file that is to go need not be carried first.
    loop {
        let due = keeping::due(db, now().as_millis(), AT_ONCE).await?;
        let mut deleted = 0;
        for kept in &due {
            deleted += u32::from(keeping::delete(db, kept, now().as_millis()).await?);
        }
        if deleted == 0 {
            break;
        }
        tracing::info!(deleted, "recordings whose time was over are deleted");
    }
    for kept in keeping::leftovers(db, AT_ONCE).await? {
        remove(db, objects, &kept).await?;
    }
    if objects.has_bucket() { carry_all(db, objects).await } else { Ok(()) }
}

/// Recordings that an earlier version made have no hash.
async fn enter_old(db: &Db, objects: &Objects) -> Result<(), Problem> {
    for kept in keeping::unhashed(db, AT_ONCE).await? {
        let path = objects.path(&kept.file);
        let hashed = tokio::task::spawn_blocking(move || hash(&path)).await.map_err(internal)?;
        match hashed {
            Ok((sha256, _)) => keeping::enter(db, &kept, &sha256, now().as_millis()).await?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(internal(error)),
        }
    }
    Ok(())
}

/// The file of a deleted recording goes, then its row says so.
async fn remove(db: &Db, objects: &Objects, kept: &Kept) -> Result<(), Problem> {
    let here = match tokio::fs::remove_file(objects.path(&kept.file)).await {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(internal(error)),
    };
    let old = kept.deleted_at.is_none_or(|at| now().as_millis() - at > ELSEWHERE_MS);
    if kept.storage.is_remote() {
        objects.delete(&kept.file).await.map_err(internal)?;
    } else if !here && !old {
        return Ok(());
    }
    keeping::moved(db, kept, Storage::Gone).await?;
    Ok(())
}

async fn carry_all(db: &Db, objects: &Objects) -> Result<(), Problem> {
    let mut after: Option<(i64, CallId)> = None;
    loop {
        let part = keeping::to_carry(db, after, AT_ONCE).await?;
        let Some(last) = part.last() else { return Ok(()) };
        after = Some((last.created_at, last.call));
        for kept in part {
            carry(db, objects, kept).await?;
        }
    }
}

/// Up first, then the row, then the file here.
async fn carry(db: &Db, objects: &Objects, mut kept: Kept) -> Result<(), Problem> {
    if kept.storage == Storage::Local {
        let size = match objects.put(&kept.file).await {
            Ok(size) => size,
            // Another process' file.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(internal(error)),
        };
        if objects.size(&kept.file).await.map_err(internal)? != Some(size) {
            return Err(internal(format!("{} came to the object store with another size", kept.file)));
        }
        if !keeping::moved(db, &kept, Storage::Both).await? {
            return Ok(());
        }
        kept.storage = Storage::Both;
        metrics::counter!("alo_recordings_carried_total").increment(1);
    }
    match tokio::fs::remove_file(objects.path(&kept.file)).await {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(internal(error)),
    }
    keeping::moved(db, &kept, Storage::Remote).await?;
    Ok(())
}

/// The SHA-256 of a file, hexadecimal, and its size.
fn hash(path: &Path) -> io::Result<(String, u64)> {
    let mut file = std::fs::File::open(path)?;
    let (mut digest, mut part, mut size) = (Sha256::new(), vec![0; 64 * 1024], 0);
    loop {
        match file.read(&mut part)? {
            0 => return Ok((hexadecimal(&digest.finalize()), size)),
            read => {
                size += read as u64;
                digest.update(&part[..read]);
            }
        }
    }
}

fn internal(error: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("Recordings: {error}"))
}

#[cfg(test)]
mod tests;
