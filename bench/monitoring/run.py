"""What looking at a run costs: pairs of runs that take turns, with and without metrics; or two builds, without.

    .venv/bin/python bench/monitoring/run.py FILES... [--runs 40] [--columns ...] [--base OTHER/headrace]

Without --base: scans with `--metrics --metrics-interval 0.1` beside scans without. With --base: scans of HEADRACE_BIN (or of
build/release) beside those of another build, such as one from before the gauges. Prints the median ratio of the times and
its 95 % interval by order statistics; ends with 1 where it is not shown to be at most 1.01.
"""
import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import harness

BIN = os.environ.get("HEADRACE_BIN") or os.path.join(ROOT, "build", "release", "headrace")
COLUMNS = "square_id:uint16,timestamp_ms:timestamp[ms],country_code:uint32,a:float64,b:float64,c:float64,d:float64,e:float64"
BAR = 1.01


def interval(values):
    """The 95 % interval of the median, by order statistics."""
    values, n = sorted(values), len(values)
    below = [math.comb(n, k) / 2**n for k in range(n + 1)]
    rank = max((k for k in range(1, n // 2 + 1) if 2 * sum(below[:k]) <= 0.05), default=1)
    return values[rank - 1], values[n - rank]


def seconds(words):
    begun = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=harness.ENVIRONMENT)
    return time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--columns", default=COLUMNS)
    parser.add_argument("--delimiter", default="\t")
    parser.add_argument("--base")
    wanted = parser.parse_args()
    common = ["scan", *wanted.files, "--columns", wanted.columns, "--delimiter", wanted.delimiter, "-q"]
    with tempfile.TemporaryDirectory() as folder:
        ours = [BIN, *common]
        other = [wanted.base, *common] if wanted.base else ours
        if not wanted.base:
            ours = [*ours, "--metrics", os.path.join(folder, "m.jsonl"), "--metrics-interval", "0.1"]
        ratios = []
        for run in range(wanted.runs + 1):
            first, second = (ours, other) if run % 2 else (other, ours)
            a, b = seconds(first), seconds(second)
            if run > 0:  # the first pair fills the page cache
                ratios.append(a / b if run % 2 else b / a)
    low, high = interval(ratios)
    told = "met" if high <= BAR else "NOT met" if low > BAR else "unresolved"
    print(f"{wanted.runs} pairs: {statistics.median(ratios):.4f} times as long, 95 % interval {low:.4f} to {high:.4f}; "
          f"at most {BAR}: {told}")
    return 0 if told == "met" else 1


if __name__ == "__main__":
    sys.exit(main())
