"""The series: what runs at each point, and what the seconds say.

A point is a job at one size, number of columns or number of workers; its seconds are those of the whole process, one a
round. The points of a series take turns, so that a machine that slows down or speeds up does so for all of them.
"""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
sys.path.insert(2, str(Path(__file__).resolve().parents[1] / "shapes"))
import harness
import text

GB = 1_000_000_000
BYTES_PER_ROW = 77  # of the Milan shape
SCHEMA = harness.ROOT / "examples/milan.toml"
JOBS = {"scan": "scan", "parquet": "one zstd Parquet file"}
FLAT = 0.15  # of the median, either way
START_BAR = 0.030  # seconds
KINDS = {
    "float64, 17 digits": ("float64", text.doubles),
    "uint32, 1 to 5 digits": ("uint32", lambda random, rows: text.lengths(random, rows, 1, 5)),
}
READ_BYTES = 1 << 20


class Bench:
    def __init__(self, args):
        self.args, self.program, self.output = args, str(args.build / "headrace"), args.data / "out.parquet"
        self.wrong = []  # in words

    def run(self, job, words, workers):
        """Run a job; return (seconds, rows): a scan tells its rows, a file has them in its footer."""
        common = [*map(str, words), "--workers", str(workers), "-q"]
        if job == "scan":
            seconds, _, output = harness.run([self.program, "scan", "--json", *common])
            return seconds, harness.sums(output)["rows"]
        from pyarrow import parquet

        self.output.unlink(missing_ok=True)
        seconds, _, _ = harness.run([self.program, "ingest", "-o", str(self.output), *common])
        rows = parquet.ParquetFile(self.output).metadata.num_rows
        self.output.unlink()
        return seconds, rows

    def take_turns(self, points, runs):
        """Run the points round by round; each is a dict with `run`, its job to call, which becomes `seconds`."""
        for point in points:
            point["seconds"] = []
        for counted, point in harness.in_turns(points, runs):
            seconds, rows = point["run"]()
            if rows != point["rows"]:
                self.wrong.append(f"{point['name']}: {rows} rows counted, {point['rows']} written")
            if counted:
                point["seconds"].append(seconds)
        for point in points:
            del point["run"]
        return points

    def milan_set(self, parent, number, size):
        """Files of the Milan shape, one a day of a week, of about `size` bytes together; each number has other values."""
        rows = max(7, round(size / BYTES_PER_ROW))
        folder = parent / f"milan-{rows}-{number}"
        if not folder.exists():
            harness.run([self.program, "gen", "milan", "-q", "-o", str(folder), "--days", "7", "--rows", str(rows),
                         "--bytes-per-row", str(BYTES_PER_ROW), "--seed", str(number + 1)])
        return sorted(folder.iterdir()), rows

    def milan(self, size, set_bytes):
        """Return (words, bytes, rows) of a job over about `size` bytes: sets, and from the largest that is really there
        (--distinct) on the same sets again, under other names."""
        count, distinct = max(1, round(size / set_bytes)), max(1, round(self.args.distinct * GB / set_bytes))
        folder = self.args.data / f"names-{count}-{round(set_bytes)}"
        folder.mkdir(exist_ok=True)
        rows = 0
        for number in range(count):
            files, set_rows = self.milan_set(self.args.data, number % distinct, set_bytes)
            rows += set_rows
            for file in files:
                name = folder / f"{number:04}-{file.name}"
                if not name.exists():
                    os.link(file, name)
        files = sorted(folder.iterdir())
        return ["--schema", SCHEMA, *files], sum(map(os.path.getsize, files)), rows

    def bytes(self):
        """More and more of the same text."""
        sizes, points = [size * GB for size in self.args.sizes], []
        for size in sizes:
            words, total, rows = self.milan(size, sizes[0])
            for job in JOBS:
                points.append({"name": f"{job}, {total / GB:g} GB", "job": job, "bytes": total, "rows": rows,
                               "run": lambda job=job, words=words: self.run(job, words, self.args.threads)})
        # Jobs one behind the other, each with its sizes in turns.
        jobs = {job: self.take_turns([p for p in points if p["job"] == job], self.args.runs) for job in JOBS}
        return {"jobs": {job: {"points": taken, "marginal": marginal(taken)} for job, taken in jobs.items()},
                "distinct_bytes": int(min(self.args.distinct * GB, sizes[-1]))}

    def columns(self):
        """The same bytes in more and more columns, of one kind: a file read once, and once more under another name."""
        kinds = {}
        for kind, (type_name, make) in KINDS.items():
            folder, points = self.args.data / f"columns-{type_name}", []
            folder.mkdir(exist_ok=True)
            for columns in self.args.columns:
                once, again = folder / f"{columns}.csv", folder / f"{columns}-again.csv"
                rows = text.write(once, lambda random, rows, _, n=columns: [make(random, rows) for _ in range(n)], b",",
                                  b"\n", self.args.column_size * GB)
                os.link(once, again)
                declared = ",".join(f"c{number}:{type_name}" for number in range(columns))
                words = ["--no-header", "--quote", "none", "--delimiter", ",", "--columns", declared]
                for files in ([once], [once, again]):
                    points.append({
                        "name": f"{kind}, {columns} columns, {len(files)} times", "columns": columns,
                        "bytes": len(files) * once.stat().st_size, "rows": len(files) * rows,
                        "run": lambda words=[*words, *files]: self.run("scan", words, self.args.threads)})
            points = self.take_turns(points, self.args.runs)
            pairs = list(zip(points[::2], points[1::2]))
            kinds[kind] = {"points": points, "marginal": [{"columns": less["columns"], **marginal([less, more])[0]}
                                                          for less, more in pairs]}
            shutil.rmtree(folder)
        return {"kinds": kinds}

    def workers(self):
        """The same text with more and more workers."""
        words, total, rows = self.milan(self.args.worker_size * GB, self.args.sizes[0] * GB)
        jobs = {}
        for job in JOBS:
            points = self.take_turns(
                [{"name": f"{job}, {n} workers", "workers": n, "bytes": total, "rows": rows,
                  "run": lambda job=job, n=n: self.run(job, words, n)} for n in self.args.workers], self.args.runs)
            first = points[0]["seconds"]
            times = [spread([one / many for one, many in zip(first, p["seconds"])]) for p in points]
            jobs[job] = {"points": points, "times": times}
        return {"jobs": jobs, "bytes": total}

    def start(self):
        """One record: what a process costs before it has work."""
        path = self.args.data / "one.txt"
        path.write_bytes(b"1\t1383260400000\t39\t0.5\t0.5\t0.5\t0.5\t0.5\n")
        points = [{"name": f"{job}, one record", "job": job, "bytes": path.stat().st_size, "rows": 1,
                   "run": lambda job=job: self.run(job, ["--schema", SCHEMA, path], self.args.threads)} for job in JOBS]
        return {"points": self.take_turns(points, self.args.start_runs)}

    def cold(self):
        """Files that are not in the page cache, beside a program that only reads them."""
        self.args.cold.mkdir(parents=True, exist_ok=True)
        files, rows = self.milan_set(self.args.cold, 0, self.args.cold_size * GB)
        total = sum(map(os.path.getsize, files))

        def dropping(job):
            def run():
                drop(files)
                return job()
            return run

        points = [
            {"name": "reading alone", "run": dropping(lambda: (read(files), rows))},
            {"name": "scan", "run": dropping(lambda: self.run("scan", ["--schema", SCHEMA, *files], self.args.threads))},
        ]
        for point in points:
            point.update(bytes=total, rows=rows)
        points = self.take_turns(points, self.args.runs)
        if not self.args.keep:
            shutil.rmtree(files[0].parent)
        return {"points": points}


def drop(files):
    """Take files out of this machine's page cache; what keeps them outside of it, such as a host, is out of reach."""
    for file in files:
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def read(files):
    """Read files as the program does, a MiB at a time, by one thread; return the seconds."""
    started, room = time.perf_counter(), bytearray(READ_BYTES)
    for file in files:
        with open(file, "rb", buffering=0) as stream:
            while stream.readinto(room):
                pass
    return time.perf_counter() - started


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def marginal(points):
    """Seconds for each further GB from a size to the next, within each round: what does not grow is left out."""
    steps = []
    for less, more in zip(points, points[1:]):
        size = (more["bytes"] - less["bytes"]) / GB
        values = [(b - a) / size for a, b in zip(less["seconds"], more["seconds"])]
        steps.append({"from": less["bytes"], "to": more["bytes"], **spread(values)})
    return steps


def flatness(spreads):
    """Return (median of the medians, the largest distance of one from it as a share)."""
    medians = [s["median"] for s in spreads]
    middle = statistics.median(medians)
    return middle, max(abs(m / middle - 1) for m in medians)
