//! What a statement can fail with, and what a use case makes of it.

use model::Problem;
use sqlx::error::ErrorKind;

/// A failed statement.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database, or the way to it.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A stored value that cannot be read back; `0` says which.
    #[error("the stored {0} cannot be read")]
    Corrupt(&'static str),
}

impl Error {
    /// Whether a `unique` or primary key was in the way.
    pub fn is_unique(&self) -> bool {
        self.kind().is_some_and(|kind| kind == ErrorKind::UniqueViolation)
    }

    /// Whether the database is away or has no room for us now: the same statement may succeed later.
    pub fn is_away(&self) -> bool {
        match self {
            Error::Sql(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            Error::Sql(sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_)) => true,
            Error::Sql(sqlx::Error::Database(error)) => error.code().is_some_and(|code| away_code(&code)),
            Error::Sql(_) | Error::Corrupt(_) => false,
        }
    }

    fn kind(&self) -> Option<ErrorKind> {
        match self {
            Error::Sql(sqlx::Error::Database(error)) => Some(error.kind()),
            Error::Sql(_) | Error::Corrupt(_) => None,
        }
    }
}

/// SQLite: busy, locked, read-only, I/O error, full, cannot open (the low byte of the extended code). PostgreSQL: classes 08
/// connection, 25006 read-only, 40 rolled back, 53 no resources, 57 operator intervention, 58 system error, 55P03 lock not available.
fn away_code(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
            || matches!(code, "25006" | "55P03");
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        if error.is_away() {
            return Problem::busy("database_away", format!("The database does not answer; try again soon ({error})."));
        }
        Problem::internal(format!("The database refused a statement: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Kind;

    #[test]
    fn what_may_pass_is_busy_and_what_stays_is_internal() {
        assert_eq!(Problem::from(Error::Sql(sqlx::Error::PoolTimedOut)).kind, Kind::Busy);
        assert_eq!(Problem::from(Error::Sql(sqlx::Error::RowNotFound)).kind, Kind::Internal);
        for code in ["5", "261", "13", "57P01", "08006", "25006"] {
            assert!(away_code(code), "{code}");
        }
        for code in ["19", "2067", "23505", "42601"] {
            assert!(!away_code(code), "{code}");
        }
    }
}
