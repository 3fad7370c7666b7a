//! `cargo xtask check`: what must be green before a change is merged. It stops at the first red step.

use crate::{arch, deny};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

pub(crate) fn run(root: &Path) -> Result<()> {
    timed("fmt", || cargo(root, &["fmt", "--all", "--check"]))?;
    timed("arch", || arch(root))?;
    timed("deny", || deny::run(root))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"];
    timed("clippy", || cargo(root, &clippy))?;
    println!("check: all green");
    Ok(())
}

fn timed(name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    step().with_context(|| format!("{name} is red"))?;
    println!("check: {name} ok ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(())
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<()> {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let status = Command::new(program).args(arguments).current_dir(root).status().context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo {} ended with {status}", arguments.join(" "));
    }
    Ok(())
}
