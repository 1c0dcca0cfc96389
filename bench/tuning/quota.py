"""Scan under CPU quotas of 0.5, 1, 1.5 and 2 cores (cgroup v1), against bench/tuning/prediction.json. Needs root.

    .venv/bin/python bench/tuning/quota.py [--rows 40000000] [--rounds 5]

A quota is given out every 100 ms: a scan must last for many such periods, so that what one of them is worth does not count.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import conditions
import harness

PROGRAM = os.environ.get("HEADRACE_BIN") or os.path.join(ROOT, "build", "release", "headrace")
SCHEMA = os.path.join(ROOT, "examples", "milan.toml")


def scan(folder, group, cores):
    group.set(cores)
    done = subprocess.run([PROGRAM, "scan", folder, "--schema", SCHEMA, "--json"], capture_output=True, check=True,
                          preexec_fn=group.enter, env=harness.ENVIRONMENT)
    told = json.loads(done.stdout)
    return told["bytes"] / told["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with open(os.path.join(HERE, "prediction.json"), encoding="utf-8") as file:
        prediction = json.load(file)
    cores = [float(key) for key in prediction["relative_to_one_core"]]
    with conditions.quota(2) as group, tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        data = os.path.join(folder, "milan")
        subprocess.run([PROGRAM, "gen", "milan", "-o", data, "--days", str(-(-arguments.rows // 5_000_000)), "--rows",
                        str(arguments.rows), "-q"], check=True)
        scan(data, group, 2)
        rates = {number: [] for number in cores}
        for _ in range(arguments.rounds):
            for number in cores:  # in turn: what changes with time changes for all
                rates[number].append(scan(data, group, number))
    medians = {number: statistics.median(values) for number, values in rates.items()}
    rows, worst = [], 0.0
    for number, predicted in zip(cores, prediction["relative_to_one_core"].values()):
        measured = medians[number] / medians[1.0]
        worst = max(worst, abs(measured / predicted - 1))
        rows.append({"cores": number, "bytes_per_second": round(medians[number]), "relative": round(measured, 3),
                     "predicted": predicted, "all": [round(value) for value in rates[number]]})
    json.dump({"format": 1, "rounds": arguments.rounds, "rows": arguments.rows, "worst_error": round(worst, 3),
               "tolerance": prediction["tolerance"], "measured": rows}, sys.stdout, indent=2)
    print()
    return 0 if worst <= prediction["tolerance"] else 1


if __name__ == "__main__":
    sys.exit(main())
