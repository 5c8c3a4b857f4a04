#!/usr/bin/env bash
# Simulated tenants from outside: choices and mistakes, the same bytes twice, and every scenario in every
# shape is read whole by scan, as the logs it is.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

# ---- choices
check "the help shows examples and options" runs 0 simulate --help
check "the help names the answer" has out truth.json
check "scenarios are listed" runs 0 simulate --scenario list
cut -d' ' -f1 out >scenarios
for name in forged_token stolen_session device_code_phishing malicious_app_consent app_credential_abuse \
    compromised_password mfa_fatigue mailbox_delegation_abuse federation_backdoor insider_collection \
    new_client_rollout administrative_activity user_travel vpn_change provider_noise sign_in_gap sign_in_late \
    no_sign_in_feed; do
    check "$name is a scenario" grep -qx "$name" scenarios
done
check "dialects are listed" runs 0 simulate --dialect list
cut -d' ' -f1 out >dialects
check "there are seven dialects" lines dialects 7

# ---- mistakes: a clear word, nothing written
check "without --out nothing happens" runs 3 simulate
check "and the option is named" has err "--out is missing"
refused() { # refused TEXT ARGUMENT...
    local text=$1
    shift
    runs 3 simulate --out refused "$@" && has err "$text" && [ ! -e refused ]
}
check "a mistyped scenario" refused "did you mean 'forged_token'?" --scenario forged_tokne
check "an unknown scenario" refused "'--scenario list' shows" --scenario earthquake
check "a mistyped dialect" refused "did you mean 'purview_csv'?" --dialect purview_cvs
check "no mailbox" refused "--mailboxes: 0 is not from 1 to" --mailboxes 0
check "too many mailboxes" refused "--mailboxes" --mailboxes 100001
check "no day" refused "--days: 0 is not from 1 to" --days 0
check "a number that is none" refused "--seed: 'x' is no whole number" --seed x
check "a negative number" refused "--days: '-1' is no whole number" --days=-1
check "a time that is none" refused "--start" --start yesterday
check "an argument too many" runs 3 simulate --out refused here
mkdir full && touch full/old
check "a folder with something in it is left alone" runs 3 simulate --out full
check "and it is said" has err "not empty"
check "a file is no folder" runs 3 simulate --out full/old

# ---- the same bytes
small() { # small FOLDER ARGUMENT...
    local folder=$1
    shift
    rm -rf "$folder"
    "$STORMGLASS" simulate --quiet --out "$folder" --mailboxes 12 --days 2 "$@"
}
check "a run" small one --scenario forged_token --seed 3
check "another like it" small two --scenario forged_token --seed 3
check "they are the same" diff -r one two
check "another seed" small three --scenario forged_token --seed 4
check "is another tenant" bash -c '! cmp -s one/truth.json three/truth.json'
check "files are for their owner alone" [ "$(stat -c %a one/truth.json)" = 600 ]
TZ=Asia/Tokyo LC_ALL=C.UTF-8 small four --scenario forged_token --seed 3
check "time zone and locale do not matter" diff -r one four
check "the start is the first day" small five --start 2027-02-03T15:00:00Z
check "as the answer tells" has five/truth.json '"start": "2027-02-03T00:00:00Z"'

# ---- every scenario in every dialect
# reads FOLDER: nothing is unread, no record is without a log of its own, and as many are read as written.
reads() {
    local written read
    rm -f "$1"/truth.copy
    mv "$1/truth.json" truth.json
    scans 0 report "$1" || return 1
    if grep -o '"unread_count": [0-9]*' report/report.json | grep -qv ' 0$'; then
        echo "not all was read"
        return 1
    fi
    grep -qE '"sources": \[[^]]*"any_json"' report/report.json && { echo "a record is of no known log"; return 1; }
    written=$(grep -oE '"(records|copies)":[0-9]+' truth.json | awk -F: '{n += $2} END {print n}')
    missing=$(grep -oE '"why":"[^"]*","records":[0-9]+' truth.json | awk -F: '{n += $NF} END {print n + 0}')
    read=$(sed -n '/"inputs"/,/"coverage"\|"findings"/p' report/report.json | grep -oE '"records": [0-9]+' | awk '{n += $2} END {print n}')
    [ "$((written - missing))" -eq "$read" ] || { echo "$written - $missing written, $read read"; return 1; }
}
all=()
while IFS= read -r name; do all+=(--scenario "$name"); done < <(grep -v sign_in scenarios)
while IFS= read -r dialect; do
    check "$dialect is written with everything in it" small each --seed 5 "${all[@]}" --dialect "$dialect"
    check "$dialect is read whole" reads each
done <dialects
while IFS= read -r name; do
    check "$name is written" small each --seed 6 --scenario "$name"
    check "$name is read whole" reads each
done <scenarios

# ---- in one: containers and logs
check "a mix" small mix --seed 7 --days 8 --scenario stolen_session
check "is read" reads mix
for container in management_api search_unified_audit_log_csv purview_csv ual_json_lines entra_portal_json graph_json \
    azure_diagnostic message_trace_csv; do
    check "the mix has $container" has report/report.json "\"container\": \"$container\""
done
for source in m365_audit entra_signin entra_audit graph_activity message_trace; do
    check "the mix has $source" has report/report.json "\"$source\""
done
check "summary tells of it" runs 0 summary mix
check "with mail accesses" has out MailItemsAccessed
checks_end
