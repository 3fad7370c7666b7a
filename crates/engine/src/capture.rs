//! How calls were signalled, for whoever looks into one: `sip` keeps what was said on each leg and hands it over when
//! the leg is over; the call's task adds whom its legs led to and what else happened; together they go to the
//! [`shelf`], many at a time and off the path of calls. A call that is up is put together on demand ([`looking`]).
//!
//! Sound is kept only of calls somebody asked for beforehand ([`watches`], [`sound`]). Nothing here holds up a call:
//! what there is no room for is left out and counted.

mod form;
mod looking;
mod mask;
mod pcap;
mod shelf;
pub(crate) mod sound;
pub(crate) mod watches;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bus::capture::{Capture, Leg, Message, Note, Quality, What};
use model::{CallId, LegId, Moment, TenantId};
use sip::{Stack, Trace};
use tokio::task::JoinHandle;

use crate::clock::{Anchor, Clock};
use crate::routes::Routes;
use shelf::Shelf;
use sound::Sound;
use watches::Watches;

/// How often what has ended is put on the shelf.
const ROUND: Duration = Duration::from_millis(250);
/// How long after a call its last leg's trace is waited for: longer than a BYE that nobody answers lives.
const PATIENCE: Duration = Duration::from_secs(40);
/// Bytes that may wait in memory; above, captures are left out.
const MOST_WAITING: usize = 32 << 20;
/// Notes kept of one call.
pub(crate) const MOST_NOTES: usize = 256;

/// How much is kept, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Bytes of signalling on the disk, over all calls; 0 keeps nothing.
    pub signalling_bytes: u64,
    /// How long signalling is kept at most.
    pub keep: Duration,
    /// Bytes of sound on the disk, over all captured calls.
    pub sound_bytes: u64,
}

impl Default for Config {
    fn default() -> Config {
        Config { signalling_bytes: 256 << 20, keep: Duration::from_secs(7 * 86_400), sound_bytes: 256 << 20 }
    }
}

/// What the call's task knows of its call; made again for each question while the call lives.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) tenant: TenantId,
    pub(crate) call: CallId,
    pub(crate) anchor: Anchor,
    pub(crate) legs: Vec<StoryLeg>,
    pub(crate) notes: Vec<(Moment, LegId, What)>,
}

/// One leg of a story.
#[derive(Debug, Clone)]
pub(crate) struct StoryLeg {
    pub(crate) leg: LegId,
    pub(crate) edge: sip::Leg,
    pub(crate) party: String,
    pub(crate) outgoing: bool,
    pub(crate) quality: Option<Quality>,
}

/// See the module.
pub(crate) struct Captures {
    clock: Clock,
    stack: Stack,
    /// None when nothing is kept.
    shelf: Option<Arc<Mutex<Shelf>>>,
    folder: PathBuf,
    pub(crate) watches: Watches,
    sound: Sound,
    held: Mutex<Held>,
}

/// What waits in memory.
#[derive(Default)]
struct Held {
    /// Traces of legs whose call goes on.
    early: HashMap<sip::Leg, Trace>,
    /// Calls that are over, and the traces of their legs so far.
    ended: HashMap<CallId, Ended>,
    /// Which ended call still waits for a leg.
    missing: HashMap<sip::Leg, CallId>,
    /// Ended calls that lack nothing.
    whole: Vec<Ended>,
    bytes: usize,
}

struct Ended {
    story: Story,
    traces: BTreeMap<sip::Leg, Trace>,
    until: Moment,
}

impl Ended {
    fn bytes(&self) -> usize {
        self.traces.values().map(size).sum()
    }
}

/// What a trace takes of the memory.
fn size(trace: &Trace) -> usize {
    trace.messages.iter().map(|said| said.bytes.len() + 128).sum()
}

impl Captures {
    pub(crate) fn new(config: Config, data: &Path, stack: Stack, clock: Clock) -> Captures {
        let folder = data.join("captures");
        let shelf = (config.signalling_bytes > 0)
            .then(|| Arc::new(Mutex::new(Shelf::new(folder.clone(), config.signalling_bytes, config.keep))));
        let sound = Sound::new(folder.join("sound"), config.sound_bytes);
        Captures { clock, stack, shelf, folder, watches: Watches::default(), sound, held: Mutex::default() }
    }

    /// Starts the rounds.
    pub(crate) fn follow(self: &Arc<Self>) -> JoinHandle<()> {
        let captures = self.clone();
        tokio::spawn(async move {
            let mut round = tokio::time::interval(ROUND);
            loop {
                round.tick().await;
                captures.store().await;
            }
        })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // A panic in here can at worst leave a trace behind that nobody fetches.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the traces of legs that are over.
    pub(crate) fn take_traces(&self, traces: Vec<Trace>, routes: &Routes) {
        if self.shelf.is_none() {
            return;
        }
        let mut held = self.held();
        for trace in traces {
            if held.bytes > MOST_WAITING {
                metrics::counter!("alo_captures_left_out_total").increment(1);
                continue;
            }
            let (leg, bytes) = (trace.leg, size(&trace));
            if let Some(call) = held.missing.remove(&leg) {
                held.bytes += bytes;
                if let Some(ended) = held.ended.get_mut(&call) {
                    ended.traces.insert(leg, trace);
                }
                held.complete(call);
            } else if routes.knows(leg.0) {
                held.bytes += bytes;
                held.early.insert(leg, trace);
            }
        }
    }

    /// The call is over. To be told before its legs are forgotten.
    pub(crate) fn end(&self, story: Story) {
        if self.shelf.is_none() {
            return;
        }
        let until = self.clock.now() + PATIENCE;
        let mut held = self.held();
        let call = story.call;
        let mut traces = BTreeMap::new();
        for leg in &story.legs {
            match held.early.remove(&leg.edge) {
                Some(trace) => _ = traces.insert(leg.edge, trace),
                None => _ = held.missing.insert(leg.edge, call),
            }
        }
        held.ended.insert(call, Ended { story, traces, until });
        held.complete(call);
    }

    /// Puts what is whole, or was waited for long enough, on the shelf; and the sound that came in on the disk.
    async fn store(&self) {
        let ready = {
            let mut held = self.held();
            let now = self.clock.now();
            let late: Vec<CallId> = held.ended.iter().filter(|(_, e)| e.until <= now).map(|(call, _)| *call).collect();
            for call in late {
                held.give_up(call);
            }
            let ready = std::mem::take(&mut held.whole);
            held.bytes -= ready.iter().map(Ended::bytes).sum::<usize>().min(held.bytes);
            ready
        };
        let sound = self.sound.waiting();
        let Some(shelf) = self.shelf.clone().filter(|_| !ready.is_empty()) else {
            if !sound.is_empty() {
                // A panic while writing loses what was to be written, and nothing else.
                let _ = tokio::task::spawn_blocking(move || sound.write()).await;
            }
            return;
        };
        let (stack, clock) = (self.stack.clone(), self.clock);
        let stored = tokio::task::spawn_blocking(move || {
            let all: Vec<Capture> =
                ready.iter().map(|ended| together(&ended.story, ended.traces.values(), &stack, clock, true)).collect();
            sound.write();
            shelf.lock().unwrap_or_else(PoisonError::into_inner).add(&all).map(|()| all.len())
        });
        match stored.await {
            Ok(Ok(calls)) => metrics::counter!("alo_captures_total").increment(calls as u64),
            Ok(Err(error)) => {
                metrics::counter!("alo_captures_left_out_total").increment(1);
                tracing::warn!(%error, "how calls were signalled cannot be kept: look at the disk");
            }
            Err(error) => tracing::error!(%error, "keeping how calls were signalled failed"),
        }
    }

    /// Puts everything on the shelf that is known; at the end of the server.
    pub(crate) async fn finish(&self) {
        {
            let mut held = self.held();
            let all: Vec<CallId> = held.ended.keys().copied().collect();
            for call in all {
                held.give_up(call);
            }
        }
        self.store().await;
    }
}

impl Held {
    /// Moves an ended call on when it lacks nothing.
    fn complete(&mut self, call: CallId) {
        if self.ended.get(&call).is_some_and(|ended| ended.traces.len() == ended.story.legs.len())
            && let Some(ended) = self.ended.remove(&call)
        {
            self.whole.push(ended);
        }
    }

    /// Moves an ended call on whatever it lacks.
    fn give_up(&mut self, call: CallId) {
        let Some(ended) = self.ended.remove(&call) else { return };
        for leg in &ended.story.legs {
            self.missing.remove(&leg.edge);
        }
        self.whole.push(ended);
    }
}

/// What was said and what else is known, in one, without secrets.
fn together<'a>(
    story: &Story,
    traces: impl Iterator<Item = &'a Trace>,
    stack: &Stack,
    clock: Clock,
    ended: bool,
) -> Capture {
    let mut legs: Vec<Leg> = story
        .legs
        .iter()
        .map(|leg| Leg {
            leg: leg.leg,
            party: leg.party.clone(),
            outgoing: leg.outgoing,
            left_out: 0,
            quality: leg.quality.clone(),
        })
        .collect();
    let mut messages = Vec::new();
    for trace in traces {
        let Some(place) = story.legs.iter().position(|leg| leg.edge == trace.leg) else { continue };
        legs[place].left_out = trace.left_out;
        for said in &trace.messages {
            let mut bytes = said.bytes.to_vec();
            mask::mask(&mut bytes);
            messages.push(Message {
                at_us: story.anchor.wall_us(clock.moment(stack.instant(said.at))),
                leg: legs[place].leg,
                sent: said.sent,
                local: said.local,
                remote: said.remote,
                transport: said.transport.parameter(),
                bytes,
            });
        }
    }
    messages.sort_by_key(|message| message.at_us);
    let note =
        |(at, leg, what): &(Moment, LegId, What)| Note { at_us: story.anchor.wall_us(*at), leg: *leg, what: *what };
    let notes = story.notes.iter().map(note).collect();
    Capture { tenant: story.tenant, call: story.call, ended, legs, messages, notes }
}
