"""Whole jobs, Headrace beside its peers: same files, same machine, interleaved; prints a table and writes JSON.

    make bench-macro                       # installs the pinned peers, builds, makes the data, runs
    .venv/bin/python bench/macro/run.py --rows 26000000 --runs 5 --json bench/results/<cpu>/macro.json

A peer's time is the job alone (its imports are not counted); ours is the whole process. Every run's row count and sums
must agree, and the Parquet files must be equal to Polars' cell by cell. Files lie in memory (tmpfs) unless --data says
otherwise.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = "timestamp_ms,square_id,sms_in,sms_out,call_in,call_out,internet_activity"
JOBS = {
    "scan": ["polars", "polars-in-memory", "duckdb"],
    "memory": ["polars", "polars-in-memory", "duckdb", "pyarrow"],
    "three": ["polars", "duckdb", "pyarrow"],
    "parquet": ["polars", "duckdb", "duckdb-unordered", "pyarrow"],
}
TITLES = {
    "scan": "decode everything and sum it",
    "memory": "whole table in memory (library)",
    "three": "three of eight columns in memory (library)",
    "parquet": "the team's job: one zstd Parquet file",
}


def run(command, environment):
    """Run a command; return (wall seconds, peak resident MiB, its standard output)."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"failed with {process.returncode}: {' '.join(command[:6])} …")
    return time.perf_counter() - started, usage.ru_maxrss / 1024, output


def ours(job, files, output, args, environment):
    program = str(args.build / "headrace")
    threads = str(args.threads)
    if job in ("memory", "three"):
        table = str(args.build / "load_table")
        wall, peak, text = run([table, "all" if job == "memory" else "three", threads, *files], environment)
        return json.loads(text)["seconds"], peak, json.loads(text)["result"]
    common = ["--schema", str(ROOT / "examples/milan.toml"), "--workers", threads, "-q"]
    if job == "scan":
        wall, peak, text = run([program, "scan", "--json", *common, *files], environment)
        scan = json.loads(text)
        sums = {c["name"]: float(c["sum"]) for c in scan["columns"] if c["sum"] is not None}
        return wall, peak, {"rows": scan["rows"], **sums}
    Path(output).unlink(missing_ok=True)
    wall, peak, _ = run([program, "ingest", *common, "--select", KEPT, "-o", output, *files], environment)
    return wall, peak, {}


def peer(tool, job, files, output, environment):
    Path(output).unlink(missing_ok=True)
    _, peak, text = run([sys.executable, str(ROOT / "bench/macro/peers.py"), tool, job, output, *files], environment)
    answer = json.loads(text.splitlines()[-1])
    return answer["seconds"], peak, answer["result"]


def check_equal(job, tool, expected, got):
    for name, value in got.items():
        if name in expected and not math.isclose(float(value), float(expected[name]), rel_tol=1e-9):
            sys.exit(f"{job}: {tool} gives {name} = {value}, others {expected[name]}")
    expected.update({name: value for name, value in got.items() if name not in expected})


def check_files_equal(first, second):
    """Fail unless two Parquet files hold the same cells, bit for bit."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    a, b = pq.ParquetFile(first), pq.ParquetFile(second)
    if a.metadata.num_rows != b.metadata.num_rows:
        sys.exit(f"{first} has {a.metadata.num_rows} rows, {second} {b.metadata.num_rows}")
    for name in a.schema_arrow.names:
        left = a.read([name]).column(name).combine_chunks()
        right = b.read([name]).column(name).cast(left.type).combine_chunks()
        if pa.types.is_floating(left.type):
            left, right = left.view(pa.int64()), right.view(pa.int64())
        if not left.equals(right):
            sys.exit(f"column {name} of {first} and {second} differ")


def measure(job, args, files, environment):
    tools = ["headrace", *(args.tools.split(",") if args.tools else JOBS[job])]
    if job in ("memory", "parquet") and args.slow:
        tools.append("pandas-pool")
    seconds = {tool: [] for tool in tools}
    peaks, sizes, expected = {}, {}, {}
    outputs = {tool: str(args.data / f"out-{tool}.parquet") for tool in tools}
    for round_number in range(args.runs + 1):  # the first is a warm-up
        for tool in tools:
            output = outputs[tool]
            call = ours(job, files, output, args, environment) if tool == "headrace" else peer(
                tool, job, files, output, environment)
            check_equal(job, tool, expected, call[2])
            if round_number > 0:
                seconds[tool].append(call[0])
                peaks[tool] = max(peaks.get(tool, 0), call[1])
            if job == "parquet":
                sizes[tool] = os.path.getsize(output)
                if tool not in ("headrace", "polars"):
                    os.unlink(output)
    if job == "parquet" and "polars" in tools:
        check_files_equal(outputs["headrace"], outputs["polars"])
    for output in outputs.values():
        Path(output).unlink(missing_ok=True)
    return {
        tool: {
            "seconds": seconds[tool],
            "median_seconds": statistics.median(seconds[tool]),
            "peak_mib": round(peaks[tool]),
            **({"file_bytes": sizes[tool]} if job == "parquet" else {}),
        }
        for tool in tools
    }


def show(job, figures, total_bytes, rows):
    best = min(f["median_seconds"] for tool, f in figures.items() if tool != "headrace")
    print(f"\n{TITLES[job]}")
    print(f"  {'tool':18} {'median s':>9} {'GB/s':>7} {'Mrows/s':>8} {'peak MiB':>9} {'file MB':>8}  ratio to the fastest peer")
    for tool, figure in figures.items():
        seconds = figure["median_seconds"]
        size = f"{figure['file_bytes'] / 1e6:8.1f}" if "file_bytes" in figure else " " * 8
        print(f"  {tool:18} {seconds:9.3f} {total_bytes / seconds / 1e9:7.2f} {rows / seconds / 1e6:8.1f} "
              f"{figure['peak_mib']:9} {size}  {best / seconds:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=13_000_000, help="rows over seven days")
    parser.add_argument("--bytes-per-row", default="77", choices=["65", "77"])
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each tool, after one warm-up")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--jobs", default="scan,memory,three,parquet")
    parser.add_argument("--tools", default="", help="peers to run, instead of each job's list")
    parser.add_argument("--slow", action="store_true", help="the guide's pandas pool too")
    parser.add_argument("--data", type=Path, default=Path("/dev/shm/headrace-bench"))
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--keep", action="store_true", help="keep the data")
    parser.add_argument("--json", type=Path, help="write all figures here")
    args = parser.parse_args()

    environment = dict(os.environ, HEADRACE_BENCH_THREADS=str(args.threads))
    source = args.data / f"milan-{args.rows}-{args.bytes_per_row}"
    if not source.exists():
        subprocess.run([str(args.build / "headrace"), "gen", "milan", "-o", str(source), "--days", "7", "--rows",
                        str(args.rows), "--bytes-per-row", args.bytes_per_row], check=True)
    files = sorted(str(path) for path in source.iterdir())
    total_bytes = sum(os.path.getsize(path) for path in files)
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"{cpu}, {args.threads} threads, {len(files)} files, {total_bytes / 1e9:.2f} GB, {args.rows} rows, "
          f"{args.runs} interleaved runs")
    results = {}
    for job in args.jobs.split(","):
        results[job] = measure(job, args, files, environment)
        show(job, results[job], total_bytes, args.rows)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({"cpu": cpu, "threads": args.threads, "bytes": total_bytes, "rows": args.rows,
                                         "jobs": results}, indent=1) + "\n")
    if not args.keep:
        shutil.rmtree(args.data)


if __name__ == "__main__":
    main()
