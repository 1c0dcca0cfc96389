"""What exactness costs: ours with rejects, ledger and locations on, beside a build of it that has none of them.

    make bench-ledger BENCH_ARGS='--json bench/results/<cpu>/ledger.json'
    .venv/bin/python bench/ledger/run.py --jobs scan --runs 60 --data FOLDER

Ours writes a rejects file and, for Parquet, a manifest. The other build (target headrace_without_ledger, constant
kKeepsLedger) has no counts of records and lines, no notes of rejects and their places, no checksums of pieces and
files, does not confirm where units meet nor that files were read to their ends, and balances nothing. What it still
has: finding bad values and records of another shape, which is reading itself; where the rows of a window begin, which
is where their first fields begin; the checksums of Parquet's pages, a part of that format; one look at the footer of
the file that was written, which is how its rows are counted.

Builds take turns, and which goes first changes from pair to pair. The ratio is that of a pair; its median is shown with
a 95 % interval that assumes nothing of how times are spread (order statistics). Fewer than 30 pairs, or an interval that
holds the bar, leave it unresolved. Both must give the same result, and the rows that were written; otherwise it ends
with 1. Files lie in memory (tmpfs) unless --data says otherwise.
"""

import json
import math
import shutil
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness

BAR = 1.03  # times as long
LEAST_PAIRS = 30
BYTES_PER_ROW = 77
JOBS = {"scan": "scan", "parquet": "one zstd Parquet file"}
MARK = "without-ledger"


def interval(values):
    """The 95 % interval of the median, by order statistics; None where there are too few values for one."""
    values, n = sorted(values), len(values)
    below = [math.comb(n, k) / 2**n for k in range(n + 1)]
    rank = max((k for k in range(1, n // 2 + 1) if 2 * sum(below[:k]) <= 0.05), default=0)
    return (values[rank - 1], values[n - rank]) if rank else None


def verdict(ratios, bar=BAR):
    found = interval(ratios)
    if len(ratios) < LEAST_PAIRS or found is None or found[0] <= bar < found[1]:
        return "unresolved"
    return "met" if found[1] <= bar else "NOT met"


def body(path):
    """The pages of a Parquet file: all in front of its footer, in which stands which program wrote it."""
    data = path.read_bytes()
    return data[:len(data) - 8 - int.from_bytes(data[-8:-4], "little")]


def run(program, job, with_ledger, files, args):
    """Run a job; return (seconds, rows, result)."""
    output, rejects = args.data / "out.parquet", args.data / "rejects.csv"
    manifest = output.with_name(output.name + ".manifest.json")
    for path in (output, rejects, manifest):
        path.unlink(missing_ok=True)
    common = ["--schema", harness.ROOT / "examples/milan.toml", "--workers", args.threads, "-q"]
    if with_ledger:
        common += ["--rejects", rejects]
    if job == "scan":
        seconds, _, text = harness.run([program, "scan", "--json", *map(str, [*common, *files])])
        table = json.loads(text)
        return seconds, table["rows"], table["columns"]
    from pyarrow import parquet

    common += ["--manifest"] if with_ledger else []
    seconds, _, _ = harness.run([program, "ingest", "-o", str(output), *map(str, [*common, *files])])
    return seconds, parquet.ParquetFile(output).metadata.num_rows, body(output)


def measure(job, programs, files, rows, args):
    """Return ({build: seconds of each pair}, what is wrong, in words)."""
    seconds, faults, first = {build: [] for build in programs}, set(), None
    for pair in range(args.runs + 1):  # one to warm up
        order = list(programs) if pair % 2 else list(reversed(programs))
        for build in order:
            taken, counted, result = run(programs[build], job, build == "with", files, args)
            first = result if first is None else first
            if counted != rows:
                faults.add(f"{job}, {build} ledger: {counted} rows counted, {rows} written")
            if result != first:
                faults.add(f"{job}: the builds give other results")
            if pair > 0:
                seconds[build].append(taken)
    return seconds, sorted(faults)


def show(job, seconds, ratios):
    print(f"\n{JOBS[job]}\n  {'':16} {'median s':>9} {'min':>9} {'max':>9}")
    for build, times in seconds.items():
        print(f"  {build + ' ledger':16} {statistics.median(times):9.4f} {min(times):9.4f} {max(times):9.4f}")
    found = interval(ratios)
    reach = f"95 % interval {found[0]:.4f} to {found[1]:.4f}" if found else "too few pairs for an interval"
    print(f"  with / without: median {statistics.median(ratios):.4f}, {reach}, {len(ratios)} pairs; "
          f"at most {BAR:.2f}: {verdict(ratios)}")


def main():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-bench-ledger")
    parser.set_defaults(runs=40)
    parser.add_argument("--size", type=float, default=2, metavar="GB", help="of text, Milan shape")
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--without", type=Path, help="the build without (default: headrace_without_ledger of --build)")
    args = parser.parse_args()
    if unknown := sorted(set(args.jobs.split(",")) - set(JOBS)):
        parser.error(f"there is no job {unknown[0]}; there are {','.join(JOBS)}")
    if args.runs < 1:
        parser.error("--runs: at least 1")
    without = args.without or args.build / "headrace_without_ledger"
    programs = {"with": str(args.build / "headrace"), "without": str(without)}
    versions = {build: harness.run([program, "--version"])[2].strip() for build, program in programs.items()}
    if MARK in versions["with"] or MARK not in versions["without"]:
        parser.error(f"these are not the two builds: {versions}")

    rows = max(7, round(args.size * 1e9 / BYTES_PER_ROW))
    source = args.data / f"milan-{rows}"
    if not source.exists():
        harness.run([programs["with"], "gen", "milan", "-q", "-o", str(source), "--days", "7", "--rows", str(rows),
                     "--bytes-per-row", str(BYTES_PER_ROW)])
    files = sorted(source.iterdir())
    size = sum(path.stat().st_size for path in files)
    figures = {**harness.provenance(), "threads": args.threads, "bytes": size, "rows": rows, "versions": versions,
               "bar": BAR, "jobs": {}, "wrong": []}
    print(f"{figures['cpu']}, {args.threads} threads, {size / 1e9:.3g} GB, {args.runs} pairs in turns, "
          f"commit {figures['commit']}")
    for job in args.jobs.split(","):
        seconds, faults = measure(job, programs, files, rows, args)
        ratios = [a / b for a, b in zip(seconds["with"], seconds["without"])]
        figures["jobs"][job] = {"seconds": seconds, "median_ratio": statistics.median(ratios),
                                "interval": interval(ratios), "verdict": verdict(ratios)}
        figures["wrong"] += faults
        show(job, seconds, ratios)
    for fault in figures["wrong"]:
        print(f"WRONG: {fault}")
    if args.json:
        harness.write_json(args.json, figures)
    if not args.keep:
        shutil.rmtree(args.data)
    sys.exit(1 if figures["wrong"] else 0)


if __name__ == "__main__":
    main()
