//! What we send.

use super::cipher::{Session, Stream};
use super::window::Window;
use super::{MasterKey, Suite, rtcp_head, rtp_head};
use std::fmt;

/// The sending side of one leg: one key, one SSRC.
pub struct Sealer {
    rtp: Session,
    rtcp: Session,
    window: Option<(u32, Window)>,
    /// Of the last SRTCP packet.
    report: u32,
}

impl Sealer {
    /// Derives the keys.
    pub fn new(master: &MasterKey) -> Sealer {
        let (rtp, rtcp) = (Session::new(master, Stream::Rtp), Session::new(master, Stream::Rtcp));
        Sealer { rtp, rtcp, window: None, report: 0 }
    }

    /// The suite it seals with.
    pub fn suite(&self) -> Suite {
        self.rtp.suite
    }

    /// Seals an RTP packet that stands alone in the buffer. False when it must not be sent: it is no RTP, or its
    /// sequence number was used before, since what is encrypted twice with one key stream is no secret any more.
    pub fn rtp(&mut self, packet: &mut Vec<u8>) -> bool {
        let Some((start, ssrc, sequence)) = rtp_head(packet) else { return false };
        let window = match &mut self.window {
            Some((known, window)) if *known == ssrc => window,
            _ => &mut self.window.insert((ssrc, Window::starting(sequence.into()))).1,
        };
        let Some(index) = window.guess(sequence).filter(|index| !window.has(*index)) else { return false };
        window.mark(index);
        let roll_over = ((index >> 16) as u32).to_be_bytes();
        let (head, text) = packet.split_at_mut(start);
        if self.rtp.is_aead() {
            let Some(tag) = self.rtp.lock(rtp_nonce(ssrc, index), head, text) else { return false };
            packet.extend_from_slice(&tag);
            return true;
        }
        self.rtp.stream(ssrc, index, text);
        let Some(code) = self.rtp.code([packet, &roll_over]) else { return false };
        packet.extend_from_slice(&code.as_ref()[..self.rtp.suite.tag_len()]);
        true
    }

    /// Seals a compound RTCP packet.
    pub fn rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        let Some(ssrc) = rtcp_head(packet) else { return false };
        if self.report == 0x7FFF_FFFF {
            return false;
        }
        self.report += 1;
        let word = (self.report | 0x8000_0000).to_be_bytes();
        let (head, text) = packet.split_at_mut(8);
        if self.rtcp.is_aead() {
            let Some(tag) = self.rtcp.lock(rtcp_nonce(ssrc, self.report), &beside(head, word), text) else {
                return false;
            };
            packet.extend_from_slice(&tag);
            packet.extend_from_slice(&word);
            return true;
        }
        self.rtcp.stream(ssrc, self.report.into(), text);
        packet.extend_from_slice(&word);
        let Some(code) = self.rtcp.code([packet, &[]]) else { return false };
        packet.extend_from_slice(&code.as_ref()[..RTCP_TAG]);
        true
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({})", self.suite().name())
    }
}

/// Bytes of the tag of SRTCP in counter mode: 80 bits with either suite.
pub(super) const RTCP_TAG: usize = 10;

/// What Galois mode authenticates of an RTCP packet beside its text (RFC 7714 section 9.2).
pub(super) fn beside(head: &[u8], word: [u8; 4]) -> [u8; 12] {
    let mut beside = [0; 12];
    beside[..8].copy_from_slice(head);
    beside[8..].copy_from_slice(&word);
    beside
}

/// RFC 7714 section 8.1, before the salt.
pub(super) fn rtp_nonce(ssrc: u32, index: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
    nonce
}

/// RFC 7714 section 9.1, before the salt.
pub(super) fn rtcp_nonce(ssrc: u32, index: u32) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
    nonce[8..].copy_from_slice(&index.to_be_bytes());
    nonce
}
