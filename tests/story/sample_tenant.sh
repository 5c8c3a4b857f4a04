#!/usr/bin/env bash
# What the sample tenant shows, to the word: findings with severity and number of events, and the
# summary. STORMGLASS_GOLDEN=write writes the expected texts again; look at the difference before a commit.
# SPDX-License-Identifier: Apache-2.0
export LC_ALL=C.UTF-8 # the marks in the text depend on it
set -u
. "$ROOT/tests/story/lib/checks.sh"
[ -d "$ROOT/samples/tenant" ] || { echo "no samples/tenant"; exit 77; }
golden=$ROOT/tests/story/golden
ln -s "$ROOT/samples" samples

# golden NAME: out is what the file of this name says, or becomes it.
golden() {
    if [ "${STORMGLASS_GOLDEN:-}" = write ]; then mkdir -p "$golden" && cp "$1" "$golden/$1"; return; fi
    [ -e "$golden/$1" ] || { echo "no $1 in tests/story/golden; STORMGLASS_GOLDEN=write makes it"; return 1; }
    diff -u "$golden/$1" "$1"
}

# One line a title: the gravest first, then how many findings and events, first and last.
findings() {
    sed -n 's/^{"id": "f-.*"title": "\([^"]*\)", "severity": "\([^"]*\)".*"first": "*\([^",]*\)"*, "last": "*\([^",]*\)"*, "entities".*"event_count": \([0-9]*\).*/\2|\1|\5|\3|\4/p' out |
        awk -F'|' '
            {key = $1 "|" $2; findings[key]++; events[key] += $3
             if (!(key in first) || $4 < first[key]) first[key] = $4
             if ($5 > last[key]) last[key] = $5}
            END {for (key in findings) {
                split(key, part, "|")
                rank = index("critical high     medium   low      info     ", part[1] " ")
                printf "%02d %-8s  %3d found  %4d events  %s  %s  %s\n", rank, part[1], findings[key], events[key], first[key], last[key], part[2]}}' |
        LC_ALL=C sort | cut -c 4-
}

# Every finding above info: who, where from, how many; sessions, tokens and messages left out.
details() {
    sed -n 's/^{"id": "f-[0-9a-f]*", "detector": "\([^"]*\)", "title": "\([^"]*\)", "severity": "\([^"]*\)".*"event_count": \([0-9]*\).*/\3|\2|\4/p' out | grep -v '^info' >heads
    grep -v '"severity": "info"' out | sed 's/.*"entities": {\(.*\)}, "event_count".*/\1/; s/, "\(session\|token\|message\)": \[[^]]*\]//g; s/"\(session\|token\|message\)": \[[^]]*\],* *//g' >entities
    paste -d '|' heads entities | awk -F'|' '{printf "%-8s %4d  %s\n               %s\n", $1, $3, $2, $4}'
}

story() { runs 0 scan --quiet --format jsonl samples/tenant; }
check "the sample tenant is scanned" story
findings >findings.txt
details >details.txt
check "findings are as expected" golden findings.txt
check "who and where from is as expected" golden details.txt
summary() { runs 0 summary --quiet samples/tenant && cp out summary.txt; }
check "the summary is made" summary
check "the summary is as expected" golden summary.txt
text() { runs 0 scan --quiet --format text samples/tenant && cp out scan.txt; }
check "the text report is made" text
check "the text report is as expected" golden scan.txt
inputs() {
    runs 0 scan --quiet --format json samples/tenant || return 1
    sed -n 's/^ *{"path": "\([^"]*\)".*"format": "\([^"]*\)", "container": "\([^"]*\)", "sources": \[\([^]]*\)\], "records": \([0-9]*\), "duplicates": \([0-9]*\), "unread": \(.*\), "unread_count": [0-9]*, "first": \(.*\), "warnings".*/\1\n    \2 \3 \4: \5 records, \6 duplicates, first \8\n    unread \7/p' out >inputs.txt
    [ -s inputs.txt ]
}
check "the inputs are listed" inputs
check "what was read of each input is as expected" golden inputs.txt
steady() { ! grep -nE 'generated_at|records/s|/tmp/|[0-9] s$' findings.txt details.txt summary.txt scan.txt inputs.txt; }
check "nothing in it changes from run to run or machine to machine" steady
[ "${STORMGLASS_GOLDEN:-}" != write ] || echo "written to tests/story/golden; look at: git diff tests/story/golden"
checks_end
