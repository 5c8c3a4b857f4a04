#!/usr/bin/env bash
# Bugs that users met in other tools of this kind, each with a check of its own.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

# rule FILE TITLE DETECTION...: a rule for any log; the last line of the detection is its condition.
rule() {
    local file=$1 title=$2
    shift 2
    mkdir -p "$(dirname "$file")"
    {
        printf 'title: %s\nid: %s\nstatus: test\nlogsource:\n    category: test\ndetection:\n' \
            "$title" "$(printf '%s' "$title" | sha256sum | sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\).*/\1-\2-4\3-8\4-\5/')"
        printf '    %s\n' "$@"
        echo 'level: high'
    } >"$file"
}

# correlation FILE TITLE LINE...: a correlation of the rules whose names stand in its lines.
correlation() {
    local file=$1 title=$2
    shift 2
    { printf 'title: %s\nstatus: test\ncorrelation:\n' "$title"; printf '    %s\n' "$@"; echo 'level: high'; } >"$file"
}

ours() { local status=$1 report=$2 rules=$3; shift 3; scans "$status" "$report" --no-builtin-rules --rules "$rules" "$@"; }

# fires RULES FILE COUNT TITLE: so many findings of this title; nothing is said about others.
fires() {
    ours 0 report "$1" "$2" || return 1
    local found
    found=$(titles out | grep -cxF "$4")
    [ "$found" -eq "$3" ] || { echo "$found findings of '$4', not $3"; cut -c -600 out; return 1; }
}

# event TIME NAME USER [MEMBERS]: one JSON line.
event() { printf '{"timestamp":"2026-11-16T%sZ","Name":"%s","User":"%s"%s}\n' "$1" "$2" "$3" "${4:+,$4}"; }

# events FILE COUNT of a finding of FILE's title.
finding_count() {
    local found
    found=$(sed -n "s/.*\"title\": \"$2\".*\"event_count\": \([0-9]*\).*/\1/p" "$1" | awk '{n += $1} END {print n + 0}')
    [ "$found" -eq "$3" ] || { echo "$found events of '$2', not $3"; cut -c -600 "$1"; return 1; }
}

# ---- wildcards are anchored at both ends -----------------------------------------------------------
rule wild/a.yml "Wildcard Middle" "sel:" "    Name: 'ad*min'" "condition: sel"
rule wild/b.yml "Wildcard End" "sel:" "    Name: 'ad*'" "condition: sel"
rule wild/c.yml "Wildcard Start" "sel:" "    Name: '*min'" "condition: sel"
rule wild/d.yml "Wildcard One" "sel:" "    Name: 'adm?n'" "condition: sel"
rule wild/e.yml "Plain" "sel:" "    Name: 'admin'" "condition: sel"
rule wild/f.yml "Wildcards Many" "sel:" "    Name: 'a*m*n'" "condition: sel"
for name in admin ad-hoc-admin sysadmin administrator sysadministrator admiin admn ADMIN; do
    event 08:00:00 "$name" eva
done >names.jsonl
# ad*min: admin, ad-hoc-admin, ADMIN. Not admiin ("ad" + "mi" + "in").
wild() {
    ours 0 report wild names.jsonl && finding_count out "Wildcard Middle" 3 && finding_count out "Wildcard End" 6 &&
        finding_count out "Wildcard Start" 4 && finding_count out "Wildcard One" 2 && finding_count out "Plain" 2 &&
        finding_count out "Wildcards Many" 5
}
check "wildcards are anchored at both ends" wild

# ---- order in temporal_ordered ---------------------------------------------------------------------
rule order/a.yml "First Step" "sel:" "    Name: first" "condition: sel"
rule order/b.yml "Second Step" "sel:" "    Name: second" "condition: sel"
sed -i 's/^id:.*/name: step_one/' order/a.yml
sed -i 's/^id:.*/name: step_two/' order/b.yml
correlation order/c.yml "In Order" "type: temporal_ordered" "rules:" "    - step_one" "    - step_two" "group-by:" "    - User" "timespan: 10m"
{ event 08:00:00 second eva; event 08:05:00 first eva; } >wrong_order.jsonl
{ event 08:00:00 first eva; event 08:05:00 second eva; } >right_order.jsonl
{ event 08:05:00 second eva; event 08:00:00 first eva; } >right_order_written_backwards.jsonl
{ event 08:00:00 first eva; event 08:10:01 second eva; } >too_late.jsonl
{ event 08:00:00 second eva; event 08:05:00 first eva; event 08:09:00 second eva; } >twice.jsonl
check "temporal_ordered: the wrong order does not fire" fires order wrong_order.jsonl 0 "In Order"
check "temporal_ordered: the right order fires" fires order right_order.jsonl 1 "In Order"
check "temporal_ordered: time counts, not the place in the file" fires order right_order_written_backwards.jsonl 1 "In Order"
check "temporal_ordered: not beyond the timespan" fires order too_late.jsonl 0 "In Order"
check "temporal_ordered: wrong, then right" fires order twice.jsonl 1 "In Order"

# ---- group-by across the references of a temporal correlation --------------------------------------
cp -r order group
correlation group/c.yml "Together" "type: temporal" "rules:" "    - step_one" "    - step_two" "group-by:" "    - User" "timespan: 10m"
{ event 08:00:00 first eva; event 08:05:00 second tom; } >two_users.jsonl
{ event 08:00:00 first eva; event 08:01:00 first tom; event 08:05:00 second tom; event 08:06:00 second ines; } >one_in_common.jsonl
{ event 08:00:00 first eva '"Peer":"x"'; printf '{"timestamp":"2026-11-16T08:01:00Z","Name":"second"}\n'; } >no_user.jsonl
check "temporal: two users are two groups" fires group two_users.jsonl 0 "Together"
check "temporal: one user of three did both" fires group one_in_common.jsonl 1 "Together"
check "temporal: the finding names that user alone" matches out '"title": "Together".*"entities": \{[^}]*"user": \["tom"\]|"title": "Together".*"entities": \{\}'
check "temporal: the other users' events are not in it" finding_count out "Together" 2
check "temporal: an event without the group's field is in no group" fires group no_user.jsonl 0 "Together"
check "temporal_ordered: two users are two groups" fires order two_users.jsonl 0 "In Order"

# ---- count windows ---------------------------------------------------------------------------------
rule count/a.yml "Try" "sel:" "    Name: try" "condition: sel"
sed -i 's/^id:.*/name: try/' count/a.yml
correlation count/c.yml "Three Tries" "type: event_count" "rules:" "    - try" "group-by:" "    - User" "timespan: 10m" "condition:" "    gte: 3"
tries() { local time; for time; do event "$time" try eva; done; }
tries 08:00:00 08:06:00 08:12:00 08:18:00 08:24:00 >spread.jsonl
tries 08:08:00 08:11:00 08:14:00 >across.jsonl
tries 08:00:00 08:04:59 08:10:01 >second_too_long.jsonl
tries 08:00:00 08:05:00 08:09:59 >just_within.jsonl
check "event_count: never a window longer than the timespan" fires count spread.jsonl 0 "Three Tries"
check "event_count: one second too long" fires count second_too_long.jsonl 0 "Three Tries"
check "event_count: just within" fires count just_within.jsonl 1 "Three Tries"
check "event_count: the window slides over the full ten minutes" fires count across.jsonl 1 "Three Tries"
cp -r count distinct
correlation distinct/c.yml "Three Users" "type: value_count" "rules:" "    - try" "timespan: 10m" "condition:" "    field: User" "    gte: 3"
{ event 08:00:00 try a; event 08:06:00 try b; event 08:12:00 try c; } >slow_spray.jsonl
{ event 08:00:00 try a; event 08:01:00 try a; event 08:02:00 try b; } >few_users.jsonl
{ event 08:00:00 try a; event 08:06:00 try b; event 08:09:00 try c; } >spray.jsonl
check "value_count: never a window longer than the timespan" fires distinct slow_spray.jsonl 0 "Three Users"
check "value_count: values are distinct" fires distinct few_users.jsonl 0 "Three Users"
check "value_count: fires within it" fires distinct spray.jsonl 1 "Three Users"

# ---- the same output every time --------------------------------------------------------------------
mkdir mixed
for n in $(seq 40); do
    for user in eva tom ines; do event "08:$((10 + n)):00" "$([ $((n % 3)) -eq 0 ] && echo try || echo first)" "$user" "\"Id\":\"$n-$user\""; done
done >mixed/a.jsonl
tac mixed/a.jsonl | split -l 30 - mixed/part-
rm mixed/a.jsonl
mkdir all && cp order/*.yml all/ && cp count/a.yml all/try.yml && cp count/c.yml all/tries.yml
runs_agree() {
    local run
    ours 0 once all mixed || return 1
    for run in 1 2 3 4 5 6; do
        ours 0 again all --threads "$run" mixed || return 1
        same once/findings.jsonl again/findings.jsonl && same once/timeline.csv again/timeline.csv || return 1
        grep -v generated_at once/report.json >once.json
        grep -v generated_at again/report.json | cmp - once.json || return 1
    done
    [ -s once/findings.jsonl ]
}
check "six runs give the same bytes" runs_agree

# ---- public IPv6 is not private --------------------------------------------------------------------
rule ipv6/a.yml "Unique Local" "sel:" "    Name|cidr: 'fc00::/7'" "condition: sel"
rule ipv6/b.yml "Documentation" "sel:" "    Name|cidr: '2001:db8::/32'" "condition: sel"
rule ipv6/c.yml "Private" "sel:" "    Name|cidr:" "        - '10.0.0.0/8'" "        - 'fe80::/10'" "        - 'fc00::/7'" "        - '::1/128'" "condition: sel"
for address in 2001:db8::1 2001:DB8:FC00::1 fd12:3456::1 fbff::1 fe80::1 fec0::1 ::ffff:10.1.2.3 ::ffff:203.0.113.5 10.20.30.40 203.0.113.5 fc00 fd00-laptop '[2001:db8::2]:443' ''; do
    event 08:00:00 "$address" eva
done >addresses.jsonl
ipv6() {
    ours 0 report ipv6 addresses.jsonl && finding_count out "Unique Local" 1 && finding_count out "Documentation" 3 &&
        finding_count out "Private" 4
}
check "public IPv6 is not taken for private by a cidr rule" ipv6
printf '{"CreationTime":"2026-11-16T08:00:00","Id":"6a","Operation":"UserLoggedIn","RecordType":15,"Workload":"AzureActiveDirectory","OrganizationId":"7c2f6a31-5a0e-4c8e-9b1d-2f8a40c1e777","UserId":"eva@contoso.example","UserType":0,"ClientIP":"[2001:db8:fd00::1]:50123"}\n' >ipv6.jsonl
public() {
    runs 0 summary --format json ipv6.jsonl && has out '2001:db8:fd00::1' && ! grep -iE 'private|internal|intranet|office' out &&
        runs 0 summary ipv6.jsonl && has out '2001:db8:fd00::1' && ! grep -iE 'private|internal|intranet' out
}
check "public IPv6 stands in the summary as an address like others, without port and brackets" public

# ---- what a log says stays text --------------------------------------------------------------------
rule text/a.yml "Every Sign-In" "sel:" "    Operation: Evil" "condition: sel"
sed -i 's/category: test/product: m365/' text/a.yml
evil() { printf '{"CreationTime":"2026-11-16T08:00:00","Id":"%s","Operation":"Evil","RecordType":1,"Workload":"Exchange","OrganizationId":"t","UserId":"%s","UserType":0,"ClientIP":"192.0.2.1","ObjectId":"%s"}\n' "$1" "$2" "$2"; }
number=0
while IFS= read -r text; do
    number=$((number + 1))
    evil "$number" "$text"
done >evil.jsonl <<'LIST'
=HYPERLINK(\"http://192.0.2.66/\",\"report\")
+cmd|' /C calc'!A0
-2+3+cmd|' /C calc'!A0
@SUM(1+1)*cmd
\t=1+1
\r=1+1
\n=1+1
 =1+1
＝1+1
a\",=1+1,\"b
<script>alert(1)</script>
<img src=x onerror=alert(1)>
\"><svg/onload=alert(1)>
</script><script>alert(2)</script>
[click](javascript:alert(1))
![x](http://192.0.2.66/pixel.png)
`code` | cell | **bold**
\u001b[2J\u001b]0;owned\u0007
\u009b31mred\u009c
eva\u202etxt.exe
a\u2066b\u2069c\u200bd
a\u0000b\u0008c\u007fd
two\nlines\r\nhere
{{7*7}}${7*7}
LIST
evil 'id=\"1\u001b[2J' eva@contoso.example >>evil.jsonl
texts=$((number + 1))
mkdir names
cp evil.jsonl $'names/=1+1\e[2J<b>evil.jsonl'
everywhere() {
    ours 0 evil text names || return 1
    cp out evil/stdout.jsonl
    runs 0 scan --format text --no-builtin-rules --rules text names && cp out evil/text.txt && cp err evil/errors.txt &&
        runs 0 scan --format json --no-builtin-rules --rules text names && cp out evil/stdout.json && cp err evil/errors2.txt &&
        runs 0 summary names && cp out evil/summary.txt && runs 0 summary --format json names && cp out evil/summary.json
    finding_count evil/stdout.jsonl "Every Sign-In" "$texts"
}
check "hostile texts are read and found" everywhere

# Bytes: ESC and other C0 except line feed (and CR in CSV), DEL, C1 as UTF-8, bidirectional overrides.
inert() { ! LC_ALL=C grep -nP "$1" "$2" | cat -v | cut -c -300 | grep .; }
control='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae\x8b]|\xe2\x81[\xa6-\xa9]'
for file in text.txt errors.txt errors2.txt summary.txt stdout.jsonl stdout.json summary.json findings.jsonl report.json; do
    check "no terminal escape, override or control byte in $file" inert "$control" "evil/$file"
done
sed 's/\r$//' evil/timeline.csv >evil/timeline.lf
# Doubled quotes away, then quoted cells, but for a formula's first sign.
no_formula() {
    sed -E 's/\r$//; s/""/~/g; s/(^|,)"([ \t]*(=|\+|-|@|＝|＋|－|＠))?[^"]*"/\1\2cell/g' "$1" >cells.csv
    ! grep -nE '(^|,)~?[ \t]*(=|\+|-|@|＝|＋|－|＠)' cells.csv
}
check "no terminal escape, override or control byte in timeline.csv" inert "$control" evil/timeline.lf
explained() { runs 0 explain text/a.yml evil.jsonl --record 18 && inert "$control" out && inert "$control" err; }
check "no terminal escape in explain" explained
check "no cell of timeline.csv begins like a formula" no_formula evil/timeline.csv
findings=$(titles evil/stdout.jsonl | wc -l) # blanks around a name do not make another user
check "each finding is one row of timeline.csv" lines evil/timeline.csv $((findings + 1))
check "a zero byte in a name does not cut the message of timeline.csv" has evil/timeline.csv 'Every Sign-In: a\x00b\x08c\x7fd from 192.0.2.1 (1 event)'
check "a quote in a log does not end its cell" has evil/timeline.csv 'a"",=1+1,""b'
check "each finding is one line of findings.jsonl" lines evil/findings.jsonl "$findings"
check "an escape is shown, not dropped" has evil/summary.txt '\x1b[2j'
check "report.json keeps the text itself, escaped" has evil/report.json '\u001b[2j'
pages() {
    local file
    for file in evil/*.html evil/*.md; do
        [ -e "$file" ] || continue
        ! grep -nE '<script>alert|<img src=x|<svg/onload' "$file" && inert "$control" "$file" || return 1
        case $file in *.md) ! grep -nE '(^|[^\\])(\[click\]\(javascript:|!\[x\]\()' "$file" || return 1 ;; esac
    done
}
if [ -e evil/report.html ] || [ -e evil/report.md ]; then check "no HTML or Markdown of a log is live in the reports" pages
else unchecked "no HTML or Markdown of a log is live in the reports" "this version writes neither"; fi
rule title/a.yml '"=1+1 \e[2J<b>\u202e"' "sel:" "    Operation: Evil" "condition: sel"
hostile_title() {
    runs 0 scan --format text --no-builtin-rules --rules title evil.jsonl && inert "$control" out &&
        runs 0 rules list title && inert "$control" out && ours 0 report title evil.jsonl && inert "$control" out &&
        no_formula report/timeline.csv
}
check "a rule's title stays text, too" hostile_title

# ---- compression bombs -----------------------------------------------------------------------------
good() { printf '{"CreationTime":"2026-11-16T08:00:00","Id":"%s","Operation":"Evil","RecordType":1,"Workload":"Exchange","UserId":"eva@contoso.example","ClientIP":"192.0.2.1"}\n' "$1"; }
mkdir bombs
head -c 50000000 /dev/zero | gzip -9 >zeros.gz
for n in $(seq 20); do cat zeros.gz; done >bombs/zeros.json.gz
good a >bombs/good.json
printf '{"CreationTime":"2026-11-16T08:00:00","Id":"b","Operation":"%s"}\n' "$(head -c 60000000 /dev/zero | tr '\0' a)" | gzip -9 >bombs/value.json.gz
gzip -9c bombs/value.json.gz | gzip -9c | gzip -9c >bombs/matryoshka.gz
bomb() {
    ours 3 bombed text bombs && input_says bombed good.json '"records": 1' '"unread_count": 0' &&
        input_says bombed zeros.json.gz '"records": 0' 'expands to more than 200 times' && input_says bombed value.json.gz '"records": 0' &&
        input_says bombed matryoshka.gz '"records": 0' && has err zeros.json.gz && has err value.json.gz &&
        has err matryoshka.gz && [ "$(titles out | wc -l)" -eq 1 ]
}
check "a gzip bomb is stopped and reported, the file beside it read" bomb
quick() { local start=$SECONDS; bomb && [ $((SECONDS - start)) -le 60 ]; }
check "bombs cost seconds, not hours" quick

# ---- malformed times -------------------------------------------------------------------------------
for time in yesterday 2026-13-01 2026-02-30 2026-11-22T25:00:00Z "2026-11-22 8am" 22.11.2026 11/22/2026 1700000000 now ""; do
    check "--since '$time' is an error" runs 3 scan --no-builtin-rules --rules text --since "$time" evil.jsonl
    check "--since '$time' is named in it" has err "--since"
    check "--since '$time' gives no answer" lines out 0
done
check "--since of a day is a time" runs 0 scan --no-builtin-rules --rules text --since 2026-11-16 evil.jsonl
check "--since of a day keeps its records" matches out 'f-'
check "--since with an offset is a time" runs 0 scan --no-builtin-rules --rules text --since 2026-11-16T13:45:00+05:45 evil.jsonl
check "--since with an offset keeps 08:00 UTC" matches out 'f-'
check "--since later leaves the record out" runs 0 scan --no-builtin-rules --rules text --since 2026-11-16T13:45:01+05:45 evil.jsonl
check "--since later gives none" lines out 0

# ---- unreadable files ------------------------------------------------------------------------------
mkdir unread
good a >unread/good.json
ln -s nowhere unread/dangling.json
ln -s loop.json unread/loop.json
missing() { ours 3 report text unread/good.json no-such-file.json && has err no-such-file.json && has out '"f-' && has report/report.json no-such-file.json; }
dangling() { ours 3 report text unread && has err dangling.json && has err loop.json && has report/report.json dangling.json && has out '"f-'; }
check "a file that is missing is an error, what is there is read" missing
check "a link into nothing is an error, what is there is read" dangling
good b >unread/locked.json
chmod 000 unread/locked.json
locked() { ours 3 report text unread/good.json unread/locked.json && has err "locked.json" && has report/report.json locked.json && has out '"f-'; }
program=$STORMGLASS
rm -rf report
if without_rights; then check "a file without permission is an error, the rest is read" locked
else unchecked "a file without permission is an error" "root may read everything"; fi
STORMGLASS=$program
rm -rf report

# ---- broken lines ----------------------------------------------------------------------------------
mkdir broken
{ good l1; good l2; } >broken/lines.json
offset=$(wc -c <broken/lines.json)
{ good l3 | cut -c -70; good l4; good l5; echo 'not json at all'; good l6; printf '%s' "$(good l7)"; } >>broken/lines.json
lines_read() {
    ours 0 report text broken && finding_count out "Every Sign-In" 6 &&
        input_says report lines.json '"records": 6' '"unread_count": 2' "{\"line\": 3, \"offset\": $offset, \"why\": \"" '"line": 6' &&
        has err lines.json
}
check "a broken line is reported with line and offset, all others are read" lines_read

# ---- a logsource nobody knows ----------------------------------------------------------------------
rule service/a.yml "Unknown Service" "sel:" "    Operation: Evil" "condition: sel"
sed -i 's/    category: test/    product: m365\n    service: no_such_service/' service/a.yml
rule service/b.yml "Unknown Product" "sel:" "    Name: admin" "condition: sel"
sed -i 's/    category: test/    product: no_such_product/' service/b.yml
service() {
    runs 0 rules check service && has out "2 rules" && cat out err >all.txt && has all.txt no_such_service &&
        runs 0 rules list service && has out "Unknown Service"
}
check "a rule of an unknown service loads and is reported" service
check "it is offered to logs of unknown kind" fires service names.jsonl 1 "Unknown Product"

# ---- columns of later rows -------------------------------------------------------------------------
rule late/a.yml "Late Key" "sel:" "    Late: found" "condition: sel"
rule late/b.yml "Late Nested" "sel:" "    Parameters.ForwardTo: out@example.net" "condition: sel"
{ event 08:00:00 first eva; event 08:00:01 second tom '"Late":"found"'; event 08:00:02 third ines '"Late":"found","Later":[1]'; } >late.jsonl
check "a key of a later line counts" fires late late.jsonl 2 "Late Key"
{
    printf '"RecordType","CreationDate","UserIds","Operations","AuditData","Identity"\r\n'
    printf '"ExchangeAdmin","x","eva","Evil","{""CreationTime"":""2026-11-16T08:00:00"",""Id"":""c1"",""Operation"":""Evil"",""RecordType"":1,""Workload"":""Exchange"",""UserId"":""eva@contoso.example""}","c1"\r\n'
    printf '"ExchangeAdmin","x","eva","Evil","{""CreationTime"":""2026-11-16T08:00:01"",""Id"":""c2"",""Operation"":""Evil"",""RecordType"":1,""Workload"":""Exchange"",""UserId"":""tom@contoso.example"",""ClientIP"":""192.0.2.9"",""Late"":""found""}","c2"\r\n'
} >late.csv
sed 's/    category: test/    product: m365/' late/a.yml >late/c.yml
sed -i 's/^id: ./id: 0/; s/Late Key/Late Key of an Audit Record/' late/c.yml
check "a key of a later row's AuditData counts" fires late late.csv 1 "Late Key of an Audit Record"
check "its address is in the finding" has out '"ip": ["192.0.2.9"]'
printf 'Name,User\nfirst,eva\nsecond,tom,found,more\nthird,ines\n' >wide.csv
wide() { ours 0 report late wide.csv && input_says report wide.csv '"records": 3' || input_says report wide.csv '"records": 2' '"unread_count": 1'; }
check "a row wider than the header is read or reported" wide

# ---- duplicates ------------------------------------------------------------------------------------
mkdir twins
printf '{"CreationTime":"2026-11-16T08:00:00","Id":"d1","Operation":"Evil","RecordType":1,"Workload":"Exchange","UserId":"eva@contoso.example","ClientIP":"192.0.2.1"}\n' >twins/a.json
printf '{"ClientIP":"192.0.2.1", "UserId":"eva@contoso.example", "Workload":"Exchange", "RecordType":1, "Operation":"Evil", "Id":"d1", "CreationTime":"2026-11-16T08:00:00"}\n' >twins/b.json
printf '{"CreationTime":"2026-11-16T08:00:00","Id":"d2","Operation":"Evil","RecordType":1,"Workload":"Exchange","UserId":"eva@contoso.example","ClientIP":"192.0.2.1"}\n' >twins/c.json
twins() {
    ours 0 report text twins && finding_count out "Every Sign-In" 2 && input_says report a.json '"records": 1' '"duplicates": 0' &&
        input_says report b.json '"duplicates": 1' && input_says report c.json '"records": 1' '"duplicates": 0' &&
        runs 0 summary twins && has out "1 duplicate"
}
check "the same Id with keys in another order is one record; another Id is another" twins

unchecked "threads make it faster" "a measurement: ./dev bench"
checks_end
