//! Finding calls: what became of them, the filters of a list, and who counts as taking part.

use super::CallRecord;
use call::Direction;
use model::{CallId, Cause, DispositionId, ExtensionId, HotlineId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallStatus))]
pub enum Status {
    /// Somebody on the called side answered.
    Answered,
    /// It rang, or could not ring, and nobody answered.
    NoAnswer,
    /// The called side was on another call.
    Busy,
    /// The called side refused.
    Declined,
    /// The caller gave up.
    Cancelled,
    /// It could not be placed.
    Failed,
}

impl Status {
    /// All, with their stable words.
    pub const ALL: [(Status, &'static str); 6] = [
        (Status::Answered, "answered"),
        (Status::NoAnswer, "no_answer"),
        (Status::Busy, "busy"),
        (Status::Declined, "declined"),
        (Status::Cancelled, "cancelled"),
        (Status::Failed, "failed"),
    ];

    /// The status with this word.
    pub fn parse(word: &str) -> Option<Status> {
        crate::trunk::value(&Status::ALL, word)
    }

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        crate::trunk::word(&Status::ALL, self)
    }

    /// What a call that ended so has become.
    pub fn of(answered: bool, cause: Cause) -> Status {
        if answered {
            return Status::Answered;
        }
        match cause {
            Cause::Busy => Status::Busy,
            Cause::Declined => Status::Declined,
            Cause::Normal | Cause::Cancelled => Status::Cancelled,
            Cause::NoAnswer
            | Cause::AnsweredElsewhere
            | Cause::NotRegistered
            | Cause::Unreachable
            | Cause::FlowEnded => Status::NoAnswer,
            Cause::NotFound
            | Cause::InvalidNumber
            | Cause::Forbidden
            | Cause::Incompatible
            | Cause::NotProtected
            | Cause::Unavailable
            | Cause::Overload
            | Cause::MediaTimeout
            | Cause::SessionExpired
            | Cause::Transferred
            | Cause::NoRoute
            | Cause::ServerStopping
            | Cause::ServerRestart
            | Cause::Failed => Status::Failed,
        }
    }
}

/// Which calls a list shows; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Which way it went.
    pub direction: Option<Direction>,
    /// What became of it.
    pub status: Option<Status>,
    /// Whether a person answered.
    pub answered: Option<bool>,
    /// An extension that took part: called, rang, or talked.
    pub extension: Option<ExtensionId>,
    /// A number that took part, in any usual form.
    pub number: Option<String>,
    /// The hotline.
    pub hotline: Option<HotlineId>,
    /// The queue it waited in last.
    pub queue: Option<QueueId>,
    /// One of these extensions took part; any when empty.
    pub extensions: Vec<ExtensionId>,
    /// One of these hotlines; any when empty.
    pub hotlines: Vec<HotlineId>,
    /// Talked for so long or longer.
    pub talk_from_ms: Option<i64>,
    /// Talked for less than that.
    pub talk_to_ms: Option<i64>,
    /// Began then or later, milliseconds since 1970.
    pub from: Option<i64>,
    /// Began before then.
    pub to: Option<i64>,
    /// One of these directions; any when empty.
    pub directions: Vec<Direction>,
    /// One of these calls; any when empty.
    pub ids: Vec<CallId>,
    /// Of each of these lists at least one took part.
    pub parties: Vec<Vec<Party>>,
    /// What people wrote came of it.
    pub outcome: Option<Outcome>,
    /// The oldest first, in lists by position.
    pub oldest_first: bool,
}

/// What people wrote came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This disposition.
    Is(DispositionId),
    /// Nobody has said yet, although a person answered.
    Missing,
}

impl Filter {
    /// Whether its conditions leave no call: who did not answer did not talk.
    pub(super) fn contradicts_itself(&self) -> bool {
        let talked = self.talk_from_ms.is_some_and(|ms| ms > 0);
        let by_status = self.status.map(|status| status == Status::Answered);
        [by_status, self.answered, talked.then_some(true)].into_iter().flatten().any(|one| !one)
            && [by_status, self.answered, talked.then_some(true)].into_iter().flatten().any(|one| one)
    }
}

/// Somebody who took part in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// One of our phones: called, rang, or talked.
    Extension(ExtensionId),
    /// A public number of ours.
    Hotline(HotlineId),
    /// A number, in any usual form.
    Number(String),
}

impl Party {
    /// As parties are stored.
    pub(super) fn key(&self) -> String {
        match self {
            Party::Extension(id) => id.to_string(),
            Party::Hotline(id) => id.to_string(),
            Party::Number(number) => number.clone(),
        }
    }
}

/// How many calls went one way and became the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Which way they went.
    pub direction: Direction,
    /// What became of them.
    pub status: Status,
    /// How many.
    pub calls: u64,
    /// How long was talked in all of them.
    pub talk_ms: i64,
}

/// A piece of a list from a key on, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk {
    /// Begins behind this call (its beginning and id); at the end of the list when missing.
    pub from: Option<(i64, CallId)>,
    /// From older calls to newer ones instead of the other way.
    pub upward: bool,
    /// How many calls at most, 1–200.
    pub limit: u32,
}

/// Who took part: one row each in `call_parties`.
pub(super) fn parties(record: &CallRecord) -> BTreeSet<String> {
    let mut parties = BTreeSet::new();
    parties.extend(record.hotline.map(|id| id.to_string()));
    parties.extend(record.extension.map(|id| id.to_string()));
    parties.extend(record.legs.iter().filter_map(|leg| leg.extension).map(|id| id.to_string()));
    for number in [&record.caller_number, &record.callee_number] {
        if !number.is_empty() {
            parties.insert(number.clone());
        }
    }
    parties
}
