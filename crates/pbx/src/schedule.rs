//! When a company, or one of its numbers, is open: weekly hours with breaks, holidays, days with hours of their own.
//! [`rule`] decides for a moment; nothing here reads a clock.

pub(crate) mod repo;
mod rule;
mod service;
#[cfg(test)]
mod tests;

pub use rule::State;
pub(crate) use service::{amend, insert};
pub use service::{check, create, delete, get, list, update};

use model::{Faults, ScheduleId};
use serde::{Deserialize, Serialize};

/// The most weekly ranges, and the most holidays.
const MOST: usize = 400;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// Hours of one day: `08:00` to `12:00`. The end is not included; `24:00` is the end of the day. An end before the start is
/// on the next day, and the whole range belongs to the day it begins on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hours {
    /// From, as `HH:MM`.
    pub from: String,
    /// To, as `HH:MM`.
    pub to: String,
}

/// Hours that come again each week; several of a day make breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WeeklyHours {
    /// On which days.
    pub days: Vec<Weekday>,
    /// From, as `HH:MM`.
    pub from: String,
    /// To, as `HH:MM`.
    pub to: String,
}

/// A day, or several, that is not like the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holiday {
    /// Its name, such as "Tết".
    pub name: String,
    /// The first day, as `YYYY-MM-DD`.
    pub from: String,
    /// The last day; the first when missing.
    #[serde(default)]
    pub to: Option<String>,
    /// Whether it comes again each year on the same days.
    #[serde(default)]
    pub yearly: bool,
    /// Hours in which it is open all the same.
    #[serde(default)]
    pub hours: Vec<Hours>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Schedule))]
pub struct Schedule {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "sch_01hv3k0000000000000000000"))]
    pub id: ScheduleId,
    /// Its name.
    pub name: String,
    /// The IANA time zone of its hours; the company's when missing.
    pub time_zone: Option<String>,
    /// When it is open in a usual week.
    pub weekly: Vec<WeeklyHours>,
    /// The days that are not like the others.
    pub holidays: Vec<Holiday>,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A schedule to create.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewSchedule))]
pub struct NewSchedule {
    /// Its name.
    pub name: String,
    /// The IANA time zone of its hours; the company's when missing.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// When it is open in a usual week.
    pub weekly: Vec<WeeklyHours>,
    /// The days that are not like the others.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// Changes to a schedule; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = SchedulePatch))]
pub struct SchedulePatch {
    /// Its name.
    pub name: Option<String>,
    /// The IANA time zone of its hours; `null` for the company's.
    #[serde(default, deserialize_with = "crate::text::patch")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub time_zone: Option<Option<String>>,
    /// When it is open in a usual week; replaces the whole list.
    pub weekly: Option<Vec<WeeklyHours>>,
    /// The days that are not like the others; replaces the whole list.
    pub holidays: Option<Vec<Holiday>>,
}

impl Schedule {
    fn check(&self, faults: &mut Faults) {
        if !crate::config::good_name(&self.name) {
            faults.add("name", "Use 1 to 200 characters.");
        }
        if self.time_zone.as_deref().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
            faults.add("time_zone", "Use the IANA name of a time zone, such as Asia/Ho_Chi_Minh.");
        }
        if self.weekly.len() > MOST {
            faults.add("weekly", format!("Use at most {MOST} ranges."));
        }
        for (place, range) in self.weekly.iter().enumerate().take(MOST) {
            if range.days.is_empty() {
                faults
                    .add(format!("weekly[{place}].days"), "Name at least one day: mon, tue, wed, thu, fri, sat, sun.");
            }
            check_hours(&format!("weekly[{place}]."), &range.from, &range.to, faults);
        }
        if self.holidays.len() > MOST {
            faults.add("holidays", format!("Use at most {MOST} holidays."));
        }
        for (place, holiday) in self.holidays.iter().enumerate().take(MOST) {
            holiday.check(&format!("holidays[{place}]."), faults);
        }
    }
}

impl Holiday {
    fn check(&self, path: &str, faults: &mut Faults) {
        const DATE: &str = "Use a date as YYYY-MM-DD.";
        if !crate::config::good_name(&self.name) {
            faults.add(format!("{path}name"), "Use 1 to 200 characters.");
        }
        let from = rule::date(&self.from);
        if from.is_none() {
            faults.add(format!("{path}from"), DATE);
        }
        let to = self.to.as_deref().map(rule::date);
        match (from, to) {
            (_, Some(None)) => faults.add(format!("{path}to"), DATE),
            (Some(from), Some(Some(to))) if to < from => {
                faults.add(format!("{path}to"), "The last day comes before the first.");
            }
            _ => {}
        }
        if self.hours.len() > 10 {
            faults.add(format!("{path}hours"), "Use at most 10 ranges.");
        }
        for (place, hours) in self.hours.iter().enumerate().take(10) {
            check_hours(&format!("{path}hours[{place}]."), &hours.from, &hours.to, faults);
        }
    }
}

fn check_hours(path: &str, from: &str, to: &str, faults: &mut Faults) {
    let minutes = (rule::minutes(from), rule::minutes(to));
    if minutes.0.is_none_or(|from| from >= rule::DAY) {
        faults.add(format!("{path}from"), "Use a time as HH:MM, 00:00 to 23:59.");
    }
    if minutes.1.is_none() {
        faults.add(format!("{path}to"), "Use a time as HH:MM, 00:00 to 24:00.");
    }
    if minutes.0.is_some() && minutes.0 == minutes.1 {
        faults.add(format!("{path}to"), "The end is the start; the whole day is 00:00 to 24:00.");
    }
}
