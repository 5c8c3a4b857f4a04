#!/usr/bin/env bash
# Rules from outside: check, test, list, update and explain.
# SPDX-License-Identifier: Apache-2.0
set -eu
. "$ROOT/tests/story/lib/must.sh"

mkdir -p mine/sub
cat >mine/hello.yml <<'END'
title: Hello Rule
id: 0b9c2c2e-6d0c-4a52-8a0f-6f4c8d1f0001
status: test
logsource:
    product: m365
    service: audit
detection:
    selection:
        Operation: Hello
        UserId|endswith: '@contoso.example'
    filter:
        ClientIP|cidr: 192.0.2.0/24
    condition: selection and not filter
level: high
tags:
    - attack.t1114
END
event() { printf '{"CreationTime":"2026-11-22T08:00:00","Id":"%s","Operation":"%s","RecordType":1,"Workload":"Exchange","OrganizationId":"7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777","UserId":"eva@contoso.example","UserType":0,"UserKey":"1","ClientIP":"%s"}' "$1" "$2" "$3"; }
{
    echo "{\"case\": \"from outside\", \"match\": true, \"logsource\": \"m365_audit\", \"event\": $(event a Hello 203.0.113.5)}"
    echo "{\"case\": \"from the office\", \"match\": false, \"event\": $(event b Hello 192.0.2.7)}"
} >mine/hello.case.jsonl

runs 0 rules check mine; says out "1 rule, 0 correlations"
runs 0 rules test mine; says out "2 passed, 0 failed"
runs 0 rules list --no-builtin-rules mine; says out "Hello Rule"
runs 0 rules list --no-builtin-rules --format json mine; says out '"logsource": {"product": "m365"'
runs 0 rules list --no-builtin-rules --level critical mine; says out "0 rules"
runs 0 rules list --no-builtin-rules --tag attack.t1114 mine; says out "1 rules"
runs 0 rules list --no-builtin-rules --exclude-rule 0b9c2c2e-6d0c-4a52-8a0f-6f4c8d1f0001 mine; says out "0 rules"
printf '# known\n0b9c2c2e-6d0c-4a52-8a0f-6f4c8d1f0001 # ours\n' >known.txt
runs 0 rules list --no-builtin-rules --exclude-rules known.txt mine; says out "0 rules"
runs 0 rules list; says out "correlation"

# A case that fails is explained; a bad case is named with its line.
echo "{\"case\": \"wrong\", \"match\": true, \"event\": $(event c Hello 192.0.2.7)}" >>mine/hello.case.jsonl
echo '{"case": "bad"}' >>mine/hello.case.jsonl
runs 2 rules test mine
says out "hello.case.jsonl:3: failed: wrong: must match and does not"
says out "true         filter: ClientIP lies in 192.0.2.0/24"
says out "hello.case.jsonl:4: bad case"
says out "2 passed, 2 failed"
printf 'title: No Cases\nlogsource: {product: m365}\ndetection: {a: {B: 1}, condition: a}\n' >mine/sub/none.yml
runs 2 rules test mine; says out "none.yml: warning: no cases beside it"

# Mistakes in rules.
printf 'title: Bad\nlogsource: {product: m365}\ndetection:\n    a:\n        B|contians: x\n    condition: a\n' >mine/bad.yml
runs 2 rules check mine; says out "mine/bad.yml:5:"; says out "did you mean 'contains'?"; says out "1 refused"
runs 3 rules check /nonexistent
runs 3 rules test

# Explain.
{ event a Hello 203.0.113.5; echo; event b Hello 192.0.2.7; echo; } >events.jsonl
runs 0 explain mine/hello.yml events.jsonl; says out "The rule matches."; says out "the event has: 203.0.113.5"
runs 0 explain mine/hello.yml events.jsonl --record b; says out "The rule does not match."
runs 0 explain --rules mine/hello.yml "Hello Rule" events.jsonl; says out "The rule matches."
runs 3 explain mine/hello.yml events.jsonl --record zzz; says err "none of the 2 records"
runs 3 explain no-such-rule events.jsonl; says err "no rule has the id"
runs 3 explain mine/hello.yml /nonexistent
runs 0 explain mine/hello.yml "$ROOT/samples/tenant/entra/signins.json.gz"; says out "a scan does not try it on entra_signin"
id=$("$STORMGLASS" scan --quiet "$ROOT/samples/tenant" | grep "\"detector\": \"sigma:" | head -n 1 | sed 's/.*"detector": "sigma:\([^"]*\)".*/\1/')
runs 0 explain "$id" "$ROOT/samples/tenant"; says out "The rule matches."

# Update: refused files stay out, changes are shown, other people's folders are left alone.
rm mine/sub/none.yml
mkdir archive && cp -r mine archive/rules && tar czf rules.tar.gz -C archive rules
runs 0 rules update --rules installed --dry-run rules.tar.gz; says out "added    hello.yml"; [ ! -e installed ] || fail "--dry-run wrote"
runs 0 rules update --rules installed rules.tar.gz; says out "1 added, 0 changed, 0 removed, 0 unchanged, 1 refused"
[ -e installed/hello.yml ] && [ ! -e installed/bad.yml ] || fail "wrong files were installed"
runs 0 rules update --rules installed rules.tar.gz; says out "0 added, 0 changed, 0 removed, 1 unchanged"
sed -i 's/level: high/level: low/' archive/rules/hello.yml
cp archive/rules/hello.yml archive/rules/second.yml
runs 0 rules update --rules installed archive; says out "changed  hello.yml"
rm archive/rules/second.yml
runs 0 rules update --rules installed archive; says out "removed  second.yml"
[ "$(find installed -name '*.yml' | wc -l)" -eq 1 ] || fail "the removed rule is still there"
runs 3 rules update --rules mine rules.tar.gz; says err "did not install"; [ -e mine/bad.yml ] || fail "someone's own rules were removed"
runs 3 rules update --rules installed http://127.0.0.1:1/x.zip; says err "127.0.0.1"; [ -e installed/hello.yml ] || fail "rules were lost"
if command -v python3 >/dev/null 2>&1; then # any small web server will do
    mkdir served && cp rules.tar.gz served/
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory served >server.log 2>&1 &
    server=$!
    for _ in $(seq 50); do port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' server.log | head -n 1); [ -n "$port" ] && break; sleep 0.1; done
    runs 0 rules update --rules fetched "http://127.0.0.1:$port/rules.tar.gz"; says out "1 added, 0 changed"
    runs 3 rules update --rules fetched "http://127.0.0.1:$port/none.zip"; says err "404"
    kill "$server"
fi
echo nothing >text.txt
runs 3 rules update --rules installed text.txt; [ -e installed/hello.yml ] || fail "rules were lost"
HOME=$PWD/home XDG_DATA_HOME= runs 0 rules update rules.tar.gz
[ -e home/.local/share/stormglass/rules/hello.yml ] || fail "not installed below HOME"
mkdir evil && printf 'title: x\n' >evil/x.yml
tar cf evil.tar -C evil --transform 's,^x.yml,../../escaped.yml,' x.yml 2>/dev/null || true
runs 3 rules update --rules installed evil.tar
[ ! -e ../escaped.yml ] && [ ! -e escaped.yml ] || fail "a member escaped the folder"
echo "$passed passed, 0 failed"
