"""`sorting_columns` of row groups: told where the first column is in order, without nulls, and nowhere else."""
import random

import polars as pl
import pyarrow.parquet as pq
import pytest

from support import outcome, parquet_bytes, program

UNIT = 32 << 10
ASC, DESC, NONE = [{1: 0, 2: False, 3: False}], [{1: 0, 2: True, 3: False}], None


def _ingest(scratch, rows, columns, *flags):
    with open(scratch + "/in.csv", "w") as file:
        file.writelines(f"{row}\n" for row in rows)
    out = scratch + "/out.parquet"
    done = program.run("ingest", scratch + "/in.csv", "-o", out, "--columns", columns, "--no-header", "--unit-bytes", str(UNIT),
                       "--overwrite", *flags)
    assert done.code == 0, done
    return out


def _truth(path):
    """What the values of each row group's first column say, by Python's sort."""
    file = pq.ParquetFile(path)
    for g in range(file.metadata.num_row_groups):
        column = file.read_row_group(g).column(0)
        values = outcome.plain_values(column)
        if column.type in ("float", "double"):
            values = [v if v is None or v == v else None for v in column.to_pylist()]
        if None in values:
            yield NONE
        elif values == sorted(values):
            yield ASC
        else:
            yield DESC if values == sorted(values, reverse=True) else NONE


def _digits(i):
    return f"{i:09d}"


@pytest.mark.parametrize("columns, write", [
    ("a:int64,b:string", str), ("a:uint32,b:string", str), ("a:string,b:string", _digits), ("a:float64,b:string", lambda i: f"{i}.5"),
    ("a:decimal(20,2),b:string", lambda i: f"{i}.25"), ("a:dictionary(string),b:string", lambda i: _digits(i // 900)),
    ("a:timestamp[s],b:string", lambda i: f"20{i // 50000:02d}-{i // 5000 % 10 + 1:02d}-05 {i // 60 % 24:02d}:{i % 60:02d}:00")],
    ids=["int64", "uint32", "string", "float64", "decimal", "dictionary", "timestamp"])
@pytest.mark.parametrize("order", ["up", "down", "equal", "shuffled", "one null", "one wrong", "mixed"])
def test_as_the_values_say(scratch, columns, write, order):
    numbers = list(range(20_000))
    if order == "down":
        numbers.reverse()
    elif order == "equal":
        numbers = [7] * 20_000
    elif order == "shuffled":
        random.Random(1).shuffle(numbers)
    elif order == "one wrong":
        numbers[9_999] = 3
    elif order == "mixed":  # sections of row groups, each in another order
        numbers = [abs(i % 16_000 - 8_000) for i in numbers]
    rows = ["" if order == "one null" and i == 12_345 else write(n) for i, n in enumerate(numbers)]
    path = _ingest(scratch, [f"{row},{i}" for i, row in enumerate(rows)], columns)
    file = parquet_bytes.read(path)
    assert file.sorting == list(_truth(path)) and len(file.sorting) > 2
    if order in ("up", "equal", "down") and "timestamp" not in columns:
        assert file.sorting.count(DESC if order == "down" else ASC) > 2
    if order in ("one null", "one wrong"):
        assert file.sorting.count(NONE) >= 1
    if order == "mixed" and "timestamp" not in columns:
        assert {str(ASC), str(DESC)} <= set(map(str, file.sorting))
    _check_index(file)
    assert [g for group in file.footer[4] for g in (group[7],)] == list(range(len(file.groups)))
    assert pl.read_parquet(path).height == 20_000


def _check_index(file):
    """Sections of the footer do not mix up which part of the page index belongs to which chunk."""
    for group in file.groups:
        for chunk in group:
            first, want = 0, []
            for page in chunk.data_pages:
                want.append({1: page.offset, 2: page.end - page.offset, 3: first})
                first += page.num_values
            assert chunk.offset_index == {1: want}
            assert chunk.column_index[2][0] == chunk.meta[12][6], "one page: its minimum is the chunk's"


@pytest.mark.parametrize("numbers, want", [([-0.0, 0.0], ASC), ([0.0, -0.0], DESC), ([1.0, float("nan")], NONE),
                                           ([float("nan")], NONE), ([float("-inf"), 1.0, float("inf")], ASC)])
def test_floats(scratch, numbers, want):
    assert parquet_bytes.read(_ingest(scratch, map(repr, numbers), "a:float64")).sorting == [want]


def test_pyarrow_reads_them(scratch):
    path = _ingest(scratch, [f"{i},{-i}" for i in range(100)], "a:int32,b:int32", "--select", "b,a")
    (column,) = pq.ParquetFile(path).metadata.row_group(0).sorting_columns
    assert (column.column_index, column.descending, column.nulls_first) == (0, True, False)


def test_any_workers_tell_the_same(scratch):
    rows = [str(i % 9_000) for i in range(60_000)]
    made = {outcome.digest(_ingest(scratch, rows, "a:int32", "--workers", str(workers))) for workers in (1, 2, 5)}
    assert len(made) == 1


def _retold(path, told, other):
    """Tell another order of the row group's rows: `told` and `other` are SortingColumn's bytes."""
    file = parquet_bytes.read(path)
    trace = parquet_bytes.Trace(file.data, file.footer_offset)
    trace.struct()
    begin, end = next((begin, end) for begin, end, place in trace.places if place == (4, 4))
    assert file.data.count(told, begin, end + 8) == 1
    with open(path, "wb") as out:
        out.write(file.data[:begin] + file.data[begin:end + 8].replace(told, other) + file.data[end + 8:])


ASCENDS, DESCENDS = bytes([0x15, 0, 0x12, 0x12, 0]), bytes([0x15, 0, 0x11, 0x12, 0])  # column 0, not nulls_first


@pytest.mark.parametrize("columns, rows, falls", [
    ("a:int32", ["1", "2", "3"], False), ("a:int32", ["3", "2", "1"], True), ("a:int32", ["7", "7"], False),
    ("a:string", ["a", "b" * 20], False), ("a:float64", ["-0.0", "0.0"], False), ("a:decimal(30,1)", ["5", "-5"], True),
    ("a:uint32", ["1", "4000000000"], False), ("a:bool", ["false", "true"], False),
    ("a:int64", [str(i) for i in range(40_000, 0, -1)], True), ("a:string", [f"k{i:09d}" for i in range(40_000)], False)],
    ids=lambda value: str(value)[:20])
def test_verify_finds_another_order(scratch, columns, rows, falls):
    path = _ingest(scratch, rows, columns, "--compression", "none", "--unit-bytes", "32MiB")
    assert parquet_bytes.read(path).sorting == [DESC if falls else ASC]
    assert program.run("verify", path).code == 0
    _retold(path, *((DESCENDS, ASCENDS) if falls else (ASCENDS, DESCENDS)))
    done = program.run("verify", path)
    assert done.code == 1 and b"order" in done.stdout, done
