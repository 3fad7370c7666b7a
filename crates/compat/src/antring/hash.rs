//! The hash by which an application proves its secret: SHA-256 over the values of a request, one behind the other in the
//! documented order, and the secret; in lower-case hex.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether `sent` is the hash over these values and the secret. Takes as long for a wrong one as for the right one.
pub(super) fn fits(values: &[&str], secret: &str, sent: &str) -> bool {
    let mut hasher = Sha256::new();
    for value in values {
        hasher.update(value.as_bytes());
    }
    hasher.update(secret.as_bytes());
    let right: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    right.as_bytes().ct_eq(sent.to_ascii_lowercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::fits;

    /// The example of the vendor's own page.
    const DIGEST: &str = "9b11b9ff77dbba70fe059acf84c02cfe6af90de9122e4d3bd6ec69c9d637f9ed";
    const VALUES: [&str; 3] = ["6544646543674", "2018-02-07T02:19:33.000Z", "2018-02-07T07:04:22.000Z"];

    #[test]
    fn the_vendors_own_example_fits() {
        assert!(fits(&VALUES, "123456", DIGEST));
        assert!(fits(&VALUES, "123456", &DIGEST.to_uppercase()), "hex is hex");
    }

    #[test]
    fn another_value_order_secret_or_length_does_not() {
        let [id, from, to] = VALUES;
        assert!(!fits(&[id, to, from], "123456", DIGEST));
        assert!(!fits(&[id, from], "123456", DIGEST));
        assert!(!fits(&VALUES, "123457", DIGEST));
        assert!(!fits(&VALUES, "123456", &DIGEST[..63]));
        assert!(!fits(&VALUES, "123456", ""));
    }
}
