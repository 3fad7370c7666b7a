//! A steady rate of the same request, on some connections, each on a thread of its own.

use super::ADDRESS;
use super::client::Client;
use super::figures::Figures;
use anyhow::{Context, Result};
use std::thread;
use std::time::{Duration, Instant};

/// How many connections ask.
const CONNECTIONS: u32 = 16;

/// Asks so often a second, for so long.
pub(super) fn run(request: &[u8], rate: u32, time: Duration) -> Result<Figures> {
    let begin = Instant::now() + Duration::from_millis(50);
    let found: Vec<Result<(Vec<Duration>, u32)>> = thread::scope(|scope| {
        let one = |place: u32| scope.spawn(move || turn(request, rate, time, begin, place));
        let threads: Vec<_> = (0..CONNECTIONS).map(one).collect();
        threads.into_iter().map(|thread| thread.join().expect("a connection does not panic")).collect()
    });
    let took = begin.elapsed();
    let (mut times, mut failed) = (Vec::new(), 0);
    for part in found {
        let (part, failures) = part.context("a connection broke")?;
        times.extend(part);
        failed += failures;
    }
    Ok(Figures::of(times, failed, took))
}

/// One connection's share: every sixteenth request, each at its moment or as soon as the one before is answered.
fn turn(request: &[u8], rate: u32, time: Duration, begin: Instant, place: u32) -> Result<(Vec<Duration>, u32)> {
    let mut client = Client::connect(ADDRESS)?;
    let (mut times, mut failed, mut number) = (Vec::new(), 0, place);
    loop {
        let due = begin + Duration::from_secs_f64(f64::from(number) / f64::from(rate));
        if due >= begin + time {
            return Ok((times, failed));
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let sent = Instant::now();
        let answer = client.ask(request)?;
        times.push(sent.elapsed());
        failed += u32::from(answer.status != 200 || answer.body.len() < 100);
        number += CONNECTIONS;
    }
}
