//! A certificate chain and its key, in two PEM files.

use super::{expiry, provider};
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
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
    /// When the first certificate ends, in seconds since 1970.
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
        let about = |path: &Path| path.display().to_string();
        let pem = std::fs::read(&self.certificate).with_context(|| about(&self.certificate))?;
        let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        let chain = chain.with_context(|| about(&self.certificate))?;
        let first = chain.first().with_context(|| format!("{} holds no certificate", about(&self.certificate)))?;
        let ends_s = expiry::ends_s(first);
        let ends_s = ends_s.with_context(|| format!("{} does not say when it ends", about(&self.certificate)))?;
        let pem = std::fs::read(&self.key).with_context(|| about(&self.key))?;
        let key = PrivateKeyDer::from_pem_slice(&pem).with_context(|| about(&self.key))?;
        let pair = CertifiedKey::from_der(chain, key, &provider());
        let pair = pair.with_context(|| format!("{} and {}", about(&self.certificate), about(&self.key)))?;
        Ok(Pair { key: Arc::new(pair), ends_s })
    }
}
