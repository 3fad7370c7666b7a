//! Recordings of the legs of this thread.

use super::leg::Taping;
use super::{Timer, Worker};
use crate::command::LegKey;
use crate::recording::Task;
use crate::recording::tape::{Progress, Side, Sound, Tape};
use crate::sound::RATE;
use model::Moment;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Worker {
    pub(super) fn record(&mut self, left: LegKey, right: LegKey, path: PathBuf) {
        let now = self.now;
        let (Some(left), Some(right)) = (self.legs.slot(left), self.legs.slot(right)) else { return };
        self.stop_record(left);
        self.leave_tape(right);
        let codecs = [left, right].map(|slot| self.legs.at(slot).and_then(|leg| leg.codec()));
        let progress = Arc::new(Progress::default());
        // What is wide-band on one side at least is kept as such.
        let rate = codecs.iter().flatten().map(|codec| codec.rate()).max().unwrap_or(RATE);
        let tape = Tape::new(now, codecs, progress.clone());
        let due = tape.due();
        let Some(leg) = self.legs.at(left) else { return };
        // A leg has one recording at a time, and the recorder hears of its end before it hears of the next.
        let id = leg.key.0;
        leg.tape = Some(Box::new(Taping { id, tape, right: Some(right), paused: false }));
        let tag = leg.tag;
        if let Some(leg) = self.legs.at(right) {
            leg.taped_by = Some(left);
        }
        self.inventory.recordings.fetch_add(1, Ordering::AcqRel);
        self.tell_recorder(Task::Begin { id, tag, path, rate, progress, alone: None });
        self.set(left, Timer::Tape, due);
        self.tell_mix_of(left);
    }

    /// Records what one leg's far side says.
    pub(super) fn take_message(&mut self, leg: LegKey, path: PathBuf, quiet: Duration) {
        let now = self.now;
        let Some(slot) = self.legs.slot(leg) else { return };
        self.stop_record(slot);
        let Some(leg) = self.legs.at(slot) else { return };
        let codec = leg.codec();
        let progress = Arc::new(Progress::default());
        let tape = Tape::new(now, [codec, None], progress.clone());
        let (id, tag, due) = (leg.key.0, leg.tag, tape.due());
        leg.tape = Some(Box::new(Taping { id, tape, right: None, paused: false }));
        let rate = codec.map_or(RATE, |codec| codec.rate());
        self.inventory.recordings.fetch_add(1, Ordering::AcqRel);
        self.tell_recorder(Task::Begin { id, tag, path, rate, progress, alone: Some(quiet) });
        self.set(slot, Timer::Tape, due);
    }

    /// Puts what a leg's far side said into the recordings that it belongs to.
    pub(super) fn tape(&mut self, slot: usize, ssrc: u32, timestamp: (u32, u32), sound: Sound<'_>) {
        let now = self.now;
        let Some(leg) = self.legs.at(slot) else { return };
        if let Some(taping) = leg.tape.as_mut().filter(|taping| !taping.paused) {
            taping.tape.write(now, Side::Left, ssrc, timestamp, sound);
        }
        let Some(left) = leg.taped_by else { return };
        if self.is_taped_mixed(left) {
            return;
        }
        let taping = self.legs.at(left).and_then(|leg| leg.tape.as_mut());
        if let Some(taping) = taping.filter(|taping| !taping.paused) {
            taping.tape.write(now, Side::Right, ssrc, timestamp, sound);
        }
    }

    /// The recording that a leg is a side of leaves out what is said, or no more.
    pub(super) fn pause_record(&mut self, key: LegKey, paused: bool) {
        let Some((slot, leg)) = self.legs.find(key) else { return };
        let left = leg.taped_by.unwrap_or(slot);
        if let Some(taping) = self.legs.at(left).and_then(|leg| leg.tape.as_mut()) {
            taping.paused = paused;
        }
    }

    pub(super) fn stop_record(&mut self, left: usize) {
        let now = self.now;
        let Some(taping) = self.legs.at(left).and_then(|leg| leg.tape.take()) else { return };
        if let Some(right) = taping.right.and_then(|slot| self.legs.at(slot)) {
            right.taped_by = None;
        }
        let Taping { id, tape, .. } = *taping;
        for (chunk, samples) in tape.finish(now) {
            self.tell_recorder(Task::Write { id, chunk, samples });
        }
        self.tell_recorder(Task::End { id });
        self.tell_mix_of(left);
    }

    /// Another leg takes the place beside this one in the recording that this one is part of.
    pub(super) fn record_beside(&mut self, stays: LegKey, comes: LegKey) {
        let (Some(stays), Some(comes)) = (self.legs.slot(stays), self.legs.slot(comes)) else { return };
        let left = self.legs.at(stays).and_then(|leg| leg.taped_by);
        if stays == comes || left == Some(comes) {
            return;
        }
        self.stop_record(comes);
        self.leave_tape(comes);
        match left {
            None => self.change_right(stays, comes),
            Some(left) => self.change_left(left, stays, comes),
        }
    }

    fn change_right(&mut self, left: usize, comes: usize) {
        let Some(taping) = self.legs.at(left).and_then(|leg| leg.tape.as_mut()) else { return };
        let before = taping.right.replace(comes);
        if let Some(before) = before.and_then(|slot| self.legs.at(slot)) {
            before.taped_by = None;
        }
        if let Some(leg) = self.legs.at(comes) {
            leg.taped_by = Some(left);
        }
    }

    pub(super) fn change_left(&mut self, left: usize, right: usize, comes: usize) {
        let Some(taping) = self.legs.at(left).and_then(|leg| leg.tape.take()) else { return };
        let (id, due) = (taping.id, taping.tape.due());
        let Some(leg) = self.legs.at(comes) else { return };
        leg.tape = Some(taping);
        let tag = leg.tag;
        if let Some(leg) = self.legs.at(right) {
            leg.taped_by = Some(comes);
        }
        self.tell_recorder(Task::Owner { id, tag });
        self.set(comes, Timer::Tape, due);
        self.tell_mix_of(comes);
    }

    /// The right side of a recording goes; the left side goes on.
    pub(super) fn leave_tape(&mut self, right: usize) {
        let Some(left) = self.legs.at(right).and_then(|leg| leg.taped_by.take()) else { return };
        if let Some(taping) = self.legs.at(left).and_then(|leg| leg.tape.as_mut()) {
            taping.right = None;
        }
    }

    pub(super) fn turn_tape(&mut self, left: usize, due: Moment) {
        let Some(leg) = self.legs.at(left) else { return };
        let Some(taping) = leg.tape.as_mut().filter(|t| t.tape.due() == due) else { return };
        if taping.tape.progress.ended.load(Ordering::Acquire) {
            let right = taping.right;
            leg.tape = None;
            if let Some(right) = right.and_then(|slot| self.legs.at(slot)) {
                right.taped_by = None;
            }
            return;
        }
        let (id, chunk, due) = (taping.id, taping.tape.turn(), taping.tape.due());
        if let Some(chunk) = chunk {
            self.tell_recorder(Task::Write { id, chunk, samples: crate::recording::tape::CHUNK });
        }
        self.set(left, Timer::Tape, due);
    }

    fn tell_recorder(&self, task: Task) {
        if self.recorder.send(task).is_err() {
            tracing::error!("the recorder thread is gone");
        }
    }
}
