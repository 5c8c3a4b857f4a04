#!/usr/bin/env python3
"""What ./dev bench measured, as a table for the terminal and as docs/performance.md, and the arithmetic on it.

  bench_page.py table RESULTS     targets met and not met, and every figure
  bench_page.py page RESULTS      docs/performance.md on standard output

RESULTS is the results.json of tests/bench/run.py, which uses the functions below too. tests/story/bench_page.sh checks
both. SPDX-License-Identifier: Apache-2.0
"""
import json
import math
import re
import sys

TOLERANCE = 1.03  # more instructions than recorded times this are a regression

# ---- arithmetic ------------------------------------------------------------------------------------------------------


def slope(points):
    """The slope of the straight line nearest to (x, y), both on logarithmic scales; None with fewer than two points.
    1 is linear, 2 quadratic."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def at(points, key, records, steep):
    """The value at so many records and whether it was measured (within a tenth); otherwise it goes on from the last
    point with the slope `steep`."""
    for one in points:
        if abs(one["records"] / records - 1) < 0.1:
            return one[key], True
    last = points[-1]
    return last[key] * (records / last["records"]) ** steep, False


def extrapolate(points, key, records):
    """Of time no flatter than linear, since what is done once makes small inputs seem flat, and with the slope of the
    processors' time, which is less disturbed; of memory with the slope of the last two points."""
    if key == "seconds":
        steep = max(1, slope([(one["records"], one["processor_seconds"]) for one in points]) or 1)
    else:
        steep = slope([(one["records"], one[key]) for one in points[-2:]]) or 1
    return at(points, key, records, steep)


def floor_of(file, program):
    """The floor of src/ that a source file belongs to; where there is none, the library or program."""
    found = re.search(r"(?:^|/)src/([a-z]+)/", file)
    if found:
        return found.group(1)
    name = re.sub(r"\.so.*", "", program.rsplit("/", 1)[-1])
    return "libraries: " + name if name.startswith("lib") else "other"


def floors_of(lines):
    """Instructions by floor, out of a file that callgrind wrote: what each function needs by itself, inlined code where
    it was written. https://valgrind.org/docs/manual/cl-format.html"""
    names, floors = {}, {}
    program = file = ""
    is_call = False
    for text in lines:
        found = re.match(r"(c?ob|fl|fi|fe|cfi|cfl)=(\(\d+\))?(?: *(.*))?$", text)
        if found:
            key, number, name = found.groups()
            kind = "object" if key.endswith("ob") else "file"
            if number:
                name = names.setdefault((kind, number), name or "")
            if key == "ob":
                program = name
            elif not key.startswith("c"):
                file = name
        elif text.startswith("calls="):
            is_call = True
        elif re.match(r"[+*\-0-9]\S* \d+$", text):
            if not is_call:
                floor = floor_of(file, program)
                floors[floor] = floors.get(floor, 0) + int(text.split()[1])
            is_call = False
    return floors


def read_instructions(path):
    """By case the instructions that were recorded, and the tools they were counted with."""
    recorded, tools = {}, ""
    try:
        with open(path, encoding="utf-8") as file:
            for text in file:
                if text.startswith("# tools: "):
                    tools = text[9:].strip()
                elif not text.startswith("#") and text.strip():
                    name, _, count = text.split()
                    recorded[name] = int(count)
    except FileNotFoundError:
        pass
    return recorded, tools


def write_instructions(path, tools, found):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Instructions of a scan of a small simulated tenant (12 mailboxes, 2 days) with own rules, all\n"
                   "# detectors, report and one thread, counted by callgrind: input, records, instructions.\n"
                   f"# ./dev bench record writes this file anew; more than {TOLERANCE:.2f} times as many is a "
                   "regression.\n"
                   f"# tools: {tools}\n")
        for name, (records, count, _) in found.items():
            file.write(f"{name} {records} {count}\n")


# ---- words -----------------------------------------------------------------------------------------------------------

def figure(value, unit):
    """With three digits that count."""
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 0.01 else f"{value:.2g}"
    return f"{text} {unit}"


def answer(row):
    if "target" not in row:
        return ""
    wanted = figure(row["target"], row["unit"]).split(" of ")[0]
    return f"{row['sense']} {wanted}: " + ("met" if row["met"] else "NOT MET")


def how(row):
    """Rules, detectors and threads of a row, where it has them."""
    words = []
    if "rules" in row:
        words.append({"none": "no rules", "own": "own rules", "own+cloud": "own and SigmaHQ's cloud rules",
                      "own+all": "all rules"}.get(row["rules"], row["rules"]))
    if "detectors" in row:
        words.append("detectors " + row["detectors"])
    if "threads" in row:
        words.append(f"{row['threads']} thread" + "s" * (row["threads"] > 1))
    return ", ".join(words)


def line(row):
    """One row for the terminal."""
    words = how(row)
    name = row["name"] + (f" ({words})" if words else "")
    extra = ""
    if row["section"] == "speed":
        extra = f"  {row['by_processor']:.3f} by processor time  {row['bytes'] / row['seconds'] / 1e9:.2f} GB/s"
    return f"{name:<96} {figure(row['value'], row['unit']):>26}{extra}  {answer(row)}".rstrip()


def table(results):
    for name in dict.fromkeys(row["section"] for row in results["rows"]):
        print(f"\n{name}")
        for row in section(results, name):
            print("  " + line(row))
    judged = [row for row in results["rows"] if "target" in row]
    print(f"\nTargets: {sum(row['met'] for row in judged)} of {len(judged)} met. Not met:")
    for row in judged:
        if not row["met"]:
            print(f"  {row['section']}: {line(row)}")
    for one in results["skipped"]:
        print(f"left out: {one['name']}: {one['why']}")


# ---- the page --------------------------------------------------------------------------------------------------------

def markdown(heads, lines):
    """A table; columns of figures, whose head ends with a blank, are set right."""
    print("| " + " | ".join(head.strip() for head in heads) + " |")
    print("|" + "|".join(" ---: " if head.endswith(" ") else " --- " for head in heads) + "|")
    for cells in lines:
        print("| " + " | ".join(str(cell) for cell in cells) + " |")
    print()


def section(results, *names):
    return [row for row in results["rows"] if row["section"] in names]


def page_short(results):
    print("## In short\n")
    lines = []
    for row in section(results, "speed"):
        if row["input"] == "tenant/lines" and row["rules"] == "own+cloud" and row["detectors"] == "on":
            threads = f"{row['threads']} thread" + "s" * (row["threads"] > 1)
            lines.append((f"1 GB of audit log, {threads}: rules and detectors",
                          figure(row["seconds"] / row["bytes"] * 1e9, "s"), ""))
    for row in section(results, "large"):
        lines.append((f"{row['name']}", figure(row["value"], row["unit"]), row["how"]))
    for row in section(results, "memory"):
        lines.append((f"peak memory, {row['name']}", figure(row["value"], "MB"), ""))
    for row in section(results, "start"):
        lines.append((row["name"], figure(row["value"], row["unit"]), ""))
    markdown(("what", "takes ", "how it is known"), lines)


def page_targets(results):
    print("## Targets\n")
    judged = [row for row in results["rows"] if "target" in row]
    print(f"{sum(row['met'] for row in judged)} of {len(judged)} are met.\n")
    markdown(("", "what", "measured ", "wanted"), [
        ("met" if row["met"] else "**not met**", row["name"] + (f"; {how(row)}" if how(row) else ""),
         figure(row["value"], row["unit"]), answer(row).rsplit(":", 1)[0]) for row in judged])


def why(results, row):
    """What of a row that is not met can be told from the other figures."""
    parts = stages(results, row["name"])
    if parts and row["section"] in ("speed", "detectors"):
        return "of processor time a record takes: " + ", ".join(
            f"{name} {part:.2f} us" for name, part in zip(("parsing", "reading", "rules", "detectors"), parts))
    if row["section"] == "large":
        return row["how"]
    return row.get("note", "")


def page_not_met(results):
    missed = [row for row in results["rows"] if not row.get("met", True)]
    print("## What is not met\n" if missed else "## What is not met\n\nNothing.\n")
    for row in missed:
        words = why(results, row)
        print(f"* {row['name']}{'; ' * bool(how(row))}{how(row)}: {figure(row['value'], row['unit'])}, wanted "
              f"{answer(row).rsplit(':', 1)[0]}{'. As measured: ' * bool(words)}{words}")
    print()


def page_speed(results):
    print("""## Speed

The yardstick is parsing alone: every JSON record of the input (taken out of arrays, envelopes and CSV cells beforehand)
is parsed to a DOM by simdjson, in memory, by one thread; its bytes a second are held against the input's bytes a second
through the whole scan. For compressed input the yardstick is decompression and parsing, one after the other. Both take
turns in one process, and the least of several rounds counts. The report is not written here. By processor time is the
same with the time that the processors worked, of all threads together: other work on the machine hardly changes it.
""")
    for name in dict.fromkeys(row["name"] for row in section(results, "speed")):
        group = [row for row in section(results, "speed") if row["name"] == name]
        print(f"**{name}**: {group[0]['bytes'] / 1e6:,.0f} MB, {group[0]['records']:,} records\n")
        markdown(("rules", "detectors", "threads ", "GB/s ", "records/s ", "us a record ", "of parsing alone ",
                  "by processor time ", "wanted"), [
            (row["rule_count"], row["detectors"], row["threads"], f"{row['bytes'] / row['seconds'] / 1e9:.2f}",
             f"{row['records'] / row['seconds']:,.0f}", f"{row['seconds'] / row['records'] * 1e6:.2f}",
             f"{row['value']:.2f}", f"{row['by_processor']:.2f}", answer(row)) for row in group])
    print("Two threads against one, and the throughput with detectors against that without:\n")
    markdown(("input", "", "ratio ", "wanted"), [
        (row["name"], ("two threads, " if row["section"] == "threads" else "with detectors, ") + how(row),
         f"{row['value']:.2f}", answer(row)) for row in section(results, "threads", "detectors")])


STAGES = ("none:off", "own+cloud:off", "own+cloud:on")


def stages(results, name):
    """Microseconds of processors a record with one thread: parsing alone, and what reading, rules and detectors each
    add."""
    ways = {f"{row['rules']}:{row['detectors']}": row for row in section(results, "speed")
            if row["name"] == name and row["threads"] == 1}
    if not set(STAGES) <= ways.keys():
        return None
    first = ways["none:off"]
    times = [first["by_processor"] * first["processor_seconds"]] + [ways[way]["processor_seconds"] for way in STAGES]
    return [(b - a) / first["records"] * 1e6 for a, b in zip([0] + times, times)]


def page_stages(results):
    print("## Cost per stage\n\nProcessor time a record, one thread, as what each stage adds to the one before; the "
          "rules are ours and SigmaHQ's\nfor the cloud:\n")
    names = dict.fromkeys(row["name"] for row in section(results, "speed") if stages(results, row["name"]))
    markdown(("input", "decompressing, parsing ", "reading ", "rules ", "detectors ", "all, us "), [
        [name] + [f"{time:.2f}" for time in stages(results, name) + [sum(stages(results, name))]] for name in names])
    counted = section(results, "instructions")
    if not counted:
        return
    print(f"""Instructions by floor of `src/`, counted by callgrind, with own rules, all detectors and report: in millions
for a scan of one record (what is done once: rules read and compiled, report), and for each further record of a small tenant.
`tests/bench/instructions.txt` holds what was recorded; more than {TOLERANCE:.2f} times as many is a regression, on any
machine with the same tools. libcrypto's are the hash of the inputs, for which valgrind offers no instructions as
processors have them: in truth it is a small part.
""")
    once, rest = counted[0], counted[1:]

    def each(row, floor):
        return (row["floors"].get(floor, 0) - once["floors"].get(floor, 0)) / max(row["records"] - 1, 1)
    floors = sorted({floor for row in counted for floor in row["floors"]},
                    key=lambda floor: -sum(row["floors"].get(floor, 0) for row in counted))[:16]
    markdown(["floor", "one record, millions "] + [f"{row['name']}, a record " for row in rest],
             [[floor, f"{once['floors'].get(floor, 0) / 1e6:.1f}"] + [f"{each(row, floor):,.0f}" for row in rest]
              for floor in floors] +
             [["all", f"{once['value'] / 1e6:.1f}"] + [f"{row['each']:,.0f}" for row in rest]] +
             [["whole run against the recorded"] +
              [f"{row['value'] / row['before'] - 1:+.1%}" if row["before"] else "none" for row in counted]])
    for note in {row["note"] for row in counted} - {""}:
        print(note + "\n")


def growth_words(slopes, results, name):
    if not all(row["met"] for row in slopes.values()):
        return "**grows faster than linear**"
    is_done = all(row.get("met", True) for row in section(results, "growth") if row["name"] == name)
    return "" if is_done else "**given up**"


def page_growth(results):
    print("""## Growth

Whole runs with report, two threads. The slope is that of the straight line through the points on logarithmic scales: 1
is linear, 2 quadratic; of time it is that of the processors, which other work on the machine hardly changes. What a scan
of nothing needs is taken off first. Spilled is what was written besides the report: sorted runs in unlinked temporary
files, as the kernel accounts it to the process. The inputs are described by `bench_hostile` without arguments.
""")
    lines = []
    for name in dict.fromkeys(row["name"] for row in section(results, "growth")):
        slopes = {row["unit"]: row for row in section(results, "slope") if row["name"] == name}
        points = next(row["points"] for row in section(results, "growth") if row["name"] == name)
        time, last, memory = (slopes.get("slope of " + kind) for kind in ("time", "time, last step", "memory"))
        lines.append((name, ", ".join(f"{one['records']:,}" for one in points),
                      ", ".join(f"{one['seconds']:.2f}" for one in points),
                      ", ".join(f"{one['processor_seconds']:.2f}" for one in points),
                      ", ".join(f"{one['megabytes']:.0f}" for one in points),
                      ", ".join(f"{one['spilled']:.0f}" for one in points),
                      f"{time['value']:.2f}" if time else "too short",
                      f"{last['value']:.2f}" if last else "", f"{memory['value']:.2f}" if memory else "none",
                      growth_words(slopes, results, name)))
    markdown(("input", "records", "seconds", "processor seconds", "peak MB", "spilled MB", "slope of time ",
              "in the last step ", "of memory ", ""), lines)
    for row in section(results, "rule_slope"):
        print(f"With rules: {row['name']}, {figure(row['value'], row['unit'])} ({answer(row)}).\n")
    markdown(("tenant", "records ", "seconds ", "us a record ", "peak MB ", "spilled MB "), [
        (row["name"], f"{row['records']:,}", f"{row['seconds']:.2f}", f"{row['value']:.2f}", f"{row['megabytes']:.0f}",
         f"{row['spilled']:.0f}") for row in section(results, "width")])


def page_rest(results):
    print("## Memory, start and rules\n")
    markdown(("what", "measured ", "of processors ", "wanted"), [
        (row["name"], figure(row["value"], row["unit"]),
         figure(row["processor_seconds"], "s") if "processor_seconds" in row else "", answer(row))
        for row in section(results, "memory", "start", "rules")])
    if results["skipped"]:
        print("## Left out\n")
        for one in results["skipped"]:
            print(f"* {one['name']}: {one['why']}")
        print()


def busy(results):
    """The least and the most share of a processor that the scans with one thread had."""
    shares = [row["processor_seconds"] / row["seconds"] for row in section(results, "speed")
              if row["threads"] == 1 and row["detectors"] == "off"]
    return f"{min(shares):.0%} to {min(1, max(shares)):.0%}" if shares else "an unknown part"


def page(results):
    machine = results["machine"]
    took = f"{results['seconds'] / 60:.0f} minutes" if results["seconds"] else "section by section"
    print(f"""# Performance

This page is written by `./dev bench page` from what `{results['command']}` measured; nothing in it is written by hand.

* Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB of memory; {machine['system']};
  load when it began {machine['load']:.1f}
* Tools: {machine['tools']}
* How quiet it was: with one thread the program had {busy(results)} of a processor; below 95 % other work
  disturbed the times, and ratios hold less
* Stormglass {results['version']}, commit {results['commit']}; {results['date']}; {took}
* Inputs: made by the program's own simulator and by `tests/bench`. What is judged of the audit log is a simulated
  tenant's, with people who have habits; the noise, in which everyone does everything from everywhere, and the hostile
  logs show what the worst costs.
""")
    for part in (page_short, page_targets, page_speed, page_stages, page_growth, page_rest,
                 page_not_met):
        part(results)


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("table", "page"):
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as file:
        results = json.load(file)
    (table if sys.argv[1] == "table" else page)(results)


if __name__ == "__main__":
    main()
