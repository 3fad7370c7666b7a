//! Moments as vendors write them: in the time zone of the company.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The company's zone; UTC when its name is none of the IANA's.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// `2026-11-22 09:05:00` there.
pub(crate) fn sql(at_ms: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The first millisecond of the day there; `None` at the ends of the calendar.
pub(crate) fn begin_of(day: Date, zone: &TimeZone) -> Option<i64> {
    day.to_zoned(zone.clone()).ok().map(|at| at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_and_a_day_begins_in_the_companys_zone() {
        let zone = zone("Asia/Ho_Chi_Minh");
        let begin = begin_of("2026-11-22".parse().expect("a day"), &zone).expect("a moment");
        assert_eq!(sql(begin, &zone), "2026-11-22 00:00:00");
        assert_eq!(sql(begin, &TimeZone::UTC), "2026-11-21 17:00:00");
        assert_eq!(super::zone("Nowhere/Town"), TimeZone::UTC);
    }
}
