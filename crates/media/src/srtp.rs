//! SRTP and SRTCP (RFC 3711, RFC 7714): sealing and opening packets in place. Pure; where the keys come from (SDES or
//! DTLS) is not known here. `docs/specs/srtp.md` has the rules.
//!
//! Start with [`Sealer`] for what we send and [`Opener`] for what comes.

mod cipher;
mod opener;
mod sealer;
mod window;

pub use opener::{Opener, Refused};
pub use sealer::Sealer;

use std::fmt;

/// Room that sealing needs behind a packet: the longest tag and the index of SRTCP.
pub const ROOM: usize = 20;

/// A protection profile: cipher, authentication and lengths (RFC 4568 section 6.2, RFC 7714 section 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// AES in counter mode, HMAC-SHA1 cut to 80 bits.
    AesCm80,
    /// AES in counter mode, HMAC-SHA1 cut to 32 bits on RTP and to 80 on RTCP.
    AesCm32,
    /// AES-128 in Galois counter mode.
    AesGcm128,
    /// AES-256 in Galois counter mode.
    AesGcm256,
}

impl Suite {
    /// All suites, in the order in which we offer them.
    pub const ALL: [Suite; 4] = [Suite::AesCm80, Suite::AesGcm256, Suite::AesGcm128, Suite::AesCm32];

    /// The name in an `a=crypto` line.
    pub const fn name(self) -> &'static str {
        match self {
            Suite::AesCm80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::AesCm32 => "AES_CM_128_HMAC_SHA1_32",
            Suite::AesGcm128 => "AEAD_AES_128_GCM",
            Suite::AesGcm256 => "AEAD_AES_256_GCM",
        }
    }

    /// The suite with this name, in any case of letters.
    pub fn from_name(name: &str) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))
    }

    /// Bytes of the master key.
    pub const fn key_len(self) -> usize {
        match self {
            Suite::AesCm80 | Suite::AesCm32 | Suite::AesGcm128 => 16,
            Suite::AesGcm256 => 32,
        }
    }

    /// Bytes of the master salt.
    pub const fn salt_len(self) -> usize {
        match self {
            Suite::AesCm80 | Suite::AesCm32 => 14,
            Suite::AesGcm128 | Suite::AesGcm256 => 12,
        }
    }

    /// Bytes that sealing adds to an RTP packet.
    pub const fn tag_len(self) -> usize {
        match self {
            Suite::AesCm80 => 10,
            Suite::AesCm32 => 4,
            Suite::AesGcm128 | Suite::AesGcm256 => 16,
        }
    }
}

/// A master key and salt. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    suite: Suite,
    bytes: [u8; 46],
}

impl MasterKey {
    /// Takes key and salt, one behind the other, which must have the suite's lengths together.
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<MasterKey> {
        let mut bytes = [0; 46];
        if key_and_salt.len() != suite.key_len() + suite.salt_len() {
            return None;
        }
        bytes[..key_and_salt.len()].copy_from_slice(key_and_salt);
        Some(MasterKey { suite, bytes })
    }

    /// The suite that it is for.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Key and salt, one behind the other.
    pub fn key_and_salt(&self) -> &[u8] {
        &self.bytes[..self.suite.key_len() + self.suite.salt_len()]
    }

    fn key(&self) -> &[u8] {
        &self.bytes[..self.suite.key_len()]
    }

    /// The salt, filled up with zeroes to the 14 bytes that derivation takes (RFC 7714 section 11).
    fn salt(&self) -> [u8; 14] {
        let mut salt = [0; 14];
        let (from, length) = (self.suite.key_len(), self.suite.salt_len());
        salt[..length].copy_from_slice(&self.bytes[from..from + length]);
        salt
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.suite.name())
    }
}

/// Where the payload of an RTP packet begins, and what the packet index hangs on. None when this is no RTP.
fn rtp_head(packet: &[u8]) -> Option<(usize, u32, u16)> {
    let fixed = packet.first_chunk::<12>()?;
    if fixed[0] >> 6 != 2 {
        return None;
    }
    let mut start = 12 + 4 * usize::from(fixed[0] & 0x0F);
    if fixed[0] & 0x10 != 0 {
        let extension = packet.get(start..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([extension[2], extension[3]]));
    }
    let ssrc = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
    (start <= packet.len()).then_some((start, ssrc, u16::from_be_bytes([fixed[2], fixed[3]])))
}

/// The sender's SSRC of an RTCP packet; none when this is no RTCP.
fn rtcp_head(packet: &[u8]) -> Option<u32> {
    let fixed = packet.first_chunk::<8>()?;
    let is_rtcp = fixed[0] >> 6 == 2 && (192..=223).contains(&fixed[1]);
    is_rtcp.then(|| u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]))
}

#[cfg(test)]
mod tests;
