//! A certificate authority of a test.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::path::{Path, PathBuf};

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
