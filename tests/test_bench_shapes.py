"""The benchmark of shapes: its files are what they are declared to be, and it calls no wrong result right."""
import csv
import datetime
import os
import re
import subprocess
import sys

import pytest

from support import program

FOLDER = os.path.join(program.ROOT, "bench", "shapes")
sys.path[:0] = [os.path.dirname(FOLDER), FOLDER]
import run as bench
import text
from shapes import SHAPES

READERS = {"string": str, "float64": float, "date": datetime.date.fromisoformat,
           "timestamp[us]": datetime.datetime.fromisoformat}


def read(kind, value):
    """The value of a field by Python's readers; integers must be written shortest and fit their type."""
    if kind in READERS:
        return READERS[kind](value)
    bits, signed = int(re.sub(r"\D", "", kind)), not kind.startswith("u")
    number = int(value)
    assert str(number) == value
    assert -(2 ** (bits - 1)) * signed <= number < 2 ** (bits - signed)
    return number


@pytest.mark.parametrize("name", SHAPES)
def test_files_are_as_declared(name, scratch):
    shape, path = SHAPES[name], os.path.join(scratch, "a")
    records = text.write(path, shape.columns_of, shape.delimiter, shape.terminator, 100_000)
    with open(path, "rb") as file:
        data = file.read()
    assert text.write(path, shape.columns_of, shape.delimiter, shape.terminator, 100_000) == records
    with open(path, "rb") as file:
        assert file.read() == data, "the same seed, other bytes"
    assert len(data) >= 100_000 and data.endswith(shape.terminator)
    assert (b"\r" in data) == (b"\r" in shape.terminator)

    csv.field_size_limit(2_000_000)
    quoting = csv.QUOTE_MINIMAL if shape.quote else csv.QUOTE_NONE
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=shape.delimiter.decode(), quoting=quoting, strict=True))
    assert len(rows) == records
    whole = [row for row in rows if len(row) == len(shape.types)]
    assert len(whole) == shape.good_rows(records)
    for row in whole:
        for kind, value in zip(shape.types, row):
            assert value == "" or read(kind, value) is not None
    if shape.newlines_in_values:
        assert any("\n" in field for row in rows for field in row)


def test_cut_files_hold_the_same_text(tmp_path):
    shape, whole = SHAPES["files"], tmp_path / "all"
    text.write(whole, shape.columns_of, shape.delimiter, shape.terminator, 100_000)
    data = whole.read_bytes()
    text.cut(whole, tmp_path, 100)
    parts = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    assert b"".join(parts) == data and 90 <= len(parts) <= 100 and all(part.endswith(b"\n") for part in parts)


RIGHT, OTHER = {"rows": 3, "c0": 6}, {"rows": 3, "c0": 7}


@pytest.mark.parametrize("results, wrong", [
    ({"headrace": RIGHT, "polars": RIGHT, "duckdb": {"rows": 3, "c0": 6.0}}, set()),
    ({"headrace": RIGHT, "polars": RIGHT, "duckdb": OTHER}, {"duckdb"}),
    ({"headrace": OTHER, "polars": RIGHT, "duckdb": RIGHT}, {"headrace"}),
    ({"headrace": RIGHT, "pyarrow": OTHER, "pyarrow-dataset": OTHER, "duckdb": RIGHT}, {"pyarrow", "pyarrow-dataset"}),
    ({"headrace": RIGHT, "pyarrow": OTHER}, {"headrace", "pyarrow"}),
    ({"headrace": {"rows": 2, "c0": 6}, "polars": {"rows": 2, "c0": 6}, "duckdb": RIGHT}, {"headrace", "polars"}),
    ({"headrace": RIGHT, "polars": {"rows": 3, "c0": None}, "duckdb": RIGHT}, {"polars"}),
])
def test_most_engines_are_right(results, wrong):
    assert set(bench.judge(results, 3)) == wrong


def test_a_wrong_scan_is_told(tmp_path):
    """A Headrace that adds one to the sum of the first column: the table says so, there is no ratio, the exit code is 1."""
    honest, liar = tmp_path / "honest" / "headrace", tmp_path / "liar" / "headrace"
    honest.parent.mkdir()
    honest.symlink_to(program.BIN)
    liar.parent.mkdir()
    liar.write_text(f"""#!{sys.executable}
import json, subprocess, sys
table = json.loads(subprocess.check_output([{program.BIN!r}, *sys.argv[1:]]))
table["columns"][0]["sum"] = str(int(table["columns"][0]["sum"]) + 1)
print(json.dumps(table))
""")
    liar.chmod(0o755)
    words = ["--shapes", "integers", "--bytes", "100000", "--runs", "1", "--tools", "polars,pyarrow",
             "--data", str(tmp_path / "data")]
    for tool, code in ((honest, 0), (liar, 1)):
        done = subprocess.run([sys.executable, os.path.join(FOLDER, "run.py"), *words, "--build", str(tool.parent)],
                              stdout=subprocess.PIPE, text=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("  headrace"))
        assert (done.returncode, "WRONG: c0 is" in line, "to reach" in line) == (code, code == 1, code == 0), done.stdout
