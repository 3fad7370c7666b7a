//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// How long anything may take before a test gives up. Generous: machines that run tests are busy.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How often a condition that cannot be awaited is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Looks until `ready` returns something, and returns it.
///
/// # Panics
/// When [`PATIENCE`] is over; the message names `what`.
pub async fn until<T>(what: &str, ready: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, ready).await
}

/// The same with another deadline.
///
/// # Panics
/// When the time is over.
pub async fn until_within<T>(patience: Duration, what: &str, ready: impl AsyncFnMut() -> Option<T>) -> T {
    look(patience, LOOK, what, ready).await
}

/// Looks only twice a second: for questions that the server counts, such as failed registrations.
///
/// # Panics
/// When [`PATIENCE`] is over; the message names `what`.
pub async fn until_seldom<T>(what: &str, ready: impl AsyncFnMut() -> Option<T>) -> T {
    look(PATIENCE, 25 * LOOK, what, ready).await
}

async fn look<T>(patience: Duration, pause: Duration, what: &str, mut ready: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = ready().await {
            return found;
        }
        assert!(start.elapsed() < patience, "waited {patience:?} in vain: {what}");
        tokio::time::sleep(pause).await;
    }
}

/// Awaits `work`, at most [`PATIENCE`].
///
/// # Panics
/// When the time is over; the message names `what`.
pub async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => panic!("waited {PATIENCE:?} in vain: {what}"),
    }
}
