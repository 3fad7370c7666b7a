//! `cargo xtask bench`: builds a release binary, makes a company of a thousand extensions, and lets the scenarios of a
//! bench folder load it, server and generator pinned to a core each.
//!
//! The folder is named by `--bench-dir`; it holds `bench.py` and the generator's sources in `pbxload/`. Everything
//! written goes below `target/bench`: `results.jsonl` has each run, `results.md` the medians and which bars they meet.
//! `bench records --rows 10000000 [--postgres]` measures call records in a database instead: `crates/pbx/examples/records`.
//! `bench faces` is one of its own too: see [`faces`]. `--full yes` climbs as slowly as the folder's own settings say,
//! which takes an hour.

mod bars;
mod faces;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;

const SIP: &str = "127.0.0.1:5560";
const HOTLINE: &str = "02873000001";
/// The generator plays the carrier from here.
const CARRIER: &str = "127.0.0.30";
/// What makes each scenario short: a climb has steps of so many seconds, calls with sound come in so many steps, and what no bar
/// asks for is left out.
const SHORT: &[(&str, &[&str])] = &[
    ("S1", &["--climb-s", "3"]),
    ("S2", &["--climb-s", "4"]),
    ("S3", &["--ladder", "400,1500", "--ramp", "100", "--window", "6"]),
    ("S4", &["--ladder", "400,800", "--ramp", "100", "--window", "6"]),
    ("S5", &["--climbs", "0"]),
    ("S6", &["--s6-rate", "500", "--s6-rest", "36"]),
];

#[derive(Debug, PartialEq)]
struct Options {
    bench_dir: PathBuf,
    scenarios: String,
    runs: String,
    full: bool,
    server_cpu: String,
    generator_cpu: String,
}

pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((first, rest)) if first == "records" => return records(root, rest),
        Some((first, rest)) if first == "faces" => return faces::run(root, rest),
        _ => {}
    }
    let options = Options::parse(arguments)?;
    // Another server there would answer in our place, and its figures would be taken for ours.
    UdpSocket::bind(SIP).with_context(|| format!("{SIP} is taken"))?;
    let work = root.join("target/bench");
    if work.exists() {
        std::fs::remove_dir_all(&work).context("cannot clear target/bench")?;
    }
    std::fs::create_dir_all(&work)?;
    cargo(root, &["build", "--release", "--locked", "-p", "server"], None)?;
    let generator = options.bench_dir.join("pbxload/Cargo.toml");
    let manifest = generator.to_str().context("the bench folder's path is not text")?;
    cargo(root, &["build", "--release", "--manifest-path", manifest], Some(&work.join("pbxload")))?;

    let settings = settings(&work);
    let alo = target_directory(root).join("release/alo");
    let arguments = ["bootstrap", "--company", "Bench", "--extensions", "1000-1999", "--password-pattern", "pw{ext}"];
    let output = Command::new(&alo)
        .args(arguments)
        .args(["--hotline", HOTLINE, "--trunk-ip", CARRIER, "--json"])
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .output()
        .with_context(|| format!("cannot start {}", alo.display()))?;
    if !output.status.success() {
        bail!("alo bootstrap: {}", String::from_utf8_lossy(&output.stderr));
    }
    let company: Value = serde_json::from_slice(&output.stdout).context("alo bootstrap printed no JSON")?;
    let users = work.join("users.csv");
    std::fs::write(&users, csv(&company)?)?;

    let results = work.join("results.jsonl");
    let domain = company["sip"]["domain"].as_str().context("bootstrap names no domain")?;
    let bench = |arguments: &[&OsStr]| -> Command {
        let mut python = Command::new("python3");
        python.arg("bench.py").args(arguments).current_dir(&options.bench_dir);
        python.envs(settings.iter().map(|(name, value)| (name, value)));
        python.env("OURS_CMD", format!("{} serve", alo.display()));
        python.env("OURS_CMD_REC", format!("env ALO_RECORDING=all {} serve", alo.display()));
        python.env("OURS_SIP", SIP).env("OURS_USERS", &users).env("OURS_TRUNK_NUMBER", HOTLINE);
        python.env("OURS_DOMAIN", domain);
        // The flow's digit 1 rings the first extension, which is the first line of the users' file.
        python.env("OURS_IVR_CALLEE", "0-0").env("BENCH_WORK", work.join("run"));
        python.env("BENCH_SERVER_CPU", &options.server_cpu).env("BENCH_GEN_CPU", &options.generator_cpu);
        python.env("PBXLOAD", work.join("pbxload/release/pbxload"));
        python
    };
    for scenario in options.scenarios.split(',') {
        let short =
            SHORT.iter().find(|(name, _)| *name == scenario && !options.full).map_or(&[][..], |(_, short)| short);
        let run = ["run", "-t", "ours", "-s", scenario, "-n", &options.runs];
        let arguments: Vec<&OsStr> = run.iter().chain(short).chain(&["-o"]).map(OsStr::new).collect();
        finish(&mut bench(&[&arguments[..], &[results.as_os_str()]].concat()))?;
    }
    let bars =
        bars::table(&options.scenarios, &std::fs::read_to_string(&results).context("no scenario has left a result")?)?;
    let table = text_of(bench(&[OsStr::new("table"), results.as_os_str()]))?;
    let text = format!("{bars}\n{table}");
    std::fs::write(work.join("results.md"), &text)?;
    println!("{text}");
    Ok(())
}

/// `bench records --rows N [--postgres]`: how fast that many call records are found, added up and exported.
fn records(root: &Path, arguments: &[String]) -> Result<()> {
    let mut example = vec!["run", "--release", "--locked", "-p", "pbx", "--example", "records", "--"];
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match (word, words.clone().next()) {
            ("--rows", Some(rows)) if rows.parse::<u64>().is_ok_and(|rows| rows >= 10_000) => {
                example.push(rows);
                words.next();
            }
            ("--postgres", _) => example.push(word),
            _ => bail!("bench records --rows N [--postgres], with at least 10000 rows"),
        }
    }
    cargo(root, &example, None)
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options> {
        let mut options = Options {
            bench_dir: PathBuf::new(),
            scenarios: "S1,S2,S3,S4,S5,S6".into(),
            runs: "3".into(),
            full: false,
            server_cpu: "0".into(),
            generator_cpu: "1".into(),
        };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = rest.next().with_context(|| format!("{name} needs a value"))?.clone();
            match name.as_str() {
                "--bench-dir" => options.bench_dir = std::path::absolute(value)?,
                "--scenarios" => options.scenarios = value,
                "--runs" => options.runs = value,
                "--full" => options.full = value == "yes",
                "--server-cpu" => options.server_cpu = value,
                "--generator-cpu" => options.generator_cpu = value,
                _ => bail!("there is no {name}"),
            }
        }
        if !options.bench_dir.join("bench.py").is_file() {
            bail!("--bench-dir must name a folder with bench.py");
        }
        Ok(options)
    }
}

/// The server's settings: its own data and addresses, nothing recorded unless a scenario asks; all else as it comes.
fn settings(work: &Path) -> Vec<(String, String)> {
    let settings = [
        ("DATA_DIR", work.join("data").display().to_string()),
        ("DEMO", "0".into()),
        ("HTTP__LISTEN", "127.0.0.1:18080".into()),
        ("SIP__UDP", SIP.into()),
        ("SIP__TCP", SIP.into()),
        ("MEDIA__ADDRESS", "127.0.0.1".into()),
        ("RECORDING", "none".into()),
    ];
    settings.into_iter().map(|(name, value)| (format!("ALO_{name}"), value)).collect()
}

/// `user,password` lines.
fn csv(company: &Value) -> Result<String> {
    let mut text = String::new();
    for extension in company["extensions"].as_array().context("bootstrap names no extensions")? {
        let (number, password) = (extension["number"].as_str(), extension["password"].as_str());
        let _ = writeln!(text, "{},{}", number.context("no number")?, password.context("no password")?);
    }
    Ok(text)
}

fn target_directory(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn cargo(root: &Path, arguments: &[&str], target: Option<&Path>) -> Result<()> {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.args(arguments).current_dir(root);
    if let Some(target) = target {
        command.arg("--target-dir").arg(target);
    }
    finish(&mut command)
}

fn text_of(mut command: Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    if !output.status.success() {
        bail!("{:?}: {}", command.get_program(), String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("a table that is no text")
}

fn finish(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{:?} ended with {status}", command.get_program());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bench_needs_its_folder() {
        let parse = |words: &[&str]| Options::parse(&words.iter().map(|w| w.to_string()).collect::<Vec<_>>());
        assert!(parse(&[]).is_err());
        assert!(parse(&["--bench-dir"]).is_err());
        assert!(parse(&["--bench-dir", "/nonexistent"]).is_err());
        assert!(parse(&["--speed", "9"]).is_err());
    }

    #[test]
    fn users_are_written_one_a_line() {
        let company = serde_json::json!({"extensions": [{"number": "1000", "password": "pw1000"}]});
        assert_eq!(csv(&company).expect("a good company"), "1000,pw1000\n");
        assert!(csv(&serde_json::json!({})).is_err());
    }
}
