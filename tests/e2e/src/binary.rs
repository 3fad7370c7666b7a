//! Where the `alo` binary is.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// The path of an `alo` that is up to date. `ALO_BIN` names one; otherwise cargo builds it into the directory this
/// test was built into, which costs a moment when there is nothing to do.
pub(crate) fn alo() -> &'static PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::var_os("ALO_BIN").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    // target/<profile>/deps/<test>
    let profile = test.ancestors().nth(2).expect("tests live in target/<profile>/deps").to_path_buf();
    let target = profile.parent().expect("a profile lies in the target directory");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "-p", "server", "--bin", "alo"]).env("CARGO_TARGET_DIR", target);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo starts");
    assert!(status.success(), "alo does not build");
    profile.join("alo")
}
