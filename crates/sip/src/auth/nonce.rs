//! Nonces that need no memory: the time, a counter, and a MAC over both and the asker's address.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{Moment, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// How long a nonce is good. A phone answers within a second; what comes later is asked again with `stale=true`.
pub(super) const LIFETIME: Duration = Duration::from_secs(30);

const MAC_LEN: usize = 10;
const COUNTER_BITS: u32 = 24;

/// Makes and checks nonces.
pub(super) struct Nonces {
    mac: Hmac<Sha256>,
    counter: AtomicU32,
}

/// The part of a nonce that makes it the only one of its kind: milliseconds, then the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NonceId(pub(super) u64);

/// What a nonce is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// We made it for this address, just now.
    Good(NonceId),
    /// We made it for this address, more than [`LIFETIME`] ago.
    Old,
    /// We did not make it, or for another address, or in an earlier life.
    Foreign,
}

impl NonceId {
    pub(super) fn made_at(self) -> Moment {
        Moment::from_millis(self.0 >> COUNTER_BITS)
    }
}

impl Nonces {
    /// `born` keeps the nonces of an earlier process with the same secret from counting in this one, whose
    /// [`Moment`]s begin anew.
    pub(super) fn new(secret: &[u8; 32], born: Timestamp) -> Nonces {
        let mut key = keyed(secret);
        key.update(b"alo sip nonce");
        key.update(&born.as_millis().to_be_bytes());
        Nonces { mac: keyed(&key.finalize().into_bytes()), counter: AtomicU32::new(0) }
    }

    /// A new nonce for one address.
    pub(super) fn make(&self, source: IpAddr, now: Moment) -> String {
        let count = u64::from(self.counter.fetch_add(1, Ordering::Relaxed)) % (1 << COUNTER_BITS);
        let id = NonceId((now.as_nanos() / 1_000_000) << COUNTER_BITS | count);
        let mut bytes = [0; 8 + MAC_LEN];
        bytes[..8].copy_from_slice(&id.0.to_be_bytes());
        bytes[8..].copy_from_slice(&self.tag(id, source));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a nonce is worth to this address now.
    pub(super) fn check(&self, nonce: &str, source: IpAddr, now: Moment) -> Worth {
        let mut bytes = [0; 8 + MAC_LEN];
        if nonce.len() > 4 * bytes.len() || URL_SAFE_NO_PAD.decode_slice(nonce, &mut bytes) != Ok(bytes.len()) {
            return Worth::Foreign;
        }
        let Some((id, tag)) = bytes.split_first_chunk::<8>() else { return Worth::Foreign };
        let id = NonceId(u64::from_be_bytes(*id));
        let ours = bool::from(self.tag(id, source).ct_eq(tag));
        if !ours || id.made_at() > now {
            Worth::Foreign
        } else if now.since(id.made_at()) > LIFETIME {
            Worth::Old
        } else {
            Worth::Good(id)
        }
    }

    fn tag(&self, id: NonceId, source: IpAddr) -> [u8; MAC_LEN] {
        let mut mac = self.mac.clone();
        mac.update(&id.0.to_be_bytes());
        match source.to_canonical() {
            IpAddr::V4(ip) => mac.update(&ip.octets()),
            IpAddr::V6(ip) => mac.update(&ip.octets()),
        }
        let full = mac.finalize().into_bytes();
        let mut tag = [0; MAC_LEN];
        tag.copy_from_slice(&full[..MAC_LEN]);
        tag
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9));
    const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 8));

    fn nonces(born: i64) -> Nonces {
        Nonces::new(&[7; 32], Timestamp(born))
    }

    #[test]
    fn a_nonce_counts_for_its_address_and_its_time_only() {
        let nonces = nonces(1);
        let made = Moment::from_millis(5_000);
        let nonce = nonces.make(PHONE, made);
        assert_eq!(nonce.len(), 24);
        assert!(matches!(nonces.check(&nonce, PHONE, made), Worth::Good(_)));
        let mapped = "::ffff:10.0.0.9".parse().expect("an address");
        assert!(matches!(nonces.check(&nonce, mapped, made + LIFETIME), Worth::Good(_)));
        assert_eq!(nonces.check(&nonce, PHONE, made + LIFETIME + Duration::from_millis(1)), Worth::Old);
        assert_eq!(nonces.check(&nonce, PHONE, Moment::from_millis(4_000)), Worth::Foreign);
        assert_eq!(nonces.check(&nonce, OTHER, made), Worth::Foreign);
    }

    #[test]
    fn no_two_nonces_are_equal_and_none_outlives_its_process() {
        let first = nonces(1);
        let nonce = first.make(PHONE, Moment::START);
        assert_ne!(nonce, first.make(PHONE, Moment::START));
        assert_eq!(nonces(2).check(&nonce, PHONE, Moment::START), Worth::Foreign);
    }

    #[test]
    fn forged_nonces_do_not_count() {
        let nonces = nonces(1);
        let nonce = nonces.make(PHONE, Moment::START);
        for at in 0..nonce.len() {
            let mut forged = nonce.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_eq!(nonces.check(&forged, PHONE, Moment::START), Worth::Foreign);
        }
        for noise in ["", "x", "ü", &"A".repeat(24), &"A".repeat(10_000)] {
            assert_eq!(nonces.check(noise, PHONE, Moment::START), Worth::Foreign);
        }
    }
}
