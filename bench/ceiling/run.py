"""Scans beside a yardstick: a program that decodes the eight Milan columns, hard-wired, and computes nothing of them.

    .venv/bin/python bench/ceiling/run.py --yardstick PROGRAM --file FILE [--runs 7] [--json FILE]

`PROGRAM FILE` prints JSON: {"figures": [{"what": ..., "best_gb_s": ..., "median_gb_s": ...}, ...]}, among them the lines of
LINES. It and `headrace scan`, with one worker and with two, take turns on one file of Milan text (in the page cache), which is
given under several names, so that starting up hardly counts. Ours is the whole process.
"""
import argparse
import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness

LINES = {1: "float64, page cache, pread 1 MiB, one thread", 2: "float64, page cache, pread 1 MiB, all threads"}
SCHEMA = harness.ROOT / "examples/milan.toml"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yardstick", required=True)
    parser.add_argument("--file", required=True, type=Path)
    parser.add_argument("--names", type=int, default=4, help="how often the file is read in one job")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--build", type=Path, default=harness.ROOT / "build/release")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    size = args.file.stat().st_size * args.names
    told = {workers: {"headrace": [], "yardstick": []} for workers in LINES}
    for counted, tool in harness.in_turns(["yardstick", *LINES], args.runs):
        if tool == "yardstick":
            output = json.loads(harness.run([args.yardstick, str(args.file)])[2])
            figures = {figure["what"]: figure.get("median_gb_s") for figure in output["figures"]}
            for workers, line in LINES.items():
                if counted:
                    told[workers]["yardstick"].append(figures[line])
            continue
        command = [args.build / "headrace", "scan", *[args.file] * args.names, "--schema", SCHEMA, "--workers", tool,
                   "--no-tune", "-q"]
        seconds, _, _ = harness.run([str(word) for word in command])
        if counted:
            told[tool]["headrace"].append(size / seconds / 1e9)
    print("| workers | headrace GB/s, least to greatest | yardstick | ratio |\n|---|---|---|---|")
    medians = {}
    for workers, both in told.items():
        ours, other = both["headrace"], both["yardstick"]
        medians[workers] = [statistics.median(ours), statistics.median(other)]
        print(f"| {workers} | {medians[workers][0]:.2f} ({min(ours):.2f} to {max(ours):.2f}) | {medians[workers][1]:.2f} "
              f"({min(other):.2f} to {max(other):.2f}) | {medians[workers][0] / medians[workers][1]:.2f} |")
    ours, other = (medians[2][i] / medians[1][i] for i in (0, 1))
    print(f"\nscaling from one to two: {ours:.2f}, the yardstick's {other:.2f}: {ours / other:.2f} of it")
    if args.json:
        harness.write_json(args.json, harness.provenance() | {"bytes": size, "gb_s": told, "scaling": [ours, other]})


if __name__ == "__main__":
    main()
