"""What each knob is worth on this machine: `scan` of Milan rows in the page cache with one knob turned at a time, in turn
with the defaults, as medians of CPU seconds (which neighbours disturb little) and of seconds.

    .venv/bin/python bench/tuning/knobs.py [--rows 4000000] [--rounds 7] [--json]
"""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import harness

PROGRAM = os.environ.get("HEADRACE_BIN") or os.path.join(ROOT, "build", "release", "headrace")
SCHEMA = os.path.join(ROOT, "examples", "milan.toml")
TURNS = [[], ["--workers", "1"], ["--workers", "aggressive"], ["--io", "mmap"], ["--io", "uring"], ["--chunk", "small"],
         ["--chunk", "medium"], ["--chunk", "large"], ["--chunk", "whole"], ["--prefetch", "0"], ["--prefetch", "2"],
         ["--batch-files", "1"], ["--memory-limit", "256MiB"], ["--select", "square_id,internet_activity"]]
STREAMS = [[], ["--buffer", "64KiB"], ["--buffer", "1MiB"]]


def run(words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run([PROGRAM, "scan", *words, "--schema", SCHEMA, "-q"], stdout=subprocess.DEVNULL, check=True,
                   env=harness.ENVIRONMENT)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def measure(data, turns, rounds):
    """Medians of each turn, and of its ratio to the run with the defaults just before it: drift cancels."""
    figures = {" ".join(turn) or "defaults": {"cpu": [], "wall": [], "ratio": []} for turn in turns}
    run([data])
    for _ in range(rounds):
        for turn in turns:
            base, _ = run([data])
            cpu, wall = run([data, *turn])
            row = figures[" ".join(turn) or "defaults"]
            row["cpu"].append(cpu)
            row["wall"].append(wall)
            row["ratio"].append(cpu / base)
    return {name: {key: round(statistics.median(values), 3) for key, values in row.items()} for name, row in figures.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    told = {"format": 1, "rows": arguments.rows, "rounds": arguments.rounds}
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        data = os.path.join(folder, "milan")
        subprocess.run([PROGRAM, "gen", "milan", "-o", data, "--days", "4", "--rows", str(arguments.rows), "-q"], check=True)
        told["plain"] = measure(data, TURNS, arguments.rounds)
        subprocess.run(["gzip", "-1", "-r", data], check=True)
        told["gzip"] = measure(data, STREAMS, arguments.rounds)
    if arguments.json:
        json.dump(told, sys.stdout, indent=2)
        print()
        return
    for kind in ("plain", "gzip"):
        print(f"{kind + ' files':40} {'CPU s':>8} {'seconds':>8} {'CPU, to defaults':>17}")
        for name, row in told[kind].items():
            print(f"{name:40} {row['cpu']:8.3f} {row['wall']:8.3f} {row['ratio']:17.3f}")


if __name__ == "__main__":
    main()
