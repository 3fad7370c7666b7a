//! What the people and carriers at the far ends do, written as acts on a time line.

use model::leg::TransferTo;
use model::{Cause, Digit};
use std::time::Duration;

/// One thing a far side does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Says that it works on it.
    React,
    /// Rings.
    Ring,
    /// Rings and sends sound of its own.
    RingAloud,
    /// Picks up.
    Answer,
    /// Refuses.
    Refuse(Cause),
    /// Holds.
    Hold,
    /// Takes off hold.
    Resume,
    /// Presses a key.
    Press(Digit),
    /// Hangs up, or cancels its own call when nobody answered yet.
    HangUp,
    /// Its sound stops coming.
    FallSilent,
    /// Asks that whom it talks with be handed over.
    Transfer(TransferTo),
}

/// What a far side does when we end the leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnHangup {
    /// Confirms after a while.
    Confirms(Duration),
    /// Says nothing, ever.
    Ignores,
    /// Had just picked up: its answer crosses our hang-up; the next hang-up it confirms.
    AnswersFirst(Duration),
}

/// How a far side behaves, counted from the moment it is dialled (or, for a caller, from the moment it calls).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// What it does and when.
    pub acts: Vec<(Duration, Act)>,
    /// What it does when we end the leg.
    pub on_hangup: OnHangup,
}

impl Manner {
    /// Does nothing by itself; confirms the end of a leg at once.
    pub fn quiet() -> Manner {
        Manner { acts: Vec::new(), on_hangup: OnHangup::Confirms(Duration::from_millis(20)) }
    }

    /// The same and one more act.
    #[must_use]
    pub fn and(mut self, at: Duration, act: Act) -> Manner {
        self.acts.push((at, act));
        self
    }

    /// The same and keys pressed at a moment.
    #[must_use]
    pub fn presses(mut self, at: Duration, keys: &str) -> Manner {
        self.acts.extend(keys.chars().filter_map(Digit::new).map(|key| (at, Act::Press(key))));
        self
    }

    /// The same and a blind transfer.
    #[must_use]
    pub fn transfers(self, at: Duration, number: &str) -> Manner {
        self.and(at, Act::Transfer(TransferTo::Number(number.to_owned())))
    }

    /// The same and a hang-up.
    #[must_use]
    pub fn hangs_up(self, at: Duration) -> Manner {
        self.and(at, Act::HangUp)
    }

    /// The same with another reaction to our hang-up.
    #[must_use]
    pub fn when_ended(mut self, on_hangup: OnHangup) -> Manner {
        self.on_hangup = on_hangup;
        self
    }
}

/// Rings at once and is picked up after a while.
pub fn answers_after(after: Duration) -> Manner {
    never_answers().and(after, Act::Answer)
}

/// Rings and rings.
pub fn never_answers() -> Manner {
    Manner::quiet().and(Duration::from_millis(10), Act::React).and(Duration::from_millis(60), Act::Ring)
}

/// Is on another call.
pub fn is_busy() -> Manner {
    refuses(Cause::Busy)
}

/// Refuses at once with this cause.
pub fn refuses(cause: Cause) -> Manner {
    Manner::quiet().and(Duration::from_millis(10), Act::React).and(Duration::from_millis(50), Act::Refuse(cause))
}

/// Rings, and after a while somebody presses "decline".
pub fn declines_after(after: Duration) -> Manner {
    never_answers().and(after, Act::Refuse(Cause::Declined))
}

/// Says nothing at all.
pub fn is_dead() -> Manner {
    Manner::quiet()
}

/// A carrier that lets its own ring-back be heard, and somebody who picks up after a while.
pub fn rings_aloud_and_answers_after(after: Duration) -> Manner {
    Manner::quiet()
        .and(Duration::from_millis(10), Act::React)
        .and(Duration::from_millis(200), Act::RingAloud)
        .and(after, Act::Answer)
}
