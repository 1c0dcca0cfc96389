"""The tuner in ten scenarios on this machine, against a grid of frozen settings measured in the same run.

    .venv/bin/python bench/tuning/scenarios.py [--only hot,gzip] [--rounds 3] [--seconds 15] [--json FILE]

Of each scenario: the rates of a grid of workers and read sizes (`--no-tune`, in turn, medians), that of the defaults, and a run
with the tuner. What the tuner ends with is measured like the grid; its regret is what the best of the grid does more. Where
conditions change in mid-run, the grid is of those behind the step. Inputs are one hot file under many names, so that a job lasts
for --seconds. Saved settings are off. Needs a quiet machine, and root for quotas and a cold cache.
"""
import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import conditions
import harness

PROGRAM = os.environ.get("HEADRACE_BIN") or os.path.join(ROOT, "build", "release", "headrace")
SCHEMA = os.path.join(ROOT, "examples", "milan.toml")
WORKERS = [1, 2, 3, 4]
CHUNKS = [256 << 10, 1 << 20, 4 << 20, 16 << 20]
MEGABYTES = 100  # of the file that has many names
TINY_BYTES = 40_000


class Bench:
    def __init__(self, folder, disk):
        self.folder, self.disk, self.number = folder, disk, 0
        subprocess.run([PROGRAM, "gen", "milan", "-o", self.at("gen"), "--days", "1", "--rows", "1500000", "-q"], check=True)
        with open(os.path.join(self.at("gen"), os.listdir(self.at("gen"))[0]), "rb") as file:
            block = file.read(MEGABYTES * 1_000_000) + file.readline()
        self.text, self.tiny, self.packed = self.at("hot.txt"), self.at("tiny.txt"), self.at("hot.txt.gz")
        self.write(self.text, block)
        self.write(self.tiny, block[:block.index(b"\n", TINY_BYTES) + 1])
        self.write(self.packed, gzip.compress(block, 1))
        self.names = {}

    def at(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def write(path, data):
        with open(path, "wb") as file:
            file.write(data)

    def many(self, path, total_bytes, size):
        """A folder with a file under so many names that they hold about `total_bytes` of text."""
        count = max(1, round(total_bytes / size))
        folder = self.at(f"{os.path.basename(path)}.{count}")
        if not os.path.isdir(folder):
            os.mkdir(folder)
            for i in range(count):
                os.symlink(path, os.path.join(folder, f"{i:06}{os.path.splitext(path)[1]}"))
        return folder

    def run(self, command, words, enter=None, feeder=None, drainer=None):
        """Run a job; return its report."""
        report = self.at("report.json")
        process = subprocess.Popen([PROGRAM, command, *words, "--schema", SCHEMA, "-q", "--report", report], preexec_fn=enter,
                                   env=dict(os.environ, XDG_CACHE_HOME=self.at(f"cache{self.number}")),
                                   stdin=subprocess.PIPE if feeder else subprocess.DEVNULL,
                                   stdout=subprocess.PIPE if drainer else subprocess.DEVNULL)
        self.number += 1
        if feeder:
            feeder(process.stdin)
        if drainer:
            drainer(process.stdout)
        if process.wait() != 0:
            sys.exit(f"{command} {' '.join(words)} ended with {process.returncode}")
        with open(report, encoding="utf-8") as file:
            return json.load(file)


# Each: (bench, seconds, words of settings) -> report. The amount of work is for `seconds` at the rate that is expected here.
def hot(bench, seconds, words):
    return bench.run("scan", [bench.many(bench.text, seconds * 5e9, MEGABYTES * 1e6), *words])


def cold(bench, seconds, words):
    folder = os.path.join(bench.disk, "cold")
    if not os.path.isdir(folder):
        os.makedirs(folder)
        for i in range(40):
            shutil.copy(bench.text, os.path.join(folder, f"{i:02}.txt"))
        os.sync()
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))][:max(8, int(seconds * 6))]
    for name in files:
        with open(name, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return bench.run("scan", [*files, *words])


def source(bench, seconds, words):
    return bench.run("scan", ["-", *words], feeder=lambda pipe: conditions.feed(bench.text, pipe, 60e6, seconds))


def tiny(bench, seconds, words):
    return bench.run("scan", [bench.many(bench.tiny, seconds * 2.5e8, TINY_BYTES), *words])


def one_file(bench, seconds, words):
    path = bench.at("big.txt")
    if not os.path.exists(path):
        with open(path, "wb") as out:
            for _ in range(60):
                with open(bench.text, "rb") as file:
                    shutil.copyfileobj(file, out, 1 << 20)
    return bench.run("ingest", [path, "-o", bench.at("out.parquet"), "--overwrite", *words,
                                *(["--rows", str(int(seconds * 20e6))])])


def packed(bench, seconds, words):
    return bench.run("scan", [bench.many(bench.packed, seconds * 8e8, MEGABYTES * 1e6), *words])


def sink(bench, seconds, words):
    return bench.run("ingest", [bench.many(bench.text, seconds * 6e7, MEGABYTES * 1e6), "-o", "-", *words],
                     drainer=lambda pipe: conditions.drain(pipe, 60e6))


def quota(bench, seconds, words, cpus=0.5):
    with conditions.quota(cpus) as group:
        return bench.run("scan", [bench.many(bench.text, seconds * cpus * 2.5e9, MEGABYTES * 1e6), *words], enter=group.enter)


def quota_cut(bench, seconds, words):
    """Two CPUs for a third of the time, half of one behind that."""
    with conditions.quota(2) as group:
        timer = threading.Timer(seconds / 3, group.set, [0.5])
        timer.start()
        try:
            return bench.run("scan", [bench.many(bench.text, seconds * 2.5e9, MEGABYTES * 1e6), *words], enter=group.enter)
        finally:
            timer.cancel()
            timer.join()


def small_memory(bench, seconds, words):
    return bench.run("scan", [bench.many(bench.text, seconds * 5e9, MEGABYTES * 1e6), "--memory-limit", "256MiB", *words])


def neighbour(bench, seconds, words):
    with conditions.neighbours(1):
        return bench.run("scan", [bench.many(bench.text, seconds * 3.5e9, MEGABYTES * 1e6), *words])


SCENARIOS = {  # name: (title, the frozen runs', the tuned run's, whether read sizes are a knob)
    "hot": ("hot cache", hot, hot, True), "cold": ("cold cache", cold, cold, True),
    "source": ("throttled source", source, source, False), "tiny": ("many tiny files", tiny, tiny, True),
    "one": ("one big file, to Parquet", one_file, one_file, True), "gzip": ("gzip", packed, packed, False),
    "sink": ("slow sink", sink, sink, True), "quota": ("quota cut in mid-run", quota, quota_cut, True),
    "memory": ("memory limit of 256 MiB", small_memory, small_memory, True),
    "neighbour": ("a burning neighbour", neighbour, neighbour, True),
}


def settings(workers, chunk):
    return ["--workers", str(workers), *(["--chunk", str(chunk)] if chunk else []), "--no-tune"]


def rate(report):
    return report["bytes_read"] / report["seconds"]


def knob(report, name):
    return next((line["value"] for line in report["config"] if line["name"] == name), None)


def measure(bench, name, args):
    title, frozen, tuned_run, has_chunks = SCENARIOS[name]
    grid = [(workers, chunk) for workers in WORKERS for chunk in (CHUNKS if has_chunks else [0])]
    tuned = tuned_run(bench, args.seconds, [])
    final = (int(knob(tuned, "workers")), int(knob(tuned, "chunk")) if has_chunks else 0)
    points = {"defaults": ["--no-tune"], "tuned": settings(*final)}
    points |= {f"{workers} x {chunk >> 10} KiB" if chunk else f"{workers}": settings(workers, chunk) for workers, chunk in grid}
    rates = {point: [] for point in points}
    refused = set()
    for counted, point in harness.in_turns(list(points), args.rounds):
        if point in refused:
            continue
        try:
            report = frozen(bench, args.frozen_seconds, points[point])
        except SystemExit:  # it does not fit into the memory limit
            refused.add(point)
            continue
        if counted:
            rates[point].append(rate(report))
    medians = {point: statistics.median(values) for point, values in rates.items() if values}
    best = max((point for point in medians if point not in ("defaults", "tuned")), key=medians.get)
    decisions = tuned["decisions"]
    return {"title": title, "best": best, "rates": medians, "all": rates, "final": final, "decisions": decisions,
            "seconds": tuned["seconds"], "verdict": tuned["verdict"], "tuned_run_rate": rate(tuned),
            "last_decision_at": decisions[-1]["t"] if decisions else 0,
            "regret_tuned": medians[best] / medians["tuned"] - 1, "regret_defaults": medians[best] / medians["defaults"] - 1}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15, help="of the run with the tuner")
    parser.add_argument("--frozen-seconds", type=float, default=1)
    parser.add_argument("--disk", default=os.path.join(ROOT, "build", "scenarios"), help="a folder that is not in memory")
    parser.add_argument("--json", type=harness.Path)
    args = parser.parse_args()
    told = harness.provenance() | {"rounds": args.rounds, "scenarios": {}}
    print("| scenario | best of the grid, MB/s | defaults | tuned | regret of defaults, tuned | decisions, the last at | verdict |")
    print("|---|---|---|---|---|---|---|")
    os.makedirs(args.disk, exist_ok=True)
    with (tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder,
          tempfile.TemporaryDirectory(dir=args.disk) as disk):
        bench = Bench(folder, disk)
        for name in args.only.split(","):
            row = told["scenarios"][name] = measure(bench, name, args)
            mb = {point: f"{value / 1e6:,.0f}" for point, value in row["rates"].items()}
            final = f"{row['final'][0]}" + (f" x {row['final'][1] >> 10} KiB" if row["final"][1] else "")
            why = row["verdict"] or {"class": "-", "sub_reason": ""}
            print(f"| {row['title']} | {mb[row['best']]} ({row['best']}) | {mb['defaults']} | {mb['tuned']} ({final}) | "
                  f"{row['regret_defaults']:.1%}, {row['regret_tuned']:.1%} | {len(row['decisions'])}, "
                  f"{row['last_decision_at']:.1f} s | {why['class']} {why['sub_reason'] or ''} |", flush=True)
    if args.json:
        harness.write_json(args.json, told)


if __name__ == "__main__":
    main()
