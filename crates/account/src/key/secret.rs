//! What secrets look like: each dialect's clients expect the form they know.

use model::{Dialect, Id, TenantId};
use sha2::{Digest, Sha256};
use store::mint::secret_text;

/// A secret, and the public name that goes with it where the dialect has one.
pub(crate) struct Secret {
    pub(crate) public_id: Option<String>,
    pub(crate) text: String,
}

/// A new secret of the dialect's form: at least 128 random bits.
pub(crate) fn new(dialect: Dialect) -> Secret {
    let (public_id, text) = match dialect {
        Dialect::Alo => (None, format!("alo_{}", secret_text(32))),
        Dialect::Omicall => (None, grouped(&hex(20).to_uppercase(), &[8, 4, 4, 4, 12, 8])),
        Dialect::Antring => (Some(digits(18)), hex(16)),
        Dialect::Etelecom => {
            let id = digits(18);
            let text = format!("{id}:{}", hex(32));
            (Some(id), text)
        }
        Dialect::Voicecloud => (None, hex(16)),
    };
    Secret { public_id, text }
}

/// The secret of a partner that acts for a company, in the form of eTelecom: `shop105…:` and 64 characters.
pub(crate) fn of_partner(company: TenantId) -> Secret {
    Secret { public_id: None, text: format!("shop{}:{}", company.number(), secret_text(64)) }
}

/// A secret in the same form and under the same public name.
pub(crate) fn renewed(dialect: Dialect, public_id: Option<&str>) -> String {
    let text = new(dialect).text;
    match (dialect, public_id) {
        (Dialect::Etelecom, Some(id)) => text.split_once(':').map_or(text.clone(), |(_, rest)| format!("{id}:{rest}")),
        _ => text,
    }
}

/// Whether clients prove the secret by a hash over it instead of sending it, so that it must be kept sealed.
pub(crate) const fn is_hashed_with(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Antring)
}

/// The form in which a secret is kept. A plain digest is enough: the text has at least 128 random bits.
pub(crate) fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hex(bytes: usize) -> String {
    random(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Decimal digits, the first not 0.
fn digits(length: usize) -> String {
    let digit = |(place, byte): (usize, u8)| char::from(if place == 0 { b'1' + byte % 9 } else { b'0' + byte % 10 });
    random(length).into_iter().enumerate().map(digit).collect()
}

fn grouped(text: &str, lengths: &[usize]) -> String {
    let mut rest = text;
    let mut groups = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (group, behind) = rest.split_at(*length);
        groups.push(group);
        rest = behind;
    }
    groups.join("-")
}

fn random(bytes: usize) -> Vec<u8> {
    let mut random = vec![0u8; bytes];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    random
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_has_its_form() {
        assert!(new(Dialect::Alo).text.starts_with("alo_"));
        let omicall = new(Dialect::Omicall).text;
        assert_eq!(omicall.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12, 8]);
        let antring = new(Dialect::Antring);
        assert!(antring.public_id.is_some_and(|id| id.len() == 18 && !id.starts_with('0')));
        assert_eq!(antring.text.len(), 32);
        assert_eq!(new(Dialect::Voicecloud).text.len(), 32);
    }

    #[test]
    fn a_renewed_secret_keeps_the_public_name() {
        let first = new(Dialect::Etelecom);
        let next = renewed(Dialect::Etelecom, first.public_id.as_deref());
        assert_ne!(next, first.text);
        assert_eq!(next.split_once(':').map(|(id, _)| id), first.public_id.as_deref());
    }
}
