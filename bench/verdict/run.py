"""Provokes what can hold a run back, and compares the verdict: a confusion matrix, and whether relieving it helps.

    .venv/bin/python bench/verdict/run.py [--runs 20] [--seed N] [--only source,sink] [--json FILE]

Conditions: none (a file in the page cache), source (a pipe that is filled slowly), disk (a cold file on a disk that a cgroup v1
holds back), sink (an Arrow stream that is read slowly), quota (a cgroup v1 CPU quota), contended (processes that burn CPU beside),
codec (one gzip member), capacity (a memory limit with room for one worker). The intensity of each run is drawn from
--seed, which is the time unless it is given: the thresholds (src/tune/verdict.cc) were there before. Where cgroups
cannot be made, `disk` and `quota` are skipped.

The causal check: the gain that the verdict predicts against that seen when the resource is relieved and nothing else changes:
the same job with a pipe that is filled, or read, as quickly as it can be; without the quota; without neighbours; with text
that is not compressed; without a memory limit. Needs a quiet machine: neighbours are a condition of their own.
"""
import argparse
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import conditions
import harness
BIN = os.environ.get("HEADRACE_BIN") or os.path.join(ROOT, "build", "release", "headrace")
COLUMNS = "square_id:uint16,timestamp_ms:timestamp[ms],country_code:uint32,a:float64,b:float64,c:float64,d:float64,e:float64"
EXPECTED = {
    "none": {("CPU_BOUND", "cores")},
    "source": {("IO_BOUND", "source")},
    "disk": {("IO_BOUND", "source")},
    "sink": {("IO_BOUND", "sink")},
    "quota": {("CPU_BOUND", "quota")},
    "contended": {("CPU_BOUND", "contended")},
    "codec": {("CPU_BOUND", "codec")},
    "capacity": {("MEMORY_BOUND", "capacity")},
}


class Bench:
    def __init__(self, folder, disk, megabytes):
        self.folder = folder
        self.on_disk = os.path.join(disk, "in.tsv")
        self.text = os.path.join(folder, "in.tsv")
        subprocess.run([BIN, "gen", "milan", "-o", os.path.join(folder, "gen"), "--days", "1", "--rows", "200000", "-q"],
                       check=True)
        name = os.listdir(os.path.join(folder, "gen"))[0]
        with open(os.path.join(folder, "gen", name), "rb") as file:
            block = file.read()
        with open(self.text, "wb") as file:
            for _ in range(max(1, megabytes * 1_000_000 // len(block))):
                file.write(block)
        shutil.copyfile(self.text, self.on_disk)
        self.packed = os.path.join(folder, "in.tsv.gz")
        with open(self.text, "rb") as source, gzip.open(self.packed, "wb", compresslevel=1) as out:
            while part := source.read(1 << 20):
                out.write(part)

    def command(self, source, *flags):
        self.report = os.path.join(self.folder, "report.json")
        return [BIN, "ingest", source, "--columns", COLUMNS, "--delimiter", "\t", "-q", "--no-tune", "--report", self.report,
                "--metrics-interval", "0.2", *flags]

    def file_job(self, source, *flags):
        return self.command(source, "-o", os.path.join(self.folder, "out.parquet"), "--overwrite", *flags)

    def outcome(self):
        with open(self.report, encoding="utf-8") as file:
            return json.load(file)


def run_none(bench, _):
    subprocess.run(bench.file_job(bench.text), check=True)


def run_source(bench, draw):
    process = subprocess.Popen(bench.file_job("-"), stdin=subprocess.PIPE)
    conditions.feed(bench.text, process.stdin, draw(40e6, 200e6), 4)
    process.wait()


def run_disk(bench, draw):
    conditions.forget(bench.on_disk)
    with conditions.slow_disk(bench.on_disk, draw(30e6, 250e6)) as enter:
        subprocess.run(bench.file_job(bench.on_disk), check=True, preexec_fn=enter)


def run_sink(bench, draw):
    process = subprocess.Popen(bench.command(bench.text, "-o", "-"), stdout=subprocess.PIPE)
    conditions.drain(process.stdout, draw(20e6, 100e6))
    process.wait()


def run_quota(bench, draw):
    with conditions.quota(draw(0.25, 1.2)) as group:
        subprocess.run(bench.file_job(bench.text), check=True, preexec_fn=group.enter)


def run_contended(bench, draw):
    with conditions.neighbours(round(draw(1, 3)) * (os.cpu_count() or 1)):
        subprocess.run(bench.file_job(bench.text), check=True)


def run_codec(bench, _):
    subprocess.run(bench.command(bench.packed, "-o", os.path.join(bench.folder, "out.arrow"), "--overwrite"), check=True)


def run_capacity(bench, draw):
    bench.unit = unit = 1 << round(draw(22, 25))
    low, high = 64, 4096  # MiB: the least limit with which it runs has room for one worker
    while high - low > 4:
        middle = (low + high) // 2
        plan = subprocess.run([BIN, "explain", bench.text, "--columns", COLUMNS, "--delimiter", "\t", "--json", "--memory-limit",
                               f"{middle}MiB", "--unit-bytes", str(unit)], capture_output=True, check=False)
        low, high = (middle, high) if plan.returncode else (low, middle)
    subprocess.run(bench.file_job(bench.text, "--memory-limit", f"{high}MiB", "--unit-bytes", str(unit)), check=True)


RUNNERS = {"none": run_none, "source": run_source, "disk": run_disk, "sink": run_sink, "quota": run_quota, "contended": run_contended,
           "codec": run_codec, "capacity": run_capacity}


def relieved_source(bench):
    process = subprocess.Popen(bench.file_job("-"), stdin=subprocess.PIPE)
    conditions.feed_freely(bench.text, process.stdin, 1)
    process.wait()


def relieved_disk(bench):
    conditions.forget(bench.on_disk)
    subprocess.run(bench.file_job(bench.on_disk), check=True)


def relieved_sink(bench):
    process = subprocess.Popen(bench.command(bench.text, "-o", "-"), stdout=subprocess.PIPE)
    conditions.drain_freely(process.stdout)
    process.wait()


def relieved_codec(bench):
    subprocess.run(bench.command(bench.text, "-o", os.path.join(bench.folder, "out.arrow"), "--overwrite"), check=True)


def relieved_capacity(bench):
    subprocess.run(bench.file_job(bench.text, "--unit-bytes", str(bench.unit)), check=True)


def plain_job(bench):
    run_none(bench, None)


RELIEVED = {"source": relieved_source, "disk": relieved_disk, "sink": relieved_sink, "quota": plain_job, "contended": plain_job,
            "codec": relieved_codec, "capacity": relieved_capacity}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--megabytes", type=int, default=600)
    parser.add_argument("--only", default=",".join(RUNNERS))
    parser.add_argument("--disk", metavar="FOLDER", help="a folder on a disk, for `disk` (default: the one for temporary files)")
    parser.add_argument("--json")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    can = {"quota": conditions.can_set_quotas(), "disk": conditions.can_hold_disks_back()}
    names = [name for name in wanted.only.split(",") if can.get(name, True)]
    print(f"seed {wanted.seed}, {wanted.runs} runs each")
    rows = []
    with (tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder,
          tempfile.TemporaryDirectory(dir=wanted.disk) as disk):
        bench = Bench(folder, disk, wanted.megabytes)
        order = [name for name in names for _ in range(wanted.runs)]
        random.shuffle(order)
        for name in order:
            RUNNERS[name](bench, random.uniform)
            told = bench.outcome()
            held_back = told["bytes_read"] / told["seconds"]
            relieved = []
            for _ in range(3 if name in RELIEVED else 0):
                RELIEVED[name](bench)
                free = bench.outcome()
                relieved.append(free["bytes_read"] / free["seconds"])
            verdict = told["verdict"]
            rows.append({"condition": name, "class": verdict["class"], "sub_reason": verdict["sub_reason"],
                         "confidence": verdict["confidence"], "predicted_gain": verdict["predicted_gain"],
                         "guide": verdict["guide"], "rate": held_back, "evidence": verdict["evidence"],
                         "gain": statistics.median(relieved) / held_back if relieved else None})
    seen = sorted({(row["class"], row["sub_reason"] or "-") for row in rows})
    print("| condition | right | by the guide's thresholds | " + " | ".join(f"{one} {why}" for one, why in seen) + " | gain predicted / real |")
    print("|---|---|---|" + "---|" * len(seen) + "---|")
    bad = False
    for name in names:
        mine = [row for row in rows if row["condition"] == name]
        right = sum((row["class"], row["sub_reason"]) in EXPECTED[name] for row in mine)
        guide = sum(row["guide"] == next(iter(EXPECTED[name]))[0] for row in mine)
        cells = [sum((row["class"], row["sub_reason"] or "-") == one for row in mine) or "" for one in seen]
        ratios = sorted(row["predicted_gain"] / row["gain"] for row in mine if row["predicted_gain"] and row["gain"])
        causal = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})" if ratios else ""
        bad |= right * 20 < 19 * len(mine)
        print(f"| {name} | {right} of {len(mine)} | {guide} | " + " | ".join(map(str, cells)) + f" | {causal} |")
    if wanted.json:
        harness.write_json(harness.Path(wanted.json), harness.provenance() | {"seed": wanted.seed, "runs": rows})
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
