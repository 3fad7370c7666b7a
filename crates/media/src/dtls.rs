//! DTLS-SRTP (RFC 5764): the handshake that makes the keys of a WebRTC leg, and the certificate that we show in it. No
//! socket and no clock here; whom to listen to is decided before.

use crate::srtp::{MasterKey, Opener, Sealer, Suite};
use aws_lc_rs::digest;
use dimpl::{DtlsCertificate, Output, SrtpProfile};
use std::fmt::Write;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// The hash of a certificate in a session description (RFC 8122).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    hash: Hash,
    value: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(self, certificate: &[u8]) -> digest::Digest {
        let algorithm = match self {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha384 => &digest::SHA384,
            Hash::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, certificate)
    }
}

impl Fingerprint {
    /// Reads what stands behind `a=fingerprint:`; none with a hash that is not safe.
    pub fn parse(value: &str) -> Option<Fingerprint> {
        let (name, value) = value.trim().split_once(' ')?;
        let (hash, length) = match name.to_ascii_lowercase().as_str() {
            "sha-256" => (Hash::Sha256, 32),
            "sha-384" => (Hash::Sha384, 48),
            "sha-512" => (Hash::Sha512, 64),
            _ => return None,
        };
        let value: Vec<u8> =
            value.trim().split(':').map(|pair| u8::from_str_radix(pair, 16)).collect::<Result<_, _>>().ok()?;
        (value.len() == length).then_some(Fingerprint { hash, value })
    }

    fn is_of(&self, certificate: &[u8]) -> bool {
        self.hash.of(certificate).as_ref() == self.value
    }
}

/// Our certificate. One for the life of the process: nobody asks whom it names, only its fingerprint counts.
pub struct Certificate {
    pair: DtlsCertificate,
    /// What stands behind `a=fingerprint:`.
    pub fingerprint: String,
}

impl Certificate {
    /// The process's certificate, made when it is first asked for; none when the library cannot make one.
    pub fn ours() -> Option<&'static Certificate> {
        static OURS: OnceLock<Option<Certificate>> = OnceLock::new();
        OURS.get_or_init(|| {
            let pair = dimpl::certificate::generate_self_signed_certificate()
                .inspect_err(|error| tracing::error!(%error, "no certificate for browsers can be made"))
                .ok()?;
            let mut fingerprint = "sha-256 ".to_owned();
            for (place, byte) in Hash::Sha256.of(&pair.certificate).as_ref().iter().enumerate() {
                let colon = if place == 0 { "" } else { ":" };
                // Writing to a string cannot fail.
                let _ = write!(fingerprint, "{colon}{byte:02X}");
            }
            Some(Certificate { pair, fingerprint })
        })
        .as_ref()
    }
}

/// What both session descriptions said about the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// We begin it.
    pub active: bool,
    /// The far side's certificate has one of these.
    pub fingerprints: Vec<Fingerprint>,
}

/// A handshake and what came of it.
pub struct Handshake {
    terms: Terms,
    dtls: dimpl::Dtls,
    /// The far side has shown the certificate that its session description names.
    proven: bool,
    begun: bool,
    keys: Option<(Sealer, Opener)>,
    done: bool,
}

/// Why a handshake came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The far side is not who the session description names.
    #[error("the far side's certificate is not the one of its session description")]
    Stranger,
    /// The library gave up.
    #[error(transparent)]
    Dtls(#[from] dimpl::Error),
}

impl Handshake {
    /// Waits for the far side, or for [`Handshake::begin`]. None when we have no certificate.
    pub fn new(terms: Terms, now: Instant) -> Option<Handshake> {
        static CONFIG: OnceLock<Arc<dimpl::Config>> = OnceLock::new();
        let certificate = Certificate::ours()?;
        // A cookie proves an address; here checks of ICE, or the session description, have done so.
        let config = CONFIG.get_or_init(|| {
            let config = dimpl::Config::builder().use_server_cookie(false).build();
            Arc::new(config.expect("the library's own defaults are valid"))
        });
        let dtls = dimpl::Dtls::new_auto(config.clone(), certificate.pair.clone(), now);
        Some(Handshake { terms, dtls, proven: false, begun: false, keys: None, done: false })
    }

    /// What it was made for.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Begins it, when that is our part and there is an address to send to.
    pub fn begin(&mut self) {
        if self.terms.active && !self.begun {
            self.begun = true;
            self.dtls.set_active(true);
        }
    }

    /// Takes a packet.
    pub fn packet(&mut self, now: Instant, packet: &[u8]) -> Result<(), Failure> {
        self.dtls.handle_timeout(now)?;
        Ok(self.dtls.handle_packet(packet)?)
    }

    /// Hands what is to be sent to `send`, and returns when to call [`Handshake::tick`].
    pub fn poll(&mut self, scratch: &mut Vec<u8>, mut send: impl FnMut(&[u8])) -> Result<Instant, Failure> {
        loop {
            match self.dtls.poll_output(scratch) {
                Output::Packet(packet) => send(packet),
                Output::BufferTooSmall { needed } => scratch.resize(needed, 0),
                Output::Timeout(due) => return Ok(due),
                Output::PeerCert(certificate) => {
                    self.proven = self.terms.fingerprints.iter().any(|print| print.is_of(certificate));
                    if !self.proven {
                        return Err(Failure::Stranger);
                    }
                }
                Output::KeyingMaterial(material, profile) => {
                    // Without a certificate there is no proof of who made these.
                    if !self.proven {
                        return Err(Failure::Stranger);
                    }
                    self.keys = keys(&material, profile, self.terms.active);
                    self.done = self.keys.is_some();
                }
                // The call's end is the signalling's business.
                Output::Connected | Output::ApplicationData(_) | Output::CloseNotify => {}
                _ => {}
            }
        }
    }

    /// The time that [`Handshake::poll`] named has come.
    pub fn tick(&mut self, now: Instant) -> Result<(), Failure> {
        Ok(self.dtls.handle_timeout(now)?)
    }

    /// The keys, once, when they are there.
    pub fn take_keys(&mut self) -> Option<(Sealer, Opener)> {
        self.keys.take()
    }

    /// Whether keys were made.
    pub fn is_done(&self) -> bool {
        self.done
    }
}

/// Cuts the material (RFC 5764 section 4.2): the client's key, the server's, the client's salt, the server's.
fn keys(material: &[u8], profile: SrtpProfile, we_are_client: bool) -> Option<(Sealer, Opener)> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::AesCm80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::AesGcm128,
        SrtpProfile::AEAD_AES_256_GCM => Suite::AesGcm256,
        _ => return None,
    };
    let (key, salt) = (suite.key_len(), suite.salt_len());
    let (keys, salts) = material.split_at_checked(2 * key)?;
    let side = |n: usize| {
        let both = [keys.get(n * key..(n + 1) * key)?, salts.get(n * salt..(n + 1) * salt)?].concat();
        MasterKey::new(suite, &both)
    };
    let (client, server) = (side(0)?, side(1)?);
    let (ours, theirs) = if we_are_client { (client, server) } else { (server, client) };
    Some((Sealer::new(&ours), Opener::new(&theirs, 0)))
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handshake({:?}, done: {})", self.dtls, self.done)
    }
}
