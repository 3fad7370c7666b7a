#!/usr/bin/env bash
# Runs every check and every test, and says in its last line how it went.
set -euo pipefail
cd "$(dirname "$0")/.."
trap 'echo "alo: tests FAILED after ${SECONDS} s"' ERR

scripts/deps.sh test
cargo xtask check
# The end-to-end tests drive the real binary; building it first keeps its compile time out of their deadlines.
cargo build --locked -p server
if command -v cargo-nextest >/dev/null; then
    cargo nextest run --workspace --locked --no-fail-fast
    cargo test --workspace --locked --doc --quiet
else
    cargo test --workspace --locked --no-fail-fast
fi
echo "alo: all tests passed in ${SECONDS} s"
