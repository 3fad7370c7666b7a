//! How a request proves who it is: an API key, or the session (`als_…`) that a login began. The gate looks at what
//! bounds a key too: its end, the addresses it may be used from, and its requests a minute; and at the quota of the
//! company.

mod meter;

use crate::key::repo::{Found, find_id, find_public, find_secret, used};
use crate::key::secret::digest;
use crate::session;
use meter::{Meter, Owner};
use model::{Actor, Dialect, KeyId, Kind, Problem, TenantId};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{Db, NewEvent, now};

/// How coarse `last_used_at` of a key is.
const USED_MS: i64 = 5 * 60 * 1000;
const MINUTE: Duration = Duration::from_secs(60);
/// The quota's name in metrics and events.
const QUOTA: &str = "api_requests_per_second";
const SECOND: Duration = Duration::from_secs(1);

/// Knows credentials. Clones share the count of requests.
#[derive(Debug, Clone)]
pub struct Gate {
    db: Db,
    meter: Arc<Meter>,
}

impl Gate {
    /// The gate of one server.
    pub fn new(db: Db) -> Gate {
        Gate { db, meter: Arc::default() }
    }

    /// The database behind it.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Who makes this request of our own API, with this bearer text and from this address. One indexed read; a revoked
    /// key or ended session counts no more from the next request on.
    pub async fn admit(&self, bearer: &str, source: IpAddr) -> Result<Actor, Problem> {
        match self.know(bearer).await? {
            Known::Session(actor, most) => self.meter_company(actor.tenant, most).await.map(|()| actor),
            Known::Key(found) => self.admit_found(&found, source).await,
        }
    }

    /// Whether a bearer that was admitted still counts, for what stays open: no request of its own.
    pub async fn still_admits(&self, bearer: &str, source: IpAddr) -> Result<Actor, Problem> {
        match self.know(bearer).await? {
            Known::Session(actor, _) => Ok(actor),
            Known::Key(found) => found.check(source).map(|()| found.actor()),
        }
    }

    /// Who makes this request in another dialect, with a key that is sent as it is.
    pub async fn admit_key(&self, dialect: Dialect, secret: &str, source: IpAddr) -> Result<Actor, Problem> {
        let found = self.find(dialect, secret).await?;
        self.admit_found(&found, source).await
    }

    /// Who makes this request with a token that a face gave out for a key.
    pub async fn admit_id(&self, dialect: Dialect, key: KeyId, source: IpAddr) -> Result<Actor, Problem> {
        let mut tx = self.db.system().await?;
        let found = find_id(&mut tx, dialect, key, now().as_millis()).await?.ok_or_else(nobody)?;
        drop(tx);
        self.admit_found(&found, source).await
    }

    /// Whether a key that was admitted still counts, for what stays open: no request of its own.
    pub async fn still_admits_id(&self, dialect: Dialect, key: KeyId, source: IpAddr) -> Result<Actor, Problem> {
        let mut tx = self.db.system().await?;
        let found = find_id(&mut tx, dialect, key, now().as_millis()).await?.ok_or_else(nobody)?;
        found.check(source).map(|()| found.actor())
    }

    /// Who makes this request in a dialect whose applications send a public name and a hash over their secret. `proves`
    /// tells whether the hash that was sent fits a secret; while a rotation overlaps it may be asked twice. Without such a
    /// name the problem is `bearer_unknown`, with a wrong hash `hash_mismatch`.
    pub async fn admit_application(
        &self,
        dialect: Dialect,
        public: &str,
        source: IpAddr,
        proves: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Actor, Problem> {
        let mut tx = self.db.system().await?;
        let found = find_public(&mut tx, dialect, public, now().as_millis()).await?.ok_or_else(nobody)?;
        drop(tx);
        let place = found.id.to_string();
        for sealed in &found.sealed {
            if proves(&self.db.vault().unseal(sealed, &place)?) {
                return self.admit_found(&found, source).await;
            }
        }
        Err(Problem::new(Kind::Unauthenticated, "hash_mismatch", "The hash does not fit the application's secret."))
    }

    async fn know(&self, bearer: &str) -> Result<Known, Problem> {
        if bearer.starts_with("als_") {
            let (mut tx, hash) = (self.db.system().await?, digest(bearer));
            let found = session::find(&mut tx, &hash).await?.ok_or_else(nobody)?;
            drop(tx);
            if found.idle {
                let mut tx = self.db.write(found.actor.tenant).await?;
                session::used(&mut tx, &hash, now().as_millis()).await?;
                tx.commit().await?;
            }
            return Ok(Known::Session(found.actor, found.company_requests_per_second));
        }
        if !bearer.starts_with("alo_") {
            return Err(nobody());
        }
        self.find(Dialect::Alo, bearer).await.map(Known::Key)
    }

    async fn find(&self, dialect: Dialect, secret: &str) -> Result<Found, Problem> {
        let mut tx = self.db.system().await?;
        find_secret(&mut tx, dialect, &digest(secret), now().as_millis()).await?.ok_or_else(nobody)
    }

    async fn admit_found(&self, found: &Found, source: IpAddr) -> Result<Actor, Problem> {
        found.check(source)?;
        if let Some(limit) = found.requests_per_minute {
            let taken = self.meter.take(Owner::Key(found.id), limit, MINUTE, Meter::now());
            taken.map_err(|wait| {
                let wait = whole_seconds(wait);
                let message = format!("This key may make {limit} requests a minute; try again in {wait} s.");
                Problem::limited("rate_limited", message, wait)
            })?;
        }
        self.meter_company(found.tenant, found.company_requests_per_second).await?;
        let now_ms = now().as_millis();
        if found.last_used_at.is_none_or(|at| now_ms - at > USED_MS) {
            let mut tx = self.db.write(found.tenant).await?;
            used(&mut tx, found.id, now_ms).await?;
            tx.commit().await?;
        }
        Ok(found.actor())
    }
}

impl Gate {
    /// Takes a request out of the company's quota, when it has one; tells it once a minute of those that were refused.
    async fn meter_company(&self, tenant: TenantId, most: Option<u32>) -> Result<(), Problem> {
        let (Some(most), now) = (most, Meter::now()) else { return Ok(()) };
        let Err(wait) = self.meter.take(Owner::Company(tenant), most, SECOND, now) else { return Ok(()) };
        metrics::counter!("alo_quota_refused_total", "quota" => QUOTA).increment(1);
        if let Some(times) = self.meter.tells(tenant, now) {
            let data = format!(r#"{{"quota":"{QUOTA}","most":{most},"times":{times}}}"#);
            let mut tx = self.db.write(tenant).await?;
            tx.emit(NewEvent { kind: "overload.quota_reached", call: None, data });
            tx.commit().await?;
        }
        let message = format!("The company may make {most} requests a second; try again in a moment.");
        Err(Problem::limited("quota_reached", message, whole_seconds(wait)))
    }
}

fn whole_seconds(wait: Duration) -> u32 {
    wait.as_secs_f64().ceil().max(1.0) as u32
}

/// What a bearer text stands for.
enum Known {
    /// A person, and how many requests the company may make in a second.
    Session(Actor, Option<u32>),
    Key(Found),
}

impl Found {
    fn actor(&self) -> Actor {
        Actor { tenant: self.tenant, role: self.role, user: None, key: Some(self.id) }
    }

    fn check(&self, source: IpAddr) -> Result<(), Problem> {
        if self.suspended {
            let message = "The company is suspended; ask who runs this installation.";
            return Err(Problem::forbidden("company_suspended", message));
        }
        if self.addresses.is_empty() || self.addresses.iter().any(|block| block.contains(source)) {
            return Ok(());
        }
        Err(Problem::forbidden("address_not_allowed", "This key may not be used from your address."))
    }
}

fn nobody() -> Problem {
    Problem::new(
        Kind::Unauthenticated,
        "bearer_unknown",
        "Send `Authorization: Bearer` with a valid API key or session.",
    )
}

#[cfg(test)]
pub(crate) mod testing {
    //! Coming in from this machine.
    use super::Gate;
    use model::{Actor, Problem};
    use std::net::Ipv4Addr;
    use store::Db;

    pub(crate) async fn authenticate(db: &Db, bearer: &str) -> Result<Actor, Problem> {
        Gate::new(db.clone()).admit(bearer, Ipv4Addr::LOCALHOST.into()).await
    }
}
