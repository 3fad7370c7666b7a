//! Lists come in pages that follow a key, so that page 10,000 costs what page 1 does.

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items at most, 1–200.
    pub limit: u32,
    /// The `next` of the page before; none for the first page.
    pub after: Option<String>,
}

impl PageRequest {
    /// The most items one page holds.
    pub const MAX: u32 = 200;

    /// The first page of the usual size.
    pub const fn first() -> Self {
        Self { limit: 50, after: None }
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to send as `after` for the next page; none when this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` items read, keyed by `key`.
    pub fn from_rows(mut rows: Vec<T>, limit: u32, key: fn(&T) -> String) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }
}

/// A piece of a list by position, for the vendors whose pages have numbers; our own API follows keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// How many items the whole list has.
    pub total: u64,
}
