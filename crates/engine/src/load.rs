//! How much this process can take on. Ten times a second it is measured how late the runtime is, how many sound ports
//! are in use and how much waits to be read; from that follows which share of new calls is let in. Less is let in at
//! once, more only step by step, and between the two bounds nothing changes, so that the share does not swing.
//!
//! Calls that are up, their requests and registrations are never asked: only INVITEs that begin a call are.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::shared::Shared;

/// How often it is measured.
const ROUND: Duration = Duration::from_millis(100);
/// Later than this the runtime is too busy, when it is so for [`HICCUP`] rounds.
const TOO_LATE: Duration = Duration::from_millis(80);
/// Fewer late rounds than this in a row are a hiccup of the machine, which no caller need pay for.
const HICCUP: u32 = 5;
/// Earlier than this there is room for more.
const IN_TIME: Duration = Duration::from_millis(30);
/// So many thousandths of the sound ports are too many, and so many leave room again.
const PORTS: (u16, u16) = (970, 900);
/// The same for what waits to be read.
const BACKLOG: (u16, u16) = (500, 200);
/// All calls are let in.
pub(crate) const ALL: u16 = 1_000;
/// Never less than this: else nobody would notice that it works again.
const LEAST: u16 = 20;
/// How much more is let in with each good round.
const STEP: u16 = 50;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sample {
    /// How late the runtime woke us.
    pub(crate) late: Duration,
    /// Thousandths of the sound ports that are in use or rest after a call.
    pub(crate) ports: u16,
    /// Thousandths of the room for events that are taken.
    pub(crate) backlog: u16,
}

/// The share of new calls that is let in, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    admit: u16,
    late_rounds: u32,
}

impl Default for Load {
    fn default() -> Load {
        Load { admit: ALL, late_rounds: 0 }
    }
}

impl Load {
    /// The share after one more measurement.
    pub(crate) fn after(&mut self, sample: Sample) -> u16 {
        let Sample { late, ports, backlog } = sample;
        self.late_rounds = if late >= TOO_LATE { self.late_rounds.saturating_add(1) } else { 0 };
        if self.late_rounds >= HICCUP || ports >= PORTS.0 || backlog >= BACKLOG.0 {
            self.admit = (self.admit / 2).max(LEAST);
        } else if late < IN_TIME && ports < PORTS.1 && backlog < BACKLOG.1 {
            self.admit = (self.admit + STEP).min(ALL);
        }
        self.admit
    }
}

/// Starts the rounds.
pub(crate) fn watch(shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut load = Load::default();
        let mut round = interval(ROUND);
        round.set_missed_tick_behavior(MissedTickBehavior::Delay);
        round.tick().await;
        let mut before = Instant::now();
        loop {
            round.tick().await;
            let now = Instant::now();
            let late = now.duration_since(before).saturating_sub(ROUND);
            before = now;
            metrics::histogram!("alo_loop_lag_seconds").record(late.as_secs_f64());
            let admit = load.after(Sample { late, ports: ports(&shared), backlog: shared.stack.backlog() });
            metrics::gauge!("alo_admitted_share").set(f64::from(admit) / f64::from(ALL));
            shared.stack.admit(admit);
        }
    })
}

fn ports(shared: &Shared) -> u16 {
    let (free, all) = shared.media.room();
    u16::try_from((all - free) * 1_000 / all.max(1)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(ms: u64) -> Sample {
        Sample { late: Duration::from_millis(ms), ..Sample::default() }
    }

    #[test]
    fn a_runtime_that_stays_busy_lets_half_in_and_all_again_after_two_good_seconds() {
        let mut load = Load::default();
        assert_eq!(load.after(late(0)), ALL);
        let hiccup: Vec<u16> = (0..4).map(|_| load.after(late(300))).collect();
        assert_eq!(hiccup, [ALL; 4]);
        assert_eq!(load.after(late(0)), ALL);
        let shares: Vec<u16> = [90, 200, 80, 100, 90, 200, 80].map(|ms| load.after(late(ms))).to_vec();
        assert_eq!(shares, [1_000, 1_000, 1_000, 1_000, 500, 250, 125]);
        let rounds = (1..).find(|_| load.after(late(5)) == ALL).expect("it recovers");
        assert!((15..=20).contains(&rounds), "{rounds} rounds");
    }

    #[test]
    fn between_the_bounds_nothing_swings_and_somebody_is_always_let_in() {
        let mut load = Load::default();
        for _ in 0..100 {
            load.after(late(500));
        }
        assert_eq!(load.after(late(500)), LEAST);
        let shares: Vec<u16> = (0..50).map(|n| load.after(late(35 + n))).collect();
        assert!(shares[..45].iter().all(|share| *share == LEAST), "{shares:?}");
    }

    #[test]
    fn ports_that_run_out_and_what_is_not_read_count_as_well() {
        for sample in [Sample { ports: 980, ..Sample::default() }, Sample { backlog: 600, ..Sample::default() }] {
            assert_eq!(Load::default().after(sample), ALL / 2);
        }
        let mut load = Load::default();
        load.after(Sample { ports: 980, ..Sample::default() });
        assert_eq!(load.after(Sample { ports: 930, ..Sample::default() }), ALL / 2, "not yet");
        assert_eq!(load.after(Sample { ports: 890, ..Sample::default() }), ALL / 2 + STEP);
    }
}
