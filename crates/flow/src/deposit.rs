//! Leaving a message: the greeting, a tone, the caller's words, and the end. What is kept of the words, and what becomes of
//! them when the caller hangs up, is the driver's business: hanging up ends the recording and keeps it.

use crate::FlowStep;
use model::flow::{FlowCommand, FlowEvent};
use model::leg::{Digit, Sound};
use model::{Cause, Moment, TrailEntry};
use std::time::Duration;

/// A greeting that has not come to its end by then is taken as ended.
const LONGEST_GREETING: Duration = Duration::from_secs(10 * 60);
/// The same for tones.
const LONGEST_TONE: Duration = Duration::from_secs(5);

/// One caller who leaves a message.
#[derive(Debug)]
pub struct Deposit {
    /// What is said before the tone; nothing when missing.
    greeting: Option<Sound>,
    /// How long the message may be.
    longest: Duration,
    /// The cause in the record: why the caller came here.
    cause: Cause,
    state: State,
    deadline: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    /// The greeting plays.
    Greeting,
    /// The tone plays.
    Beep,
    /// The caller speaks.
    Recording,
    /// Two tones say that the message is kept.
    Thanks,
    Over,
}

impl Deposit {
    /// Waits for `FlowEvent::Started`.
    pub fn new(greeting: Option<Sound>, longest: Duration, cause: Cause) -> Deposit {
        Deposit { greeting, longest, cause, state: State::Fresh, deadline: None }
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.deadline
    }

    pub(crate) fn handle(&mut self, now: Moment, event: &FlowEvent) -> Vec<FlowStep> {
        let pound = |digit: &Digit| digit.as_char() == '#';
        match (self.state, event) {
            (State::Fresh, FlowEvent::Started) => match self.greeting {
                Some(greeting) => self.play(now, State::Greeting, greeting, LONGEST_GREETING),
                None => self.beep(now),
            },
            (State::Greeting, FlowEvent::PlayDone) => self.beep(now),
            (State::Greeting, FlowEvent::Digit(digit)) if pound(digit) => self.beep(now),
            (State::Beep, FlowEvent::PlayDone) => self.record(now),
            (State::Recording, FlowEvent::Digit(digit)) if pound(digit) => self.thank(now, "the caller pressed #"),
            (State::Recording, FlowEvent::Quiet) => self.thank(now, "the caller said no more"),
            (State::Thanks, FlowEvent::PlayDone) => self.end(),
            (
                _,
                FlowEvent::Started
                | FlowEvent::Digit(_)
                | FlowEvent::PlayDone
                | FlowEvent::Returned(_)
                | FlowEvent::Answer(_)
                | FlowEvent::Quiet,
            ) => Vec::new(),
        }
    }

    pub(crate) fn timeout(&mut self, now: Moment) -> Vec<FlowStep> {
        if self.deadline.is_none_or(|at| at > now) {
            return Vec::new();
        }
        match self.state {
            State::Greeting => self.beep(now),
            State::Beep => self.record(now),
            State::Recording => self.thank(now, "it is as long as it may be"),
            State::Thanks => self.end(),
            State::Fresh | State::Over => Vec::new(),
        }
    }

    fn play(&mut self, now: Moment, state: State, sound: Sound, longest: Duration) -> Vec<FlowStep> {
        self.state = state;
        self.deadline = Some(now + longest);
        vec![FlowStep::Command(FlowCommand::Play(sound))]
    }

    fn beep(&mut self, now: Moment) -> Vec<FlowStep> {
        self.play(now, State::Beep, Sound::Beep, LONGEST_TONE)
    }

    fn record(&mut self, now: Moment) -> Vec<FlowStep> {
        self.state = State::Recording;
        self.deadline = Some(now + self.longest);
        vec![FlowStep::Record, note(now, "message", "The caller leaves a message.".to_owned())]
    }

    fn thank(&mut self, now: Moment, why: &str) -> Vec<FlowStep> {
        let mut steps = vec![FlowStep::StopRecord, note(now, "message_end", format!("The message is over: {why}."))];
        steps.extend(self.play(now, State::Thanks, Sound::Confirmed, LONGEST_TONE));
        steps
    }

    fn end(&mut self) -> Vec<FlowStep> {
        (self.state, self.deadline) = (State::Over, None);
        vec![FlowStep::Command(FlowCommand::Hangup(self.cause))]
    }
}

fn note(now: Moment, step: &'static str, reason: String) -> FlowStep {
    FlowStep::Trail(TrailEntry::new(now, step, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Moment {
        Moment::START + Duration::from_secs(seconds)
    }

    fn begun(greeting: Option<Sound>) -> Deposit {
        let mut deposit = Deposit::new(greeting, LONGEST, Cause::NoAnswer);
        deposit.handle(at(0), &FlowEvent::Started);
        deposit
    }

    fn plays(steps: &[FlowStep], sound: Sound) -> bool {
        steps.contains(&FlowStep::Command(FlowCommand::Play(sound)))
    }

    #[test]
    fn greeting_tone_words_and_thanks_follow_each_other() {
        let mut deposit = Deposit::new(Some(Sound::Busy), LONGEST, Cause::NoAnswer);
        assert!(plays(&deposit.handle(at(0), &FlowEvent::Started), Sound::Busy));
        assert!(deposit.handle(at(1), &FlowEvent::Quiet).is_empty(), "nobody speaks yet");
        assert!(plays(&deposit.handle(at(2), &FlowEvent::PlayDone), Sound::Beep));
        assert!(deposit.handle(at(3), &FlowEvent::PlayDone).contains(&FlowStep::Record));
        let five = Digit::new('5').expect("a key");
        assert!(deposit.handle(at(4), &FlowEvent::Digit(five)).is_empty(), "another key ends nothing");
        let pound = FlowEvent::Digit(Digit::new('#').expect("a key"));
        let steps = deposit.handle(at(9), &pound);
        assert!(steps.contains(&FlowStep::StopRecord) && plays(&steps, Sound::Confirmed));
        assert!(deposit.handle(at(9), &pound).is_empty(), "once");
        let bye = [FlowStep::Command(FlowCommand::Hangup(Cause::NoAnswer))];
        assert_eq!(deposit.handle(at(10), &FlowEvent::PlayDone), bye);
        assert_eq!(deposit.deadline(), None);
    }

    #[test]
    fn the_pound_key_leads_past_the_greeting() {
        let mut deposit = begun(Some(Sound::Busy));
        let pound = FlowEvent::Digit(Digit::new('#').expect("a key"));
        assert!(plays(&deposit.handle(at(1), &pound), Sound::Beep));
    }

    #[test]
    fn silence_and_the_longest_time_end_a_message() {
        for silent in [true, false] {
            let mut deposit = begun(None);
            deposit.handle(at(1), &FlowEvent::PlayDone);
            assert_eq!(deposit.deadline(), Some(at(61)));
            assert!(deposit.timeout(at(60)).is_empty());
            let steps = if silent { deposit.handle(at(8), &FlowEvent::Quiet) } else { deposit.timeout(at(61)) };
            assert!(steps.contains(&FlowStep::StopRecord));
        }
    }

    #[test]
    fn nobody_waits_for_ever_for_a_sound_that_does_not_end() {
        let mut deposit = begun(Some(Sound::Busy));
        let mut ended = false;
        for _ in 0..10 {
            let Some(at) = deposit.deadline() else { break };
            ended |= deposit.timeout(at).contains(&FlowStep::Command(FlowCommand::Hangup(Cause::NoAnswer)));
        }
        assert!(ended);
    }
}
