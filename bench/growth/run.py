"""Cost as work grows: seconds for each further gigabyte, for more columns, more workers, and for a job of one record.

    make bench-growth BENCH_ARGS='--json bench/results/<cpu>/growth.json'
    .venv/bin/python bench/growth/run.py --series bytes,start --runs 7 --json FILE --plots FOLDER

Prints a table a series, and draws each (SVG and PNG) where matplotlib is installed. Points of a series take turns;
medians are shown with the least and the greatest. Seconds are those of the whole process. Files lie in memory (tmpfs),
as in the page cache. Above --distinct GB the same files are read again under other names (hard links), so that the
memory is enough; the caches of the CPU are far smaller than either. --cold FOLDER adds files on a disk that are taken
out of the page cache before each run. Ends with 1 where the rows counted are not those written.
"""

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
import harness
from series import FLAT, GB, JOBS, START_BAR, Bench, flatness, spread

SERIES = "bytes,columns,workers,start"


def numbers(kind):
    return lambda words: [kind(word) for word in words.split(",")]


def verdict(reached):
    return "met" if reached else "NOT met"


def row(name, values, digits=4):
    return f"  {name:26} {values['median']:10.{digits}f} {values['min']:10.{digits}f} {values['max']:10.{digits}f}"


def head(name, unit):
    return f"  {name:26} {'median ' + unit:>10} {'min':>10} {'max':>10}"


def show_points(points, name_of):
    print(head("", "s") + f" {'GB/s':>8} {'Mrows/s':>8}")
    for point in points:
        seconds = statistics.median(point["seconds"])
        print(f"{row(name_of(point), spread(point['seconds']))} {point['bytes'] / seconds / GB:8.3f} "
              f"{point['rows'] / seconds / 1e6:8.2f}")


def show_flatness(what, spreads):
    middle, farthest = flatness(spreads)
    print(f"  {what}: median {middle:.4f} s a GB, the farthest {farthest:.1%} from it; within {FLAT:.0%}: "
          f"{verdict(farthest <= FLAT)}")


def show_bytes(figures):
    for job, figure in figures["jobs"].items():
        print(f"\nbytes, {JOBS[job]} (up to {figures['distinct_bytes'] / GB:g} GB of different text, "
              "above that the same again)")
        show_points(figure["points"], lambda point: f"{point['bytes'] / GB:.3g} GB")
        print(head("each further GB", "s/GB"))
        for step in figure["marginal"]:
            print(row(f"{step['from'] / GB:.3g} to {step['to'] / GB:.3g} GB", step))
        if len(figure["marginal"]) > 1:
            show_flatness("marginal", figure["marginal"])


def columns_of(point):
    return f"{point['columns']} column{'s'[:point['columns'] - 1]}"


def show_columns(figures):
    for kind, figure in figures["kinds"].items():
        print(f"\ncolumns of {kind}, scan, a file read once and twice")
        show_points(figure["points"], lambda point: f"{columns_of(point)}, {point['bytes'] / GB:.3g} GB")
        print(head("each further GB", "s/GB"))
        for step in figure["marginal"]:
            print(row(columns_of(step), step))
        show_flatness("marginal", figure["marginal"])


def show_workers(figures, cpus):
    for job, figure in figures["jobs"].items():
        print(f"\nworkers, {JOBS[job]}, {figures['bytes'] / GB:.3g} GB; {cpus} CPUs")
        print(head("times as fast as the first", ""))
        for point, times in zip(figure["points"], figure["times"]):
            crowd = "  more workers than CPUs" if point["workers"] > cpus else ""
            print(row(f"{point['workers']} worker{'s'[:point['workers'] - 1]}", times, 3) + crowd)
    print("  not judged: the bar is a share of the ceiling's own scaling, and the ceiling needs AVX-512")


def show_start(figures):
    print("\nstart: a job of one record")
    show_points(figures["points"], lambda point: JOBS[point["job"]])
    worst = max(statistics.median(point["seconds"]) for point in figures["points"])
    print(f"  at most {START_BAR * 1e3:.0f} ms: {verdict(worst <= START_BAR)} ({worst * 1e3:.1f} ms)")


def show_cold(figures):
    print("\ncold: the page cache is emptied of the files by posix_fadvise(DONTNEED); a host may still have them")
    show_points(figures["points"], lambda point: point["name"])


def show(figures):
    shows = {"bytes": show_bytes, "columns": show_columns, "start": show_start, "cold": show_cold,
             "workers": lambda part: show_workers(part, figures["cpus"])}
    for name, part in figures["series"].items():
        shows[name](part)


def arguments():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-bench-growth")
    parser.add_argument("--series", default=SERIES)
    parser.add_argument("--sizes", type=numbers(float), default="0.5,1,2,4,8", metavar="GB,...",
                        help="rising; all but the first are rounded to multiples of it")
    parser.add_argument("--distinct", type=float, default=2, metavar="GB", help="of text that is really there")
    parser.add_argument("--columns", type=numbers(int), default="1,3,10,30,100,300,1000", metavar="N,...")
    parser.add_argument("--column-size", type=float, default=0.5, metavar="GB",
                        help="of a file of each number of columns, which is read once and twice")
    parser.add_argument("--workers", type=numbers(int), default="1,2,4,8", metavar="N,...")
    parser.add_argument("--worker-size", type=float, default=2, metavar="GB")
    parser.add_argument("--start-runs", type=int, default=21)
    parser.add_argument("--cold", type=Path, metavar="FOLDER", help="also cold, with files in this folder, on a disk")
    parser.add_argument("--cold-size", type=float, default=20, metavar="GB")
    parser.add_argument("--plots", type=Path, metavar="FOLDER",
                        help="where plots go; default: beside --json, or else build/growth")
    args = parser.parse_args()
    if unknown := sorted(set(args.series.split(",")) - set(SERIES.split(","))):
        parser.error(f"there is no series {unknown[0]}; there are {SERIES}")
    if args.sizes != sorted(set(args.sizes)) or len(args.sizes) < 2:
        parser.error("--sizes must be two or more, and rise")
    if args.cold and file_system(args.cold) in ("tmpfs", "ramfs"):
        parser.error(f"--cold: {args.cold} lies in memory and cannot be cold")
    has_matplotlib = importlib.util.find_spec("matplotlib") is not None
    if args.plots and not has_matplotlib:
        parser.error("--plots: there is no matplotlib; scripts/bootstrap.sh --bench installs it")
    if has_matplotlib and not args.plots:
        args.plots = args.json.parent if args.json else harness.ROOT / "build/growth"
    return args


def file_system(folder):
    while not folder.exists():
        folder = folder.parent
    return subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True).stdout.strip()


def main():
    args = arguments()
    bench = Bench(args)
    figures = {**harness.provenance(), "threads": args.threads, "runs": args.runs, "series": {}}
    print(f"{figures['cpu']}, {args.threads} threads, {args.runs} runs in turns, commit {figures['commit']}")
    for name in [*args.series.split(","), *(["cold"] if args.cold else [])]:
        figures["series"][name] = getattr(bench, name)()
        show({**figures, "series": {name: figures["series"][name]}})
    figures["wrong"] = sorted(set(bench.wrong))
    for fault in figures["wrong"]:
        print(f"WRONG: {fault}")
    if args.json:
        harness.write_json(args.json, figures)
    if args.plots:
        from plots import draw

        print("\nplots: " + ", ".join(os.path.relpath(path) for path in draw(figures, args.plots)))
    else:
        print("\nno plots: there is no matplotlib (scripts/bootstrap.sh --bench installs it)")
    if not args.keep:
        shutil.rmtree(args.data)
    sys.exit(1 if figures["wrong"] else 0)


if __name__ == "__main__":
    main()
