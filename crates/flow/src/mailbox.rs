//! Listening to one's messages by telephone: the PIN, how many there are, then one message after another with keys to hear it
//! again (5), the one before (4) or after it (6), to delete it (7), and to end (#).

use crate::FlowStep;
use model::flow::{FlowCommand, FlowEvent};
use model::leg::{Digit, Prompt, Sound};
use model::{Cause, Moment, TrailEntry, VoicemailId};
use std::collections::VecDeque;
use std::time::Duration;

/// A sound that has not come to its end by then is taken as ended.
const LONGEST_SOUND: Duration = Duration::from_secs(15 * 60);
/// How long a key is waited for.
const KEY: Duration = Duration::from_secs(8);
/// After so many wrong PINs the call ends.
const MOST_FAILURES: u8 = 3;
/// The longest PIN there is; more keys are not kept.
const LONGEST_PIN: usize = 10;

/// A message in a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Which.
    pub id: VoicemailId,
    /// Whether it was heard before.
    pub read: bool,
}

/// What is to be done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chore {
    /// It was heard.
    Read,
    /// It is not wanted any more.
    Delete,
}

/// One owner who listens.
#[derive(Debug)]
pub struct Mailbox {
    pin: Option<String>,
    /// In the order in which they are played.
    messages: Vec<Kept>,
    /// Which one is being heard.
    at: usize,
    state: State,
    typed: String,
    failures: u8,
    /// What plays after what is playing.
    ahead: VecDeque<Sound>,
    playing: bool,
    deadline: Option<Moment>,
    now: Moment,
    out: Vec<FlowStep>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    /// The PIN is asked for.
    Pin,
    /// How many there are is told; any key leads on to the first.
    Counting,
    /// A message plays.
    Message,
    /// A key is awaited after a message.
    Choosing,
    /// The last words play.
    Bye,
    Over,
}

impl Mailbox {
    /// Waits for `FlowEvent::Started`. New messages are played first, each kind the oldest first.
    pub fn new(pin: Option<String>, mut messages: Vec<Kept>) -> Mailbox {
        messages.sort_by_key(|kept| (kept.read, kept.id));
        Mailbox {
            pin,
            messages,
            at: 0,
            state: State::Fresh,
            typed: String::new(),
            failures: 0,
            ahead: VecDeque::new(),
            playing: false,
            deadline: None,
            now: Moment::START,
            out: Vec::new(),
        }
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.deadline
    }

    pub(crate) fn handle(&mut self, now: Moment, event: &FlowEvent) -> Vec<FlowStep> {
        self.now = now;
        match event {
            FlowEvent::Started if self.state == State::Fresh => match self.pin {
                Some(_) => self.ask_pin(None),
                None => self.count(),
            },
            FlowEvent::Digit(digit) => self.key(*digit),
            FlowEvent::PlayDone if self.playing => self.sound_ended(),
            FlowEvent::Started
            | FlowEvent::PlayDone
            | FlowEvent::Returned(_)
            | FlowEvent::Answer(_)
            | FlowEvent::Quiet => {}
        }
        std::mem::take(&mut self.out)
    }

    pub(crate) fn timeout(&mut self, now: Moment) -> Vec<FlowStep> {
        self.now = now;
        if self.deadline.is_some_and(|at| at <= now) {
            self.deadline = None;
            match (self.playing, self.state) {
                (true, _) => self.sound_ended(),
                (false, State::Pin) => self.check_pin(),
                (false, State::Choosing) => self.next(),
                (false, State::Fresh | State::Counting | State::Message | State::Bye | State::Over) => {}
            }
        }
        std::mem::take(&mut self.out)
    }

    fn key(&mut self, digit: Digit) {
        match (self.state, digit.as_char()) {
            (State::Pin, '#') => self.check_pin(),
            (State::Pin, key) => {
                self.silence();
                if self.typed.len() < LONGEST_PIN {
                    self.typed.push(key);
                }
                self.deadline = Some(self.now + KEY);
            }
            (State::Counting | State::Message | State::Choosing, '#') => self.bye(None),
            (State::Counting, _) => self.hear(),
            (State::Message | State::Choosing, '4') => {
                self.heard();
                self.at = self.at.saturating_sub(1);
                self.hear();
            }
            (State::Message | State::Choosing, '5') => self.hear(),
            (State::Message | State::Choosing, '6') => {
                self.heard();
                self.next();
            }
            (State::Message | State::Choosing, '7') => self.delete(),
            (State::Message | State::Choosing | State::Fresh | State::Bye | State::Over, _) => {}
        }
    }

    fn ask_pin(&mut self, first: Option<Prompt>) {
        self.state = State::Pin;
        self.typed.clear();
        let words: Vec<Sound> = first.into_iter().chain([Prompt::EnterPin]).map(Sound::Prompt).collect();
        self.say(words);
    }

    fn check_pin(&mut self) {
        if self.pin.as_deref() == Some(self.typed.as_str()) {
            return self.count();
        }
        self.failures += 1;
        self.note("pin", format!("The PIN was wrong, {} of {MOST_FAILURES} times.", self.failures));
        if self.failures >= MOST_FAILURES {
            return self.hang_up(Cause::Forbidden);
        }
        self.ask_pin(Some(Prompt::WrongPin));
    }

    fn count(&mut self) {
        let old = self.messages.iter().filter(|kept| kept.read).count();
        let new = self.messages.len() - old;
        self.note("mailbox", format!("The mailbox is open: {new} new messages, {old} old."));
        if self.messages.is_empty() {
            return self.bye(Some(Prompt::NoMessages));
        }
        self.state = State::Counting;
        let mut words = Vec::new();
        for (count, prompt) in [(new, Prompt::NewMessages), (old, Prompt::OldMessages)] {
            if count > 0 {
                words.push(prompt);
                words.extend(Prompt::digits(count));
            }
        }
        self.say(words.into_iter().map(Sound::Prompt).collect());
    }

    /// Plays the message that is up.
    fn hear(&mut self) {
        match self.messages.get(self.at) {
            Some(kept) => {
                self.state = State::Message;
                self.say(vec![Sound::Voicemail(kept.id)]);
            }
            None => self.bye(Some(Prompt::NoMoreMessages)),
        }
    }

    fn next(&mut self) {
        self.at += 1;
        self.hear();
    }

    /// The message that is up counts as heard.
    fn heard(&mut self) {
        if let Some(kept) = self.messages.get_mut(self.at).filter(|kept| !kept.read) {
            kept.read = true;
            self.out.push(FlowStep::Mail(kept.id, Chore::Read));
        }
    }

    fn delete(&mut self) {
        if self.at >= self.messages.len() {
            return;
        }
        let gone = self.messages.remove(self.at);
        self.out.push(FlowStep::Mail(gone.id, Chore::Delete));
        self.note("message_deleted", "A message was deleted by telephone.".to_owned());
        match self.messages.get(self.at) {
            Some(kept) => {
                self.state = State::Message;
                self.say(vec![Sound::Prompt(Prompt::Deleted), Sound::Voicemail(kept.id)]);
            }
            None => self.bye(Some(Prompt::NoMoreMessages)),
        }
    }

    fn sound_ended(&mut self) {
        self.playing = false;
        self.deadline = None;
        if let Some(next) = self.ahead.pop_front() {
            return self.play(next);
        }
        match self.state {
            State::Pin | State::Choosing => self.deadline = Some(self.now + KEY),
            State::Counting => self.hear(),
            State::Message => {
                self.heard();
                self.state = State::Choosing;
                self.play(Sound::Prompt(Prompt::MessageKeys));
            }
            State::Bye => self.hang_up(Cause::FlowEnded),
            State::Fresh | State::Over => {}
        }
    }

    fn bye(&mut self, last: Option<Prompt>) {
        self.silence();
        match last {
            Some(prompt) => {
                self.state = State::Bye;
                self.say(vec![Sound::Prompt(prompt)]);
            }
            None => self.hang_up(Cause::FlowEnded),
        }
    }

    /// Plays these one after another, in place of what plays.
    fn say(&mut self, sounds: Vec<Sound>) {
        self.ahead = sounds.into();
        if let Some(first) = self.ahead.pop_front() {
            self.play(first);
        }
    }

    fn play(&mut self, sound: Sound) {
        self.playing = true;
        self.deadline = Some(self.now + LONGEST_SOUND);
        self.out.push(FlowStep::Command(FlowCommand::Play(sound)));
    }

    fn silence(&mut self) {
        self.ahead.clear();
        if std::mem::take(&mut self.playing) {
            self.out.push(FlowStep::Command(FlowCommand::StopPlay));
        }
    }

    fn hang_up(&mut self, cause: Cause) {
        self.silence();
        (self.state, self.deadline) = (State::Over, None);
        self.out.push(FlowStep::Command(FlowCommand::Hangup(cause)));
    }

    fn note(&mut self, step: &'static str, reason: String) {
        self.out.push(FlowStep::Trail(TrailEntry::new(self.now, step, reason)));
    }
}

#[cfg(test)]
mod tests;
