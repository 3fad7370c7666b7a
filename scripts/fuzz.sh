#!/usr/bin/env bash
# Runs fuzz targets under libFuzzer, each for FUZZ_S seconds (60), and tells of each how many inputs it took. Without
# arguments all of them, else those named: scripts/fuzz.sh sip/message media/sdp. FUZZ_RUNS ends a target sooner.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cargo-fuzz >/dev/null; then
    echo "cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2
    exit 1
fi
# The sanitizer is a matter of unstable flags: a nightly compiler has them, a stable one only when told so.
if rustup toolchain list 2>/dev/null | grep -q ^nightly; then toolchain=+nightly; else toolchain=; export RUSTC_BOOTSTRAP=1; fi
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for file in crates/*/fuzz/fuzz_targets/*.rs; do
        crate=${file#crates/}
        targets+=("${crate%%/*}/$(basename "$file" .rs)")
    done
fi
out=$(mktemp -d)
failed=0
for each in "${targets[@]}"; do
    crate=${each%%/*} target=${each##*/}
    fuzz=crates/$crate/fuzz
    mkdir -p "$fuzz/corpus/$target" "$fuzz/seeds/$target"
    log=$out/$crate-$target.log
    if (cd "crates/$crate" && cargo $toolchain fuzz run --fuzz-dir fuzz "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        -max_total_time="${FUZZ_S:-60}" -runs="${FUZZ_RUNS:--1}" -max_len=8192 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1) >"$log" 2>&1; then
        inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        speed=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
        echo "$each: $inputs inputs, $speed a second, nothing found"
    else
        failed=1
        echo "$each: FAILED, see $log" >&2
        grep -m 3 -E '^error|panicked|ERROR|SUMMARY|Test unit written' "$log" >&2 || true
    fi
    rmdir --ignore-fail-on-non-empty "$fuzz/seeds/$target"
done
exit $failed
