//! Pages by cursor: `after` and `before` are keys of a list's items, `next` and `prev` those to go on with.

use super::answer::Refusal;
use serde::Deserialize;
use serde_json::{Value, json};

/// The most items of one page, and their number when nothing is said.
const MOST: u32 = 100;
/// Sent as `after` it means the first page.
const BEGIN: &str = ".";

/// Paging as it is sent; empty texts are the same as none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Paging {
    #[serde(deserialize_with = "crate::loose::text")]
    after: String,
    #[serde(deserialize_with = "crate::loose::text")]
    before: String,
    limit: Option<i64>,
    #[serde(deserialize_with = "crate::loose::text")]
    sort: String,
}

/// An item's place in a list: when it was, then its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) at: i64,
    pub(super) id: String,
}

/// From where a page goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Begin,
    After(Key),
    Before(Key),
}

/// A page that is wanted.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) place: Place,
    pub(super) limit: u32,
    /// The oldest first.
    pub(super) upward: bool,
    sent: Paging,
}

impl Key {
    fn read(text: &str) -> Option<Key> {
        let (at, id) = text.split_once('.')?;
        Some(Key { at: at.parse().ok()?, id: id.to_owned() })
    }

    fn write(&self) -> String {
        format!("{}.{}", self.at, self.id)
    }
}

impl Paging {
    /// The page, of a list that can be sorted by one of these; the newest first when nothing is said.
    pub(super) fn wanted(self, sorts: &[&str]) -> Result<Wanted, Refusal> {
        let (upward, by) = match self.sort.strip_prefix('-') {
            Some(by) => (false, by),
            None => (!self.sort.is_empty(), self.sort.as_str()),
        };
        if !self.sort.is_empty() && !sorts.contains(&by) {
            return Err(Refusal::invalid(format!("sort by {} is not allowed", self.sort)));
        }
        if self.limit.is_some_and(|limit| limit < 0) {
            return Err(Refusal::invalid("paging.limit: send a number from 1 to 100"));
        }
        let limit = self.limit.filter(|limit| *limit > 0).and_then(|limit| u32::try_from(limit).ok());
        let key = |name: &str, text: &str| {
            Key::read(text).ok_or_else(|| Refusal::invalid(format!("paging.{name}: send next or prev of an answer")))
        };
        let place = match (self.after.as_str(), self.before.as_str()) {
            ("" | BEGIN, "") => Place::Begin,
            (after, "") => Place::After(key("after", after)?),
            ("", before) => Place::Before(key("before", before)?),
            _ => return Err(Refusal::invalid("paging: send after or before, not both")),
        };
        Ok(Wanted { place, limit: limit.unwrap_or(MOST).min(MOST), upward, sent: self })
    }
}

impl Wanted {
    /// What an answer tells of its page: the keys of its ends, where there is more beyond them.
    pub(super) fn told(&self, prev: Option<Key>, next: Option<Key>) -> Value {
        let text = |key: Option<Key>| key.as_ref().map_or(String::new(), Key::write);
        json!({
            "after": self.sent.after,
            "before": self.sent.before,
            "limit": self.limit,
            "next": text(next),
            "prev": text(prev),
            "sort": self.sent.sort,
        })
    }

    /// The page out of a whole list, with what is told of it.
    pub(super) fn cut<T>(&self, mut items: Vec<T>, key: impl Fn(&T) -> Key) -> (Vec<T>, Value) {
        items.sort_by_key(&key);
        if !self.upward {
            items.reverse();
        }
        let behind = |item: &T, place: &Key| if self.upward { key(item) > *place } else { key(item) < *place };
        let limit = self.limit as usize;
        let (from, to) = match &self.place {
            Place::Begin => (0, limit),
            Place::After(place) => {
                let from = items.partition_point(|item| !behind(item, place));
                (from, from + limit)
            }
            Place::Before(place) => {
                let to = items.partition_point(|item| !behind(item, place) && key(item) != *place);
                (to.saturating_sub(limit), to)
            }
        };
        let to = to.min(items.len());
        let next = (from < to && to < items.len()).then(|| key(&items[to - 1]));
        let prev = (from > 0 && from < to).then(|| key(&items[from]));
        (items.drain(from..to).collect(), self.told(prev, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wanted(after: &str, before: &str, limit: i64, sort: &str) -> Wanted {
        let paging = Paging { after: after.into(), before: before.into(), limit: Some(limit), sort: sort.into() };
        paging.wanted(&["created_at"]).expect("good paging")
    }

    fn key(item: &(i64, u32)) -> Key {
        Key { at: item.0, id: format!("{:04}", item.1) }
    }

    fn list(times: &[i64]) -> Vec<(i64, u32)> {
        times.iter().zip(0..).map(|(at, number)| (*at, number)).collect()
    }

    proptest! {
        /// Whoever follows `next` from the beginning, or `prev` from the end, sees each item once and in order.
        #[test]
        fn all_pages_together_are_the_list(
            times in proptest::collection::vec(0i64..20, 0..60),
            limit in 1i64..12,
            sort in prop_oneof![Just(""), Just("-created_at"), Just("created_at")],
        ) {
            let mut expected = list(&times);
            expected.sort_by_key(key);
            if sort != "created_at" {
                expected.reverse();
            }
            let (mut forward, mut after) = (Vec::new(), ".".to_owned());
            loop {
                let (page, told) = wanted(&after, "", limit, sort).cut(list(&times), key);
                prop_assert!(page.len() <= limit as usize);
                forward.extend(page);
                after = told["next"].as_str().unwrap_or_default().to_owned();
                if after.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(&forward, &expected);
            let Some(last) = expected.last() else { return Ok(()) };
            let (mut backward, mut before) = (vec![*last], key(last).write());
            loop {
                let (page, told) = wanted("", &before, limit, sort).cut(list(&times), key);
                backward.splice(0..0, page);
                before = told["prev"].as_str().unwrap_or_default().to_owned();
                if before.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(&backward, &expected);
        }

        #[test]
        fn no_cursor_makes_it_panic(after in ".{0,30}", before in ".{0,30}", sort in ".{0,10}", limit: Option<i64>) {
            let paging = Paging { after, before, limit, sort };
            if let Ok(wanted) = paging.wanted(&["created_at"]) {
                let (page, _) = wanted.cut(list(&[1, 2, 3]), key);
                prop_assert!(page.len() <= 3);
            }
        }
    }

    #[test]
    fn an_item_that_went_away_still_marks_its_place() {
        let (page, told) = wanted("15.0009", "", 2, "created_at").cut(list(&[10, 20, 30, 40]), key);
        assert_eq!(page, [(20, 1), (30, 2)]);
        assert_eq!((&told["next"], &told["prev"]), (&json!("30.0002"), &json!("20.0001")));
    }
}
