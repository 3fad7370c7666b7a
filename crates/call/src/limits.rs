//! How long things may take.

use std::time::Duration;

/// How long things may take before the call goes on without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a question may stay unanswered before the call fails.
    pub answer_to_question: Duration,
    /// How long an extension rings when no group says otherwise.
    pub ring_extension: Duration,
    /// How long a number behind a carrier rings.
    pub ring_trunk: Duration,
    /// How long a carrier may stay silent (not even `Progress`) before the next one is tried; the last carrier gets
    /// the whole ringing time.
    pub silent_trunk: Duration,
    /// How long a call may last from its first moment to its end.
    pub call: Duration,
    /// How long a leg may take to confirm its end before it counts as gone.
    pub hangup: Duration,
    /// How many flows one caller may be handed through: flows that lead to each other must end somewhere.
    pub flows: u16,
    /// How many legs one call may use over its life.
    pub legs: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_to_question: Duration::from_secs(5),
            ring_extension: Duration::from_secs(30),
            ring_trunk: Duration::from_secs(90),
            silent_trunk: Duration::from_millis(3_800),
            call: Duration::from_secs(4 * 60 * 60),
            hangup: Duration::from_secs(40),
            flows: 100,
            legs: 500,
        }
    }
}
