//! What a handle asks of the media thread that owns the leg.

use crate::negotiation::{Agreed, Protection, Route};
use crate::sound::Sound;
use crate::tap::Tapped;
use crate::transcoder::{Done, Edge};
use crate::worker::{Errand, Moving};
use model::Digit;
use std::net::{IpAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The number of a leg; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LegKey(pub(crate) u64);

/// The sockets of a leg and what it is called.
#[derive(Debug)]
pub(crate) struct NewLeg {
    pub(crate) key: LegKey,
    pub(crate) tag: u64,
    pub(crate) port: u16,
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    pub(crate) ssrc: u32,
    /// The leg whose video this is.
    pub(crate) owner: Option<LegKey>,
}

/// Who hears whom among several legs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mixing {
    pub(crate) edges: Vec<Edge>,
    /// Who belongs in a recording of one of them.
    pub(crate) voices: Vec<LegKey>,
}

impl Mixing {
    /// All legs in it, each once.
    pub(crate) fn members(&self) -> Vec<LegKey> {
        let ends = self.edges.iter().flat_map(|edge| [edge.from, edge.to]);
        let mut members: Vec<LegKey> = ends.chain(self.voices.iter().copied()).collect();
        members.sort_unstable();
        members.dedup();
        members
    }
}

#[derive(Debug)]
pub(crate) enum Command {
    Open(Box<NewLeg>),
    /// Where the far side wants a leg's video.
    Route(LegKey, Option<Route>),
    /// A negotiation has ended well.
    Agree(LegKey, Box<Agreed>, Box<Protection>),
    /// The signalling of the leg comes from this address.
    Signalled(LegKey, IpAddr),
    /// The leg is answered: silence counts from now.
    Watch(LegKey),
    Bridge(LegKey, LegKey),
    Unbridge(LegKey),
    /// Who hears whom in a mix from now on. Mixes are numbered like legs.
    Mix(LegKey, Box<Mixing>),
    Unmix(LegKey),
    Play(LegKey, Arc<Sound>, bool),
    StopPlay(LegKey),
    Digit(LegKey, Digit),
    Record {
        left: LegKey,
        right: LegKey,
        path: PathBuf,
    },
    /// Record what one leg's far side says.
    Message {
        leg: LegKey,
        path: PathBuf,
        /// After so long a silence the owner is told.
        quiet: Duration,
    },
    StopRecord(LegKey),
    /// What is said belongs in the recording no more, or again.
    PauseRecord(LegKey, bool),
    /// The second takes the place beside the first in the recording of the first.
    RecordBeside(LegKey, LegKey),
    Tap(LegKey, Box<Tapped>),
    /// The transcoder has done something.
    Done(Done),
    Close(LegKey),
    /// The leg will come from another thread, and commands for it before.
    Await(LegKey),
    /// The leg goes to another thread.
    Leave(LegKey, Errand),
    /// It has come; or none will.
    Arrive(LegKey, Option<Moving>),
    /// No handle is left.
    Stop,
}

impl Command {
    /// The legs it is about, for which it has to wait. What the transcoder has done concerns whoever is there, and a leg that
    /// comes is what is waited for.
    pub(crate) fn legs(&self) -> Vec<LegKey> {
        match self {
            Command::Open(new) => [new.key].into_iter().chain(new.owner).collect(),
            Command::Bridge(one, other) | Command::RecordBeside(one, other) => vec![*one, *other],
            Command::Record { left, right, .. } => vec![*left, *right],
            Command::Mix(key, mixing) => [*key].into_iter().chain(mixing.members()).collect(),
            Command::Message { leg, .. } => vec![*leg],
            Command::Route(key, _)
            | Command::Agree(key, ..)
            | Command::Signalled(key, _)
            | Command::Watch(key)
            | Command::Unbridge(key)
            | Command::Unmix(key)
            | Command::Play(key, ..)
            | Command::StopPlay(key)
            | Command::Digit(key, _)
            | Command::StopRecord(key)
            | Command::PauseRecord(key, _)
            | Command::Tap(key, _)
            | Command::Close(key)
            | Command::Await(key)
            | Command::Leave(key, _) => vec![*key],
            Command::Done(_) | Command::Arrive(..) | Command::Stop => Vec::new(),
        }
    }
}
