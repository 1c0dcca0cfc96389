"""What the benchmarks share: flags, runs that take turns, answers that must agree.

A peer's time is the job alone (its imports are not counted), told by its script as a line of JSON; ours is that of the
whole process. Peers run in processes of their own.
"""

import argparse
import datetime
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MARK = ".headrace-bench"  # in a folder for data
ENVIRONMENT = os.environ | {"XDG_CACHE_HOME": "/dev/null"}  # what earlier runs have saved is not in the figures


class Parser(argparse.ArgumentParser):
    """Takes the folder for data, too, all of which is removed in the end: a new one, or one of an earlier benchmark."""

    def parse_args(self, *words, **more):
        args = super().parse_args(*words, **more)
        if args.data.is_dir() and any(args.data.iterdir()) and not (args.data / MARK).exists():
            self.error(f"--data: {args.data} holds other files, and all of it is removed in the end: name a new folder")
        args.data.mkdir(parents=True, exist_ok=True)
        (args.data / MARK).touch()
        return args


def arguments(description, data):
    """A parser with the flags that all benchmarks have."""
    parser = Parser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each tool, after one warm-up")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path, default=Path(data), help="a new folder for the data")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="folder of our programs")
    parser.add_argument("--keep", action="store_true", help="keep the data")
    parser.add_argument("--json", type=Path, help="write all figures here")
    return parser


def cpu_name():
    return next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")


def provenance():
    """What figures must say of where they come from: machine, commit, date."""
    def git(*words):
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else "unknown"

    changed = git("status", "--porcelain", "--untracked-files=no") not in ("", "unknown")
    return {
        "cpu": cpu_name(),
        "cpus": len(os.sched_getaffinity(0)),
        "commit": git("rev-parse", "--short=12", "HEAD") + ("+changes" if changed else ""),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def write_json(path, figures):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")


class Failed(Exception):
    """A run that ended with an exit code of failure."""

    def __init__(self, command, code, message):
        super().__init__(f"{' '.join(command[:6])} … failed with {code}: {message}")
        self.message = message or f"ended with {code}"


def run(command, threads=None, good_codes=(0,)):
    """Run a command; return (wall seconds, peak resident MiB, its standard output)."""
    environment = ENVIRONMENT | ({"HEADRACE_BENCH_THREADS": str(threads)} if threads else {})
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in good_codes:
            errors.seek(0)
            raise Failed(command, process.returncode, errors.read().strip())
    return seconds, usage.ru_maxrss / 1024, output


def peer(script, threads, *words):
    """Run a peer's script, which prints seconds and result as JSON; return (seconds, peak resident MiB, result)."""
    _, peak, text = run([sys.executable, str(script), *map(str, words)], threads)
    answer = json.loads(text.splitlines()[-1])
    return answer["seconds"], peak, answer["result"]


def in_turns(tools, runs):
    """Give (counted, tool), round by round; the first round is a warm-up."""
    for round_number in range(runs + 1):
        for tool in tools:
            yield round_number > 0, tool


def sums(scan):
    """Rows, and the sum of each column that has one, of `headrace scan --json`."""
    table = json.loads(scan)
    return {"rows": table["rows"], **{c["name"]: float(c["sum"]) for c in table["columns"] if c["sum"] is not None}}


def same(a, b):
    """Whether two answers agree: numbers up to the rounding of sums, all else exactly."""
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9)
    return a == b


def short(value):
    return str(value) if len(str(value)) < 90 else str(value)[:90] + "…"


def difference(result, other):
    """Where two results differ first, in words; nothing where they agree."""
    names = (name for name in result if not same(result[name], other.get(name)))
    return next((f"{name} is {short(result[name])}, not {short(other.get(name))}" for name in names), "")


def judge(results, rows):
    """Return {tool: what is wrong} for those with other rows than were written, or another result than most engines."""
    wrong = {t: f"{r['rows']} rows, not {rows}" for t, r in results.items() if r["rows"] != rows}
    groups = []  # of tools that agree
    for tool in (t for t in results if t not in wrong):
        group = next((g for g in groups if not difference(results[tool], results[g[0]])), None)
        if group is None:
            groups.append(group := [])
        group.append(tool)
    engines = [len({tool.split("-")[0] for tool in group}) for group in groups]
    most = max(engines, default=0)
    if engines.count(most) > 1:
        return wrong | {tool: "as many engines agree on another result" for group in groups for tool in group}
    truth = groups[engines.index(most)] if groups else []
    return wrong | {t: difference(results[t], results[truth[0]]) for g in groups if g is not truth for t in g}
