#!/usr/bin/env bash
# verify: an earlier report, later logs written by hand, and what they show of each step and of the attacker.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

# ---- the report: one incident that ended on the 10th at noon, in logs that ended at one o'clock
mkdir case
cat >case/report.json <<'END'
{"schema": "stormglass.report/1", "generated_at": "2026-09-11T08:00:00Z",
 "inputs": [{"path": "a", "last": "2026-09-10T13:00:00Z"}, {"path": "b", "last": "2099-01-01T00:00:00Z"}],
 "incidents": [{"id": "i-0000000000000001", "title": "Mail read with a stolen session", "last": "2026-09-10T12:00:00Z",
   "entities": {"user": ["alice@contoso.example"], "ip": ["198.51.100.9", "203.0.113.7"], "session": ["5e5510aa-0000-4000-8000-000000000001"],
     "app": ["00000002-0000-0ff1-ce00-000000000000", "22222222-2222-4222-8222-222222222222"]},
   "remediation": [
     {"name": "revoke_sessions", "step": "Revoke all sessions of alice and bob", "targets": ["alice@contoso.example", "bob@contoso.example"]},
     {"name": "reset_password", "step": "Set a new password", "targets": ["alice@contoso.example"]},
     {"name": "remove_inbox_rules", "step": "Remove the inbox rules", "targets": ["alice@contoso.example / .", "alice@contoso.example / a b"]},
     {"name": "remove_forwarding", "step": "Stop the forwarding", "targets": ["alice@contoso.example"]},
     {"name": "remove_delegates", "step": "Take back the rights", "targets": ["finance@contoso.example / alice@contoso.example"]},
     {"name": "remove_app", "step": "Remove the application", "targets": ["22222222-2222-4222-8222-222222222222"]},
     {"name": "block_device_code", "step": "Block sign-ins by device code", "targets": []},
     {"name": "interview_user", "step": "Ask alice", "targets": ["alice@contoso.example"]}]}]}
END

# ---- later logs: the directory names alice by her address, bob by his object id, which a sign-in tells
mkdir later
audit() { # TIME ID OPERATION INITIATOR TARGET-ID TARGET-NAME
    printf '{"id": "%s", "activityDisplayName": "%s", "activityDateTime": "%s", "loggedByService": "Core Directory", "category": "UserManagement", "result": "success", "initiatedBy": {"app": null, "user": {"id": "4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a", "userPrincipalName": "%s", "ipAddress": "192.0.2.4"}}, "targetResources": [{"id": "%s", "displayName": null, "type": "User", "userPrincipalName": %s, "modifiedProperties": []}]}\n' "$2" "$3" "$1" "$4" "$5" "$6"
}
exchange() { # TIME ID OPERATION USER IP PARAMETERS
    printf '{"CreationTime": "%s", "Id": "%s", "Operation": "%s", "OrganizationId": "3f0f1c1a-6f0e-4c59-9d7b-0a5a6f6b2d11", "RecordType": 1, "ResultStatus": "True", "UserKey": "x", "UserType": 2, "Version": 1, "Workload": "Exchange", "ClientIP": "%s", "UserId": "%s", "ObjectId": "", "Parameters": [%s]}\n' "$1" "$2" "$3" "$5" "$4" "$6"
}
parameter() { printf '{"Name": "%s", "Value": "%s"}' "$1" "$2"; }
sign_in() { # TIME ID USER OBJECT IP SESSION ERROR
    printf '{"id": "%s", "createdDateTime": "%s", "userPrincipalName": "%s", "userId": "%s", "appId": "00000002-0000-0ff1-ce00-000000000000", "ipAddress": "%s", "sessionId": "%s", "isInteractive": true, "status": {"errorCode": %s}}\n' "$2" "$1" "$3" "$4" "$5" "$6" "$7"
}
bob=b0b00000-0000-4000-8000-00000000000b
{
    audit 2026-09-10T11:00:00Z early "Update StsRefreshTokenValidFrom Timestamp." admin@contoso.example a11ce000-0000-4000-8000-00000000000a '"alice@contoso.example"'
    audit 2026-09-10T14:00:00Z revoke-alice "Update StsRefreshTokenValidFrom Timestamp." admin@contoso.example a11ce000-0000-4000-8000-00000000000a '"alice@contoso.example"'
    audit 2026-09-10T14:05:00Z revoke-bob "Update StsRefreshTokenValidFrom Timestamp." admin@contoso.example $bob null
    audit 2026-09-10T14:06:00Z reset-malice "Reset user password" admin@contoso.example 0a11ce00-0000-4000-8000-00000000000c '"malice@contoso.example"'
} >later/directory.jsonl
{
    sign_in 2026-09-10T14:30:00Z 11111111-0000-4000-8000-000000000001 bob@contoso.example $bob 192.0.2.77 5e5510aa-0000-4000-8000-00000000000b 0
    sign_in 2026-09-10T15:00:00Z 11111111-0000-4000-8000-000000000002 alice@contoso.example a11ce000-0000-4000-8000-00000000000a 198.51.100.9 5e5510aa-0000-4000-8000-0000000000ff 50126
} >later/signins.jsonl
{
    exchange 2026-09-10T14:10:00 remove-dot Remove-InboxRule admin@contoso.example 192.0.2.4 "$(parameter Mailbox alice@contoso.example), $(parameter Identity 'alice\\.')"
    exchange 2026-09-10T14:11:00 forward-again Set-Mailbox alice@contoso.example 192.0.2.4 "$(parameter Identity alice@contoso.example), $(parameter ForwardingSmtpAddress smtp:x@fabrikam.example)"
    exchange 2026-09-10T14:12:00 by-attacker Remove-MailboxPermission alice@contoso.example 203.0.113.7 "$(parameter Identity finance@contoso.example), $(parameter User alice@contoso.example)"
} >later/exchange.jsonl

# ---- text
check "verify reads the folder of a report" runs 0 verify case later
check "what is after the report is counted" has out "9 records"
check "both are done, one by an object id" matches out '^  done +Revoke all sessions of alice and bob'
check "who and which record" has out "alice@contoso.example: 2026-09-10 14:00, Update StsRefreshTokenValidFrom Timestamp. by admin@contoso.example (record revoke-alice)"
check "bob is known by his sign-in" has out "(record revoke-bob)"
check "a step before the incident ended does not count" lacks out "record early"
check "malice is not alice" matches out '^  not yet +Set a new password'
check "one rule of two" has out "alice@contoso.example / .: 2026-09-10 14:10"
check "the other is not removed by it" has out "alice@contoso.example / a b: no record shows it"
check "so the step is done in part" matches out '^  partly +Remove the inbox rules'
check "forwarding set again is not forwarding removed" matches out '^  not yet +Stop the forwarding'
check "and is told" has out "record forward-again sets again what is to be taken away"
check "what the attacker did is no step done" has out "record by-attacker shows it, but comes from an address, session or application of the incident"
check "directory steps are looked for" matches out '^  not yet +Remove the application'
check "a policy of this kind is looked for" matches out '^  not yet +Block sign-ins by device code'
check "interviews are in no log" matches out '^  cannot be seen +Ask alice'
check "an act from an address of the incident" has out "Still active"
check "the failed attempt is told apart" has out "ip 198.51.100.9: 1 that failed"
check "Microsoft's own application says nothing" lacks out "00000002-0000-0ff1-ce00-000000000000"

# ---- JSON, in any order, by the file itself
check "the file itself" runs 0 verify --format json case/report.json later
cp out first.json
check "JSON has its schema" has out '"schema": "stormglass.verify/1"'
check "the attacker" has out '"attacker": "active"'
check "the last step" has out '"last_step": "2026-09-10T14:10:00Z"'
check "an exact rule" matches out '"target": "alice@contoso.example / \.".*"is_exact": true'
check "a rule that is still there" matches out '"target": "alice@contoso.example / a b", "time": null'
check "a time far ahead does not count as read" has out '"report_until": "2026-09-10T13:00:00Z"'
tac later/directory.jsonl >reversed && mv reversed later/directory.jsonl
cp later/exchange.jsonl later/again.jsonl
check "order of records and copies do not matter" runs 0 verify --format json case/report.json later
sed -i 's/"records": [0-9]*, "later": [0-9]*/N/' out first.json
check "the same" same out first.json

# ---- a removal that names the rule by its number
exchange 2026-09-10T14:20:00 by-number Remove-InboxRule admin@contoso.example 192.0.2.4 "$(parameter Mailbox alice@contoso.example), $(parameter Identity 1234)" >later/number.jsonl
check "a number" runs 0 verify case later
check "is the other rule's, perhaps" matches out 'alice@contoso.example / a b: .*record by-number\); the record does not name all of it'
rm later/number.jsonl

# ---- tried, quiet, and no logs
check "attempts alone" runs 0 verify case later/signins.jsonl
check "are tried again" has out "Tried again after the report, and failed each time."
check "the directory was not there" has out "the logs hold no record of the directory after 2026-09-10T12:00:00Z"
head -n 1 later/signins.jsonl >quiet.jsonl
check "others alone" runs 0 verify case quiet.jsonl
check "are quiet" has out "Nothing that only the attacker used is seen after the report."
audit 2026-09-10T11:00:00Z early "Update user" admin@contoso.example x null >old.jsonl
check "old logs alone" runs 0 verify case old.jsonl
check "tell nothing" has out "cannot be told: no record is later"

# ---- which of the addresses is the attacker's: the steps tell, or what others use
mkdir told
sed 's/"remediation": \[/&{"name": "hunt_address", "step": "Look for it", "targets": ["198.51.100.9"]},/' case/report.json >told/report.json
session=5e5510aa-0000-4000-8000-000000000001
sign_in 2026-09-10T16:00:00Z 11111111-0000-4000-8000-000000000003 alice@contoso.example a11ce000-0000-4000-8000-00000000000a 203.0.113.7 $session 0 >owner.jsonl
check "the owner's session at the owner's address" runs 0 verify told owner.jsonl
check "is quiet" has out "Nothing that only the attacker used is seen after the report."
check "a step from an address that is not the attacker's" runs 0 verify told later
check "is done" has out "(record by-attacker)"
sign_in 2026-09-10T16:00:00Z 11111111-0000-4000-8000-000000000004 alice@contoso.example a11ce000-0000-4000-8000-00000000000a 192.0.2.200 $session 0 >moved.jsonl
check "the session from a new address" runs 0 verify told moved.jsonl
check "is active" has out "session $session: 1 act"
for who in carol dave erin frank; do
    sign_in 2026-09-10T17:00:00Z "11111111-0000-4000-8000-0000000$who" $who@contoso.example x 203.0.113.7 s 0
done >office.jsonl
check "an address that others use" runs 0 verify case office.jsonl
check "says nothing" has out "Nothing that only the attacker used is seen after the report."
check "but is told" has out "others use it as well"
head -n 2 office.jsonl >two.jsonl
check "two others" runs 0 verify case two.jsonl
check "are few" has out "Still active"

# ---- mistakes
check "no report" runs 3 verify nowhere later
check "is said" has err "nowhere: no such file; give report.json"
printf '{"schema": "other"}' >other.json
check "another file" runs 3 verify other.json later
check "is no report" has err "not a report of stormglass scan"
printf '{' >half.json
check "half a file" runs 3 verify half.json later
check "is no JSON" has err "no JSON"
check "missing logs" runs 3 verify case missing
check "are named" has err "missing"
check "a path is needed" runs 3 verify case
checks_end
