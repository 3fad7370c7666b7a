//! What a call leaves when its task panicked: no leg, no port, a record with the cause `failed`, and its recording.

use call::{Direction, Event};
use model::{Cause, EndedBy};
use sip::Command;

use super::Driver;
use super::finish::{Finish, RECORDING_PATIENCE};
use crate::recordings::End;
use crate::routes::Letter;

impl Driver {
    /// Ends what is still there. The machine's word counts for nothing any more.
    pub(super) async fn abandon(&mut self) {
        for leg in self.legs.values_mut() {
            leg.media = None;
            if !leg.over {
                self.shared.stack.send(leg.edge, Command::Hangup { cause: Cause::Failed });
            }
        }
        if self.finish.is_none() {
            self.publish(Event::Ended { cause: Cause::Failed, ended_by: EndedBy::System });
        }
        self.record_failure();
        // A file that is not closed in time is found by the next start.
        let _ = tokio::time::timeout(RECORDING_PATIENCE, self.keep_recording()).await;
    }

    /// The record of the call, made of what was known when it began and was answered.
    fn record_failure(&mut self) {
        if self.finish.as_ref().is_some_and(Finish::is_written) {
            return;
        }
        // A call that failed before it was told leaves what is known of its caller.
        let mut draft = match self.drafted.take() {
            Some(draft) => *draft,
            None => self.draft(Direction::Inbound, &self.caller.0, "", None),
        };
        let at = self.anchor.wall(self.shared.clock.now()).as_millis();
        draft.cut_off(at, Cause::Failed, "The call's task failed; this is what it had told before.");
        let noted = self.jotted.record(draft);
        self.kept(noted);
        self.write_down();
        self.pay_byes();
    }

    async fn keep_recording(&mut self) {
        while self.recording_is_due()
            && let Some(letter) = self.letters.recv().await
        {
            if let Letter::Media(_, media::Event::Recorded { path, bytes, duration_ms, complete, .. }) = letter {
                self.on_recorded(&path, End { bytes, duration_ms, complete });
            }
        }
    }
}
