#!/usr/bin/env bash
# Many small files of all kinds, good and broken, and one larger, read by several threads at once.
# SPDX-License-Identifier: Apache-2.0
set -eu
. "$ROOT/tests/story/lib/must.sh"
without_time() { grep -v '"generated_at"' "$1"; }

# One record a user and minute, so that findings, correlations and duplicates meet in all threads.
mkdir logs
awk 'BEGIN {
    for (file = 0; file < 120; file++) {
        name = sprintf("logs/%03d.json", file)
        for (n = 0; n < 12; n++) {
            k = (file * 12 + n) % 1000
            operation = n % 4 == 0 ? "UserLoginFailed" : n % 4 == 1 ? "UserLoggedIn" : n % 4 == 2 ? "New-InboxRule" : "MailItemsAccessed"
            type = n % 4 < 2 ? 15 : n % 4 == 2 ? 1 : 50
            printf "{\"CreationTime\":\"2026-11-16T%02d:%02d:00\",\"Id\":\"id-%04d\",\"Operation\":\"%s\",\"RecordType\":%d,\"Workload\":\"Exchange\",\"OrganizationId\":\"7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777\",\"UserId\":\"user%d@contoso.example\",\"UserType\":0,\"ClientIP\":\"198.51.100.%d\",\"ErrorNumber\":\"50126\",\"Parameters\":[{\"Name\":\"Name\",\"Value\":\".\"},{\"Name\":\"DeleteMessage\",\"Value\":\"True\"}]}\n", k / 60 % 24, k % 60, k, operation, type, k % 41, k % 7 >name
        }
        close(name)
    }
}'
for n in 010 020 030; do head -c 700 "logs/$n.json" >"logs/$n-cut.json"; done
for n in 011 021 031; do gzip -c "logs/$n.json" >"logs/$n.gz"; done
tar cf logs/some.tar -C logs 040.json 041.json 042.json
printf 'not a log at all\nno, not this one\n' >logs/letter.txt
cat logs/0*.json logs/0*.json logs/0*.json | sed 's/"Id":"id-/"Id":"big-/' >logs/large.json

status=0
"$STORMGLASS" scan --quiet --threads 1 --out one logs >one.jsonl 2>one.err || status=$?
[ "$status" -eq 0 ] || fail "one thread ended with $status, not 0: a letter among logs is no fault"
[ "$(wc -l <one.jsonl)" -gt 40 ] || fail "hardly any finding"
without_time one/report.json >one.json
for threads in 4 2 16; do
    status=0
    "$STORMGLASS" scan --quiet --threads "$threads" --out many logs >many.jsonl 2>many.err || status=$?
    [ "$status" -eq 0 ] || fail "$threads threads ended with $status"
    cmp one.jsonl many.jsonl || fail "$threads threads give other findings"
    without_time many/report.json | cmp - one.json || fail "$threads threads give another report"
    cmp one.err many.err || fail "$threads threads say other things"
done

"$STORMGLASS" summary --quiet --threads 1 logs >one.txt || true
"$STORMGLASS" summary --quiet --threads 4 logs >many.txt || true
[ -s one.txt ] || fail "no summary"
cmp one.txt many.txt || fail "the summary differs"

# The same from standard input, and one file given many times.
"$STORMGLASS" scan --quiet --threads 1 - <logs/large.json >one.jsonl
"$STORMGLASS" scan --quiet --threads 4 - <logs/large.json >many.jsonl
cmp one.jsonl many.jsonl || fail "standard input differs"
# shellcheck disable=SC2046
"$STORMGLASS" scan --quiet --threads 4 $(for n in $(seq 50); do echo logs/large.json; done) >many.jsonl
[ -s many.jsonl ] || fail "one file given many times gives nothing"
