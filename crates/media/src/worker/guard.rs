//! How the packets of a leg are protected on their way: in the clear, with the keys of the session descriptions, or with
//! those of a DTLS handshake between the addresses that ICE found.

use crate::dtls::Handshake;
use crate::event::Security;
use crate::negotiation::Protection;
use crate::srtp::{MasterKey, Opener, Refused, Sealer};
use crate::{dtls, ice};
use model::Moment;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long packets of the far side's last key are still taken after it named a new one.
const OVERLAP: Duration = Duration::from_secs(2);
/// Handshakes of one leg that may fail.
const HANDSHAKES: u32 = 8;

/// The protection of one leg. The plain path costs one comparison.
pub(super) enum Guard {
    Plain,
    Sdes(Box<Sdes>),
    Dtls(Box<Dtls>),
}

/// Keys of both directions.
pub(super) struct Keys {
    sealer: Sealer,
    opener: Opener,
    /// What opened until the far side took a new key, and when that was.
    before: Option<(Opener, Moment)>,
}

pub(super) struct Sdes {
    ours: MasterKey,
    theirs: (MasterKey, usize),
    keys: Keys,
    scratch: Vec<u8>,
}

pub(super) struct Dtls {
    pub(super) ice: Option<ice::Agent>,
    pub(super) rtp: Association,
    /// That of RTCP, when the far side began one on its port: without rtcp-mux each has its own (RFC 5764 section 4.2).
    pub(super) rtcp: Option<Association>,
    pub(super) scratch: Vec<u8>,
}

/// A DTLS handshake over one pair of addresses, and the keys that came of it.
pub(super) struct Association {
    pub(super) handshake: Option<Handshake>,
    pub(super) keys: Option<Keys>,
    /// Where the last packet of the handshake came from.
    pub(super) partner: Option<SocketAddr>,
    /// When the handshake wants to be looked at.
    pub(super) due: Moment,
    failures: u32,
}

/// Which of a leg's sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Rtp,
    Rtcp,
}

/// What a packet is by its first bytes (RFC 7983, RFC 5761 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Stun,
    Dtls,
    Rtp,
    Rtcp,
    Other,
}

impl Kind {
    pub(super) fn of(packet: &[u8]) -> Kind {
        match packet {
            [0..=3, ..] => Kind::Stun,
            [20..=63, ..] => Kind::Dtls,
            [128..=191, 192..=223, ..] => Kind::Rtcp,
            [128..=191, ..] => Kind::Rtp,
            _ => Kind::Other,
        }
    }
}

impl Keys {
    pub(super) fn new(sealer: Sealer, opener: Opener) -> Keys {
        Keys { sealer, opener, before: None }
    }

    /// Opens a packet in place.
    pub(super) fn open(&mut self, now: Moment, kind: Kind, packet: &mut [u8]) -> Result<usize, Refused> {
        let attempt = |opener: &mut Opener, packet: &mut [u8]| match kind {
            Kind::Rtcp => opener.rtcp(packet),
            Kind::Rtp | Kind::Stun | Kind::Dtls | Kind::Other => opener.rtp(packet),
        };
        if self.before.as_ref().is_some_and(|(_, since)| now.since(*since) > OVERLAP) {
            self.before = None;
        }
        let Some((before, _)) = &mut self.before else { return attempt(&mut self.opener, packet) };
        // A failed attempt may have touched the packet.
        let mut copy = packet.to_vec();
        attempt(&mut self.opener, packet).or_else(|refused| {
            let length = attempt(before, &mut copy).map_err(|_| refused)?;
            packet[..length].copy_from_slice(&copy[..length]);
            Ok(length)
        })
    }

    fn seal<'a>(&mut self, kind: Kind, packet: &[u8], scratch: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        scratch.clear();
        scratch.extend_from_slice(packet);
        let sealed = match kind {
            Kind::Rtcp => self.sealer.rtcp(scratch),
            Kind::Rtp | Kind::Stun | Kind::Dtls | Kind::Other => self.sealer.rtp(scratch),
        };
        sealed.then_some(scratch)
    }
}

impl Guard {
    /// Takes what a negotiation ended with. Keys that did not change stay in use, with all that they have counted.
    pub(super) fn agree(&mut self, now: Moment, clock: Instant, protection: &Protection) {
        match protection {
            Protection::None => *self = Guard::Plain,
            Protection::Sdes { ours, theirs, mki } => match self {
                Guard::Sdes(sdes) => sdes.agree(now, ours, (theirs, *mki)),
                Guard::Plain | Guard::Dtls(_) => *self = Guard::Sdes(Box::new(Sdes::new(ours, theirs, *mki))),
            },
            Protection::Dtls { ice, dtls } => match self {
                Guard::Dtls(guard) => guard.agree(now, clock, ice.as_ref(), dtls),
                Guard::Plain | Guard::Sdes(_) => {
                    *self = Guard::Dtls(Box::new(Dtls::new(now, clock, ice.as_ref(), dtls)));
                }
            },
        }
    }

    /// Whether packets can be sent; not before the end of a handshake.
    pub(super) fn is_ready(&self) -> bool {
        match self {
            Guard::Plain | Guard::Sdes(_) => true,
            Guard::Dtls(dtls) => dtls.rtp.keys.is_some(),
        }
    }

    pub(super) fn security(&self) -> Security {
        match self {
            Guard::Plain => Security::Plain,
            Guard::Sdes(_) => Security::Sdes,
            Guard::Dtls(_) => Security::Dtls,
        }
    }

    /// When its handshakes want to be looked at.
    pub(super) fn due(&self) -> [Option<Moment>; 2] {
        let Guard::Dtls(dtls) = self else { return [None; 2] };
        let open = |association: &Association| {
            association.handshake.as_ref().is_some_and(|handshake| !handshake.is_done()).then_some(association.due)
        };
        [open(&dtls.rtp), dtls.rtcp.as_ref().and_then(open)]
    }

    /// The packet as it may be sent; none when it may not.
    pub(super) fn seal<'a>(&'a mut self, kind: Kind, packet: &'a [u8]) -> Option<&'a [u8]> {
        match self {
            Guard::Plain => Some(packet),
            Guard::Sdes(sdes) => sdes.keys.seal(kind, packet, &mut sdes.scratch),
            Guard::Dtls(dtls) => {
                let own = dtls.rtcp.as_mut().filter(|_| kind == Kind::Rtcp);
                own.unwrap_or(&mut dtls.rtp).keys.as_mut()?.seal(kind, packet, &mut dtls.scratch)
            }
        }
    }

    /// Opens a packet that came in by this door in place and returns its new length.
    pub(super) fn open(&mut self, now: Moment, door: Door, kind: Kind, packet: &mut [u8]) -> Result<usize, Refused> {
        match self {
            Guard::Plain => Ok(packet.len()),
            Guard::Sdes(sdes) => sdes.keys.open(now, kind, packet),
            Guard::Dtls(dtls) => {
                let keys = dtls.association(door).and_then(|association| association.keys.as_mut());
                keys.ok_or(Refused::Malformed)?.open(now, kind, packet)
            }
        }
    }
}

impl Sdes {
    fn new(ours: &MasterKey, theirs: &MasterKey, mki: usize) -> Sdes {
        let keys = Keys::new(Sealer::new(ours), Opener::new(theirs, mki));
        Sdes { ours: ours.clone(), theirs: (theirs.clone(), mki), keys, scratch: Vec::new() }
    }

    fn agree(&mut self, now: Moment, ours: &MasterKey, theirs: (&MasterKey, usize)) {
        if self.ours != *ours {
            self.ours = ours.clone();
            self.keys.sealer = Sealer::new(ours);
        }
        if (&self.theirs.0, self.theirs.1) != theirs {
            self.theirs = (theirs.0.clone(), theirs.1);
            let opener = std::mem::replace(&mut self.keys.opener, Opener::new(theirs.0, theirs.1));
            self.keys.before = Some((opener, now));
        }
    }
}

impl Association {
    fn new(terms: &dtls::Terms, now: Moment, clock: Instant) -> Association {
        let handshake = Handshake::new(terms.clone(), clock);
        Association { handshake, keys: None, partner: None, due: now, failures: 0 }
    }

    /// The handshake has failed: waits for another, unless that came too often.
    pub(super) fn begin_anew(&mut self, clock: Instant) {
        self.failures += 1;
        let terms = self.handshake.take().map(|handshake| handshake.terms().clone());
        if self.failures < HANDSHAKES {
            self.handshake = terms.and_then(|terms| Handshake::new(terms, clock));
        }
    }
}

impl Dtls {
    fn new(now: Moment, clock: Instant, ice: Option<&ice::Terms>, dtls: &dtls::Terms) -> Dtls {
        let ice = ice.cloned().map(ice::Agent::new);
        Dtls { ice, rtp: Association::new(dtls, now, clock), rtcp: None, scratch: Vec::new() }
    }

    fn agree(&mut self, now: Moment, clock: Instant, ice: Option<&ice::Terms>, dtls: &dtls::Terms) {
        match (&mut self.ice, ice) {
            (Some(agent), Some(terms)) if agent.terms() == terms => {}
            (Some(agent), Some(terms)) => agent.restart(terms.clone()),
            (_, terms) => self.ice = terms.cloned().map(ice::Agent::new),
        }
        // Another certificate is another far side; a restart of ICE alone keeps the keys (RFC 8842 section 4).
        if self.rtp.handshake.as_ref().is_none_or(|handshake| handshake.terms() != dtls) {
            self.rtp = Association::new(dtls, now, clock);
            self.rtcp = None;
        }
    }

    /// What belongs to a door. That of RTCP is there once the far side has begun it.
    pub(super) fn association(&mut self, door: Door) -> Option<&mut Association> {
        match door {
            Door::Rtp => Some(&mut self.rtp),
            Door::Rtcp => self.rtcp.as_mut(),
        }
    }

    /// The far side speaks at a door: its association there, which begins now if there is none.
    pub(super) fn meet(&mut self, door: Door, now: Moment, clock: Instant) -> Option<&mut Association> {
        if door == Door::Rtcp && self.rtcp.is_none() {
            let terms = self.rtp.handshake.as_ref()?.terms();
            self.rtcp = Some(Association::new(terms, now, clock));
        }
        self.association(door)
    }

    /// Whether it is for us to begin.
    pub(super) fn begins(&self) -> bool {
        self.rtp.handshake.as_ref().is_some_and(|handshake| handshake.terms().active)
    }

    /// Whether this source may take part in the handshake: with ICE, who has passed a check (CVE-2023-49786: else anybody
    /// could begin one first and keep the far side out).
    pub(super) fn admits(&self, now: Moment, source: SocketAddr) -> Option<bool> {
        self.ice.as_ref().map(|ice| ice.is_valid(now, source))
    }

    /// Where the next packet of the handshake of RTP goes, and all that follows it.
    pub(super) fn target(&self, now: Moment) -> Option<SocketAddr> {
        self.ice.as_ref().and_then(|ice| ice.target(now)).or(self.rtp.partner)
    }
}
