//! The configuration as calls see it: an immutable snapshot in memory, replaced when the configuration changed. It
//! answers the SIP stack's questions and calls' routing questions without ever touching SQL.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bus::Bus;
use model::{ExtensionId, Id, PhoneNumber, Problem, TrunkId};
use pbx::Snapshot;
use pbx::snapshot::{Source, Tenant, Trunk};
use pbx::trunk::Kind;
use store::Db;
use tokio::task::JoinHandle;

use crate::addresses::Addresses;

/// How often the configuration's number is looked up, for changes made by another process.
const POLL: Duration = Duration::from_secs(1);

/// Whose number a carrier called.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inbound {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) trunk: TrunkId,
    /// The number, as it stood where it was found.
    pub(crate) dialled: String,
}

/// The newest snapshot.
pub(crate) struct Directory {
    snapshot: RwLock<Arc<Snapshot>>,
    addresses: Addresses,
}

impl Directory {
    pub(crate) async fn load(db: &Db, addresses: Addresses) -> Result<Arc<Directory>, Problem> {
        let snapshot = Arc::new(Snapshot::load(db).await?);
        Ok(Arc::new(Directory { snapshot: RwLock::new(snapshot), addresses }))
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose hotline a carrier at this address calls: `dialled` is where its INVITE goes, `to` its To header.
    ///
    /// A carrier we registered with calls our Contact: the number stands in To alone, or nowhere, when it writes our
    /// login into both. It is known by the host we registered at, whose addresses the snapshot does not know.
    pub(crate) fn inbound(&self, source: IpAddr, dialled: &str, to: &str) -> Option<Inbound> {
        let snapshot = self.snapshot();
        let by_address = |number: &str| {
            let (tenant, trunk, _) = snapshot.inbound(source, number)?;
            Some(Inbound { tenant, trunk, dialled: number.to_owned() })
        };
        let by_name = |number: &str| {
            self.registered_at(&snapshot, source).find_map(|(tenant, trunk)| {
                let parsed = PhoneNumber::parse(number, &tenant.country)?;
                tenant.hotline_on(trunk.id, parsed.as_str())?;
                Some(Inbound { tenant: tenant.clone(), trunk: trunk.id, dialled: number.to_owned() })
            })
        };
        let found = by_address(dialled).or_else(|| by_name(dialled)).or_else(|| by_address(to)).or_else(|| by_name(to));
        found.or_else(|| {
            self.customers_at(&snapshot, source).find_map(|(tenant, trunk)| {
                let number = tenant.only_hotline_on(trunk.id).filter(|_| trunk.login == dialled)?;
                Some(Inbound { tenant: tenant.clone(), trunk: trunk.id, dialled: number.to_owned() })
            })
        })
    }

    /// The trunks whose carrier, at this address, knows us by a login.
    fn customers_at<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        source: IpAddr,
    ) -> impl Iterator<Item = (&'a Arc<Tenant>, &'a Trunk)> {
        let by_address = snapshot.trunks_from(source).filter(|(_, trunk)| trunk.kind == Kind::Registration);
        by_address.chain(self.registered_at(snapshot, source))
    }

    /// The trunks that we register at a host name which is at this address.
    fn registered_at<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        source: IpAddr,
    ) -> impl Iterator<Item = (&'a Arc<Tenant>, &'a Trunk)> {
        let trunks = snapshot.tenants().flat_map(|tenant| tenant.trunks.values().map(move |trunk| (tenant, trunk)));
        trunks.filter(move |(_, trunk)| {
            trunk.enabled
                && trunk.kind == Kind::Registration
                && self.addresses.is_at(&crate::carriers::server(trunk), source)
        })
    }

    /// Starts the task that follows changes; `changed` is told each new snapshot.
    pub(crate) fn follow(
        self: &Arc<Self>,
        db: Db,
        bus: Bus,
        changed: impl Fn(&Snapshot) + Send + Sync + 'static,
    ) -> JoinHandle<()> {
        let directory = self.clone();
        bus.put_in_force(directory.snapshot().version());
        tokio::spawn(async move {
            let mut told = db.watch_config();
            loop {
                // Either ends the wait: a change of our own process, or the time to look for others' changes.
                let _ = tokio::time::timeout(POLL, told.changed()).await;
                if let Err(error) = directory.refresh(&db, &bus, &changed).await {
                    metrics::counter!("alo_config_refresh_errors_total").increment(1);
                    tracing::warn!(%error, "the configuration cannot be read; calls go on with the last one");
                }
            }
        })
    }

    async fn refresh(&self, db: &Db, bus: &Bus, changed: &(impl Fn(&Snapshot) + Send + Sync)) -> Result<(), Problem> {
        let old = self.snapshot();
        if db.config_version().await? == old.version() {
            return Ok(());
        }
        let new = Arc::new(old.reload(db).await?);
        changed(&new);
        let version = new.version();
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = new;
        bus.put_in_force(version);
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

    fn source(&self, account: u128, source: IpAddr) -> sip::Source {
        match self.snapshot().source(ExtensionId::from_bits(account), source) {
            Source::Allowed => sip::Source::Allowed,
            Source::IfRegistered => sip::Source::IfRegistered,
            Source::Refused => sip::Source::Refused,
        }
    }

    fn group(&self, account: u128) -> sip::Group {
        let snapshot = self.snapshot();
        let Some((tenant, _)) = snapshot.extension(ExtensionId::from_bits(account)) else {
            return sip::Group::default();
        };
        sip::Group { key: tenant.id.bits(), contacts: tenant.quota.registrations as usize }
    }

    fn carrier(&self, source: IpAddr) -> bool {
        self.snapshot().carrier(source) || self.addresses.any_at(source)
    }
}
