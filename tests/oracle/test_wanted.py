"""Records wanted: --where, --sample and --rows over generated files, against the slow reader and against DuckDB."""
import os
import random

import duckdb
import pyarrow.parquet as pq
import pytest

from oracle import predicate, values
from oracle.generator import Plan, generate
from oracle.reference import Reader, Wanted, wanted_flags
from support import check, outcome, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same, tiny_unit

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
SEEDS = range(1500 if LONG else 40)
LEVELS = program.simd_levels()


def pool_of(truth, paths):
    """Texts of the files that are values of each column."""
    pool = {column.name: set() for column in truth.columns}

    class Spy(Reader):
        def _decode(self, record, places, which, bad, place):
            for i, column in enumerate(self.columns):
                text = bytes(record.fields[places[i]].text)
                state, _ = values.decode(column.type, text, nulls=())
                try:
                    clean = b"\0" not in text and text.decode() is not None and len(text) < 200
                except UnicodeDecodeError:
                    clean = False
                if state == "value" and clean:
                    pool[column.name].add(text)
            return super()._decode(record, places, which, bad, place)

    Spy(truth.columns, truth.dialect).read(list(zip(paths, truth.files)))
    return {name: sorted(texts) for name, texts in pool.items()}


def wanted_of(seed, truth, paths):
    source = random.Random(seed * 31 + 5)
    total = truth.result.rows_written + truth.result.rows_rejected
    kinds = [("where",), ("sample",), ("rows",), ("where", "sample"), ("where", "rows"), ("where", "sample", "rows")][seed % 6]
    return Wanted(records=source.choice([0, 1, total // 2, total, total + 5, source.randint(0, total)]) if "rows" in kinds else None,
                  sample=source.choice([50.0, 12.5, 0.0, 99.9]) if "sample" in kinds else 100, seed=source.randint(0, 3),
                  where=predicate.draw(source, pool_of(truth, paths)) if "where" in kinds else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_wanted_records(seed, scratch):
    plan = Plan(seed + 77_000, rows=(30, 120, 400)[seed % 3], files=1 + seed % 3,
                on_error=("quarantine", "null")[seed % 4 == 0])
    truth, paths = generate(plan, scratch)
    wanted = wanted_of(seed, truth, paths)
    want = Reader(truth.columns, truth.dialect, truth.select, plan.on_error, wanted).read(list(zip(paths, truth.files)))
    job = Job(scratch, paths, truth.columns_text(), truth.dialect, truth.select, plan.on_error, wanted_flags(wanted),
              form=("parquet", "arrow")[seed % 5 == 0])
    unit = tiny_unit(sum(map(len, truth.files)))
    configs = [Config(1), Config(8, CHUNKS[seed % 7], LEVELS[0]), Config(WORKERS[seed % 3], CHUNKS[(seed + 3) % 7], LEVELS[-1], unit),
               Config(8, CHUNKS[(seed + 5) % 7], LEVELS[-1], unit), Config(2, "", LEVELS[0], "300")]
    outcomes = [job.run(config) for config in configs]
    first = outcomes[0]
    assert first.run.code == check.exit_code(want), first.run
    check.assert_table(first.output, want.columns, {c.name: c.type for c in truth.columns if c.name in want.columns})
    check.assert_rejects(first.rejects, want.rejects)
    for key in ("rows_read", "rows_written", "rows_rejected", "rows_skipped", "values_nulled", "bytes_read"):
        assert first.report[key] == getattr(want, key), (key, first.report[key], getattr(want, key))
    assert_same(outcomes)


TYPES = {"i": "int32", "u": "uint8", "d": "decimal(9,2)", "f": "float64", "g": "float32", "s": "string", "day": "date",
         "seen": "timestamp[us]", "b": "bool", "kind": "dictionary(string)"}
SQL = {"i": "INTEGER", "u": "UTINYINT", "d": "DECIMAL(9,2)", "f": "DOUBLE", "g": "FLOAT", "s": "VARCHAR", "day": "DATE",
       "seen": "TIMESTAMP", "b": "BOOLEAN", "kind": "VARCHAR"}
POOL = {"i": [b"-5", b"0", b"3", b"77"], "u": [b"0", b"7", b"200"], "d": [b"1.25", b"-3", b"0.5"],
        "f": [b"0.1", b"-1e3", b"nan", b"inf", b"-0.0"], "g": [b"0.1", b"2.5", b"NaN"], "s": [b"", b"Rome", b"it's", "é".encode()],
        "day": [b"2020-02-29", b"1999-12-31"], "seen": [b"2020-01-01 00:00:00.5", b"2021-06-01T12:00:00"],
        "b": [b"true", b"false"], "kind": [b"a", b"b"]}


def sql_text(tree):
    """The tree in DuckDB's words, each literal cast to the column's type."""
    cast = lambda name, literal: f"CAST('{literal.decode().replace(chr(39), chr(39) * 2)}' AS {SQL[name]})"
    if tree[0] == "cmp":
        return f"{tree[1]} {tree[2]} {cast(tree[1], tree[3])}"
    if tree[0] == "in":
        return f"{tree[1]} IN ({', '.join(cast(tree[1], item) for item in tree[2])})"
    if tree[0] == "null":
        return f"{tree[1]} IS NULL"
    if tree[0] == "not":
        return f"NOT ({sql_text(tree[1])})"
    return f"({sql_text(tree[1])}) {tree[0].upper()} ({sql_text(tree[2])})"


def test_predicates_against_duckdb(scratch):
    """The same trees over the same table, ours while reading the text, DuckDB's over our whole Parquet file."""
    source = random.Random(7)
    path, whole = os.path.join(scratch, "t.csv"), os.path.join(scratch, "whole.parquet")
    with open(path, "wb") as file:
        for number in range(3000):
            texts = [b"" if source.random() < 0.2 else source.choice(POOL[name]) for name in TYPES]
            file.write(b"%d,%s\n" % (number, b",".join(texts)))
    columns = "id:int64," + ",".join(f"{name}:{kind}" for name, kind in TYPES.items())
    assert program.run("ingest", path, "-o", whole, "--columns", columns).code == 0
    database = duckdb.connect()
    database.execute(f"CREATE TABLE t AS SELECT * FROM '{whole}'")  # extremes of row groups would hide NaN from it
    kept = []
    for turn in range(400 if LONG else 60):
        tree = predicate.draw(source, POOL, depth=3)
        out = os.path.join(scratch, f"{turn}.arrow")
        done = program.run("ingest", path, "-o", out, "--columns", columns, "--select", "id", "--unit-bytes", "20000",
                           "--where", predicate.text(tree, source))
        assert done.code == 0, done
        got = outcome.plain_table(outcome.read_table(out))["id"]
        want = database.execute(f"SELECT id FROM t WHERE {sql_text(tree)} ORDER BY id").fetchall()
        assert got == [row[0] for row in want], (predicate.text(tree), sql_text(tree))
        kept.append(len(got))
    assert 0 < sum(kept) < 3000 * len(kept)


def test_sample_is_a_fair_share_and_nested(scratch):
    """The same seed gives the same records; a larger share holds the smaller one; another seed gives others."""
    data = b"".join(b"%d\n" % i for i in range(20_000))
    job = Job(scratch, [data], "n:int32", on_error="skip")

    def sample(*flags):
        return set(pq.read_table(job.run(Config(2), flags=flags).output).column("n").to_pylist())

    ten, thirty, other = sample("--sample", "10%"), sample("--sample", "30%"), sample("--sample", "10%", "--sample-seed", "1")
    assert 1700 < len(ten) < 2300 and 5500 < len(thirty) < 6500 and ten < thirty and len(ten & other) < 400
    assert sample("--sample", "100%") == set(range(20_000)) and sample("--sample", "0%") == set()


def test_rows_of_later_files_are_not_read(scratch):
    """Behind the last record that is wanted nothing is read: not its file's rest, not the next file's records."""
    job = Job(scratch, [b"a\n1\n2\n\n3\n", b"a\n7\n", b"a\n4\n"], "a:int32", on_error="skip", flags=["--header", "--rows", "2"],
              names=["x.csv", "y.csv", "z.csv"])
    outcomes = job.run_all([Config(1), Config(8, "1", "", "1")])
    report = outcomes[0].report
    assert outcomes[0].run.code == 0, outcomes[0].run
    assert [file["complete"] for file in report["files"]] == [False, False, False]
    assert [file["rows"] for file in report["files"]] == [2, 0, 0]
    assert (report["rows_read"], report["rows_skipped"], report["bytes_read"]) == (3, 1, 6)
    assert outcomes[1].report["bytes_read"] == 6


def test_rows_leave_the_rest_of_a_stream(scratch):
    """A stream is read a few units beyond the last record that is wanted, not to its end."""
    out = os.path.join(scratch, "x.parquet")
    with open(os.path.join(scratch, "long.csv"), "wb") as file:
        file.write(b"1\n" * 3_000_000)
    with open(os.path.join(scratch, "long.csv"), "rb") as stream:
        done = program.run("ingest", "-", "-o", out, "--columns", "n:int32", "--rows", "100000", "--unit-bytes", "64KiB",
                           "--json", stdin=stream)
        assert done.code == 0, done
        assert stream.tell() < 3_000_000, "much more than the wanted records was read"
    assert done.json()["rows_written"] == 100_000 and pq.read_metadata(out).num_rows == 100_000
    assert done.json()["files"][0]["complete"] is False


@pytest.mark.parametrize("text, told", [
    ("a = ", "a literal is missing"), ("a", "a comparison is missing"), ("zz = 1", "is not a column"), ("a = 1 b", "more than one"),
    ("(a = 1", "not closed"), ("a = 'x", "not closed"), ("a = x", "a literal is missing"), ("a = 1.5", "is no value of 'a'"),
    ("a = 300", "is no value of 'a'"), ("a = NULL", "IS NULL"), ("a IN ()", "a literal is missing"), ("a IS 1", "NULL"),
    ("a ~ 1", "no meaning"), ("AND", "is not a column"), ("a = 1 AND", "ends too early"), ("a NOT = 1", "no IN")])
def test_errors_of_expressions(text, told, scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b"1,x\n")
    done = program.run("scan", path, "--columns", "a:int8,b:string", "--where", text)
    assert done.code == 2 and told in done.stderr and "character" in done.stderr, done
    assert len(done.stderr.rstrip("\n").split("\n")) <= 4, done


def test_rows_of_many_streams(scratch):
    """Whole jobs of streams wait for each other only as long as there are records to want."""
    import gzip
    paths = []
    for i in range(12):
        paths.append(os.path.join(scratch, f"{i:02}.csv.gz"))
        with gzip.open(paths[-1], "wb", 1) as file:
            file.write(b"".join(b"%d,%d\n" % (i, row) for row in range(4000)))
    for rows in (0, 1, 3999, 4000, 4001, 10_000, 30_001, 48_000, 60_000):
        for workers in (1, 3, 8):
            job = Job(scratch, paths, "f:int32,n:int32", on_error="skip", flags=["--rows", str(rows)])
            done = job.run(Config(workers, "", "", "3000"))
            assert done.run.code == 0 and done.report["rows_written"] == min(rows, 48_000), done.run
            got = outcome.plain_table(outcome.read_table(done.output))
            assert got["n"] == [row % 4000 for row in range(min(rows, 48_000))]
