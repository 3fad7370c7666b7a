//! What steers a caller: a flow, or something so simple that it needs no graph. The driver holds one and carries its words.

use crate::{Deposit, Flow, FlowStep, Mailbox};
use model::flow::{FlowCommand, FlowEvent};
use model::leg::Sound;
use model::{Cause, Moment};
use std::time::Duration;

/// A sound that has not come to its end by then is taken as ended.
const LONGEST_SOUND: Duration = Duration::from_secs(10 * 60);

/// One caller on the way through a script.
#[derive(Debug)]
pub enum Steering {
    /// A flow.
    Flow(Box<Flow>),
    /// One sound, and the end.
    Announcement(Announcement),
    /// The caller leaves a message.
    Deposit(Deposit),
    /// The caller listens to messages.
    Mailbox(Box<Mailbox>),
}

/// One sound, played to its end; then the call ends.
#[derive(Debug)]
pub struct Announcement {
    sound: Sound,
    cause: Cause,
    deadline: Option<Moment>,
}

impl Announcement {
    /// Waits for `FlowEvent::Started`.
    pub fn new(sound: Sound, cause: Cause) -> Announcement {
        Announcement { sound, cause, deadline: None }
    }

    fn handle(&mut self, now: Moment, event: &FlowEvent) -> Vec<FlowStep> {
        match (event, self.deadline) {
            (FlowEvent::Started, None) => {
                self.deadline = Some(now + LONGEST_SOUND);
                vec![FlowStep::Command(FlowCommand::Play(self.sound))]
            }
            (FlowEvent::PlayDone, Some(_)) => self.end(),
            _ => Vec::new(),
        }
    }

    fn end(&mut self) -> Vec<FlowStep> {
        self.deadline = None;
        vec![FlowStep::Command(FlowCommand::Hangup(self.cause))]
    }
}

impl Steering {
    /// Something happened to the caller.
    pub fn handle(&mut self, now: Moment, event: FlowEvent) -> Vec<FlowStep> {
        match self {
            Steering::Flow(flow) => flow.handle(now, event),
            Steering::Announcement(announcement) => announcement.handle(now, &event),
            Steering::Deposit(deposit) => deposit.handle(now, &event),
            Steering::Mailbox(mailbox) => mailbox.handle(now, &event),
        }
    }

    /// Call this when [`Steering::deadline`] has come; too early does nothing.
    pub fn timeout(&mut self, now: Moment) -> Vec<FlowStep> {
        match self {
            Steering::Flow(flow) => flow.timeout(now),
            Steering::Announcement(announcement) if announcement.deadline.is_some_and(|at| at <= now) => {
                announcement.end()
            }
            Steering::Announcement(_) => Vec::new(),
            Steering::Deposit(deposit) => deposit.timeout(now),
            Steering::Mailbox(mailbox) => mailbox.timeout(now),
        }
    }

    /// When to call [`Steering::timeout`].
    pub fn deadline(&self) -> Option<Moment> {
        match self {
            Steering::Flow(flow) => flow.deadline(),
            Steering::Announcement(announcement) => announcement.deadline,
            Steering::Deposit(deposit) => deposit.deadline(),
            Steering::Mailbox(mailbox) => mailbox.deadline(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_played_once_and_ends_the_call() {
        let new = || Steering::Announcement(Announcement::new(Sound::Confirmed, Cause::Busy));
        let play = [FlowStep::Command(FlowCommand::Play(Sound::Confirmed))];
        let bye = [FlowStep::Command(FlowCommand::Hangup(Cause::Busy))];
        let mut heard = new();
        assert!(heard.handle(Moment::START, FlowEvent::PlayDone).is_empty(), "nothing plays yet");
        assert_eq!(heard.handle(Moment::START, FlowEvent::Started), play);
        assert!(heard.handle(Moment::START, FlowEvent::Started).is_empty());
        assert!(heard.timeout(Moment::START).is_empty());
        assert_eq!(heard.handle(Moment::START, FlowEvent::PlayDone), bye);
        assert_eq!(heard.deadline(), None);
        let mut endless = new();
        endless.handle(Moment::START, FlowEvent::Started);
        let deadline = endless.deadline().expect("nobody listens for ever");
        assert_eq!(endless.timeout(deadline), bye);
    }
}
