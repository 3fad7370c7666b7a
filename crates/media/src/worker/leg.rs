//! The state of one leg on its thread, and the table of all.

use super::guard::{Guard, Kind};
use super::mixes::Seat;
use crate::command::{LegKey, NewLeg};
use crate::dtmf::{event, inband};
use crate::latch::Latch;
use crate::negotiation::{Agreed, Route};
use crate::outgoing::Outgoing;
use crate::player::Player;
use crate::reception::{self, Reception};
use crate::recording::tape::Tape;
use crate::rtp;
use crate::socket::{self, Target};
use crate::sound::Sound;
use crate::tap::Tapped;
use crate::{Codec, Quality};
use model::{Digit, Moment};
use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;

pub(super) struct Leg {
    pub(super) key: LegKey,
    pub(super) tag: u64,
    pub(super) port: u16,
    pub(super) rtp: UdpSocket,
    /// None while RTCP shares the port of RTP.
    pub(super) rtcp: Option<UdpSocket>,
    pub(super) guard: Guard,
    pub(super) agreed: Option<Agreed>,
    pub(super) latch: Latch,
    pub(super) target: Option<Target>,
    pub(super) peer: Option<usize>,
    /// Its place among several who hear each other.
    pub(super) seat: Option<Seat>,
    /// The leg that was its peer until that one took a place in a mix.
    pub(super) beside: Option<LegKey>,
    /// Its video, and the leg whose video it is itself.
    pub(super) video: Option<LegKey>,
    pub(super) owner: Option<LegKey>,
    /// Where the far side wants this video.
    pub(super) route: Option<Route>,
    pub(super) outgoing: Outgoing,
    pub(super) reception: Reception,
    /// When its sockets were last read.
    pub(super) read_at: Moment,
    /// When a packet last came.
    pub(super) heard: Moment,
    pub(super) silence_told: bool,
    pub(super) foreign: u64,
    /// Packets whose authentication failed.
    pub(super) forged: u64,
    pub(super) player: Option<Player>,
    /// Comfort noise that takes the place of a silent peer.
    pub(super) noise: Option<Player>,
    /// The codec that was last heard.
    pub(super) speaks: Option<Codec>,
    /// The transcoder knows of this leg.
    pub(super) at_desk: bool,
    /// A sound that waits for the end of the first negotiation.
    pub(super) pending: Option<(Arc<Sound>, bool)>,
    pub(super) listener: event::Listener,
    /// Keys come as tones, if at all.
    pub(super) listens: bool,
    pub(super) detector: Option<Box<inband::Detector>>,
    pub(super) keys: Keys,
    pub(super) tape: Option<Box<Taping>>,
    /// The leg whose recording this leg is the right side of.
    pub(super) taped_by: Option<usize>,
    pub(super) far: Far,
    pub(super) care_due: Moment,
    pub(super) report_due: Moment,
    /// Somebody looks at the packets.
    pub(super) tapped: Option<Box<Tapped>>,
}

/// A recording of which this leg is the left side.
pub(super) struct Taping {
    pub(super) id: u64,
    pub(super) tape: Tape,
    pub(super) right: Option<usize>,
    /// What is said stays out of it.
    pub(super) paused: bool,
}

/// Keys on their way to the far side.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) sender: event::Sender,
    pub(super) due: Moment,
    /// The timestamp of the key that sounds, once its first packet was sent.
    pub(super) timestamp: Option<u32>,
    /// Tells its sound from others of its leg.
    pub(super) number: u64,
    /// The tone of the key, when the far side takes no events.
    pub(super) tone: Option<(Digit, Sound)>,
}

/// What RTCP tells.
#[derive(Default)]
pub(super) struct Far {
    pub(super) source: Option<SocketAddr>,
    /// The middle of the last sender report's time, and when it came.
    pub(super) report: Option<(u32, Moment)>,
    pub(super) rtt_ms: Option<f64>,
    pub(super) loss: Option<f64>,
    /// Packets we had sent at our last report.
    pub(super) packets_then: u64,
}

impl Leg {
    pub(super) fn new(new: NewLeg, now: Moment) -> Leg {
        Leg {
            key: new.key,
            tag: new.tag,
            port: new.port,
            rtp: new.rtp,
            rtcp: Some(new.rtcp),
            guard: Guard::Plain,
            agreed: None,
            latch: Latch::default(),
            target: None,
            peer: None,
            seat: None,
            beside: None,
            video: None,
            owner: new.owner,
            route: None,
            outgoing: Outgoing::new(new.ssrc),
            reception: Reception::default(),
            read_at: Moment::START,
            heard: now,
            silence_told: false,
            foreign: 0,
            forged: 0,
            player: None,
            noise: None,
            speaks: None,
            at_desk: false,
            pending: None,
            listener: event::Listener::default(),
            listens: false,
            detector: None,
            keys: Keys::default(),
            tape: None,
            taped_by: None,
            far: Far::default(),
            care_due: Moment::START,
            report_due: Moment::START,
            tapped: None,
        }
    }

    /// The agreement, when it lets us send.
    pub(super) fn sending(&self) -> Option<&Agreed> {
        self.agreed.as_ref().filter(|a| a.may_send())
    }

    /// Sends a whole RTP packet to the far side.
    pub(super) fn transmit(&mut self, packet: &[u8]) {
        let Some(target) = &self.target else { return };
        if let (Some(tapped), Some(remote)) = (&self.tapped, target.address()) {
            tapped.rtp(true, remote, packet);
        }
        let Some(sealed) = self.guard.seal(Kind::Rtp, packet) else { return };
        if socket::send(&self.rtp, sealed, target) {
            self.outgoing.packets += 1;
            self.outgoing.bytes += (packet.len() - rtp::HEADER) as u64;
        }
    }

    /// Sends an RTCP packet to the far side.
    pub(super) fn transmit_report(&mut self, packet: &[u8]) {
        let Some(agreed) = self.agreed else { return };
        let (socket, target) = if agreed.mux {
            (Some(&self.rtp), self.target.clone())
        } else {
            (self.rtcp.as_ref(), self.far.source.or(agreed.remote_rtcp).map(Target::from))
        };
        let (Some(socket), Some(target)) = (socket, target) else { return };
        if let (Some(tapped), Some(remote)) = (&self.tapped, target.address()) {
            tapped.rtcp(true, remote, packet);
        }
        if let Some(sealed) = self.guard.seal(Kind::Rtcp, packet) {
            socket::send(socket, sealed, &target);
        }
    }

    /// Finds out where to send from now on.
    pub(super) fn aim(&mut self, now: Moment) {
        let target = match &self.guard {
            Guard::Dtls(dtls) if dtls.ice.is_some() => dtls.target(now),
            Guard::Plain | Guard::Sdes(_) | Guard::Dtls(_) => self.latch.target(),
        };
        self.target = target.map(Target::from);
    }

    pub(super) fn codec(&self) -> Option<Codec> {
        self.agreed.as_ref().map(|a| a.send.codec)
    }

    pub(super) fn quality(&self) -> Quality {
        let (packets, lost) = (self.reception.packets(), self.reception.lost());
        let jitter_ms = self.reception.jitter_ms();
        let loss = lost as f64 / (packets + lost).max(1) as f64;
        Quality {
            rx_packets: packets,
            tx_packets: self.outgoing.packets,
            lost,
            jitter_ms,
            rtt_ms: self.far.rtt_ms,
            far_loss: self.far.loss,
            mos: self
                .speaks
                .filter(|_| packets > 0)
                .map(|codec| reception::mos(codec, loss, jitter_ms, self.far.rtt_ms)),
            foreign_packets: self.foreign,
            forged_packets: self.forged,
            security: self.guard.security(),
            codec: self.codec(),
        }
    }
}

/// All legs of a thread.
#[derive(Default)]
pub(super) struct Legs {
    slots: Vec<Option<Box<Leg>>>,
    free: Vec<usize>,
    by_key: HashMap<LegKey, usize>,
}

impl Legs {
    pub(super) fn add(&mut self, leg: Leg) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.by_key.insert(leg.key, slot);
        self.slots[slot] = Some(Box::new(leg));
        slot
    }

    pub(super) fn remove(&mut self, slot: usize) -> Option<Box<Leg>> {
        let leg = self.slots.get_mut(slot)?.take()?;
        self.by_key.remove(&leg.key);
        self.free.push(slot);
        Some(leg)
    }

    pub(super) fn at(&mut self, slot: usize) -> Option<&mut Leg> {
        self.slots.get_mut(slot)?.as_deref_mut()
    }

    pub(super) fn slot(&self, key: LegKey) -> Option<usize> {
        self.by_key.get(&key).copied()
    }

    pub(super) fn find(&mut self, key: LegKey) -> Option<(usize, &mut Leg)> {
        let slot = self.slot(key)?;
        Some((slot, self.at(slot)?))
    }
}
