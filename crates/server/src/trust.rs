//! Whom we believe when we open a TLS connection to a carrier: the authorities of `tls.roots`, else those of the system.

use crate::config::Config;
use anyhow::Context;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How such connections are made.
pub(crate) fn client(config: &Config) -> anyhow::Result<Arc<ClientConfig>> {
    let roots = match &config.tls.roots {
        Some(file) => read(file).with_context(|| format!("cannot use tls.roots, {}", file.display()))?,
        None => of_the_system(),
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().context("TLS cannot be spoken")?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

fn read(file: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add(certificate?)?;
    }
    anyhow::ensure!(!roots.is_empty(), "there is no certificate in it");
    Ok(roots)
}

fn of_the_system() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // Systems ship a few that nobody can use.
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        tracing::debug!("the system trusts no authority; carriers over TLS need tls.roots");
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_authority_is_no_reason_to_believe_anybody() {
        let file = std::env::temp_dir().join(format!("alo-roots-{}", std::process::id()));
        let mut config = Config::default();
        config.tls.roots = Some(file.clone());
        assert!(client(&config).is_err(), "there is no such file");
        std::fs::write(&file, "nothing").expect("written");
        let refused = client(&config).expect_err("there is no certificate in it");
        assert!(format!("{refused:#}").contains("tls.roots"), "{refused:#}");
        let made = rcgen::generate_simple_self_signed(vec!["ca.test".to_owned()]).expect("a certificate");
        std::fs::write(&file, made.cert.pem()).expect("written");
        assert!(client(&config).is_ok());
        std::fs::remove_file(&file).expect("removed");
    }
}
