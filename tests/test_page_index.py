"""The page index, read from the files' bytes: offsets against the page headers, bounds and null counts against the
values of each page as pyarrow reads them."""
import decimal
import os
import random
import struct

import duckdb
import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from support import outcome, parquet_bytes, program
from support.parquet_bytes import ASCENDING, DESCENDING, UNORDERED

ROWS = 90_000
PAGE_ROWS = 32_768
COLUMNS = ("id:int64,back:int32,day:date,second:timestamp[s],tiny:int8,small:uint16,big:uint64,wide:decimal(38,4),"
           "money:decimal(9,2),real:float64,single:float32,nans:float64,zeros:float64,none:string,half:int32,"
           "word:string,kind:dictionary(string),long:string,tall:string,raw:binary,flag:bool,key:uuid")
UNSIGNED = {"small", "big"}
DECIMALS = {"wide", "money"}
EXACT = decimal.Context(prec=60)
CUT = {"long", "tall", "raw"}


def _row(i, draw):
    """Pages end at multiples of 32,768 rows, in units of all rows."""
    page = i // PAGE_ROWS
    long = "é" * 30 + "x" * (draw.random() < 0.5) + "\U0001F600" * draw.randrange(1, 9) + str(draw.randrange(100))
    return [i * 3, -i, f"20{10 + i % 13}-0{1 + i % 9}-11", f"2013-11-{1 + i // 4000:02d} {i // 200 % 24:02d}:{i % 60:02d}:07", draw.randrange(-128, 128),
            draw.randrange(65_536), draw.randrange(2**64), f"{draw.randrange(-10**30, 10**30)}.5", f"{i % 900 - 450}.25",
            draw.random() * 1e6 - 5e5, draw.choice(["nan", "-0.0", "0.0", "1.5", "-2.25"]),
            "nan" if page == 1 else i, "-0.0" if i % 2 else "0.0", "", "" if page == 1 or i % 3 == 0 else i % 1000,
            f"w{draw.randrange(10**9)}", draw.choice(["zebra", "ant", "bee"]) if page else "cat", long,
            "\U0010FFFF" * 17 + str(i), f"{'~' * 70}{draw.randrange(10**6)}", "true" if i % 2 else "false",
            f"{draw.randrange(2**32):08x}-0000-4000-8000-{i:012x}"]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    draw = random.Random(4)
    path = str(tmp_path_factory.mktemp("index") / "in.csv")
    with open(path, "w") as file:
        for i in range(ROWS):
            file.write(",".join(str(field) for field in _row(i, draw)) + "\n")
    return path


@pytest.fixture(scope="module", params=["wide zstd", "latest zstd", "wide none"])
def made(request, text, tmp_path_factory):
    compat, codec = request.param.split()
    out = str(tmp_path_factory.mktemp("index") / "out.parquet")
    done = program.run("ingest", text, "-o", out, "--columns", COLUMNS, "--no-header", "--parquet-compat", compat,
                       "--compression", codec, "--unit-bytes", "30MiB")
    assert done.code == 0, done
    return out


def _values(path):
    """Values as the index stores them, row group by row group; floats as floats."""
    file = pq.ParquetFile(path, page_checksum_verification=True)
    for g in range(file.metadata.num_row_groups):
        table = file.read_row_group(g)
        yield {name: _stored(name, table.column(name)) for name in table.column_names}


def _stored(name, column):
    values = outcome.plain_values(column)
    if name in ("real", "nans", "zeros", "single"):
        return column.to_pylist()
    if name in DECIMALS:
        return [None if v is None else int(v.scaleb(4 if name == "wide" else 2, EXACT)) for v in values]
    if name == "key":
        return [None if v is None else v.bytes if hasattr(v, "bytes") else v for v in values]
    return values


def _bound(chunk, stored):
    if chunk.name in DECIMALS:
        return int.from_bytes(stored, "big", signed=True)
    if chunk.name in UNSIGNED:
        return int.from_bytes(stored, "little")
    return parquet_bytes.physical(chunk.kind, stored)


def _rows_of_pages(chunk):
    first = 0
    for page in chunk.data_pages:
        yield slice(first, first + page.num_values)
        first += page.num_values


def test_offsets_are_those_of_the_pages(made):
    file = parquet_bytes.read(made)
    assert len(file.groups) >= 2 and any(len(chunk.data_pages) >= 3 for chunk in file.groups[0])
    for group, fields in zip(file.groups, file.footer[4]):
        for chunk in group:
            want = [{1: page.offset, 2: page.end - page.offset, 3: rows.start}
                    for page, rows in zip(chunk.data_pages, _rows_of_pages(chunk))]
            assert chunk.offset_index == {1: want}, chunk.name
            assert sum(page.num_values for page in chunk.data_pages) == fields[3]


def test_the_index_lies_between_row_groups_and_footer(made):
    file = parquet_bytes.read(made)
    chunks = [chunk for group in file.groups for chunk in group]
    at = max(chunk.pages[-1].end for chunk in chunks)
    column_indexes = [chunk.index_places[0] for chunk in chunks if chunk.column_index]
    for offset, size in column_indexes + [chunk.index_places[-1] for chunk in chunks]:
        assert offset == at
        at += size
    assert at == file.footer_offset


def test_bounds_are_those_of_the_values(made):
    for group, values in zip(parquet_bytes.read(made).groups, _values(made)):
        for chunk in group:
            _check_bounds(chunk, values[chunk.name])


def _check_bounds(chunk, values):
    pages = [[v for v in values[rows] if v is not None] for rows in _rows_of_pages(chunk)]
    nulls = [page.num_values - len(kept) for page, kept in zip(chunk.data_pages, pages)]
    ordered = [[v for v in page if v == v] for page in pages]  # without NaN
    index = chunk.column_index
    no_bounds = any(len(page) > len(numbers) for page, numbers in zip(pages, ordered))
    if no_bounds or (chunk.name == "tall"):  # NaN; no character after the last
        assert index is None, chunk.name
        return
    assert index[1] == [not page for page in pages], chunk.name
    assert index[5] == nulls
    bounds = []
    for page, low, high in zip(ordered, index[2], index[3]):
        if not page:
            assert low == high == b""
            continue
        bounds.append((_bound(chunk, low), _bound(chunk, high)))
        _check_page(chunk, min(page), max(page), *bounds[-1])
    assert index[4] == _order(bounds), chunk.name


def _check_page(chunk, least, greatest, low, high):
    if chunk.name not in CUT:
        assert (low, high) == (least, greatest), chunk.name
        if low == 0.0 and isinstance(low, float):
            assert struct.pack("<d", low) == struct.pack("<d", -0.0)
        if high == 0.0 and isinstance(high, float):
            assert struct.pack("<d", high) == struct.pack("<d", 0.0)
        return
    assert low <= least and greatest <= high, chunk.name
    assert len(low) <= 64 and len(high) <= 65 and least.startswith(low)
    if chunk.name == "long":
        low.decode(), high.decode()
        assert high[:30] == greatest[:30]
    else:
        assert high == b"~" * 63 + b"\x7f"


def _order(bounds):
    lows, highs = [b[0] for b in bounds], [b[1] for b in bounds]
    if not bounds:
        return UNORDERED
    if lows == sorted(lows) and highs == sorted(highs):
        return ASCENDING
    return DESCENDING if lows == sorted(lows, reverse=True) and highs == sorted(highs, reverse=True) else UNORDERED


def test_every_kind_of_order_is_there(made):
    group = {chunk.name: chunk for chunk in parquet_bytes.read(made).groups[0]}
    assert group["id"].column_index[4] == ASCENDING and group["back"].column_index[4] == DESCENDING
    assert group["kind"].column_index[4] == UNORDERED or len(group["kind"].data_pages) < 2
    assert group["none"].column_index[1] == [True] * len(group["none"].data_pages)


def test_readers_filter_alike(made):
    """By ranges within a page, over pages, in no page, and of a column without an index."""
    for name, low, high in [("id", 30_000, 30_050), ("id", 90_000, 200_000), ("back", -70_000, -60_000), ("half", 7, 9),
                            ("nans", 40_000.0, 70_000.0), ("small", 100, 110)]:
        where = f"{name} BETWEEN {low!r} AND {high!r}"
        by_duckdb = duckdb.sql(f"SELECT id FROM read_parquet('{made}') WHERE {where}").fetchall()
        by_polars = pl.scan_parquet(made).filter(pl.col(name).is_between(low, high)).select("id").collect()
        by_arrow = ds.dataset(made).to_table(["id"], (pc.field(name) >= low) & (pc.field(name) <= high))
        whole = pq.ParquetFile(made).read(["id", name])
        want = [i for i, v in zip(*(whole.column(c).to_pylist() for c in ("id", name))) if v is not None and low <= v <= high]
        assert by_arrow.column("id").to_pylist() == want and want
        assert [row[0] for row in by_duckdb] == want
        assert by_polars["id"].to_list() == want


def test_verify_agrees(made):
    done = program.run("verify", made, "--json")
    assert done.code == 0, done
    checks = {check["name"]: check["checked"] for check in done.json()["checks"]}
    assert checks["page index"] > 100 and checks["layout"] > 100 and checks["schema"] == 4


def test_pyarrow_sees_the_index(made):
    footer = pq.ParquetFile(made).metadata
    for g in range(footer.num_row_groups):
        for c in range(footer.num_columns):
            assert footer.row_group(g).column(c).has_offset_index
            assert footer.row_group(g).column(c).has_column_index or footer.schema.column(c).name in ("nans", "single", "tall")


@pytest.mark.parametrize("form", ["parquet", "dir", "hive"])
def test_any_workers_write_the_same_index(text, scratch, form):
    made = []
    for workers in ("1", "2", "5"):
        out = f"{scratch}/{workers}" + (".parquet" if form == "parquet" else "/")
        flags = ["--partition-by", "kind"] if form == "hive" else []
        done = program.run("ingest", text, "-o", out, "--columns", COLUMNS, "--no-header", "--unit-bytes", "2MiB", "--workers",
                           workers, *flags)
        assert done.code == 0, done
        made.append(outcome.tree_digest(out) if os.path.isdir(out) else outcome.digest(out))
    assert made[0] == made[1] == made[2]


def test_no_rows_no_index(scratch):
    open(scratch + "/in.csv", "w").close()
    out = scratch + "/out.parquet"
    done = program.run("ingest", scratch + "/in.csv", "-o", out, "--columns", "a:int32", "--no-header")
    assert done.code == 0, done
    assert program.run("verify", out).code == 0
    assert parquet_bytes.read(out).groups == [] and pq.ParquetFile(out).read().num_rows == 0
