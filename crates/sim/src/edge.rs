//! One leg as an edge sees it: what SIP and RTP would make of our commands and of the far side's acts. It keeps the
//! promise of `model::leg`: one final event, nothing after it.

use crate::far::{Act, Manner, OnHangup};
use model::leg::Play;
use model::{Cause, LegCommand, LegEvent};
use std::time::Duration;

/// One leg at the edge.
#[derive(Debug, Clone)]
pub struct Edge {
    incoming: bool,
    state: State,
    on_hangup: OnHangup,
    /// Counts sounds, so that the end of one that was stopped is not reported.
    sound: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not answered.
    Early,
    /// Answered.
    Up,
    /// We asked for its end; the far side has not confirmed.
    Leaving(Cause),
    /// Nothing follows.
    Final,
}

/// What follows from a command or an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The call is told.
    Tell(LegEvent),
    /// Later, the far side confirms the end.
    Confirm(Duration),
    /// Later, this sound ends.
    SoundEnds(u32),
}

impl Edge {
    /// A leg that came in or that is dialled now.
    pub fn new(incoming: bool, manner: &Manner) -> Edge {
        Edge { incoming, state: State::Early, on_hangup: manner.on_hangup, sound: 0 }
    }

    /// A leg that was up in another call.
    pub fn adopted(incoming: bool, manner: &Manner) -> Edge {
        Edge { state: State::Up, ..Edge::new(incoming, manner) }
    }

    /// The leg was given away: whatever it does is no longer this call's.
    pub fn give_away(&mut self) {
        self.state = State::Final;
    }

    /// Whether the last word was said.
    pub fn is_final(&self) -> bool {
        self.state == State::Final
    }

    /// The far side does something. What it can no longer do has no effect.
    pub fn act(&mut self, act: &Act) -> Option<Effect> {
        let tell = |event| Some(Effect::Tell(event));
        match (act, self.state) {
            (_, State::Final | State::Leaving(_)) => None,
            (Act::React, State::Early) if !self.incoming => tell(LegEvent::Progress),
            (Act::Ring, State::Early) if !self.incoming => tell(LegEvent::Ringing { early_media: false }),
            (Act::RingAloud, State::Early) if !self.incoming => tell(LegEvent::Ringing { early_media: true }),
            (Act::Answer, State::Early) if !self.incoming => {
                self.state = State::Up;
                tell(LegEvent::Answered)
            }
            (Act::Refuse(cause), State::Early) if !self.incoming => {
                self.state = State::Final;
                tell(LegEvent::Rejected { cause: *cause })
            }
            (Act::HangUp, State::Early) if self.incoming => {
                self.state = State::Final;
                tell(LegEvent::Ended { cause: Cause::Cancelled })
            }
            (Act::HangUp, State::Up) => {
                self.state = State::Final;
                tell(LegEvent::Ended { cause: Cause::Normal })
            }
            (Act::Hold, State::Up) => tell(LegEvent::Held),
            (Act::Resume, State::Up) => tell(LegEvent::Resumed),
            (Act::Press(digit), State::Up) => tell(LegEvent::Digit(*digit)),
            (Act::FallSilent, State::Up) => tell(LegEvent::MediaLost),
            (Act::Transfer(to), State::Up) => tell(LegEvent::Transfer(to.clone())),
            (Act::React | Act::Ring | Act::RingAloud | Act::Answer | Act::Refuse(_), State::Early | State::Up)
            | (
                Act::HangUp | Act::Hold | Act::Resume | Act::Press(_) | Act::FallSilent | Act::Transfer(_),
                State::Early,
            ) => None,
        }
    }

    /// A command arrives. One that crossed the leg's last word has no effect.
    pub fn command(&mut self, command: &LegCommand) -> Option<Effect> {
        if self.state == State::Final {
            return None;
        }
        match command {
            LegCommand::Dial(_) | LegCommand::Ring | LegCommand::Transfer(_) => None,
            LegCommand::Answer => {
                self.state = State::Up;
                None
            }
            LegCommand::Reject { .. } => {
                self.state = State::Final;
                None
            }
            LegCommand::Hangup { cause } => self.hang_up(*cause),
            LegCommand::Play(Play { repeat, .. }) => {
                self.sound += 1;
                (!repeat).then_some(Effect::SoundEnds(self.sound))
            }
            LegCommand::StopPlay => {
                self.sound += 1;
                None
            }
        }
    }

    fn hang_up(&mut self, cause: Cause) -> Option<Effect> {
        match (self.on_hangup, self.state) {
            (_, State::Leaving(_) | State::Final) => None,
            (OnHangup::Ignores, State::Early | State::Up) => {
                self.state = State::Leaving(cause);
                None
            }
            (OnHangup::AnswersFirst(_), State::Early) => {
                self.state = State::Up;
                Some(Effect::Tell(LegEvent::Answered))
            }
            (OnHangup::Confirms(after), State::Early | State::Up) | (OnHangup::AnswersFirst(after), State::Up) => {
                self.state = State::Leaving(cause);
                Some(Effect::Confirm(after))
            }
        }
    }

    /// The far side confirms the end we asked for.
    pub fn confirm(&mut self) -> Option<Effect> {
        let State::Leaving(cause) = self.state else { return None };
        self.state = State::Final;
        Some(Effect::Tell(LegEvent::Ended { cause }))
    }

    /// A sound came to its end.
    pub fn sound_ended(&mut self, sound: u32) -> Option<Effect> {
        let current = self.sound == sound && self.state == State::Up;
        current.then_some(Effect::Tell(LegEvent::PlayDone))
    }
}
