//! `cargo run -p sim -- --seeds 10000` runs that many random worlds; `--from N` begins at another seed;
//! `--seed N` tells the story of one.

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    match Wish::read(std::env::args().skip(1)) {
        Ok(Wish::One(seed)) => tell(seed),
        Ok(Wish::Many { from, count }) => run(from, count),
        Err(what) => {
            eprintln!("{what}\nusage: sim [--seeds COUNT] [--from SEED] | --seed SEED");
            ExitCode::from(2)
        }
    }
}

enum Wish {
    One(u64),
    Many { from: u64, count: u64 },
}

impl Wish {
    fn read(mut args: impl Iterator<Item = String>) -> Result<Wish, String> {
        let (mut from, mut count) = (0, 10_000);
        while let Some(flag) = args.next() {
            let value = args.next().and_then(|text| text.parse().ok());
            let value = value.ok_or_else(|| format!("`{flag}` needs a number"))?;
            match flag.as_str() {
                "--seed" => return Ok(Wish::One(value)),
                "--seeds" => count = value,
                "--from" => from = value,
                _ => return Err(format!("`{flag}` is not known")),
            }
        }
        Ok(Wish::Many { from, count })
    }
}

fn tell(seed: u64) -> ExitCode {
    let story = sim::random::story(seed);
    println!("{story}");
    if story.contains("BROKEN") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn run(from: u64, count: u64) -> ExitCode {
    let began = Instant::now();
    let (mut steps, mut talked, mut steered, mut legs) = (0, 0, 0, 0);
    for seed in from..from.saturating_add(count) {
        match sim::random::run(seed) {
            Ok(figures) => {
                steps += figures.steps;
                talked += figures.talked;
                steered += figures.steered;
                legs += figures.legs;
            }
            Err(broken) => {
                eprintln!("{}", sim::random::story(seed));
                eprintln!(
                    "{broken}\nreplay: cargo run -p sim -- --seed {seed}\nkeep: echo {seed} >> crates/sim/seeds/kept.txt"
                );
                return ExitCode::FAILURE;
            }
        }
    }
    let took = began.elapsed();
    println!("{count} worlds in {} ms: {steps} steps, {legs} legs, {talked} talks, {steered} flows", took.as_millis());
    ExitCode::SUCCESS
}
