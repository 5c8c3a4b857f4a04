#!/usr/bin/env python3
"""Holds records.jsonl against the inputs it names: records.py same RECORDS [MIN], records.py why RECORDS TEXT [COUNT].

same: every raw record is the bytes of its input at its offset, its line and both hashes are true, and there are at least
MIN. Members of archives and packed files are unpacked here, by other code than the program's. why: at least COUNT (1)
records say so of why they have no text."""
# SPDX-License-Identifier: Apache-2.0
import base64
import bisect
import gzip
import hashlib
import json
import sys
import zipfile

contents = {}


def content(path):
    """The input as the program decodes it, the SHA-256 of the file on disk, and where its lines end."""
    if path not in contents:
        name, _, member = path.partition("!")
        data = open(name, "rb").read()
        sha256 = hashlib.sha256(data).hexdigest()
        if member:
            data = zipfile.ZipFile(name).read(member)
        elif data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            data = data.decode("utf-16").encode()
        feeds = [at for at, byte in enumerate(data) if byte == 10]
        contents[path] = (data, sha256, feeds)
    return contents[path]


def check(record):
    data, sha256, feeds = content(record["input"])
    raw = record["raw"].encode("utf-8", "surrogatepass")
    if "raw_base64" in record:
        raw = base64.b64decode(record["raw_base64"])
    at, size = record["offset"], record["bytes"]
    whole = data[at : at + size]
    if whole[: len(raw)] != raw or len(raw) + record.get("cut_bytes", 0) != size:
        return "the text is not that of the input"
    if hashlib.sha256(whole).hexdigest() != record["sha256"] or sha256 != record["input_sha256"]:
        return "a hash is wrong"
    line = bisect.bisect_left(feeds, at) + 1
    if line != record["line"]:
        return f"line {record['line']} is {line}"
    if record["id"].encode() not in whole and "@" not in record["id"]:
        return "the id is not in it"
    if not record["cited_by"]:
        return "nobody cites it"
    return None


def main(command, path, *rest):
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    records = [record for record in lines if "id" in record]
    if command == "why":
        found = sum(rest[0] in record.get("omitted", "") for record in records)
        print(found, "of", len(records))
        return 0 if found >= int(rest[1] if len(rest) > 1 else 1) else 1
    checked = {}
    for record in records:
        if record["raw"] is None:
            print(record["id"], record["omitted"])
            return 1
        wrong = check(record)
        if wrong:
            print(record["id"], "in", record["input"], "at", record["offset"], wrong)
            return 1
        checked[record["container"]] = checked.get(record["container"], 0) + 1
    print(len(records), checked)
    return 0 if len(records) >= int(rest[0] if rest else 1) else 1


sys.exit(main(*sys.argv[1:]))
