//! Days as spreadsheets count them: a number of days since the end of 1899, told from other numbers by its format.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// Whether a built-in format (ECMA-376 18.8.30) shows a day.
pub(super) fn builtin_is_date(format: u32) -> bool {
    matches!(format, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=58)
}

/// Whether a format code shows a day: `dd/mm/yyyy` does, `0.00` and `[h]:mm` do not. Quoted text and brackets do not count.
pub(super) fn code_is_date(code: &str) -> bool {
    let (mut quoted, mut bracket, mut escaped) = (false, false, false);
    let mut letters = String::new();
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracket = true,
            ']' if !quoted => bracket = false,
            c if !quoted && !bracket => letters.push(c.to_ascii_lowercase()),
            _ => {}
        }
    }
    letters.contains('y') || letters.contains('d')
}

/// `2026-11-23` of 46349; `None` when no calendar has it. 1900 is no leap year, whatever spreadsheets say: days before
/// March 1900 are off by one, as in all of them.
pub(super) fn day(serial: f64, since_1904: bool) -> Option<String> {
    if !(0.0..3_000_000.0).contains(&serial) {
        return None;
    }
    let start = if since_1904 { Date::constant(1904, 1, 1) } else { Date::constant(1899, 12, 30) };
    // Below three million, the cast loses nothing but the time of day.
    let days: Span = (serial.floor() as i64).days();
    start.checked_add(days).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_from_other_numbers() {
        assert!(code_is_date("dd/mm/yyyy") && code_is_date("yyyy\\-mm\\-dd") && code_is_date("[$-42A]d mmmm"));
        assert!(
            !code_is_date("0.00")
                && !code_is_date("#,##0\"đ\"")
                && !code_is_date("[h]:mm")
                && !code_is_date("\"day\" 0")
        );
        assert!(builtin_is_date(14) && !builtin_is_date(2));
        assert_eq!(day(46349.75, false).as_deref(), Some("2026-11-23"));
        assert_eq!(day(0.0, true).as_deref(), Some("1904-01-01"));
        assert_eq!(day(f64::NAN, false), None);
        assert_eq!(day(1e12, false), None);
    }
}
