//! `cargo xtask bench faces`: what the faces of other vendors add to our own API, and how soon their receivers hear.
//!
//! A real server is filled with a call history (brought over from a pretended vendor by `alo import`), and each face is asked for
//! a page of it at a steady rate, in rounds, so that a machine that slows down slows all of them. How soon events leave is
//! measured by `compat`'s own bench, which runs the real sender against a thousand receivers.
//!
//! Everything written goes below `target/bench-faces`. `--debug yes` takes the unoptimised binary: for whoever works on the
//! bench, its figures mean nothing.

mod client;
mod figures;
mod load;
mod setup;
mod vendor;

use super::{cargo, target_directory, text_of};
use anyhow::{Context, Result, bail};
use figures::Figures;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Where the server under load listens.
const ADDRESS: &str = "127.0.0.1:18081";
/// How often each face has its turn.
const ROUNDS: usize = 3;
/// What is asked before it counts.
const WARM: Duration = Duration::from_secs(1);

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Options {
    /// Requests a second.
    rate: u32,
    /// How long each turn takes, in seconds.
    seconds: u32,
    /// How many calls the history has.
    calls: u32,
    /// Calls a second whose events are told.
    call_rate: u32,
    /// How many receivers there are.
    endpoints: u32,
    /// The unoptimised binary.
    debug: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options> {
        let mut options =
            Options { rate: 1_000, seconds: 10, calls: 20_000, call_rate: 200, endpoints: 1_000, debug: false };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = rest.next().with_context(|| format!("{name} needs a value"))?;
            let number = || value.parse().ok().filter(|number| *number > 0).context("a number from 1 on is needed");
            match name.as_str() {
                "--rate" => options.rate = number()?,
                "--seconds" => options.seconds = number()?,
                "--calls" => options.calls = number()?,
                "--call-rate" => options.call_rate = number()?,
                "--endpoints" => options.endpoints = number()?,
                "--debug" => options.debug = value == "yes",
                _ => bail!("there is no {name}"),
            }
        }
        Ok(options)
    }
}

pub(super) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let options = Options::parse(arguments)?;
    let profile: &[&str] = if options.debug { &[] } else { &["--release"] };
    cargo(root, &[&["build", "--locked", "-p", "server"], profile].concat(), None)?;
    let folder = target_directory(root).join(if options.debug { "debug" } else { "release" });
    let work = root.join("target/bench-faces");
    if work.exists() {
        std::fs::remove_dir_all(&work).context("cannot clear target/bench-faces")?;
    }
    std::fs::create_dir_all(&work)?;

    let history = histories(&folder.join("alo"), &work, &options)?;
    let events = events(root, profile, &options)?;
    let text = format!("{}\n{events}", figures::table(&history, &options));
    std::fs::write(work.join("results.md"), &text)?;
    println!("{text}");
    Ok(())
}

/// What each face gave, our own API first.
fn histories(alo: &Path, work: &Path, options: &Options) -> Result<Vec<(&'static str, Figures)>> {
    let server = setup::Server::start(alo, work, options.calls)?;
    let faces = server.faces()?;
    let turn = Duration::from_secs(options.seconds.into());
    let mut found: Vec<(&'static str, Vec<Figures>)> = faces.iter().map(|face| (face.name, Vec::new())).collect();
    for _ in 0..ROUNDS {
        for (face, (_, rounds)) in faces.iter().zip(&mut found) {
            load::run(&face.request, options.rate, WARM)?;
            rounds.push(load::run(&face.request, options.rate, turn)?);
        }
    }
    Ok(found.into_iter().map(|(name, rounds)| (name, figures::middle(rounds))).collect())
}

/// The events' own bench, which prints what it found.
fn events(root: &Path, profile: &[&str], options: &Options) -> Result<String> {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.args(["test", "--locked", "-p", "compat", "--test", "it"]).args(profile).current_dir(root);
    command.args(["--", "--ignored", "--exact", "load::many_receivers_hear_soon", "--nocapture"]);
    command.env("ALO_BENCH_CALLS_PER_S", options.call_rate.to_string());
    command.env("ALO_BENCH_ENDPOINTS", options.endpoints.to_string());
    command.env("ALO_BENCH_SECONDS", options.seconds.to_string());
    let said = text_of(command)?;
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with('|')).collect();
    if lines.is_empty() {
        bail!("the bench of events told nothing:\n{said}");
    }
    Ok(format!("| events | wanted | found | |\n|---|---|---|---|\n{}\n", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_numbers_from_one_on() {
        let parse = |words: &[&str]| Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(parse(&[]).expect("the usual").rate, 1_000);
        assert_eq!(parse(&["--rate", "50", "--debug", "yes"]).expect("good").rate, 50);
        for wrong in [&["--rate"][..], &["--rate", "0"], &["--rate", "many"], &["--speed", "1"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
