"""The guide's table for this machine: `headrace bench --levels`, and beside it what the guide began with, pandas in a
process pool, one file a task, on the same files (Milan rows, made here).

    .venv/bin/python bench/tuning/levels.py [--rows 4000000] [--files 4] [--rounds 5] [--json]
"""
import argparse
import glob
import json
import multiprocessing
import os
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
NAMES = ["square_id", "timestamp_ms", "country_code", "sms_in", "sms_out", "call_in", "call_out", "internet_activity"]


def load(path):
    """The guide's load_and_preprocess_single_file; the rows and the process's peak memory come back, not the frame."""
    import resource

    import pandas

    types = {"square_id": "uint16", "timestamp_ms": "int64", "country_code": "int32", **dict.fromkeys(NAMES[3:], "float64")}
    frame = pandas.read_csv(path, sep="\t", header=None, names=NAMES, dtype=types, engine="c")
    frame["timestamp"] = pandas.to_datetime(frame["timestamp_ms"], unit="ms")
    frame = frame[["timestamp"] + [name for name in frame.columns if name != "timestamp"]]
    return len(frame), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def pandas_pool(paths, rounds):
    processes = min(len(paths), os.cpu_count() or 1)
    seconds, rows, peak = [], 0, 0
    for _ in range(rounds):
        began = time.monotonic()
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            done = pool.map(load, paths, chunksize=1)
        seconds.append(time.monotonic() - began)
        rows = sum(count for count, _ in done)
        peak = max(peak, processes * max(size for _, size in done))
    return {"name": f"pandas, {processes} processes", "rows": rows, "median_seconds": statistics.median(seconds),
            "seconds": seconds, "peak_memory_bytes": peak}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4_000_000)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        data = os.path.join(folder, "milan")
        subprocess.run([PROGRAM, "gen", "milan", "-o", data, "--days", str(arguments.files), "--rows", str(arguments.rows),
                        "-q"], check=True)
        paths = sorted(glob.glob(os.path.join(data, "*")))
        done = subprocess.run([PROGRAM, "bench", "--levels", data, "--schema", SCHEMA, "--rounds", str(arguments.rounds), "--json"],
                              capture_output=True, check=True, env=harness.ENVIRONMENT)
        told = json.loads(done.stdout)
        try:
            import pandas
            told["peers"] = [dict(pandas_pool(paths, arguments.rounds), version=pandas.__version__)]
        except ImportError:
            told["peers"] = []
    if arguments.json:
        json.dump(told, sys.stdout, indent=2)
        print()
        return
    print(f"{'':28} {'rows/s':>10} {'seconds':>9} {'peak MiB':>9}")
    for row in told["levels"] + told["peers"]:
        if "rows" not in row:
            print(f"{row['name']:28} {row['failure'].splitlines()[0]}")
            continue
        mark = " *" if row.get("changes_result") else ""
        print(f"{row['name'] + mark:28} {row['rows'] / row['median_seconds'] / 1e6:9.2f}M {row['median_seconds']:9.3f} "
              f"{row['peak_memory_bytes'] / 2**20:9.0f}")
    print("* changes the result. pandas' peak is that of its largest process, times their number.")


if __name__ == "__main__":
    main()
