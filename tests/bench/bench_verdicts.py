#!/usr/bin/env python3
"""How often verdicts are right, and how well their probabilities are calibrated, on simulated tenants.

For every scenario and seed a tenant is simulated and scanned; the incidents that touch what the scenario did are
compared with truth.json. Printed: for each scenario how many incidents had the right leader and were decided,
were left open, or named something else; then accuracy, Brier score and log loss of the leader's probability, and
a reliability table.

  bench_verdicts.py [--program PATH] [--seeds FROM-TO] [--mailboxes N] [--days N] [--keep FILE] [SCENARIO[+SCENARIO]...]

Seeds from 5000 on were never used in development. SPDX-License-Identifier: Apache-2.0
"""
import argparse
import collections
import json
import math
import os
import shutil
import subprocess
import tempfile

MALICIOUS = ["forged_token", "stolen_session", "device_code_phishing", "malicious_app_consent",
             "app_credential_abuse", "compromised_password", "mfa_fatigue", "mailbox_delegation_abuse",
             "federation_backdoor", "insider_collection"]
BENIGN = {"new_client_rollout": "new_client_rollout", "administrative_activity": "administrative_activity",
          "user_travel": "user_travel", "vpn_change": "user_travel", "provider_noise": "provider_noise"}
# Without any sign-in log these cannot be told from others.
UNDECIDABLE = ["forged_token+no_sign_in_feed", "stolen_session+no_sign_in_feed"]


def run(program, scenario, seed, options):
    """The truth and the report of one tenant."""
    folder = tempfile.mkdtemp(prefix="verdicts-")
    try:
        logs, report = os.path.join(folder, "logs"), os.path.join(folder, "report")
        command = [program, "simulate", "--out", logs, "--seed", str(seed), "--quiet",
                   "--mailboxes", str(options.mailboxes), "--days", str(options.days)]
        for name in scenario.split("+"):
            command += ["--scenario", name]
        subprocess.run(command, check=True)
        with open(os.path.join(logs, "truth.json"), encoding="utf-8") as file:
            truth = json.load(file)
        os.remove(os.path.join(logs, "truth.json"))
        subprocess.run([program, "scan", logs, "--out", report, "--quiet", "--format", "text"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(os.path.join(report, "report.json"), encoding="utf-8") as file:
            return truth, json.load(file)
    finally:
        shutil.rmtree(folder)


def touches(incident, event, cited):
    """Whether an incident is of what a scenario did: its findings cite a record of it."""
    records = set(event["records"])
    return any(record in records for finding in incident["findings"] for record in cited.get(finding, ()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="build/release/stormglass")
    parser.add_argument("--seeds", default="5001-5010")
    parser.add_argument("--mailboxes", type=int, default=30)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--keep", help="write one line per incident there")
    parser.add_argument("scenarios", nargs="*")
    options = parser.parse_args()
    first, last = (int(number) for number in options.seeds.split("-"))
    scenarios = options.scenarios or MALICIOUS + list(BENIGN) + UNDECIDABLE
    keep = open(options.keep, "w", encoding="utf-8") if options.keep else None
    counts = collections.defaultdict(collections.Counter)
    leaders = []   # probability, was it right
    ordinary = {}  # incidents of ordinary life beside attacks: the same tenant has the same ones
    print(f"{options.seeds}, {options.mailboxes} mailboxes, {options.days} days")
    print(f"{'scenario':34} {'tenants':>7} {'incidents':>9} {'right':>6} {'open':>6} {'wrong':>6}  wrong ones")
    for scenario in scenarios:
        wrong = collections.Counter()
        for seed in range(first, last + 1):
            truth, report = run(options.program, scenario, seed, options)
            counts[scenario]["tenants"] += 1
            events = truth["attacks"] + truth.get("benign", [])
            answers = {event["hypothesis"] for event in events} or {BENIGN.get(scenario, "")}
            cited = {finding["id"]: finding["events"] for finding in report["findings"]}
            for incident in report["incidents"]:
                ours = [event for event in events if touches(incident, event, cited)]
                leader = incident["hypotheses"][0]
                if events and not ours and scenario in MALICIOUS + UNDECIDABLE:
                    ordinary[(seed, incident["id"])] = (leader["name"], leader["verdict"])
                    continue
                answers_here = {event["hypothesis"] for event in ours} or answers
                is_right = leader["name"] in answers_here
                counts[scenario]["incidents"] += 1
                counts[scenario]["leads"] += is_right
                if leader["verdict"] == "cannot_tell":
                    counts[scenario]["open"] += 1
                else:
                    counts[scenario]["right" if is_right else "wrong"] += 1
                    if not is_right:
                        wrong[leader["name"]] += 1
                if "+" not in scenario:
                    leaders.append((leader["probability"], is_right))
                if keep:
                    print(scenario, seed, incident["id"], leader["name"], leader["probability"], leader["verdict"],
                          "right" if is_right else "not " + ",".join(sorted(answers_here)),
                          " ".join(f"{h['name']}:{h['probability']:.2f}" for h in incident["hypotheses"][:3]),
                          file=keep, flush=True)
        c = counts[scenario]
        print(f"{scenario:34} {c['tenants']:7} {c['incidents']:9} {c['right']:6} {c['open']:6} {c['wrong']:6}  "
              + ", ".join(f"{name} {number}" for name, number in wrong.most_common(3)), flush=True)
    summary(counts, leaders)
    words = collections.Counter(f"{name} {word}" for name, word in ordinary.values())
    print(f"incidents of ordinary life beside attacks, once each: {len(ordinary)}", dict(words) or "")


def summary(counts, leaders):
    def share(names, key):
        whole = sum(counts[name]["incidents"] for name in names)
        return f"{sum(counts[name][key] for name in names)} of {whole}" if whole else "none"
    malicious = [name for name in counts if name in MALICIOUS]
    benign = [name for name in counts if name in BENIGN]
    print(f"\nmalicious, right leader and decided: {share(malicious, 'right')}")
    print(f"malicious, right leader, decided or open: {share(malicious, 'leads')}")
    print(f"benign, right leader and decided: {share(benign, 'right')}; wrong: {share(benign, 'wrong')}")
    print(f"not decidable, left open: {share([name for name in counts if '+' in name], 'open')}")
    if not leaders:
        return
    brier = sum((p - right) ** 2 for p, right in leaders) / len(leaders)
    loss = -sum(math.log(max(p if right else 1 - p, 1e-6)) for p, right in leaders) / len(leaders)
    print(f"leader's probability over {len(leaders)} incidents: Brier score {brier:.4f}, log loss {loss:.4f}")
    print("  said         incidents  mean said  were right")
    for low, high in ((0, .3), (.3, .5), (.5, .7), (.7, .9), (.9, .97), (.97, 1.01)):
        inside = [(p, right) for p, right in leaders if low <= p < high]
        if inside:
            print(f"  {low:.2f} - {min(high, 1):.2f} {len(inside):10} {sum(p for p, _ in inside) / len(inside):10.3f}"
                  f" {sum(right for _, right in inside) / len(inside):11.3f}")


main()
