#!/usr/bin/env bash
# From a tenant's logs to incidents and their scope: each attack of `simulate` is found, by findings that cite the
# attack's own records, with every mailbox in scope that was touched; ordinary life is none; and what comes of
# it does not depend on threads or on the order of the inputs.
# SPDX-License-Identifier: Apache-2.0
#
# One small tenant each, of a seed with which the attack is found at that size. How many are found over many seeds and
# sizes, and what is found wrongly, is a measurement and no test (docs/decisions/0017).
set -u
. "$ROOT/tests/story/lib/checks.sh"

# tenant SCENARIO SEED: its logs in logs/, what happened in truth.json.
tenant() {
    local scenario=()
    [ "$1" = none ] || scenario=(--scenario "$1")
    rm -rf logs truth.json
    "$STORMGLASS" simulate --quiet --out logs --mailboxes 20 --days 10 --seed "$2" \
        ${scenario[@]:+"${scenario[@]}"} || return 1
    mv logs/truth.json truth.json # not for the scan
}

# scanned FOLDER ARGUMENT...: the report in FOLDER.
scanned() {
    local folder=$1
    shift
    rm -rf "$folder"
    runs 0 scan --quiet --format text --out "$folder" "$@"
}

# list KEY: the texts of a list in truth.json's attack, one a line.
list() { sed -n "/^  \"attacks\"/,/^  \"benign\"/s/^ *\"$1\": \[\(.*\)\],*\$/\1/p" truth.json | grep -o '"[^"]*"' | tr -d '"'; }

# found REPORT RECORDS: the mailboxes in scope of the incidents of medium or more whose findings cite one of the records,
# one a line; first a line "incidents N".
found() {
    awk -v records="$2" '
        BEGIN {while ((getline line < records) > 0) is_attack["\"" line "\""] = 1}
        function flush() {
            if (!is_cited) return
            count++
            for (i = 0; i < boxes; i++) print box[i]
        }
        /^ *{"id": "f-/ {
            id = substr($0, index($0, "\"f-"), 20)
            rest = $0
            if (!sub(/.*"events": \[/, "", rest)) next
            sub(/\].*/, "", rest)
            n = split(rest, event, ", ")
            for (i = 1; i <= n; i++) if (event[i] in is_attack) cites[id] = 1
        }
        /^ *{"id": "i-/ {
            flush()
            boxes = is_cited = 0
            is_grave = match($0, /"severity": "(medium|high|critical)"/) > 0
        }
        /^      "findings": / {
            n = split(substr($0, index($0, "[") + 1), finding, ", ")
            for (i = 1; i <= n; i++) {
                sub(/\].*/, "", finding[i])
                if (is_grave && finding[i] in cites) is_cited = 1
            }
        }
        /^ *{"mailbox": "/ {
            split($0, part, "\"")
            box[boxes++] = part[4]
        }
        END {flush(); print "incidents", count + 0}' "$1"
}

count_of_incidents() { grep -c '^ *{"id": "i-' "$1"; }

# is_found: at least one incident cites the attack's records.
is_found() {
    list records >records
    [ -s records ] || { echo "truth.json names no record of the attack"; return 1; }
    found one/report.json records >found
    grep -q '^incidents [1-9]' found || { echo "no incident cites it; there are $(count_of_incidents one/report.json)"; return 1; }
}

# is_in_scope: all mailboxes that were touched are in scope of those incidents.
is_in_scope() {
    list mailboxes | sort >touched
    [ -s touched ] || { echo "truth.json names no mailbox"; return 1; }
    grep -v '^incidents ' found | sort -u >scope
    comm -23 touched scope >missing
    [ ! -s missing ] || { echo "not in scope:"; cat missing; return 1; }
}

none() { [ "$(count_of_incidents one/report.json)" -eq 0 ] || { echo "incidents:"; grep '^ *{"id": "i-' one/report.json | cut -c -200; return 1; }; }

# same_report FOLDER: to the byte what is in one/, but for the time it was written.
same_report() {
    local file
    for file in findings.jsonl scope.csv timeline.csv; do
        [ -e "one/$file" ] || [ -e "$1/$file" ] || continue
        same "one/$file" "$1/$file" || return 1
    done
    grep -v '"generated_at"' one/report.json >one.json
    grep -v '"generated_at"' "$1/report.json" >other.json
    same one.json other.json
}

reversed() {
    local paths
    mapfile -t paths < <(find logs -type f | LC_ALL=C sort -r)
    [ "${#paths[@]}" -gt 10 ] || { echo "only ${#paths[@]} inputs"; return 1; }
    scanned reverse --threads 4 "${paths[@]}"
}

attack() { # attack SCENARIO SEED
    check "$1: the tenant is made" tenant "$1" "$2" || return
    check "$1: it is scanned" scanned one --threads 1 logs || return
    if [ "$1" = none ]; then
        check "ordinary life is no incident" none
    else
        check "$1: an incident cites records of it" is_found && check "$1: what was touched is in scope" is_in_scope
    fi
    check "$1: four threads, the inputs the other way round" reversed && check "$1: find the same" same_report reverse
    [ "${PRESET:-release}" = release ] || return # the sanitizers take their time
    check "$1: four threads" scanned four --threads 4 logs && check "$1: are the same" same_report four
}

# All attacks there are, so that a new one is not forgotten.
seeds='none 1
forged_token 3
stolen_session 3
device_code_phishing 3
malicious_app_consent 3
app_credential_abuse 3
compromised_password 3
mfa_fatigue 3
mailbox_delegation_abuse 2
federation_backdoor 3
insider_collection 3'
every_attack() {
    "$STORMGLASS" simulate --scenario list | cut -d' ' -f1 | sed '/^new_client_rollout$/,$d' | sort >known
    echo "$seeds" | cut -d' ' -f1 | grep -v '^none$' | sort >tested
    [ -s known ] && same known tested
}
check "every attack is in this story" every_attack
while read -r scenario seed; do attack "$scenario" "$seed"; done <<<"$seeds"
checks_end
