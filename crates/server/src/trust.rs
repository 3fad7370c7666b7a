//! Whom we believe when we open a TLS connection to a carrier: the authorities of `tls.roots`, else those of the system.
//!
//! The file is looked at again every few seconds. Another list counts for new connections; one that cannot be used changes
//! nothing but the log.

use crate::config::Config;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{Resumption, WebPkiServerVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// How such connections are made, and who looks after the file, if there is one.
pub(crate) fn client(config: &Config) -> anyhow::Result<(Arc<ClientConfig>, Option<Roots>)> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone());
    let builder = builder.with_safe_default_protocol_versions().context("TLS cannot be spoken")?;
    let Some(file) = &config.tls.roots else {
        return Ok((Arc::new(builder.with_root_certificates(of_the_system()).with_no_client_auth()), None));
    };
    let stamp = stamp(file);
    let judge = read(file, &provider).with_context(|| format!("cannot use tls.roots, {}", file.display()))?;
    let authorities = Arc::new(Authorities { judge: RwLock::new(judge), provider });
    let builder = builder.dangerous().with_custom_certificate_verifier(authorities.clone());
    let mut made = builder.with_no_client_auth();
    // A session that is taken up again would be believed without being judged by the present list.
    made.resumption = Resumption::disabled();
    Ok((Arc::new(made), Some(Roots { file: file.clone(), stamp, authorities })))
}

/// Looks after the file.
pub(crate) struct Roots {
    file: PathBuf,
    stamp: Stamp,
    authorities: Arc<Authorities>,
}

/// What shows that the file has changed; none when it is not there.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(file: &Path) -> Stamp {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

impl Roots {
    /// For ever.
    pub(crate) fn watch(mut self) -> JoinHandle<()> {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                let looked = tokio::task::spawn_blocking(move || {
                    self.look();
                    self
                });
                match looked.await {
                    Ok(roots) => self = roots,
                    Err(error) => return tracing::error!(%error, "tls.roots is not looked at any more"),
                }
            }
        })
    }

    /// Takes the file's list when it has changed.
    fn look(&mut self) {
        let stamp = stamp(&self.file);
        if stamp == self.stamp {
            return;
        }
        self.stamp = stamp;
        match read(&self.file, &self.authorities.provider) {
            Ok(judge) => {
                *self.authorities.judge.write().unwrap_or_else(PoisonError::into_inner) = judge;
                tracing::info!(file = %self.file.display(), "carriers are judged by the new list of authorities");
            }
            // A file that is being written looks like this too: the next look will tell.
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the new tls.roots cannot be used; the old list stays");
            }
        }
    }
}

/// Authorities that may change while we run.
#[derive(Debug)]
struct Authorities {
    judge: RwLock<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl Authorities {
    fn judge(&self) -> Arc<WebPkiServerVerifier> {
        // Only whole lists are ever put in.
        self.judge.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Authorities {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge().verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge().verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge().verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge().supported_verify_schemes()
    }
}

fn read(file: &Path, provider: &Arc<CryptoProvider>) -> anyhow::Result<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file)? {
        roots.add(certificate?)?;
    }
    anyhow::ensure!(!roots.is_empty(), "there is no certificate in it");
    Ok(WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build()?)
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
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    /// An authority's certificate, and one that it gave `carrier.test`.
    fn authority() -> (String, CertificateDer<'static>) {
        let mut wanted = CertificateParams::default();
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = wanted.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(wanted, key);
        let carrier = CertificateParams::new(vec!["carrier.test".to_owned()]).expect("a name");
        let made = carrier.signed_by(&KeyPair::generate().expect("a key"), &issuer).expect("a certificate");
        (pem, made.der().clone())
    }

    #[test]
    fn a_file_that_holds_no_authority_is_no_reason_to_believe_anybody() {
        let file = std::env::temp_dir().join(format!("alo-roots-{}", std::process::id()));
        let mut config = Config::default();
        config.tls.roots = Some(file.clone());
        assert!(client(&config).is_err(), "there is no such file");
        std::fs::write(&file, "nothing").expect("written");
        let refused = client(&config).err().expect("there is no certificate in it");
        assert!(format!("{refused:#}").contains("tls.roots"), "{refused:#}");
        std::fs::write(&file, authority().0).expect("written");
        assert!(client(&config).is_ok());
        std::fs::remove_file(&file).expect("removed");
    }

    #[test]
    fn another_list_counts_from_then_on_and_a_bad_one_does_not() {
        let file = std::env::temp_dir().join(format!("alo-roots-anew-{}", std::process::id()));
        let ((first, old), (second, new)) = (authority(), authority());
        std::fs::write(&file, first).expect("written");
        let mut config = Config::default();
        config.tls.roots = Some(file.clone());
        let (_, roots) = client(&config).expect("a list");
        let mut roots = roots.expect("the file is looked after");
        let name = ServerName::try_from("carrier.test").expect("a name");
        let authorities = roots.authorities.clone();
        let believes = |certificate: &CertificateDer<'_>| {
            authorities.verify_server_cert(certificate, &[], &name, &[], UnixTime::now()).is_ok()
        };
        assert!(believes(&old) && !believes(&new));
        std::fs::write(&file, "half of a").expect("written");
        roots.look();
        assert!(believes(&old) && !believes(&new));
        std::fs::write(&file, second).expect("written");
        roots.look();
        assert!(!believes(&old) && believes(&new));
        std::fs::remove_file(&file).expect("removed");
    }
}
