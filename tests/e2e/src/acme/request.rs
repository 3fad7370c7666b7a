//! Certificate signing requests (RFC 2986), as far as an authority of a test reads them.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use rcgen::{PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm};

/// One whose signature is right.
#[derive(Debug)]
pub(super) struct Request {
    info: Vec<u8>,
    /// A point on P-256.
    key: Vec<u8>,
}

impl Request {
    pub(super) fn read(der: &[u8]) -> Option<Request> {
        let (_, request, _) = value(der)?;
        let (info, content, rest) = value(request)?;
        // The version and the subject stand before the key.
        let (_, _, fields) = value(content)?;
        let (_, _, fields) = value(fields)?;
        let (_, key, _) = value(fields)?;
        let (_, _, key) = value(key)?;
        let (_, key, _) = value(key)?;
        let (_, _, signature) = value(rest)?;
        let (_, signature, _) = value(signature)?;
        // Bit strings begin with the number of bits that are left over.
        let (key, signature) = (key.strip_prefix(&[0])?, signature.strip_prefix(&[0])?);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(info, signature).ok()?;
        Some(Request { info: info.to_vec(), key: key.to_vec() })
    }

    /// Whether it asks for this host.
    pub(super) fn names(&self, name: &str) -> bool {
        self.info.windows(name.len()).any(|window| window == name.as_bytes())
    }
}

impl PublicKeyData for Request {
    fn der_bytes(&self) -> &[u8] {
        &self.key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

/// The first value: with its head, without it, and what comes after it.
fn value(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (head, length) = match *bytes.get(1)? {
        short @ 0..=0x7f => (2, usize::from(short)),
        0x81 => (3, usize::from(*bytes.get(2)?)),
        0x82 => (4, usize::from(*bytes.get(2)?) << 8 | usize::from(*bytes.get(3)?)),
        _ => return None,
    };
    let (whole, rest) = bytes.split_at_checked(head + length)?;
    Some((whole, &whole[head..], rest))
}
