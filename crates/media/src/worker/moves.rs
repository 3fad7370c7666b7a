//! A leg moves to another thread, because it is to be joined with one there: its state and its sockets go over, and
//! what the far side sends meanwhile waits in the sockets.
//!
//! The handle tells the thread where the leg goes to await it, then the thread where it is to let it go, and from then on
//! gives its commands to the former. Those that come before the leg has come are put aside, and with them all that names a
//! leg which they name: so the order of what is said of a leg, and of legs that belong together, is kept. Nothing else
//! waits. A thread cannot wait in vain: a leg that is gone, or whose thread has died, is told by its [`Errand`].

use super::leg::Leg;
use super::{Timer, Worker};
use crate::command::{Command, LegKey};
use crate::media::Post;
use crate::socket;
use crate::transcoder::Job;
use model::Moment;
use std::fmt;

/// A leg on its way.
pub(crate) struct Moving(Box<Leg>);

impl fmt::Debug for Moving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moving({:?})", self.0.key)
    }
}

/// Where a leg is awaited. Dropped without the leg, it says that none will come.
#[derive(Debug)]
pub(crate) struct Errand {
    leg: LegKey,
    to: Option<Post>,
}

impl Errand {
    pub(crate) fn new(leg: LegKey, to: Post) -> Errand {
        Errand { leg, to: Some(to) }
    }

    fn deliver(mut self, leg: Box<Leg>) {
        if let Some(to) = self.to.take() {
            to.send(Command::Arrive(self.leg, Some(Moving(leg))));
        }
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            to.send(Command::Arrive(self.leg, None));
        }
    }
}

/// Legs that are awaited, and the commands that wait for them.
#[derive(Default)]
pub(super) struct Waiting {
    awaited: Vec<LegKey>,
    /// The awaited legs, and all that the commands put aside name.
    concerned: Vec<LegKey>,
    aside: Vec<Command>,
}

impl Waiting {
    pub(super) fn add(&mut self, leg: LegKey) {
        self.awaited.push(leg);
        self.concerned.push(leg);
    }

    /// The command, unless it must wait.
    pub(super) fn admit(&mut self, command: Command) -> Option<Command> {
        if self.awaited.is_empty() {
            return Some(command);
        }
        let legs = command.legs();
        if !legs.iter().any(|leg| self.concerned.contains(leg)) {
            return Some(command);
        }
        self.concerned.extend(legs);
        self.aside.push(command);
        None
    }

    /// The leg has come, or will not: what was put aside, in its order.
    fn end(&mut self, leg: LegKey) -> Vec<Command> {
        self.awaited.retain(|awaited| *awaited != leg);
        self.concerned.clone_from(&self.awaited);
        std::mem::take(&mut self.aside)
    }
}

impl Worker {
    /// Lets a leg go to another thread.
    pub(super) fn leave(&mut self, key: LegKey, errand: Errand) {
        let Some(slot) = self.legs.slot(key) else { return };
        self.unbridge(key);
        self.bequeath(slot);
        self.stop_record(slot);
        self.leave_tape(slot);
        self.rise(key);
        let Some(mut leg) = self.legs.remove(slot) else { return };
        for socket in [Some(&leg.rtp), leg.rtcp.as_ref()].into_iter().flatten() {
            if let Err(error) = socket::forget(&self.poll, socket) {
                tracing::error!(%error, "cannot let go of a media socket");
            }
        }
        if std::mem::take(&mut leg.at_desk) {
            self.desk.send(Job::Forget(key));
        }
        errand.deliver(leg);
    }

    /// Takes a leg from another thread; none when there was none any more.
    pub(super) fn arrive(&mut self, key: LegKey, moving: Option<Moving>) {
        if let Some(Moving(leg)) = moving {
            let slot = self.legs.add(*leg);
            if let Err(error) = self.watch_sockets(slot) {
                tracing::error!(%error, "cannot watch a media socket");
                self.close(key);
            }
            self.wind_up(slot);
        }
        for command in self.waiting.end(key) {
            self.contain(None, |worker| worker.obey(command));
        }
    }

    /// Sets the timers of a leg that came with its state.
    fn wind_up(&mut self, slot: usize) {
        let Some(leg) = self.legs.at(slot) else { return };
        let due: [(Timer, Option<Moment>); 5] = [
            (Timer::Play, leg.player.as_ref().map(|player| player.due())),
            (Timer::Noise, leg.noise.as_ref().map(|noise| noise.due())),
            (Timer::Key, leg.keys.sender.busy().then_some(leg.keys.due)),
            (Timer::Care, leg.agreed.is_some().then_some(leg.care_due)),
            (Timer::Handshake, None),
        ];
        let handshakes = leg.guard.due();
        let due = due.into_iter().filter_map(|(timer, due)| Some((timer, due?)));
        let due = due.chain(handshakes.into_iter().flatten().map(|due| (Timer::Handshake, due)));
        for (timer, due) in due.collect::<Vec<_>>() {
            self.set(slot, timer, due);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    const KEYS: [LegKey; 5] = [LegKey(1), LegKey(2), LegKey(3), LegKey(4), LegKey(5)];

    fn close(waiting: &mut Waiting, key: LegKey) -> bool {
        waiting.admit(Command::Close(key)).is_none()
    }

    #[test]
    fn what_names_an_awaited_leg_waits_and_with_it_what_belongs_to_it_and_nothing_else() {
        let [awaited, peer, third, other, stranger] = KEYS;
        let mut waiting = Waiting::default();
        assert!(!close(&mut waiting, awaited), "nobody is awaited");
        waiting.add(awaited);
        assert!(!close(&mut waiting, peer), "not concerned yet");
        assert!(waiting.admit(Command::Bridge(peer, awaited)).is_none());
        assert!(waiting.admit(Command::Bridge(third, peer)).is_none());
        assert!(close(&mut waiting, third));
        assert!(waiting.admit(Command::Bridge(other, stranger)).is_some());
        let aside = waiting.end(awaited);
        assert!(matches!(aside[..], [Command::Bridge(..), Command::Bridge(..), Command::Close(_)]));
        assert!(!close(&mut waiting, peer) && !close(&mut waiting, awaited));
    }

    #[test]
    fn what_waits_for_one_leg_does_not_wait_for_another() {
        let [one, two, peer, ..] = KEYS;
        let mut waiting = Waiting::default();
        waiting.add(one);
        waiting.add(two);
        assert!(waiting.admit(Command::Bridge(peer, one)).is_none());
        let aside = waiting.end(one);
        assert!(aside.into_iter().all(|command| waiting.admit(command).is_some()));
        assert!(close(&mut waiting, two));
    }

    #[test]
    fn a_leg_that_only_passes_by_is_awaited_again_after_it_has_left() {
        let [passer, ..] = KEYS;
        let mut waiting = Waiting::default();
        waiting.add(passer);
        assert!(close(&mut waiting, passer));
        assert!(waiting.admit(Command::Await(passer)).is_none(), "the first coming comes first");
        assert!(matches!(waiting.end(passer)[..], [Command::Close(_), Command::Await(_)]));
    }

    #[test]
    fn a_thread_that_dies_tells_that_no_leg_will_come() {
        let poll = mio::Poll::new().expect("a poll");
        let waker = mio::Waker::new(poll.registry(), super::super::WAKER).expect("a waker");
        let (sender, commands) = channel();
        let to = Post::new(sender, waker, std::sync::Arc::default());
        let (dead, inbox) = channel();
        dead.send(Command::Leave(LegKey(7), Errand::new(LegKey(7), to.clone()))).expect("it lives");
        drop(inbox);
        assert!(matches!(commands.try_recv(), Ok(Command::Arrive(LegKey(7), None))));
        // Nor will one from a thread that was dead already.
        drop(dead.send(Command::Leave(LegKey(8), Errand::new(LegKey(8), to))));
        assert!(matches!(commands.try_recv(), Ok(Command::Arrive(LegKey(8), None))));
    }
}
