//! A transaction. It carries the company whose rows it may touch and the events it will tell; both become real
//! together, at [`Tx::commit`], or not at all.

use crate::{Cell, Db, Engine, Error, Rows, clock, mint};
use model::{CallId, EventId, TenantId};
use sqlx::{Any, AnyConnection};
use sqlx::{Row, Transaction};

/// An event to tell the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened: `call.ended`, `extension.created`.
    pub kind: &'static str,
    /// The call it is about; events of one call are delivered in order.
    pub call: Option<CallId>,
    /// A JSON object. `id` (or `extension_id`) names the thing it is about; events of one thing are delivered in order.
    pub data: String,
}

/// One transaction. Dropped without [`Tx::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Any>,
    db: Db,
    tenant: Option<TenantId>,
    tenant_text: String,
    events: Vec<(String, NewEvent)>,
    configured: Vec<String>,
}

impl Tx {
    pub(crate) fn new(inner: Transaction<'static, Any>, db: Db, tenant: Option<TenantId>) -> Tx {
        let tenant_text = tenant.map(|id| id.to_string()).unwrap_or_default();
        Tx { inner, db, tenant, tenant_text, events: Vec::new(), configured: Vec::new() }
    }

    /// The company, as its column holds it; empty in a transaction of the installation, so that it matches no row.
    pub fn tenant(&self) -> &str {
        &self.tenant_text
    }

    /// The company, none in a transaction of the installation.
    pub fn tenant_id(&self) -> Option<TenantId> {
        self.tenant
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// The database it belongs to.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The connection, for the statements of a `repo.rs`.
    pub fn conn(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// Tells an event of this company when the transaction commits.
    pub fn emit(&mut self, event: NewEvent) {
        let tenant = self.tenant_text.clone();
        self.events.push((tenant, event));
    }

    /// Tells an event of the given company when the transaction commits.
    pub fn emit_for(&mut self, tenant: TenantId, event: NewEvent) {
        self.events.push((tenant.to_string(), event));
    }

    /// Notes that this company's configuration changes with this transaction, so that snapshots of it are read anew.
    pub fn configured(&mut self) {
        let tenant = self.tenant_text.clone();
        if !self.configured.contains(&tenant) {
            self.configured.push(tenant);
        }
    }

    /// The same for the given company.
    pub fn configured_for(&mut self, tenant: TenantId) {
        let tenant = tenant.to_string();
        if !self.configured.contains(&tenant) {
            self.configured.push(tenant);
        }
    }

    /// Makes it all real, then wakes those who wait for events or configuration.
    pub async fn commit(mut self) -> Result<(), Error> {
        let config = self.write_config().await?;
        let events = self.write_events().await?;
        self.inner.commit().await?;
        self.db.announce(events, config);
        Ok(())
    }

    /// Leaves no trace, now instead of at drop.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.inner.rollback().await?)
    }

    async fn write_config(&mut self) -> Result<Option<i64>, Error> {
        if self.configured.is_empty() {
            return Ok(None);
        }
        let version = self.raise("config", 1).await?;
        for tenant in std::mem::take(&mut self.configured) {
            sqlx::query("update tenants set config_version = $1 where id = $2")
                .bind(version)
                .bind(tenant)
                .execute(self.conn())
                .await?;
        }
        Ok(Some(version))
    }

    /// The counter's row stays locked from here to the commit, which comes next: numbers are given in the order of
    /// commits, so a reader that has seen number n will never see a smaller one appear.
    async fn write_events(&mut self) -> Result<Option<i64>, Error> {
        if self.events.is_empty() {
            return Ok(None);
        }
        let events = std::mem::take(&mut self.events);
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let last = self.raise("events", count).await?;
        let created_at = clock::now().as_millis();
        let head = "insert into events (seq, id, tenant_id, kind, call_id, data, created_at)";
        let mut rows = Rows::new(head, "", 7);
        for (seq, (tenant, event)) in (last - count + 1..).zip(events) {
            rows.push([
                Cell::from(seq),
                Cell::from(mint::<EventId>().to_string()),
                Cell::from(tenant),
                Cell::from(event.kind),
                Cell::from(event.call.map(|id| id.to_string())),
                Cell::from(event.data),
                Cell::from(created_at),
            ]);
        }
        rows.insert(self).await?;
        Ok(Some(last))
    }

    async fn raise(&mut self, counter: &'static str, by: i64) -> Result<i64, Error> {
        let row = sqlx::query("update counters set value = value + $1 where name = $2 returning value")
            .bind(by)
            .bind(counter)
            .fetch_one(self.conn())
            .await?;
        Ok(row.try_get(0)?)
    }
}
