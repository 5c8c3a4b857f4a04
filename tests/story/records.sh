#!/usr/bin/env bash
# The records that a report rests on are in records.jsonl and report.html word for word: every one is held against the
# bytes of the file it is said to stand in (tests/story/lib/records.py, code of its own). What cannot be read again, and
# what has no room, says so.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
records=$ROOT/tests/story/lib/records.py
"$python" -c '' 2>/dev/null || { echo "no Python"; exit 77; }

same_bytes() { "$python" "$records" same "$@"; }
why() { "$python" "$records" why "$@"; }

# ---- a tenant in every shape
tenant() {
    "$STORMGLASS" simulate --quiet --out logs --mailboxes 12 --days 8 --seed 3 --scenario stolen_session &&
        mv logs/truth.json . || return 1
    runs 0 scan --quiet --format text --out report logs || return 1
    [ -s report/records.jsonl ]
}
shapes() { # each shape of the tenant's logs that is cited was really among them
    local shape
    for shape in purview_csv management_api ual_json_lines search_unified_audit_log_csv graph_json azure_diagnostic; do
        has report/records.jsonl "\"container\": \"$shape\"" || return 1
    done
}
cited() { # every id that a finding shows is there, for there is room
    grep -o '"events": \[[^]]*\]' report/findings.jsonl | grep -o '"[^"]*"' | grep -v events | sort -u >ids
    grep -o '^{"id": "[^"]*"' report/records.jsonl | cut -d' ' -f2 | sort -u >there
    [ -s ids ] && [ -z "$(comm -23 ids there)" ] || { echo "missing:"; comm -23 ids there | head -n 5; return 1; }
}
check "a tenant in many shapes is scanned" tenant
check "every raw record is the bytes at its place" same_bytes report/records.jsonl 100
check "of every shape" shapes
check "every record that a finding names is there" cited

by_hand() { # as docs/formats.md says
    local FILE offset bytes wanted
    FILE=$(sed -n '1s/.*"input": "\([^"]*\)".*/\1/p' report/records.jsonl)
    offset=$(sed -n '1s/.*"offset": \([0-9]*\).*/\1/p' report/records.jsonl)
    bytes=$(sed -n '1s/.*"bytes": \([0-9]*\).*/\1/p' report/records.jsonl)
    wanted=$(sed -n '1s/.*, "sha256": "\([^"]*\)".*/\1/p' report/records.jsonl)
    [ "$(tail -c +$((offset + 1)) "$FILE" | head -c "$bytes" | sha256sum | cut -d' ' -f1)" = "$wanted" ]
}
explained() { # explain says where they are
    local id
    id=$(grep -o '"id": "i-[0-9a-f]*"' report/report.json | head -n 1 | cut -d'"' -f4)
    runs 0 explain "$id" report && has err "the records themselves stand in report/records.jsonl"
}
check "its hash is made again by hand" by_hand
check "explain says where the records are" explained

# ---- the same, whatever the threads and the order
threads() {
    runs 0 scan --quiet --format text --threads "$1" --out again "${@:2}" && same report/records.jsonl again/records.jsonl
}
reversed() { printf '%s\n' logs/* | sort -r; }
check "one thread writes the same" threads 1 logs
check "two threads write the same" threads 2 logs
# shellcheck disable=SC2046 # names without blanks
check "files in another order give the same" threads 2 $(reversed)

# ---- packed, in archives, in UTF-16
pack() {
    mkdir packed
    gzip -c logs/management-api-audit.json >packed/audit.json.gz
    "$python" -c 'import zipfile
with zipfile.ZipFile("packed/logs.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write("logs/purview-audit-01.csv", "day/purview.csv")
    archive.write("logs/InteractiveSignIns.json", "signins.json")
open("packed/wide.json", "wb").write(open("logs/NonInteractiveSignIns.json", encoding="utf-8").read().encode("utf-16"))'
    runs 0 scan --quiet --format text --out report packed
}
members() {
    has report/records.jsonl '"input": "packed/logs.zip!day/purview.csv"' && has report/records.jsonl '"format": "gzip"' &&
        has report/records.jsonl utf-16
}
copies() { # the same log twice: one place is named, the first, and the copies are counted
    mkdir twice && cp logs/ual.json twice/b.json && cp logs/ual.json twice/a.json
    runs 0 scan --quiet --format text --out report twice || return 1
    has report/records.jsonl '"copies": 2' && lacks report/records.jsonl '"copies": 1,' && lacks report/records.jsonl twice/b.json
}
check "logs are packed and scanned" pack
check "their records are the unpacked bytes" same_bytes report/records.jsonl 20
check "of members, gzip and UTF-16" members
check "of copies the first is named" copies
check "and is right" same_bytes report/records.jsonl 5

# ---- what cannot be read again
stdin() {
    "$STORMGLASS" scan --quiet --format text --out report - <logs/ual.json >out 2>err || return 1
    why report/records.jsonl "could not be read again: standard input cannot be read a second time" 5 || return 1
    has report/report.html "standard input cannot be read a second time" || return 1
    "$STORMGLASS" scan --format jsonl --out report - <logs/ual.json >out 2>err
    matches err "[0-9]+ of [0-9]+ cited records could not be read again: records.jsonl says why"
}
two_runs() { # the second run reports of the first one's records and does not have them
    rm -rf day1 day2 state
    mkdir day1 day2
    sort logs/ual.json >all.jsonl
    split --number=l/2 all.jsonl half. # by time, which stands first
    mv half.aa day1/a.json && mv half.ab day2/b.json || return 1
    runs 0 scan --quiet --format text --state state day1 && runs 0 scan --quiet --format text --state state --out report day2 || return 1
    why report/records.jsonl "an earlier run read it" && has report/records.jsonl '"input": "day2/b.json"'
}
nothing() {
    mkdir -p calm && head -n 3 logs/message-trace-01.csv >calm/a.csv
    runs 0 scan --quiet --format text --out report calm && [ -e report/records.jsonl ] && [ ! -s report/records.jsonl ]
}
check "records of standard input say why they are missing" stdin
check "records of an earlier run say so" two_runs
check "where nothing is found the file is empty" nothing

# ---- rules alone: no Id, hostile text, length, number
cat >rule.yml <<'END'
title: Evil
id: 3f1c2b7a-5d4e-4a6b-9c8d-0e1f2a3b4c5d
status: test
logsource: {product: m365}
detection:
    sel:
        kind: Evil
    condition: sel
level: high
END
rule() { runs 0 scan --quiet --format text --no-builtin-rules --rules rule.yml --out report "$@"; }
hostile() {
    printf '{"kind":"Evil","text":"</script><script>alert(1)</script> <!-- \342\200\256\342\200\250 caf\303\251 \\u001b[31m"}\n' >a.json
    printf '{"kind":"Evil","text":"no \377 UTF-8 \355\240\200"}\n{"kind":"Good"}\n' >>a.json
    printf '{"kind":"Evil","deep":%s1%s}\n' "$(printf '[%.0s' $(seq 200))" "$(printf ']%.0s' $(seq 200))" >>a.json
    rule a.json && same_bytes report/records.jsonl 3 || return 1
    has report/records.jsonl '"raw_base64"' && has report/records.jsonl '"a.json@0"' || return 1
    lacks report/report.html '<script>alert' && lacks report/report.html "$(printf '\342\200\256')" &&
        lacks report/records.jsonl "$(printf '\342\200\256')"
}
long() {
    { printf '{"kind":"Evil","text":"'; head -c 200000 /dev/zero | tr '\0' x; printf '"}\n'; } >b.json
    rule b.json && same_bytes report/records.jsonl 1 && has report/records.jsonl '"cut_bytes": 134489'
}
rows() {
    printf 'kind;note\r\nEvil;"two\r\nlines; ""quoted"""\r\nGood;x\r\nEvil;y\r\n' >c.csv
    rule c.csv && same_bytes report/records.jsonl 2 && has report/records.jsonl '"columns": ["kind", "note"], "delimiter": ";"'
}
many() { # 6,000 users and as many findings, and room for 5,000 records
    "$python" -c 'import json
for user in range(6000):
    print(json.dumps({"CreationTime": "2026-11-16T08:00:00", "Id": "r-%04d" % user, "Operation": "Evil", "RecordType": 1,
                      "Workload": "Exchange", "UserId": "user%d@contoso.example" % user, "UserType": 0, "kind": "Evil",
                      "text": "y" * 5000}))' >d.json
    rule d.json && same_bytes report/records.jsonl 5000 || return 1
    has report/records.jsonl '{"left_out": 1000, "why": ' && has report/report.html " more are named and were not read again." &&
        has report/report.html " stand in that file alone, for want of room in this page." || return 1
    [ "$(stat -c %s report/report.html)" -lt 16000000 ]
}
check "hostile records are exact and harmless" hostile
check "a long record is cut and says so" long
check "rows of CSV come with their header" rows
check "what has no room is counted" many
checks_end
