#!/usr/bin/env bash
# What we write is what we say it is: a small tenant with an attack is scanned, and every file is held against the rules
# of its format. Our own by schemas/ (Debian's python3-jsonschema), those of others by their own validators
# (tools/requirements.txt in build/python), and the goldens with hostile text in every field as well.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"
[ "${PRESET:-release}" = release ] || { echo "the same bytes are checked with the release"; exit 77; }
checker=$ROOT/tests/story/lib/formats.py
schemas=$ROOT/schemas
golden=$ROOT/tests/report/golden
python=/usr/bin/python3
[ -x "$python" ] || python=python3
theirs=$ROOT/build/python/bin/python

own() { "$python" "$checker" own "$schemas/$1.json" "${@:2}"; }
others() { "$theirs" "$checker" "$@"; }
fails() { ! "$@"; }

# ---- a tenant and everything that is written of it
tenant() {
    "$STORMGLASS" simulate --quiet --out logs --mailboxes 12 --days 8 --seed 3 --scenario "$1" &&
        mv logs/truth.json truth.json
}
written() {
    runs 0 scan --quiet --format text --out report logs || return 1
    local file
    for file in report.json findings.jsonl records.jsonl scope.csv timeline.csv report.md notification.md iocs.csv stix.json \
        findings.ocsf.jsonl navigator.json; do
        [ -s "report/$file" ] || { echo "no report/$file"; return 1; }
    done
    grep -q '"id": "i-' report/report.json || { echo "no incident"; return 1; }
}
json_of() { # json_of COMMAND: its JSON in COMMAND.json
    runs 0 "$1" --quiet --format json logs && mv out "$1.json"
}
steady() { # the same bytes again, but for the time of writing
    runs 0 scan --quiet --format text --threads 1 --out again logs || return 1
    local file
    for file in report/*; do
        grep -v -e generated_at -e '[Mm]ade.*<time datetime=' "$file" >one
        grep -v -e generated_at -e '[Mm]ade.*<time datetime=' "again/${file#*/}" >other
        same one other || { echo "$file"; return 1; }
    done
}
check "a tenant with an attack is made" tenant stolen_session
check "it is scanned and every file is written" written
check "what logs cover is told as JSON" json_of gaps
check "what is in them is told as JSON" json_of summary
check "with one thread the files are the same" steady

# ---- our own formats
if "$python" -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
    check "report.json is as its schema says" own report-1 report/report.json
    check "findings.jsonl is as its schema says" own finding-1 report/findings.jsonl
    check "records.jsonl is as its schema says" own record-1 report/records.jsonl "$golden/records.jsonl"
    check "gaps.json is as its schema says" own gaps-1 gaps.json "$golden/gaps.json"
    check "summary.json is as its schema says" own summary-1 summary.json "$golden/summary.json"
    check "truth.json is as its schema says" own truth-1 truth.json
    check "the layer is as the format's description says" own navigator-layer-4.5 report/navigator.json \
        "$golden/formats/navigator.json"
    sed 's/"severity": "[a-z]*"/"severity": "grave"/' report/report.json >broken.json
    check "a broken report is seen" fails own report-1 broken.json
    sed 's/"raw": "/"raw": null, "row": "/' report/records.jsonl >broken.jsonl
    check "records without text or reason are seen" fails own record-1 broken.jsonl
    sed 's/"techniqueID"/"techniqueId"/' report/navigator.json >broken.json
    check "a broken layer is seen" fails own navigator-layer-4.5 broken.json
else
    unchecked "our own formats" "no Python with jsonschema (python3-jsonschema)"
fi

# ---- formats of others
hostile=$golden/formats
if [ -e "$ROOT/build/python/requirements.txt" ]; then
    check "the bundle is STIX 2.1" others stix report/stix.json
    check "and with hostile text" others stix "$hostile/stix.json"
    sed 's/"pattern": "\[/"pattern": "[[/; s/"relationship_type"/"relationship"/' "$hostile/stix.json" >broken.json
    check "a broken bundle is seen" fails others stix broken.json
    check "findings are OCSF" others ocsf report/findings.ocsf.jsonl
    check "and with hostile text" others ocsf "$hostile/findings.ocsf.jsonl"
    sed 's/"severity_id": [0-9]*/"severity_id": 42/' report/findings.ocsf.jsonl >broken.jsonl
    check "broken findings are seen" fails others ocsf broken.jsonl
    check "MITRE's own classes read the layer" others navigator report/navigator.json "$hostile/navigator.json"
    sed 's/"techniqueID": "T/"techniqueID": "X/' report/navigator.json >broken.json
    check "and not a broken one" fails others navigator broken.json
    check "the pages have no HTML and no links" others markdown report/report.md report/notification.md
    check "and with hostile text" others markdown "$hostile/report.md" "$hostile/notification.md"
    printf '# x\n\n<b>x</b> www.evil.example\n' >broken.md
    check "a page with both is seen" fails others markdown broken.md
else
    unchecked "formats of others" "no build/python; './dev deps' makes it where packages can be had"
fi

# ---- rows
check "indicators have seven cells" "$python" "$checker" csv 7 report/iocs.csv "$hostile/iocs.csv"
check "the timeline has fourteen cells" "$python" "$checker" csv 14 report/timeline.csv "$hostile/timeline.csv"
check "the scope has twelve cells" "$python" "$checker" csv 12 report/scope.csv "$golden/scope.csv"
printf 'a,b\n=1,2\n' >broken.csv
check "a formula is seen" fails "$python" "$checker" csv 2 broken.csv

# ---- what is handed on is the attacker's
# listed KEY: the texts of a list of the attack in truth.json, one a line.
listed() { sed -n "/^  \"attacks\"/,/^  \"benign\"/s/^ *\"$1\": \[\(.*\)\],*\$/\1/p" truth.json | grep -o '"[^"]*"' | tr -d '"' | sort -u; }
addresses() {
    listed ips >attackers
    [ -s attackers ] || { echo "truth.json names no address"; return 1; }
    grep '^ip,' report/iocs.csv | cut -d, -f2 | sort -u >handed
    [ -s handed ] || { echo "no address is handed on"; return 1; }
    comm -12 attackers handed >both
    [ -s both ] || { echo "none of the attacker's is among them:"; cat handed; return 1; }
}
check "addresses of the attacker are handed on" addresses
check "Microsoft's applications are not" lacks report/iocs.csv 00000003-0000-0000-c000-000000000000
checks_end
