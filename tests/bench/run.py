#!/usr/bin/env python3
"""Measures Stormglass and writes build/bench/results.json, which tools/bench_page makes a table and a page of.

  run.py quick|default|full|record [SECTION...]

`./dev bench` calls it with $STORMGLASS (the program), $BENCH (the folder of bench_ratio, bench_generate and
bench_hostile) and $ROOT. quick takes about 3 minutes on two cores, default about 15, full hours and 50 GB in $TMPDIR.
record writes tests/bench/instructions.txt anew. With sections (speed rules process memory growth instructions) only
those are measured, and the others keep what build/bench/results.json says of them.

Inputs lie in $TMPDIR/stormglass-bench-UID, where those for speed stay for the next run; results.json has every
figure. Speeds are measured in turns with their yardstick, and the least of several rounds counts. Where SigmaHQ's
rules are absent ($STORMGLASS_SHARED) the rows that need them are left out, and said to be.
SPDX-License-Identifier: Apache-2.0
"""
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from workbench import (BENCH, DIALECTS, PAIRS, PROGRAM, ROOT, WORK, add, bench_page, make_rules,  # noqa: E402
                       make_tenant, one_record, output, path_of, room_for, rows, scan, simulate, skip, skipped)

RESULTS = os.path.join(ROOT, "build", "bench", "results.json")
RECORDED = os.path.join(ROOT, "tests", "bench", "instructions.txt")

# ---- what is measured ------------------------------------------------------------------------------------------------

# tenant, widths: mailboxes and days. noise, memory: megabytes. growth: records. tenants: mailboxes, eleven days each,
# about 2,000 records a mailbox. patience: processor seconds after which a case that grows is given up.
SIZES = {
    "quick": dict(tenant=(100, 11), rounds=2, noise=200, memory=(100,), growth=(10000, 30000, 100000),
                  tenants=(15, 50, 150), widths=((100, 3), (1000, 1)), patience=30),
    "default": dict(tenant=(200, 11), rounds=3, noise=500, memory=(100, 1000), growth=(100000, 300000, 1000000),
                    tenants=(50, 500, 5000), widths=((100, 30), (1000, 3)), patience=60),
    "full": dict(tenant=(400, 11), rounds=5, noise=1000, memory=(100, 1000, 5000), growth=(100000, 1000000, 10000000),
                 tenants=(500, 1500, 5000), widths=((100, 30), (1000, 10), (10000, 2), (100000, 1)), patience=900),
}

# How an input is scanned, rules:detectors:threads, and the least ratio to the yardstick that is wanted (None: shown).
# TWICE below is what two threads have to bring.
EVERY = {"none:off:1": None, "own:off:1": None, "own+cloud:off:1": 0.5, "own+all:off:1": None,
         "none:on:1": None, "own:on:1": None, "own+cloud:on:1": 0.6, "own+all:on:1": 0.57,
         "own+cloud:off:2": None, "own+cloud:on:2": None}
FEW = {"none:off:1": None, "own+cloud:off:1": None, "own+cloud:on:1": None, "own+cloud:on:2": None}
SPEED = [  # input, its name, ways
    ("tenant/lines", "audit log, JSON lines", EVERY),
    ("tenant/management", "Management API arrays", FEW),
    ("tenant/csv", "Search-UnifiedAuditLog CSV", {**FEW, "own+cloud:off:1": 0.3, "own+cloud:on:1": 0.4}),
    ("tenant/graph", "Graph sign-ins", FEW),
    ("tenant/diagnostic", "diagnostic records", FEW),
    ("tenant/lines.gz", "audit log, JSON lines, gzip", {**FEW, "own+cloud:on:1": 0.8}),
    ("tenant/lines.zst", "audit log, JSON lines, zstd", {**FEW, "own+cloud:on:1": 0.8}),
    ("noise", "noise: everyone does everything from everywhere", FEW),
    ("windows", "Windows events, every rule offered to each", {"none:off:1": None, "own+all:off:1": 0.3,
                                                              "own+all:off:2": None}),
]
TWICE = {"tenant/lines": {"off": 1.8, "on": 1.85}}  # two threads against one
OF_WITHOUT = 0.8                                    # throughput with detectors as a part of that without

# Kinds of bench_hostile, bench_generate's noise, and fifty rules that match everything; and of what part of the sizes
# each is made: some are slow, or write much.
HOSTILE = {"ordinary": 1, "one_user": 1, "ten_each": 1, "new_session": 1, "new_address": 1, "new_program": 10,
           "finding_each": 3, "fifty_rules": 10, "noise": 2}
SLOPE = 1.05
LAST_STEP = 1.15  # between the two largest, where what is quadratic shows first; two points alone scatter more

# ---- sections --------------------------------------------------------------------------------------------------------

def measure_speed(size, have):
    make_tenant(*size["tenant"])
    for name, title, ways in SPEED:
        path = path_of(name, size)
        ways = {way: target for way, target in ways.items() if set(way.split(":")[0].split("+")) <= have}
        if not path:
            continue
        found = {}
        for text in output(f"{BENCH}/bench_ratio", "scan", str(size["rounds"]), path, *ways).splitlines():
            one = json.loads(text)
            found[one["way"]] = one
            rules, detectors, threads = one["way"].split(":")
            scale = one["bytes"] / one["parse_bytes"]
            alone = one["inflate_seconds"] + scale * one["parse_seconds"]
            by_processor = one["inflate_processor"] + scale * one["parse_processor"]
            kept = {key: one[key] for key in ("seconds", "processor_seconds", "bytes", "records", "findings",
                                              "incidents", "parser")}
            add("speed", title, alone / one["seconds"], "of the yardstick", ways[one["way"]], input=name, rules=rules,
                rule_count=one["rules"], detectors=detectors, threads=int(threads), yardstick_seconds=alone,
                by_processor=by_processor / one["processor_seconds"], **kept)
        compare_ways(name, title, found)
        if name == "tenant/lines":
            compare_rules(title, found)


def compare_rules(title, found):
    """How what the rules take grows with their number."""
    without = found["none:off:1"]
    points = [(found[way]["rules"], found[way]["processor_seconds"] - without["processor_seconds"])
              for way in ("own:off:1", "own+cloud:off:1", "own+all:off:1") if way in found]
    slope = bench_page.slope(points)
    if slope is not None:
        add("rule_slope", f"{title}, from {points[0][0]:,} to {points[-1][0]:,} rules", slope, "slope of time", 1,
            most=True)


def compare_ways(name, title, found):
    for way, one in found.items():
        rules, detectors, threads = way.split(":")
        twice, without = found.get(f"{rules}:{detectors}:2"), found.get(f"{rules}:off:{threads}")
        if threads == "1" and twice:
            add("threads", title, one["seconds"] / twice["seconds"], "times one thread",
                TWICE.get(name, {}).get(detectors), rules=rules, detectors=detectors)
        if detectors == "on" and without and rules == "own+cloud":
            add("detectors", title, without["seconds"] / one["seconds"], "of the throughput without", OF_WITHOUT
                if name == "tenant/lines" else None, rules=rules, threads=int(threads),
                microseconds=(one["seconds"] - without["seconds"]) / one["records"] * 1e6)


def measure_rules(size, have):
    limits = {"own": 0.05, "own+cloud": 0.05, "all": 0.5}
    sets = [name for name in limits if set(name.split("+")) <= have]
    for text in output(f"{BENCH}/bench_ratio", "rules", str(size["rounds"] * 3), *sets).splitlines():
        one = json.loads(text)
        add("rules", f"{one['count']:,} rules ({one['rules']}), from text to program", one["seconds"], "s",
            limits[one["rules"]], most=True)
        add("rules", f"{one['count']:,} rules ({one['rules']}), of it compiling", one["compile_seconds"], "s")


def measure_process(size, _):
    def best(name, *command, limit=None):
        seconds, processor = [], []
        for _ in range(size["rounds"] * 7):
            start = time.monotonic()
            process = subprocess.Popen([PROGRAM, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, process.returncode, used = os.wait4(process.pid, 0)
            seconds.append(time.monotonic() - start)
            processor.append(used.ru_utime + used.ru_stime)
            if process.returncode:
                sys.exit(f"run.py: {name} failed")
        add("start", name, min(seconds), "s", limit, most=True, processor_seconds=min(processor))
    best("stormglass --version", "--version", limit=0.01)
    best("scan of one record, no rules", "scan", "--no-builtin-rules", one_record())
    best("scan of one record, own rules", "scan", one_record())


def measure_memory(size, _):
    for megabytes in size["memory"]:
        for kind in ("ual", "csv"):
            name = f"noise, {'CSV' if kind == 'csv' else 'JSON lines'}, {megabytes:,} MB"
            if not room_for(name, megabytes * 1.3):
                continue
            path = os.path.join(WORK, "log")
            subprocess.run([f"{BENCH}/bench_generate", kind, str(megabytes), path], check=True)
            one = scan(path)
            os.remove(path)
            add("memory", name, one["megabytes"], "MB", 300, most=True, **{**one, "megabytes": None})


def grow(name, nothing, cases):
    """Scans ever larger inputs; the slopes of processor time and memory over records, both on logarithmic scales. What
    a scan of nothing needs comes off first, and points that hardly need more are left out."""
    points = []
    for make, megabytes, options, patience in cases:
        if not room_for(name, megabytes):
            break
        path = make()
        one = scan(path, *options, patience=patience)
        if one and one["processor_seconds"] < 2:
            one = min([one] + [scan(path, *options) for _ in range(2)], key=lambda one: one["processor_seconds"])
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        if not one:
            skip(f"{name}, size {len(points) + 1} and larger", f"given up after {patience} s of processor time")
            break
        points.append(one)
        print(f"    {name}: {one['records']:,} records, {one['seconds']:.2f} s, {one['processor_seconds']:.2f} s of "
              f"processors, {one['megabytes']:.0f} MB, {one['spilled']:.0f} MB spilled", flush=True)
    add("growth", name, len(points), "of the sizes", None if len(points) == len(cases) else len(cases), points=points)
    for key, unit in (("processor_seconds", "slope of time"), ("megabytes", "slope of memory")):
        more = [dict(records=one["records"], value=one[key] - nothing[key]) for one in points
                if one[key] > 1.25 * nothing[key]]
        slope = bench_page.slope([(one["records"], one["value"]) for one in more])
        if slope is not None:
            add("slope", name, slope, unit, SLOPE, most=True)
            last = bench_page.slope([(one["records"], one["value"]) for one in more[-2:]])
            add("slope", name, last, unit + ", last step", LAST_STEP, most=True)
    return points


def measure_growth(size, _):
    log = os.path.join(WORK, "log")

    def hostile(kind, records):
        def make():
            if kind == "noise":
                subprocess.run([f"{BENCH}/bench_generate", "ual", str(int(records * 1400 / 1e6) + 1), log], check=True)
            else:
                subprocess.run([f"{BENCH}/bench_hostile", kind, str(records), log], check=True)
            return log
        return make

    def tenant(mailboxes, days):
        def make():
            simulate(log, mailboxes, days, "ual_json_lines")
            return log
        return make
    nothing = scan(one_record())
    points = grow("simulated tenant, more people", nothing,
                  [(tenant(n, 11), n * 3, (), None) for n in size["tenants"]])
    for records, seconds, megabytes in ((10**7, 20, 512), (10**8, 200, 1000)):
        for key, limit, unit in (("seconds", seconds, "s"), ("megabytes", megabytes, "MB")):
            value, is_measured = bench_page.extrapolate(points, key, records)
            add("large", f"{records:,} records to the report, two threads", value, unit, limit, most=True,
                how="measured" if is_measured else f"extrapolated from {points[-1]['records']:,} records")
    for mailboxes, days in size["widths"]:
        if room_for(f"{mailboxes:,} mailboxes", mailboxes * days * 0.35):
            path = tenant(mailboxes, days)()
            one = scan(path)
            shutil.rmtree(path)
            add("width", f"{mailboxes:,} mailboxes, {days} days", one["seconds"] / max(one["records"], 1) * 1e6,
                "us a record", **one)
    rules = os.path.join(WORK, "fifty")
    os.makedirs(rules, exist_ok=True)
    subprocess.run([f"{BENCH}/bench_hostile", "rules", "50", rules], check=True)
    for kind, part in HOSTILE.items():
        # Every record of any log matches the fifty rules.
        written, options = ("ordinary", ("--rules", rules)) if kind == "fifty_rules" else (kind, ())
        grow(kind, nothing, [(hostile(written, n // part), n / part / 800, options, size["patience"])
                             for n in size["growth"]])


# ---- instructions ----------------------------------------------------------------------------------------------------

def callgrind(path):
    """Instructions of a scan with one thread, in all and by floor of src/."""
    out = os.path.join(WORK, "callgrind.out")
    report = os.path.join(WORK, "report")
    shutil.rmtree(report, ignore_errors=True)
    # Not every machine that valgrind makes up has AVX-512; the parser must choose alike everywhere.
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet", PROGRAM, "scan",
                    "--quiet", "--threads", "1", "--out", report, path], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "SIMDJSON_FORCE_IMPLEMENTATION": "haswell"})
    shutil.rmtree(report)
    with open(out, encoding="utf-8") as file:
        return bench_page.floors_of(file)


def tools_text():
    def first(*command):
        return output(*command).splitlines()[0]
    return "; ".join((first("gcc", "--version"), "simdjson " + first("pkg-config", "--modversion", "simdjson"),
                      " ".join(platform.libc_ver()),
                      first("valgrind", "--version") if shutil.which("valgrind") else "no valgrind"))


def measure_instructions(size, _, is_recording=False):
    if not shutil.which("valgrind"):
        skip("instructions", "no valgrind")
        return
    recorded, tools = bench_page.read_instructions(RECORDED)
    is_alike = tools == tools_text()
    floors = callgrind(one_record())
    found = {"one_record": (1, sum(floors.values()), floors)}
    for shapes in PAIRS:
        made = os.path.join(WORK, "small")
        simulate(made, 12, 2, *(DIALECTS[shape][0] for shape in shapes))
        for shape in shapes:
            path = os.path.join(WORK, "small-" + shape)
            os.makedirs(path, exist_ok=True)
            for name in os.listdir(made):
                if re.fullmatch(DIALECTS[shape][1], name):
                    shutil.move(os.path.join(made, name), os.path.join(path, name))
            records = scan(path, threads=1)["records"]
            floors = callgrind(path)
            found[shape] = (records, sum(floors.values()), floors)
            shutil.rmtree(path)
        shutil.rmtree(made)
    if is_recording:
        bench_page.write_instructions(RECORDED, tools_text(), found)
        return
    once = found["one_record"][1]
    for shape, (records, total, floors) in found.items():
        before = recorded.get(shape)
        more = dict(records=records, floors=floors, before=before, each=(total - once) / max(records - 1, 1),
                    note="" if is_alike else "recorded with other tools: not comparable")
        add("instructions", shape, total, "instructions", before * bench_page.TOLERANCE
            if before and is_alike else None, most=True, **more)


# ---- all of it -------------------------------------------------------------------------------------------------------

SECTIONS = {"speed": measure_speed, "rules": measure_rules, "process": measure_process, "memory": measure_memory,
            "growth": measure_growth, "instructions": measure_instructions}
# The sections of rows that each makes.
MAKES = {"speed": ("speed", "threads", "detectors", "rule_slope"), "rules": ("rules",), "process": ("start",),
         "memory": ("memory",), "growth": ("growth", "slope", "large", "width"), "instructions": ("instructions",)}


def machine():
    def line_of(path, key):
        with open(path, encoding="utf-8") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith(key)), "?")
    return dict(processor=line_of("/proc/cpuinfo", "model name"), cores=os.cpu_count(),
                memory_gb=round(int(line_of("/proc/meminfo", "MemTotal").split()[0]) / 1e6, 1),
                system=platform.system() + " " + platform.release().split("-")[0], tools=tools_text(), load=os.getloadavg()[0])


def main():
    name, *wanted = sys.argv[1:] or ["default"]
    os.makedirs(WORK, exist_ok=True)
    os.makedirs(os.path.dirname(RESULTS), exist_ok=True)
    if name == "record":
        measure_instructions(None, None, is_recording=True)
        return
    if name not in SIZES or not set(wanted) <= SECTIONS.keys():
        sys.exit(__doc__)
    start, size, description = time.monotonic(), SIZES[name], machine()
    have = make_rules()
    for section in wanted or SECTIONS:
        print(f"== {section}, {time.monotonic() - start:.0f} s", flush=True)
        SECTIONS[section](size, have)
    if wanted and os.path.exists(RESULTS):
        with open(RESULTS, encoding="utf-8") as file:
            old = json.load(file)
        made = {row for section in wanted for row in MAKES[section]}
        rows[:0] = [row for row in old["rows"] if row["section"] not in made]
    results = dict(schema="stormglass.bench/1", command=f"./dev bench {name}".replace(" default", ""),
                   version=output(PROGRAM, "--version").split()[1],
                   commit=output("git", "-C", ROOT, "describe", "--always", "--dirty").strip(),
                   date=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
                   seconds=None if wanted else time.monotonic() - start, machine=description, rows=rows, skipped=skipped)
    with open(RESULTS, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)
    print(f"written: {RESULTS}")


main()
