//! Parameters in the path: `from_number/101/to_number/0901234567/key/…`, in any order, perhaps with `format/json` behind.

use model::Problem;
use std::collections::HashMap;

/// The pairs of a path's tail.
#[derive(Debug)]
pub(super) struct Words<'a>(HashMap<&'a str, &'a str>);

impl<'a> Words<'a> {
    /// Reads the tail; of a name that comes twice the first counts.
    pub(super) fn read(tail: &'a str) -> Words<'a> {
        let mut words = HashMap::new();
        let mut parts = tail.split('/').filter(|part| !part.is_empty());
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            words.entry(name).or_insert(value);
        }
        Words(words)
    }

    /// The value under a name.
    pub(super) fn get(&self, name: &str) -> Result<&'a str, Problem> {
        let missing = || Problem::invalid(name, format!("The path lacks {name}/…"));
        self.0.get(name).copied().ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_free_and_half_a_pair_is_nothing() {
        let words = Words::read("key/abc//domain/alo.vn/from_number/101/format/json/to_number");
        assert_eq!(words.get("from_number").as_deref(), Ok("101"));
        assert_eq!(words.get("domain").as_deref(), Ok("alo.vn"));
        assert_eq!(words.get("to_number").expect_err("half a pair").fields[0].name, "to_number");
        assert_eq!(Words::read("key/a/key/b").get("key").as_deref(), Ok("a"));
    }
}
