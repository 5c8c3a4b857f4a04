#!/usr/bin/env bash
# From a tenant's logs to verdicts: each kind of attack is named as what it was, what cannot be decided is left open, the
# printed weights add up, stories of one's own take part, and nothing depends on threads.
# SPDX-License-Identifier: Apache-2.0
#
# One small tenant each, of a seed with which it comes out so. How often it does over many seeds, and how well the
# probabilities are calibrated, is a measurement and no test (tests/bench/bench_verdicts.py).
set -u
. "$ROOT/tests/story/lib/checks.sh"

# tenant SEED SCENARIO...: its logs in logs/.
tenant() {
    local seed=$1 scenario=() name
    shift
    for name in "$@"; do scenario+=(--scenario "$name"); done
    rm -rf logs
    "$STORMGLASS" simulate --quiet --out logs --mailboxes 30 --days 14 --seed "$seed" "${scenario[@]}" || return 1
    mv logs/truth.json truth.json # not for the scan
}

scanned() {
    local folder=$1
    shift
    rm -rf "$folder"
    runs 0 scan --quiet --format text --out "$folder" "$@"
}

# leader REPORT: "name verdict" of the gravest incident's most probable hypothesis.
leader() {
    awk '/^      "summary": / {is_next = 0} /"hypotheses": \[$/ {is_next = 1; next}
        is_next {
            match($0, /"name": "[a-z_]*"/); name = substr($0, RSTART + 9, RLENGTH - 10)
            match($0, /"verdict": "[a-z_]*"/); word = substr($0, RSTART + 12, RLENGTH - 13)
            print name, word; exit
        }' "$1/report.json"
}

leads() {
    local got
    got=$(leader "$1")
    [ "$got" = "$2" ] || { echo "leads: $got, not $2"; return 1; }
}

# adds_up REPORT: prior and weights of every hypothesis give its score; the probabilities of an incident add up to 1.
adds_up() {
    awk '
        function close_story() { if (is_open && (sum - score > 0.0051 || score - sum > 0.0051)) {print "a sum is", sum, "and not", score; bad = 1} is_open = 0 }
        function close_incident() { if (stories && (total < 0.998 || total > 1.002)) {print "probabilities add up to", total; bad = 1} total = stories = 0 }
        /"hypotheses": \[/ {close_incident()}
        /^        {"name": .*"probability": / {
            close_story()
            match($0, /"prior": -?[0-9.]*/); sum = substr($0, RSTART + 9, RLENGTH - 9) + 0
            match($0, /"score": -?[0-9.]*/); score = substr($0, RSTART + 9, RLENGTH - 9) + 0
            match($0, /"probability": [0-9.]*/); total += substr($0, RSTART + 15, RLENGTH - 15)
            stories++; all++; is_open = 1
        }
        /^          {"name": .*"direction": / {match($0, /"weight": -?[0-9.]*/); sum += substr($0, RSTART + 10, RLENGTH - 10)}
        END {close_story(); close_incident(); if (!all) print "no hypothesis"; exit bad || !all}' "$1/report.json"
}

# told SCENARIO: how the verdict about the gravest incident was reached is as it was looked at and approved, in
# tests/story/golden/verdicts. STORMGLASS_GOLDEN=write writes it again.
told() {
    local golden=$ROOT/tests/story/golden/verdicts/$1.txt
    runs 0 explain "$(grep -o '"id": "i-[0-9a-f]*"' report/report.json | head -n 1 | cut -d '"' -f 4)" report || return 1
    if [ "${STORMGLASS_GOLDEN:-}" = write ]; then
        mkdir -p "${golden%/*}"
        cp out "$golden"
    fi
    same "$golden" out
}

# Every finding, answer and step of a report rests on records that are in the logs.
cites() { grep -o '"events": \["[^]]*' "$1/report.json" | grep -q .; }

while read -r seed scenario wanted; do
    check "a tenant with $scenario is made" tenant "$seed" ${scenario//+/ } || continue
    check "$scenario: it is scanned" scanned report logs
    check "$scenario: the verdict is $wanted" leads report "${wanted/:/ }"
    check "$scenario: the weights add up" adds_up report
    check "$scenario: it cites records" cites report
    check "$scenario: it is told as before" told "$scenario"
    [ "$scenario" = mfa_fatigue ] && cp -r report kept-report
    [ "$scenario" = mfa_fatigue ] && rm -rf kept-logs && mv logs kept-logs
done <<'END'
1102 forged_token forged_token:likely
1103 stolen_session stolen_session:likely
1103 device_code_phishing device_code_phishing:likely
1103 malicious_app_consent malicious_app_consent:likely
1103 app_credential_abuse app_credential_abuse:likely
1102 compromised_password compromised_password:likely
1103 mfa_fatigue mfa_fatigue:likely
1104 mailbox_delegation_abuse mailbox_delegation_abuse:likely
1102 federation_backdoor federation_backdoor:likely
1102 insider_collection insider_collection:likely
END

check "without sign-in logs" tenant 1102 forged_token no_sign_in_feed
check "a forged token is scanned" scanned report logs
check "and what happened cannot be told" has report/report.json '"verdict": "cannot_tell"'
check "nothing is called likely" lacks report/report.json '"verdict": "likely"'
check "it says what would close the gap" has report/report.json '"how_to_close": "'

# ---- the same on any number of threads ----------------------------------------------------------
if [ -d kept-logs ]; then
    check "one thread" scanned one --threads 1 kept-logs
    check "two threads" scanned two --threads 2 kept-logs
    for file in report.json report.html report.md scope.csv timeline.csv stix.json iocs.csv notification.md; do
        sed -i '/generated_at/d; /[Mm]ade.*<time datetime=/d' "one/$file" "two/$file"
        check "$file is the same" same "one/$file" "two/$file"
    done
fi

# ---- explained ----------------------------------------------------------------------------------
id=$(grep -o '"id": "i-[0-9a-f]*"' kept-report/report.json | head -n 1 | cut -d '"' -f 4)
check "a verdict is explained" runs 0 explain "$id" kept-report
check "by its hypotheses" has out 'Hypotheses, most probable first'
check "with their weights" matches out '\+[0-9.]*!'
check "and what they rest on" has out 'What the answers rest on'
check "an incident that is not there is told" runs 3 explain i-0000000000000000 kept-report
check "by its id" has err 'i-0000000000000000'
check "a report that is none is told" runs 3 explain "$id" truth.json
check "in words" has err 'not a report of stormglass scan'

# ---- stories of one's own -----------------------------------------------------------------------
mkdir -p own
cat >own/drill.yml <<'END'
name: drill
title: A drill that the security team runs
benign: true
prior: 0.9
story: The security team tries its own people.
says: The security team ran a drill with {people}.
evidence:
  prompts_refused_before:
    yes: {if_true: 0.95, if_not: 0.001, decisive: true}
remediation:
  - confirm_with_administrator
END
check "a story of one's own is read" scanned report --hypotheses own kept-logs
check "and leads" leads report 'drill likely'
check "with its sentence" has report/report.json 'The security team ran a drill with '
echo 'nonsense: 1' >>own/drill.yml
check "a mistake in it is told" runs 3 scan --hypotheses own kept-logs
check "with its place" has err 'own/drill.yml:12:1: unknown key'
check "a folder without stories is told" runs 3 scan --hypotheses kept-report kept-logs
check "as such" has err 'no *.yml file is there'

checks_end
