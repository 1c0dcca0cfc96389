"""Text to one Parquet or Arrow IPC file: Headrace beside its peers, with size and memory.

    .venv/bin/python bench/parquet/run.py --disk build/bench-parquet --json bench/results/<cpu>/parquet.json
    .venv/bin/python bench/parquet/run.py --jobs repeats,random --bytes 2000000000 --limit PROGRAM --runs 7

Tools take turns, two threads each. A peer's time is the job alone (its imports are not counted), ours is the whole process.
All write zstd of --level (1); Polars gives IPC no level, so that is its own. Peers get their known variants, the fastest and
the smallest count: Polars streaming or in memory; DuckDB with and without order, and with the encodings of V2; pyarrow
streaming or in memory, its dictionaries on all columns or on all but doubles. `headrace` is --parquet-compat wide.

Every file is read back by DuckDB: rows, values, sums of numbers, sums of hashes of all else. In the warm-up checksums of all
cells in order too, bit for bit, by pyarrow, but of writers without order. Who gives another result than most engines, or
than the rows written, is shown as wrong and has no part in a ratio; who fails is shown with its message. Ends with 1 where
Headrace is wrong.

Text is read from memory (tmpfs, --data). Files go there too, and with --disk, for the Milan shape, to a folder on a disk.
What is written to a disk is synced after each run, file and folder, so that none pays for another's pages; one line leaves
that time out and one counts it. Headrace always syncs its file and the folder itself before the file has its name (src/os/
atomic_file.h), so in both lines its time has the sync in it: the line without is against it.

--limit PROGRAM runs `PROGRAM TEXT OUTPUT zstd LEVEL THREADS`, whole process, in the same rounds on the data `random`: a
yardstick that knows nothing but these eight columns, no peer.
"""

import json
import os
import shutil
import statistics
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

sys.path[1:1] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "shapes")]
import harness
import writers
from harness import difference, judge, short
from shapes import MILAN, SHAPES, make
from sources import Source, headrace_flags

OURS, OUR_LATEST, LIMIT = "headrace", "headrace-latest", "limit"
WRITERS = Path(writers.__file__)
BYTES_PER_ROW = 77  # of `headrace gen milan`
RANDOM = replace(SHAPES["crlf"], title="Milan grid, doubles that never repeat", terminator=b"\n")
LIMIT_BAR = 0.7


@dataclass
class Job:
    title: str
    data: str  # "repeats", "random", or one of SHAPES
    bar: float  # times the fastest peer, in memory
    size_bar: float = None  # the file beside the smallest peer's, at most
    memory_bar: int = None  # MiB at most
    form: str = "parquet"
    codec: str = "zstd"
    on_disk: bool = False

    @property
    def ours(self):
        return [OURS, OUR_LATEST] if self.form == "parquet" else [OURS]

    @property
    def peers(self):
        return list(writers.TOOLS) if self.form == "parquet" else writers.FOR_ARROW


JOBS = {
    "repeats": Job("Milan shape, repeated values, to Parquet", "repeats", 8, 1.0, 256, on_disk=True),
    "random": Job("Milan shape, doubles that never repeat, to Parquet", "random", 8, 1.0, 256, on_disk=True),
    **{name: Job(f"{SHAPES[name].title}, to Parquet", name, 5, 1.05) for name in ("taxi", "lineitem", "strings", "columns")},
    "ipc-zstd": Job("Milan shape, repeated values, to Arrow IPC, zstd", "repeats", 8, form="arrow"),
    "ipc-none": Job("Milan shape, repeated values, to Arrow IPC, no codec", "repeats", 8, form="arrow",
                    codec="uncompressed"),
}


def prepare(data, args):
    """Write the text that jobs named `data` read; return (source, rows)."""
    size = args.bytes if data in ("repeats", "random") else args.shape_bytes
    folder = args.data / f"{data}-{size}"
    if data != "repeats":
        return make(RANDOM if data == "random" else SHAPES[data], folder, size)
    rows = size // BYTES_PER_ROW
    if not folder.exists():
        harness.run([str(args.build / OURS), "gen", "milan", "-o", str(folder), "--days", "7", "--rows", str(rows),
                     "--bytes-per-row", str(BYTES_PER_ROW), "-q"])
    types = dict(zip((f"c{i}" for i in range(len(MILAN))), MILAN))
    return Source(sorted(map(str, folder.iterdir())), types, "\t", ""), rows


def write(tool, job, source, description, output, args):
    """Write the file by one tool: (seconds, peak MiB)."""
    if tool == LIMIT:
        return harness.run([str(args.limit), *source.files, output, job.codec, str(args.level), str(args.threads)])[:2]
    if tool not in job.ours:
        return harness.peer(WRITERS, args.threads, "write", tool, description, output)[:2]
    codec = f"{job.codec}:{args.level}" if job.codec == "zstd" else "none"
    words = ["--compression", codec, *(["--parquet-compat", "latest"] if tool == OUR_LATEST else [])]
    return harness.run([str(args.build / OURS), "ingest", *headrace_flags(source), *words, "--workers", str(args.threads),
                        "-q", "-o", output, *source.files])[:2]


def sync(path):
    """Sync a file, then its folder; return the seconds that it took."""
    started = time.perf_counter()
    for each in (path, os.path.dirname(path)):
        handle = os.open(each, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
    return time.perf_counter() - started


def measure(job, source, rows, folder, on_disk, args):
    """Return {tool: figures}: seconds, those of syncing, peak, bytes, and what is wrong or why it cannot."""
    chosen = [tool for tool in job.peers if not args.tools or tool in args.tools.split(",")]
    tools = [*job.ours, *chosen, *([LIMIT] if args.limit and job.data == "random" else [])]
    description, output = args.data / "job.json", str(folder / f"out.{job.form}")
    description.write_text(json.dumps({"source": asdict(source), "form": job.form, "codec": job.codec, "level": args.level}))
    description_of_source = args.data / "source.json"
    description_of_source.write_text(json.dumps(asdict(source)))
    Path(output).unlink(missing_ok=True)  # of a run that was broken off
    figures = {tool: {"seconds": [], "sync_seconds": [], "peak_mib": 0, "bytes": 0} for tool in tools}
    sums, cells = {}, {}
    for counted, tool in harness.in_turns(tools, args.runs):
        figure = figures[tool]
        if "cannot" in figure or "wrong" in figure:
            continue
        try:
            seconds, peak = write(tool, job, source, description, output, args)
            synced = sync(output) if on_disk and tool not in job.ours else 0
            what = "sums" if counted or "unordered" in tool else "sums,cells"
            read = harness.peer(WRITERS, args.threads, "read", description_of_source, output, what)[2]
        except harness.Failed as failure:
            figure["cannot"] = " ".join(failure.message.split())
            continue
        finally:
            size = os.path.getsize(output) if os.path.exists(output) else 0
            Path(output).unlink(missing_ok=True)
        if change := difference(read["sums"], sums.get(tool, read["sums"])):
            figure["wrong"] = f"another result than in the run before: {change}"
        sums[tool] = read["sums"]
        if "cells" in read:
            cells[tool] = read["cells"]
        if counted:
            figure["seconds"].append(seconds)
            figure["sync_seconds"].append(synced)
            figure["peak_mib"] = max(figure["peak_mib"], round(peak))
            figure["bytes"] = size
    for results in (sums, cells):
        for tool, fault in judge(results, rows).items():
            figures[tool].setdefault("wrong", fault)
    return figures


def good(figures, tools):
    return [tool for tool in tools
            if tool in figures and figures[tool]["seconds"] and not {"wrong", "cannot"} & set(figures[tool])]


def seconds_of(figure, with_sync):
    return [a + with_sync * b for a, b in zip(figure["seconds"], figure["sync_seconds"])]


def compare(job, figures, with_sync):
    """What a line says of who is right: seconds, median, speed beside the fastest peer, size beside the smallest."""
    peers = good(figures, job.peers)
    told = {tool: {"seconds": seconds_of(figures[tool], with_sync)} for tool in good(figures, figures)}
    for line in told.values():
        line["median"] = statistics.median(line["seconds"])
    fastest = min(peers, key=lambda tool: told[tool]["median"], default=None)
    smallest = min(peers, key=lambda tool: figures[tool]["bytes"], default=None)
    for tool, line in told.items():
        line["ratio"] = fastest and told[fastest]["median"] / line["median"]
        line["size_ratio"] = smallest and figures[tool]["bytes"] / figures[smallest]["bytes"]
        line["limit_ratio"] = told[LIMIT]["median"] / line["median"] if LIMIT in told else None
    return {"fastest": fastest, "smallest": smallest, "tools": told}


def shown(number, places=2):
    return "-" if number is None else f"{number:.{places}f}"


def show(title, size, rows, figures, line):
    print(f"\n{title} ({size / 1e9:.2f} GB of text, {rows:,} rows)\n")
    print("| tool | median s | min | max | GB/s | peak MiB | file MB | speed / fastest peer's | size / smallest peer's |")
    print("|---" * 9 + "|")
    for tool, figure in figures.items():
        if tool not in line["tools"]:
            fault = f"WRONG: {figure['wrong']}" if "wrong" in figure else f"cannot: {short(figure['cannot'])}"
            print(f"| {tool} | {fault} |" + " |" * 7)
            continue
        told = line["tools"][tool]
        print(f"| {tool} | {told['median']:.3f} | {min(told['seconds']):.3f} | {max(told['seconds']):.3f} | "
              f"{size / told['median'] / 1e9:.2f} | {figure['peak_mib']} | {figure['bytes'] / 1e6:.2f} | "
              f"{shown(told['ratio'])} | {shown(told['size_ratio'], 3)} |", flush=True)


def at_least(value, bar):
    """A figure with its bar, and whether it is met."""
    return shown(value) if None in (value, bar) else f"{shown(value)} (bar {bar:g}: {'met' if value >= bar else 'NOT met'})"


def at_most(value, bar, places):
    if None in (value, bar):
        return shown(value, places)
    return f"{shown(value, places)} (at most {bar:g}: {'met' if value <= bar else 'NOT met'})"


def show_all(lines):
    """All lines of ours, with bars where there are any: in memory."""
    print("\n| line | tool | fastest peer | speed / its | size / smallest peer's | peak MiB | speed / limit's |")
    print("|---" * 7 + "|")
    for name, line in lines.items():
        job = JOBS[line["job"]]
        bar, size_bar, memory_bar = (job.bar, job.size_bar, job.memory_bar) if line["place"] == "memory" else [None] * 3
        for tool in job.ours:
            told = line["tools"].get(tool)
            if told is None:
                print(f"| {name} | {tool} | no right result |" + " |" * 4)
                continue
            print(f"| {name} | {tool} | {line['fastest'] or '-'} | {at_least(told['ratio'], bar)} | "
                  f"{at_most(told['size_ratio'], size_bar, 3)} | "
                  f"{at_most(line['figures'][tool]['peak_mib'], memory_bar, 0)} | "
                  f"{at_least(told['limit_ratio'], LIMIT_BAR)} |")


def run_job(name, args):
    """Measure and show one job, in memory and, where it is to be, on the disk; return its lines."""
    job, lines = JOBS[name], {}
    source, rows = prepare(job.data, args)
    size = sum(map(os.path.getsize, source.files))
    for place, folder in {"memory": args.data, "disk": args.disk and args.disk.resolve()}.items():
        on_disk = place == "disk"
        if on_disk and not (folder and job.on_disk):
            continue
        figures = measure(job, source, rows, folder, on_disk, args)
        for with_sync in (False, True) if on_disk else (False,):
            title = f"{name}, {place}" + (", fsync" if with_sync else ", no fsync of peers") * on_disk
            line = compare(job, figures, with_sync)
            show(f"{title}: {job.title}", size, rows, figures, line)
            lines[title] = {"job": name, "place": place, "text_bytes": size, "rows": rows, "figures": figures, **line}
    return lines


def main():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-bench-parquet")
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--bytes", type=int, default=1_000_000_000,
                        help="about how many of text, of the Milan shape; less than 64 MiB is a trial, no measure")
    parser.add_argument("--shape-bytes", type=int, default=500_000_000, help="about how many of each other shape")
    parser.add_argument("--level", type=int, default=1, help="of zstd, for all tools")
    parser.add_argument("--tools", default="", help="peers to run, instead of all: " + ",".join(writers.TOOLS))
    parser.add_argument("--disk", type=Path, help="a folder on a disk, made if need be; without it, memory alone")
    parser.add_argument("--limit", type=Path, help="a yardstick program")
    args = parser.parse_args()
    for wanted, known in ((args.jobs, JOBS), (args.tools, writers.TOOLS)):
        if unknown := sorted(set(filter(None, wanted.split(","))) - set(known)):
            parser.error(f"there is no {unknown[0]}; there are {','.join(known)}")

    about = harness.provenance()
    print(f"{about['cpu']}, {about['commit']}, {about['date']}; {args.threads} threads, zstd {args.level}, "
          f"{args.runs} runs in turns")
    if args.disk:
        args.disk.mkdir(parents=True, exist_ok=True)
    lines = {}
    for name in args.jobs.split(","):
        lines |= run_job(name, args)
    show_all(lines)
    if args.json:
        harness.write_json(args.json, {"provenance": about, "threads": args.threads, "level": args.level, "runs": args.runs,
                                       "lines": lines})
    if not args.keep:
        shutil.rmtree(args.data)
    sys.exit(any({"wrong", "cannot"} & set(line["figures"][tool])
                 for line in lines.values() for tool in JOBS[line["job"]].ours))


if __name__ == "__main__":
    main()
