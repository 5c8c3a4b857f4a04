#!/usr/bin/env bash
# --state: a tenant scanned day by day, each day's logs alone, shows what one scan of all shows, to the byte. What is
# wrong with a state file is said, and the file stays as it was.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

# ---- a tenant's logs, by day

"$STORMGLASS" simulate --quiet --out tenant --mailboxes 12 --days 9 --seed 11 --dialect ual_json_lines \
    --scenario compromised_password --scenario malicious_app_consent --scenario stolen_session || exit 1
rm tenant/truth.json
# A record a line, by its first time: header lines of CSV go into every day, brackets of JSON into none.
cat >split.awk <<'END'
FNR == 1 { name = FILENAME; sub(/.*\//, "", name); header = name ~ /csv$/ ? $0 : "" }
FNR == 1 && header { next }
match($0, /2026-09-[0-9][0-9]T/) {
    day = substr($0, RSTART + 8, 2)
    file = out "/" day "/" name
    if (!(file in made)) {
        made[file] = 1
        system("mkdir -p " out "/" day)
        if (header) print header >file
    }
    sub(/^\[/, "")
    sub(/,$/, "")
    sub(/}\]$/, "}")
    print >file
}
END
awk -v out=days -f split.awk tenant/*
days=$(ls days)
last=$(ls days | tail -n 1)
check "there are nine days or ten" [ "$(ls days | wc -l)" -ge 9 ]

json() { runs 0 scan --quiet --format json "$@"; }
# What a report says was found: coverage, findings and incidents.
found() { sed -n '/^  "coverage": \[/,/^  "totals"/p' out | sed '/^  "totals"/d' >"$1"; }
says_incidents() { grep -q '"id": "i-' "$1" && grep -q '"message_id"' "$1"; }

check "all is scanned at once" json days
found whole
check "there are incidents, with messages" says_incidents whole

# ---- day by day

by_day() { # by_day STATE DAY...: the last report is in out
    local state=$1 day
    shift
    for day; do json --state "$state" "${from:-days}/$day" || return 1; done
}
check "each day is scanned alone, with a state file" by_day daily.state $days
found daily
check "the last report shows what one scan shows" same whole daily
check "it names the state file" has out '"state": {"path": "daily.state", "earlier_records": '
check "which is for its owner alone" [ "$(stat -c %a daily.state)" = 600 ]
check "the days come in another order" by_day back.state $(ls -r days)
found back
check "that changes nothing" same whole back
check "all at once with a state file" json --state whole.state --threads 4 days
found at_once
check "shows the same" same whole at_once
cp daily.state before.state
check "a day is scanned again" json --state daily.state "days/$last"
found again
check "which changes nothing" same whole again
check "in the file either" same before.state daily.state

# ---- another tenant: other logs, sign-ins that come half a day late, tokens that nobody issued

"$STORMGLASS" simulate --quiet --out other --mailboxes 10 --days 6 --seed 5 --dialect azure_diagnostic --dialect purview_csv \
    --scenario forged_token --scenario app_credential_abuse --scenario sign_in_late || exit 1
rm other/truth.json
awk -v out=other_days -f split.awk other/*
check "the other is scanned at once" json other_days
found other_whole
check "there are incidents, with messages" says_incidents other_whole
from=other_days
check "and day by day" by_day other.state $(ls other_days)
from=
found other_daily
check "the last report shows what one scan shows" same other_whole other_daily

# ---- ranges of time

check "a range of days is scanned at once" json --since 2026-09-07 --until 2026-09-16 tenant
found range
ranges() {
    local day
    for day in 07 08 09 10 11 12 13 14 15; do
        json --state range.state --since "2026-09-$day" --until "2026-09-$(printf %02d $((10#$day + 1)))" tenant || return 1
    done
}
check "the same by day, from the same files" ranges
found ranges
check "shows the same" same range ranges
check "one day again loses none of the others" \
    json --state range.state --since 2026-09-10 --until 2026-09-11 tenant
found ranges
check "and shows the same" same range ranges

# ---- what is said

check "without --quiet" runs 0 scan --format jsonl --state daily.state "days/$last"
check "the earlier records are told" matches err 'daily.state: [0-9,]+ records of earlier runs, 2026-09-07T'
check "and those that are kept" matches err 'daily.state: [0-9,]+ records are kept for the next run'
check "other rules are told" runs 0 scan --quiet --no-builtin-rules --state daily.state "days/$last"
check "by name" has err "daily.state: the rules are not those of the run before"
check "with the first rules again" json --state daily.state "days/$last"
found again
check "nothing was lost" same whole again

# ---- files that are no good: exit 3, the name, what to do; the file as it was

refused() { # refused FILE TEXT
    local status=0
    cp "$1" "$1.kept"
    runs 3 scan --quiet --state "$1" "days/$last" || status=1
    has err "$1" && has err "$2" && [ ! -s out ] && cmp "$1" "$1.kept" && return "$status"
}
head -c -1 daily.state >short.state
check "one that is cut off" refused short.state "longer or shorter"
cp daily.state flipped.state
printf 'X' | dd of=flipped.state bs=1 seek=5000 conv=notrunc 2>dd.log
check "one with a wrong byte" refused flipped.state "take a copy of it, or remove it and learn again"
cp daily.state newer.state
printf '\t' | dd of=newer.state bs=1 seek=8 conv=notrunc 2>dd.log
check "one of a newer program" refused newer.state "use the newer program that wrote it"
echo "this is a text" >text.state
check "one that is none" refused text.state "this is no state file of Stormglass"
: >empty.state
check "an empty one" refused empty.state "this is no state file of Stormglass"
mkdir folder
check "a folder" runs 3 scan --quiet --state folder "days/$last"
check "is no file" has err "folder: this is no file"
check "one that cannot be written: the report is given all the same" \
    runs 3 scan --quiet --format jsonl --state nowhere/a.state "days/$last"
check "with its findings" [ -s out ]
check "and the reason" has err "nowhere/a.state: No such file or directory; the state file is as it was"

# ---- two at once

both() {
    local status=0 one two
    cp before.state both.state
    "$STORMGLASS" scan --quiet --format json --state both.state "days/$last" >out.one 2>err.one &
    one=$!
    "$STORMGLASS" scan --quiet --format json --state both.state days >out.two 2>err.two &
    two=$!
    wait "$one" || { status=$?; [ "$status" -eq 3 ] && grep -q "another program has written it" err.one; } || return 1
    wait "$two" || { status=$?; [ "$status" -eq 3 ] && grep -q "another program has written it" err.two; } || return 1
    [ -s out.one ] && [ -s out.two ]
}
check "two runs with one file at once" both
check "the file is whole" json --state both.state "days/$last"
found again
check "and complete" same whole again
checks_end
