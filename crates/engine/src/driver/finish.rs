//! The end of a call: media is closed, the figures are gathered, the record goes to the journal, and only then is the
//! far side's BYE answered. A record is therefore never lost once a phone saw its 200.

use std::path::Path;
use std::time::Duration;

use call::Summary;
use model::{LegId, Moment};
use sip::Command;

use super::Driver;
use crate::recordings::{End, Recordings};

/// How long the record waits for the legs' figures and the recording's end.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long the call's task waits for the recording's file to be closed.
pub(super) const RECORDING_PATIENCE: Duration = Duration::from_secs(30);

/// A call whose outcome is known.
pub(super) struct Finish {
    summary: Summary,
    /// When the record is written even though figures are missing.
    patience: Moment,
    /// When the recording's end is no longer waited for; the next start finds the file.
    recording_until: Moment,
    written: bool,
}

impl Finish {
    pub(super) fn is_written(&self) -> bool {
        self.written
    }
}

/// The call's recording.
pub(super) struct Recording {
    left: LegId,
    /// Its file is closed and moved to its place.
    done: bool,
}

impl Driver {
    pub(super) fn record(&mut self, left: LegId, right: LegId) {
        if self.recording.is_some() {
            return;
        }
        let (Some(a), Some(b)) = (self.media_of(left), self.media_of(right)) else { return };
        a.record(b, self.shared.recordings.begin(self.tenant.id, self.id));
        self.recording = Some(Recording { left, done: false });
        self.note(left, bus::capture::What::Recorded);
    }

    /// Somebody else talks with one side of the recording from now on.
    pub(super) fn record_beside(&mut self, stays: LegId, comes: LegId) {
        if let (Some(a), Some(b)) = (self.media_of(stays), self.media_of(comes)) {
            a.record_beside(b);
        }
        if let Some(recording) = self.recording.as_mut().filter(|recording| recording.left != stays) {
            recording.left = comes;
        }
    }

    pub(super) fn pause_record(&mut self, paused: bool) {
        if let Some(media) = self.recording.as_ref().and_then(|r| self.media_of(r.left)) {
            media.pause_record(paused);
        }
    }

    pub(super) fn stop_record(&mut self) {
        if let Some(media) = self.recording.as_ref().and_then(|r| self.media_of(r.left)) {
            media.stop_record();
        }
    }

    /// The left side of the recording goes over to another call: the file ends there, and is kept for this one.
    pub(super) fn leave_recording(&mut self, leg: LegId) {
        self.recording.take_if(|recording| recording.left == leg);
    }

    pub(super) fn on_recorded(&mut self, path: &Path, end: End) {
        if self.message_recorded(path, end) {
            return;
        }
        if *path != self.shared.recordings.begin(self.tenant.id, self.id) {
            // Of the call that the leg came from.
            return Recordings::finish_file(&self.shared, path, end);
        }
        if !end.complete {
            metrics::counter!("alo_recordings_partial_total").increment(1);
            tracing::error!(call.id = %self.id, "a recording ended before its call: look at the disk");
        }
        if let Some(recording) = self.recording.as_mut().filter(|recording| !recording.done) {
            recording.done = true;
            Recordings::finish_aside(&self.shared, self.tenant.id, self.id, end);
        }
    }

    pub(super) fn begin_finish(&mut self, summary: Summary) {
        for leg in self.legs.values_mut() {
            leg.media = None;
        }
        let now = self.shared.clock.now();
        let (patience, recording_until) = (now + PATIENCE, now + RECORDING_PATIENCE);
        self.finish = Some(Finish { summary, patience, recording_until, written: false });
    }

    /// Writes the record as soon as all figures are in, or patience is over.
    pub(super) fn settle(&mut self) {
        let now = self.shared.clock.now();
        let Some(finish) = &self.finish else { return };
        if now >= finish.recording_until {
            self.recording = None;
            self.voicemail.give_up();
        }
        if finish.written {
            return;
        }
        let figures_due = self.legs.values().any(|leg| leg.figures_due);
        if (figures_due || self.recording_is_due()) && now < finish.patience {
            return;
        }
        self.write_record();
        self.pay_byes();
    }

    fn write_record(&mut self) {
        let Some(mut finish) = self.finish.take() else { return };
        let record = self.record_of(&finish.summary);
        let (direction, cause) = (record.direction.as_str(), record.cause.as_str());
        metrics::counter!("alo_calls_total", "direction" => direction, "cause" => cause).increment(1);
        tracing::debug!(
            call.id = %self.id,
            tenant.id = %self.tenant.id,
            direction,
            cause,
            ended_by = record.ended_by.as_str(),
            duration_ms = record.ended_at - record.started_at,
            answered = record.answered_at.is_some(),
            "a call ended"
        );
        let noted = self.jotted.record(record);
        self.kept(noted);
        self.write_down();
        finish.written = true;
        self.finish = Some(finish);
    }

    /// Notes that the far side's BYE waits for its answer.
    pub(super) fn owe_bye(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        if self.finish.as_ref().is_some_and(Finish::is_written) {
            self.shared.stack.send(leg.edge, Command::FinishBye);
        } else {
            self.owed_byes.push(leg.edge);
        }
    }

    /// A leg may end while its call goes on (a transfer, a second phone): nothing is recorded then, so its BYE need
    /// not wait.
    pub(super) fn pay_byes_of_living(&mut self) {
        if self.finish.is_none() {
            self.pay_byes();
        }
    }

    pub(super) fn pay_byes(&mut self) {
        for edge in self.owed_byes.drain(..) {
            self.shared.stack.send(edge, Command::FinishBye);
        }
    }

    pub(super) fn recording_is_due(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| !recording.done) || self.voicemail.is_due()
    }

    /// When to look again although nothing came in.
    pub(super) fn finish_deadline(&self) -> Option<Moment> {
        let finish = self.finish.as_ref()?;
        match (finish.written, self.recording_is_due()) {
            (false, _) => Some(finish.patience),
            (true, true) => Some(finish.recording_until),
            (true, false) => None,
        }
    }

    /// Whether all that the call leaves behind is on its way.
    pub(super) fn is_settled(&self) -> bool {
        self.finish.as_ref().is_some_and(Finish::is_written) && !self.recording_is_due()
    }
}
