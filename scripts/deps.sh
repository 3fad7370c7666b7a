#!/usr/bin/env bash
# Makes sure that what Alo needs from the system is there. Run it as often as you like.
#
#   scripts/deps.sh build    what `make run` needs: Rust, a C compiler (embedded SQLite, TLS), Node for the web
#   scripts/deps.sh test     also what `make test` needs: outside SIP agents, Opus tools, a speaking program, PostgreSQL and Chromium
#
# As root on Debian it installs what is missing; otherwise it names what is missing and fails.
set -euo pipefail

need=${1:-build}
declare -A packages=([cc]=gcc [pkg-config]=pkg-config [node]=nodejs [npm]=npm)
case "$need" in
build) ;;
test) packages+=([sipp]=sip-tester [baresip]=baresip-core [opusdec]=opus-tools [chromium]=chromium [espeak-ng]=espeak-ng) ;;
*)
    echo "usage: scripts/deps.sh build|test" >&2
    exit 2
    ;;
esac

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")
missing=()
for command in "${!packages[@]}"; do
    command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
# Debian keeps the server's programs out of PATH.
if [[ $need == test ]] && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    missing+=(postgresql)
fi

if ! command -v cargo >/dev/null; then
    echo "cargo is missing: install Rust from https://rustup.rs (stable, $rust or later), then come back" >&2
    exit 1
fi
here=$(cargo --version | sed -E 's/^cargo ([0-9.]+).*/\1/')
if [[ $(printf '%s\n' "$rust" "$here" | sort -V | head -n 1) != "$rust" ]]; then
    echo "cargo $here is too old, Alo needs Rust $rust or later: rustup update stable (https://rustup.rs)" >&2
    exit 1
fi
# A full disk ends a build somewhere in the middle, in words that name anything but the disk. The tests and what they are built of take 6 GB.
if [[ $need == test ]]; then
    target=${CARGO_TARGET_DIR:-$(dirname "$0")/../target}
    mkdir -p "$target"
    free=$(df --output=avail -BM "$target" | tail -n 1 | tr -dc 0-9)
    built=$(du -sm "$target" | cut -f 1)
    if ((free + built < 7000)); then
        echo "the disk of $target has $free MB free; the tests need about 7000: free some, or point CARGO_TARGET_DIR to another disk" >&2
        exit 1
    fi
fi
if [[ ${#missing[@]} -eq 0 ]]; then
    exit 0
fi
if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -q -y --no-install-recommends "${missing[@]}"
    exit 0
fi
echo "missing: ${missing[*]}" >&2
echo "on Debian: sudo apt-get install ${missing[*]}" >&2
exit 1
