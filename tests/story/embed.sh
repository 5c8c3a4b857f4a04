#!/usr/bin/env bash
# Files embedded by tools/embed.sh come out of a compiled program byte for byte.
# SPDX-License-Identifier: Apache-2.0
set -eu

mkdir -p "files/with blank"
: >files/empty.yml
printf 'no line feed at the end 1\0012' >files/digits.yml
printf 'title: "quoted" \\ ??/ %%s\r\n\n' >files/signs.yml
for byte in $(seq 0 255); do printf "\\$(printf %03o "$byte")"; done >"files/with blank/bytes.yml"
for _ in $(seq 2000); do printf '\303\251 0123456789 abcdefghij'; done >files/long.yml
find files -type f | LC_ALL=C sort >list

cat >main.c <<'END'
#include <stdio.h>
#include <string.h>

#include "base/builtin.h"

int main(int count, char **values)
{
    if (count < 2) return printf("%zu\n", builtin_rules_count) < 0;
    for (const struct builtin_file *file = builtin_rules; file->path; file++)
        if (strcmp(file->path, values[1]) == 0)
            return fwrite(file->text, 1, file->size, stdout) != file->size || file->text[file->size];
    return 2;
}
END

build() {
    sh "$ROOT/tools/embed.sh" builtin_rules base/builtin.h "$1" embedded.c
    cc -std=c11 -Wall -Wextra -Werror -I "$ROOT/src" main.c embedded.c -o main
}

build list
[ "$(./main)" = 5 ]
while IFS= read -r path; do
    ./main "$path" >out
    cmp "$path" out
done <list

# None at all is as good as many.
: >none
build none
[ "$(./main)" = 0 ]

# A file that went away is an error and leaves nothing half written.
echo files/gone.yml >gone
rm embedded.c
if sh "$ROOT/tools/embed.sh" builtin_rules base/builtin.h gone embedded.c 2>/dev/null; then exit 1; fi
[ ! -e embedded.c ]
