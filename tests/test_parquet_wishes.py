"""What a [[column]] of a schema file asks of Parquet: encodings, bloom filters; and what is refused."""
import os
import random
import struct

import duckdb
import pyarrow.parquet as pq
import pytest

from support import outcome, parquet_bytes, program
from support.bloom import Filter, xxh64
from support.message import assert_clear

STORED = {"plain": {"PLAIN"}, "dictionary": {"RLE_DICTIONARY"}, "delta": {"DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY"},
          "byte_stream_split": {"BYTE_STREAM_SPLIT"}}
NOT_DICTIONARY = ("bool", "uuid", "decimal(38,10)")
NOT_DELTA = NOT_DICTIONARY + ("decimal(9,2)", "float32", "float64", "dictionary(string)")  # pyarrow cannot read the last
TYPES = ["bool", "int8", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "decimal(9,2)", "decimal(38,10)",
         "string", "binary", "date", "timestamp[us]", "time[ms]", "duration[s]", "dictionary(string)", "uuid"]


def texts(kind, rows, draw):
    """Values of a type as text; some repeat, a tenth is empty."""
    make = {"bool": lambda: draw.choice(["true", "false"]), "date": lambda: f"{draw.randrange(1900, 2100)}-0{draw.randrange(1, 9)}-11",
            "timestamp[us]": lambda: f"2020-01-{draw.randrange(10, 30)} 01:02:03.{draw.randrange(10**6):06d}",
            "time[ms]": lambda: f"01:0{draw.randrange(10)}:03.{draw.randrange(1000):03d}",
            "uuid": lambda: f"{draw.getrandbits(128):032x}", "int8": lambda: draw.randrange(-128, 128),
            "uint16": lambda: draw.randrange(2**16), "int32": lambda: draw.randrange(-9, 999),
            "float32": lambda: draw.choice(["0.5", "-0.0", "1e-40", draw.randrange(10**6) / 8]),
            "float64": lambda: draw.choice(["0.0", "-0.0", "nan", "5e-324", draw.random()])}
    default = (lambda: f"w{draw.randrange(10**4)}") if kind in ("string", "binary", "dictionary(string)") else (
        lambda: draw.randrange(10**6))
    return ["" if draw.random() < 0.1 else str(make.get(kind, default)()) for _ in range(rows)]


def job(scratch, columns, rows=6000, seed=3):
    """A file and a schema for `columns`: {name: (type, more lines)}. Returns the flags of the job."""
    draw = random.Random(seed)
    values = [texts(kind, rows, draw) for kind, _ in columns.values()]
    with open(scratch + "/in.csv", "w", encoding="utf-8") as file:
        file.writelines(",".join(row) + "\n" for row in zip(*values))
    with open(scratch + "/schema.toml", "w", encoding="utf-8") as file:
        file.write("format = 1\n")
        for name, (kind, more) in columns.items():
            file.write(f'[[column]]\nname = "{name}"\ntype = "{kind}"\n{more}\n')
    return ["ingest", scratch + "/in.csv", "--schema", scratch + "/schema.toml", "--unit-bytes", "64KiB"]


def allowed(kind, encoding, compat):
    if encoding == "dictionary":
        return kind not in NOT_DICTIONARY
    if encoding == "delta":
        return kind not in NOT_DELTA and (compat == "latest" or kind not in ("string", "binary", "dictionary(string)"))
    return encoding == "plain" or (kind.startswith("float") and compat == "latest")


@pytest.mark.parametrize("compat", ["wide", "latest"])
@pytest.mark.parametrize("encoding", STORED)
def test_encodings_that_are_asked_for(scratch, encoding, compat):
    kinds = [kind for kind in TYPES if allowed(kind, encoding, compat)]
    if not kinds:
        pytest.skip("none")
    want = f'encoding = "{encoding}"'
    words = job(scratch, {f"c{i}": (kind, want) for i, kind in enumerate(kinds)})
    out, auto = scratch + "/x.parquet", scratch + "/auto.parquet"
    done = program.run(*words, "-o", out, "--parquet-compat", compat, "--verify")
    assert done.code == 0, done
    for group in parquet_bytes.read(out).groups:
        for chunk, kind in zip(group, kinds):
            assert chunk.encodings <= STORED[encoding] and chunk.encodings, kind
    columns = ",".join(f"c{i}:{kind}" for i, kind in enumerate(kinds))
    assert program.run("ingest", scratch + "/in.csv", "--columns", columns, "-o", auto).code == 0
    assert outcome.plain_table(outcome.read_table(out)) == outcome.plain_table(outcome.read_table(auto))
    names = [f"c{i}" for i, kind in enumerate(kinds) if not kind.startswith(("time[", "duration"))]
    selected = ", ".join(names)
    difference = f"SELECT {selected} FROM '{out}' EXCEPT ALL SELECT {selected} FROM '{auto}'"
    assert duckdb.sql(difference).fetchall() == [], "DuckDB reads the same"


@pytest.mark.parametrize("encoding", STORED)
def test_encodings_that_a_type_does_not_take(scratch, encoding):
    for kind in TYPES:
        words = job(scratch, {"good": ("int32", ""), "this": (kind, f'encoding = "{encoding}"')}, rows=5)
        done = program.run(*words, "-o", scratch + "/x.parquet")
        if allowed(kind, encoding, "wide"):
            assert done.code == 0, done
            os.remove(scratch + "/x.parquet")
            continue
        assert_clear(done, "this", encoding, "fix:")
        if allowed(kind, encoding, "latest"):
            assert "--parquet-compat latest" in done.stderr, done
        else:
            assert "schema.toml, line 6" in done.stderr, done
        assert not os.path.exists(scratch + "/x.parquet")


def test_wishes_are_for_parquet(scratch):
    """A column that is not written, and an output that is not Parquet, pass them over."""
    words = job(scratch, {"a": ("string", 'encoding = "delta"'), "b": ("int32", "bloom_filter = true")}, rows=50)
    assert program.run(*words, "-o", scratch + "/x.arrow").code == 0
    assert program.run(*words, "-o", scratch + "/x.parquet", "--select", "b").code == 0
    assert_clear(program.run(*words, "-o", scratch + "/y.parquet"), "column 'a'", "delta")
    done = program.run("scan", *words[1:])
    assert done.code == 0, done


@pytest.mark.parametrize("line, fault", [
    ('encoding = "rle"', "unknown value"), ("encoding = 1", "not a string"), ('bloom_filter = "yes"', "neither true nor false"),
    ("false_positive_rate = 0.1", "bloom_filter = true"), ("bloom_filter = true\nfalse_positive_rate = 1", "share"),
    ("bloom_filter = true\nfalse_positive_rate = 1.0", "below 1"),
    ("bloom_filter = true\nfalse_positive_rate = 0.0", "at least 1e-9"),
    ("bloom_filter = true\nfalse_positive_rate = 1e-300", "at least 1e-9"),
    ("bloom_filter = true\nfalse_positive_rate = 0.99e-9", "at least 1e-9"),
    ("bloom_filter = true\nfalse_positive_rate = nan", "below 1"), ("bloomfilter = true", "bloom_filter")])
def test_wishes_that_make_no_sense(scratch, line, fault):
    words = job(scratch, {"a": ("int32", line)}, rows=3)
    assert_clear(program.run(*words, "-o", scratch + "/x.parquet"), fault, "schema.toml, line")


def test_the_least_rate_of_a_bloom_filter(scratch):
    words = job(scratch, {"a": ("int32", "bloom_filter = true\nfalse_positive_rate = 1e-9")}, rows=1000)
    done = program.run(*words, "-o", scratch + "/x.parquet")
    assert done.code == 0, done
    assert os.path.getsize(scratch + "/x.parquet") < 100_000


def test_more_values_than_a_dictionary_takes(scratch):
    words = job(scratch, {"a": ("uuid", ""), "n": ("string", 'encoding = "dictionary"')}, rows=3)
    with open(scratch + "/in.csv", "w", encoding="utf-8") as file:
        file.writelines(f",w{i}\n" for i in range(70_000))
    done = program.run(*words[:-2], "-o", scratch + "/x.parquet")
    assert done.code == 0, done
    assert parquet_bytes.read(scratch + "/x.parquet").groups[0][1].encodings == {"PLAIN"}


def test_differences_that_32_bits_do_not_hold(scratch):
    words = job(scratch, {"n": ("int32", 'encoding = "delta"')}, rows=3)
    with open(scratch + "/in.csv", "w", encoding="utf-8") as file:
        file.write("-2147483648\n2147483647\n" * 9)
    assert program.run(*words, "-o", scratch + "/x.parquet").code == 0
    assert parquet_bytes.read(scratch + "/x.parquet").groups[0][0].encodings == {"PLAIN"}


# --- Bloom filters

def as_plain(chunk, value):
    if chunk.kind in (parquet_bytes.INT32, parquet_bytes.INT64):
        return struct.pack("<i" if chunk.kind == parquet_bytes.INT32 else "<q", value)
    if chunk.kind in (parquet_bytes.FLOAT, parquet_bytes.DOUBLE):
        return struct.pack("<f" if chunk.kind == parquet_bytes.FLOAT else "<d", value)
    return value


def stored_values(table, chunk, first, rows):
    """A row group's values as PLAIN has them. Decimals and unsigned integers as their bits."""
    column = table[chunk.name].slice(first, rows).combine_chunks()
    kind = str(column.type)
    if kind.startswith("decimal"):
        unscaled = [None if v is None else int(v.scaleb(column.type.scale)) for v in column.to_pylist()]
        width = chunk.meta["width"]
        return [v.to_bytes(width, "big", signed=True) for v in unscaled if v is not None]
    if kind.startswith("uint"):
        bits = 32 if chunk.kind == parquet_bytes.INT32 else 64
        return [v.to_bytes(bits // 8, "little") for v in column.to_pylist() if v is not None]
    if chunk.kind in (parquet_bytes.FLOAT, parquet_bytes.DOUBLE):
        return [as_plain(chunk, v) for v in column.to_pylist() if v is not None]
    return [as_plain(chunk, v) if not isinstance(v, bytes) else v for v in outcome.plain_values(column) if v is not None]


def test_xxh64():
    """Known answers of the algorithm's authors."""
    assert [xxh64(text) for text in (b"", b"a", b"abc", b"Nobody inspects the spammish repetition")] == [
        0xEF46DB3751D8E999, 0xD24EC4F1A98C6E5B, 0x44BC2CF5AD770999, 0xFBCEA83C8A378BF1]


@pytest.mark.parametrize("compat", ["wide", "latest"])
def test_filters_hold_all_values_and_few_others(scratch, compat):
    kinds = [kind for kind in TYPES if kind not in ("bool", "duration[s]", "time[ms]", "uuid")]
    words = job(scratch, {f"c{i}": (kind, "bloom_filter = true\nfalse_positive_rate = 0.05") for i, kind in enumerate(kinds)},
                rows=4000)
    out = scratch + "/x.parquet"
    done = program.run(*words, "-o", out, "--parquet-compat", compat, "--verify")
    assert done.code == 0, done
    file, table = parquet_bytes.read(out), pq.ParquetFile(out).read()
    schema, first = pq.ParquetFile(out).schema, 0
    assert len(file.groups) > 2
    for g, group in enumerate(file.groups):
        rows = pq.read_metadata(out).row_group(g).num_rows
        for chunk, kind in zip(group, kinds):
            filter_of = Filter(file.data, chunk.filter_place)
            chunk.meta["width"] = schema.column(schema.names.index(chunk.name)).length
            values = set(stored_values(table, chunk, first, rows))
            assert values and all(map(filter_of.may_hold, values)), kind
            draw = random.Random(5)
            others = {draw.randbytes(len(next(iter(values))) or 3) for _ in range(600)} - values
            if len(others) > 300 and kind != "int8":
                wrong = sum(map(filter_of.may_hold, others))
                assert wrong < 0.1 * len(others), f"{kind}: {wrong} of {len(others)}"
        first += rows
    for chunk in file.groups[0]:
        if chunk.kind == parquet_bytes.DOUBLE:
            assert all(Filter(file.data, chunk.filter_place).may_hold(struct.pack("<d", zero)) for zero in (0.0, -0.0))


def test_duckdb_passes_over_row_groups_by_filter(scratch):
    words = job(scratch, {"id": ("int64", "bloom_filter = true"), "word": ("string", "bloom_filter = true")}, rows=3)
    draw = random.Random(8)
    rows = [(draw.randrange(10**12), f"w{draw.randrange(10**9)}") for _ in range(20_000)]
    with open(scratch + "/in.csv", "w", encoding="utf-8") as file:
        file.writelines(f"{number},{word}\n" for number, word in rows)
    out = scratch + "/x.parquet"
    assert program.run(*words, "-o", out).code == 0
    groups = pq.read_metadata(out).num_row_groups
    assert groups > 5
    for column, i in (("id", 0), ("word", 1)):
        for row in (rows[0], rows[9999], rows[-1]):
            value = row[i] if i == 0 else f"'{row[i]}'"
            excluded = [told for _, told in sorted(duckdb.sql(
                f"SELECT row_group_id, bloom_filter_excludes FROM parquet_bloom_probe('{out}', '{column}', {value})").fetchall())]
            assert len(excluded) == groups and excluded.count(True) >= groups - 2, "all but one, and at most one in vain"
            assert not all(excluded)
            found = duckdb.sql(f"SELECT id, word FROM '{out}' WHERE {column} = {value}").fetchall()
            assert row in found


def test_a_filter_that_lacks_a_value_is_found(scratch):
    """Other programs' filters are checked for bits that are missing; ours for bits too many, too."""
    words = job(scratch, {"id": ("int64", "bloom_filter = true")}, rows=900)
    out = scratch + "/x.parquet"
    assert program.run(*words, "-o", out).code == 0
    with open(out, "rb") as file:
        data = file.read()
    chunk = parquet_bytes.File(data).groups[0][0]
    begin = sum(chunk.filter_place) - len(Filter(data, chunk.filter_place).bits)
    bit = next(i for i in range(begin, sum(chunk.filter_place)) if data[i] not in (0, 255))
    own = parquet_bytes.File(data).footer[6]
    for creator in (own, b"x" * len(own)):
        for change in (data[bit] & (data[bit] - 1), data[bit] | (data[bit] + 1)):  # a bit fewer, a bit more
            changed = bytearray(data.replace(own, creator))
            changed[bit] = change
            with open(out, "wb") as file:
                file.write(changed)
            done = program.run("verify", out)
            assert done.code == (1 if creator == own or change < data[bit] else 0), done
