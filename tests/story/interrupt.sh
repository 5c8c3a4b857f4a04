#!/usr/bin/env bash
# An interrupted scan writes what it found so far and ends with 130; a second signal ends it at once.
# SPDX-License-Identifier: Apache-2.0
set -eu
. "$ROOT/tests/story/lib/must.sh"

gzip -dc "$ROOT/samples/tenant/management-api/audit.exchange.json.gz" |
    sed 's/},{"CreationTime"/}\n{"CreationTime"/g; s/^\[//; s/\]$//' >lines.txt
mkfifo feed

# interrupted SIGNAL: feeds some records, keeps the pipe open, and sends the signal.
interrupted() {
    "$STORMGLASS" scan --out report - <feed >out 2>err &
    local program=$! status=0 i
    exec 3>feed
    for i in 1 2 3 4 5 6 7 8 9 10; do cat lines.txt >&3; done
    sleep 1
    kill "-$1" "$program"
    for i in $(seq 100); do
        kill -0 "$program" 2>/dev/null || break
        sleep 0.1
    done
    ! kill -0 "$program" 2>/dev/null || { kill -KILL "$program"; fail "$1 did not end the scan"; }
    exec 3>&-
    wait "$program" || status=$?
    [ "$status" -eq 130 ] || fail "$1 ended it with $status"
    grep -q '"title"' out || fail "$1: what was found is not on standard output"
    grep -q '"interrupted": true' report/report.json || fail "$1: the report does not say so"
    rm -rf report
}

interrupted INT
interrupted TERM
