//! Open or not, at a moment: a pure rule on the wall clock of the schedule's zone, so that a summer time that begins or
//! ends at night moves no hours of the day.

use super::{Hours, Schedule, Weekday};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Timestamp;

/// The minutes of a day.
pub(super) const DAY: u16 = 24 * 60;

/// What a schedule says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State<'a> {
    /// Open.
    Open,
    /// Closed, on a day like others.
    Closed,
    /// Closed for the holiday of this name.
    Holiday(&'a str),
}

impl State<'_> {
    /// The stable word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            State::Open => "open",
            State::Closed => "closed",
            State::Holiday(_) => "holiday",
        }
    }
}

impl Schedule {
    /// The zone of its hours: its own, or the company's. Reads the system's table of zones; one that is not known counts as
    /// UTC.
    pub fn zone(&self, company_zone: &str) -> TimeZone {
        TimeZone::get(self.time_zone.as_deref().unwrap_or(company_zone)).unwrap_or(TimeZone::UTC)
    }

    /// What the schedule says of this moment in its zone.
    pub fn at(&self, moment: Timestamp, zone: &TimeZone) -> State<'_> {
        let instant = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or_default();
        self.on_the_clock(zone.to_datetime(instant))
    }

    fn on_the_clock(&self, now: DateTime) -> State<'_> {
        let (today, minute) = (now.date(), minute_of(now));
        // Hours that began yesterday belong to yesterday.
        if let Ok(yesterday) = today.yesterday()
            && self.hours_of(yesterday).any(|hours| hours.runs_over(minute))
        {
            return State::Open;
        }
        if self.hours_of(today).any(|hours| hours.holds(minute)) {
            return State::Open;
        }
        self.holiday_on(today).map_or(State::Closed, |holiday| State::Holiday(&holiday.name))
    }

    fn holiday_on(&self, day: Date) -> Option<&super::Holiday> {
        self.holidays.iter().find(|holiday| holiday.falls_on(day))
    }

    fn hours_of(&self, day: Date) -> impl Iterator<Item = Span> {
        let holiday = self.holiday_on(day);
        let own =
            holiday.into_iter().flat_map(|holiday| &holiday.hours).filter_map(|Hours { from, to }| Span::of(from, to));
        let weekday = weekday_of(day);
        let usual = self.weekly.iter().filter(move |range| holiday.is_none() && range.days.contains(&weekday));
        own.chain(usual.filter_map(|range| Span::of(&range.from, &range.to)))
    }
}

impl super::Holiday {
    fn falls_on(&self, day: Date) -> bool {
        let Some(from) = date(&self.from) else { return false };
        let to = self.to.as_deref().and_then(date).unwrap_or(from);
        if !self.yearly {
            return (from..=to).contains(&day);
        }
        let in_year = |date: Date| (date.month(), date.day());
        let (first, last, day) = (in_year(from), in_year(to), in_year(day));
        if first <= last { first <= day && day <= last } else { day >= first || day <= last }
    }
}

/// Minutes of a day; an end that is not after the start is on the next day.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: u16,
    to: u16,
}

impl Span {
    fn of(from: &str, to: &str) -> Option<Span> {
        Some(Span { from: minutes(from)?, to: minutes(to)? })
    }

    /// On the day it begins.
    fn holds(self, minute: u16) -> bool {
        let end = if self.to > self.from { self.to } else { DAY };
        (self.from..end).contains(&minute)
    }

    /// On the day after.
    fn runs_over(self, minute: u16) -> bool {
        self.to <= self.from && minute < self.to
    }
}

fn minute_of(time: DateTime) -> u16 {
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    u16::from(hour) * 60 + u16::from(minute)
}

fn weekday_of(day: Date) -> Weekday {
    match day.weekday() {
        jiff::civil::Weekday::Monday => Weekday::Mon,
        jiff::civil::Weekday::Tuesday => Weekday::Tue,
        jiff::civil::Weekday::Wednesday => Weekday::Wed,
        jiff::civil::Weekday::Thursday => Weekday::Thu,
        jiff::civil::Weekday::Friday => Weekday::Fri,
        jiff::civil::Weekday::Saturday => Weekday::Sat,
        jiff::civil::Weekday::Sunday => Weekday::Sun,
    }
}

/// The date of `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plain { text.parse().ok() } else { None }
}

/// The minutes of `HH:MM`, up to `24:00`.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let [h1, h2, b':', m1, m2] = text.as_bytes() else { return None };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let (hour, minute) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= DAY).then_some(all)
}
