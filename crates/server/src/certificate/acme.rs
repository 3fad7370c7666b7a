//! A certificate of an authority that speaks ACME (RFC 8555): ordered when there is none for the configured names, ordered
//! anew when a third of its life is left, and put where [`super::Certificate`] finds it.
//!
//! What fails changes nothing but the log and `alo_acme_failures`: the certificate that is there stays, and the next try
//! comes after a pause that grows. Start with [`Acme::keep`]; `order` speaks to the authority, `answers` proves to it that
//! the names are ours, `account` keeps the sealed key of the account, `schedule` tells when.

mod account;
mod answers;
mod http;
mod order;
mod schedule;

pub(super) use answers::{Answers, PROTOCOL, is_question};

use super::pair::{Files, Pair};
use super::{Certificate, now_s};
use crate::config::{self, Config};
use anyhow::Context;
use axum::Router;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use store::Vault;
use tokio::task::JoinHandle;

/// How often the clock is looked at; clocks may jump.
const LOOK: Duration = Duration::from_secs(3600);
/// How long one order may take.
const ORDER_TIME: Duration = Duration::from_secs(300);

/// Whoever keeps the certificate young.
pub(crate) struct Acme {
    settings: config::Acme,
    directory: String,
    files: Files,
    /// Where the account is kept.
    account: PathBuf,
    vault: Vault,
    certificate: Certificate,
}

/// Where the certificate lies, if one is wanted. Each authority has files of its own, so that a test authority's
/// certificate is not taken for the real one's.
pub(super) fn files(config: &Config) -> Option<Files> {
    let stem = stem(config)?;
    Some(Files::new(&stem.with_added_extension("crt"), &stem.with_added_extension("key")))
}

/// The files' common path, without an ending.
fn stem(config: &Config) -> Option<PathBuf> {
    let acme = &config.tls.acme;
    let folder = acme.folder.clone().unwrap_or_else(|| config.data_dir.join("tls/acme"));
    // The configuration was checked when it was read.
    let directory = reqwest::Url::parse(acme.directory.as_deref()?).ok()?;
    Some(folder.join(directory.host_str()?.replace([':', '[', ']'], "_")))
}

impl Acme {
    /// None when no authority is configured.
    pub(crate) fn new(config: &Config, vault: &Vault, certificate: &Certificate) -> Option<Acme> {
        Some(Acme {
            settings: config.tls.acme.clone(),
            directory: config.tls.acme.directory.clone()?,
            files: files(config)?,
            account: stem(config)?.with_added_extension("account"),
            vault: vault.clone(),
            certificate: certificate.clone(),
        })
    }

    /// Where the authority's questions over HTTP are to be answered.
    pub(crate) fn listen(&self) -> &[SocketAddr] {
        &self.settings.listen
    }

    /// The answers to them.
    pub(crate) fn routes(&self) -> Router {
        self.answers().routes()
    }

    fn answers(&self) -> &Answers {
        &self.certificate.current.answers
    }

    /// Keeps the certificate young for ever.
    pub(crate) fn keep(self) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut failures = 0;
            // Rolled once a certificate, so that not all servers of the world come at the same hour.
            let mut early = dice();
            loop {
                let wait = self.due_s(early) - now_s();
                if wait > 0 {
                    tokio::time::sleep(Duration::from_secs(wait.unsigned_abs()).min(LOOK)).await;
                    continue;
                }
                match self.renew().await {
                    Ok(()) => (failures, early) = (0, dice()),
                    Err(error) => {
                        failures += 1;
                        let pause = schedule::pause(failures, dice());
                        let (error, next_try_s) = (format!("{error:#}"), pause.as_secs());
                        tracing::error!(error, failures, next_try_s, "no certificate by ACME; the old one stays");
                        metrics::gauge!("alo_acme_failures").set(f64::from(failures));
                        tokio::time::sleep(pause).await;
                    }
                }
                metrics::gauge!("alo_acme_failures").set(f64::from(failures));
            }
        })
    }

    /// When the next certificate is wanted, in seconds since 1970.
    fn due_s(&self, early: f64) -> i64 {
        match self.files.read() {
            Ok(pair) if self.fits(&pair) => schedule::due_s(pair.starts_s, pair.ends_s, early),
            _ => 0,
        }
    }

    fn fits(&self, pair: &Pair) -> bool {
        self.settings.names.iter().all(|name| pair.is_for(name))
    }

    /// Orders a certificate and puts it in place.
    async fn renew(&self) -> anyhow::Result<()> {
        let ordered = tokio::time::timeout(ORDER_TIME, self.order()).await;
        // Whatever came of it, these answers are of no further use.
        self.answers().clear();
        let (chain, key) = ordered.context("the authority takes too long")??;
        let pair = Pair::new(chain.as_bytes(), key.as_bytes()).context("the authority's certificate")?;
        anyhow::ensure!(self.fits(&pair), "the authority's certificate is not for tls.acme.names");
        // One that is due at once would be ordered again and again.
        let due = schedule::due_s(pair.starts_s, pair.ends_s, 1.0);
        anyhow::ensure!(due > now_s(), "the authority's certificate is nearly over: is this machine's clock right?");
        self.files.save(&chain, &key)?;
        tracing::info!(names = ?self.settings.names, days = (pair.ends_s - now_s()) / super::DAY_S, "a certificate by ACME");
        let certificate = self.certificate.clone();
        tokio::task::spawn_blocking(move || certificate.look([None; 2])).await?;
        Ok(())
    }
}

/// From 0 to 1.
fn dice() -> f64 {
    let number = getrandom::u32().expect("the operating system gives random bytes");
    f64::from(number) / f64::from(u32::MAX)
}
