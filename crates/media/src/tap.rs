//! Whoever looks into a call gets copies of its packets.

use std::net::SocketAddr;
use std::time::Instant;

/// Takes copies of a leg's packets. Called on the media thread for each packet: it must not wait.
pub trait Tap: Send + Sync {
    /// A packet of RTP or RTCP, in clear, as it came from `remote` or went there.
    fn packet(&self, at: Instant, sent: bool, local: SocketAddr, remote: SocketAddr, packet: &[u8]);
}

/// The tap of one leg and the leg's own address.
#[derive(Clone)]
pub(crate) struct Tapped {
    pub(crate) tap: std::sync::Arc<dyn Tap>,
    /// Where the far side sends RTP; RTCP goes to the port after it.
    pub(crate) local: SocketAddr,
}

impl Tapped {
    pub(crate) fn rtp(&self, sent: bool, remote: SocketAddr, packet: &[u8]) {
        self.tap.packet(Instant::now(), sent, self.local, remote, packet);
    }

    pub(crate) fn rtcp(&self, sent: bool, remote: SocketAddr, packet: &[u8]) {
        let local = SocketAddr::new(self.local.ip(), self.local.port().saturating_add(1));
        self.tap.packet(Instant::now(), sent, local, remote, packet);
    }
}

impl std::fmt::Debug for Tapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tapped").field("local", &self.local).finish_non_exhaustive()
    }
}
