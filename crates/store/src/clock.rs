//! The wall clock, for records only; timers use `model::Moment`.

use model::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 now; zero for a clock before that.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
