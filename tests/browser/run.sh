#!/usr/bin/env bash
# Opens sample reports in a browser: run.sh MAKE_REPORT, the program that writes them (target browser_report).
# Packages are fetched once, as package-lock.json pins them, into build/browser. Ends with 77, which is "skipped",
# and the reason as the last line, where the browser or the packages cannot be had.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
ROOT=${ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)}
make_report=$1 work=$ROOT/build/browser
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}

skip() { echo "$1"; exit 77; }
[ -x "$CHROMIUM" ] || skip "no $CHROMIUM (./dev deps browser)"
command -v node >/dev/null || skip "no node (./dev deps browser)"
command -v npm >/dev/null || skip "no npm (./dev deps browser)"

mkdir -p "$work/reports"
if ! cmp -s "$ROOT/tests/browser/package-lock.json" "$work/package-lock.json" || [ ! -d "$work/node_modules/axe-core" ]; then
    cp "$ROOT/tests/browser/package.json" "$ROOT/tests/browser/package-lock.json" "$work/"
    if ! (cd "$work" && timeout 60 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); then
        rm -f "$work/package-lock.json" # so that the next run tries again
        skip "npm ci could not fetch playwright-core and axe-core: offline?"
    fi
fi
"$make_report" "$work/reports"
timeout 280 node "$ROOT/tests/browser/test.mjs" "$work/reports" "${@:2}"
