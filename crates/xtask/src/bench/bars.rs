//! The bars: what the figures of a bench must reach. Each is the median of its runs.

use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write as _;

/// Which way is better.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

/// One figure of a scenario and what it must reach.
struct Bar {
    title: &'static str,
    scenario: &'static str,
    /// The number of calls, where the scenario climbs.
    calls: Option<u64>,
    figure: fn(&Value) -> Option<f64>,
    wanted: Wanted,
}

fn of(row: &Value, name: &str) -> Option<f64> {
    row[name].as_f64()
}

const BARS: &[Bar] = &[
    bar("S1 registrations/s without a failure", "S1best", None, |row| of(row, "max_rate"), Wanted::AtLeast(8_000.0)),
    bar("S1 CPU-s per 1,000", "S1", None, |row| of(row, "cpu_per_1000"), Wanted::AtMost(0.12)),
    bar("S2 calls/s, 99.9 % complete", "S2best", None, |row| of(row, "max_rate"), Wanted::AtLeast(1_200.0)),
    bar("S2 CPU-s per 1,000 calls at 50/s", "S2", None, |row| of(row, "cpu_per_1000"), Wanted::AtMost(0.6)),
    bar("S2 INVITE → 200 p99 ms at 50/s", "S2", None, |row| of(row, "p99_200_ms"), Wanted::AtMost(4.0)),
    bar("S3 % of a core per call at 400", "S3", Some(400), |row| of(row, "cpu_pct"), Wanted::AtMost(0.055)),
    bar("S3 added delay p99 ms at 400", "S3", Some(400), |row| of(row, "delay_p99_ms"), Wanted::AtMost(1.0)),
    bar("S3 KiB per call at 400", "S3", Some(400), |row| of(row, "kb_per_call"), Wanted::AtMost(40.0)),
    bar(
        "S3 calls with < 0.1 % loss and p99 < 20 ms",
        "S3best",
        None,
        |row| of(row, "max_fine"),
        Wanted::AtLeast(1_500.0),
    ),
    bar("S4 recorded calls with < 0.1 % loss", "S4best", None, |row| of(row, "max_calls"), Wanted::AtLeast(800.0)),
    bar("S5 CPU-s per 1,000 calls", "S5", None, |row| of(row, "cpu_per_1000"), Wanted::AtMost(2.5)),
    bar("S5 digit → bridged audio p50 ms", "S5", None, |row| of(row, "bridge_p50_ms"), Wanted::AtMost(135.0)),
    bar("S6 descriptors kept", "S6", None, |row| Some(of(row, "fds1")? - of(row, "fds0")?), Wanted::AtMost(0.0)),
];

const fn bar(
    title: &'static str,
    scenario: &'static str,
    calls: Option<u64>,
    figure: fn(&Value) -> Option<f64>,
    wanted: Wanted,
) -> Bar {
    Bar { title, scenario, calls, figure, wanted }
}

/// The table of the bars of these scenarios (`S1,S2`), in Markdown, from the lines of a bench's results. What left no figure
/// has missed its bar.
pub(super) fn table(scenarios: &str, results: &str) -> Result<String> {
    let rows: Vec<Value> =
        results.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("results that are no JSON")?;
    let figures = |scenario: &str, calls: Option<u64>, figure: &dyn Fn(&Value) -> Option<f64>| {
        let rows = rows.iter().filter(|row| row["scen"] == scenario);
        median(rows.filter(|row| calls.is_none_or(|n| row["target_n"] == n)).filter_map(figure).collect())
    };
    let mut found: Vec<(&str, Wanted, Option<f64>)> =
        BARS.iter().map(|bar| (bar.title, bar.wanted, figures(bar.scenario, bar.calls, &bar.figure))).collect();
    let cost = |scenario| figures(scenario, Some(400), &|row| of(row, "cpu_pct"));
    let ratio = cost("S4").zip(cost("S3")).map(|(recorded, relayed)| recorded / relayed);
    found.push(("S4 cost of a recorded call, in relayed ones, at 400", Wanted::AtMost(1.3), ratio));
    let before = figures("S6", None, &|row| of(row, "pss0_kb"));
    let rest = figures("S6rest", None, &|row| of(row, "pss_kb"));
    let growth = rest.zip(before).map(|(after, before)| (after - before) / 1024.0);
    found.push(("S6 MiB more after 10,000 calls and a rest", Wanted::AtMost(20.0), growth));

    let mut text = "| bar | wanted | median | |\n|---|---|---|---|\n".to_owned();
    let was_run = |title: &str| scenarios.split(',').any(|scenario| title.starts_with(scenario));
    for (title, wanted, figure) in found.into_iter().filter(|(title, ..)| was_run(title)) {
        let (sign, bound, met) = match wanted {
            Wanted::AtLeast(bound) => ('≥', bound, figure.is_some_and(|figure| figure >= bound)),
            Wanted::AtMost(bound) => ('≤', bound, figure.is_some_and(|figure| figure <= bound)),
        };
        let figure = match figure {
            None => "none".into(),
            Some(figure) if figure.abs() >= 100.0 => format!("{figure:.0}"),
            Some(figure) => format!("{figure:.3}"),
        };
        let _ = writeln!(text, "| {title} | {sign} {bound} | {figure} | {} |", if met { "met" } else { "**missed**" });
    }
    Ok(text)
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let upper = *figures.get(middle)?;
    Some(if figures.len().is_multiple_of(2) { (figures[middle - 1] + upper) / 2.0 } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_run_counts_and_a_miss_is_named() {
        let run = |cpu: f64| format!("{{\"scen\":\"S2\",\"cpu_per_1000\":{cpu},\"p99_200_ms\":1.5}}\n");
        let text = table("S2", &[run(0.9), run(0.5), run(0.7)].concat()).expect("a table");
        assert!(text.contains("| S2 CPU-s per 1,000 calls at 50/s | ≤ 0.6 | 0.700 | **missed** |"), "{text}");
        assert!(text.contains("| S2 INVITE → 200 p99 ms at 50/s | ≤ 4 | 1.500 | met |"), "{text}");
        assert!(text.contains("| S2 calls/s, 99.9 % complete | ≥ 1200 | none | **missed** |"), "{text}");
        assert!(!text.contains("S3"), "what was not run is left out: {text}");
    }

    #[test]
    fn a_recorded_call_is_measured_in_relayed_ones() {
        let line =
            |scenario: &str, pct: f64| format!("{{\"scen\":\"{scenario}\",\"target_n\":400,\"cpu_pct\":{pct}}}\n");
        let text = table("S3,S4", &[line("S3", 0.05), line("S4", 0.06)].concat()).expect("a table");
        assert!(
            text.contains("| S4 cost of a recorded call, in relayed ones, at 400 | ≤ 1.3 | 1.200 | met |"),
            "{text}"
        );
    }

    #[test]
    fn an_even_number_of_runs_has_a_middle_too() {
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }
}
