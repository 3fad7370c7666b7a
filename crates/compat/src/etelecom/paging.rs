//! Pages by cursor: `after` and `before` are keys of a list's items, `next` and `prev` those to go on with.

use super::answer::Refusal;
use model::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Walk;

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

    /// Where the reading begins, and whether it goes to newer things.
    pub(super) fn way(&self) -> (Option<&Key>, bool) {
        match &self.place {
            Place::Begin => (None, self.upward),
            Place::After(key) => (Some(key), self.upward),
            Place::Before(key) => (Some(key), !self.upward),
        }
    }

    /// The page of what was read that way, in the order of the list, with what is told of it; `more` lies behind.
    pub(super) fn page<T>(&self, mut found: Vec<T>, more: bool, key: impl Fn(&T) -> Key) -> (Vec<T>, Value) {
        if matches!(self.place, Place::Before(_)) {
            found.reverse();
        }
        let (first, last) = (found.first().map(&key), found.last().map(&key));
        // Where the page was asked for from a key, what the key stands for lies behind it.
        let (prev, next) = match self.place {
            Place::Begin => (None, last.filter(|_| more)),
            Place::After(_) => (first, last.filter(|_| more)),
            Place::Before(_) => (first.filter(|_| more), last),
        };
        (found, self.told(prev, next))
    }

    /// The page of what fits, out of a list that is read piece by piece.
    pub(super) async fn gather<T, F: Future<Output = Result<(Vec<T>, bool), Problem>>>(
        &self,
        key: impl Fn(&T) -> Key,
        fits: impl Fn(&T) -> bool,
        read: impl Fn(Walk) -> F,
    ) -> Result<(Vec<T>, Value), Refusal> {
        let (from, upward) = self.way();
        let limit = self.limit as usize;
        let place = |key: Key| (key.at, key.id);
        let (mut from, mut found) = (from.cloned().map(place), Vec::new());
        loop {
            // One more than the page has, so that one piece is mostly enough.
            let (piece, more) = read(Walk { from, upward, limit: self.limit + 1 }).await?;
            from = piece.last().map(|last| place(key(last)));
            found.extend(piece.into_iter().filter(|item| fits(item)));
            if !more || found.len() > limit {
                break;
            }
        }
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(self.page(found, more, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_cursor_makes_it_panic(after in ".{0,30}", before in ".{0,30}", sort in ".{0,10}", limit: Option<i64>) {
            let paging = Paging { after, before, limit, sort };
            if let Ok(wanted) = paging.wanted(&["created_at"]) {
                prop_assert!((1..=MOST).contains(&wanted.limit));
                prop_assert_eq!(wanted.way().0.is_none(), wanted.place == Place::Begin);
            }
        }

        /// A key is read as it was written.
        #[test]
        fn a_key_leads_back_to_its_item(at: i64, id in "[a-z0-9_]{1,30}") {
            let key = Key { at, id };
            prop_assert_eq!(Key::read(&key.write()), Some(key));
        }
    }
}
