//! Whether the talk is recorded. It is asked as soon as two talk, because who talks counts; the company is told apart from
//! the machine, which knows only the rule.

use crate::machine::Call;
use crate::{Action, Question, Ticket};
use model::leg::Sound;
use model::{ExtensionId, HotlineId, QueueId, QueueOutcome, TrailEntry};

/// Whether talks are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recording {
    /// Not, and nobody can have it so.
    Never,
    /// When somebody who talks wants it.
    OnDemand,
    /// From the first word to the last; it may pause, not stop.
    Always,
}

impl Recording {
    /// All rules.
    pub const ALL: [Recording; 3] = [Recording::Never, Recording::OnDemand, Recording::Always];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Recording::Never => "never",
            Recording::OnDemand => "on_demand",
            Recording::Always => "always",
        }
    }

    /// The rule with this word.
    pub fn parse(word: &str) -> Option<Recording> {
        Recording::ALL.into_iter().find(|rule| rule.as_str() == word)
    }
}

/// Between whom the talk is, for [`Question::Recording`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The hotline that was called or is shown.
    pub hotline: Option<HotlineId>,
    /// The queue whose agent answered.
    pub queue: Option<QueueId>,
    /// The extensions that talk.
    pub extensions: Vec<ExtensionId>,
    /// Whether both sides are extensions.
    pub internal: bool,
}

/// The answer to [`Question::Recording`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRule {
    /// Whether the talk is recorded.
    pub rule: Recording,
    /// Whose rule it is, for the trail.
    pub because: String,
    /// What both sides hear before they hear each other.
    pub announcement: Option<Sound>,
}

/// How far the recording of a call is.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    asked: Option<Ticket>,
    pub(crate) rule: Option<Recording>,
    announcement: Option<Sound>,
    /// On demand, and somebody has stopped it again.
    stopped: bool,
}

impl Call {
    /// Two talk now. One call has one recording, and one rule for it.
    pub(crate) fn ask_whether_recorded(&mut self) {
        let wanted = self.routed.as_ref().is_some_and(|routed| routed.record);
        let Some((caller, callee)) = self.two() else { return };
        if !wanted || self.recorder.rule.is_some() {
            return;
        }
        let extensions: Vec<_> = [caller, callee].into_iter().filter_map(|leg| self.extension_of(leg)).collect();
        let answered = self.visits.last().filter(|visit| visit.outcome == QueueOutcome::Answered);
        let talk = Talk {
            hotline: self.routed.as_ref().and_then(|routed| routed.hotline),
            queue: answered.map(|visit| visit.queue),
            internal: extensions.len() == 2,
            extensions,
        };
        self.recorder.asked = Some(self.ask_aside(Question::Recording(talk)));
    }

    /// The rule is known.
    pub(crate) fn recording_ruled(&mut self, ticket: Ticket, ruled: RecordingRule) {
        if self.recorder.asked != Some(ticket) || self.two().is_none() {
            return;
        }
        self.recorder.asked = None;
        self.recorder.rule = Some(ruled.rule);
        self.recorder.announcement = ruled.announcement;
        let reason = match ruled.rule {
            Recording::Always => "The talk is recorded.",
            Recording::OnDemand => "The talk is recorded when somebody wants it.",
            Recording::Never => "The talk is not recorded.",
        };
        self.keep(TrailEntry::new(self.now, "recording", reason).fact("because", ruled.because));
        if ruled.rule == Recording::Always {
            self.begin_recording();
        }
    }

    fn begin_recording(&mut self) {
        let Some((left, right)) = self.two() else { return };
        if self.media.recorded {
            return;
        }
        (self.media.recording, self.media.recorded) = (true, true);
        self.out.push(Action::Record { left, right });
        // What a leg is played takes the place of what it would hear, so the talk begins when it is over.
        if let Some(sound) = self.recorder.announcement {
            self.note("recording_announced", "Both sides are told that the talk is recorded.");
            self.play(left, sound, false);
            self.play(right, sound, false);
        }
    }

    /// Somebody who talks switches the recording on or off.
    pub(crate) fn switch_recording(&mut self, by: &str, on: bool) {
        let runs = self.media.recording && !self.recorder.stopped;
        if on == runs {
            return;
        }
        let (step, reason) = match on {
            true => ("recording_started", "Somebody wants the talk to be recorded from now on."),
            false => ("recording_stopped", "Somebody wants the talk to be recorded no more."),
        };
        self.keep(TrailEntry::new(self.now, step, reason).fact("by", by));
        if !self.media.recorded {
            return self.begin_recording();
        }
        // It stays one file, so that its times are those of the talk.
        self.recorder.stopped = !on;
        if self.media.recording {
            self.out.push(Action::PauseRecord(!on));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Direction, Input, Origin, Reply, Route, RouteTarget, Unfit, Wish};
    use model::{CallId, Id, LegEvent, LegId, Moment, TrunkId};

    /// A talk of which the rule is asked; the question's ticket is 3.
    fn talk() -> Call {
        let (mut call, now) = (Call::new(CallId::from_bits(1), Moment::from_millis(0)), Moment::from_millis(1));
        let origin = Origin::Trunk(TrunkId::from_bits(1));
        let (dialled, caller_number) = ("02873000001".to_owned(), "0901234567".to_owned());
        call.handle(now, Input::Offered { origin, dialled, caller_number, caller_name: String::new() });
        let route = Route {
            direction: Direction::Inbound,
            hotline: Some(HotlineId::from_bits(4)),
            caller_number: "+84901234567".into(),
            caller_name: String::new(),
            to: RouteTarget::Extension(ExtensionId::from_bits(5)),
            record: true,
            reason: String::new(),
            facts: Vec::new(),
        };
        call.handle(now, Input::Reply(Ticket(1), Reply::Route(Box::new(route))));
        call.handle(now, Input::Reply(Ticket(2), Reply::Contacts(vec![7])));
        let asked = call.handle(now, Input::Leg(LegId(1), LegEvent::Answered)).into_iter().find_map(|one| match one {
            Action::Ask(ticket, Question::Recording(talk)) => Some((ticket, talk)),
            _ => None,
        });
        let (ticket, talk) = asked.expect("the rule is asked");
        assert_eq!((ticket, talk.hotline, talk.queue), (Ticket(3), Some(HotlineId::from_bits(4)), None));
        assert_eq!((talk.extensions, talk.internal), (vec![ExtensionId::from_bits(5)], false));
        call
    }

    fn ruled(call: &mut Call, rule: Recording, announcement: Option<Sound>) -> Vec<Action> {
        let rule = RecordingRule { rule, because: "company".into(), announcement };
        call.handle(Moment::from_millis(2), Input::Reply(Ticket(3), Reply::Recording(rule)))
    }

    fn switch(call: &mut Call, on: bool) -> Vec<Action> {
        call.handle(Moment::from_millis(3), Input::Wish { by: "usr_1".into(), wish: Wish::Record { on } })
    }

    #[test]
    fn always_records_at_once_and_cannot_be_switched_off() {
        let mut call = talk();
        assert_eq!(ruled(&mut call, Recording::Always, None), [Action::Record { left: LegId(0), right: LegId(1) }]);
        assert_eq!(call.fits(&Wish::Record { on: false }), Err(Unfit::RecordingRequired));
        assert!(switch(&mut call, false).is_empty() && switch(&mut call, true).is_empty());
        assert!(ruled(&mut call, Recording::Always, None).is_empty(), "the answer counts once");
    }

    #[test]
    fn on_demand_records_one_file_that_goes_on_where_it_was() {
        let mut call = talk();
        assert!(ruled(&mut call, Recording::OnDemand, None).is_empty());
        assert_eq!(call.fits(&Wish::PauseRecording { paused: true }), Err(Unfit::NotRecorded));
        assert!(switch(&mut call, false).is_empty(), "it does not run");
        assert_eq!(switch(&mut call, true), [Action::Record { left: LegId(0), right: LegId(1) }]);
        assert_eq!(switch(&mut call, false), [Action::PauseRecord(true)]);
        assert!(switch(&mut call, false).is_empty());
        assert_eq!(switch(&mut call, true), [Action::PauseRecord(false)]);
    }

    #[test]
    fn never_stays_never() {
        let mut call = talk();
        assert!(ruled(&mut call, Recording::Never, None).is_empty());
        assert_eq!(call.fits(&Wish::Record { on: true }), Err(Unfit::RecordingForbidden));
        assert!(switch(&mut call, true).is_empty());
    }

    #[test]
    fn both_sides_are_told_before_they_hear_each_other() {
        let mut call = talk();
        let actions = ruled(&mut call, Recording::Always, Some(Sound::Greeting(Id::from_bits(9))));
        let told: Vec<LegId> = actions
            .iter()
            .filter_map(|action| match action {
                Action::Leg(leg, model::LegCommand::Play(play)) if !play.repeat => Some(*leg),
                _ => None,
            })
            .collect();
        assert_eq!(told, [LegId(0), LegId(1)]);
    }
}
