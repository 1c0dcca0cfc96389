"""One job, run many times with other Configs: the same files, columns and options, another number of workers."""
import itertools
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from oracle.reference import dialect_flags
from support import outcome, program

CHUNKS = ["1", "2", "3", "7", "64", "4096", "32MiB"]
WORKERS = [1, 2, 8]
NUMBERS = itertools.count(1)  # every run of a session has names of its own


@dataclass(frozen=True)
class Config:
    workers: int = 1
    chunk: str = ""
    simd: str = ""
    unit: str = ""  # an option, not a Config: it sets the row groups

    def __str__(self):
        return f"unit {self.unit or 'default'}, {self.workers} workers, chunk {self.chunk or 'auto'}, {self.simd or 'auto'}"


@dataclass
class Outcome:
    config: Config
    run: program.Run
    output: str
    rejects: str
    report: dict

    def fingerprint(self):
        """What must be the same for every Config."""
        made = outcome.tree_digest(self.output) if os.path.isdir(self.output) else (
            outcome.digest(self.output) if os.path.exists(self.output) else None)
        rejects = outcome.digest(self.rejects) if self.rejects and os.path.exists(self.rejects) else None
        keys = ("rows_read", "rows_written", "rows_rejected", "rows_skipped", "values_nulled", "bytes_read", "records_padded",
                "records_truncated", "records_collected", "records_lenient")
        return self.run.code, made, rejects, tuple(self.report.get(key) for key in keys)


class Job:
    def __init__(self, folder, files, columns, dialect=None, select=None, on_error="quarantine", flags=(),
                 form="parquet", rejects_form="jsonl", names=None):
        """`files` are bytes, written to `folder`, or paths. `columns` is text for --columns, or a path to a schema."""
        self.folder = folder
        self.form, self.rejects_form = form, rejects_form
        self.paths = []
        for i, data in enumerate(files):
            if isinstance(data, bytes):
                path = os.path.join(folder, names[i] if names else f"in{i}.csv")
                with open(path, "wb") as file:
                    file.write(data)
                data = path
            self.paths.append(data)
        self.columns = columns
        self.flags = ["--schema" if columns.endswith(".toml") else "--columns", columns, *flags]
        if dialect is not None:
            self.flags += dialect_flags(dialect)
        if select:
            self.flags += ["--select", ",".join(select)]
        self.on_error = on_error

    def run(self, config=Config(), flags=(), report=True):
        tag = f"run{next(NUMBERS)}"
        out = os.path.join(self.folder, f"{tag}-out" + ("/" if self.form == "directory" else f".{self.form}"))
        words = ["ingest", *self.paths, "-o", out, "-q", *self.flags, *flags, "--on-error", self.on_error]
        rejects = os.path.join(self.folder, f"{tag}-bad.{self.rejects_form}") if self.on_error in ("quarantine", "null") else ""
        if rejects:
            words += ["--rejects", rejects]
        report_path = os.path.join(self.folder, f"{tag}-report.json")
        if report:
            words += ["--report", report_path]
        words += ["--workers", str(config.workers)]
        if config.chunk:
            words += ["--chunk", config.chunk]
        if config.unit:
            words += ["--unit-bytes", config.unit]
        done = program.run(*words, env={"HEADRACE_SIMD": config.simd} if config.simd else {})
        facts = {}
        if report and os.path.exists(report_path):
            with open(report_path, encoding="utf-8") as file:
                facts = json.load(file)
        return Outcome(config, done, out.rstrip("/"), rejects, facts)

    def run_all(self, configs, parallel=2):
        with ThreadPoolExecutor(parallel) as pool:
            return list(pool.map(self.run, configs))


def assert_same(outcomes):
    """Outcomes of one unit size have the same bytes; of all sizes, the same rejects and figures."""
    first_of_unit = {}
    for done in outcomes:
        base = first_of_unit.setdefault(done.config.unit, done)
        assert done.fingerprint() == base.fingerprint(), (
            f"{done.config} differs from {base.config}\n{base.run}\n{done.run}")
        mine, other = done.fingerprint(), outcomes[0].fingerprint()
        assert (mine[0], mine[2:]) == (other[0], other[2:]), (
            f"{done.config} differs from {outcomes[0].config} in rejects or figures\n{outcomes[0].run}\n{done.run}")


_smallest = None


def smallest_unit():
    """The smallest --unit-bytes that the program takes."""
    global _smallest
    if _smallest is None:
        for size in ("1", "16", "64", "256", "1024", "4096"):
            done = program.run("explain", "--columns", "a:int8", "--unit-bytes", size)
            if done.code == 0:
                _smallest = size
                break
        else:
            _smallest = "32768"
    return _smallest


def tiny_unit(size):
    """Units small enough to cut everywhere, and not so many that an input of `size` bytes takes long."""
    return smallest_unit() if size <= 4000 else "64" if size <= 100_000 else "1024"
