#!/usr/bin/env bash
# The arithmetic on what ./dev bench measured is right, and every result, whole or partial, becomes a table and a page.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
page=$ROOT/tools/bench_page.py

# says WANTED EXPRESSION: what an expression in the script's own functions comes to.
says() {
    local got
    got=$(PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$ROOT/tools "$python" -c "from bench_page import *
print($2)") || return 1
    [ "$got" = "$1" ] || { echo "$2 is $got, not $1"; return 1; }
}

# ---- slopes
check "what doubles with its input is linear" says 1.0 "round(slope([(100, 7), (200, 14), (400, 28)]), 6)"
check "what goes with the square has slope 2" says 2.0 "round(slope([(10, 5), (100, 500), (1000, 50000)]), 6)"
check "what stays has slope 0" says 0.0 "round(slope([(10, 5), (100, 5)]), 6)"
check "a point off the line is evened out" says 1.05 "round(slope([(1, 1), (10, 10), (100, 125.89254)]), 3)"
check "one size has no slope" says None "slope([(10, 5)])"
check "the same size twice has none either" says None "slope([(10, 5), (10, 6)])"
points='[{"records": 100, "seconds": 5, "processor_seconds": 1, "mb": 9}, {"records": 1000, "seconds": 10, "processor_seconds": 2, "mb": 10},
    {"records": 4000, "seconds": 40, "processor_seconds": 3, "mb": 20}]'
check "what was measured is not extrapolated" says "(10, True)" "extrapolate($points, 'seconds', 1050)"
check "time goes on no flatter than linear" says "(4000.0, False)" "extrapolate($points, 'seconds', 400000)"
check "memory goes on with the slope of the last two" says "40.0" "round(extrapolate($points, 'mb', 16000)[0], 6)"
check "and says so" says "False" "extrapolate($points, 'mb', 16000)[1]"

# ---- callgrind
cat >callgrind.out <<'END'
# callgrind format
positions: line
events: Ir

ob=(1) /x/build/release/stormglass
fl=(1) src/event/event.c
fn=(1) event_read
10 100
+3 20
fi=(2) src/base/map.h
5 7
fe=(1)
* 1
cob=(2) /usr/lib/libsimdjson.so.13.0.0
cfi=(3) ???
cfn=(2) parse
calls=3 0
12 5000
13 2

ob=(2)
fl=(3)
fn=(2)
0 400

totals: 530
END
check "own costs are counted by floor, called ones not" says \
    "[('base', 7), ('event', 123), ('libraries: libsimdjson', 400)]" "sorted(floors_of(open('callgrind.out')).items())"
check "recorded counts come back as they were" says "({'lines': 1000, 'csv': 22}, 'gcc 12; x')" \
    "(write_instructions('counts', 'gcc 12; x', {'lines': (7, 1000, {}), 'csv': (1, 22, {})}), read_instructions('counts'))[1]"
check "without a record there is none" says "({}, '')" "read_instructions('absent')"

# ---- pages
cat >results.json <<'END'
{"schema": "stormglass.bench/1", "command": "./dev bench quick", "version": "1", "commit": "c", "date": "d", "seconds": 60,
 "machine": {"processor": "p", "cores": 2, "memory_gb": 1, "system": "s", "tools": "t", "load": 0.5},
 "rows": [
  {"section": "speed", "name": "log", "value": 0.61, "unit": "of the yardstick", "target": 0.6, "sense": "at least", "met": true,
   "input": "tenant/lines", "rules": "own+cloud", "rule_count": 3, "detectors": "on", "threads": 1, "seconds": 2.0,
   "processor_seconds": 1.9, "by_processor": 0.62, "yardstick_seconds": 1.22, "bytes": 4000000000, "records": 1000000, "findings": 1, "incidents": 1},
  {"section": "start", "name": "start-up", "value": 0.024, "unit": "s", "target": 0.01, "sense": "at most", "met": false},
  {"section": "growth", "name": "one_user", "value": 1, "unit": "sizes", "points": [
   {"records": 10, "seconds": 1, "processor_seconds": 1, "megabytes": 50, "spilled": 0}]},
  {"section": "slope", "name": "one_user", "value": 1.9, "unit": "slope of time", "target": 1.05, "sense": "at most", "met": false}],
 "skipped": [{"name": "zstd", "why": "no zstd"}]}
END
empty='import json, sys; r = json.load(open("results.json")); r["rows"] = []; r["skipped"] = []; json.dump(r, open("empty.json", "w"))'
writes() { "$python" "$page" "$1" "$2" >out && cat out; }
has_line() { grep -qF -- "$1" out || { echo "no '$1' in:"; cat out; return 1; }; }
check "a page is written" writes page results.json
check "with the time of a gigabyte" has_line "| 1 GB of audit log, 1 thread: rules and detectors | 500 ms |"
check "with what is met" has_line "| met | log;"
check "with what is not met" has_line "| **not met** | start-up | 24 ms | at most 10 ms |"
check "with what grows too fast" has_line "grows faster than linear"
check "with what was left out" has_line "* zstd: no zstd"
check "with why not, at the end" has_line "* start-up: 24 ms, wanted at most 10 ms"
check "a table is written" writes table results.json
check "it counts the targets" has_line "Targets: 1 of 3 met."
"$python" -c "$empty"
check "a page of nothing is written" writes page empty.json
check "a table of nothing is written" writes table empty.json
# ---- the rest of the suite: it runs for long, so that here it is only read
reads() { "$python" -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$1"; }
for file in "$ROOT"/tests/bench/*.py; do
    check "Python can read $(basename "$file")" reads "$file"
done
checks_end
