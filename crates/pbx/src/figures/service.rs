//! Counting, and telling what was counted.

use super::period::spans;
use super::repo::{self, Only};
use super::{
    CauseFigures, DAY_MS, ExtensionFigures, Figures, HotlineFigures, Key, Period, QUARTER_MS, Statistics, Step,
    StepFigures, Sums,
};
use crate::calls::{CallRecord, Status};
use call::Direction;
use jiff::tz::TimeZone;
use model::{Actor, ExtensionId, HotlineId, Permission, Problem};
use std::collections::BTreeMap;
use store::{Db, Error, Tx};

/// Which figures are wanted; all conditions hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of which days.
    pub period: Period,
    /// Which way the calls went.
    pub direction: Option<Direction>,
    /// Over which hotline.
    pub hotline: Option<HotlineId>,
    /// Placed or answered by which extension.
    pub extension: Option<ExtensionId>,
}

/// Counts records, of whatever companies, that were not there before. Few rows: those of one group of calls that are
/// alike are added up first.
pub(crate) async fn count<'a>(tx: &mut Tx, records: impl Iterator<Item = &'a CallRecord>) -> Result<(), Error> {
    let mut sums: BTreeMap<(String, i64, i64, Key), Sums> = BTreeMap::new();
    for record in records {
        let key = Key {
            direction: record.direction,
            cause: record.cause,
            answered: record.answered_at.is_some(),
            hotline: record.hotline,
            extension: record.extension,
        };
        for length in [QUARTER_MS, DAY_MS] {
            let began_at = record.started_at.div_euclid(length) * length;
            let place = (record.tenant.to_string(), length, began_at, key.clone());
            sums.entry(place).or_default().add(Sums::of(record));
        }
    }
    repo::add(tx, sums).await
}

/// The figures of a period, and the total of as many days before it.
pub async fn statistics(actor: &Actor, db: &Db, wanted: Wanted) -> Result<Statistics, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let time_zone = repo::time_zone(&mut tx).await?.ok_or_else(|| Problem::not_found("company"))?;
    // A name that nobody knows counts like UTC, rather than keeping a company from its figures.
    let zone = TimeZone::get(&time_zone).unwrap_or(TimeZone::UTC);
    let moments = wanted.period.moments(&zone)?;
    let (from, to) = (moments.from(), moments.to());
    let only = Only { direction: wanted.direction, hotline: wanted.hotline, extension: wanted.extension };
    let all = repo::by_key(&mut tx, &spans(from, to), &only).await?;
    let earlier = repo::by_key(&mut tx, &spans(moments.before, from), &only).await?;
    let long = matches!(wanted.period.step, Step::Week | Step::Month);
    let steps = steps(&mut tx, &moments.marks, long, &only).await?;
    let sum = |rows: &[(Key, Sums)]| {
        let mut total = Figures::default();
        rows.iter().for_each(|(key, sums)| total.add(key.answered, *sums));
        total
    };
    let (total, before) = (sum(&all), sum(&earlier));
    let causes = causes(&all);
    let extensions = grouped(&all, |key| key.extension)
        .into_iter()
        .map(|(extension, figures)| ExtensionFigures { extension, figures })
        .collect();
    let hotlines = grouped(&all, |key| key.hotline)
        .into_iter()
        .map(|(hotline, figures)| HotlineFigures { hotline, figures })
        .collect();
    Ok(Statistics { time_zone, from, to, total, before, steps, causes, extensions, hotlines })
}

fn grouped<T: Ord + Copy>(rows: &[(Key, Sums)], by: fn(&Key) -> Option<T>) -> Vec<(Option<T>, Figures)> {
    let mut groups: BTreeMap<Option<T>, Figures> = BTreeMap::new();
    for (key, sums) in rows {
        groups.entry(by(key)).or_default().add(key.answered, *sums);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.calls));
    groups
}

fn causes(rows: &[(Key, Sums)]) -> Vec<CauseFigures> {
    let mut counts = BTreeMap::new();
    for (key, sums) in rows {
        *counts.entry((key.cause, Status::of(key.answered, key.cause))).or_insert(0) += sums.calls;
    }
    let mut causes: Vec<_> =
        counts.into_iter().map(|((cause, status), calls)| CauseFigures { cause, status, calls }).collect();
    causes.sort_by_key(|one| std::cmp::Reverse(one.calls));
    causes
}

/// The spans that the steps are made of.
pub(super) fn parts(marks: &[i64], long: bool) -> Vec<(i64, i64, i64)> {
    match long {
        true => marks.windows(2).flat_map(|pair| spans(pair[0], pair[1])).collect(),
        false => marks.first().zip(marks.last()).map(|(from, to)| (QUARTER_MS, *from, *to)).into_iter().collect(),
    }
}

/// The figures step by step. Long steps are days of UTC, and quarters of an hour on the days where a step begins.
async fn steps(tx: &mut Tx, marks: &[i64], long: bool, only: &Only) -> Result<Vec<StepFigures>, Error> {
    let mut steps: Vec<StepFigures> =
        marks.windows(2).map(|pair| StepFigures { from: pair[0], to: pair[1], ..StepFigures::default() }).collect();
    let wanted = parts(marks, long);
    // SQLite joins at most 500 selects.
    for part in wanted.chunks(150) {
        for ((_, began_at, direction, answered), sums) in repo::by_time(tx, part, only).await? {
            let place = marks.partition_point(|mark| *mark <= began_at);
            let Some(step) = place.checked_sub(1).and_then(|place| steps.get_mut(place)) else { continue };
            let figures = match direction {
                Direction::Inbound => &mut step.inbound,
                Direction::Outbound => &mut step.outbound,
                Direction::Internal => &mut step.internal,
            };
            figures.add(answered, sums);
        }
    }
    Ok(steps)
}
