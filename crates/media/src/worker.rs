//! A media thread: one poll loop that owns the sockets of its legs. Packets are forwarded the moment they are read;
//! whatever has its time (prompts, keys, reports, silence, chunks of recordings) stands in one heap of timers.
//! Nothing here waits for anything but the poll, and no packet costs an allocation.

mod agreement;
mod done;
mod guard;
mod guarded;
mod leg;
mod life;
mod mixes;
mod moves;
mod pacing;
mod packets;
mod pairs;
mod pass;
mod reports;
mod tapes;

use crate::Event;
use crate::command::{Command, LegKey, Mixing};
use crate::media::{Inbox, Inventory};
use crate::recording::Task;
use crate::socket::Buffer;
use crate::transcoder::Desk;
use guard::{Door, Guard};
use leg::Legs;
use mio::Token;
use model::Moment;
use moves::Waiting;
pub(crate) use moves::{Errand, Moving};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Instant, SystemTime};
use tokio::sync::mpsc::UnboundedSender;

/// The token of the thread's inbox.
pub(crate) const WAKER: Token = Token(usize::MAX);
/// When packets come closer together than this, they are looked for this far apart: one wake-up for some packets costs
/// much less than one for each, and nobody hears a quarter of a millisecond.
const GATHER: std::time::Duration = std::time::Duration::from_micros(250);
/// With this many sockets to read at once there is work enough without waiting for more.
const CROWD: usize = 64;
/// Packets of one socket come in haste when it was read less than this before; sound comes every 20 ms.
const HASTE: std::time::Duration = std::time::Duration::from_millis(10);
/// Packets of one socket before the others have their turn.
const TURN: usize = 32;

pub(crate) struct Worker {
    poll: mio::Poll,
    inbox: Inbox,
    inventory: Arc<Inventory>,
    events: UnboundedSender<Event>,
    recorder: Sender<Task>,
    desk: Desk,
    legs: Legs,
    timers: BinaryHeap<Reverse<(Moment, usize, LegKey, Timer)>>,
    waiting: Waiting,
    mixes: HashMap<LegKey, Mixing>,
    /// The same for all threads, so that moments mean the same on each.
    started: Instant,
    /// Nanoseconds since 1970 at `started`; reports must not follow jumps of the wall clock.
    started_unix: u64,
    now: Moment,
    report: Vec<u8>,
    dice: u64,
    /// Of the sound, key or noise that was begun last. A leg that moves must not meet one of its own again.
    numbers: u64,
}

/// What can be due on a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    /// The next packet of a sound.
    Play,
    /// The next packet of comfort noise.
    Noise,
    /// The next packet of a key.
    Key,
    /// An RTCP report, or the end of patience with a silent far side.
    Care,
    /// A chunk of the recording is full.
    Tape,
    /// A DTLS handshake repeats itself or gives up.
    Handshake,
}

impl Worker {
    pub(crate) fn new(
        poll: mio::Poll,
        inbox: Inbox,
        inventory: Arc<Inventory>,
        events: UnboundedSender<Event>,
        recorder: Sender<Task>,
        desk: Desk,
    ) -> Worker {
        let (started, unix) = inventory.started;
        let numbers = u64::from(getrandom::u32().unwrap_or_default()) << 32;
        let dice = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos() as u64 | 1;
        Worker {
            poll,
            inbox,
            inventory,
            events,
            recorder,
            desk,
            numbers,
            legs: Legs::default(),
            timers: BinaryHeap::new(),
            waiting: Waiting::default(),
            mixes: HashMap::new(),
            started,
            started_unix: u64::try_from(unix.as_nanos()).unwrap_or(0),
            now: Moment::START,
            report: Vec::with_capacity(128),
            dice,
        }
    }

    pub(crate) fn run(mut self) {
        let mut ready = mio::Events::with_capacity(1024);
        let mut buffer = Buffer::new();
        let (mut woken, mut gathers) = (self.clock(), false);
        loop {
            self.drop_old_timers();
            let patience = self.timers.peek().map(|Reverse((due, ..))| due.since(self.clock()));
            if let Err(error) = self.poll.poll(&mut ready, patience)
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a media thread cannot poll its sockets any more");
                return;
            }
            self.now = self.clock();
            let found = ready.iter().count();
            let often = self.now.since(woken) < GATHER || gathers && found > 1;
            gathers = often && found < CROWD;
            woken = self.now;
            self.inbox.woken.store(false, Ordering::Release);
            while let Ok(command) = self.inbox.commands.try_recv() {
                if matches!(command, Command::Stop) {
                    return;
                }
                self.contain(None, |worker| worker.obey(command));
            }
            let mut left = false;
            for event in &ready {
                let token = event.token();
                if token != WAKER {
                    self.contain(Some(token.0 / 2), |worker| left |= worker.read(&mut buffer, token));
                }
            }
            self.run_timers();
            if gathers && !left {
                std::thread::sleep(GATHER);
            }
        }
    }

    /// Keeps a fault in the handling of one leg from ending the others: that leg is closed, the thread goes on.
    fn contain(&mut self, slot: Option<usize>, work: impl FnOnce(&mut Worker)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        tracing::error!(?slot, "a media thread has panicked; the leg at fault is closed");
        metrics::counter!("alo_media_panics_total").increment(1);
        if let Some(key) = slot.and_then(|slot| self.legs.at(slot)).map(|leg| leg.key) {
            self.close(key);
        }
    }

    fn clock(&self) -> Moment {
        Moment::START + self.started.elapsed()
    }

    fn obey(&mut self, command: Command) {
        let Some(command) = self.waiting.admit(command) else { return };
        match command {
            Command::Open(new) => self.open(*new),
            Command::Route(key, route) => self.route(key, route),
            Command::Agree(key, agreed, protection) => self.agree(key, &agreed, &protection),
            Command::Signalled(key, ip) => {
                if let Some((_, leg)) = self.legs.find(key) {
                    leg.latch.signalling(ip);
                }
            }
            Command::Watch(key) => self.watch(key),
            Command::Bridge(one, other) => self.bridge(one, other),
            Command::Unbridge(key) => self.unbridge(key),
            Command::Mix(key, mixing) => self.mix(key, *mixing),
            Command::Unmix(key) => self.unmix(key),
            Command::Play(key, sound, repeat) => self.play(key, sound, repeat),
            Command::StopPlay(key) => {
                if let Some((slot, leg)) = self.legs.find(key) {
                    (leg.player, leg.pending) = (None, None);
                    self.tell_mix_of(slot);
                }
            }
            Command::Digit(key, digit) => {
                if let Some(slot) = self.legs.slot(key) {
                    self.press(slot, digit);
                }
            }
            Command::Record { left, right, path } => self.record(left, right, path),
            Command::StopRecord(key) => {
                if let Some(slot) = self.legs.slot(key) {
                    self.stop_record(slot);
                }
            }
            Command::Message { leg, path, quiet } => self.take_message(leg, path, quiet),
            Command::PauseRecord(key, paused) => self.pause_record(key, paused),
            Command::RecordBeside(stays, comes) => self.record_beside(stays, comes),
            Command::Tap(key, tapped) => {
                if let Some((_, leg)) = self.legs.find(key) {
                    leg.tapped = Some(tapped);
                }
            }
            Command::Done(done) => self.done(done),
            Command::Close(key) => self.close(key),
            Command::Await(key) => self.waiting.add(key),
            Command::Leave(key, errand) => self.leave(key, errand),
            Command::Arrive(key, leg) => self.arrive(key, leg),
            Command::Stop => {}
        }
    }

    /// Reads what a socket holds: one packet, for there is rarely more, and what is left is named again by the next poll;
    /// where they come in haste, all of them. Whether any were left.
    fn read(&mut self, buffer: &mut Buffer, token: Token) -> bool {
        let slot = token.0 / 2;
        let is_rtp = token.0.is_multiple_of(2);
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return false };
        let in_haste = now.since(std::mem::replace(&mut leg.read_at, now)) < HASTE;
        for _ in 0..if in_haste { TURN } else { 1 } {
            let Some(leg) = self.legs.at(slot) else { return false };
            let socket = if is_rtp { Some(&leg.rtp) } else { leg.rtcp.as_ref() };
            let Some((packet, source)) = socket.and_then(|socket| buffer.read(socket)) else { return false };
            if leg.owner.is_some() {
                self.pass(slot, packet, source, is_rtp);
            } else if !matches!(leg.guard, Guard::Plain) {
                let door = if is_rtp { Door::Rtp } else { Door::Rtcp };
                self.on_guarded(slot, door, packet, source);
            } else if is_rtp {
                self.on_rtp(slot, packet, source);
            } else {
                self.on_rtcp(slot, packet, source);
            }
        }
        in_haste
    }

    /// Timers of legs that are gone shall wake nobody.
    fn drop_old_timers(&mut self) {
        while let Some(Reverse((_, slot, key, _))) = self.timers.peek().copied() {
            if self.legs.at(slot).is_some_and(|leg| leg.key == key) {
                return;
            }
            self.timers.pop();
        }
    }

    fn run_timers(&mut self) {
        while let Some(Reverse((due, slot, key, timer))) = self.timers.peek().copied() {
            if due > self.now {
                return;
            }
            self.timers.pop();
            // The slot may belong to another leg by now.
            if self.legs.at(slot).is_none_or(|leg| leg.key != key) {
                continue;
            }
            self.contain(Some(slot), |worker| match timer {
                Timer::Play => worker.play_on(slot, due),
                Timer::Noise => worker.noise_on(slot, due),
                Timer::Key => worker.key_on(slot, due),
                Timer::Care => worker.care(slot, due),
                Timer::Tape => worker.turn_tape(slot, due),
                Timer::Handshake => worker.handshake_on(slot, due),
            });
        }
    }

    fn set(&mut self, slot: usize, timer: Timer, due: Moment) {
        if let Some(leg) = self.legs.at(slot) {
            self.timers.push(Reverse((due, slot, leg.key, timer)));
        }
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more when the process ends.
        let _ = self.events.send(event);
    }

    /// Spreads reports over time; nothing secret hangs on it.
    fn roll(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }
}

#[cfg(test)]
mod tests;
