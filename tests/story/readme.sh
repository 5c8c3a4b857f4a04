#!/usr/bin/env bash
# Every stormglass command in README.md runs, and every ./dev command in the documents exists.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

[ -x "$STORMGLASS" ] || { echo "no program"; exit 77; }
[ -d "$ROOT/samples/tenant" ] || { echo "no samples/tenant"; exit 77; }
mkdir bin
ln -s "$STORMGLASS" bin/stormglass
ln -s "$ROOT/samples" samples
ln -s "$ROOT/rules" rules
PATH=$PWD/bin:$PATH

# Lines of the ```sh blocks of a file, without comments behind the command.
commands() { awk '/^```sh$/ {on = 1; next} /^```/ {on = 0} on {sub(/  +#.*/, ""); print}' "$1"; }

failed=0 count=0
while IFS= read -r line; do
    count=$((count + 1))
    # No pipefail: a reader such as head may go away early.
    if ! timeout 120 bash -c "set -e; $line" >out 2>err </dev/null; then
        echo "failed: $line"
        tail -n 5 err
        failed=1
    fi
done < <(commands "$ROOT/README.md" | grep '^stormglass ')
[ "$count" -gt 0 ] || { echo "README.md has no command"; failed=1; }

while IFS= read -r name; do
    "$ROOT/dev" help | grep -q "^  $name " || { echo "./dev $name is in a document, not in ./dev help"; failed=1; }
done < <(grep -ohE '\./dev [a-z]+' "$ROOT"/README.md "$ROOT"/CONTRIBUTING.md "$ROOT"/SECURITY.md | awk '{print $2}' | sort -u)
exit "$failed"
