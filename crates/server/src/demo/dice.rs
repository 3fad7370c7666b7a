//! Chance, for the demo's people only.

use std::time::Duration;

/// A number below `end`.
pub(super) fn below(end: u64) -> u64 {
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    u64::from_ne_bytes(bytes) % end.max(1)
}

/// True so many times in a hundred.
pub(super) fn chance(percent: u64) -> bool {
    below(100) < percent
}

/// A time between two bounds.
pub(super) fn seconds(from: f64, to: f64) -> Duration {
    Duration::from_secs_f64(from + (to - from) * below(1_000) as f64 / 1_000.0)
}

/// A mobile number as a carrier in Viet Nam shows it.
pub(super) fn mobile() -> String {
    const PREFIXES: [&str; 8] = ["090", "091", "093", "097", "098", "086", "070", "037"];
    format!("{}{:07}", PREFIXES[below(PREFIXES.len() as u64) as usize], below(10_000_000))
}
