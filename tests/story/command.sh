#!/usr/bin/env bash
# The command line from outside: help, mistakes, exit statuses, streams, what cannot be read.
# SPDX-License-Identifier: Apache-2.0
set -eu
. "$ROOT/tests/story/lib/must.sh"
TENANT=$ROOT/samples/tenant
unset NO_COLOR

# ---- help
runs 0 --help; says out "Examples"; says out "scan"; silent err
runs 0 help scan; says out "--fail-on"
for command in scan summary verify explain "rules check" "rules test" "rules list" "rules update" simulate docs help version; do
    # shellcheck disable=SC2086
    runs 0 $command --help; says out "Examples"; silent err
done
runs 0 --version; says out "stormglass "
runs 3; says err "Examples"; silent out
! "$STORMGLASS" --help | grep -qE '^  (serve|hunt|token)' || fail "a later command is shown"
for later in serve hunt "token check"; do
    # shellcheck disable=SC2086
    runs 3 $later; says err "not in this version yet"
done

# ---- mistakes
runs 3 scna x; says err "did you mean 'scan'?"
runs 3 scan; says err "a PATH is missing; for example: stormglass scan exports/"
runs 3 scan --sinc 2026-11-01 "$TENANT"; says err "did you mean '--since'?"
for time in yesterday 2026-13-01 2026-11-22T25:00:00Z "2026-11-22 8am" 1700000000 ""; do
    runs 3 scan --since "$time" "$TENANT"; says err "--since"; silent out
    runs 3 summary --until="$time" "$TENANT"; says err "--until"; silent out
done
runs 3 scan --since yesterday "$TENANT"; says err "2026-11-22T08:00:00Z"
runs 3 scan --no-color; runs 3 --quiet scan x; says err "behind the command"
touch file
runs 3 scan --out file "$TENANT"; says err "is a file, not a folder"
runs 3 scan --rules /nonexistent "$TENANT"; says err "/nonexistent"; silent out

# ---- what it found, in the three forms
runs 0 scan --quiet "$TENANT"; silent err
head -n 1 out | grep -q '^{"id": "f-' || fail "a pipe does not get one finding a line"
runs 0 scan --quiet --format json "$TENANT"; says out '"schema": "stormglass.report/1"'
runs 0 scan --format text "$TENANT"; says out "By severity"; ! grep -q $'\x1b' out || fail "colours in a file"
says out "nadia.okafor@contoso.example"; says out "Could not be read"
runs 0 scan --out a/b/case --quiet "$TENANT"
for file in report.html report.json findings.jsonl timeline.csv; do
    [ "$(stat -c %a "a/b/case/$file")" = 600 ] || fail "$file may be read by others"
done
[ "$(stat -c %a a/b/case)" = 700 ] || fail "the folder may be read by others"
cmp out a/b/case/findings.jsonl || fail "findings.jsonl is not what went to standard output"
runs 0 summary "$TENANT"; says out "Turn to these first"; says out "198.51.100.140"
runs 0 summary --format json "$TENANT"; says out '"schema": "stormglass.summary/1"'

# ---- exit statuses
runs 1 scan --quiet --fail-on high "$TENANT"
runs 0 scan --quiet --fail-on low --until 2026-11-10 "$TENANT"
runs 0 scan --quiet --until 2026-11-09T00:00:00Z "$TENANT"; silent out
mkdir bad; printf 'title: x\ndetection:\n  a:\n    F|contians: 1\n  condition: a\nlogsource: {}\n' >bad/rule.yml
runs 2 scan --quiet --rules bad "$TENANT"; says err "bad/rule.yml:4"; [ -s out ] || fail "the other rules were not used"
runs 3 scan --quiet --rules bad "$TENANT" /nonexistent; says err "/nonexistent"; [ -s out ] || fail "what could be read was not reported"
runs 3 scan --quiet --fail-on high "$TENANT" /nonexistent

# ---- odd inputs
: >empty
runs 0 scan --quiet empty; silent out
runs 0 scan --format text empty; says out "Read 0 records"
head -c 5000 /dev/urandom >garbage
runs 3 scan garbage; says err "garbage"
gzip -c "$TENANT/management-api/audit.azureactivedirectory.json" | head -c 2000 >cut.json.gz
runs 3 scan cut.json.gz; says err "cut.json.gz"
mkdir nothing
runs 0 scan --quiet nothing; silent out
gzip -dc "$TENANT/management-api/audit.exchange.json.gz" >exchange.json
"$STORMGLASS" scan --quiet - <exchange.json >piped 2>err || fail "standard input"
runs 0 scan --quiet exchange.json
cmp out piped || fail "standard input gives other findings than the file"

# ---- readers that go away, environment
"$STORMGLASS" scan --quiet "$TENANT" 2>err | head -n 1 >first
[ -s first ] || fail "no first line"
silent err
status=0
"$STORMGLASS" scan --quiet "$TENANT" >/dev/full 2>err || status=$?
[ "$status" -eq 3 ] || fail "a full disk ended with $status"
says err "standard output"
STORMGLASS_FAIL_ON=high runs 1 scan --quiet "$TENANT"
STORMGLASS_FAIL_ON=low runs 0 scan --quiet --fail-on critical --since 2026-11-12 --until 2026-11-13 "$TENANT"
STORMGLASS_FAIL_ON=worse runs 3 scan --quiet "$TENANT"; says err "STORMGLASS_FAIL_ON"

# ---- generated pages
runs 0 docs man; says out ".TH STORMGLASS 1"
runs 0 docs bash; bash -n out || fail "the bash completion is no bash"
runs 0 docs zsh; runs 0 docs fish; runs 0 docs commands; runs 0 docs fields
runs 3 docs nonsense
echo "$passed passed, 0 failed"
