//! Who was promised to be called back, beside what `acd` knows of them: whom to call, and the calls that try it.

use std::collections::HashMap;

use acd::{Command, Input, Outcome};
use model::{CallId, Cause, ExtensionId, Moment};
use pbx::callback::{Callback, News, State};

use super::back::Wanted;
use crate::clock::Anchor;

/// All promises of one company.
#[derive(Debug, Default)]
pub(super) struct Promises {
    of: HashMap<CallId, Promise>,
}

#[derive(Debug)]
struct Promise {
    wanted: Wanted,
    tries: i64,
    /// The calls that ring agents for it now.
    rings: Vec<(ExtensionId, CallId)>,
    last: Option<(ExtensionId, CallId)>,
}

/// What a command of the queue means for a promise.
#[derive(Debug)]
pub(super) enum Deed {
    /// Ring this agent, and then whom was promised.
    Ring(ExtensionId, Wanted),
    /// This call is to ring no more.
    Silence(CallId, Cause),
    /// Keep this.
    Keep(News),
    /// Nobody is on the line who could be told.
    Nothing,
}

impl Promises {
    pub(super) fn add(&mut self, callback: &Callback) {
        let wanted = Wanted {
            promised: callback.call,
            queue: callback.queue,
            hotline: callback.hotline,
            number: callback.number.clone(),
            asked_at: callback.asked_at,
        };
        self.of.insert(callback.call, Promise { wanted, tries: callback.tries, rings: Vec::new(), last: None });
    }

    /// Forgets one; whether there was one.
    pub(super) fn remove(&mut self, call: CallId) -> bool {
        self.of.remove(&call).is_some()
    }

    pub(super) fn number(&self, call: CallId) -> Option<&str> {
        self.of.get(&call).map(|promise| promise.wanted.number.as_str())
    }

    pub(super) fn all(&self) -> Vec<CallId> {
        self.of.keys().copied().collect()
    }

    /// An agent's phones ring for it in this call.
    pub(super) fn rings(&mut self, call: CallId, agent: ExtensionId, by: CallId) {
        if let Some(promise) = self.of.get_mut(&call) {
            promise.rings.push((agent, by));
            promise.last = Some((agent, by));
        }
    }

    /// What the command means; none when it is about somebody on the line.
    pub(super) fn deed(&mut self, now: Moment, anchor: &Anchor, call: CallId, command: &Command) -> Option<Deed> {
        let promise = self.of.get_mut(&call)?;
        let (last_call, agent) = (promise.last.map(|(_, call)| call), promise.last.map(|(agent, _)| agent));
        Some(match command {
            Command::Offer { agent, .. } => Deed::Ring(*agent, promise.wanted.clone()),
            Command::Withdraw { agent, missed, .. } => {
                let cause = if *missed { Cause::NoAnswer } else { Cause::AnsweredElsewhere };
                let place = promise.rings.iter().position(|(who, _)| who == agent);
                place.map_or(Deed::Nothing, |place| Deed::Silence(promise.rings.remove(place).1, cause))
            }
            Command::Returned { agent, .. } => {
                promise.rings.retain(|(who, _)| who != agent);
                Deed::Nothing
            }
            Command::TriesAgain { tries, rests, .. } => {
                promise.tries = i64::from(*tries);
                promise.rings.clear();
                let next_at = anchor.wall(now + *rests).as_millis();
                let (state, tries) = (State::Waiting, promise.tries);
                Deed::Keep(News { call, state, tries, next_at, last_call, agent })
            }
            Command::Gone { outcome, .. } => {
                let state = match outcome {
                    Outcome::Answered => State::Done,
                    Outcome::TimedOut => State::Failed,
                    Outcome::Abandoned | Outcome::Overflowed | Outcome::CalledBack => State::Cancelled,
                };
                let (tries, next_at) = (promise.tries, anchor.wall(now).as_millis());
                self.of.remove(&call);
                Deed::Keep(News { call, state, tries, next_at, last_call, agent })
            }
            Command::Waits { .. }
            | Command::Announce { .. }
            | Command::GiveUp { .. }
            | Command::State { .. }
            | Command::Missed { .. } => Deed::Nothing,
        })
    }
}

/// What the queue's machine is told of a promise that was kept.
pub(super) fn input(callback: &Callback, wall_ms: i64) -> Input {
    let rests = u64::try_from(callback.next_at - wall_ms).unwrap_or(0);
    Input::Promised {
        call: callback.call,
        queue: callback.queue,
        priority: i32::try_from(callback.priority).unwrap_or(0),
        needs: callback.skills.clone(),
        tries: u32::try_from(callback.tries).unwrap_or(0),
        rests: std::time::Duration::from_millis(rests),
    }
}
