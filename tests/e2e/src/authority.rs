//! A certificate authority of a test.

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, PublicKeyData};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Who vouches for names.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

impl Authority {
    /// A new one, which nobody trusts yet.
    pub fn new() -> Authority {
        let mut wanted = CertificateParams::default();
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wanted.distinguished_name.push(rcgen::DnType::CommonName, "An authority of the tests");
        let key = KeyPair::generate().expect("a key");
        let pem = wanted.self_signed(&key).expect("a certificate").pem();
        Authority { issuer: Issuer::new(wanted, key), pem }
    }

    /// Its own certificate, written to a file in this folder.
    pub fn root(&self, folder: &Path) -> PathBuf {
        let file = folder.join("authority.pem");
        std::fs::write(&file, &self.pem).expect("a file of the test");
        file
    }

    /// A certificate for these names and this public key, which is good from now on for so long.
    pub fn sign(&self, names: &[String], key: &impl PublicKeyData, life: Duration) -> Certificate {
        let mut wanted = CertificateParams::new(names.to_vec()).expect("host names");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock that is right").as_secs();
        wanted.not_before = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(now);
        wanted.not_after = wanted.not_before + life;
        wanted.signed_by(key, &self.issuer).expect("a certificate")
    }

    /// How a server speaks TLS that is known by this name or address.
    pub fn tls(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let made = self.sign(&[name.to_owned()], &key, Duration::from_secs(3600));
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let config = config.with_safe_default_protocol_versions().expect("the provider speaks TLS");
        let config = config.with_no_client_auth().with_single_cert(vec![made.der().clone()], key);
        Arc::new(config.expect("the key is the certificate's"))
    }

    /// A certificate for a name, with its key, in one file in this folder.
    pub fn vouch(&self, name: &str, folder: &Path) -> PathBuf {
        let wanted = CertificateParams::new(vec![name.to_owned()]).expect("a host name");
        let key = KeyPair::generate().expect("a key");
        let made = wanted.signed_by(&key, &self.issuer).expect("a certificate");
        let file = folder.join(format!("{name}.pem"));
        std::fs::write(&file, made.pem() + &key.serialize_pem()).expect("a file of the test");
        file
    }
}
