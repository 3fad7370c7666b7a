#!/usr/bin/env bash
# Runs every check and every test, and says in its last line how it went.
set -euo pipefail
cd "$(dirname "$0")/.."
trap 'echo "alo: tests FAILED after ${SECONDS} s"' ERR

scripts/deps.sh test
cargo xtask check
# The end-to-end tests drive the real binary. Built together with the tests it shares their compiled dependencies,
# and its compile time stays out of their deadlines.
cargo build --workspace --all-targets --locked
ALO_BIN=$(realpath "${CARGO_TARGET_DIR:-target}/debug/alo")
export ALO_BIN
if command -v cargo-nextest >/dev/null; then
    # Decision 0015: who fails gets a second try, and is named as flaky if that one passes.
    cargo nextest run --workspace --locked --no-fail-fast --retries 1 --final-status-level flaky
    cargo test --workspace --locked --doc --quiet
else
    cargo test --workspace --locked --no-fail-fast
fi
scripts/web.sh test
echo "alo: all tests passed in ${SECONDS} s"
