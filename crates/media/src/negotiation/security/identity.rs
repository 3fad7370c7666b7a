//! What a leg's secrets are made of.

use crate::ice::Credentials;
use crate::srtp::{MasterKey, Suite};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The seed of all secrets of one leg, and its SSRC. Never shown.
pub struct Identity {
    seed: [u8; 32],
    pub(super) ssrc: u32,
    /// Grows with each ICE restart.
    restarts: u32,
    /// Grows with each key.
    keys: u32,
}

impl Identity {
    /// From 32 random bytes that are used for nothing else.
    pub fn new(seed: [u8; 32], ssrc: u32) -> Identity {
        Identity { seed, ssrc, restarts: 0, keys: 0 }
    }

    /// Takes new names and passwords from now on.
    pub(super) fn restart(&mut self) {
        self.restarts += 1;
    }

    /// Name and password of now: 48 and 144 bits in letters that RFC 8839 allows.
    pub(super) fn credentials(&self) -> Credentials {
        let bytes = self.bytes("ice", self.restarts);
        Credentials { fragment: STANDARD_NO_PAD.encode(&bytes[..6]), password: STANDARD_NO_PAD.encode(&bytes[6..24]) }
    }

    /// A key that was never given out before.
    pub(super) fn fresh_key(&mut self, suite: Suite) -> MasterKey {
        self.keys += 1;
        let bytes = self.bytes("sdes", self.keys);
        let length = suite.key_len() + suite.salt_len();
        MasterKey::new(suite, &bytes[..length]).expect("a code of SHA-512 is longer than any key and its salt")
    }

    fn bytes(&self, label: &str, number: u32) -> [u8; 64] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA512, &self.seed));
        context.update(label.as_bytes());
        context.update(&number.to_be_bytes());
        context.sign().as_ref().try_into().expect("a code of SHA-512 has 64 bytes")
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({:08x})", self.ssrc)
    }
}
