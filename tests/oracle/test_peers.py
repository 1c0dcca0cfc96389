"""Clean generated text, read by Headrace and by other readers under the same rules: equal values, field by field.

Where a reader has other rules (documented at each use) only what both mean alike is compared. Text columns: all
fields as strings, with null and empty told apart where the other reader can. Typed columns: bits of floats, integers,
dates, wall-clock times.
"""
import csv
import os
from collections import Counter

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest

from oracle.generator import Plan, generate
from oracle.reference import Dialect
from support import outcome
from support.job import Config, Job

LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
TEXT_SEEDS = range(100, 100 + (200 if LONG else 8))
TYPED_SEEDS = range(500, 500 + (200 if LONG else 8))
COUNTS = Counter()


@pytest.fixture(scope="module", autouse=True)
def counts():
    yield
    print("\nvalues compared: " + ", ".join(f"{peer} {count:,}" for peer, count in sorted(COUNTS.items())))


def read(scratch, path, columns, dialect):
    done = Job(scratch, [path], columns, dialect, on_error="fail").run(Config(2, "4096", "", "64KiB"))
    assert done.run.code == 0, done.run
    return outcome.plain_table(outcome.read_table(done.output))


def columns_of_rows(rows, width):
    assert all(len(row) == width for row in rows)
    return [list(column) for column in zip(*rows)] if rows else [[] for _ in range(width)]


def compare(peer, ours, theirs):
    theirs = list(theirs)
    assert len(ours) == len(theirs)
    for (name, mine), other in zip(ours.items(), theirs):
        if mine != other:
            at = next((i for i, (a, b) in enumerate(zip(mine, other)) if a != b), min(len(mine), len(other)))
            raise AssertionError(f"{peer}, {name}, row {at}: {mine[at:at + 1]} here, {other[at:at + 1]} there")
        COUNTS[peer] += len(mine)


def sql_text(text):
    return "'" + text.replace("'", "''") + "'"


def utf8(values):
    return [value if value is None else value.encode() if isinstance(value, str) else value for value in values]


@pytest.mark.parametrize("seed", TEXT_SEEDS)
def test_text(seed, scratch):
    width = 2 + seed % 5
    truth, (path,) = generate(Plan(seed, rows=4000 if LONG else 1500, clean=True, without_cr=seed % 2 == 0,
                                    types=["string"] * width), scratch)
    names = [c.name for c in truth.columns]
    dialect = truth.dialect
    ours = read(scratch, path, truth.columns_text(), dialect)
    assert ours == truth.result.columns
    delimiter = dialect.delimiter.decode()

    # Python's csv knows no null: unquoted empty is empty.
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file, delimiter=delimiter, strict=True))
    compare("csv", {n: [v or b"" for v in values] for n, values in ours.items()},
            map(utf8, columns_of_rows(rows, width)))

    # pyarrow 26 loses bytes of quoted CR LF at block edges (trust.md): one block.
    table = pa.csv.read_csv(
        path, read_options=pa.csv.ReadOptions(column_names=names, block_size=1 << 26),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(column_types={n: pa.string() for n in names}, null_values=[""],
                                              strings_can_be_null=True, quoted_strings_can_be_null=False))
    compare("pyarrow", ours, outcome.plain_table(table).values())

    # DuckDB 2.0 refuses quoted line ends that differ from the file's own, and CR LF with its detection off.
    if b"\r" not in truth.files[0]:
        types = ", ".join(f"'{n}': 'VARCHAR'" for n in names)
        rows = duckdb.sql(f"SELECT * FROM read_csv({sql_text(path)}, auto_detect=false, header=false, delim='{delimiter}', "
                          f"quote='\"', escape='\"', nullstr='', allow_quoted_nulls=false, strict_mode=true, "
                          f"columns={{{types}}})").fetchall()
        compare("duckdb", ours, map(utf8, columns_of_rows(rows, width)))

    # Polars does not tell a quoted empty field from an empty one.
    frame = pl.read_csv(path, has_header=False, new_columns=names, separator=delimiter, infer_schema=False,
                        empty_string_is_null=False)
    compare("polars", {n: [v or b"" for v in values] for n, values in ours.items()},
            [utf8(frame[n].to_list()) for n in names])


TYPED = ["int64", "int32", "uint16", "uint64", "float64", "float64", "bool", "date", "timestamp[us]"]


@pytest.mark.parametrize("seed", TYPED_SEEDS)
def test_types(seed, scratch):
    plan = Plan(seed, rows=4000 if LONG else 1500, clean=True, types=TYPED, dialect=Dialect())
    truth, (path,) = generate(plan, scratch)
    names = [c.name for c in truth.columns]
    ours = read(scratch, path, truth.columns_text(), truth.dialect)
    assert ours == truth.result.columns

    arrow = {c.name: outcome.arrow_type(c.type) for c in truth.columns}
    table = pa.csv.read_csv(path, read_options=pa.csv.ReadOptions(column_names=names),
                            convert_options=pa.csv.ConvertOptions(column_types=arrow, null_values=[""],
                                                                  true_values=["true"], false_values=["false"]))
    compare("pyarrow", ours, outcome.plain_table(table).values())

    sql = {"int64": "BIGINT", "int32": "INTEGER", "uint16": "USMALLINT", "uint64": "UBIGINT", "float64": "DOUBLE",
           "bool": "BOOLEAN", "date": "DATE", "timestamp[us]": "TIMESTAMP"}
    types = ", ".join(f"'{c.name}': '{sql[c.type]}'" for c in truth.columns)
    table = duckdb.sql(f"SELECT * FROM read_csv({sql_text(path)}, auto_detect=false, header=false, delim=',', quote='\"', "
                       f"escape='\"', nullstr='', columns={{{types}}})").to_arrow_table()
    compare("duckdb", ours, outcome.plain_table(table).values())

    kinds = {"int64": pl.Int64, "int32": pl.Int32, "uint16": pl.UInt16, "uint64": pl.UInt64, "float64": pl.Float64,
             "bool": pl.Boolean, "date": pl.String, "timestamp[us]": pl.String}
    frame = pl.read_csv(path, has_header=False, new_columns=names, schema_overrides=[kinds[c.type] for c in truth.columns])
    polars_names = [c.name for c in truth.columns if kinds[c.type] != pl.String]
    compare("polars", {n: ours[n] for n in polars_names},
            [outcome.plain_values(frame[n].to_arrow()) for n in polars_names])
