//! What comes.

use super::cipher::{Session, Stream};
use super::sealer::{RTCP_TAG, beside, rtcp_nonce, rtp_nonce};
use super::window::Window;
use super::{MasterKey, Suite, rtcp_head, rtp_head};
use std::fmt;
use subtle::ConstantTimeEq;

/// Streams of one far side that are remembered; the one heard longest ago gives way.
const STREAMS: usize = 8;

/// The receiving side of one leg.
pub struct Opener {
    rtp: Session,
    rtcp: Session,
    /// Bytes of the master key's identifier in each packet.
    mki: usize,
    streams: Vec<Known>,
    clock: u64,
}

struct Known {
    ssrc: u32,
    is_rtcp: bool,
    window: Window,
    heard: u64,
}

/// Why a packet was not opened. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Neither SRTP nor SRTCP.
    #[error("this is no protected packet")]
    Malformed,
    /// It came before, or is too old to tell.
    #[error("the packet came before")]
    Replayed,
    /// Nobody who knows the key has made it.
    #[error("the packet's authentication failed")]
    Forged,
}

impl Opener {
    /// Derives the keys. `mki` is the length in bytes of the identifier that the far side adds (RFC 3711 section 3.1),
    /// zero in most cases.
    pub fn new(master: &MasterKey, mki: usize) -> Opener {
        let (rtp, rtcp) = (Session::new(master, Stream::Rtp), Session::new(master, Stream::Rtcp));
        Opener { rtp, rtcp, mki, streams: Vec::new(), clock: 0 }
    }

    /// The suite it opens.
    pub fn suite(&self) -> Suite {
        self.rtp.suite
    }

    /// Opens an RTP packet in place and returns its new length.
    pub fn rtp(&mut self, packet: &mut [u8]) -> Result<usize, Refused> {
        let (start, ssrc, sequence) = rtp_head(packet).ok_or(Refused::Malformed)?;
        let found = self.streams.iter().position(|s| s.ssrc == ssrc && !s.is_rtcp);
        let window = found.map_or(Window::starting(sequence.into()), |at| self.streams[at].window);
        let index = window.guess(sequence).ok_or(Refused::Replayed)?;
        if window.has(index) {
            return Err(Refused::Replayed);
        }
        let tag = self.rtp.suite.tag_len();
        let end = packet.len().checked_sub(tag + self.mki).filter(|end| *end >= start).ok_or(Refused::Malformed)?;
        if self.rtp.is_aead() {
            let (head, text) = packet[..end + tag].split_at_mut(start);
            if !self.rtp.unlock(rtp_nonce(ssrc, index), head, text) {
                return Err(Refused::Forged);
            }
        } else {
            let roll_over = ((index >> 16) as u32).to_be_bytes();
            let code = self.rtp.code([&packet[..end], &roll_over]).ok_or(Refused::Forged)?;
            check(&code.as_ref()[..tag], &packet[end + self.mki..])?;
            self.rtp.stream(ssrc, index, &mut packet[start..end]);
        }
        self.remember(found, ssrc, false, window, index);
        Ok(end)
    }

    /// Opens a compound RTCP packet in place and returns its new length.
    pub fn rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Refused> {
        let ssrc = rtcp_head(packet).ok_or(Refused::Malformed)?;
        let aead = self.rtcp.is_aead();
        // Counter mode: text, index, identifier, tag. Galois mode: text, tag, index, identifier.
        let (after, before) = if aead { (self.mki, 16) } else { (self.mki + RTCP_TAG, 0) };
        let at = packet.len().checked_sub(after + 4).ok_or(Refused::Malformed)?;
        let end = at.checked_sub(before).filter(|end| *end >= 8).ok_or(Refused::Malformed)?;
        let word: [u8; 4] = packet[at..at + 4].try_into().map_err(|_| Refused::Malformed)?;
        let number = u32::from_be_bytes(word);
        // We never agree to reports in the clear.
        if number & 0x8000_0000 == 0 {
            return Err(Refused::Malformed);
        }
        let number = number & 0x7FFF_FFFF;
        let found = self.streams.iter().position(|s| s.ssrc == ssrc && s.is_rtcp);
        let window = found.map_or(Window::starting(number.into()), |place| self.streams[place].window);
        if window.has(number.into()) {
            return Err(Refused::Replayed);
        }
        if aead {
            let (head, text) = packet[..at].split_at_mut(8);
            if !self.rtcp.unlock(rtcp_nonce(ssrc, number), &beside(head, word), text) {
                return Err(Refused::Forged);
            }
        } else {
            let code = self.rtcp.code([&packet[..at + 4], &[]]).ok_or(Refused::Forged)?;
            check(&code.as_ref()[..RTCP_TAG], &packet[at + 4 + self.mki..])?;
            self.rtcp.stream(ssrc, number.into(), &mut packet[8..end]);
        }
        self.remember(found, ssrc, true, window, number.into());
        Ok(end)
    }

    fn remember(&mut self, found: Option<usize>, ssrc: u32, is_rtcp: bool, mut window: Window, index: u64) {
        window.mark(index);
        self.clock += 1;
        let known = Known { ssrc, is_rtcp, window, heard: self.clock };
        if let Some(at) = found {
            self.streams[at] = known;
        } else if self.streams.len() < STREAMS {
            self.streams.push(known);
        } else if let Some(oldest) = self.streams.iter_mut().min_by_key(|s| s.heard) {
            *oldest = known;
        }
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opener({})", self.suite().name())
    }
}

fn check(ours: &[u8], theirs: &[u8]) -> Result<(), Refused> {
    if bool::from(ours.ct_eq(theirs)) { Ok(()) } else { Err(Refused::Forged) }
}
