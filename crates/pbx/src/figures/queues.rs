//! Figures about queues: who joined, who was answered and how soon. Counted when a caller's waiting ends, in the transaction
//! that writes it.

use super::period::spans;
use super::{DAY_MS, Period, QUARTER_MS, Step, repo as calls};
use crate::queue::visit::Visit;
use jiff::tz::TimeZone;
use model::{Actor, Permission, Problem, QueueId, QueueOutcome};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{Db, Error, Tx};

mod repo;
#[cfg(test)]
mod tests;

/// What is counted of some callers of queues.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueFigures))]
pub struct QueueFigures {
    /// Callers that joined and are served or gone.
    pub offered: i64,
    /// Callers that an agent took.
    pub answered: i64,
    /// Of these, within the time that the queue promised then. Of all offered, that is the service level.
    pub in_time: i64,
    /// Callers that gave up.
    pub abandoned: i64,
    /// Callers sent on because the queue was full or nobody was there.
    pub overflowed: i64,
    /// Callers that waited for as long as they may.
    pub timed_out: i64,
    /// How long all of them waited together.
    pub waited_ms: i64,
    /// How long those waited together who were answered.
    pub answered_wait_ms: i64,
    /// How long the one waited who waited longest.
    pub longest_wait_ms: i64,
}

/// Sums over callers of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) callers: i64,
    pub(crate) waited_ms: i64,
    pub(crate) longest_ms: i64,
}

/// Company, length of the span, its beginning, queue, outcome, in time.
pub(crate) type Place = (String, i64, i64, String, &'static str, bool);

impl QueueFigures {
    fn add(&mut self, outcome: QueueOutcome, in_time: bool, sums: Sums) {
        // They left by their own wish; the call back to them is a visit of its own.
        if outcome == QueueOutcome::CalledBack {
            return;
        }
        self.offered += sums.callers;
        self.waited_ms += sums.waited_ms;
        self.longest_wait_ms = self.longest_wait_ms.max(sums.longest_ms);
        match outcome {
            QueueOutcome::Answered => {
                self.answered += sums.callers;
                self.answered_wait_ms += sums.waited_ms;
                self.in_time += if in_time { sums.callers } else { 0 };
            }
            QueueOutcome::Abandoned => self.abandoned += sums.callers,
            QueueOutcome::Overflowed => self.overflowed += sums.callers,
            QueueOutcome::TimedOut => self.timed_out += sums.callers,
            QueueOutcome::CalledBack => {}
        }
    }
}

/// The figures of one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueFiguresOfOne))]
pub struct OfQueue {
    /// Which; it may be gone by now.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub queue: QueueId,
    /// Its figures.
    #[serde(flatten)]
    pub figures: QueueFigures,
}

/// The callers that joined within one step of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueFiguresStep))]
pub struct QueueStep {
    /// When the step begins, milliseconds since 1970.
    pub from: i64,
    /// When the next one begins.
    pub to: i64,
    /// Its figures.
    #[serde(flatten)]
    pub figures: QueueFigures,
}

/// The figures of a period. Steps and queues add up to `total`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = QueueStatistics))]
pub struct QueueStatistics {
    /// The company's time zone, in which days begin.
    pub time_zone: String,
    /// When the period begins, milliseconds since 1970.
    pub from: i64,
    /// When it is over.
    pub to: i64,
    /// All callers of the period.
    pub total: QueueFigures,
    /// All callers of the period of as many days before it.
    pub before: QueueFigures,
    /// Step by step, without a gap.
    pub steps: Vec<QueueStep>,
    /// By queue, busiest first.
    pub queues: Vec<OfQueue>,
}

/// Which figures are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueWanted {
    /// Of which days.
    pub period: Period,
    /// Of which queue; of all, when missing.
    pub queue: Option<QueueId>,
}

/// Counts visits, of whatever companies, that were not there before.
pub(crate) async fn count<'a>(tx: &mut Tx, visits: impl Iterator<Item = &'a Visit>) -> Result<(), Error> {
    let mut sums: BTreeMap<Place, Sums> = BTreeMap::new();
    for visit in visits {
        let waited_ms = (visit.left_at - visit.joined_at).max(0);
        for length in [QUARTER_MS, DAY_MS] {
            let began_at = visit.joined_at.div_euclid(length) * length;
            let (tenant, queue) = (visit.tenant.to_string(), visit.queue.to_string());
            let in_time = waited_ms <= visit.promised_ms;
            let sum = sums.entry((tenant, length, began_at, queue, visit.outcome.as_str(), in_time)).or_default();
            sum.callers += 1;
            sum.waited_ms += waited_ms;
            sum.longest_ms = sum.longest_ms.max(waited_ms);
        }
    }
    repo::add(tx, sums).await
}

/// The figures of a period.
pub async fn queues(actor: &Actor, db: &Db, wanted: QueueWanted) -> Result<QueueStatistics, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let time_zone = calls::time_zone(&mut tx).await?.ok_or_else(|| Problem::not_found("company"))?;
    let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
    let moments = wanted.period.moments(&zone)?;
    let (from, to, marks) = (moments.from(), moments.to(), &moments.marks);
    let (mut total, mut before) = (QueueFigures::default(), QueueFigures::default());
    let mut listed: BTreeMap<QueueId, QueueFigures> = BTreeMap::new();
    for (queue, outcome, in_time, sums) in repo::by_queue(&mut tx, &spans(from, to), wanted.queue).await? {
        total.add(outcome, in_time, sums);
        listed.entry(queue).or_default().add(outcome, in_time, sums);
    }
    for (_, outcome, in_time, sums) in repo::by_queue(&mut tx, &spans(moments.before, from), wanted.queue).await? {
        before.add(outcome, in_time, sums);
    }
    let mut steps: Vec<QueueStep> = marks
        .windows(2)
        .map(|pair| QueueStep { from: pair[0], to: pair[1], figures: QueueFigures::default() })
        .collect();
    let long = matches!(wanted.period.step, Step::Week | Step::Month);
    for part in super::service::parts(marks, long).chunks(150) {
        for (began_at, outcome, in_time, sums) in repo::by_time(&mut tx, part, wanted.queue).await? {
            let place = marks.partition_point(|mark| *mark <= began_at);
            if let Some(step) = place.checked_sub(1).and_then(|place| steps.get_mut(place)) {
                step.figures.add(outcome, in_time, sums);
            }
        }
    }
    let mut queues: Vec<OfQueue> = listed.into_iter().map(|(queue, figures)| OfQueue { queue, figures }).collect();
    queues.sort_by_key(|one| std::cmp::Reverse(one.figures.offered));
    Ok(QueueStatistics { time_zone, from, to, total, before, steps, queues })
}
