# Checks of a story whose steps build on each other: the first that fails ends it.
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/story/*.sh after `set -eu`; `passed` counts the runs.
passed=0

fail() {
    echo "$(basename "$0"): $*" >&2
    [ ! -s err ] || { echo "--- err"; tail -n 5 err; } >&2
    [ ! -s out ] || { echo "--- out"; tail -n 5 out; } >&2
    exit 1
}

# runs STATUS ARGUMENT...: the program ends with this status; out and err hold what it wrote.
runs() {
    local wanted=$1 status=0
    shift
    "$STORMGLASS" "$@" >out 2>err </dev/null || status=$?
    [ "$status" -eq "$wanted" ] || fail "'$*' ended with $status, not $wanted"
    passed=$((passed + 1))
}
says() { grep -qF -- "$2" "$1" || fail "$1 lacks '$2'"; }
silent() { [ ! -s "$1" ] || fail "$1 is not empty"; }
