"""Jobs whose truth was written before their text: the program and the slow reader must both find it."""
import os
from collections import Counter

import pytest

from oracle.draw import TYPES
from oracle.generator import Plan, generate
from oracle.reference import Reader
from support import check, program
from support.job import CHUNKS, Config, Job, assert_same, tiny_unit
from support.outcome import reject_keys

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
SEEDS = range(2013, 2013 + (4000 if LONG else 100))
LEVELS = program.simd_levels()
COUNTS = Counter()


@pytest.fixture(scope="module", autouse=True)
def counts():
    yield
    faults = ", ".join(f"{kind} {count}" for kind, count in sorted(COUNTS.items()) if kind not in ("values", "jobs"))
    print(f"\n{COUNTS['jobs']} generated jobs, {COUNTS['values']:,} values compared, rejects found: {faults}")


def plan_of(seed):
    return Plan(seed, rows=(30, 120, 400)[seed % 3], files=1 + seed % 3, on_error=("quarantine", "null")[seed % 4 == 0],
                rare=seed % 2 == 1)


def count(truth):
    COUNTS["jobs"] += 1
    COUNTS["values"] += truth.values
    COUNTS.update(truth.faults)


@pytest.mark.parametrize("seed", SEEDS)
def test_slow_reader_finds_the_truth(seed, scratch):
    plan = plan_of(seed)
    truth, paths = generate(plan, scratch)
    got = Reader(truth.columns, truth.dialect, truth.select, plan.on_error).read(list(zip(paths, truth.files)))
    assert reject_keys(got.rejects, True) == reject_keys(truth.result.rejects, True)
    assert got.bytes_read == sum(map(len, truth.files))
    assert got == truth.result


@pytest.mark.parametrize("seed", SEEDS)
def test_program_finds_the_truth(seed, scratch):
    plan = plan_of(seed)
    truth, paths = generate(plan, scratch)
    job = Job(scratch, paths, truth.columns_text(), truth.dialect, truth.select, plan.on_error,
              form=("parquet", "arrow")[seed % 5 == 0], rejects_form=("parquet", "jsonl", "csv")[seed % 3])
    unit = tiny_unit(sum(map(len, truth.files)))
    configs = [Config(2, "", LEVELS[-1], "2048"), Config(8, CHUNKS[seed % 7], LEVELS[0], "2048"),
               Config(2, CHUNKS[(seed + 3) % 7], LEVELS[-1], ("300", unit)[seed % 2])]
    outcomes = [job.run(config) for config in configs]
    first = outcomes[0]
    assert first.run.code == check.exit_code(truth.result), first.run
    check.assert_table(first.output, truth.result.columns, truth.types())
    check.assert_rejects(first.rejects, truth.result.rejects)
    check.assert_report(first.report, truth.result, truth.files)
    assert_same(outcomes)
    count(truth)


def in_encoding(files, seed):
    """(name for --encoding, the files in it), an encoding that can say their text; None where none can."""
    for codec, name in [("utf-16-le", "utf-16-le"), ("gb18030", "gb18030"), ("utf-32-be", "utf-32-be"), ("latin-1", "latin-1"),
                        ("utf-16-be", "UTF_16BE")][seed % 5:]:
        try:
            return name, [data.decode("utf-8").encode(codec) for data in files]
        except UnicodeError:
            pass
    return None


@pytest.mark.parametrize("seed", SEEDS[::2])
def test_encodings_change_nothing(seed, scratch):
    """The same text in another encoding: the same table, and rejects with the offsets of the UTF-8 text."""
    types = [kind for kind in TYPES if kind != "binary"]
    plan = Plan(seed, rows=100, files=2, rare=True, types=[types[seed * 7 % len(types)], "string", types[seed % len(types)]],
                utf8=True)
    truth, paths = generate(plan, scratch)
    name, files = in_encoding(truth.files, seed)
    for path, data in zip(paths, files):
        with open(path, "wb") as file:
            file.write(data)
    job = Job(scratch, paths, truth.columns_text(), truth.dialect, truth.select, plan.on_error, flags=["--encoding", name])
    outcomes = [job.run(Config(1)), job.run(Config(8, "7", "", "512"))]
    check.assert_table(outcomes[0].output, truth.result.columns, truth.types())
    check.assert_rejects(outcomes[0].rejects, truth.result.rejects)
    assert_same(outcomes)


@pytest.mark.parametrize("seed", [1, 2] + ([3, 4, 5, 6, 7, 8] if LONG else []))
def test_large_jobs(seed, scratch):
    """Enough rows for the kernels' inner loops, in several files, every type, at the sizes that people use."""
    types = ["int64", "uint16", "float64", "float64", "string", "timestamp[ms]", "decimal(9,2)", "date", "bool",
             "dictionary(string)", "float32", "uint64"]
    plan = Plan(seed, rows=60_000 if LONG else 6_000, files=3, types=types)
    truth, paths = generate(plan, scratch)
    job = Job(scratch, paths, truth.columns_text(), truth.dialect, truth.select, rejects_form="parquet")
    outcomes = [job.run(Config(2, "", LEVELS[-1], "128KiB")), job.run(Config(8, "4096", LEVELS[0], "128KiB")),
                job.run(Config(1))]
    first = outcomes[0]
    check.assert_table(first.output, truth.result.columns, truth.types())
    check.assert_rejects(first.rejects, truth.result.rejects)
    check.assert_report(first.report, truth.result, truth.files)
    assert_same(outcomes)
    count(truth)
