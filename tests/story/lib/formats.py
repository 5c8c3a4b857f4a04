"""Checks what we write against the rules of each format, as far as they can be had offline.

formats.py own SCHEMA FILE...    JSON (a FILE ending in l: one value a line) by a schema of schemas/
formats.py stix FILE...          STIX 2.1 by the OASIS schemas and the validator's rules; ids computed again
formats.py ocsf FILE...          each line an OCSF Detection Finding of the version it names, and of the newest known
formats.py navigator FILE...     an ATT&CK Navigator layer, read by MITRE's own layer classes
formats.py markdown FILE...      pages as GitHub's own parser and another read them: no HTML, no link but to ATT&CK
formats.py csv COLUMNS FILE...   rows of so many cells, none of them a formula
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import html.parser
import json
import os
import sys
import types
import uuid

PROBLEMS = []
SHOWN = 12


def problem(path, text):
    PROBLEMS.append(f"{path}: {text}")


def values(path):
    """(where, value) of a JSON file, or of each line of a JSON lines file."""
    with open(path, encoding="utf-8", newline="\n") as file:
        if not path.endswith("l"):
            yield path, json.load(file)
            return
        for number, line in enumerate(file, 1):
            yield f"{path}:{number}", json.loads(line)


def errors_of(validator, where, value):
    for error in sorted(validator.iter_errors(value), key=lambda e: list(map(str, e.absolute_path))):
        at = "/".join(map(str, error.absolute_path))
        problem(where, f"/{at}: {error.message[:300]}")


def own(arguments):
    import jsonschema

    with open(arguments[0], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.FormatChecker()
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    for path in arguments[1:]:
        for where, value in values(path):
            errors_of(validator, where, value)


# ---- STIX ----------------------------------------------------------------------------------------

SCO_SPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
# Those that we write and whose ids follow from them; email-message has an id of ours (section 2.9).
CONTRIBUTING = {
    "ipv4-addr": ["value"],
    "ipv6-addr": ["value"],
    "email-addr": ["value"],
    "user-account": ["account_type", "user_id", "account_login"],
    "software": ["name", "cpe", "swid", "vendor", "version"],
}


def stix_ids(path, bundle):
    ids = [item["id"] for item in bundle["objects"]]
    for twice in {i for i in ids if ids.count(i) > 1}:
        problem(path, f"{twice} stands there twice")
    known = set(ids)
    for item in bundle["objects"]:
        for key, value in item.items():
            refs = value if key.endswith("_refs") else [value] if key.endswith("_ref") else []
            for ref in refs:
                if ref not in known:
                    problem(path, f"{item['id']}: {key} {ref} is not in the bundle")
            if len(refs) != len(set(refs)):
                problem(path, f"{item['id']}: {key} names something twice")
        if item["type"] in CONTRIBUTING:
            parts = {k: item[k] for k in CONTRIBUTING[item["type"]] if k in item}
            text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            wanted = f"{item['type']}--{uuid.uuid5(SCO_SPACE, text)}"
            if item["id"] != wanted:
                problem(path, f"{item['id']} should be {wanted}")


# 103: ids of SDOs are to be random; ours follow from what they name, so that the same input gives the same bundle.
# 302: no hash beside a URL; MITRE's own bundles have none beside attack.mitre.org either.
PASSED_OVER = ("{103}", "{302}")


def stix(arguments):
    from stix2validator import ValidationOptions, validate_file

    for path in arguments:
        result = validate_file(path, ValidationOptions(version="2.1", strict=False))
        for part in result.object_results:
            for error in part.errors:
                problem(path, str(error)[:400])
            for warning in part.warnings:
                if not any(code in str(warning) for code in PASSED_OVER):
                    problem(path, f"warning: {str(warning)[:400]}")
        if not result.is_valid and not PROBLEMS:
            problem(path, str(result.errors))
        for _, bundle in values(path):
            stix_ids(path, bundle)


# ---- OCSF ----------------------------------------------------------------------------------------

NEWEST = "1.8.0"


def ocsf_validator(version):
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version)).get_class_schema("detection_finding")
    return jsonschema.Draft202012Validator(schema)


def ocsf_constraints(where, value, version, name="detection_finding", kind="classes"):
    """'At least one of' and 'just one of', which the JSON schemas leave out; of objects in objects, too."""
    from ocsf_json_schema import get_ocsf_schema

    if version not in SCHEMAS:
        SCHEMAS[version] = get_ocsf_schema(version)
    entry = SCHEMAS[version][kind][name]
    for rule, keys in (entry.get("constraints") or {}).items():
        found = sum(key in value for key in keys)
        if found == 0 or (rule == "just_one" and found > 1):
            problem(where, f"{name}: {rule} of {keys}")
    for key, item in value.items():
        attribute = entry["attributes"].get(key)
        if attribute is None:
            problem(where, f"{name}: no attribute {key} in {version}")
            continue
        if "@deprecated" in attribute:
            problem(where, f"{name}: {key} is deprecated in {version}")
        if attribute["type"] != "object_t":
            continue
        for one in item if isinstance(item, list) else [item]:
            ocsf_constraints(where, one, version, attribute["object_type"], "objects")


SCHEMAS = {}


def ocsf(arguments):
    validators = {}
    for path in arguments:
        for where, value in values(path):
            if value.get("type_uid") != value.get("class_uid", 0) * 100 + value.get("activity_id", 0):
                problem(where, "type_uid is not class_uid * 100 + activity_id")
            for version in (value["metadata"]["version"], NEWEST):
                if version not in validators:
                    validators[version] = ocsf_validator(version)
                errors_of(validators[version], f"{where} ({version})", value)
                ocsf_constraints(where, value, version)


# ---- Navigator -----------------------------------------------------------------------------------


def navigator(arguments):
    # The package imports far more than its layer classes, which need nothing: they are loaded alone.
    import importlib.util

    folder = os.path.dirname(importlib.util.find_spec("mitreattack").origin)
    for name, path in (("mitreattack", folder), ("mitreattack.navlayers", os.path.join(folder, "navlayers"))):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [path]
    from mitreattack.navlayers.core.layer import Layer

    for path in arguments:
        for where, value in values(path):
            layer = Layer()
            layer.from_dict(value)
            read = layer.to_dict()
            if not read:
                problem(where, "MITRE's classes do not read it")
                continue
            for key in ("name", "domain", "description", "sorting"):
                if read.get(key) != value.get(key):
                    problem(where, f"{key} is read as {read.get(key)!r}")
            kept = {t["techniqueID"]: t.get("score") for t in read.get("techniques", [])}
            if kept != {t["techniqueID"]: t.get("score") for t in value["techniques"]}:
                problem(where, "techniques are read otherwise")


# ---- Markdown ------------------------------------------------------------------------------------

TAGS = set("h1 h2 h3 h4 p ul ol li table thead tbody tr th td code pre strong hr input br".split())


class Page(html.parser.HTMLParser):
    """What a page of HTML has that none of ours may have, and tables whose rows are of unequal length."""

    def __init__(self, where):
        super().__init__()
        self.where, self.cells, self.width, self.rows = where, 0, 0, 0

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a":
            if not (attributes.get("href") or "").startswith("https://attack.mitre.org/techniques/T"):
                problem(self.where, f"a link to {attributes.get('href')}")
        elif tag not in TAGS:
            problem(self.where, f"<{tag}> {attributes}")
        elif tag == "input" and attributes.get("type") != "checkbox":
            problem(self.where, f"an input of type {attributes.get('type')}")
        self.cells = 0 if tag == "tr" else self.cells + (tag in ("th", "td"))

    def handle_endtag(self, tag):
        if tag == "thead":
            self.width = self.cells
        elif tag == "tr" and self.width:
            self.rows += 1
            if self.cells != self.width:
                problem(self.where, f"a row of {self.cells} cells in a table of {self.width}")
        elif tag == "table":
            self.width = 0

    def handle_comment(self, text):
        problem(self.where, f"a comment: {text[:80]}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def markdown(arguments):
    import cmarkgfm
    import markdown_it
    from cmarkgfm.cmark import Options

    other = markdown_it.MarkdownIt("commonmark", {"linkify": True, "html": True})
    other.enable(["table", "linkify", "strikethrough"])
    for path in arguments:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        # Unsafe: HTML is let through, so that it is seen.
        pages = {
            "cmark-gfm": cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE),
            "markdown-it": other.render(text),
        }
        for name, body in pages.items():
            page = Page(f"{path} by {name}")
            page.feed(body)
            page.close()
            lines = sum(line.startswith("| ") and not line.startswith("| --") for line in text.split("\n"))
            heads = text.count("\n| --- ") + text.count("\n| ---: ")
            if page.rows != lines - heads:
                problem(path, f"{name}: {page.rows} rows, where {lines - heads} were written")


# ---- CSV -----------------------------------------------------------------------------------------


def csv_rows(arguments):
    columns = int(arguments[0])
    for path in arguments[1:]:
        with open(path, encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file, strict=True), 1):
                if len(row) != columns:
                    problem(f"{path}:{number}", f"{len(row)} cells, not {columns}")
                for cell in row:
                    if cell[:1] in "=+-@\t\r" and cell:
                        problem(f"{path}:{number}", f"a formula: {cell[:60]!r}")


def main():
    kinds = {"own": own, "stix": stix, "ocsf": ocsf, "navigator": navigator, "markdown": markdown, "csv": csv_rows}
    if len(sys.argv) < 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kinds[sys.argv[1]](sys.argv[2:])
    for text in PROBLEMS[:SHOWN]:
        print(text)
    if len(PROBLEMS) > SHOWN:
        print(f"and {len(PROBLEMS) - SHOWN} more")
    sys.exit(1 if PROBLEMS else 0)


main()
