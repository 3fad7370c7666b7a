#!/usr/bin/env bash
# Builds or checks the web. The Rust side never waits for it: a binary without the web says so on `/`.
#
#   scripts/web.sh build    what goes into the binary: web/dist
#   scripts/web.sh test     format, lints, types, unit tests, and the browser against the real binary (ALO_BIN)
set -euo pipefail
cd "$(dirname "$0")/../web"

need=${1:-build}
node_major=$(node --version | sed -E 's/^v([0-9]+).*/\1/')
if ((node_major < 20)); then
    echo "node $(node --version) is too old, the web needs Node 20.19 or later" >&2
    exit 1
fi

# Only when what is installed is not what the lock file says.
if ! cmp -s package-lock.json node_modules/.alo-lock; then
    # Not `npm ci`: it refuses a lock file without the other platforms' builds, which a mirror may not have.
    npm install --no-save --no-audit --no-fund --ignore-scripts
    cp package-lock.json node_modules/.alo-lock
fi

case "$need" in
build)
    npm run -s build
    ;;
test)
    npm run -s check
    npm run -s test
    npm run -s build
    CHROMIUM=$(command -v chromium) npm run -s e2e
    ;;
*)
    echo "usage: scripts/web.sh build|test" >&2
    exit 2
    ;;
esac
