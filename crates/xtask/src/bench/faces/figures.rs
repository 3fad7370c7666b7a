//! What was measured, and whether it meets the bars.

use super::Options;
use std::fmt::Write as _;
use std::time::Duration;

/// What a face may add to the time of our own API, in milliseconds.
const ADDED_MS: f64 = 1.0;
/// How much of the wanted rate must be reached: the last requests end behind the turn.
const SHARE: f64 = 0.98;

/// A turn of one face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figures {
    /// Answers a second.
    pub(super) rate: f64,
    /// From sending to the whole answer, in milliseconds.
    pub(super) p50_ms: f64,
    pub(super) p95_ms: f64,
    pub(super) p99_ms: f64,
    /// Answers that were none.
    pub(super) failed: u32,
}

impl Figures {
    pub(super) fn of(mut times: Vec<Duration>, failed: u32, took: Duration) -> Figures {
        times.sort_unstable();
        let at = |share: f64| {
            let place = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len().max(1)) - 1;
            times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
        };
        let rate = times.len() as f64 / took.as_secs_f64();
        Figures { rate, p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), failed }
    }
}

/// The round with the middle 95th percentile, with the failures of all.
pub(super) fn middle(mut rounds: Vec<Figures>) -> Figures {
    let failed = rounds.iter().map(|round| round.failed).sum();
    rounds.sort_by(|one, other| one.p95_ms.total_cmp(&other.p95_ms));
    Figures { failed, ..rounds[rounds.len() / 2] }
}

/// The table of all faces, our own API first, in Markdown.
pub(super) fn table(faces: &[(&'static str, Figures)], options: &Options) -> String {
    let own = faces.first().map_or(f64::NAN, |(_, figures)| figures.p95_ms);
    let wanted = f64::from(options.rate) * SHARE;
    let mut text = format!(
        "Call history of {} calls at {} requests/s, {ADDED_MS} ms more than our own API at most (p95).\n\n\
         | face | requests/s | p50 ms | p95 ms | p99 ms | added p95 ms | failed | |\n|---|---|---|---|---|---|---|---|\n",
        options.calls, options.rate
    );
    for (name, figures) in faces {
        let Figures { rate, p50_ms, p95_ms, p99_ms, failed } = figures;
        let added = p95_ms - own;
        let met = *rate >= wanted && added <= ADDED_MS && *failed == 0;
        let verdict = if met { "met" } else { "**missed**" };
        let _ = writeln!(
            text,
            "| {name} | {rate:.0} | {p50_ms:.2} | {p95_ms:.2} | {p99_ms:.2} | {added:.2} | {failed} | {verdict} |"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(p95_ms: f64, rate: f64, failed: u32) -> Figures {
        Figures { rate, p50_ms: 1.0, p95_ms, p99_ms: 3.0, failed }
    }

    #[test]
    fn percentiles_are_those_of_the_answers() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let figures = Figures::of(times, 2, Duration::from_secs(1));
        assert_eq!((figures.p50_ms, figures.p95_ms, figures.p99_ms, figures.rate), (50.0, 95.0, 99.0, 100.0));
        assert!(Figures::of(Vec::new(), 0, Duration::from_secs(1)).p95_ms.is_nan(), "nothing is no good figure");
    }

    #[test]
    fn a_slow_a_late_and_a_failing_face_miss() {
        let options = Options { rate: 1_000, seconds: 1, calls: 1, call_rate: 1, endpoints: 1, debug: false };
        let faces = [
            ("own", turn(2.0, 1_000.0, 0)),
            ("good", turn(2.9, 995.0, 0)),
            ("slow", turn(3.1, 1_000.0, 0)),
            ("late", turn(2.0, 900.0, 0)),
            ("failing", turn(2.0, 1_000.0, 1)),
        ];
        let text = table(&faces, &options);
        let missed: Vec<bool> = text.lines().skip(4).map(|line| line.contains("missed")).collect();
        assert_eq!(missed, [false, false, true, true, true], "{text}");
        assert_eq!(middle(vec![turn(3.0, 1.0, 1), turn(1.0, 1.0, 1), turn(2.0, 1.0, 0)]), turn(2.0, 1.0, 2));
    }
}
