//! Random worlds: a share of the ten thousand that `cargo run -p sim -- --seeds 10000` runs.

use sim::random;
use std::time::{Duration, Instant};

/// The seeds that once broke something, one at the start of each line.
const KEPT: &str = include_str!("../../seeds/kept.txt");

#[track_caller]
fn holds(seed: u64) {
    if let Err(broken) = random::run(seed) {
        let story = random::story(seed);
        panic!("{story}\n{broken}\nreplay: cargo run -p sim -- --seed {seed}");
    }
}

#[test]
fn ten_thousand_worlds_hold_the_invariants_or_as_many_as_fit_in_ten_seconds() {
    let began = Instant::now();
    for seed in 0..10_000 {
        holds(seed);
        if began.elapsed() > Duration::from_secs(10) {
            assert!(seed > 500, "only {seed} worlds in ten seconds: something has become very slow");
            break;
        }
    }
}

#[test]
fn seeds_that_once_broke_something_hold() {
    let seeds = KEPT.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok());
    assert!(seeds.inspect(|seed| holds(*seed)).count() >= 3);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in [1, 498, 38_665] {
        assert_eq!(random::story(seed), random::story(seed));
    }
}

#[test]
fn random_worlds_visit_every_decision() {
    let mut missing: Vec<&str> = vec![
        "offered",
        "originate",
        "route",
        "flow",
        "flow_node",
        "flow_key",
        "flow_timeout",
        "flow_failures",
        "flow_returned",
        "flow_hangup",
        "flow_answer",
        "group",
        "divert",
        "too_many_diversions",
        "announcement",
        "voicemail",
        "voicemail_heard",
        "message",
        "message_end",
        "forward",
        "forward_route",
        "forward_loop",
        "ring",
        "trunk",
        "no_phone",
        "ring_timeout",
        "carrier_silent",
        "leg_failed",
        "no_other_carrier",
        "not_reached",
        "caller_ready",
        "answer",
        "hold",
        "resume",
        "media_lost",
        "caller_left",
        "callee_left",
        "ordered",
        "call_timeout",
        "no_reply",
        "too_many_legs",
        "flow_limit",
        "transfer",
        "transfer_route",
        "transfer_refused",
        "transferred",
        "transfer_failed",
        "transferor_left",
        "handed_over_left",
        "adopted",
        "taken_over",
        "end",
    ];
    for seed in 0..10_000 {
        let mut world = random::world(seed, false);
        world.go_until(None).expect("the invariants are another test's matter");
        let record = world.record().expect("at rest means on record");
        missing.retain(|step| !sim::story::decided(record, step));
        if missing.is_empty() {
            return;
        }
    }
    panic!("never visited: {missing:?}");
}
