//! Where an installation lives: its data directory, its database, its master key.

use crate::config::Config;
use anyhow::Context;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use store::objects::{Bucket, Objects};
use store::{Db, Options, Vault};

/// The SQLite database in the data directory.
pub(crate) const DATABASE: &str = "alo.db";

/// The data directory, there and ours.
pub(crate) fn prepare(config: &Config) -> anyhow::Result<()> {
    let dir = &config.data_dir;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .with_context(|| format!("cannot make the data directory {} (set data_dir)", dir.display()))
}

/// The file of the master key.
pub(crate) fn key_file(config: &Config) -> PathBuf {
    config.data_dir.join("secret.key")
}

/// Where call records wait for the database.
pub(crate) fn spool(config: &Config) -> PathBuf {
    config.data_dir.join("spool")
}

/// Where recordings lie: here, and in a bucket where one is set.
pub(crate) fn objects(config: &Config) -> anyhow::Result<Objects> {
    let (data, set) = (config.data_dir.clone(), &config.recordings);
    if set.url.is_empty() {
        return Ok(Objects::local(data));
    }
    let Some(key) = set.key.as_ref().filter(|_| !set.bucket.is_empty() && !set.key_id.is_empty()) else {
        anyhow::bail!("recordings.s3_url is set: set recordings.s3_bucket, s3_key_id and s3_key too");
    };
    let bucket = Bucket {
        endpoint: set.url.clone(),
        name: set.bucket.clone(),
        region: set.region.clone(),
        key_id: set.key_id.clone(),
        key: key.expose().to_owned(),
    };
    Objects::with_bucket(data, bucket).context("recordings.s3_url names no store")
}

/// Opens the database without touching its tables.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Db> {
    prepare(config)?;
    let given = config.secret_key.as_ref().map(|secret| secret.expose());
    let vault = Vault::open(&key_file(config), given).context("cannot open the master key")?;
    let url = config.database_url();
    Db::open(&url, Options::new(vault)).await.with_context(|| match &config.database_url {
        None => format!("cannot open {url}"),
        Some(_) => "cannot open the database that database_url names: does it run, and may we log in?".to_owned(),
    })
}

/// Opens the database and brings its tables up to date.
pub(crate) async fn open_migrated(config: &Config) -> anyhow::Result<Db> {
    let db = open(config).await?;
    db.migrate().await.context("cannot bring the database to this version")?;
    Ok(db)
}

/// Two servers in one data directory would write over each other's spool; the lock lasts as long as the file is open.
pub(crate) fn lock(dir: &Path) -> anyhow::Result<File> {
    let path = dir.join("server.lock");
    let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
    file.try_lock().map_err(|_| {
        anyhow::anyhow!("another alo runs in {}: stop it, or set data_dir to another directory", dir.display())
    })?;
    Ok(file)
}
