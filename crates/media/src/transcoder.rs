//! Sound that cannot be relayed as it is: decoded, made, brought to another rate or packet length. All of it happens on
//! a thread of its own beside each media thread, so that a call that is transcoded never delays one that is relayed.
//!
//! The media thread decides for each packet what is to be done with it ([`Job`]), and sends what comes back ([`Done`])
//! in the far side's stream. Nothing here knows a socket.

mod conceal;
mod listener;
mod mixer;
mod order;
mod talker;
mod voice;

use crate::Codec;
use crate::command::{Command, LegKey};
use crate::media::{Inventory, Post, Presence};
use listener::Listener;
pub(crate) use listener::{Coded, Kind};
use mixer::Mixer;
pub(crate) use mixer::{Edge, Plan};
use model::{Digit, Moment};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
pub(crate) use talker::Packet;
use talker::{Piece, Talker, What};
pub(crate) use voice::Format;

/// The unit of places in a stream, in Hz: each codec's clock and rate divides it.
pub(crate) const TICKS: u32 = 48_000;
/// Jobs that may wait; with more the thread is too far behind for live sound, and packets are dropped.
const ROOM: usize = 4096;

/// Who feeds a far side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Another leg.
    Peer(LegKey),
    /// All whom it hears in this mix.
    Mix(LegKey),
    /// A sound, key or noise of ours, with its number.
    Own(u64),
}

/// What is to be done with what a far side says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Encode it for this leg.
    pub(crate) to: Option<(LegKey, Format)>,
    /// Listen for keys.
    pub(crate) hear: bool,
    /// Give it back for a recording.
    pub(crate) tape: bool,
    /// Let it be heard in this mix.
    pub(crate) mix: Option<LegKey>,
}

#[derive(Debug)]
pub(crate) enum Job {
    /// A packet of a leg's far side.
    Packet { from: LegKey, packet: Packet, wants: Wants },
    /// Sound of our own, at 8 kHz, for a leg's far side; `at` in samples since its beginning.
    Sound { to: LegKey, number: u64, format: Format, at: u64, pcm: Vec<i16> },
    /// Who hears whom in a mix from now on.
    Mix(LegKey, Box<Plan>),
    /// A mix is over.
    Unmix(LegKey),
    /// A leg is closed.
    Forget(LegKey),
}

/// What the thread gives back.
#[derive(Debug)]
pub(crate) enum Done {
    /// A packet for a leg's far side.
    Coded { to: LegKey, by: By, codec: Codec, coded: Coded },
    /// A key was heard.
    Heard { from: LegKey, digit: Digit },
    /// Sound for the recording of a leg.
    Taped { from: LegKey, codec: Codec, ssrc: u32, timestamp: u32, pcm: Vec<i16> },
    /// Sound of a mix for the other side of the recording of a leg, where it begins in ticks, and samples in a second.
    Mixed { mix: LegKey, left: LegKey, at: i64, rate: u32, pcm: Vec<i16> },
}

/// The media thread's way to its transcoder.
#[derive(Debug, Clone)]
pub(crate) struct Desk(SyncSender<Job>);

impl Desk {
    /// Hands a job over; one for which there is no room is dropped and counted.
    pub(crate) fn send(&self, job: Job) {
        if self.0.try_send(job).is_err() {
            metrics::counter!("alo_media_transcoder_dropped_total").increment(1);
        }
    }
}

/// Starts the thread. It ends when the last [`Desk`] is gone.
pub(crate) fn start(number: usize, post: Post, inventory: &Arc<Inventory>) -> io::Result<Desk> {
    let (sender, jobs) = sync_channel(ROOM);
    let presence = Presence::new(inventory);
    std::thread::Builder::new().name(format!("media-codec-{number}")).spawn(move || {
        let _presence = presence;
        Transcoder::new(post).run(&jobs);
    })?;
    Ok(Desk(sender))
}

struct Transcoder {
    post: Post,
    started: Instant,
    talkers: HashMap<LegKey, (Talker, Wants)>,
    /// Talkers some of whose packets wait for missing ones.
    waiting: HashSet<LegKey>,
    listeners: Listeners,
    mixes: HashMap<LegKey, Mixer>,
    coded: Vec<Coded>,
}

impl Transcoder {
    fn new(post: Post) -> Transcoder {
        let (talkers, waiting, listeners, mixes, coded) = Default::default();
        Transcoder { post, started: Instant::now(), talkers, waiting, listeners, mixes, coded }
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let waits = self.waiting.iter().filter_map(|key| self.talkers.get(key)?.0.due());
            let due = waits.chain(self.mixes.values().map(Mixer::due)).min();
            let patience = due.map_or(Duration::from_secs(3600), |due| due.since(self.clock()));
            match jobs.recv_timeout(patience) {
                Ok(job) => {
                    let keys = match &job {
                        Job::Packet { from, wants, .. } => [Some(*from), wants.to.map(|(to, _)| to)],
                        Job::Sound { to, .. } => [Some(*to), None],
                        Job::Mix(key, _) | Job::Unmix(key) | Job::Forget(key) => [Some(*key), None],
                    };
                    self.contain(keys, |transcoder| transcoder.obey(job));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for key in self.waiting.iter().copied().collect::<Vec<_>>() {
                self.contain([Some(key), None], |transcoder| transcoder.go_on(key));
            }
            let now = self.clock();
            let due = self.mixes.iter().filter(|(_, mixer)| mixer.due() <= now).map(|(key, _)| *key);
            for key in due.collect::<Vec<_>>() {
                self.contain([Some(key), None], |transcoder| transcoder.mix_on(key));
            }
        }
    }

    /// A fault with one leg's sound must not end the others': its state is thrown away.
    fn contain(&mut self, keys: [Option<LegKey>; 2], work: impl FnOnce(&mut Transcoder)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            tracing::error!("a transcoder has panicked; the sound of the leg at fault begins anew");
            metrics::counter!("alo_media_panics_total").increment(1);
            keys.into_iter().flatten().for_each(|key| self.forget(key));
        }
    }

    fn clock(&self) -> Moment {
        Moment::START + self.started.elapsed()
    }

    fn obey(&mut self, job: Job) {
        let now = self.clock();
        match job {
            Job::Packet { from, packet, wants } => {
                let (talker, wanted) = match self.talkers.entry(from) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => {
                        let Some(talker) = Talker::new(packet.codec) else { return };
                        entry.insert((talker, wants))
                    }
                };
                *wanted = wants;
                talker.push(now, packet);
                self.go_on(from);
            }
            Job::Sound { to, number, format, at, pcm } => {
                let at = at as i64 * i64::from(TICKS / crate::sound::RATE);
                let by = By::Own(number);
                if let Some(listener) = self.listeners.get(to, format) {
                    listener.sound((by, 0), at, false, &pcm, crate::sound::RATE, &mut self.coded);
                }
                self.send(to, by, format.codec);
            }
            Job::Mix(key, plan) => match self.mixes.entry(key) {
                Entry::Occupied(entry) => entry.into_mut().change(*plan),
                Entry::Vacant(entry) => {
                    entry.insert(Mixer::new(now, *plan));
                }
            },
            Job::Unmix(key) => _ = self.mixes.remove(&key),
            Job::Forget(key) => self.forget(key),
        }
    }

    /// Says the frames of a mix that are due.
    fn mix_on(&mut self, key: LegKey) {
        let now = self.clock();
        let Transcoder { mixes, listeners, coded, post, .. } = self;
        let Some(mixer) = mixes.get_mut(&key) else { return };
        let rate = mixer.rate();
        while mixer.due() <= now {
            let at = mixer.draw(now);
            for place in 0..mixer.listeners() {
                let Some((to, format, pcm)) = mixer.heard(place) else { continue };
                let Some(listener) = listeners.get(to, format) else { continue };
                listener.sound((By::Mix(key), 0), at, false, pcm, rate, coded);
                for coded in coded.drain(..) {
                    post.send(Command::Done(Done::Coded { to, by: By::Mix(key), codec: format.codec, coded }));
                }
            }
            if let Some((left, pcm)) = mixer.taped() {
                let pcm = pcm.to_vec();
                post.send(Command::Done(Done::Mixed { mix: key, left, at, rate, pcm }));
            }
        }
    }

    fn forget(&mut self, key: LegKey) {
        self.talkers.remove(&key);
        self.waiting.remove(&key);
        self.listeners.all.remove(&key);
        self.mixes.remove(&key);
    }

    /// Does with a talker's sound what can be done by now.
    fn go_on(&mut self, from: LegKey) {
        let now = self.clock();
        let Some((talker, wants)) = self.talkers.get_mut(&from) else { return };
        let (wants, by) = (*wants, By::Peer(from));
        while let Some(piece) = talker.pop(now) {
            let Piece { at, stream, marker, timestamp, what } = piece;
            let to = wants.to.and_then(|(to, format)| self.listeners.get(to, format));
            match what {
                What::Sound(pcm) => {
                    if let Some(listener) = to {
                        listener.sound((by, stream), at, marker, &pcm, talker.rate(), &mut self.coded);
                    }
                    if wants.hear
                        && let Some(digit) = talker.hear(&pcm)
                    {
                        self.post.send(Command::Done(Done::Heard { from, digit }));
                    }
                    if let Some(mixer) = wants.mix.and_then(|mix| self.mixes.get_mut(&mix)) {
                        mixer.push(from, &pcm, talker.rate());
                    }
                    if wants.tape {
                        let (codec, ssrc) = talker.identity();
                        self.post.send(Command::Done(Done::Taped { from, codec, ssrc, timestamp, pcm }));
                    }
                }
                What::Aside(kind, payload) => {
                    if let Some(listener) = to {
                        listener.aside((by, stream), at, marker, kind, &payload, &mut self.coded);
                    }
                }
            }
        }
        if talker.due().is_some() {
            self.waiting.insert(from);
        } else {
            self.waiting.remove(&from);
        }
        if let Some((to, format)) = wants.to {
            self.send(to, by, format.codec);
        }
    }

    fn send(&mut self, to: LegKey, by: By, codec: Codec) {
        for coded in self.coded.drain(..) {
            self.post.send(Command::Done(Done::Coded { to, by, codec, coded }));
        }
    }
}

/// What each leg's far side hears.
#[derive(Default)]
struct Listeners {
    all: HashMap<LegKey, Listener>,
    made: u32,
}

impl Listeners {
    /// The listener of a leg; a new one when the leg is to get something else than before.
    fn get(&mut self, key: LegKey, format: Format) -> Option<&mut Listener> {
        if self.all.get(&key).is_none_or(|listener| *listener.format() != format) {
            // Streams of two listeners never have the same number.
            self.made = self.made.wrapping_add(1);
            self.all.insert(key, Listener::new(format, self.made << 16)?);
        }
        self.all.get_mut(&key)
    }
}

#[cfg(test)]
mod tests;
