"""The ways in, measured: inference, sniffing, compression, encodings and quotes, beside the peers that can do the same.

    .venv/bin/python bench/ways_in/run.py                          # all jobs
    .venv/bin/python bench/ways_in/run.py --jobs infer,gzip --rows 4000000 --runs 7 --json FILE

Runs take turns; every run must give the same rows and sums. Files lie in memory (tmpfs) unless --data says otherwise.
"""

import gzip
import shutil
import statistics
import sys
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import harness

COLUMNS = "id:int64,name:string,city:string,price:float64,share:float64,day:date,at:timestamp[us]"
CITIES = np.array(["Milano", "Zürich", "Málaga", "Genève", "Århus", "Köln", "Orléans", "Paris"])


def mixed_lines(rows, quote=""):
    """Seven columns of text with letters of Latin-1, numbers and times; as chunks of lines."""
    random = np.random.default_rng(7)
    glue = f"{quote},{quote}"
    yield glue.join(c.split(":")[0] for c in COLUMNS.split(",")).join([quote, quote]) + "\n"
    for first in range(0, rows, 100_000):
        n = min(100_000, rows - first)
        name, city = random.integers(0, 10**6, n), CITIES[random.integers(0, len(CITIES), n)]
        price, share = random.integers(0, 10**7, n), random.random(n)
        day, second = random.integers(1, 29, n), random.integers(0, 86400, n)
        yield "".join(
            f"{quote}{first + i}{glue}Rosé {name[i]}{glue}{city[i]}{glue}{price[i] / 100:.2f}{glue}{share[i]:.15f}{glue}"
            f"2024-05-{day[i]:02}{glue}2024-05-{day[i]:02} {second[i] // 3600:02}:{second[i] // 60 % 60:02}:"
            f"{second[i] % 60:02}{quote}\n" for i in range(n))


def write_mixed(path, rows, encoding="utf-8", quote=""):
    if not path.exists():
        with open(path, "w", encoding=encoding, newline="") as file:
            file.writelines(mixed_lines(rows, quote))
    return path


def write_gzip(path, source, member_bytes):
    """One member, or one for each `member_bytes` of text."""
    if not path.exists():
        with open(source, "rb") as text, open(path, "wb") as file:
            while part := text.read(member_bytes or -1):
                file.write(gzip.compress(part, 6))
    return path


def contents(path):
    """Rows of a Parquet file, and the sum of each column of floats."""
    table = parquet.read_table(path)
    floats = [i for i, kind in enumerate(table.schema.types) if kind == "double"]
    return {"rows": table.num_rows, **{i: pc.sum(table.column(i)).as_py() for i in floats}}


class Bench:
    def __init__(self, args):
        self.args, self.program = args, str(args.build / "headrace")

    def headrace(self, *words, cpus=None):
        """Return wall seconds and standard output of a run of the program, on so many CPUs."""
        pinned = ["taskset", "-c", f"0-{cpus - 1}"] if cpus else []
        seconds, _, output = harness.run([*pinned, self.program, *map(str, words)])
        return seconds, output

    def scan(self, path, workers=None, *words, cpus=None):
        seconds, text = self.headrace("scan", path, "--json", "-q", "--columns", COLUMNS, "--delimiter", ",", "--header",
                                      "--workers", workers or self.args.threads, *words, cpus=cpus)
        sums = harness.sums(text)
        return seconds, {name: sums[name] for name in ("rows", "id", "price")}

    def peer(self, tool, path, encoding):
        seconds, _, result = harness.peer(Path(__file__).with_name("peers.py"), self.args.threads, tool, path, encoding)
        return seconds, result

    def interleave(self, runs):
        """Call each of {name: function}, round by round; return {name: seconds}. What they read must agree."""
        seconds, expected = {name: [] for name in runs}, None
        for counted, name in harness.in_turns(runs, self.args.runs):
            taken, result = runs[name]()
            if result and expected and any(not harness.same(float(result[k]), float(expected[k])) for k in expected):
                sys.exit(f"{name} gives {result}, another {expected}")
            expected = expected or result
            if counted:
                seconds[name].append(taken)
        return seconds

    def compare(self, title, runs, base, wanted):
        """Print each run's time and its ratio to `base`; ratios of medians."""
        seconds = self.interleave(runs)
        median = {name: statistics.median(values) for name, values in seconds.items()}
        print(f"\n{title}   (wanted: {wanted})")
        for name, values in seconds.items():
            print(f"  {name:24} {median[name]:8.3f} s  (min {min(values):.3f}, max {max(values):.3f})"
                  f"  {median[name] / median[base]:6.2f} x the time of {base}")
        return seconds

    def infer(self):
        args, figures = self.args, {}
        milan = args.data / "milan"
        if not milan.exists():
            self.headrace("gen", "milan", "-o", milan, "--rows", args.rows * 2, "-q")
        for name, inputs in {"milan": sorted(milan.iterdir()), "mixed": [write_mixed(args.data / "m.csv", args.rows)]}.items():
            schema, out = args.data / f"{name}.toml", args.data / "out.parquet"
            schema.write_text(self.headrace("sniff", *inputs, "--infer", "full")[1].replace("strict = true\n", ""))
            common = ["ingest", *inputs, "-o", out, "--overwrite", "-q", "--workers", args.threads]
            modes = {"declared": ["--schema", schema], "sample": ["--infer", "sample"], "full": ["--infer", "full"]}
            runs = {m: lambda f=flags: (self.headrace(*common, *f)[0], contents(out)) for m, flags in modes.items()}
            figures[name] = self.compare(f"inference: {name} to Parquet", runs, "declared", "full <= 1.35")
        return figures

    def sniff(self):
        folder = self.args.data / "many"
        if not folder.exists():
            folder.mkdir()
            text = "".join(mixed_lines(50)).encode()
            for i in range(10_000):
                (folder / f"{i:05}.csv").write_bytes(text)
        return self.compare("sniff: 10,000 files", {"headrace": lambda: (self.headrace("sniff", folder)[0], None)}, "headrace",
                            "5 s")

    def gzip(self):
        path = write_gzip(self.args.data / "m.csv.gz", write_mixed(self.args.data / "m.csv", self.args.rows), None)
        tools = ("polars", "duckdb", "pyarrow", "pandas")
        runs = {tool: lambda t=tool: self.peer(t, path, "utf-8") for tool in tools}
        return self.compare("gzip, one member", {"headrace": lambda: self.scan(path), **runs}, "headrace",
                            "each peer >= 1.5")

    def members(self):
        path = write_gzip(self.args.data / "mm.csv.gz", write_mixed(self.args.data / "m.csv", self.args.rows), 4 << 20)
        runs = {f"{n} workers": lambda n=n: self.scan(path, n) for n in (1, 2)}
        # A worker parses while a thread decompresses for it: only with one CPU is one worker one core's work.
        runs["1 worker on 1 CPU"] = lambda: self.scan(path, 1, cpus=1)
        return self.compare("gzip, members of 4 MiB of text", runs, "2 workers", "1 worker on 1 CPU about 2")

    def encodings(self):
        figures = {}
        for encoding in ("latin-1", "utf-16"):
            path = write_mixed(self.args.data / f"m-{encoding}.csv", self.args.rows, encoding)
            words = ["--encoding", encoding] if encoding == "latin-1" else []
            runs = {"headrace": lambda: self.scan(path, None, *words), "pandas": lambda: self.peer("pandas", path, encoding)}
            figures[encoding] = self.compare(f"encoding: {encoding}", runs, "headrace", "pandas >= 5")
        return figures

    def quoted(self):
        data = self.args.data
        plain, quoted = (write_mixed(data / n, self.args.rows, "utf-8", q) for n, q in (("m.csv", ""), ("q.csv", '"')))
        runs = {"unquoted": lambda: self.scan(plain), "quoted": lambda: self.scan(quoted)}
        return self.compare("every field quoted", runs, "unquoted", "quoted <= 1.25")


def main():
    parser = harness.arguments(__doc__, "/dev/shm/headrace-bench-ways")
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--jobs", default="infer,sniff,gzip,members,encodings,quoted")
    args = parser.parse_args()
    about = harness.provenance()
    print(f"{about['cpu']}, {args.threads} threads, {args.rows} rows, {args.runs} interleaved runs")
    figures = {job: getattr(Bench(args), job)() for job in args.jobs.split(",")}
    if args.json:
        harness.write_json(args.json, about | {"threads": args.threads, "rows": args.rows, "seconds": figures})
    if not args.keep:
        shutil.rmtree(args.data)


if __name__ == "__main__":
    main()
