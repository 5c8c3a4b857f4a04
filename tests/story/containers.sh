#!/usr/bin/env bash
# Every container is recognised by its content under whatever name, and one and the same record raises
# the same finding in all of them.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

# ---- one inbox rule and one sign-in, as the provider writes them -----------------------------------
tenant=7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777
rule_id=5d2f7c11-0a34-4be8-9d52-08de1a1c0001
signin_id=a8c3d1f0-1b2c-4d5e-8f90-a1b2c3d4e501
parameters='[{"Name":"Name","Value":"Orders"},{"Name":"SubjectContainsWords","Value":"order"},{"Name":"ForwardTo","Value":"drop@example.net"}]'
audit='{"CreationTime":"2026-11-17T09:25:19","Id":"'$rule_id'","Operation":"New-InboxRule","OrganizationId":"'$tenant'","RecordType":1,"ResultStatus":"True","UserKey":"100320012ABCDEF0","UserType":2,"Version":1,"Workload":"Exchange","ClientIP":"203.0.113.77:50123","ObjectId":"nadia.okafor\\Orders","UserId":"nadia.okafor@contoso.example","ExternalAccess":false,"OrganizationName":"contoso.example","Parameters":'$parameters'}'
signin='{"id":"'$signin_id'","createdDateTime":"2026-11-17T08:58:11Z","userDisplayName":"Nadia Okafor","userPrincipalName":"nadia.okafor@contoso.example","userId":"4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a","appId":"d3590ed6-52b3-4102-aeff-aad2292ab01c","appDisplayName":"Microsoft Office","ipAddress":"203.0.113.77","clientAppUsed":"Mobile Apps and Desktop clients","correlationId":"9f1d2c3b-0000-4000-8000-000000000002","conditionalAccessStatus":"success","isInteractive":true,"sessionId":"00ab54cd-1111-4222-8333-944455556666","uniqueTokenIdentifier":"Yx2bQ0nVtE-1cTgR9o7lAA","authenticationProtocol":"deviceCode","originalTransferMethod":"deviceCodeFlow","status":{"errorCode":0,"failureReason":"Other.","additionalDetails":null},"deviceDetail":{"deviceId":"","browser":"","operatingSystem":"Ios"},"location":{"city":"Utrecht","state":"Utrecht","countryOrRegion":"NL"},"resourceDisplayName":"Microsoft Graph","resourceId":"00000003-0000-0000-c000-000000000000","homeTenantId":"'$tenant'"}'
rule_title="Inbox Rule Forwards or Redirects Mail to a Mail Address"
signin_title="Device Code Sign-In for an Office Application (Entra Sign-In)"

quoted() { printf '%s' "$1" | sed 's/"/""/g'; }                    # inside a CSV cell
escaped() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'; }     # inside a JSON string
other() { printf '%s' "$audit" | sed "s/$rule_id/5d2f7c11-0a34-4be8-9d52-08de1a1c000$1/; s/New-InboxRule/Send/"; }

mkdir files
# ---- Unified Audit Log -----------------------------------------------------------------------------
cat >files/holiday.jpeg <<END
RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames
$rule_id,2026-11-17T09:25:19.0000000Z,1,New-InboxRule,nadia.okafor@contoso.example,"$(quoted "$audit")",,
END
cat >files/old.json <<END
CreationDate,UserIds,Operations,AuditData
2026-11-17T09:25:19.0000000Z,nadia.okafor@contoso.example,New-InboxRule,"$(quoted "$audit")"
END
cat >files/notes.txt <<END
#TYPE Selected.System.Management.Automation.PSCustomObject
"PSComputerName","RunspaceId","RecordType","CreationDate","UserIds","Operations","AuditData","ResultIndex","ResultCount","Identity","IsValid","ObjectState"
"outlook.office365.com","1","ExchangeAdmin","11/17/2026 9:25:19 AM","nadia.okafor@contoso.example","New-InboxRule","$(quoted "$audit")","1","1","$rule_id","True","Unchanged"
END
cat >files/table.csv <<END
[
    {
        "PSComputerName":  "outlook.office365.com",
        "RecordType":  "ExchangeAdmin",
        "CreationDate":  "\/Date(1794907519000)\/",
        "UserIds":  "nadia.okafor@contoso.example",
        "Operations":  "New-InboxRule",
        "AuditData":  "$(escaped "$audit")",
        "ResultIndex":  1
    }
]
END
printf '[%s,%s]' "$(other 5)" "$audit" >files/blob
cat >files/page.html <<END
{"@odata.context":"https://graph.microsoft.com/beta/\$metadata#security/auditLog/queries('1')/records","value":[{"id":"$rule_id","createdDateTime":"2026-11-17T09:25:19Z","auditLogRecordType":"exchangeAdmin","operation":"New-InboxRule","organizationId":"$tenant","userType":"Admin","userId":"100320012ABCDEF0","service":"Exchange","objectId":"nadia.okafor\\\\Orders","userPrincipalName":"nadia.okafor@contoso.example","clientIp":"203.0.113.77:50123","administrativeUnits":[""],"auditData":$audit}]}
END
printf '[\n%s\n]\n\n[\n%s,\n%s\n]\n' "$audit" "$audit" "$(other 6)" >files/suite.zip
printf '%s\n%s\n' "$audit" "$(other 7)" >files/goose.xml
cat >files/hawk.log <<END
"CreationTime","Id","Operation","OrganizationId","RecordType","ResultStatus","UserType","Workload","ClientIP","UserId","Parameters"
"2026-11-17T09:25:19","$rule_id","New-InboxRule","$tenant","1","True","2","Exchange","203.0.113.77:50123","nadia.okafor@contoso.example","$(quoted "$parameters")"
END
cat >files/office.tmp <<END
TenantId,"TimeGenerated [UTC]",OfficeId,RecordType,Operation,OrganizationId,UserType,OfficeWorkload,ResultStatus,UserId,ClientIP,Parameters,Type
$tenant,"11/17/2026, 9:25:19.000 AM",$rule_id,ExchangeAdmin,New-InboxRule,$tenant,Admin,Exchange,True,nadia.okafor@contoso.example,203.0.113.77:50123,"$(quoted "$parameters")",OfficeActivity
END
cat >files/hunting.pdf <<END
Timestamp,ActionType,Application,AccountObjectId,RawEventData
2026-11-17T09:25:19Z,New-InboxRule,Microsoft Exchange Online,4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a,"$(quoted "$audit")"
END
cat >files/splunk.bin <<END
"_time","_raw",sourcetype,host
"2026-11-17T09:25:19.000+0000","$(quoted "$audit")","o365:management:activity",sh1
"2026-11-17T09:25:19.000+0000","$(quoted "$audit")","o365:management:activity",sh2
END
cat >files/elastic.gz <<END
{"@timestamp":"2026-11-17T09:25:19.000Z","event":{"dataset":"o365.audit","action":"New-InboxRule","original":"$(escaped "$audit")"},"ecs":{"version":"8.11"}}
END

# ---- sign-ins --------------------------------------------------------------------------------------
cat >files/portal.dat <<END
Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Authentication Protocol,Original transfer method,Unique token identifier,Application,Application ID ,Resource,Resource ID ,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Device ID,Session ID
2026-11-17T08:58:11Z,$signin_id,Mozilla/5.0,9f1d2c3b-0000-4000-8000-000000000002,4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a,"Okafor, Nadia",nadia.okafor@contoso.example,Member,deviceCode,Device code flow,Yx2bQ0nVtE-1cTgR9o7lAA,Microsoft Office,d3590ed6-52b3-4102-aeff-aad2292ab01c,Microsoft Graph,00000003-0000-0000-c000-000000000000,203.0.113.77,"Utrecht, Utrecht, NL",Success,None,Other.,Mobile Apps and Desktop clients,,00ab54cd-1111-4222-8333-944455556666
END
printf '[\n  %s\n]\n' "$signin" >files/portal
printf '{"@odata.context":"https://graph.microsoft.com/beta/$metadata#auditLogs/signIns","value":[%s]}' "$signin" >files/graph.csv
properties='"time":"2026-11-17T08:59:40.1Z","resourceId":"/tenants/'$tenant'/providers/Microsoft.aadiam","operationName":"Sign-in activity","operationVersion":"1.0","category":"SignInLogs","tenantId":"'$tenant'","resultType":"0","resultSignature":"None","callerIpAddress":"203.0.113.77","correlationId":"9f1d2c3b-0000-4000-8000-000000000002","identity":"Nadia Okafor","Level":4,"location":"NL","properties":'$signin
printf '{"records":[{%s}]}' "$properties" >files/hub.png
printf '{%s}\n{%s}\n' "$properties" "$(printf '%s' "$properties" | sed "s/$signin_id/a8c3d1f0-1b2c-4d5e-8f90-a1b2c3d4e502/; s/deviceCode/none/g")" >files/PT1H.exe
cat >files/sentinel.7z <<END
TenantId,"TimeGenerated [UTC]",OperationName,Category,ResultType,CorrelationId,Identity,Location,AppDisplayName,AppId,AuthenticationProtocol,OriginalTransferMethod,"CreatedDateTime [UTC]",DeviceDetail,Id,IPAddress,LocationDetails,ResourceDisplayName,ResourceIdentity,SessionId,Status,UniqueTokenIdentifier,UserDisplayName,UserId,UserPrincipalName,AADTenantId,Type
$tenant,"11/17/2026, 8:58:40.000 AM",Sign-in activity,SignInLogs,0,9f1d2c3b-0000-4000-8000-000000000002,Nadia Okafor,NL,Microsoft Office,d3590ed6-52b3-4102-aeff-aad2292ab01c,deviceCode,deviceCodeFlow,"11/17/2026, 8:58:11.000 AM","{""deviceId"":""""}",$signin_id,203.0.113.77,"{""countryOrRegion"":""NL""}",Microsoft Graph,00000003-0000-0000-c000-000000000000,00ab54cd-1111-4222-8333-944455556666,"{""errorCode"":0}",Yx2bQ0nVtE-1cTgR9o7lAA,Nadia Okafor,4b8e12aa-90a1-4c5d-9b77-3f2e1d0c9b8a,nadia.okafor@contoso.example,$tenant,SigninLogs
END

# ---- the rest --------------------------------------------------------------------------------------
cat >files/trace.db <<END
"Organization","MessageId","Received","SenderAddress","RecipientAddress","Subject","Status","ToIP","FromIP","Size","MessageTraceId","StartDate","EndDate","Index"
"contoso.example","<a1@mail.contoso.example>","11/17/2026 9:30:00 AM","nadia.okafor@contoso.example","drop@example.net","Order 17","Delivered","","203.0.113.7","18231","d00d0000-0000-4000-8000-000000000001","11/16/2026 9:30:00 AM","11/18/2026 9:30:00 AM","0"
END
printf '{"@timestamp":"2026-11-17T09:00:00Z","Image":"C:\\\\Temp\\\\odd.exe"}\n{"@timestamp":"2026-11-17T09:01:00Z","Image":"cmd.exe"}\n' >files/lines
printf '[\n  {\n    "@timestamp": "2026-11-17T09:00:00Z",\n    "Image": "C:\\\\Temp\\\\odd.exe"\n  }\n]\n' >files/values
printf 'timestamp;Image;Host\n2026-11-17T09:00:00Z;"C:\\Temp\\odd.exe";ws1\n' >files/semicolons
: >files/nothing.json
mkdir odd
printf 'title: Odd Program\nid: 9d3d6c52-7a0b-4d5e-9c1a-1f2e3d4c5b6a\nstatus: test\nlogsource: {category: process_creation, product: windows}\ndetection:\n    sel:\n        Image|endswith: \\odd.exe\n    condition: sel\nlevel: high\n' >odd/odd.yml

# alone FILE CONTAINER SOURCE RECORDS TITLE: scanned by itself.
alone() {
    local file=$1 container=$2 source=$3 records=$4 title=$5
    scans 0 report --rules odd "$file" || return 1
    input_says report "$(basename "$file")" "\"container\": \"$container\"" "\"sources\": [\"$source\"]" "\"records\": $records" '"unread_count": 0' || return 1
    [ -z "$title" ] && return 0
    titles out | grep -qxF "$title" || { echo "found: $(titles out | tr '\n' ';')"; return 1; }
}

finding() { grep -F "\"title\": \"$1\"" out; }
# whole FILE TITLE: the finding is that of FILE, to the byte.
whole() { finding "$2" >this.jsonl; same "$1" this.jsonl; }
# essence TITLE TIME ID: what every dialect keeps.
essence() {
    local text
    finding "$1" >this.jsonl
    for text in "\"first\": \"$2\"" '"user": ["nadia.okafor@contoso.example"]' '"ip": ["203.0.113.77"]' "\"events\": [\"$3\"]"; do has this.jsonl "$text" || return 1; done
}

scans 0 report files/goose.xml >/dev/null; finding "$rule_title" >rule.jsonl
scans 0 report files/graph.csv >/dev/null; finding "$signin_title" >signin.jsonl
check "the inbox rule is a finding" lines rule.jsonl 1
check "the sign-in is a finding" lines signin.jsonl 1

while read -r file container records kind; do
    title=$rule_title
    check "$file is $container" alone "files/$file" "$container" m365_audit "$records" "$title"
    check "$file: who, when, from where, which record" essence "$title" 2026-11-17T09:25:19Z "$rule_id"
    [ "$kind" != whole ] || check "$file: the same finding as elsewhere" whole rule.jsonl "$title"
done <<'LIST'
holiday.jpeg purview_csv 1 whole
old.json purview_csv 1 whole
notes.txt search_unified_audit_log_csv 1 whole
table.csv search_unified_audit_log_json 1 whole
blob management_api 2 whole
page.html graph_audit_query 1 whole
suite.zip extractor_suite 3 whole
goose.xml ual_json_lines 2 whole
hawk.log flattened_csv 1 part
office.tmp log_analytics_csv 1 part
hunting.pdf defender_csv 1 whole
splunk.bin siem_export 2 whole
elastic.gz siem_export 1 whole
LIST

while read -r file container records kind; do
    title=$signin_title
    check "$file is $container" alone "files/$file" "$container" entra_signin "$records" "$title"
    check "$file: who, when, from where, which record" essence "$title" 2026-11-17T08:58:11Z "$signin_id"
    [ "$kind" != whole ] || check "$file: the same finding as elsewhere" whole signin.jsonl "$title"
done <<'LIST'
portal.dat entra_portal_csv 1 part
portal entra_portal_json 1 whole
graph.csv graph_json 1 whole
hub.png azure_diagnostic 1 whole
PT1H.exe azure_diagnostic 2 whole
sentinel.7z log_analytics_csv 1 part
LIST

check "trace.db is message_trace_csv" alone files/trace.db message_trace_csv message_trace 1 ""
check "lines is json_lines" alone files/lines json_lines any_json 2 "Odd Program"
check "values is json" alone files/values json any_json 1 "Odd Program"
check "semicolons is csv" alone files/semicolons csv any_json 1 "Odd Program"
nothing() { scans 0 report files/nothing.json && input_says report nothing.json '"container": "empty"' '"records": 0' '"unread_count": 0'; }
check "nothing.json is empty, and that is no error" nothing

printf 'What lies in this folder\nis told in these two lines.\n' >files/note.json
note() { scans 0 report files && input_says report note.json '"container": "text"' '"records": 0' '"unread_count": 1' && scans 3 report files/note.json; }
check "a note among the exports is told of, and a fault only when it was asked for" note

# ---- every container that report.json may name has a file here -------------------------------------
covered() {
    local name missing=0
    for name in $(sed -n 's/^ *X([A-Z_0-9]*, "\([a-z_0-9]*\)".*/\1/p' "$ROOT/src/source/container.h"); do
        [ "$name" = unknown ] || grep -qF "\"container\": \"$name\"" all/report.json || { echo "no file is $name"; missing=1; }
    done
    return "$missing"
}
scans 0 all --rules odd files >/dev/null
check "this story has a file of every container" covered

# ---- all of them together, packed and marked -------------------------------------------------------
together() {
    scans 0 report --rules odd files || return 1
    finding "$rule_title" >rules.jsonl
    finding "$signin_title" >signins.jsonl
    lines rules.jsonl 1 && lines signins.jsonl 1 && has rules.jsonl '"event_count": 1,' && has signins.jsonl '"event_count": 1,'
}
check "one record in all dialects at once is one event of one finding" together

# Records without an Id are named by their place, so only those of the others are the same to the byte.
same_findings() { grep -v '"Odd Program"' plain.jsonl >a.jsonl; grep -v '"Odd Program"' out >b.jsonl; same a.jsonl b.jsonl && titles plain.jsonl | sort >a && titles out | sort >b && same a b; }
packed() {
    local file
    rm -rf packed && mkdir packed
    for file in files/*; do
        [ ! -s "$file" ] || gzip -c "$file" >"packed/$(basename "$file" | tr . -).json"
    done
    scans 0 report --rules odd packed && same_findings
}
scans 0 report --rules odd files >/dev/null
cp out plain.jsonl
check "the same findings from gzip files named .json" packed
tarred() { tar cf logs.jpg -C files . && scans 0 report --rules odd logs.jpg && same_findings; }
check "the same findings from one tar" tarred

# dressed NAME TITLE ID: files/NAME in UTF-16 with mark, with CRLF, and with a mark before UTF-8.
dressed() {
    local file=files/$1 title=$2 id=$3 dress
    mkdir -p dressed
    { printf '\377\376'; iconv -f UTF-8 -t UTF-16LE "$file"; } >dressed/le
    { printf '\376\377'; iconv -f UTF-8 -t UTF-16BE "$file"; } >dressed/be
    { printf '\357\273\277'; cat "$file"; } >dressed/mark
    sed 's/$/\r/' "$file" >dressed/crlf
    for dress in le be mark crlf; do
        scans 0 report "dressed/$dress" && input_says report "$dress" '"unread_count": 0' && finding "$title" >this.jsonl &&
            has this.jsonl "$id" || { echo "dressed as $dress"; return 1; }
    done
}
for file in holiday.jpeg notes.txt table.csv goose.xml hunting.pdf; do
    check "$file in UTF-16, with marks, with CRLF" dressed "$file" "$rule_title" "$rule_id"
done
for file in portal.dat graph.csv PT1H.exe; do
    check "$file in UTF-16, with marks, with CRLF" dressed "$file" "$signin_title" "$signin_id"
done
checks_end
