#!/usr/bin/env bash
# Real exports that others published: every record is read, and what happened in them is found.
# Skipped where the shared data are absent ($STORMGLASS_SHARED, or ../shared/data beside the sources).
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"
SHARED=${STORMGLASS_SHARED:-$ROOT/../shared/data}
[ -d "$SHARED" ] || { echo "no shared data: \$STORMGLASS_SHARED is not set and ../shared/data is absent"; exit 77; }

# ---- Unified Audit Log samples, one technique each -------------------------------------------------
# What the file's name says happened, and which titles say the same. First pattern that fits the name.
techniques() {
    cat <<'LIST'
*Add a user to company administrator*|Administrator Role Granted
*add_role_global_admin*|Administrator Role Granted
*ApplicationImpersonation*|Impersonate Mailboxes
*full access permissions*|Full Access to a Mailbox
*SendAs permission*|Send as Another Mailbox
*user-reset_mailbox_full_access*|Full Access to a Mailbox|Password Reset Then Mailbox Access
*msolspray*|Password Spray
*o365spray*|Password Spray
*Enable_POP_IMAP_OWA*|POP, IMAP|Web Access Enabled
*Forward_Rule_Multi_Users_Same_Forward_dest*|Forwarded to the Same Address|Forwarding Set
*rule_mail_forward_same_dest*|Forward Mail to the Same Address|Inbox Rule Forwards
*ForwardSMTPAddress*|Mailbox Forwarding
*azurehound*|AzureHound
*Remove-Admin members*|Administrator Removed|Administrator Role Removed
*mass_delete_users*|Many Users Deleted
*consent_to_grant_permission*|Consent|Default User Permissions
*rclone_app_registration*|Application Registered or Added
*Disable*Strong_Authentication*|Multi-Factor Authentication Disabled
*Disable Strong Authentication*|Multi-Factor Authentication Disabled
*MailboxAuditBypass*|Exempted from Mailbox Auditing
*UnifiedAuditlogIngestion-Stopped*|Unified Audit Log Switched Off
*Disable UAL ingestion*|Unified Audit Log Switched Off
*Remove-DlpCompliancePolicy*|Data Loss Prevention
*AuditLogAgeLimit*|Mailbox Audit Age
*Advanced Auditing policy removed*|Audit Service Plan
*inbox rule to delete email*|Inbox Rule Deletes Mail|Inbox Rule Hides|Deletion or Forwarding
*Set-InboxRule*|Inbox Rule Deletes Mail|Inbox Rule Hides
*markasread_delete_all_email*|Inbox Rule Deletes Mail|Inbox Rule Applies Deletion
*rule_mark_as_read_move*|Inbox Rule
*mfa_sweep*|Many Client Types|Password Sign-In by a Script
LIST
}

titles_for() {
    local pattern rest
    while IFS='|' read -r pattern rest; do
        # shellcheck disable=SC2053
        if [[ $1 == $pattern ]]; then echo "$rest"; return 0; fi
    done < <(techniques)
    return 1
}

samples=$SHARED/det-eng-samples/dataset
if [ -d "$samples" ]; then
    files=0 fitting=0
    for file in "$samples"/*; do
        name=$(basename "$file")
        files=$((files + 1))
        read_whole() { scans 0 report "$file" && has report/report.json '"unread_count": 0' && lacks report/report.json '"records": 0' && lacks report/report.json '"container": "unknown"'; }
        check "$name is read whole" read_whole
        if ! wanted=$(titles_for "$name"); then check "$name has a row in the table" false; continue; fi
        if grep -E '"severity": "(medium|high|critical)"' out | sed -n 's/.*"title": "\([^"]*\)", "severity".*/\1/p' | grep -qE "$wanted"; then
            fitting=$((fitting + 1))
        else
            echo "no finding that fits: $name (found: $(titles out | sort -u | tr '\n' ';'))"
        fi
    done
    echo "$fitting of $files samples raise a fitting finding at medium or above"
    check "there are 39 samples" test "$files" -eq 39
    check "at least 36 samples raise a finding that fits the technique in their name" test "$fitting" -ge 36
    together() { scans 0 report "$samples" && [ "$(grep -c '"unread_count": 0' report/report.json)" -eq 39 ]; }
    check "all samples at once: 39 inputs, nothing unread" together
else
    unchecked "Unified Audit Log samples" "det-eng-samples is absent"
fi

# ---- the lab: a story in Log Analytics exports -----------------------------------------------------
lab=$SHARED/sentinel-training-lab
if [ -d "$lab" ]; then
    lab_read() { scans 0 lab "$lab"/*.csv; }
    check "the lab's CSV files are read" lab_read
    cp out lab.jsonl
    while read -r file records; do
        check "$file: $records records, nothing unread" input_says lab "$file" "\"records\": $records," '"unread_count": 0'
    done <<'LIST'
office_activity.csv 266
office_activity_inbox_rule.csv 2
sign-in_adelete.csv 56
disable_accounts.csv 4
AuditLogs_Hunting.csv 5
azureActivity_adele.csv 23
azure_activity.csv 325
signinLogs.csv 1
HighRiskApps.csv 5
PenTestsIPaddresses.csv 6
solarigate-beacon-umbrella.csv 1
solarigate_CEFevent.csv 1
model_evasion_detection_CL_alerts.csv 4
LIST
    # found TITLE EVENTS WHO: at medium or above, so many events in all findings of a title like this.
    found() {
        local count
        count=$(grep -E '"severity": "(medium|high|critical)"' lab.jsonl | grep -E "\"title\": \"[^\"]*($1)" | grep -iF "${3:-}" |
            sed -n 's/.*"event_count": \([0-9]*\).*/\1/p' | awk '{n += $1} END {print n + 0}')
        [ "$count" -ge "$2" ] || { echo "$count events, not $2"; titles lab.jsonl | sort | uniq -c; return 1; }
    }
    check "both inbox rules that hide mail" found "Inbox Rule Deletes Mail|Inbox Rule Moves" 2 adelev
    check "five secrets added to applications" found "Secret or Certificate Added" 5
    check "four sign-ins to the disabled account johns" found "Disabled Account" 4 johns
    check "they come from 175.45.176.99" found "Disabled Account" 4 175.45.176.99
    check "the deletions in Azure" found "Burst of Deletions in Azure" 5 adelev
    lab_incidents() {
        [ "$(grep -c '"id": "i-' lab/report.json)" -eq 1 ] || { grep '"id": "i-' lab/report.json; return 1; }
        sed -n '/"id": "i-/,/"hypotheses"/p' lab/report.json >incident
        has incident adelev@contoso.onmicrosoft.com && has incident adelev@m365x816222.onmicrosoft.com
    }
    check "the story is one incident, of one account by two names" lab_incidents
    lab_times() { sed -n 's/.*"title": "Secret or Certificate Added.*"first": \([^,]*\).*/\1/p' lab.jsonl | grep -v null; }
    if head -n 1 "$lab/AuditLogs_Hunting.csv" | tr ',' '\n' | grep -qiE '(time|date)'; then
        check "findings on the lab's directory log have a time" lab_times
    fi
else
    unchecked "the lab" "sentinel-training-lab is absent"
fi

# ---- every rule of SigmaHQ -------------------------------------------------------------------------
if [ -f "$SHARED/sigma-rules-all.tar.gz" ]; then
    mkdir sigma && tar xzf "$SHARED/sigma-rules-all.tar.gz" -C sigma
    sigma_loads() {
        runs 0 rules check sigma || { grep -i refused out | head -n 20; return 1; }
        matches out '^3751 rules, [0-9]+ correlations read; 0 refused'
    }
    check "SigmaHQ: 3,751 rules load, none is refused" sigma_loads
    sigma_scans() { scans 0 report --rules sigma "$ROOT/samples/tenant" && [ -s out ]; }
    check "SigmaHQ: they run beside the built-in rules" sigma_scans
    sigma_lists() { runs 0 rules list --no-builtin-rules --rules sigma && matches out '^3,?751 rules'; }
    check "SigmaHQ: they are listed" sigma_lists
    # A refused one is named with its place and reason.
    mkdir -p sigma/broken
    printf 'title: Broken\nlogsource: {product: m365}\ndetection:\n    a:\n        B|contians: x\n    condition: a\n' >sigma/broken/broken.yml
    sigma_names() { runs 2 rules check sigma; has out "broken.yml:5:" && has out "contains" && matches out '^3751 rules.* 1 refused'; }
    check "SigmaHQ: a refused one is named with its place, the others load" sigma_names
else
    unchecked "SigmaHQ" "sigma-rules-all.tar.gz is absent"
fi
checks_end
