//! Session keys: derived from the master key (RFC 3711 section 4.3), one set for RTP and one for RTCP.

use super::{MasterKey, Suite};
use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

/// What a key is for (RFC 3711 section 4.3.2): cipher, authentication and salt of RTP; RTCP's are three further.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Stream {
    Rtp = 0,
    Rtcp = 3,
}

/// The keys of one direction of RTP or of RTCP.
pub(super) struct Session {
    pub(super) suite: Suite,
    salt: [u8; 14],
    kind: Kind,
}

enum Kind {
    Counter(Box<Counter>),
    Galois(LessSafeKey),
}

/// The library keeps all rounds of a key: 1.7 KB.
struct Counter {
    cipher: EncryptingKey,
    mac: hmac::Key,
}

/// The library refuses keys of a wrong length only, and ours are cut to measure.
const LENGTH: &str = "the key has the cipher's length";

impl Session {
    pub(super) fn new(master: &MasterKey, stream: Stream) -> Session {
        let suite = master.suite;
        let prf = counter(master.key());
        let derive = |label: u8, out: &mut [u8]| {
            let mut iv = [0; 16];
            iv[..14].copy_from_slice(&master.salt());
            iv[7] ^= stream as u8 + label;
            keystream(&prf, iv, out);
        };
        let (mut key, mut salt) = ([0; 32], [0; 14]);
        let key = &mut key[..suite.key_len()];
        derive(0, key);
        derive(2, &mut salt[..suite.salt_len()]);
        let kind = match suite {
            Suite::AesCm80 | Suite::AesCm32 => {
                let mut auth = [0; 20];
                derive(1, &mut auth);
                let mac = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &auth);
                Kind::Counter(Box::new(Counter { cipher: counter(key), mac }))
            }
            Suite::AesGcm128 => galois(&aead::AES_128_GCM, key),
            Suite::AesGcm256 => galois(&aead::AES_256_GCM, key),
        };
        Session { suite, salt, kind }
    }

    /// Whether the tag covers what is not encrypted by itself, and no separate authentication is made.
    pub(super) fn is_aead(&self) -> bool {
        matches!(self.kind, Kind::Galois(_))
    }

    /// Encrypts or decrypts in counter mode. False with a suite that has none.
    pub(super) fn stream(&self, ssrc: u32, index: u64, text: &mut [u8]) -> bool {
        let Kind::Counter(keys) = &self.kind else { return false };
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt);
        xor(&mut iv[4..8], &ssrc.to_be_bytes());
        xor(&mut iv[8..14], &index.to_be_bytes()[2..]);
        keystream_over(&keys.cipher, iv, text);
        true
    }

    /// The full authentication code over the parts.
    pub(super) fn code(&self, parts: [&[u8]; 2]) -> Option<hmac::Tag> {
        let Kind::Counter(keys) = &self.kind else { return None };
        let mut context = hmac::Context::with_key(&keys.mac);
        for part in parts {
            context.update(part);
        }
        Some(context.sign())
    }

    /// Encrypts in Galois mode and returns the tag, which covers the `open` part as well.
    pub(super) fn lock(&self, nonce: [u8; 12], open: &[u8], text: &mut [u8]) -> Option<[u8; 16]> {
        let Kind::Galois(key) = &self.kind else { return None };
        let tag = key.seal_in_place_separate_tag(self.nonce(nonce), Aad::from(open), text).ok()?;
        tag.as_ref().try_into().ok()
    }

    /// Decrypts in Galois mode; the text ends with the tag. False when it was forged.
    pub(super) fn unlock(&self, nonce: [u8; 12], open: &[u8], text: &mut [u8]) -> bool {
        let Kind::Galois(key) = &self.kind else { return false };
        key.open_in_place(self.nonce(nonce), Aad::from(open), text).is_ok()
    }

    fn nonce(&self, mut nonce: [u8; 12]) -> Nonce {
        xor(&mut nonce, &self.salt[..12]);
        Nonce::assume_unique_for_key(nonce)
    }
}

fn galois(algorithm: &'static aead::Algorithm, key: &[u8]) -> Kind {
    Kind::Galois(LessSafeKey::new(UnboundKey::new(algorithm, key).expect(LENGTH)))
}

fn counter(key: &[u8]) -> EncryptingKey {
    let algorithm = if key.len() == 32 { &cipher::AES_256 } else { &cipher::AES_128 };
    EncryptingKey::ctr(UnboundCipherKey::new(algorithm, key).expect(LENGTH)).expect(LENGTH)
}

fn keystream(cipher: &EncryptingKey, iv: [u8; 16], out: &mut [u8]) {
    out.fill(0);
    keystream_over(cipher, iv, out);
}

fn keystream_over(cipher: &EncryptingKey, iv: [u8; 16], text: &mut [u8]) {
    let iv = EncryptionContext::Iv128(FixedLength::from(iv));
    cipher.less_safe_encrypt(text, iv).expect("counter mode takes any text and an initial vector of 16 bytes");
}

fn xor(left: &mut [u8], right: &[u8]) {
    left.iter_mut().zip(right).for_each(|(left, right)| *left ^= right);
}
