//! Development checks and benches: `cargo xtask arch | deny | check | bench`.
//!
//! `arch` holds the house's "what must never be" (docs/ARCHITECTURE.md) as rules over the source tree, each in
//! one file under `rules/`; `deny` holds the licences and sources of dependencies; `check` is what must be green
//! before a change is merged. Nothing here is part of the product.

mod bench;
mod check;
mod deny;
mod metadata;
mod rules;
mod source;
mod tree;

use anyhow::{Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask arch    the architecture rules
cargo xtask deny    licences and sources of all dependencies
cargo xtask check   fmt, clippy, arch and deny
cargo xtask bench --bench-dir DIR [--scenarios S1,S2] [--runs 3] [--server-cpu 0] [--generator-cpu 1]
                    the load scenarios of a bench folder against a release build
cargo xtask bench faces [--rate 1000] [--seconds 10] [--calls 20000] [--call-rate 200] [--endpoints 1000] [--debug yes]
                    what other vendors' faces add to our own API, and how soon their receivers hear";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // Without the backtrace that `{:?}` would add: a red check is news about the code, not about this tool.
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let root = workspace_root();
    match arguments.first().map(String::as_str) {
        Some("arch") => arch(&root),
        Some("deny") => deny::run(&root),
        Some("check") => check::run(&root),
        Some("bench") => bench::run(&root, &arguments[1..]),
        _ => bail!("say what to do:\n{USAGE}"),
    }
}

fn arch(root: &Path) -> Result<()> {
    let tree = tree::Tree::read(root)?;
    let findings = rules::all(&tree);
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} breaches of the architecture rules", findings.len());
    }
    println!("arch: {} crates, {} files, nothing to complain about", tree.crates.len(), tree.files.len());
    Ok(())
}

/// Asked of the running cargo first: a binary that was built in another copy of the tree would look at that one.
fn workspace_root() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let here = Path::new(&here);
    here.ancestors().nth(2).expect("this crate lies two folders below the root").to_path_buf()
}
