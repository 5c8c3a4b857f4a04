#!/usr/bin/env bash
# The same logs give the same report, whatever the order of files and records and the number of threads.
# SPDX-License-Identifier: Apache-2.0
set -eu
. "$ROOT/tests/story/lib/must.sh"
without_time() { grep -v '"generated_at"' "$1"; }

# scan OUT ARGUMENT...: writes the report folder OUT.
scan() { local out=$1; shift; "$STORMGLASS" scan --quiet --out "$out" "$@" >/dev/null; }

cp -r "$ROOT/samples/tenant" tenant
scan one --threads 1 tenant
scan four --threads 4 tenant
without_time one/report.json >one.json
without_time four/report.json >four.json
cmp one.json four.json || fail "one thread and four differ"
cmp one/timeline.csv four/timeline.csv || fail "timeline.csv differs"
without_made() { grep -v -e ' made <time' -e 'Report made' "$1"; }
without_made one/report.html >one.html
without_made four/report.html | cmp - one.html || fail "report.html differs"
[ "$(grep -c '<h3' one.html)" -gt 5 ] || fail "report.html tells hardly anything"
[ "$(wc -l <one/findings.jsonl)" -gt 10 ] || fail "hardly any finding"

# Files named the other way round.
find tenant -type f | sort -r | tr '\n' '\0' | xargs -0 "$STORMGLASS" scan --quiet --threads 3 --out reverse >/dev/null
without_time reverse/report.json | cmp - one.json || fail "the order of paths matters"
without_made reverse/report.html | cmp - one.html || fail "the order of paths matters for report.html"

# Records in another order: JSON lines of one log, shuffled.
gzip -dc tenant/management-api/audit.exchange.json.gz | sed 's/},{"CreationTime"/}\n{"CreationTime"/g; s/^\[//; s/\]$//' >lines.txt
mkdir sorted shuffled
LC_ALL=C sort lines.txt >sorted/ual.json
shuf --random-source=<(yes 7) lines.txt >shuffled/ual.json
[ "$(wc -l <sorted/ual.json)" -gt 50 ] || fail "the log was not cut into lines"
scan a --threads 1 sorted
scan b --threads 4 shuffled
cmp a/findings.jsonl b/findings.jsonl || fail "the order of records matters"
for run in 1 2 3; do
    scan again --threads 4 shuffled
    cmp again/findings.jsonl b/findings.jsonl || fail "run $run differs"
done

# A copy of every record changes nothing but the number of duplicates.
cp shuffled/ual.json shuffled/copy.json
scan c --threads 2 shuffled
cmp c/findings.jsonl b/findings.jsonl || fail "duplicates change the findings"

# Two exports show the same records with other clients: the summary shows the first of them, always.
mkdir twice
for copy in 1 2; do
    seq 3000 | awk -v copy=$copy '{printf "{\"Id\":\"00000000-0000-4000-8000-%012d\",\"CreationTime\":\"2026-11-10T08:00:00\",\"Operation\":\"MailItemsAccessed\",\"Workload\":\"Exchange\",\"RecordType\":50,\"UserId\":\"a@example.com\",\"ClientInfoString\":\"Client=%s\"}\n", $1, copy == 1 ? "OWA" : "REST"}' >twice/$copy.json
done
"$STORMGLASS" summary --quiet --threads 1 twice >summary.one
grep -q 'Client=OWA  *3,*000' summary.one || fail "the summary does not count the first copies"
for run in 1 2 3 4 5; do
    "$STORMGLASS" summary --quiet --threads 4 twice | cmp - summary.one || fail "summary: run $run differs"
done
