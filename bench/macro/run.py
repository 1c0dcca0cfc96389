"""Whole jobs, Headrace beside its peers: same files, same machine, interleaved; prints a table and writes JSON.

    make bench-macro                       # installs the pinned peers, builds, makes the data, runs
    .venv/bin/python bench/macro/run.py --rows 26000000 --runs 5 --json bench/results/<cpu>/macro.json

Every run's row count must be that of the data, and its sums those of the others, of Parquet files as they are read back;
ours must be equal to Polars' cell by cell. Files lie in memory (tmpfs) unless --data says otherwise.
"""

import json
import multiprocessing
import os
import shutil
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness

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


def ours(job, files, output, args):
    program = str(args.build / "headrace")
    threads = str(args.threads)
    if job in ("memory", "three"):
        table = str(args.build / "load_table")
        _, peak, text = harness.run([table, "all" if job == "memory" else "three", threads, *files])
        return json.loads(text)["seconds"], peak, json.loads(text)["result"]
    common = ["--schema", str(harness.ROOT / "examples/milan.toml"), "--workers", threads, "-q"]
    if job == "scan":
        wall, peak, text = harness.run([program, "scan", "--json", *common, *files])
        return wall, peak, harness.sums(text)
    Path(output).unlink(missing_ok=True)
    wall, peak, _ = harness.run([program, "ingest", *common, "--select", KEPT, "-o", output, *files])
    return wall, peak, {}


def peer(tool, job, files, output, args):
    Path(output).unlink(missing_ok=True)
    return harness.peer(Path(__file__).with_name("peers.py"), args.threads, tool, job, output, *files)


def apart(function, *words):
    """Call in a process of its own: ours would grow, and the system counts that as the peak of what it starts."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, words)


def contents(path):
    """Rows of a Parquet file, and the sum of each column."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    result = {"rows": file.metadata.num_rows}
    for name in file.schema_arrow.names:
        column = file.read([name]).column(name)
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("ms")).cast("int64")
        result[name] = pc.sum(column.cast("float64")).as_py()
    return result


def check_equal(job, tool, expected, got):
    for name, value in got.items():
        if name in expected and not harness.same(float(value), float(expected[name])):
            sys.exit(f"{job}: {tool} gives {name} = {value}, others {expected[name]}")
    expected.update({name: value for name, value in got.items() if name not in expected})


def files_differ(first, second):
    """Where two Parquet files do not hold the same cells, bit for bit, in words."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    a, b = pq.ParquetFile(first), pq.ParquetFile(second)
    if a.metadata.num_rows != b.metadata.num_rows:
        return f"{first} has {a.metadata.num_rows} rows, {second} {b.metadata.num_rows}"
    for name in a.schema_arrow.names:
        left = a.read([name]).column(name).combine_chunks()
        right = b.read([name]).column(name).cast(left.type).combine_chunks()
        if pa.types.is_floating(left.type):
            left, right = left.view(pa.int64()), right.view(pa.int64())
        if not left.equals(right):
            return f"column {name} of {first} and {second} differ"
    return ""


def measure(job, args, files):
    tools = ["headrace", *(args.tools.split(",") if args.tools else JOBS[job])]
    if job in ("memory", "parquet") and args.slow:
        tools.append("pandas-pool")
    seconds = {tool: [] for tool in tools}
    peaks, sizes, expected = {}, {}, {"rows": args.rows}
    outputs = {tool: str(args.data / f"out-{tool}.parquet") for tool in tools}
    for counted, tool in harness.in_turns(tools, args.runs):
        output = outputs[tool]
        call = ours(job, files, output, args) if tool == "headrace" else peer(tool, job, files, output, args)
        check_equal(job, tool, expected, apart(contents, output) if job == "parquet" else call[2])
        if counted:
            seconds[tool].append(call[0])
            peaks[tool] = max(peaks.get(tool, 0), call[1])
        if job == "parquet":
            sizes[tool] = os.path.getsize(output)
            if tool not in ("headrace", "polars"):
                os.unlink(output)
    if job == "parquet" and "polars" in tools:
        if fault := apart(files_differ, outputs["headrace"], outputs["polars"]):
            sys.exit(fault)
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
    print(f"  {'tool':18} {'median s':>9} {'GB/s':>7} {'Mrows/s':>8} {'peak MiB':>9} {'file MB':>8}  "
          "ratio to the fastest peer")
    for tool, figure in figures.items():
        seconds = figure["median_seconds"]
        size = f"{figure['file_bytes'] / 1e6:8.1f}" if "file_bytes" in figure else " " * 8
        print(f"  {tool:18} {seconds:9.3f} {total_bytes / seconds / 1e9:7.2f} {rows / seconds / 1e6:8.1f} "
              f"{figure['peak_mib']:9} {size}  {best / seconds:.2f}")


def main():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-bench")
    parser.add_argument("--rows", type=int, default=13_000_000, help="rows over seven days")
    parser.add_argument("--bytes-per-row", default="77", choices=["65", "77"])
    parser.add_argument("--jobs", default="scan,memory,three,parquet")
    parser.add_argument("--tools", default="", help="peers to run, instead of each job's list")
    parser.add_argument("--slow", action="store_true", help="the guide's pandas pool too")
    args = parser.parse_args()

    source = args.data / f"milan-{args.rows}-{args.bytes_per_row}"
    if not source.exists():
        harness.run([str(args.build / "headrace"), "gen", "milan", "-o", str(source), "--days", "7", "--rows",
                     str(args.rows), "--bytes-per-row", args.bytes_per_row])
    files = sorted(str(path) for path in source.iterdir())
    total_bytes = sum(os.path.getsize(path) for path in files)
    about = harness.provenance()
    print(f"{about['cpu']}, {args.threads} threads, {len(files)} files, {total_bytes / 1e9:.2f} GB, {args.rows} rows, "
          f"{args.runs} interleaved runs")
    results = {}
    for job in args.jobs.split(","):
        results[job] = measure(job, args, files)
        show(job, results[job], total_bytes, args.rows)
    if args.json:
        harness.write_json(args.json, about | {"threads": args.threads, "bytes": total_bytes, "rows": args.rows,
                                               "jobs": results})
    if not args.keep:
        shutil.rmtree(args.data)


if __name__ == "__main__":
    main()
