#!/usr/bin/env bash
# --mmdb: networks and countries of addresses from databases in MaxMind's format. Small ones are written here,
# byte by byte (MaxMind DB file format specification 2.0).
# SPDX-License-Identifier: Apache-2.0
set -u
. "$ROOT/tests/story/lib/checks.sh"

# ---- a writer: one prefix of IPv4 and one flat record of texts

byte() { printf '%b' "$(printf '\\x%02x' "$1")"; }
number() { byte $(($1 >> 16 & 255)) && byte $(($1 >> 8 & 255)) && byte $(($1 & 255)); }
text() { byte $((64 + ${#1})) && printf '%s' "$1"; }
int16() { byte $((160 + 2)) && byte $(($1 >> 8 & 255)) && byte $(($1 & 255)); }

# database BITS TYPE KEY VALUE...: addresses that begin with the bits have the record, all others nothing.
database() {
    local bits=$1 type=$2 nodes=${#1} i next
    shift 2
    for ((i = 0; i < nodes; i++)); do
        next=$((i + 1 < nodes ? i + 1 : nodes + 16))
        if [ "${bits:i:1}" = 1 ]; then number "$nodes" && number "$next"; else number "$next" && number "$nodes"; fi
    done
    for ((i = 0; i < 16; i++)); do byte 0; done
    byte $((224 + $# / 2))
    while [ $# -gt 0 ]; do text "$1" && text "$2" && shift 2; done
    printf '%b' '\xab\xcd\xefMaxMind.com'
    byte $((224 + 9))
    text node_count && byte $((192 + 1)) && byte "$nodes"
    text record_size && int16 24
    text ip_version && int16 4
    text database_type && text "$type"
    text languages && byte 0 && byte 4
    text binary_format_major_version && int16 2
    text binary_format_minor_version && int16 0
    text description && byte 224
    text build_epoch && byte 4 && byte 2 && printf '%b' '\x65\x53\xf1\x00'
}
hosting=1100011000010011101 # 198.19.160.0/19, where the intruder is
database "$hosting" Test-ASN asn AS64704 as_name "Dacia Servers" >asn.mmdb
database "$hosting" Test-Country country_code RO >country.mmdb
database "$hosting" Test-Country country_code BR >other.mmdb
database "$hosting" Test-Proxy is_proxy yes >proxy.mmdb
echo "this is a text" >text.mmdb
: >empty.mmdb

# ---- logs without places: the audit log alone
"$STORMGLASS" simulate --quiet --out tenant --mailboxes 20 --seed 3 --scenario compromised_password \
    --dialect ual_json_lines || exit 1
mkdir audit && cp tenant/ual.json audit/
finding() { grep -F '"ip": ["198.19.160.255"]' out; }
says() { finding | grep -qF -e "$1"; }
lacks_place() { ! finding | grep -qF -e "$1"; }

check "without a database the logs are scanned" runs 0 scan --quiet --format jsonl audit
cp out without
check "the intruder is found" says 198.19.160.255
check "of no known country" lacks_place '"country": ["RO"]'
check "and of no network" lacks_place '"asn"'
check "with two databases they are scanned" \
    runs 0 scan --quiet --format jsonl --mmdb asn.mmdb --mmdb country.mmdb audit
check "the finding has the network" says '"asn": ["64704"]'
check "and the country" says '"country": ["RO"]'
check "statements say both" has out "(AS64704, RO)"
check "the first database that knows wins" \
    runs 0 scan --quiet --format jsonl --mmdb other.mmdb --mmdb country.mmdb audit
check "and is the other one" says '"country": ["BR"]'
check "the variable names databases as well" \
    env STORMGLASS_MMDB=asn.mmdb:country.mmdb "$STORMGLASS" scan --quiet --format json audit
env STORMGLASS_MMDB=asn.mmdb:country.mmdb "$STORMGLASS" scan --quiet --format json audit >out 2>err
check "the report names the databases" has out '{"path": "country.mmdb", "type": "Test-Country", "built": "2023-11-14T22:13:20Z"}'
check "the threads change nothing" runs 0 scan --quiet --threads 1 --format jsonl --mmdb asn.mmdb --mmdb country.mmdb audit
cp out one
check "with more of them" runs 0 scan --quiet --threads 4 --format jsonl --mmdb asn.mmdb --mmdb country.mmdb audit
check "the output is the same" same one out

# ---- sign-in logs say where what a database does not know is
check "whole logs are scanned" runs 0 scan --quiet --format jsonl tenant
check "gaps takes a database" runs 0 gaps --quiet --mmdb asn.mmdb audit

# ---- mistakes: exit 3, the file is named, and what to do
refused() { # refused FILE TEXT
    runs 3 scan --quiet --mmdb "$1" audit && has err "$1" && has err "$2" && [ ! -s out ]
}
check "a file that is not there" refused missing.mmdb "No such file"
check "a text is no database" refused text.mmdb "MaxMind's format"
check "nor is an empty file" refused empty.mmdb "MaxMind's format"
check "nor a folder" refused audit "MaxMind's format"
check "a database of something else" refused proxy.mmdb "neither networks nor countries"
check "of several, the wrong one is named" runs 3 scan --quiet --mmdb asn.mmdb --mmdb text.mmdb audit
check "by its name" has err text.mmdb
many=()
for i in 1 2 3 4 5 6 7 8 9; do many+=(--mmdb asn.mmdb); done
check "nine databases are too many" runs 3 scan --quiet "${many[@]}" audit
check "and it is said" has err "8 address databases at most"
check "gaps refuses them too" runs 3 gaps --mmdb text.mmdb audit
checks_end
