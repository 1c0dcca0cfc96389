"""Shapes other than Milan's: `headrace scan` beside its peers, every column decoded and aggregated.

    .venv/bin/python bench/shapes/run.py                                  # all shapes, 0.5 GB each
    .venv/bin/python bench/shapes/run.py --shapes taxi,quoted --runs 7 --json bench/results/<cpu>/shapes.json

Tools take turns; a peer's time is the job alone (its imports are not counted), ours is the whole process. Rows, sums of
numbers, least and greatest of the rest must agree. Who gives another result than most engines, or than the generator's
count of rows, is shown as wrong and has no part in the ratio; who cannot read a shape is shown with its message. Ends
with 1 where Headrace is wrong. Files lie in memory (tmpfs) unless --data says otherwise.
"""

import json
import os
import shutil
import statistics
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness
from harness import difference, judge, short
from peers import ONLY_FOR, TOOLS
from shapes import SHAPES, make
from sources import headrace_flags, is_number

OURS = "headrace"
SKIPPED_RECORDS = 1  # our exit code where the policy left records out


def ours(source, args):
    """One scan by Headrace: (seconds, peak MiB, result)."""
    words = [*headrace_flags(source), "--workers", str(args.threads), "--json", "-q"]
    codes = (0, SKIPPED_RECORDS) if source.skip_bad else (0,)
    command = [str(args.build / OURS), "scan", *words, *source.files]
    seconds, peak, output = harness.run(command, good_codes=codes)
    table = json.loads(output)
    result = {"rows": table["rows"]}
    for column in table["columns"]:  # sums of integers are written as strings: they may be longer than a double
        total = int(column["sum"]) if isinstance(column["sum"], str) else column["sum"]
        result[column["name"]] = total if is_number(column["type"]) else [column["min"], column["max"]]
    return seconds, peak, result


def comparable(source, result):
    """A result in which equal things are written equally."""
    def instant(value):
        return value and value.replace("T", " ").removesuffix(".000000")

    times = [name for name, kind in source.types.items() if kind == "timestamp[us]"]
    return result | {name: [instant(value) for value in result[name]] for name in times}


def measure(shape, source, rows, description, args):
    """Return {tool: figures}; figures are seconds, peak, result's fault, or the message where it cannot read the shape."""
    peers = args.tools.split(",") if args.tools else TOOLS
    tools = [OURS, *(peer for peer in peers if ONLY_FOR.get(peer) in (None, *shape.types))]
    figures = {tool: {"seconds": [], "peak_mib": 0} for tool in tools}
    results = {}
    for counted, tool in harness.in_turns(tools, args.runs):
        figure = figures[tool]
        if "cannot" in figure or "wrong" in figure:
            continue
        try:
            seconds, peak, result = ours(source, args) if tool == OURS else harness.peer(
                Path(__file__).with_name("peers.py"), args.threads, tool, description)
        except harness.Failed as failure:
            figure["cannot"] = " ".join(failure.message.split())
            continue
        result = comparable(source, result)
        if change := difference(result, results.get(tool, result)):
            figure["wrong"] = f"another result than in the run before: {change}"
        results[tool] = result
        if counted:
            figure["seconds"].append(seconds)
            figure["peak_mib"] = max(figure["peak_mib"], round(peak))
    for tool, fault in judge(results, rows).items():
        figures[tool].setdefault("wrong", fault)
    for figure in figures.values():
        if figure["seconds"]:
            figure["median_seconds"] = statistics.median(figure["seconds"])
    return figures


def fastest(figures):
    """The fastest peer that reads the shape right, or None."""
    medians = {t: f["median_seconds"] for t, f in figures.items() if t != OURS and f["seconds"] and "wrong" not in f}
    return min(medians, key=medians.get, default=None)


def ratio(figures):
    """How many times as fast as the fastest peer Headrace is; None where either has no right result."""
    ours_is_right = figures[OURS]["seconds"] and "wrong" not in figures[OURS]
    best = fastest(figures)
    return figures[best]["median_seconds"] / figures[OURS]["median_seconds"] if best and ours_is_right else None


def show(name, shape, figures, size, rows):
    print(f"\n{name}: {shape.title} ({size / 1e9:.2f} GB, {rows} rows, {shape.files} file{'s'[:shape.files - 1]})")
    print(f"  {'tool':18} {'median s':>9} {'min':>8} {'max':>8} {'GB/s':>7} {'Mrows/s':>8} {'peak MiB':>9}  "
          "ratio to the fastest peer")
    best = fastest(figures)
    for tool, figure in figures.items():
        if not figure["seconds"]:
            fault = f"cannot: {short(figure['cannot'])}" if "cannot" in figure else f"WRONG: {figure['wrong']}"
            print(f"  {tool:18} {fault}")
            continue
        seconds, taken = figure["median_seconds"], figure["seconds"]
        beside = f"{figures[best]['median_seconds'] / seconds:.2f}" if best else "-"
        beside += f" (to reach: {shape.target})" if tool == OURS else ""
        if "wrong" in figure or "cannot" in figure:
            beside = f"WRONG: {figure['wrong']}" if "wrong" in figure else f"failed later: {short(figure['cannot'])}"
        print(f"  {tool:18} {seconds:9.3f} {min(taken):8.3f} {max(taken):8.3f} {size / seconds / 1e9:7.3f} "
              f"{rows / seconds / 1e6:8.1f} {figure['peak_mib']:9}  {beside}")


def show_all(results):
    print(f"\n{'shape':14} {'GB/s':>7}  {'fastest peer':18} {'GB/s':>7} {'ratio':>7} {'to reach':>9}")
    for name, result in results.items():
        figures, size, best = result["tools"], result["bytes"], fastest(result["tools"])
        times, target = result["ratio"], result["to_reach"]

        def speed(tool):
            return f"{size / figures[tool]['median_seconds'] / 1e9:.3f}" if tool and figures[tool]["seconds"] else "-"

        verdict = "" if times is None else "reached" if times >= target else "NOT reached"
        print(f"{name:14} {speed(OURS):>7}  {best or 'none reads it':18} {speed(best):>7} "
              f"{'-' if times is None else f'{times:.2f}':>7} {target:9}  {verdict}")


def main():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-bench-shapes")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--bytes", type=int, default=500_000_000,
                        help="about how many a shape; with less than 64 MiB not all workers have work: a trial, no measure")
    parser.add_argument("--tools", default="", help="peers to run, instead of all: " + ",".join(TOOLS))
    args = parser.parse_args()
    names = args.shapes.split(",")
    for wanted, known in ((names, SHAPES), (filter(None, args.tools.split(",")), TOOLS)):
        if unknown := sorted(set(wanted) - set(known)):
            parser.error(f"there is no {unknown[0]}; there are {','.join(known)}")

    about = harness.provenance()
    print(f"{about['cpu']}, {args.threads} threads, {args.runs} runs in turns")
    results = {}
    for name in names:
        shape, folder = SHAPES[name], args.data / f"{name}-{args.bytes}"
        source, records = make(shape, folder, args.bytes)
        description = folder / "source.json"
        description.write_text(json.dumps(asdict(source)))
        size, rows = sum(map(os.path.getsize, source.files)), shape.good_rows(records)
        figures = measure(shape, source, rows, description, args)
        show(name, shape, figures, size, records)
        results[name] = {"title": shape.title, "bytes": size, "records": records, "rows": rows, "files": len(source.files),
                         "to_reach": shape.target, "ratio": ratio(figures), "fastest": fastest(figures), "tools": figures}
        if not args.keep:
            shutil.rmtree(folder)
    show_all(results)
    if args.json:
        harness.write_json(args.json, about | {"threads": args.threads, "runs": args.runs, "shapes": results})
    if not args.keep:
        shutil.rmtree(args.data)
    sys.exit(any(set(r["tools"][OURS]) & {"wrong", "cannot"} for r in results.values()))


if __name__ == "__main__":
    main()
