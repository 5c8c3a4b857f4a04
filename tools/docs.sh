#!/bin/sh
# Writes the generated pages into a folder: docs.sh FOLDER. The program named by STORMGLASS has the
# tables they come from.
# SPDX-License-Identifier: Apache-2.0
set -eu
folder=$1
program=${STORMGLASS:?names the program}
mkdir -p "$folder/completions"
"$program" docs man >"$folder/stormglass.1"
"$program" docs commands >"$folder/commands.md"
"$program" docs fields >"$folder/fields.md"
"$program" docs detectors >"$folder/detectors.md"
"$program" docs evidence >"$folder/evidence.md"
"$program" docs bash >"$folder/completions/stormglass.bash"
"$program" docs zsh >"$folder/completions/_stormglass"
"$program" docs fish >"$folder/completions/stormglass.fish"
