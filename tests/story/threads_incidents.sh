#!/usr/bin/env bash
# Tenants with intruders: what is learned, detected, linked and asked on several threads is told like on one.
# SPDX-License-Identifier: Apache-2.0
set -eu
. "$ROOT/tests/story/lib/must.sh"
without_time() { grep -v '"generated_at"' "$1"; }
without_made() { grep -v -e ' made <time' -e 'Report made' "$1"; }

# Several incidents, and more records than threads may be apart from each other.
seed=0
for scenario in forged_token compromised_password malicious_app_consent; do
    seed=$((seed + 1))
    "$STORMGLASS" simulate --quiet --out "logs/$scenario" --mailboxes 8 --days 10 --seed $seed --scenario $scenario
    rm "logs/$scenario/truth.json"
done

# scan THREADS: writes the folder THREADS and what else is told.
scan() { "$STORMGLASS" scan --quiet --threads "$1" --out "$1" logs >"$1.out" 2>"$1.err"; }

scan 1
without_time 1/report.json >one.json
without_made 1/report.html >one.html
[ "$(grep -c '"hypotheses"' one.json)" -ge 2 ] || fail "fewer than two incidents were investigated"
for threads in 2 5; do
    scan "$threads"
    without_time "$threads/report.json" | cmp - one.json || fail "$threads threads give another report"
    without_made "$threads/report.html" | cmp - one.html || fail "$threads threads tell it differently"
    cmp 1/findings.jsonl "$threads/findings.jsonl" || fail "$threads threads give other findings"
    cmp 1/timeline.csv "$threads/timeline.csv" || fail "$threads threads give another timeline"
    cmp 1.err "$threads.err" || fail "$threads threads say other things"
done
