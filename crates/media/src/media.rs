//! The handle of all media threads.

use crate::command::{Command, LegKey, NewLeg};
use crate::negotiation::{Identity, Negotiation};
use crate::ports::Ports;
use crate::worker::{self, Errand, Worker};
use crate::{Config, Counts, Event, Leg, Mix, recording, socket, transcoder};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::mpsc::UnboundedSender;

/// The media threads. Cheap to clone; they end when the last handle and the last leg are gone.
#[derive(Debug, Clone)]
pub struct Media {
    shared: Arc<Shared>,
}

/// No leg could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Every port of the range is in use or resting.
    #[error("no media port is free")]
    NoPorts,
    /// The operating system refused.
    #[error("cannot open a media socket: {0}")]
    Io(#[from] io::Error),
}

/// What the handles share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) inventory: Arc<Inventory>,
    threads: Vec<Post>,
    next: AtomicU64,
    /// Steps under way: see [`Media::step`].
    steps: AtomicUsize,
}

/// Puts off the waking of threads: see [`Media::step`].
#[derive(Debug)]
pub struct Step {
    shared: Arc<Shared>,
}

impl Drop for Step {
    fn drop(&mut self) {
        self.shared.steps.fetch_sub(1, Ordering::SeqCst);
        self.shared.threads.iter().for_each(Post::wake_if_owed);
    }
}

/// What the handles and the threads share.
#[derive(Debug)]
pub(crate) struct Inventory {
    pub(crate) config: Config,
    pub(crate) legs: AtomicUsize,
    /// Legs whose RTCP has no socket of its own.
    pub(crate) shared: AtomicUsize,
    pub(crate) recordings: AtomicUsize,
    pub(crate) mixes: AtomicUsize,
    /// Threads that live.
    threads: AtomicUsize,
    /// What all threads count from, and what the wall clock said then: reports must not follow its jumps.
    pub(crate) started: (Instant, Duration),
    ports: Mutex<Ports>,
}

/// The way to a media thread.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    commands: Sender<Command>,
    waker: Arc<mio::Waker>,
    /// Set while a wake-up is under way, so that a burst of commands costs one system call.
    woken: Arc<AtomicBool>,
    /// Commands were left for which nobody has woken it yet.
    owed: Arc<AtomicBool>,
}

impl Post {
    pub(crate) fn new(commands: Sender<Command>, waker: mio::Waker, woken: Arc<AtomicBool>) -> Post {
        Post { commands, waker: Arc::new(waker), woken, owed: Arc::default() }
    }

    pub(crate) fn send(&self, command: Command) {
        self.leave(command);
        self.wake_if_owed();
    }

    /// Sends without waking.
    fn leave(&self, command: Command) {
        // A thread that died of a panic takes no commands; that was logged when it happened.
        let _ = self.commands.send(command);
        self.owed.store(true, Ordering::SeqCst);
    }

    fn wake_if_owed(&self) {
        if self.owed.swap(false, Ordering::SeqCst)
            && !self.woken.swap(true, Ordering::AcqRel)
            && let Err(error) = self.waker.wake()
        {
            tracing::error!(%error, "cannot wake a media thread");
        }
    }
}

/// What a thread gets its commands from.
pub(crate) struct Inbox {
    pub(crate) commands: Receiver<Command>,
    pub(crate) woken: Arc<AtomicBool>,
}

/// How many ports are tried when others on this machine hold some of ours.
const TRIES: usize = 16;

impl Media {
    /// Starts the threads. Events of all legs go to `events`.
    pub fn start(config: Config, events: UnboundedSender<Event>) -> io::Result<Media> {
        let config = Config { bind: own_address(&config), ..config };
        let mut threads = Vec::new();
        let mut loops = Vec::new();
        for _ in 0..config.threads.max(1) {
            let poll = mio::Poll::new()?;
            let waker = mio::Waker::new(poll.registry(), worker::WAKER)?;
            let (sender, commands) = channel();
            let woken = Arc::new(AtomicBool::new(false));
            threads.push(Post::new(sender, waker, woken.clone()));
            loops.push((poll, Inbox { commands, woken }));
        }
        let inventory = Arc::new(Inventory::new(config, random()?));
        let shared =
            Shared { inventory: inventory.clone(), threads, next: AtomicU64::new(1), steps: AtomicUsize::new(0) };
        let recorder = recording::start(inventory.clone(), events.clone())?;
        for (number, (poll, inbox)) in loops.into_iter().enumerate() {
            let post = shared.threads[number].clone();
            let desk = transcoder::start(number, post, &inventory)?;
            let worker = Worker::new(poll, inbox, inventory.clone(), events.clone(), recorder.clone(), desk);
            let presence = Presence::new(&inventory);
            std::thread::Builder::new().name(format!("media-{number}")).spawn(move || {
                let _presence = presence;
                worker.run();
            })?;
        }
        Ok(Media { shared: Arc::new(shared) })
    }

    /// Opens a leg. Its events carry `tag`.
    pub fn open(&self, tag: u64) -> Result<Leg, OpenError> {
        let key = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let thread = (key % self.shared.threads.len() as u64) as usize;
        self.open_on(thread, LegKey(key), tag)
    }

    /// Opens a leg that is to be bridged to another: on the same thread.
    pub fn open_beside(&self, tag: u64, other: &Leg) -> Result<Leg, OpenError> {
        let key = self.shared.next.fetch_add(1, Ordering::Relaxed);
        self.open_on(other.thread, LegKey(key), tag)
    }

    /// A mix for this leg and others, in which nobody hears anybody yet.
    pub fn mix(&self, first: &Leg) -> Mix {
        let key = LegKey(self.shared.next.fetch_add(1, Ordering::Relaxed));
        Mix::new(key, first.thread, self.shared.clone())
    }

    /// Begins a step: until the guard is dropped the threads are not woken for commands, so that those of one step cost
    /// one wake-up; the end of another's step may wake them sooner. To be held for the length of a computation, never while
    /// waiting for anything.
    pub fn step(&self) -> Step {
        self.shared.steps.fetch_add(1, Ordering::SeqCst);
        Step { shared: self.shared.clone() }
    }

    /// What is open right now.
    pub fn counts(&self) -> Counts {
        let inventory = &self.shared.inventory;
        let legs = inventory.legs.load(Ordering::Acquire);
        let shared = inventory.shared.load(Ordering::Acquire);
        Counts {
            legs,
            sockets: (2 * legs).saturating_sub(shared),
            recordings: inventory.recordings.load(Ordering::Acquire),
            mixes: inventory.mixes.load(Ordering::Acquire),
        }
    }

    /// For how many more legs there are ports now, and for how many in all. Ports that rest after a call are no room yet.
    pub fn room(&self) -> (usize, usize) {
        self.shared.inventory.ports().room(Instant::now())
    }

    /// How many of the threads that were started, transcoders' and the recorder's among them, live no more. Legs of a dead one are mute.
    pub fn dead_threads(&self) -> usize {
        let started = 2 * self.shared.threads.len() + 1;
        started.saturating_sub(self.shared.inventory.threads.load(Ordering::Acquire))
    }

    fn open_on(&self, thread: usize, key: LegKey, tag: u64) -> Result<Leg, OpenError> {
        let (port, rtp, rtcp) = self.shared.bind()?;
        let local = SocketAddr::new(self.shared.inventory.config.advertise, port);
        let drawn = random().and_then(|dice| Ok((dice, secret()?)));
        let (dice, seed) = drawn.inspect_err(|_| self.shared.inventory.free_port(port, false))?;
        self.shared.inventory.legs.fetch_add(1, Ordering::AcqRel);
        let leg = NewLeg { key, tag, port, rtp, rtcp, ssrc: dice as u32, owner: None };
        self.shared.tell(thread, Command::Open(Box::new(leg)));
        // Some devices read the session number as 32 bits with a sign.
        let identity = Identity::new(seed, dice as u32);
        let codecs = self.shared.inventory.config.codecs;
        let negotiation = Negotiation::new(local, dice >> 33, codecs).identified(identity);
        Ok(Leg { key, thread, shared: self.shared.clone(), local, negotiation, video: None })
    }
}

impl Shared {
    pub(crate) fn tell(&self, thread: usize, command: Command) {
        let post = &self.threads[thread];
        post.leave(command);
        // Left first, looked second: whoever ends a step after this look sees the debt.
        if self.steps.load(Ordering::SeqCst) == 0 {
            post.wake_if_owed();
        }
    }

    /// Moves a leg from its thread to another.
    pub(crate) fn hand_over(&self, leg: LegKey, from: usize, to: usize) {
        self.tell(to, Command::Await(leg));
        self.tell(from, Command::Leave(leg, Errand::new(leg, self.threads[to].clone())));
    }

    /// Opens sockets for the video of a leg, on the leg's thread.
    pub(crate) fn open_video(&self, thread: usize, owner: LegKey) -> Result<(LegKey, u16), OpenError> {
        let (port, rtp, rtcp) = self.bind()?;
        let key = LegKey(self.next.fetch_add(1, Ordering::Relaxed));
        self.inventory.legs.fetch_add(1, Ordering::AcqRel);
        let leg = NewLeg { key, tag: 0, port, rtp, rtcp, ssrc: 0, owner: Some(owner) };
        self.tell(thread, Command::Open(Box::new(leg)));
        Ok((key, port))
    }

    fn bind(&self) -> Result<(u16, UdpSocket, UdpSocket), OpenError> {
        let ip = self.inventory.config.bind;
        let mut refused = None;
        for _ in 0..TRIES {
            let port = self.inventory.ports().take(Instant::now());
            let Some(port) = port else { break };
            let pair = socket::bind(SocketAddr::new(ip, port))
                .and_then(|rtp| Ok((rtp, socket::bind(SocketAddr::new(ip, port + 1))?)));
            match pair {
                Ok((rtp, rtcp)) => return Ok((port, rtp, rtcp)),
                Err(error) => {
                    // Somebody else's socket may hear something there for a while.
                    self.inventory.free_port(port, true);
                    let taken = error.kind() == io::ErrorKind::AddrInUse;
                    refused = Some(error);
                    if !taken {
                        break;
                    }
                }
            }
        }
        Err(refused.map_or(OpenError::NoPorts, OpenError::Io))
    }
}

impl Inventory {
    pub(crate) fn new(config: Config, seed: u64) -> Inventory {
        let ports = Mutex::new(Ports::new(config.ports.clone(), config.quarantine, seed));
        let (legs, shared, recordings, mixes, threads) = Default::default();
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Inventory { config, legs, shared, recordings, mixes, threads, started: (Instant::now(), unix), ports }
    }

    /// Gives a port back; it rests first when anything came to it.
    pub(crate) fn free_port(&self, port: u16, heard: bool) {
        if heard {
            self.ports().give_back(port, Instant::now());
        } else {
            self.ports().give_back_unused(port);
        }
    }

    fn ports(&self) -> std::sync::MutexGuard<'_, Ports> {
        self.ports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a thread from its start to its end, however it ends.
pub(crate) struct Presence(Arc<Inventory>);

impl Presence {
    pub(crate) fn new(inventory: &Arc<Inventory>) -> Presence {
        inventory.threads.fetch_add(1, Ordering::AcqRel);
        Presence(inventory.clone())
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.threads.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for thread in 0..self.threads.len() {
            self.tell(thread, Command::Stop);
        }
    }
}

/// The address to bind to. A far side takes packets only from the address that it was told, so that is the one to send
/// from on a host with several; behind NAT it is none of ours, and the kernel chooses.
fn own_address(config: &Config) -> IpAddr {
    let is_ours = || socket::bind(SocketAddr::new(config.advertise, 0)).is_ok();
    if config.bind.is_unspecified() && is_ours() { config.advertise } else { config.bind }
}

/// What a leg's secrets are made of.
fn secret() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(seed)
}

fn random() -> io::Result<u64> {
    getrandom::u64().map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_ends_before_its_time_is_missed() {
        let (events, _told) = tokio::sync::mpsc::unbounded_channel();
        let media = Media::start(Config { threads: 2, ..Config::default() }, events).expect("threads");
        assert_eq!(media.dead_threads(), 0);
        media.shared.tell(1, Command::Stop);
        while media.dead_threads() == 0 {
            std::thread::yield_now();
        }
        // Its transcoder ends with it.
        while media.dead_threads() < 2 {
            std::thread::yield_now();
        }
        assert_eq!(media.dead_threads(), 2);
    }

    #[test]
    fn a_thread_that_panics_is_missed() {
        let inventory = Arc::new(Inventory::new(Config::default(), 1));
        let presence = Presence::new(&inventory);
        let thread = std::thread::spawn(move || {
            let _presence = presence;
            panic!("a fault outside of all care");
        });
        assert!(thread.join().is_err());
        assert_eq!(inventory.threads.load(Ordering::Acquire), 0);
    }
}
