//! Who is heard. A leg hears one source: it is learned from the first good packet, preferably from where the session
//! description said, and then locked, so that a third party's packets are dropped. Pure.

use model::Moment;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// How long after the first packet a better source may still take the place of a worse one.
const CONTEST: Duration = Duration::from_secs(1);
/// How long the known source must have been quiet before the same stream may come from elsewhere.
const QUIET: Duration = Duration::from_millis(200);
/// How far the sequence may have moved on when a stream comes from elsewhere.
const WINDOW: u16 = 3000;

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// From the locked source.
    Known,
    /// From a new source, which is locked from now on.
    Learned,
    /// From someone else.
    Foreign,
}

/// How much a source is to be believed; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    Stranger,
    /// The address that the signalling comes from.
    Signalling,
    /// The address of the session description, another port.
    SameHost,
    /// Exactly what the session description says.
    Exact,
}

/// The lock of one leg.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latch {
    described: Option<SocketAddr>,
    signalling: Option<IpAddr>,
    locked: Option<Locked>,
    /// A negotiation ended since the source was learned: another may follow when this one falls quiet.
    open: bool,
}

#[derive(Debug, Clone)]
struct Locked {
    source: SocketAddr,
    trust: Trust,
    ssrc: u32,
    sequence: u16,
    since: Moment,
    heard: Moment,
}

impl Latch {
    /// A negotiation named this address.
    pub(crate) fn described(&mut self, address: Option<SocketAddr>) {
        if address != self.described {
            self.locked = None;
        }
        self.described = address;
        self.open = self.locked.is_some();
    }

    /// The signalling comes from here.
    pub(crate) fn signalling(&mut self, ip: IpAddr) {
        self.signalling = Some(ip);
    }

    /// Where to send: the source heard, else the described address.
    pub(crate) fn target(&self) -> Option<SocketAddr> {
        self.locked.as_ref().map(|l| l.source).or(self.described)
    }

    /// The source heard.
    pub(crate) fn source(&self) -> Option<SocketAddr> {
        self.locked.as_ref().map(|l| l.source)
    }

    /// Judges a packet that is good RTP with a payload type that was agreed on.
    pub(crate) fn judge(&mut self, now: Moment, source: SocketAddr, ssrc: u32, sequence: u16) -> Verdict {
        let Some(locked) = &mut self.locked else {
            self.learn(now, source, ssrc, sequence);
            return Verdict::Learned;
        };
        if locked.source == source {
            (locked.ssrc, locked.sequence, locked.heard) = (ssrc, sequence, now);
            return Verdict::Known;
        }
        let (held, since, heard) = (locked.trust, locked.since, locked.heard);
        let same_stream = locked.ssrc == ssrc && sequence.wrapping_sub(locked.sequence) < WINDOW;
        let same_host = locked.source.ip() == source.ip();
        let quiet = now.since(heard) >= QUIET;
        let trust = self.trust(source);
        // The described address always wins over a guess, and anybody known over a stranger; else the first second counts.
        let settled = now.since(since) >= CONTEST && held > Trust::Stranger && trust < Trust::Exact;
        let better = trust > held && !settled;
        // NAT gave the same stream a new port.
        let moved = same_host && same_stream && quiet;
        // A stranger must not slip in while a phone on hold is quiet.
        let known = trust > Trust::Stranger || same_host || same_stream;
        let renewed = self.open && quiet && known;
        if better || moved || renewed {
            self.learn(now, source, ssrc, sequence);
            return Verdict::Learned;
        }
        Verdict::Foreign
    }

    /// Whether a source at this address was announced.
    pub(crate) fn expects(&self, ip: IpAddr) -> bool {
        self.signalling == Some(ip) || self.described.is_some_and(|described| described.ip() == ip)
    }

    /// A packet has proven to be the far side's: it is followed wherever it went, unless this one is late. True when the
    /// source is new.
    pub(crate) fn prove(&mut self, now: Moment, source: SocketAddr, ssrc: u32, sequence: u16) -> bool {
        let stays = self.locked.as_ref().is_some_and(|locked| {
            let late = locked.ssrc == ssrc && sequence.wrapping_sub(locked.sequence) as i16 <= 0;
            locked.source == source || late
        });
        if !stays {
            self.learn(now, source, ssrc, sequence);
        }
        !stays
    }

    fn learn(&mut self, now: Moment, source: SocketAddr, ssrc: u32, sequence: u16) {
        let trust = self.trust(source);
        self.locked = Some(Locked { source, trust, ssrc, sequence, since: now, heard: now });
        self.open = false;
    }

    fn trust(&self, source: SocketAddr) -> Trust {
        match self.described {
            Some(described) if described == source => Trust::Exact,
            Some(described) if described.ip() == source.ip() => Trust::SameHost,
            _ if self.signalling == Some(source.ip()) => Trust::Signalling,
            _ => Trust::Stranger,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: &str = "192.0.2.1:4000";
    const STRANGER: &str = "203.0.113.9:7000";

    fn at(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn described() -> Latch {
        let mut latch = Latch::default();
        latch.described(Some(at(PHONE)));
        latch
    }

    fn judge(latch: &mut Latch, ms: u64, source: &str, ssrc: u32, sequence: u16) -> Verdict {
        latch.judge(Moment::from_millis(ms), at(source), ssrc, sequence)
    }

    #[test]
    fn once_locked_strangers_are_foreign_even_with_the_right_ssrc() {
        let mut latch = described();
        assert_eq!(judge(&mut latch, 0, PHONE, 1, 1), Verdict::Learned);
        assert_eq!(judge(&mut latch, 20, PHONE, 1, 2), Verdict::Known);
        assert_eq!(judge(&mut latch, 21, STRANGER, 1, 3), Verdict::Foreign);
        assert_eq!(judge(&mut latch, 22, "192.0.2.1:4002", 2, 3), Verdict::Foreign);
        assert_eq!(judge(&mut latch, 5000, STRANGER, 1, 3), Verdict::Foreign);
        assert_eq!(latch.target(), Some(at(PHONE)));
    }

    #[test]
    fn the_described_address_takes_over_from_a_stranger_at_any_time() {
        let mut latch = described();
        assert_eq!(judge(&mut latch, 0, STRANGER, 1, 1), Verdict::Learned);
        assert_eq!(judge(&mut latch, 60_000, PHONE, 2, 1), Verdict::Learned);
        assert_eq!(judge(&mut latch, 60_001, STRANGER, 1, 2), Verdict::Foreign);
    }

    #[test]
    fn whoever_is_known_wins_over_a_stranger_but_after_a_second_not_over_each_other() {
        let (caller, same_host) = ("198.51.100.3:9000", "192.0.2.1:4010");
        for (ms, verdict) in [(900, Verdict::Learned), (2100, Verdict::Foreign)] {
            let mut latch = described();
            latch.signalling(at(caller).ip());
            assert_eq!(judge(&mut latch, 0, STRANGER, 1, 1), Verdict::Learned);
            assert_eq!(judge(&mut latch, 500, caller, 2, 1), Verdict::Learned);
            assert_eq!(judge(&mut latch, 501, STRANGER, 1, 2), Verdict::Foreign);
            assert_eq!(judge(&mut latch, ms, same_host, 3, 1), verdict);
        }
        let mut late = described();
        late.signalling(at(caller).ip());
        judge(&mut late, 0, STRANGER, 1, 1);
        assert_eq!(judge(&mut late, 60_000, caller, 2, 1), Verdict::Learned);
    }

    #[test]
    fn a_stream_may_move_to_another_port_of_its_host_when_the_old_one_is_quiet() {
        let mut latch = described();
        judge(&mut latch, 0, PHONE, 1, 10);
        assert_eq!(judge(&mut latch, 20, "192.0.2.1:9999", 1, 11), Verdict::Foreign);
        assert_eq!(judge(&mut latch, 220, "192.0.2.1:9999", 1, 21), Verdict::Learned);
        assert_eq!(latch.target(), Some(at("192.0.2.1:9999")));
        assert_eq!(judge(&mut latch, 600, "192.0.2.1:5555", 8, 22), Verdict::Foreign);
    }

    #[test]
    fn a_negotiation_lets_a_known_source_in_but_not_while_the_old_one_talks() {
        let mut latch = described();
        judge(&mut latch, 0, PHONE, 1, 10);
        latch.described(Some(at(PHONE)));
        assert_eq!(judge(&mut latch, 20, "192.0.2.1:7000", 5, 1), Verdict::Foreign);
        assert_eq!(judge(&mut latch, 300, STRANGER, 5, 1), Verdict::Foreign, "nobody knows it");
        latch.signalling(at(STRANGER).ip());
        assert_eq!(judge(&mut latch, 301, STRANGER, 5, 2), Verdict::Learned);
        assert_eq!(judge(&mut latch, 1400, "203.0.113.9:1", 6, 2), Verdict::Foreign);
        latch.described(Some(at("192.0.2.77:4000")));
        assert_eq!(latch.target(), Some(at("192.0.2.77:4000")));
        assert_eq!(judge(&mut latch, 1410, "192.0.2.77:4000", 7, 1), Verdict::Learned);
    }

    #[test]
    fn a_new_ssrc_from_the_locked_source_is_welcome() {
        let mut latch = described();
        judge(&mut latch, 0, PHONE, 1, 10);
        assert_eq!(judge(&mut latch, 20, PHONE, 2, 40_000), Verdict::Known);
    }
}
