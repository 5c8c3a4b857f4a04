# Checks of a story, one sentence each: a failed one is shown and counted, and the story goes on.
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/story/*.sh, which end with `checks_end`.
CHECKS_PASSED=0 CHECKS_FAILED=0
unset NO_COLOR

# check SENTENCE COMMAND...: the command succeeds; what it says is shown only when it does not.
check() {
    local sentence=$1
    shift
    if "$@" >check.log 2>&1; then
        CHECKS_PASSED=$((CHECKS_PASSED + 1))
        return 0
    fi
    CHECKS_FAILED=$((CHECKS_FAILED + 1))
    echo "FAILED: $sentence ($*)"
    tail -n 12 check.log | cut -c -400 | sed 's/^/    /'
    return 1
}

# unchecked SENTENCE REASON: said, not counted.
unchecked() { echo "not checked: $1: $2"; }

# The last line is what ./dev test counts.
checks_end() {
    echo "$CHECKS_PASSED passed, $CHECKS_FAILED failed"
    [ "$CHECKS_FAILED" -eq 0 ]
    exit
}

# runs STATUS ARGUMENT...: the program ends with this status; out and err hold what it wrote.
runs() {
    local wanted=$1 status=0
    shift
    "$STORMGLASS" "$@" >out 2>err </dev/null || status=$?
    [ "$status" -eq "$wanted" ] && return 0
    echo "'$*' ended with $status, not $wanted"
    tail -n 8 err
    return 1
}

# scans STATUS FOLDER ARGUMENT...: `scan --out FOLDER`, one finding a line in out.
scans() {
    local wanted=$1 folder=$2
    shift 2
    rm -rf "$folder"
    runs "$wanted" scan --format jsonl --out "$folder" "$@"
}

has() { grep -qF -e "$2" "$1" || { echo "$1 lacks: $2"; head -c 2000 "$1"; return 1; }; }
lacks() { ! grep -F -e "$2" "$1"; }
matches() { grep -qE -e "$2" "$1" || { echo "$1 has nothing like: $2"; head -c 2000 "$1"; return 1; }; }
lines() { [ "$(wc -l <"$1")" -eq "$2" ] || { echo "$1 has $(wc -l <"$1") lines, not $2"; head -c 2000 "$1"; return 1; }; }
same() { cmp "$1" "$2" || { diff "$1" "$2" | head -n 8; return 1; }; }

# titles FILE: the titles of findings, one a line.
titles() { sed -n 's/^ *{"id": "f-.*"title": "\([^"]*\)", "severity".*/\1/p' "$1"; }

# input REPORT NAME: the line of report.json about the input whose path ends so.
input() { grep -F "/$2\"," "$1/report.json" || grep -F "\"path\": \"$2\"," "$1/report.json"; }

# input_says REPORT NAME TEXT...: that line has these texts.
input_says() {
    local report=$1 name=$2 line text
    shift 2
    line=$(input "$report" "$name" | head -n 1)
    [ -n "$line" ] || { echo "report.json does not mention $name"; return 1; }
    for text; do
        case $line in *"$text"*) ;; *) echo "lacks $text: $line"; return 1 ;; esac
    done
}

# without_rights: makes $STORMGLASS one that root's rights do not help, for files nobody may read. False
# where that cannot be done. The folder must be one's own and is opened to everyone.
without_rights() {
    [ "$(id -u)" -eq 0 ] || return 0
    cp "$STORMGLASS" ./program && chmod 755 program && chmod 777 . || return 1
    # By a relative path, since the folders above may be closed.
    printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 --clear-groups ./program "$@"\n' >unprivileged
    chmod 755 unprivileged
    ./unprivileged --version >/dev/null 2>&1 || return 1
    STORMGLASS=./unprivileged
}
