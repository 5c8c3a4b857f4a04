#!/usr/bin/env bash
# Peak memory of a scan and a summary for files of 100 MB, 1 GB and 5 GB, as megabytes and as a part of
# the 300 MB that are the limit: it must not grow with the file.
# SPDX-License-Identifier: Apache-2.0
#
#   bench_memory.sh [MEGABYTES...]      100 1000 5000 unless told
#
# $STORMGLASS is the program, $BENCH the folder of bench_generate; files are made in $TMPDIR and removed.
set -euo pipefail
LIMIT=300
[ $# -gt 0 ] || set -- 100 1000 5000
[ -x /usr/bin/time ] || { echo "/usr/bin/time is absent: no memory is measured"; exit 0; }
[ -x "${BENCH:-}/bench_generate" ] || { echo "bench_generate is not in \$BENCH"; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

over=0
# measure LABEL ARGUMENT...
measure() {
    local label=$1 status=0
    shift
    /usr/bin/time -f '%M %e' -o "$work/time" "$STORMGLASS" "$@" >/dev/null 2>"$work/err" || status=$?
    awk -v label="$label" -v limit="$LIMIT" -v status="$status" '
        END {printf "%-28s %7.1f MB  %5.1f %% of %d MB  %7.2f s%s\n", label, $1 / 1024, $1 / 1024 / limit * 100, limit, $2,
             status ? "  ended with " status : ""; exit $1 / 1024 >= limit || status}' "$work/time" || over=1
}

for megabytes; do
    free=$(df -Pm "$work" | awk 'NR == 2 {print $4}')
    if [ "$free" -lt $((megabytes * 3 / 2)) ]; then
        echo "$megabytes MB: left out, $free MB free in $work"
        continue
    fi
    for kind in ual csv; do
        "$BENCH/bench_generate" "$kind" "$megabytes" "$work/log"
        measure "$kind $megabytes MB, scan" scan --quiet "$work/log"
        measure "$kind $megabytes MB, summary" summary --quiet "$work/log"
        rm "$work/log"
    done
done

# Many distinct users, each with a finding of their own: what is kept grows with what was found.
awk 'BEGIN {for (n = 0; n < 300000; n++)
    printf "{\"CreationTime\":\"2026-11-16T%02d:%02d:%02d\",\"Id\":\"%08d-0000-4000-8000-000000000000\",\"Operation\":\"New-InboxRule\",\"RecordType\":1,\"Workload\":\"Exchange\",\"OrganizationId\":\"t\",\"UserId\":\"user%d@contoso.example\",\"UserType\":0,\"ClientIP\":\"2001:db8::%x\",\"Parameters\":[{\"Name\":\"Name\",\"Value\":\".\"},{\"Name\":\"DeleteMessage\",\"Value\":\"True\"}]}\n", n / 3600 % 24, n / 60 % 60, n % 60, n, n, n % 65536}' >"$work/log"
measure "300,000 findings" scan --quiet "$work/log"
measure "300,000 users, summary" summary --quiet "$work/log"
exit "$over"
