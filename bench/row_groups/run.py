"""Row groups of 8 to 128 MiB of text: what the span does to time, file and memory. Milan's eight columns, one file.

    .venv/bin/python bench/row_groups/run.py
    .venv/bin/python bench/row_groups/run.py --rows 20000000 --spans 4MiB,32MiB --compat wide,latest --json FILE

Runs take turns. "CPU" is user and system time of the process, which other programs on the machine disturb less than
seconds on the clock; all are medians. Files lie in memory (tmpfs) unless --data says otherwise.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness


def timed(command):
    """(wall seconds, CPU seconds) of a run."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=harness.ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime


def main():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-row-groups")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--spans", type=lambda text: text.split(","), default=["8MiB", "16MiB", "32MiB", "64MiB", "128MiB"])
    parser.add_argument("--compat", type=lambda text: text.split(","), default=["wide", "latest"])
    args = parser.parse_args()
    program = str(args.build / "headrace")
    text, out, report = (args.data / name for name in ("text", "out.parquet", "report.json"))
    try:
        if not text.exists():
            subprocess.run([program, "gen", "milan", "-o", str(text), "--rows", str(args.rows), "-q"], check=True)
        files = sorted(map(str, text.glob("*.txt")))
        size = sum(os.path.getsize(path) for path in files)
        figures = {}
        jobs = [(compat, span) for compat in args.compat for span in args.spans]
        for counted, (compat, span) in harness.in_turns(jobs, args.runs):
            figure = timed([program, "ingest", *files, "--schema", str(harness.ROOT / "examples/milan.toml"), "-o", str(out),
                            "--overwrite", "-q", "--parquet-compat", compat, "--unit-bytes", span, "--workers",
                            str(args.threads), "--report", str(report)])
            told = json.loads(report.read_text())
            if told["rows_written"] != args.rows:
                sys.exit(f"{compat}, {span}: {told['rows_written']} rows, not {args.rows}")
            if counted:
                line = figures.setdefault((compat, span), {"runs": []})
                line["runs"].append((*figure, told["peak_memory_bytes"] / 2**20))
                line["bytes"], line["row_groups"] = told["outputs"][0]["bytes"], told["units"]
        print(f"{size / 1e6:,.0f} MB of text, {args.threads} workers, {args.runs} runs\n")
        print("| mode | span | row groups | seconds | CPU s | file MB | peak MiB |\n" + "|---" * 7 + "|")
        for (compat, span), told in figures.items():
            wall, cpu, peak = (statistics.median(column) for column in zip(*told["runs"]))
            print(f"| {compat} | {span} | {told['row_groups']} | {wall:.2f} | {cpu:.2f} | {told['bytes'] / 1e6:.2f} | {peak:.0f} |")
        if args.json:
            harness.write_json(args.json, {"provenance": harness.provenance(), "text_bytes": size, "figures": {
                f"{compat} {span}": told for (compat, span), told in figures.items()}})
    finally:
        if not args.keep:
            shutil.rmtree(args.data)


if __name__ == "__main__":
    main()
