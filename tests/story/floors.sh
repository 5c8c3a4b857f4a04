#!/usr/bin/env bash
# The floor check lets a clean tree pass and names each kind of violation.
# SPDX-License-Identifier: Apache-2.0
set -eu

fail() { echo "floors.sh: $*" >&2; exit 1; }

# tree NAME: a fresh folder NAME that keeps every rule; the cases below spoil copies of it.
tree() {
    mkdir -p "$1/src/base" "$1/src/event" "$1/src/report"
    cp "$ROOT/floors" "$1/floors"
    printf '#include <stddef.h>\nint text_size(const char *text);\n' >"$1/src/base/text.h"
    printf '#include "base/text.h"\nint text_size(const char *text) {\n    return text[0];\n}\n' >"$1/src/base/text.c"
    printf '#include "base/text.h"\n' >"$1/src/event/event.h"
    printf '#include "event/event.h"\n' >"$1/src/report/text.c"
}

# rejects NAME WORDS: the tree NAME fails, and the answer holds WORDS.
rejects() {
    if "$ROOT/tools/check_floors" "$1" >"$1/answer" 2>&1; then
        cat "$1/answer" >&2
        fail "$1 was accepted"
    fi
    grep -qF -- "$2" "$1/answer" || { cat "$1/answer" >&2; fail "$1: answer lacks '$2'"; }
}

# warns NAME WORDS: the tree NAME passes with a warning that holds WORDS.
warns() {
    "$ROOT/tools/check_floors" "$1" >"$1/answer" 2>&1 || { cat "$1/answer" >&2; fail "$1 was rejected"; }
    grep -qF -- "$2" "$1/answer" || { cat "$1/answer" >&2; fail "$1: answer lacks '$2'"; }
}

tree clean
warns clean "4 files, 0 errors, 0 warnings"

tree upward
echo '#include "report/outline.h"' >>upward/src/event/event.h
rejects upward "src/event/event.h:2: event may not include report"

tree skipped
mkdir skipped/src/engine
printf '#include "system/clock.h"\n' >skipped/src/report/json.c
rejects skipped "src/report/json.c:1: report may not include system"

tree nameless
echo '#include "text.h"' >>nameless/src/base/text.c
rejects nameless 'src/base/text.c:5: "text.h" does not name a floor'

tree stranger
mkdir stranger/src/cellar
echo 'int cellar;' >stranger/src/cellar/cellar.c
rejects stranger 'folder "cellar" is not in floors'

tree homeless
echo 'int main(void) { return 0; }' >homeless/src/main.c
rejects homeless "src/main.c: lies in src/ itself"

tree cycle
printf '#include "base/second.h"\n' >cycle/src/base/first.h
printf '#include "base/third.h"\n' >cycle/src/base/second.h
printf '#include "base/first.h"\n' >cycle/src/base/third.h
rejects cycle "include cycle: src/base/first.h > src/base/second.h > src/base/third.h > src/base/first.h"

tree order
printf 'base: event\nevent:\n' >order/floors
rejects order '"base" names "event", which is not below it'

tree long
{
    printf 'static int long_one(int count)\n{\n'
    for _ in $(seq 100); do printf '    count++;\n'; done
    printf '    return count;\n}\n'
} >long/src/base/long.c
warns long "src/base/long.c:1: warning: function of 104 lines"

tree big
for _ in $(seq 601); do echo '// line'; done >big/src/base/big.c
warns big "src/base/big.c: warning: 601 lines"
