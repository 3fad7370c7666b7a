//! The way to the database. SQLite has one connection that writes and several that read, so that writers wait in
//! line here instead of failing there; PostgreSQL has one pool.

#[cfg(test)]
mod tests;

use crate::{Error, Tx, Vault, migrations};
use model::TenantId;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, AssertSqlSafe, ConnectOptions, Row};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A file of our own.
    Sqlite,
    /// A server.
    Postgres,
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections that read (SQLite), or all connections (PostgreSQL).
    pub connections: u32,
    /// Whether a commit is on the disk before it is acknowledged. Off only in tests.
    pub durable: bool,
    /// How long to wait for a connection before the database counts as away.
    pub wait: Duration,
    /// Seals secrets at rest.
    pub vault: Vault,
}

impl Options {
    /// The usual settings with this vault.
    pub fn new(vault: Vault) -> Options {
        Options { connections: 8, durable: true, wait: Duration::from_secs(2), vault }
    }
}

/// The database. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    writer: AnyPool,
    reader: AnyPool,
    vault: Vault,
    events: watch::Sender<i64>,
    config: watch::Sender<i64>,
}

impl Db {
    /// Opens `sqlite://path` (the file is made when missing) or `postgres://…`. The tables are not touched: see [`Db::migrate`].
    pub async fn open(url: &str, options: Options) -> Result<Db, Error> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let (engine, url) = engine_of(url)?;
        let connect: AnyConnectOptions = url.parse::<AnyConnectOptions>()?.disable_statement_logging();
        let (writer, reader) = match engine {
            Engine::Sqlite => {
                // Small caches: what they do not hold is in the kernel's, and nine of them fill up in a day.
                let sync = if options.durable { "full" } else { "off" };
                let busy = options.wait.as_millis();
                let write = format!(
                    "pragma busy_timeout = {busy}; pragma journal_mode = wal; pragma synchronous = {sync}; \
                     pragma foreign_keys = on; pragma wal_autocheckpoint = 4000; pragma cache_size = -6144"
                );
                let read = format!("pragma query_only = on; pragma busy_timeout = {busy}; pragma cache_size = -2048");
                let writer = sqlite_writer(&pool(1, options.wait, write), &connect, options.wait).await?;
                (writer, pool(options.connections, options.wait, read).connect_with(connect).await?)
            }
            Engine::Postgres => {
                let session = "set statement_timeout = '30s'; set lock_timeout = '5s'; \
                               set idle_in_transaction_session_timeout = '60s'";
                let pool = pool(options.connections, options.wait, session.to_owned());
                // After a restart of the server, the connections kept here are dead without knowing it.
                let pool = pool.test_before_acquire(true).connect_with(connect).await?;
                (pool.clone(), pool)
            }
        };
        let (events, config) = (watch::Sender::new(0), watch::Sender::new(0));
        Ok(Db { inner: Arc::new(Inner { engine, writer, reader, vault: options.vault, events, config }) })
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), Error> {
        migrations::run(&self.inner.writer).await
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Seals and unseals secrets at rest.
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// A transaction that reads the rows of one company; all its statements see one state.
    pub async fn read(&self, tenant: TenantId) -> Result<Tx, Error> {
        self.begin_read(Some(tenant)).await
    }

    /// A transaction that changes the rows of one company.
    pub async fn write(&self, tenant: TenantId) -> Result<Tx, Error> {
        self.begin_write(Some(tenant)).await
    }

    /// A reading transaction of the installation itself, bound to no company.
    pub async fn system(&self) -> Result<Tx, Error> {
        self.begin_read(None).await
    }

    /// A writing transaction of the installation itself, bound to no company.
    pub async fn system_write(&self) -> Result<Tx, Error> {
        self.begin_write(None).await
    }

    async fn begin_read(&self, tenant: Option<TenantId>) -> Result<Tx, Error> {
        let inner = match self.inner.engine {
            Engine::Sqlite => self.inner.reader.begin().await?,
            Engine::Postgres => self.inner.reader.begin_with("begin isolation level repeatable read read only").await?,
        };
        Ok(Tx::new(inner, self.clone(), tenant))
    }

    async fn begin_write(&self, tenant: Option<TenantId>) -> Result<Tx, Error> {
        let inner = match self.inner.engine {
            // A deferred transaction that turns into a writing one can fail half-way; an immediate one waits at the door.
            Engine::Sqlite => self.inner.writer.begin_with("begin immediate").await?,
            Engine::Postgres => self.inner.writer.begin().await?,
        };
        Ok(Tx::new(inner, self.clone(), tenant))
    }

    /// The number of the newest configuration change, by whatever process.
    pub async fn config_version(&self) -> Result<i64, Error> {
        let sql = "select value from counters where name = 'config'";
        Ok(sqlx::query(sql).fetch_one(&self.inner.reader).await?.try_get(0)?)
    }

    /// Wakes when this process changed the configuration; the value is the newest change's number.
    pub fn watch_config(&self) -> watch::Receiver<i64> {
        self.inner.config.subscribe()
    }

    /// Wakes when this process committed events; the value is the last one's sequence number.
    pub fn watch_events(&self) -> watch::Receiver<i64> {
        self.inner.events.subscribe()
    }

    pub(crate) fn announce(&self, events: Option<i64>, config: Option<i64>) {
        for (sender, value) in [(&self.inner.events, events), (&self.inner.config, config)] {
            if let Some(value) = value {
                sender.send_if_modified(|newest| {
                    let newer = value > *newest;
                    *newest = value.max(*newest);
                    newer
                });
            }
        }
    }

    /// Fails unless the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.config_version().await.map(|_| ())
    }

    /// Closes all connections; later use fails as "away".
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
    }
}

/// Opens the connection that writes. The change to a write-ahead log does not wait for another process that makes the same change
/// (SQLite calls no busy handler there), so we do.
async fn sqlite_writer(pool: &AnyPoolOptions, connect: &AnyConnectOptions, wait: Duration) -> Result<AnyPool, Error> {
    let start = Instant::now();
    loop {
        match pool.clone().connect_with(connect.clone()).await.map_err(Error::Sql) {
            Err(error) if error.is_away() && start.elapsed() < wait => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened,
        }
    }
}

fn pool(connections: u32, wait: Duration, session: String) -> AnyPoolOptions {
    let session: Arc<str> = session.into();
    AnyPoolOptions::new()
        .max_connections(connections.max(1))
        .min_connections(1)
        .acquire_timeout(wait)
        .test_before_acquire(false)
        .after_connect(move |conn, _| {
            let session = session.to_string();
            Box::pin(async move { sqlx::raw_sql(AssertSqlSafe(session)).execute(conn).await.map(|_| ()) })
        })
}

/// The engine a URL names, and the URL with our defaults.
fn engine_of(url: &str) -> Result<(Engine, String), Error> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok((Engine::Postgres, url.to_owned()));
    }
    if url.starts_with("sqlite:") {
        let joint = if url.contains('?') { '&' } else { '?' };
        let mode = if url.contains("mode=") { String::new() } else { format!("{joint}mode=rwc") };
        return Ok((Engine::Sqlite, format!("{url}{mode}")));
    }
    let scheme = url.split(':').next().unwrap_or_default();
    let message = format!("the database URL begins with {scheme:?}; write sqlite://path or postgres://user@host/name");
    Err(Error::Sql(sqlx::Error::Configuration(message.into())))
}
