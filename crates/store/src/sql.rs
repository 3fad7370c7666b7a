//! Statements whose length depends on the input: many rows in one insert, and lists with optional filters. The text
//! itself is always ours; what comes from outside is bound, never pasted.

use crate::{Engine, Error, Tx};
use sqlx::any::{Any, AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Row};

/// One bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text, or null.
    Text(Option<String>),
    /// A whole number, or null.
    Int(Option<i64>),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(Some(text.to_owned()))
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(Some(text))
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Cell {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Int(Some(number))
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Cell {
        Cell::Int(number)
    }
}

fn bind_all(text: String, cells: Vec<Cell>) -> Query<'static, Any, AnyArguments> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for cell in cells {
        query = match cell {
            Cell::Text(text) => query.bind(text),
            Cell::Int(number) => query.bind(number),
        };
    }
    query
}

/// A statement put together piece by piece.
#[derive(Debug, Clone)]
pub struct Sql {
    text: String,
    cells: Vec<Cell>,
}

impl Sql {
    /// Begins with this text.
    pub fn new(text: &'static str) -> Sql {
        Sql { text: text.to_owned(), cells: Vec::new() }
    }

    /// Goes on with this text.
    pub fn push(&mut self, text: &'static str) -> &mut Sql {
        self.text.push_str(text);
        self
    }

    /// Binds a value here.
    pub fn bind(&mut self, value: impl Into<Cell>) -> &mut Sql {
        self.cells.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.cells.len().to_string());
        self
    }

    /// Binds values here with commas between them, as `in (…)` wants; an empty list becomes `null`, which is in nothing.
    pub fn bind_list(&mut self, values: Vec<Cell>) -> &mut Sql {
        if values.is_empty() {
            return self.push("null");
        }
        for (place, value) in values.into_iter().enumerate() {
            if place > 0 {
                self.text.push_str(", ");
            }
            self.bind(value);
        }
        self
    }

    /// Runs it and reads all rows.
    pub async fn fetch_all(self, tx: &mut Tx) -> Result<Vec<AnyRow>, Error> {
        Ok(bind_all(self.text, self.cells).fetch_all(tx.conn()).await?)
    }

    /// Runs a `select count(*)` and reads the number.
    pub async fn count(self, tx: &mut Tx) -> Result<u64, Error> {
        let row = bind_all(self.text, self.cells).fetch_one(tx.conn()).await?;
        u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| Error::Corrupt("a count"))
    }

    /// Runs it and tells how many rows it touched.
    pub async fn execute(self, tx: &mut Tx) -> Result<u64, Error> {
        Ok(bind_all(self.text, self.cells).execute(tx.conn()).await?.rows_affected())
    }
}

/// How many rows go into one statement, largest first. Few sizes, so that the connection's cache of prepared statements
/// serves them all.
const CHUNKS: [usize; 4] = [64, 16, 4, 1];

/// Rows for one `insert`, written many at a time.
#[derive(Debug, Clone)]
pub struct Rows {
    head: &'static str,
    tail: &'static str,
    width: usize,
    cells: Vec<Cell>,
}

impl Rows {
    /// `head` is `insert into t (a, b)`, `tail` what follows the values, such as `on conflict do nothing`; `width` the
    /// number of columns.
    pub fn new(head: &'static str, tail: &'static str, width: usize) -> Rows {
        Rows { head, tail, width, cells: Vec::new() }
    }

    /// Adds one row.
    ///
    /// # Panics
    /// When the row has another width than the head: a mistake in the program, not in the data.
    pub fn push<const N: usize>(&mut self, row: [Cell; N]) {
        assert_eq!(N, self.width, "a row of {} has {} columns", self.head, self.width);
        self.cells.extend(row);
    }

    /// How many rows were added.
    pub fn len(&self) -> usize {
        self.cells.len() / self.width
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Writes them all and tells how many were written.
    pub async fn insert(self, tx: &mut Tx) -> Result<u64, Error> {
        let mut written = 0;
        for (text, cells) in self.statements(tx.engine()) {
            written += bind_all(text, cells).execute(tx.conn()).await?.rows_affected();
        }
        Ok(written)
    }

    /// Writes them all and reads what `returning` in the tail asks for.
    pub async fn insert_returning(self, tx: &mut Tx) -> Result<Vec<AnyRow>, Error> {
        let mut returned = Vec::with_capacity(self.len());
        for (text, cells) in self.statements(tx.engine()) {
            returned.extend(bind_all(text, cells).fetch_all(tx.conn()).await?);
        }
        Ok(returned)
    }

    fn statements(self, engine: Engine) -> Vec<(String, Vec<Cell>)> {
        let mut left = self.len();
        let mut cells = self.cells.into_iter();
        let mut statements = Vec::new();
        for size in CHUNKS {
            while left >= size {
                let text = values(engine, self.head, self.tail, size, self.width);
                statements.push((text, cells.by_ref().take(size * self.width).collect()));
                left -= size;
            }
        }
        statements
    }
}

/// SQLite gets `?`: it looks up numbered names one after another, which is slow for a thousand of them.
fn values(engine: Engine, head: &str, tail: &str, rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(head.len() + tail.len() + rows * width * 6 + 16);
    text.push_str(head);
    text.push_str(" values ");
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            if column > 0 {
                text.push_str(", ");
            }
            match engine {
                Engine::Sqlite => text.push('?'),
                Engine::Postgres => {
                    text.push('$');
                    text.push_str(&(row * width + column + 1).to_string());
                }
            }
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(tail);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_for_postgres_and_plain_for_sqlite() {
        assert_eq!(
            values(Engine::Postgres, "insert into t (a, b)", "", 2, 2),
            "insert into t (a, b) values ($1, $2), ($3, $4) "
        );
        assert_eq!(
            values(Engine::Sqlite, "insert into t (a)", "on conflict do nothing", 1, 1),
            "insert into t (a) values (?) on conflict do nothing"
        );
    }

    #[test]
    fn what_is_bound_never_stands_in_the_text() {
        let mut sql = Sql::new("select a from t where b = ");
        sql.bind("x' or 1=1").push(" and c in (").bind_list(vec![Cell::from(1), Cell::from(2)]).push(")");
        assert_eq!(sql.text, "select a from t where b = $1 and c in ($2, $3)");
        let mut none = Sql::new("select a from t where c in (");
        none.bind_list(vec![]).push(")");
        assert_eq!(none.text, "select a from t where c in (null)");
    }
}
