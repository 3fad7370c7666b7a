//! Pieces of a list in the order in which its things were made, from a place on and in either direction.

use crate::Sql;

/// A piece that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Begins behind this thing (when it was made, and its id); at the end of the list when missing.
    pub from: Option<(i64, String)>,
    /// From older things to newer ones instead of the other way.
    pub upward: bool,
    /// How many at most.
    pub limit: u32,
}

impl Walk {
    /// Ends a statement that stands in its `where`: what lies behind the place, in order, and one more than wanted. The
    /// table's columns are `created_at` and `id`; an index on them serves both directions.
    pub fn end(&self, sql: &mut Sql) {
        if let Some((at, id)) = &self.from {
            sql.push(if self.upward { "\nand (created_at, id) > (" } else { "\nand (created_at, id) < (" });
            sql.bind(*at).push(", ").bind(id.as_str()).push(")");
        }
        let order = if self.upward { "\norder by created_at, id" } else { "\norder by created_at desc, id desc" };
        sql.push(order).push("\nlimit ").bind(i64::from(self.limit) + 1);
    }

    /// The rows without the one that shows that there are more; and whether there are.
    pub fn cut<T>(&self, mut rows: Vec<T>) -> (Vec<T>, bool) {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        (rows, more)
    }
}
