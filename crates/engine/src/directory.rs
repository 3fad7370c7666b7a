//! The configuration as calls see it: an immutable snapshot in memory, replaced when the configuration changed. It
//! answers the SIP stack's questions and calls' routing questions without ever touching SQL.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use model::{Id, Problem};
use pbx::Snapshot;
use store::Db;
use tokio::task::JoinHandle;

/// How often the configuration's number is looked up, for changes made by another process.
const POLL: Duration = Duration::from_secs(1);

/// The newest snapshot.
pub(crate) struct Directory {
    snapshot: RwLock<Arc<Snapshot>>,
}

impl Directory {
    pub(crate) async fn load(db: &Db) -> Result<Arc<Directory>, Problem> {
        let snapshot = Arc::new(Snapshot::load(db).await?);
        Ok(Arc::new(Directory { snapshot: RwLock::new(snapshot) }))
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the task that follows changes; `changed` is told each new snapshot.
    pub(crate) fn follow(
        self: &Arc<Self>,
        db: Db,
        changed: impl Fn(&Snapshot) + Send + Sync + 'static,
    ) -> JoinHandle<()> {
        let directory = self.clone();
        tokio::spawn(async move {
            let mut told = db.watch_config();
            loop {
                // Either ends the wait: a change of our own process, or the time to look for others' changes.
                let _ = tokio::time::timeout(POLL, told.changed()).await;
                if let Err(error) = directory.refresh(&db, &changed).await {
                    metrics::counter!("alo_config_refresh_errors_total").increment(1);
                    tracing::warn!(%error, "the configuration cannot be read; calls go on with the last one");
                }
            }
        })
    }

    async fn refresh(&self, db: &Db, changed: &(impl Fn(&Snapshot) + Send + Sync)) -> Result<(), Problem> {
        let old = self.snapshot();
        if db.config_version().await? == old.version() {
            return Ok(());
        }
        let new = Arc::new(old.reload(db).await?);
        changed(&new);
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }
}

impl sip::Directory for Directory {
    fn account(&self, domain: &str, user: &str) -> Option<sip::Account> {
        let snapshot = self.snapshot();
        let account = snapshot.account(domain, user)?;
        Some(sip::Account {
            key: account.extension.bits(),
            realm: account.realm,
            ha1_md5: account.ha1_md5,
            ha1_sha256: account.ha1_sha256,
        })
    }

    fn realm(&self, domain: &str) -> String {
        self.snapshot().realm(domain)
    }

    fn carrier(&self, source: IpAddr) -> bool {
        self.snapshot().carrier(source)
    }
}
