//! The configuration of all companies in memory, as the path of a call needs it: immutable, shared, replaced as a
//! whole. A new one takes over the companies that did not change since.

mod load;
mod tenant;
#[cfg(test)]
mod tests;

pub use tenant::{Extension, Group, Published, Tenant, Trunk};

use model::{ExtensionId, HotlineId, Network, PhoneNumber, Problem, TenantId, TrunkId};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use store::{Db, Tx};

use crate::extension::CallFrom;

/// What a phone must prove, by digest, for one extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub extension: ExtensionId,
    /// The realm it is bound to: the company's SIP domain.
    pub realm: String,
    /// MD5 of `user:realm:password`.
    pub ha1_md5: [u8; 16],
    /// SHA-256 of `user:realm:password`.
    pub ha1_sha256: [u8; 32],
}

/// What the policy of an extension says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Its phones may register and call there.
    Allowed,
    /// They may register there, and call when they have.
    IfRegistered,
    /// They may not be there.
    Refused,
}

/// All companies at one version of the configuration.
#[derive(Debug, Default)]
pub struct Snapshot {
    version: i64,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    domains: HashMap<String, Arc<Tenant>>,
    extensions: HashMap<ExtensionId, Arc<Tenant>>,
    /// The installation's oldest company: phones that name the server by its address mean this one.
    oldest: Option<Arc<Tenant>>,
    carriers: HashMap<IpAddr, Vec<(TenantId, TrunkId)>>,
    carrier_networks: Vec<(Network, TenantId, TrunkId)>,
}

impl Snapshot {
    /// Reads everything.
    pub async fn load(db: &Db) -> Result<Snapshot, Problem> {
        Snapshot::default().reload(db).await
    }

    /// The present configuration; companies that did not change are shared with this snapshot.
    pub async fn reload(&self, db: &Db) -> Result<Snapshot, Problem> {
        let (version, tenants) = load::tenants(db, self.version, &self.tenants).await?;
        Ok(Snapshot::of(version, tenants))
    }

    /// One company as it is now, without reading the others; none when there is no such company.
    pub async fn company(db: &Db, id: TenantId) -> Result<Option<Arc<Tenant>>, Problem> {
        load::company(db, id).await
    }

    /// The company of a transaction, as the transaction sees it: with changes that nobody else sees yet.
    pub(crate) async fn within(tx: &mut Tx) -> Result<Arc<Tenant>, Problem> {
        load::within(tx).await
    }

    /// A snapshot of these companies.
    pub fn of(version: i64, tenants: Vec<Arc<Tenant>>) -> Snapshot {
        let mut snapshot = Snapshot { version, ..Snapshot::default() };
        snapshot.oldest = tenants.iter().min_by_key(|tenant| tenant.id).cloned();
        for tenant in tenants {
            for trunk in tenant.trunks.values().filter(|trunk| trunk.enabled) {
                for network in &trunk.networks {
                    match network.single() {
                        Some(address) => {
                            snapshot.carriers.entry(address).or_default().push((tenant.id, trunk.id));
                        }
                        None => snapshot.carrier_networks.push((*network, tenant.id, trunk.id)),
                    }
                }
            }
            for id in tenant.extensions.keys() {
                snapshot.extensions.insert(*id, Arc::clone(&tenant));
            }
            snapshot.domains.insert(tenant.domain.clone(), Arc::clone(&tenant));
            snapshot.tenants.insert(tenant.id, tenant);
        }
        snapshot
    }

    /// The number of the configuration change it was read at.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// All companies.
    pub fn tenants(&self) -> impl Iterator<Item = &Arc<Tenant>> {
        self.tenants.values()
    }

    /// One company.
    pub fn tenant(&self, id: &TenantId) -> Option<&Arc<Tenant>> {
        self.tenants.get(id)
    }

    /// The company of a SIP domain. An address in its place means the oldest company, so that a phone that was given nothing
    /// but the server's address works.
    pub fn by_domain(&self, domain: &str) -> Option<&Arc<Tenant>> {
        if let Some(tenant) = self.domains.get(domain) {
            return Some(tenant);
        }
        if domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.domains.get(&domain.to_ascii_lowercase());
        }
        let bare = domain.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().ok().and(self.oldest.as_ref())
    }

    /// The realm to challenge with: the company's domain, or what was asked for when nobody has it.
    pub fn realm(&self, domain: &str) -> String {
        self.by_domain(domain).map_or_else(|| domain.to_ascii_lowercase(), |tenant| tenant.domain.clone())
    }

    /// Whether calls from this address come from a carrier.
    pub fn carrier(&self, source: IpAddr) -> bool {
        self.trunks_at(source).next().is_some()
    }

    fn trunks_at(&self, source: IpAddr) -> impl Iterator<Item = (TenantId, TrunkId)> {
        let source = source.to_canonical();
        let wide = self.carrier_networks.iter().filter(move |(network, _, _)| network.contains(source));
        let single = self.carriers.get(&source).into_iter().flatten().copied();
        single.chain(wide.map(|(_, tenant, trunk)| (*tenant, *trunk)))
    }

    /// The trunks whose calls come from this address.
    pub fn trunks_from(&self, source: IpAddr) -> impl Iterator<Item = (&Arc<Tenant>, &Trunk)> {
        self.trunks_at(source).filter_map(|(tenant, trunk)| {
            let tenant = self.tenants.get(&tenant)?;
            Some((tenant, tenant.trunks.get(&trunk)?))
        })
    }

    /// Whose hotline a carrier at this address calls.
    pub fn inbound(&self, source: IpAddr, dialled: &str) -> Option<(Arc<Tenant>, TrunkId, HotlineId)> {
        self.trunks_at(source).find_map(|(tenant, trunk)| {
            let tenant = self.tenants.get(&tenant)?;
            let number = PhoneNumber::parse(dialled, &tenant.country)?;
            let hotline = tenant.hotline_on(trunk, number.as_str())?;
            Some((Arc::clone(tenant), trunk, hotline))
        })
    }

    /// The company and trunk that an unknown number from this address is blamed on, when only one trunk is there.
    pub fn only_trunk(&self, source: IpAddr) -> Option<(Arc<Tenant>, TrunkId)> {
        let mut trunks = self.trunks_at(source);
        match (trunks.next(), trunks.next()) {
            (Some((tenant, trunk)), None) => Some((Arc::clone(self.tenants.get(&tenant)?), trunk)),
            _ => None,
        }
    }

    /// One extension and its company.
    pub fn extension(&self, id: ExtensionId) -> Option<(&Arc<Tenant>, &Extension)> {
        let tenant = self.extensions.get(&id)?;
        Some((tenant, tenant.extensions.get(&id)?))
    }

    /// Whether a phone of an extension may be at this address.
    pub fn source(&self, id: ExtensionId, address: IpAddr) -> Source {
        let Some((_, extension)) = self.extension(id) else { return Source::Refused };
        let inside = extension.networks.iter().any(|network| network.contains(address));
        match (inside, extension.networks.is_empty(), extension.call_from) {
            (true, _, _) | (_, true, CallFrom::Anywhere) => Source::Allowed,
            (false, true, CallFrom::Registered) => Source::IfRegistered,
            (false, false, _) => Source::Refused,
        }
    }

    /// What a phone must prove to be this extension; none for unknown and disabled ones.
    pub fn account(&self, domain: &str, user: &str) -> Option<Account> {
        let tenant = self.by_domain(domain)?;
        let extension = tenant.by_number(user).filter(|extension| extension.enabled)?;
        Some(Account {
            extension: extension.id,
            realm: tenant.domain.clone(),
            ha1_md5: extension.ha1_md5,
            ha1_sha256: extension.ha1_sha256,
        })
    }
}
