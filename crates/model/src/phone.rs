//! Phone numbers: how people write them, and the one form we keep.

use std::fmt;

/// A public number in the one form kept: digits only with a leading `+` (E.164), or, when the country is not known,
/// the bare digits as dialled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number as people or carriers write it: spaces, dots, dashes and brackets are dropped; `+84`, `0084`,
    /// `84` + 9 or 10 digits and a leading `0` all mean Viet Nam when `country` is `"84"`.
    /// `None` when fewer than 3 or more than 15 digits are left or another character stands in it.
    pub fn parse(text: &str, country: &str) -> Option<PhoneNumber> {
        let trimmed = text.trim();
        let plus = trimmed.starts_with('+');
        let mut digits = String::with_capacity(trimmed.len());
        for c in trimmed.chars().skip(usize::from(plus)) {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '.' | '-' | '(' | ')' | '/' => {}
                _ => return None,
            }
        }
        if !(3..=15).contains(&digits.len()) {
            return None;
        }
        let e164 = if plus {
            Some(digits.clone())
        } else if let Some(rest) = digits.strip_prefix("00") {
            Some(rest.to_owned())
        } else if digits.len() >= 8 && digits.starts_with('0') {
            Some(format!("{country}{}", &digits[1..]))
        } else if digits.starts_with(country) && (9..=10).contains(&(digits.len() - country.len())) {
            Some(digits.clone())
        } else {
            None
        };
        Some(PhoneNumber(e164.map_or(digits, |d| format!("+{d}"))))
    }

    /// `+842873000001`, or the bare digits of a short number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The national form, `02873000001`, when the number is of that country; else as kept.
    pub fn national(&self, country: &str) -> String {
        match self.0.strip_prefix('+').and_then(|d| d.strip_prefix(country)) {
            Some(rest) => format!("0{rest}"),
            None => self.0.clone(),
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_number_are_one() {
        for text in ["028 7300 0001", "+84 28 7300 0001", "0084.28.7300.0001", "842873000001", "(028) 7300-0001"] {
            assert_eq!(PhoneNumber::parse(text, "84").map(|n| n.to_string()), Some("+842873000001".into()), "{text}");
        }
    }

    #[test]
    fn short_numbers_stay_short_and_noise_is_refused() {
        assert_eq!(PhoneNumber::parse("1900", "84").map(|n| n.to_string()), Some("1900".into()));
        assert_eq!(PhoneNumber::parse("12", "84"), None);
        assert_eq!(PhoneNumber::parse("0901x34567", "84"), None);
        assert_eq!(PhoneNumber::parse("1234567890123456", "84"), None);
    }

    #[test]
    fn the_national_form_puts_the_zero_back() {
        let number = PhoneNumber::parse("+842873000001", "84").expect("a number");
        assert_eq!(number.national("84"), "02873000001");
    }
}
