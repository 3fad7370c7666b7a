//! Days of a company as moments: where steps begin in its time zone, and which spans add up to them. Pure.

use super::{DAY_MS, QUARTER_MS};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use model::Problem;

/// The most steps of a period.
const MOST_STEPS: usize = 400;

/// What a period is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Step {
    /// Hours.
    Hour,
    /// Days.
    #[default]
    Day,
    /// Weeks, which begin on Mondays.
    Week,
    /// Months.
    Month,
}

impl Step {
    /// All, with their stable words.
    pub const ALL: [(Step, &'static str); 4] =
        [(Step::Hour, "hour"), (Step::Day, "day"), (Step::Week, "week"), (Step::Month, "month")];

    /// The step with this word.
    pub fn parse(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|(_, known)| *known == word).map(|(step, _)| step)
    }
}

/// Whole days of a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first day: `2026-11-01`.
    pub from: String,
    /// The last day, counted in.
    pub to: String,
    /// In which steps.
    pub step: Step,
}

/// The moments of a period, milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moments {
    /// Where each step begins, and, last, where the period is over.
    pub(crate) marks: Vec<i64>,
    /// Where the period of as many days before begins.
    pub(crate) before: i64,
}

impl Moments {
    pub(crate) fn from(&self) -> i64 {
        self.marks.first().copied().unwrap_or_default()
    }

    pub(crate) fn to(&self) -> i64 {
        self.marks.last().copied().unwrap_or_default()
    }
}

impl Period {
    /// The moments of these days in this zone.
    pub(crate) fn moments(&self, zone: &TimeZone) -> Result<Moments, Problem> {
        let (from, to) = (day("from", &self.from)?, day("to", &self.to)?);
        if to < from {
            return Err(Problem::invalid("to", "The last day is before the first."));
        }
        let far = || Problem::invalid("to", "Use days between the years 1970 and 9000.");
        let midnight = |date: Date| midnight(date, zone).ok_or_else(far);
        let after = |date: Date, span: Span| date.checked_add(span).map_err(|_| far());
        let end = after(to, 1.day())?;
        let days = from.until(end).map_err(|_| far())?.get_days();
        let mut marks = vec![midnight(from)?];
        let last = midnight(end)?;
        let mut date = from;
        while marks.last().is_some_and(|mark| *mark < last) {
            if marks.len() > MOST_STEPS {
                let message = format!("This is more than {MOST_STEPS} steps: choose longer ones or fewer days.");
                return Err(Problem::invalid("by", message));
            }
            let mark = match self.step {
                Step::Hour => marks.last().copied().unwrap_or_default() + 3_600_000,
                Step::Day | Step::Week | Step::Month => {
                    date = match self.step {
                        Step::Hour | Step::Day => after(date, 1.day())?,
                        Step::Week => after(date, (7 - i64::from(date.weekday().to_monday_zero_offset())).days())?,
                        Step::Month => after(date.first_of_month(), 1.month())?,
                    };
                    midnight(date)?
                }
            };
            marks.push(mark.min(last));
        }
        let before = midnight(from.checked_sub(i64::from(days).days()).map_err(|_| far())?)?;
        Ok(Moments { marks, before })
    }
}

fn day(field: &str, text: &str) -> Result<Date, Problem> {
    let wrong = || Problem::invalid(field, "Write a day as 2026-11-23.");
    let date: Date = text.parse().map_err(|_| wrong())?;
    if (1970..9000).contains(&date.year()) && text.len() == 10 { Ok(date) } else { Err(wrong()) }
}

/// When a day begins; where clocks skip midnight, right after that.
fn midnight(date: Date, zone: &TimeZone) -> Option<i64> {
    Some(zone.to_zoned(date.at(0, 0, 0, 0)).ok()?.timestamp().as_millisecond())
}

/// Spans that add up to a time: (length, from, to). Days of UTC in the middle, quarters of an hour at both ends.
pub(crate) fn spans(from: i64, to: i64) -> Vec<(i64, i64, i64)> {
    let first_day = from.div_euclid(DAY_MS) * DAY_MS + if from.rem_euclid(DAY_MS) == 0 { 0 } else { DAY_MS };
    let last_day = to.div_euclid(DAY_MS) * DAY_MS;
    if first_day >= last_day {
        return vec![(QUARTER_MS, from, to)];
    }
    let all = [(QUARTER_MS, from, first_day), (DAY_MS, first_day, last_day), (QUARTER_MS, last_day, to)];
    all.into_iter().filter(|(_, from, to)| from < to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(from: &str, to: &str, step: Step, zone: &str) -> Result<Moments, Problem> {
        let zone = TimeZone::get(zone).expect("a zone");
        Period { from: from.into(), to: to.into(), step }.moments(&zone)
    }

    fn count(from: &str, to: &str, step: Step, zone: &str) -> usize {
        moments(from, to, step, zone).expect("moments").marks.len() - 1
    }

    #[test]
    fn days_begin_at_the_midnight_of_the_company() {
        let one = moments("2026-11-23", "2026-11-23", Step::Day, "Asia/Ho_Chi_Minh").expect("moments");
        // 2026-11-22 17:00 UTC.
        assert_eq!(one.marks, [1_795_366_800_000, 1_795_366_800_000 + DAY_MS]);
        assert_eq!(one.before, one.from() - DAY_MS);
        assert_eq!(count("2026-11-23", "2026-11-23", Step::Hour, "Asia/Ho_Chi_Minh"), 24);
        assert_eq!(count("2026-10-25", "2026-10-25", Step::Hour, "Europe/Berlin"), 25, "clocks go back");
        assert_eq!(count("2026-11-18", "2026-11-24", Step::Week, "Asia/Ho_Chi_Minh"), 2);
        assert_eq!(count("2026-01-15", "2026-12-03", Step::Month, "Asia/Kathmandu"), 12);
        let half = moments("2026-11-23", "2026-11-23", Step::Hour, "Asia/Kathmandu").expect("moments");
        assert!(half.marks.iter().all(|mark| mark % QUARTER_MS == 0));
    }

    #[test]
    fn wrong_periods_are_refused_by_their_field() {
        let field =
            |from: &str, to: &str, step| moments(from, to, step, "UTC").expect_err("refused").fields[0].name.clone();
        assert_eq!(field("yesterday", "2026-11-23", Step::Day), "from");
        assert_eq!(field("2026-11-23", "2026-02-30", Step::Day), "to");
        assert_eq!(field("2026-11-23", "2026-11-22", Step::Day), "to");
        assert_eq!(field("2024-11-23", "2026-11-22", Step::Day), "by");
        assert_eq!(field("2026-11-01", "2026-11-22", Step::Hour), "by");
        assert_eq!(field("0001-01-01", "2026-11-22", Step::Day), "from");
    }

    #[test]
    fn spans_add_up_without_gap_or_overlap() {
        for (from, to) in
            [(0, DAY_MS), (QUARTER_MS, 3 * DAY_MS), (QUARTER_MS, DAY_MS), (5 * QUARTER_MS, 9 * QUARTER_MS)]
        {
            let spans = spans(from, to);
            assert_eq!((spans[0].1, spans[spans.len() - 1].2), (from, to));
            assert!(spans.windows(2).all(|pair| pair[0].2 == pair[1].1), "{spans:?}");
            assert!(spans.iter().all(|(length, from, to)| (to - from) % length == 0), "{spans:?}");
        }
    }
}
