//! Telephone numbers as vendors write them.

/// A number in local form: `+84901234567` is `0901234567` in Vietnam. Foreign numbers and extensions stay.
pub(crate) fn local(number: &str, country: &str) -> String {
    match number.strip_prefix('+').and_then(|number| number.strip_prefix(country)) {
        Some(rest) => format!("0{rest}"),
        None => number.trim_start_matches('+').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_country_lose_its_code() {
        assert_eq!(local("+84901234567", "84"), "0901234567");
        assert_eq!(local("+12025550123", "84"), "12025550123");
        assert_eq!(local("101", "84"), "101");
    }
}
