"""What the measurements of run.py work with: the rows they make, whole runs of the program, and inputs.

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT, PROGRAM, BENCH = (os.environ[name] for name in ("ROOT", "STORMGLASS", "BENCH"))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import bench_page  # noqa: E402

WORK = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"stormglass-bench-{os.getuid()}")
SHARED = os.environ.get("STORMGLASS_SHARED", "")
RULES = {"cloud": os.path.join(SHARED, "sigma-rules"), "all": os.path.join(WORK, "sigma-all")}

# ---- running ---------------------------------------------------------------------------------------------------------

rows, skipped = [], []


def add(section, name, value, unit, target=None, most=False, **more):
    """A row; with a target, met when value is at least it, or with `most` at most it."""
    row = dict(section=section, name=name, value=value, unit=unit, **more)
    if target is not None:
        row.update(target=target, sense="at most" if most else "at least",
                   met=value <= target if most else value >= target)
    rows.append(row)
    print("  " + bench_page.line(row), flush=True)


def skip(name, why):
    skipped.append(dict(name=name, why=why))
    print(f"  left out: {name}: {why}", flush=True)


def room_for(name, megabytes):
    free = shutil.disk_usage(WORK).free // 10**6
    if free < megabytes * 1.2:
        skip(name, f"needs {megabytes} MB, {free} MB are free in {WORK}")
        return False
    return True


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def scan(path, *options, threads=2, patience=None):
    """A whole `stormglass scan` with report: seconds, processor seconds of all threads, peak megabytes, records, and
    megabytes written besides the report (to temporary files; as the kernel accounts them, so nothing where $TMPDIR is a
    tmpfs). None when it was given up after `patience` processor seconds."""
    def limit():
        if patience:
            resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
    report = os.path.join(WORK, "report")
    shutil.rmtree(report, ignore_errors=True)
    with open(os.path.join(WORK, "told"), "w+", encoding="utf-8") as told:
        start = time.monotonic()
        process = subprocess.Popen([PROGRAM, "scan", "--no-color", "--format", "jsonl", "--threads", str(threads),
                                    "--out", report, *options, path], stdout=subprocess.DEVNULL, stderr=told,
                                   preexec_fn=limit)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        told.seek(0)
        words = told.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        shutil.rmtree(report, ignore_errors=True)
        if process.returncode < 0:
            return None
        sys.exit(f"run.py: scan of {path} ended with {process.returncode}: {words[-500:]}")
    size = sum(os.stat(os.path.join(report, name)).st_blocks * 512 for name in os.listdir(report))
    shutil.rmtree(report)
    found = re.findall(r"^Read ([\d,]+) record", words, re.M)
    return dict(seconds=seconds, processor_seconds=used.ru_utime + used.ru_stime, megabytes=used.ru_maxrss / 1024,
                records=int(found[-1].replace(",", "")) if found else 0,
                spilled=max(0, used.ru_oublock * 512 - size) / 1e6)


def simulate(out, mailboxes, days, *dialects):
    shutil.rmtree(out, ignore_errors=True)
    options = [part for name in dialects for part in ("--dialect", name)]
    subprocess.run([PROGRAM, "simulate", "--quiet", "--out", out, "--mailboxes", str(mailboxes), "--days", str(days),
                    "--seed", "7", "--scenario", "stolen_session", *options], check=True)
    os.remove(os.path.join(out, "truth.json"))


def one_record():
    path = os.path.join(WORK, "one.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"CreationTime":"2026-05-01T08:00:00","Id":"1","Operation":"Send","RecordType":2,'
                   '"Workload":"Exchange","UserId":"a@contoso.example"}\n')
    return path


# ---- inputs ----------------------------------------------------------------------------------------------------------

# By input: the dialect that makes it, and which of the files it is.
DIALECTS = {"lines": ("ual_json_lines", r"ual.*\.json"), "management": ("management_api", r"management.*"),
            "csv": ("search_unified_audit_log_csv", r"search.*"), "graph": ("graph_json", r"graph-signins.*"),
            "diagnostic": ("azure_diagnostic", r"insights.*")}
PAIRS = (("lines", "graph"), ("management", "diagnostic"), ("csv",))


def make_tenant(mailboxes, days):
    """The same tenant's logs in each shape, as tenant/SHAPE, and the audit log compressed."""
    tenant = os.path.join(WORK, "tenant")
    mark = os.path.join(tenant, f"made-{mailboxes}-{days}")
    if os.path.exists(mark):
        return
    shutil.rmtree(tenant, ignore_errors=True)
    for shapes in PAIRS:
        made = os.path.join(tenant, "made")
        simulate(made, mailboxes, days, *(DIALECTS[shape][0] for shape in shapes))
        for shape in shapes:
            os.mkdir(os.path.join(tenant, shape))
            for name in os.listdir(made):
                if re.fullmatch(DIALECTS[shape][1], name):
                    shutil.move(os.path.join(made, name), os.path.join(tenant, shape))
        shutil.rmtree(made)
    for tool, ending in (("gzip", "gz"), ("zstd", "zst")):
        if not shutil.which(tool):
            skip(f"audit log, JSON lines, {tool}", f"no {tool}")
            continue
        folder = os.path.join(tenant, "lines." + ending)
        os.mkdir(folder)
        for name in os.listdir(os.path.join(tenant, "lines")):
            with open(os.path.join(folder, f"{name}.{ending}"), "wb") as out:
                subprocess.run([tool, "-c", os.path.join(tenant, "lines", name)], check=True, stdout=out,
                               stderr=subprocess.DEVNULL)
    open(mark, "w", encoding="utf-8").close()


def make_rules():
    """Which sets of rules there are."""
    archive = os.path.join(SHARED, "sigma-rules-all.tar.gz")
    if os.path.exists(archive) and not os.path.isdir(RULES["all"]):
        part = RULES["all"] + ".part"
        os.makedirs(part, exist_ok=True)
        subprocess.run(["tar", "-xzf", archive, "-C", part], check=True)
        os.rename(part, RULES["all"])
    have = {"none", "own"} | {name for name, path in RULES.items() if os.path.isdir(path)}
    for name in RULES.keys() - have:
        skip(f"rows with SigmaHQ's {name} rules", "$STORMGLASS_SHARED is not set, or does not have them")
    os.environ.update(RULES)
    return have


def path_of(name, size):
    path = os.path.join(WORK, name)
    if name == "noise" or name == "windows":
        path += f"-{size['noise']}"
        if not os.path.exists(path):
            kind = "ual" if name == "noise" else name
            subprocess.run([f"{BENCH}/bench_generate", kind, str(size["noise"]), path], check=True)
    return path if os.path.exists(path) else None
