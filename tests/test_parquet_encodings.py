"""Encodings of Parquet pages: which one values get, and that three readers give back what was in the text."""
import itertools
import random

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from support import outcome, parquet_bytes, program

ROWS = 70_000  # three pages
LOW, HIGH = -2**63, 2**63 - 1


def _columns():
    """name: (type, values); None is null."""
    draw = random.Random(8)
    steps = list(itertools.accumulate(draw.randrange(1, 2_000_000) for _ in range(ROWS)))
    runs = list(itertools.accumulate((1 if draw.random() < 0.99 else draw.randrange(50_000) for _ in range(ROWS)), initial=10**12))
    return {
        "times": ("timestamp[us]", [1_383_264_000_000_000 + step for step in steps]),
        "seconds": ("timestamp[s]", [1_383_264_000 + step // 1_000_000 for step in steps]),
        "ids": ("int64", runs[:ROWS]),
        "holes": ("int64", [None if draw.random() < 0.3 else i * 7 + draw.randrange(9) for i in range(ROWS)]),
        "random": ("int32", [draw.randrange(10**6) for _ in range(ROWS)]),
        "unsigned": ("uint32", [2**32 - 1 - i * 5 for i in range(ROWS)]),
        "wide": ("uint64", [2**64 - 1 - i * 3 for i in range(ROWS)]),
        "wraps": ("int64", [draw.choice([LOW, HIGH, i]) if i % 500 == 0 else i * 1000 for i in range(ROWS)]),
        "wraps32": ("int32", [draw.choice([-2**31, 2**31 - 1]) if i % 500 == 0 else i * 1000 for i in range(ROWS)]),
        "noise": ("int64", [draw.randrange(LOW, HIGH) for _ in range(ROWS)]),
        "nulls": ("int64", [None if i < 40_000 else i for i in range(ROWS)]),  # a page without values
        "texts": ("string", [f"u{draw.randrange(10 ** draw.randrange(1, 9))}" for _ in range(ROWS)]),
        "codes": ("string", [None if i % 9 == 4 else f"{i:07d}" for i in range(ROWS)]),
    }


@pytest.fixture(scope="module")
def columns():
    return _columns()


@pytest.fixture(scope="module")
def text(columns, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("encodings") / "in.csv")
    shown = [[_text(kind, value) for value in values] for kind, values in columns.values()]
    with open(path, "w") as file:
        file.writelines(",".join(row) + "\n" for row in zip(*shown))
    return path


def _text(kind, value):
    if value is None:
        return ""
    if not kind.startswith("timestamp"):
        return str(value)
    micros = value * (1_000_000 if kind == "timestamp[s]" else 1)
    return str(pl.Series([micros]).cast(pl.Datetime("us"))[0])


def _write(columns, text, out, *flags):
    declared = ",".join(f"{name}:{kind}" for name, (kind, _) in columns.items())
    done = program.run("ingest", text, "-o", out, "--columns", declared, "--no-header", "--overwrite", *flags)
    assert done.code == 0, done
    return out


def _expected(kind, values):
    if kind == "string":
        return [None if v is None else v.encode() for v in values]
    return [v * 1000 for v in values] if kind == "timestamp[s]" else values  # Parquet has no seconds


@pytest.mark.parametrize("compat", ["wide", "latest"])
@pytest.mark.parametrize("codec", ["zstd", "none", "snappy"])
def test_three_readers_give_back_the_text(columns, text, scratch, compat, codec):
    path = _write(columns, text, scratch + "/out.parquet", "--parquet-compat", compat, "--compression", codec)
    by_arrow = pq.ParquetFile(path, page_checksum_verification=True).read()
    by_duckdb = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table()
    by_polars = pl.read_parquet(path)
    for name, (kind, values) in columns.items():
        want = _expected(kind, values)
        stored = by_arrow.column(name)
        assert outcome.plain_values(stored) == want, name
        assert outcome.plain_values(by_duckdb.column(name).cast(stored.type)) == want, name
        assert outcome.plain_values(by_polars[name].to_arrow().cast(stored.type)) == want, name
    done = program.run("verify", path)
    assert done.code == 0, done


def _encodings(path):
    (group,) = parquet_bytes.read(path).groups
    return {chunk.name: "+".join(chunk.encodings) for chunk in group}


def test_encodings_follow_the_values(columns, text, scratch):
    found = _encodings(_write(columns, text, scratch + "/out.parquet"))
    delta = {"times", "seconds", "ids", "holes", "random", "unsigned", "wide", "wraps", "nulls"}
    assert {name for name, encoding in found.items() if encoding == "DELTA_BINARY_PACKED"} == delta
    assert found["noise"] == found["texts"] == "PLAIN"
    assert found["wraps32"] != "DELTA_BINARY_PACKED", "differences of more than 32 bits"


def test_only_latest_has_lengths_as_differences(columns, text, scratch):
    """Spark's vectorized reader misread them until 2025 (SPARK-52240; Spark 3.5.1 was tried)."""
    flags = ["--compression", "none", "--parquet-compat"]
    assert "DELTA_LENGTH_BYTE_ARRAY" not in _encodings(_write(columns, text, scratch + "/w.parquet", *flags, "wide")).values()
    latest = _encodings(_write(columns, text, scratch + "/l.parquet", *flags, "latest"))
    assert latest["texts"] == latest["codes"] == "DELTA_LENGTH_BYTE_ARRAY"


@pytest.mark.parametrize("compat", ["wide", "latest"])
def test_any_workers_choose_the_same(columns, text, scratch, compat):
    made = {outcome.digest(_write(columns, text, scratch + "/out.parquet", "--unit-bytes", "1MiB", "--workers", workers,
                                  "--parquet-compat", compat)) for workers in ("1", "2", "5")}
    assert len(made) == 1


def _few_values():
    """name: (type, values) of columns that become dictionaries: so many bits an index, and phrases that come again, at any bit of a byte."""
    draw = random.Random(5)
    rows = 40_003
    columns = {f"bits{bits}": ("int64", [draw.randrange(2 ** bits - 1) * 10**12 for _ in range(rows)]) for bits in range(2, 13)}
    columns["bits1"] = ("int64", [draw.randrange(2) * 10**12 for _ in range(rows)])
    phrases = [[draw.randrange(6) * 10**12 for _ in range(37)] for _ in range(12)]
    columns["phrases"] = ("int64", [value for _ in range(rows // 37 + 1) for value in draw.choice(phrases)][:rows])
    return columns


@pytest.mark.parametrize("codec", ["zstd", "snappy", "none"])
def test_indices_are_packed_where_whole_bytes_gain_nothing(scratch, codec):
    columns = _few_values()
    with open(scratch + "/in.csv", "w") as file:
        file.writelines(",".join(map(str, row)) + "\n" for row in zip(*(values for _, values in columns.values())))
    path = _write(columns, scratch + "/in.csv", scratch + "/out.parquet", "--compression", codec)
    assert set(_encodings(path).values()) == {"RLE_DICTIONARY"}
    readers = pq.read_table(path), duckdb.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table(), pl.read_parquet(path)
    group = pq.ParquetFile(path).metadata.row_group(0)
    for number, (name, (_, values)) in enumerate(columns.items()):
        assert all(reader[name].to_pylist() == values for reader in readers[:2]) and readers[2][name].to_list() == values, name
        bits = (group.column(number).total_uncompressed_size - 8 * len(set(values))) * 8 / len(values)
        is_whole = name == "phrases" and codec != "none"
        assert round(bits, 1) == pytest.approx(8 if is_whole else 3 if name == "phrases" else int(name[4:]), abs=0.2), name


def test_small_row_groups_weigh_differences_and_widths(scratch):
    """Fewer than 4,096 values: sizes before compression decide."""
    draw, rows = random.Random(3), 3000
    keys = list(itertools.accumulate(draw.choice([0, 0, 0, 3]) for _ in range(rows)))
    columns = {
        "keys": ("int32", keys, "DELTA_BINARY_PACKED"),
        "counter": ("int64", [step * 1000 + draw.randrange(1000) for step in range(rows)], "DELTA_BINARY_PACKED"),
        "few": ("uint8", [draw.randrange(3) for _ in range(rows)], "RLE_DICTIONARY"),
        "many": ("int32", [draw.randrange(10**8) for _ in range(rows)], "PLAIN"),
    }
    with open(scratch + "/in.csv", "w") as file:
        file.writelines(",".join(map(str, row)) + "\n" for row in zip(*(values for _, values, _ in columns.values())))
    declared = {name: (kind, values) for name, (kind, values, _) in columns.items()}
    path = _write(declared, scratch + "/in.csv", scratch + "/out.parquet")
    assert _encodings(path) == {name: encoding for name, (_, _, encoding) in columns.items()}
    assert all(pq.read_table(path)[name].to_pylist() == values for name, (_, values) in declared.items())


def test_values_near_the_last_ones_are_differences(scratch):
    """Thousands of values whose dictionary is small and whose indices look random, and yet each is near the last one."""
    draw, rows = random.Random(7), 300_000
    columns = {
        "walk": ("int32", list(itertools.accumulate((draw.randint(-5, 5) for _ in range(rows)), initial=10_000))[1:]),
        "saw": ("int32", [(i * 7 + draw.randrange(5)) % 3000 for i in range(rows)]),
    }
    with open(scratch + "/in.csv", "w") as file:
        file.writelines(",".join(map(str, row)) + "\n" for row in zip(*(values for _, values in columns.values())))
    path = _write(columns, scratch + "/in.csv", scratch + "/out.parquet")
    assert set(_encodings(path).values()) == {"DELTA_BINARY_PACKED"}


DISTINCT = {  # type: texts of distinct values
    "int8": ["-128", "0", "127"], "uint64": ["0", "18446744073709551615"], "float32": ["0.1", "0.25", "-inf", "inf"],
    "float64": ["5e-324", "0.5", "1", "-0.0"], "decimal(9,2)": ["-1.25", "0.00", "9999999.99"],
    "decimal(18,4)": ["1.5", "-99999999999999.9999"], "string": ["", "a", "aa", "långt " * 1000], "binary": ["x", "y"],
    "date": ["1969-12-31", "2013-11-01"], "timestamp[us]": ["1969-12-31T23:59:59.999999", "2013-11-01T00:00:00"],
    "time[ms]": ["00:00:00", "23:59:59.999"], "dictionary(string)": ["red", "green", "blue"],
}
UNCLEAR = {"float64": ["0.0", "-0.0", "1"], "float32": ["nan", "1", "2"]}  # one reader counts two of them as one


def test_distinct_values_of_dictionaries_are_counted(scratch):
    """In every row group, nulls apart: as many as occur in it. Not told without a dictionary, nor where readers differ."""
    draw, rows = random.Random(11), 9000
    columns = [(kind, texts, True) for kind, texts in DISTINCT.items()] + [(kind, texts, False) for kind, texts in UNCLEAR.items()]
    columns.append(("int64", list(map(str, draw.sample(range(10**12), rows))), False))
    drawn = [[""] * rows for _ in columns]
    for column, (_, texts, _) in zip(drawn, columns):
        column[:] = texts if len(texts) == rows else draw.choices([f'"{text}"' for text in texts] + [""], k=rows)
    with open(scratch + "/in.csv", "w") as file:
        file.writelines(",".join(row) + "\n" for row in zip(*drawn))
    declared = {f"c{i}": (kind, ()) for i, (kind, _, _) in enumerate(columns)}
    path = _write(declared, scratch + "/in.csv", scratch + "/out.parquet", "--unit-bytes", "5MiB")
    file = pq.ParquetFile(path)
    assert file.num_row_groups > 1
    for group in range(file.num_row_groups):
        values = file.read_row_group(group)
        for number, (kind, _, is_told) in enumerate(columns):
            there = len(set(values.column(number).to_pylist()) - {None})
            told = file.metadata.row_group(group).column(number).statistics.distinct_count
            assert told == (there if is_told else None), (group, kind)
    for number in range(len(DISTINCT)):
        by_duckdb = duckdb.sql(f"SELECT count(DISTINCT c{number}) FROM read_parquet('{path}')").fetchall()[0][0]
        assert by_duckdb == len(columns[number][1])
    assert program.run("verify", path).code == 0
