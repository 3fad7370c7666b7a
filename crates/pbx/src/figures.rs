//! Figures about calls: how many, how long, what became of them, over time and by extension, hotline and cause. They are
//! counted when a record is written, in its transaction, and never from the records again: docs/specs/figures.md.

mod agents;
mod period;
mod queues;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use agents::{AgentFigures, AgentStatistics, AgentWanted, Pause, agents};
pub use period::{Period, Step};
pub(crate) use queues::count as count_visits;
pub use queues::{OfQueue, QueueFigures, QueueStatistics, QueueStep, QueueWanted, queues};
use repo::Only;
pub(crate) use service::count;
pub use service::{Wanted, statistics};

use crate::calls::{CallRecord, Status};
use call::Direction;
use model::{Cause, ExtensionId, HotlineId};
use serde::{Deserialize, Serialize};

/// The spans that are counted, milliseconds.
pub(crate) const QUARTER_MS: i64 = 15 * 60 * 1_000;
pub(crate) const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// What is counted of some calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallFigures))]
pub struct Figures {
    /// How many there were.
    pub calls: i64,
    /// How many a person on the called side answered.
    pub answered: i64,
    /// How many nobody answered.
    pub missed: i64,
    /// From the answer to the end, all together.
    pub talk_ms: i64,
    /// From the beginning to the answer, all together, of those that were answered.
    pub wait_ms: i64,
    /// From the beginning to the end, all together.
    pub duration_ms: i64,
}

/// What calls are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) direction: Direction,
    pub(crate) cause: Cause,
    pub(crate) answered: bool,
    pub(crate) hotline: Option<HotlineId>,
    pub(crate) extension: Option<ExtensionId>,
}

/// Sums over calls of one key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) calls: i64,
    pub(crate) talk_ms: i64,
    /// To the answer, or, without one, to the end.
    pub(crate) wait_ms: i64,
    pub(crate) duration_ms: i64,
}

impl Sums {
    fn of(record: &CallRecord) -> Sums {
        let view = record.view();
        let waited_until = record.answered_at.unwrap_or(record.ended_at);
        Sums {
            calls: 1,
            talk_ms: view.talk_ms,
            wait_ms: (waited_until - record.started_at).max(0),
            duration_ms: view.duration_ms,
        }
    }

    fn add(&mut self, other: Sums) {
        self.calls += other.calls;
        self.talk_ms += other.talk_ms;
        self.wait_ms += other.wait_ms;
        self.duration_ms += other.duration_ms;
    }
}

impl Figures {
    fn add(&mut self, answered: bool, sums: Sums) {
        self.calls += sums.calls;
        self.talk_ms += sums.talk_ms;
        self.duration_ms += sums.duration_ms;
        if answered {
            self.answered += sums.calls;
            self.wait_ms += sums.wait_ms;
        } else {
            self.missed += sums.calls;
        }
    }
}

/// The calls that began within one step of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallFiguresStep))]
pub struct StepFigures {
    /// When the step begins, milliseconds since 1970.
    pub from: i64,
    /// When the next one begins.
    pub to: i64,
    /// From outside.
    pub inbound: Figures,
    /// To outside.
    pub outbound: Figures,
    /// Among extensions.
    pub internal: Figures,
}

/// The calls that ended for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallFiguresCause))]
pub struct CauseFigures {
    /// Why they ended.
    #[serde(with = "crate::text::cause")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cause: Cause,
    /// What became of them.
    pub status: Status,
    /// How many.
    pub calls: i64,
}

/// The calls of one extension: those it placed, and those it answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallFiguresExtension))]
pub struct ExtensionFigures {
    /// The extension; none for calls that no extension placed or answered.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub extension: Option<ExtensionId>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The calls over one hotline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallFiguresHotline))]
pub struct HotlineFigures {
    /// The hotline; none for calls over no hotline.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hotline: Option<HotlineId>,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The figures of a period. All its tables add up to `total`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallStatistics))]
pub struct Statistics {
    /// The company's time zone, in which days begin.
    pub time_zone: String,
    /// When the period begins, milliseconds since 1970.
    pub from: i64,
    /// When it is over.
    pub to: i64,
    /// All calls of the period.
    pub total: Figures,
    /// All calls of the period of as many days before it.
    pub before: Figures,
    /// Step by step, without a gap.
    pub steps: Vec<StepFigures>,
    /// By cause, most frequent first.
    pub causes: Vec<CauseFigures>,
    /// By extension, busiest first.
    pub extensions: Vec<ExtensionFigures>,
    /// By hotline, busiest first.
    pub hotlines: Vec<HotlineFigures>,
}
