//! A certificate chain and its key, in two PEM files.

use super::{expiry, provider};
use anyhow::Context;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::sign::CertifiedKey;

/// The two files.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// What shows that a file has changed: when it was written, and how long it is. None: it is not there.
pub(super) type Stamp = [Option<(SystemTime, u64)>; 2];

/// A chain with its key.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) key: Arc<CertifiedKey>,
    /// From when and until when the first certificate is good, in seconds since 1970.
    pub(super) starts_s: i64,
    pub(super) ends_s: i64,
}

impl Files {
    pub(super) fn new(certificate: &Path, key: &Path) -> Files {
        Files { certificate: certificate.to_path_buf(), key: key.to_path_buf() }
    }

    pub(super) fn stamp(&self) -> Stamp {
        [&self.certificate, &self.key].map(|path| {
            let meta = std::fs::metadata(path).ok()?;
            Some((meta.modified().ok()?, meta.len()))
        })
    }

    /// Reads both, and makes sure that they belong together.
    pub(super) fn read(&self) -> anyhow::Result<Pair> {
        let read = |path: &Path| std::fs::read(path).with_context(|| path.display().to_string());
        let (chain, key) = (read(&self.certificate)?, read(&self.key)?);
        Pair::new(&chain, &key).with_context(|| format!("{} and {}", self.certificate.display(), self.key.display()))
    }

    /// Puts a pair in place; only this user may read the key.
    pub(super) fn save(&self, certificate: &str, key: &str) -> anyhow::Result<()> {
        write(&self.key, key, 0o600)?;
        write(&self.certificate, certificate, 0o644)
    }
}

impl Pair {
    /// From the texts of both files.
    pub(super) fn new(certificate: &[u8], key: &[u8]) -> anyhow::Result<Pair> {
        let chain = CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.context("the certificate is no PEM")?;
        let first = chain.first().context("there is no certificate in it")?;
        let (starts_s, ends_s) = expiry::validity_s(first).context("the certificate does not say when it ends")?;
        let key = PrivateKeyDer::from_pem_slice(key).context("the key is no PEM")?;
        let pair = CertifiedKey::from_der(chain, key, &provider()).context("they do not belong together")?;
        Ok(Pair { key: Arc::new(pair), starts_s, ends_s })
    }

    /// Whether it is for this host.
    pub(super) fn is_for(&self, name: &str) -> bool {
        let (Some(first), Ok(name)) = (self.key.cert.first(), ServerName::try_from(name)) else { return false };
        ParsedCertificate::try_from(first).is_ok_and(|parsed| verify_server_name(&parsed, &name).is_ok())
    }
}

/// Writes a file beside its place and moves it there, so that nobody reads half of it.
pub(super) fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let folder = path.parent().context("a file without a folder")?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let beside = path.with_extension("new");
    // One that a killed process left behind may have other rights.
    let _ = fs::remove_file(&beside);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    Ok(())
}
