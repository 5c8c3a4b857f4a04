#!/usr/bin/env bash
# Ten million records of a simulated tenant with an intruder, all detectors on, to the complete report: seconds and peak
# memory, against the 60 seconds on two cores and the 1 GB that are the limits.
# SPDX-License-Identifier: Apache-2.0
#
#   bench_ten_million.sh [MAILBOXES]      5000 unless told: about 2,000 records each
#
# $STORMGLASS is the program; the logs (15 GB) are made in $TMPDIR and removed.
set -euo pipefail
SECONDS_LIMIT=60 MEGABYTES_LIMIT=1024
mailboxes=${1:-5000}
[ -x /usr/bin/time ] || { echo "/usr/bin/time is absent: nothing is measured"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
free=$(df -Pm "$work" | awk 'NR == 2 {print $4}')
if [ "$free" -lt $((mailboxes * 4)) ]; then
    echo "$mailboxes mailboxes: left out, $free MB free in $work"
    exit 0
fi
"$STORMGLASS" simulate --quiet --out "$work/logs" --mailboxes "$mailboxes" --days 11 --seed 3 \
    --scenario forged_token --dialect ual_json_lines
rm "$work/logs/truth.json"
status=0
/usr/bin/time -f '%e %M' -o "$work/time" \
    "$STORMGLASS" scan --no-color --threads 2 --out "$work/report" "$work/logs" >/dev/null 2>"$work/err" || status=$?
records=$(sed -n 's/^Read \([0-9,]*\) records.*/\1/p' "$work/err" | tail -n 1)
tail -n 1 "$work/time" | awk -v records="${records:-0}" -v status="$status" -v seconds="$SECONDS_LIMIT" -v megabytes="$MEGABYTES_LIMIT" '
    {printf "%s records to the report, all detectors, 2 threads: %.1f s (limit %d)  %.0f MB (limit %d)%s\n", records, $1, seconds, $2 / 1024,
        megabytes, status ? "  ended with " status : ""; exit $1 > seconds || $2 / 1024 > megabytes || status}'
