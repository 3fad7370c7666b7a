//! Secrets at rest: ChaCha20-Poly1305 (XChaCha20, so that random nonces never meet) under one master key of the
//! installation. The key lives in a file of the data directory or in `ALO_SECRET_KEY`, never in the database.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use model::Problem;
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const FORM: &str = "v1.";
const NONCE_BYTES: usize = 24;

/// Seals and unseals with the master key.
#[derive(Clone)]
pub struct Vault {
    key: [u8; 32],
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault under this key.
    pub fn new(key: [u8; 32]) -> Vault {
        Vault { key }
    }

    /// The vault of an installation: under `given` (64 hex digits, from `ALO_SECRET_KEY`), else under the key in `file`, which
    /// is made with mode 0600 when missing.
    pub fn open(file: &Path, given: Option<&str>) -> io::Result<Vault> {
        let wrong =
            |place: String| io::Error::new(io::ErrorKind::InvalidData, format!("{place} must hold 64 hex digits"));
        if let Some(text) = given {
            return parse_hex(text).map(Vault::new).ok_or_else(|| wrong("ALO_SECRET_KEY".into()));
        }
        match fs::read_to_string(file) {
            Ok(text) => parse_hex(&text).map(Vault::new).ok_or_else(|| wrong(file.display().to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(file),
            Err(error) => Err(error),
        }
    }

    /// Seals `secret`. `place` names where it will be kept (a row's id): sealed text moved elsewhere does not open.
    pub fn seal(&self, secret: &str, place: &str) -> String {
        let mut nonce = [0u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).expect("the operating system gives random bytes");
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("a short text can always be sealed");
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        format!("{FORM}{}", BASE64.encode(bytes))
    }

    /// Opens what [`Vault::seal`] sealed for the same place.
    pub fn unseal(&self, sealed: &str, place: &str) -> Result<String, Problem> {
        let closed =
            || Problem::internal(format!("The secret of {place} cannot be opened: is this the right master key?"));
        let bytes = sealed.strip_prefix(FORM).and_then(|text| BASE64.decode(text).ok()).ok_or_else(closed)?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(closed)?;
        let payload = Payload { msg: body, aad: place.as_bytes() };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| closed())?;
        String::from_utf8(plain).map_err(|_| closed())
    }

    /// A key for one purpose, which tells nothing about the master key or other purposes.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let inner = Sha256::new().chain_update(self.key).chain_update(purpose.as_bytes()).finalize();
        Sha256::new().chain_update(self.key).chain_update(inner).finalize().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.key))
    }
}

fn create(file: &Path) -> io::Result<Vault> {
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    // Written aside and linked into place, so that of two processes starting at once both end up with one whole key.
    let aside = file.with_extension(format!("new{}", std::process::id()));
    let mut out = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    let linked = fs::hard_link(&aside, file);
    fs::remove_file(&aside)?;
    match linked {
        Ok(()) => Ok(Vault::new(key)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Vault::open(file, None),
        Err(error) => Err(error),
    }
}

fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0u8; 32];
    for (place, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_in_its_place_and_nowhere_else() {
        let vault = Vault::new([7; 32]);
        let sealed = vault.seal("pw101", "ext_1");
        assert!(!sealed.contains("pw101"));
        assert_eq!(vault.unseal(&sealed, "ext_1").as_deref(), Ok("pw101"));
        assert!(vault.unseal(&sealed, "ext_2").is_err());
        assert!(Vault::new([8; 32]).unseal(&sealed, "ext_1").is_err());
        for bad in ["", "v1.", "v1.AAAA", "v2.AAAA", "v1.?"] {
            assert!(vault.unseal(bad, "ext_1").is_err(), "{bad}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("alo-vault-{}", crate::mint::secret_text(12)));
        let file = folder.join("secret.key");
        let first = Vault::open(&file, None).expect("a new key");
        assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
        let second = Vault::open(&file, None).expect("the same key");
        assert_eq!(first.derive("x"), second.derive("x"));
        assert_ne!(first.derive("x"), first.derive("y"));
        assert!(Vault::open(&file, Some("short")).is_err());
        fs::remove_dir_all(folder).expect("removed");
    }
}
