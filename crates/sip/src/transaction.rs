//! Transactions (RFC 3261 section 17, RFC 6026): one request, its answers, and the repetitions of both.
//!
//! [`client::Client`] and [`server::Server`] are states with a table of two deadlines each: when to repeat, and when
//! to give up or forget. They build no messages and own no socket; whoever holds them sends what they say.
//! `docs/specs/transaction.md` has the tables.

pub(crate) mod client;
pub(crate) mod derived;
pub(crate) mod server;

use std::time::Duration;

use crate::timer::Timing;

/// The named timers of RFC 3261 table 4 and RFC 6026.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    /// INVITE client: repeat the request.
    A,
    /// INVITE client: no answer at all.
    B,
    /// INVITE client: absorb repeated final answers, acknowledging each.
    D,
    /// Other client: repeat the request.
    E,
    /// Other client: no final answer.
    F,
    /// INVITE server: repeat the final answer.
    G,
    /// INVITE server: the ACK never came.
    H,
    /// INVITE server: absorb repeated ACKs.
    I,
    /// Other server: answer repeated requests.
    J,
    /// Other client: absorb repeated answers.
    K,
    /// INVITE server: absorb repeated INVITEs after a 2xx.
    L,
    /// INVITE client: pass on further 2xx, from forks too.
    M,
}

impl Timer {
    /// How long the timer runs at first; none when the transport makes it needless.
    pub(crate) fn length(self, timing: &Timing, reliable: bool) -> Option<Duration> {
        match self {
            Timer::A | Timer::E | Timer::G => (!reliable).then_some(timing.t1),
            Timer::B | Timer::F | Timer::H | Timer::L | Timer::M => Some(timing.t1 * 64),
            Timer::D | Timer::J => (!reliable).then(|| timing.t1 * 64),
            Timer::I | Timer::K => (!reliable).then_some(timing.t4),
        }
    }

    /// The next interval of a repeating timer: A doubles without end, E and G up to T2.
    pub(crate) fn next(self, timing: &Timing, interval: Duration) -> Duration {
        match self {
            Timer::A => interval * 2,
            _ => (interval * 2).min(timing.t2),
        }
    }
}

/// INVITE has a machine of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Invite,
    Other,
}
