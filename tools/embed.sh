#!/bin/sh
# Writes a C file that holds other files as constants: embed.sh NAME HEADER LIST OUTPUT.
# LIST has one path a line, relative to the current folder. OUTPUT defines NAME[], an array of
# `struct builtin_file` (declared in HEADER) that ends with an all-zero element, and NAME_count.
# Bytes become string literals with octal escapes: any byte is safe, and compilers read a long
# string many times faster than a long list of numbers.
# SPDX-License-Identifier: Apache-2.0
set -eu
LC_ALL=C
export LC_ALL
name=$1 header=$2 list=$3 output=$4

partial=$output.part.$$
trap 'rm -f "$partial" "$partial.sizes"' EXIT
while IFS= read -r path; do
    [ -n "$path" ] || continue
    size=$(wc -c <"$path") # a file that went away stops here
    printf '%s %s\n' "$((size))" "$path"
done <"$list" >"$partial.sizes"

# One pass over the bytes of all files on end; the sizes say where each one stops.
while IFS= read -r path; do
    [ -z "$path" ] || cat -- "$path"
done <"$list" | od -An -v -tu1 | awk -v name="$name" -v header="$header" -v sizes="$partial.sizes" '
    function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }
    function open_next() { # starts the next file; empty ones are complete at once
        while (current < count) {
            printf "// %s\nstatic const char file_%d[] =\n", path[++current], current
            left = size[current]
            if (left > 0) return
            print "    \"\";"
        }
    }
    function flush() { if (line != "") printf "    \"%s\"", line; line = ""; width = 0 }
    BEGIN {
        while ((getline row < sizes) > 0) {
            size[++count] = row + 0
            sub(/^[0-9]+ /, "", row)
            path[count] = row
        }
        for (i = 0; i < 256; i++)
            shown[i] = (i >= 32 && i < 127 && i != 34 && i != 63 && i != 92) ? sprintf("%c", i) : sprintf("\\%03o", i)
        printf "// Made by tools/embed.sh; do not edit.\n#include \"%s\"\n\n", header
        open_next()
    }
    {
        for (i = 1; i <= NF; i++) {
            line = line shown[$i]
            left--
            if (left == 0) { flush(); print ";"; open_next() }
            else if (++width == 64 || $i == 10) { flush(); print "" }
        }
    }
    END {
        if (current < count || left > 0) exit 1 # a file changed while it was read
        printf "\nconst struct builtin_file %s[] = {\n", name
        for (i = 1; i <= count; i++)
            printf "    {%s, file_%d, sizeof file_%d - 1},\n", quoted(path[i]), i, i
        printf "    {0, 0, 0},\n};\nconst size_t %s_count = %d;\n", name, count
    }' >"$partial"
mv -f "$partial" "$output"
