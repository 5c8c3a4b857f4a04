#!/usr/bin/env bash
# Odd, broken and hostile files: each is named with a reason, the exit status is the promised one, the
# file beside it is read, and memory stays small.
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

cat >rule.yml <<'END'
title: Evil
id: 3f1c2b7a-5d4e-4a6b-9c8d-0e1f2a3b4c5d
status: test
logsource: {product: m365}
detection:
    sel:
        Operation: Evil
    condition: sel
level: high
END
record() { printf '{"CreationTime":"2026-11-16T08:00:00","Id":"%s","Operation":"Evil","RecordType":%s,"Workload":"Exchange","OrganizationId":"t","UserId":"eva@contoso.example","UserType":0,"ClientIP":"192.0.2.1"}' "$1" "${2:-1}"; }
events() { sed -n 's/.*"title": "Evil".*"event_count": \([0-9]*\).*/\1/p' out | awk '{n += $1} END {print n + 0}'; }
repeat() { head -c "$2" /dev/zero | tr '\0' "$1"; }

# beside STATUS FILE EVENTS [TEXT...]: scanned with a good file beside it: the exit status, that many events
# of the file itself, and texts in the file's line of report.json.
number=0
beside() {
    local status=$1 file=$2 events=$3 folder
    shift 3
    number=$((number + 1))
    folder=case$number
    mkdir "$folder"
    mv "$file" "$folder/$file"
    record good >"$folder/zz-good.json"
    scans "$status" report --no-builtin-rules --rules rule.yml "$folder" || return 1
    [ "$(events)" -eq $((events + 1)) ] || { echo "$(events) events, not $((events + 1))"; grep '"path"' report/report.json; return 1; }
    input_says report zz-good.json '"records": 1' '"unread_count": 0' || return 1
    input_says report "$file" "$@" || return 1
    # What is unread is told with a reason on standard error.
    if input report "$file" | grep -qE '"unread_count": [1-9]'; then has err "$file" && matches err "$file: .*[a-z]{4}" || return 1; fi
}
none='"unread_count": 0'

# ---- nothing ---------------------------------------------------------------------------------------
: >empty.json
check "zero bytes: empty, no error" beside 0 empty.json 0 '"container": "empty"' '"records": 0' "$none"
printf '\n \r\n\t\n' >blank.csv
check "blanks alone: empty, no error" beside 0 blank.csv 0 '"container": "empty"' "$none"
printf '[]' >array.json
check "an empty array: no error" beside 0 array.json 0 '"records": 0' "$none"
printf '{"value":[]}' >value.json
check "an empty page: no error" beside 0 value.json 0 '"records": 0' "$none"
printf 'RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n' >header.csv
check "a header alone: no error" beside 0 header.csv 0 '"records": 0' "$none"
printf '\357\273\277' >mark.json
check "a byte order mark alone: no error" beside 0 mark.json 0 '"records": 0' "$none"

# ---- nesting ---------------------------------------------------------------------------------------
{ record n1; echo; printf '{"Operation":"Evil","x":'; repeat '[' 100000; repeat ']' 100000; echo '}'; record n2; echo; } >arrays.json
check "100,000 arrays in arrays: that line is reported, the others are read" beside 0 arrays.json 2 '"records": 2' '"unread_count": 1' '"line": 2'
{ record n3; echo; for n in $(seq 2000); do printf '{"a":'; done; printf 1; repeat '}' 2000; echo; record n4; echo; } >objects.json
check "2,000 objects in objects: that line is reported, the others are read" beside 0 objects.json 2 '"records": 2' '"unread_count": 1' '"line": 2'
repeat '[' 3000000 >open.json
check "three million open brackets: unreadable" beside 3 open.json 0 '"records": 0' '"unread_count": '
repeat '{' 3000000 >braces.json
check "three million open braces: unreadable" beside 3 braces.json 0 '"records": 0' '"unread_count": '
{ printf '[\n'; record n5; printf ',\n{"a":'; repeat '[' 300; repeat ']' 300; printf '},\n'; record n6; printf '\n]\n'; } >middle.json
check "a record nested too deep within an array: the others are read" beside 0 middle.json 2 '"records": 2' '"unread_count": 1'
{ printf '{"a":'; repeat '"' 1; repeat '\\' 200000; } >quotes.json
check "an endless string of backslashes: unreadable" beside 3 quotes.json 0 '"records": 0' '"unread_count": 1'

# ---- wrong types -----------------------------------------------------------------------------------
types() {
    echo '{"CreationTime":17,"Id":{"a":1},"Operation":["Evil","x"],"RecordType":"one","Workload":null,"UserId":false,"ClientIP":[1,2],"Parameters":"none","ExtendedProperties":7}'
    echo '{"CreationTime":"2026-11-16T08:00:00","Id":"w1","Operation":"Evil","RecordType":1,"Workload":"Exchange","UserId":{"x":[]},"ClientIP":{},"Parameters":{"Name":[{}]},"OrganizationId":[],"AppAccessContext":"x","Folders":{"FolderItems":1},"Item":[]}'
    echo '{"CreationTime":"0000-00-00T99:99:99","Id":"","Operation":"","RecordType":-1e999,"Workload":"","UserId":"","ClientIP":"999.999.999.999:99999999"}'
    echo '{"CreationTime":"2026-11-16T08:00:00","Id":"w2","Operation":"Evil","RecordType":1,"Workload":"Exchange","UserId":"eva@contoso.example","ClientIP":"[::::]:1","Operation":"Other","Id":"again"}'
    printf '7\n"text"\nnull\n[1,2]\ntrue\n'
    record w3
}
types >types.json
types_read() {
    mkdir types && types >types/types.json && scans 0 report --no-builtin-rules --rules rule.yml types || return 1
    [ "$(events)" -ge 3 ] || { echo "$(events) events"; return 1; }
    input_says report types.json '"container": "ual_json_lines"' '"line": 5' '"line": 6' '"line": 7' && runs 0 summary types && scans 0 report types
}
check "members of the wrong type: records are read, scalars are reported" types_read
for value in 7 '"text"' null true; do
    printf '%s' "$value" >scalar.json
    check "a file that holds $value alone: unreadable" beside 3 scalar.json 0 '"records": 0' '"unread_count": 1'
done
printf '{"CreationTime":"2026-11-16T08:00:00","Id":"u1","Operation":"Evil","RecordType":99999,"Workload":"NeverHeard","UserId":"eva@contoso.example"}\n{"CreationTime":"2026-11-16T08:00:00","Id":"u2","Operation":"Evil","RecordType":"BrandNew","Workload":"NeverHeard","UserId":"eva@contoso.example"}\n' >unknown.json
check "unknown record types are records like others" beside 0 unknown.json 2 '"records": 2' "$none" '"sources": ["m365_audit"]'
{ record v1 | sed 's/eva@/\xff\xfe\xc0@/'; echo; record v2; echo; } >utf8.json
check "bytes that are no UTF-8 in a name: both records are read" beside 0 utf8.json 2 '"records": 2' "$none"
utf8() { local file; for file in out err report/report.json report/timeline.csv; do iconv -f UTF-8 -t UTF-8 "$file" >/dev/null || return 1; done; }
check "what is written about them is UTF-8" utf8

# ---- long ------------------------------------------------------------------------------------------
{ record l1; echo; printf '{"Operation":"Evil","x":"'; repeat a 64000000; printf '"}\n'; record l2; echo; } >long.json
check "a line of 64 MB among others is reported once, the others are read" beside 0 long.json 2 '"records": 2' '"unread_count": 1' '"line": 2' '32 MiB'
repeat a 64000000 >line.json
check "64 MB without a line feed: unreadable" beside 3 line.json 0 '"records": 0' '"unread_count": 1,'
{ printf '{"Operation":"Evil","x":"'; repeat a 64000000; } >cut.json
check "64 MB of a string that never ends: unreadable, told once" beside 3 cut.json 0 '"records": 0' '"unread_count": 1,' '"offset": 0'
{ printf 'RecordId,CreationDate,RecordType,Operation,UserId,AuditData\na,b,c,d,e,"'; repeat a 64000000; } >cell.csv
check "a cell of 64 MB that is never closed: unreadable" beside 3 cell.csv 0 '"records": 0' '"unread_count": 1,'
{ repeat , 200000; echo; repeat , 200000; echo; } >commas.csv
check "200,000 columns without a name: unreadable" beside 3 commas.csv 0 '"records": 0' '"unread_count": 1'

# ---- cut off ---------------------------------------------------------------------------------------
{ record t1; echo; record t2 | head -c 90; } >lines.json
check "JSON lines cut off: the last piece is reported" beside 0 lines.json 1 '"records": 1' '"unread_count": 1' '"line": 2'
{ printf '['; record t3; printf ','; record t4; printf ','; record t5 | head -c 90; } >array.json
check "a JSON array cut off: the last piece is reported" beside 0 array.json 2 '"records": 2' '"unread_count": 1'
{ printf '{"@odata.context":"c","value":['; record t6; } >page.json
check "a page without its end: what is there is read" beside 0 page.json 1 '"records": 1'
row() { printf '%s,2026-11-16,1,Evil,eva@contoso.example,"%s"\n' "$1" "$(record "$1" | sed 's/"/""/g')"; }
{ echo RecordId,CreationDate,RecordType,Operation,UserId,AuditData; row t7; row t8 | head -c 120; } >table.csv
check "a CSV cut off: the last row is reported" beside 0 table.csv 1 '"records": 1' '"unread_count": 1' '"line": 3'
for n in $(seq 400); do record "g$n"; echo; done >many.json
gzip -c many.json >whole.gz
head -c $(($(wc -c <whole.gz) / 2)) whole.gz >half.gz
half() {
    mkdir half && mv half.gz half/ && record good >half/zz-good.json && scans 3 report --no-builtin-rules --rules rule.yml half &&
        [ "$(events)" -gt 50 ] && [ "$(events)" -lt 401 ] && has err half.gz && matches report/report.json '"path": "half/half.gz".*(cut|trunc|ends)' &&
        input_says report zz-good.json '"records": 1'
}
check "gzip cut off: what could be unpacked is read, the rest reported, status 3" half
{ head -c 600 whole.gz; printf 'XXXXXXXXXXXXXXXXXXXXXXXXXXX'; tail -c +628 whole.gz; } >bad.gz
bad() { mkdir bad && mv bad.gz bad/ && record good >bad/zz-good.json && scans 3 report --no-builtin-rules --rules rule.yml bad && has err bad.gz && input_says report zz-good.json '"records": 1'; }
check "gzip with broken bytes: reported, status 3" bad
printf '\037\213' >two.gz
check "two bytes of gzip: status 3" beside 3 two.gz 0 '"records": 0'
printf 'PK\003\004broken zip' >broken.zip
check "a broken zip: status 3" beside 3 broken.zip 0 '"records": 0'

if command -v zip >/dev/null; then
    mkdir encrypted
    record z1 >inside.json && zip -q -P secret encrypted/locked.zip inside.json && rm inside.json
    record good >encrypted/zz-good.json
    encrypted() { scans 3 report --no-builtin-rules --rules rule.yml encrypted && matches err 'locked.zip.*encrypted' && matches report/report.json 'locked.zip.*encrypted' && [ "$(events)" -eq 1 ]; }
    check "an encrypted zip: named as such, status 3" encrypted
else
    unchecked "an encrypted zip" "zip is absent"
fi

# ---- encodings -------------------------------------------------------------------------------------
{ record e1; echo; record e2; echo; } >plain.txt
{ echo RecordId,CreationDate,RecordType,Operation,UserId,AuditData; row e3; row e4; } >plain.csv
for kind in LE BE; do
    [ "$kind" = LE ] && mark='\377\376' || mark='\376\377'
    { printf "$mark"; iconv -f UTF-8 -t "UTF-16$kind" plain.txt; } >with.json
    check "JSON lines in UTF-16 $kind with mark" beside 0 with.json 2 '"records": 2' "$none"
    iconv -f UTF-8 -t "UTF-16$kind" plain.txt >without.json
    check "JSON lines in UTF-16 $kind without mark" beside 0 without.json 2 '"records": 2' "$none"
    { printf "$mark"; iconv -f UTF-8 -t "UTF-16$kind" plain.csv; } >with.csv
    check "CSV in UTF-16 $kind with mark" beside 0 with.csv 2 '"records": 2' "$none"
    iconv -f UTF-8 -t "UTF-16$kind" plain.csv >without.csv
    check "CSV in UTF-16 $kind without mark" beside 0 without.csv 2 '"records": 2' "$none"
done
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE plain.txt | head -c 501; } >odd.json
check "UTF-16 with half a character at the end: the whole record is read" beside 0 odd.json 1 '"unread_count": 1'
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE plain.txt; printf '\000\330\n\000'; iconv -f UTF-8 -t UTF-16LE plain.csv | head -c 0; } >lone.json
check "a lone surrogate in UTF-16: the records before it are read" beside 0 lone.json 2 '"records": 2'
sed 's/$/\r/' plain.txt >crlf.json
check "JSON lines with CRLF" beside 0 crlf.json 2 '"records": 2' "$none"
sed 's/$/\r/' plain.csv >crlf.csv
check "CSV with CRLF" beside 0 crlf.csv 2 '"records": 2' "$none"
printf 'CreationTime,Id,Operation,UserId,Workload\r2026-11-16T08:00:00,m1,Evil,eva@contoso.example,Exchange\r2026-11-16T08:01:00,m2,Evil,eva@contoso.example,Exchange\r' >cr.csv
cr() { mkdir cr && mv cr.csv cr/ && { scans 0 report --no-builtin-rules --rules rule.yml cr || scans 3 report --no-builtin-rules --rules rule.yml cr; } && { [ "$(events)" -eq 2 ] || matches report/report.json 'cr.csv.*"unread_count": [1-9]'; }; }
check "CSV with CR alone: read, or reported as unread" cr
{ printf '\357\273\277'; cat plain.txt; } >bom.json
check "JSON lines with a mark" beside 0 bom.json 2 '"records": 2' "$none"
{ printf '\357\273\277'; sed 's/$/\r/' plain.csv; } >bom.csv
check "CSV with a mark and CRLF" beside 0 bom.csv 2 '"records": 2' "$none"
{ printf '\357\273\277'; record e5; printf '\n\357\273\277'; record e6; echo; } >joined.json
check "a mark in the middle, where files were joined" beside 0 joined.json 2 '"records": 2' "$none"

# ---- something else --------------------------------------------------------------------------------
head -c 100000 /dev/urandom >garbage.json
check "random bytes: unreadable" beside 3 garbage.json 0 '"container": "unknown"' '"records": 0' '"unread_count": 1'
head -c 3000000 /dev/zero >zeros.csv
check "zeros: unreadable, told once" beside 3 zeros.csv 0 '"container": "unknown"' '"records": 0' '"unread_count": 1,'
{ printf '%%PDF-1.7\n%%\342\343\317\323\n1 0 obj\n<< /Type /Catalog >>\nendobj\n'; head -c 4000 /dev/urandom; } >report.csv
check "a PDF: unreadable" beside 3 report.csv 0 '"container": "unknown"' '"records": 0' '"unread_count": 1'
printf '<!DOCTYPE html>\n<html><head><title>Sign in to your account</title></head>\n<body>Session expired, please sign in</body></html>\n' >export.csv
check "a sign-in page instead of the download: unreadable, and named" beside 3 export.csv 0 '"container": "unknown"' '"records": 0' HTML
printf '\177ELF\002\001\001%0200d' 0 >program.json
check "a program: unreadable" beside 3 program.json 0 '"container": "unknown"' '"unread_count": 1'
printf 'Dear colleague,\n\nplease find the logs attached, as discussed.\nBest regards\n' >letter.csv
check "a letter among the exports: told of, no fault" beside 0 letter.csv 0 '"container": "text"' '"unread_count": 1'
printf 'SQLite format 3\000%0500d' 0 >data.json
check "a database: unreadable" beside 3 data.json 0 '"container": "unknown"' '"unread_count": 1'

# ---- files that are no files -----------------------------------------------------------------------
mkdir odd
record good >odd/zz-good.json
mkfifo odd/pipe.json
waits_not() { timeout 20 "$STORMGLASS" scan --no-builtin-rules --rules rule.yml --quiet odd >out 2>err </dev/null; [ $? -ne 124 ] && [ "$(events)" -eq 1 ]; }
check "a pipe in a folder is not waited for" waits_not
rm odd/pipe.json
mkdir odd/locked
record hidden >odd/locked/a.json
chmod 000 odd/locked
locked() { scans 3 report --no-builtin-rules --rules rule.yml odd && has err odd/locked && has report/report.json odd/locked && [ "$(events)" -eq 1 ]; }
program=$STORMGLASS
if without_rights; then
    rm -rf report
    check "a folder without permission is reported, the rest is read, status 3" locked
    rm -rf report
else
    unchecked "a folder without permission" "root may read everything"
fi
STORMGLASS=$program
chmod 755 odd/locked
rm odd/locked/a.json
mkdir deep && (cd deep && for n in $(seq 80); do mkdir d && cd d || exit; done; record low >a.json)
deep() { scans 3 report --no-builtin-rules --rules rule.yml deep && matches err 'd/d/d'; }
check "folders nested too deep are reported, status 3" deep
ln -s . odd/self
loop() { timeout 60 "$STORMGLASS" scan --no-builtin-rules --rules rule.yml --quiet odd >out 2>err </dev/null; [ $? -ne 124 ] && [ "$(events)" -eq 1 ]; }
check "a link to its own folder ends, and each file counts once" loop
name=$'odd\nname\e[2J.json'
mkdir names && record good >"names/$name"
named() { scans 0 report --no-builtin-rules --rules rule.yml names && has report/report.json 'odd\nname\u001b[2J.json' && ! grep -q $'\e' err; }
check "a file's name with line feed and escape stays one name" named

# ---- memory ----------------------------------------------------------------------------------------
generator=$ROOT/build/release/bench/bench_generate
if [ "$PRESET" != release ]; then unchecked "memory" "not with a sanitizer"
elif [ ! -x /usr/bin/time ]; then unchecked "memory" "/usr/bin/time is absent"
else
    # peak MEGABYTES COMMAND...: the program's largest resident size stays below.
    peak() {
        local limit=$1 used
        shift
        /usr/bin/time -v "$STORMGLASS" "$@" >out 2>time.txt </dev/null
        used=$(awk '/Maximum resident set size/ {print int($NF / 1024)}' time.txt)
        echo "peak ${used:-unknown} MB"
        [ -n "$used" ] && [ "$used" -lt "$limit" ]
    }
    for n in $(seq "$number"); do
        for file in "case$n"/long.json "case$n"/cut.json "case$n"/cell.csv "case$n"/open.json "case$n"/commas.csv; do
            [ ! -e "$file" ] || check "less than 300 MB for $(basename "$file")" peak 300 scan --quiet "$file"
        done
    done
    awk 'BEGIN {for (n = 0; n < 300000; n++)
        printf "{\"CreationTime\":\"2026-11-16T%02d:%02d:%02d\",\"Id\":\"%08d-0000-4000-8000-000000000000\",\"Operation\":\"Evil\",\"RecordType\":1,\"Workload\":\"Exchange\",\"UserId\":\"user%d@contoso.example\",\"ClientIP\":\"2001:db8::%x\",\"UserAgent\":\"%0160d\"}\n", n / 3600 % 24, n / 60 % 60, n % 60, n, n, n % 65536, n}' >users.json
    check "less than 300 MB for 100 MB in which 300,000 users each do the evil thing" peak 300 scan --quiet --no-builtin-rules --rules rule.yml users.json
    check "less than 300 MB for a summary of 300,000 users" peak 300 summary --quiet users.json
    rm users.json
    if [ -x "$generator" ]; then
        "$generator" ual 100 ual.json && "$generator" csv 100 ual.csv
        check "less than 300 MB for 100 MB of JSON lines" peak 300 scan --quiet ual.json
        check "less than 300 MB for 100 MB of CSV" peak 300 scan --quiet ual.csv
        check "less than 300 MB for a summary of 100 MB" peak 300 summary --quiet ual.json
        gzip -1 ual.json
        check "less than 300 MB for 100 MB in gzip" peak 300 scan --quiet ual.json.gz
    else
        unchecked "memory for 100 MB" "build/release/bench/bench_generate is not built (./dev bench builds it)"
    fi
fi
checks_end
