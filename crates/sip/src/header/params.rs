//! Parameters: `;name=value;flag;name="quoted; value"`.

use super::find_outside;

/// The parameters after a value. Names compare without case; the first of two equal names counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Params<'a>(&'a str);

impl<'a> Params<'a> {
    /// Reads parameters from text that begins with `;` (or is empty).
    pub fn new(text: &'a str) -> Params<'a> {
        Params(text.trim())
    }

    /// The text as written, from the first `;`.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// All parameters in order: name, value. Quotes around a value are removed, escapes in it are not.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            loop {
                rest = rest.trim_start().strip_prefix(';')?;
                let end = find_outside(rest, b';').unwrap_or(rest.len());
                let (item, next) = rest.split_at(end);
                rest = next;
                let (name, value) = match item.split_once('=') {
                    Some((name, value)) => (name.trim(), Some(strip_quotes(value.trim()))),
                    None => (item.trim(), None),
                };
                if !name.is_empty() {
                    return Some((name, value));
                }
            }
        })
    }

    /// The value of a parameter: empty when it stands without one, none when it is not there.
    pub fn get(self, name: &str) -> Option<&'a str> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.unwrap_or(""))
    }

    /// Whether the parameter is there, with or without a value.
    pub fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

fn strip_quotes(value: &str) -> &str {
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_in_any_case_with_blanks_and_quotes() {
        let params = Params::new(r#" ; Tag = abc;lr ; text="a;b=c" ;; lr=2;empty="#);
        assert_eq!(params.get("tag"), Some("abc"));
        assert_eq!(params.get("lr"), Some(""));
        assert_eq!(params.get("text"), Some("a;b=c"));
        assert_eq!(params.get("empty"), Some(""));
        assert!(!params.has("none"));
        assert_eq!(params.iter().count(), 5);
    }

    #[test]
    fn text_that_is_no_parameter_list_is_empty() {
        assert_eq!(Params::new("tag=1").iter().count(), 0);
        assert_eq!(Params::new(";;;").iter().count(), 0);
    }
}
