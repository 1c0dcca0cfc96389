"""Columns that nobody declared: the type that each kind of text gets, late surprises, and that no value changes."""
import contextlib
import csv
import decimal
import gzip
import io
import json
import os
import subprocess
import threading
import zipfile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from support import outcome, program
from support.machine import small_filesystem
from support.message import assert_clear

def write(scratch, text, name="a.csv"):
    path = os.path.join(scratch, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def ingest(scratch, path, *flags, code=0, **options):
    out = os.path.join(scratch, "x.parquet")
    report = os.path.join(scratch, "r.json")
    done = program.run("ingest", path, *flags, "-o", out, "--overwrite", "--report", report, **options)
    assert done.code == code, done
    with open(report) as file:
        return pq.ParquetFile(out).read(), json.load(file)


# values of one column -> type, and what the values become (None: their own text)
RULES = {
    "integers": (["1", "-12", "0"], "int64", [1, -12, 0]),
    "leading zeros": (["007", "12"], "string", None),
    "plus": (["+1", "2"], "string", None),
    "exponent": (["1e5", "2"], "double", [1e5, 2.0]),
    "hex": (["0x1F", "2"], "string", None),
    "underscore": (["1_000", "2"], "string", None),
    "thousands": (["1'000", "2"], "string", None),
    "nan": (["NaN", "1.5"], "double", None),
    "minus zero": (["-0", "1"], "double", [-0.0, 1.0]),
    "fractions": (["12.70", "3"], "double", [12.7, 3.0]),
    "beyond 2^53": (["9007199254740993", "1"], "int64", [9007199254740993, 1]),
    "beyond 2^53 with fractions": (["9007199254740993", "0.5"], "decimal128(17, 1)", None),
    "beyond 2^63": (["9223372036854775808", "1"], "uint64", [9223372036854775808, 1]),
    "beyond 2^64": (["18446744073709551616", "-1"], "decimal128(20, 0)", None),
    "many digits": (["0.123456789012345678", "1"], "decimal128(19, 18)", None),
    "no digit before the point": (["-.5", "0.123456789012345678"], "decimal128(18, 18)", None),
    "17 digits": (["0.30000000000000004", "8.0000000000000018", "1"], "double", [0.30000000000000004, 8.000000000000002, 1.0]),
    "17 digits of no double": (["9007199254740993.0", "9007199254740992.0"], "decimal128(17, 1)", None),
    "17 digits of no double below": (["0.5", "0.10000000000000004"], "decimal128(17, 17)", None),
    "17 digits of no double and an exponent": (["1.2345678901234567e-7", "1"], "string", None),
    "zeros behind": (["0.10000000000000000", "2.500000000000000"], "double", [0.1, 2.5]),
    "the least double": (["5e-324", "1"], "double", [5e-324, 1.0]),
    "below the least double": (["4.9e-324", "1"], "string", None),
    "dates": (["2024-02-29", "1999-12-31"], "date32[day]", None),
    "no date": (["2024-02-30", "1999-12-31"], "string", None),
    "dates in mixed formats": (["2024-02-29", "31/12/1999"], "string", None),
    "dates and timestamps": (["2024-02-29", "2024-02-29 12:00"], "string", None),
    "timestamps": (["2024-02-29 12:00", "2024-02-29T12:00:01.5"], "timestamp[us]", None),
    "nanoseconds": (["2024-02-29 12:00:00.123456789", "2024-02-29 12:00"], "timestamp[ns]", None),
    "nanoseconds and 1500": (["1500-01-01 00:00:00", "2024-02-29 12:00:00.123456789"], "string", None),
    "nanoseconds and 2300": (["2024-02-29 12:00:00.123456789Z", "2300-01-01 00:00:00Z"], "string", None),
    "1500": (["1500-01-01 00:00:00", "2024-02-29 12:00:00.123456"], "timestamp[us]", None),
    "instants": (["2024-02-29T12:00:00Z", "2024-02-29T12:00:00+02:00"], "timestamp[us, tz=UTC]", None),
    "times": (["12:00", "23:59:59"], "time64[us]", None),
    "bools": (["true", "False"], "bool", [True, False]),
    "bools in other words": (["yes", "no"], "string", None),
    "zero and one": (["0", "1"], "int64", [0, 1]),
    "spellings of null": (["NA", "1", "NULL"], "int64", [None, 1, None]),
    "spellings of null in text": (["NA", "word"], "string", None),
    "spaces": ([" 1", "2"], "string", None),
    "words": (["a", "b"], "string", None),
}


@pytest.mark.parametrize("mode", ["sample", "full"])
@pytest.mark.parametrize("rule", RULES)
def test_rule(scratch, rule, mode):
    texts, kind, values = RULES[rule]
    lines = "".join(f"{i},{text},word {i}\n" for i, text in enumerate(texts * 20))
    table, report = ingest(scratch, write(scratch, "id,value,text\n" + lines), "--infer", mode)
    assert str(table.schema.field("value").type) == kind, report["inferred"]
    got = table["value"].to_pylist()[:len(texts)]
    if values is not None:
        assert [repr(v) for v in got] == [repr(v) for v in values]
    elif kind == "string":
        assert got == texts
    elif kind.startswith("decimal"):
        assert [value == type(value)(text) for value, text in zip(got, texts)] == [True] * len(texts)
    assert report["inferred"][1]["column"] == "value" and report["inferred"][1]["reason"]


@pytest.mark.parametrize("first,late,kind", [
    ("0.5", "9007199254740993.0", "decimal128(17, 1)"), ("2.5e-7", "1.2345678901234567e-7", "string"),
    ("2024-02-29 12:00:00.123456789", "1500-01-01 00:00:00", "string"),
    ("1500-01-01 00:00:00", "2024-02-29 12:00:00.123456789", "string")])
@pytest.mark.parametrize("mode", ["sample", "full"])
@pytest.mark.parametrize("level", program.simd_levels())
def test_a_late_value_that_is_not_given_back(scratch, first, late, kind, mode, level):
    """Only the pass over all values, or the look at each one that is decoded, meets it."""
    path = write(scratch, "a,b\n" + f"{first},1\n" * 60_000 + f"{late},2\n" + f"{first},3\n" * 150_000)
    table, report = ingest(scratch, path, "--infer", mode, env={"HEADRACE_SIMD": level})
    assert str(table.schema.field("a").type) == kind
    values = {str(value) for value in pc.unique(table["a"]).to_pylist()}
    assert values == {first, late} and report["inferred"][0]["reason"]


# values of one column in a file of ';' -> type, the marks that are found, and what the values become (None: their own text)
MARKED = {
    "decimal comma": (["1,5", "12", "-0,25"], "double", ",", "", [1.5, 12.0, -0.25]),
    "comma and exponent": (["2,5e-05", "1,5"], "double", ",", "", [2.5e-05, 1.5]),
    "comma, three digits and others": (["1,234", "1,5"], "double", ",", "", [1.234, 1.5]),
    "comma, three digits behind zero": (["0,123", "7"], "double", ",", "", [0.123, 7.0]),
    "comma, three digits behind four": (["1234,567", "7"], "double", ",", "", [1234.567, 7.0]),
    "comma and points": (["1.234,56", "7,5", "1.234.567,8", "12"], "double", ",", ".", [1234.56, 7.5, 1234567.8, 12.0]),
    "points alone": (["1.234.567", "12"], "int64", ",", ".", [1234567, 12]),
    "comma and spaces": (["1 234,56", "7,5"], "double", ",", " ", [1234.56, 7.5]),
    "comma and no-break spaces": (["1\u00a0234,56", "7,5"], "double", ",", "\u00a0", [1234.56, 7.5]),
    "comma and narrow no-break spaces": (["1\u202f234,56", "7,5"], "double", ",", "\u202f", [1234.56, 7.5]),
    "comma and apostrophes": (["1'234,56", "7,5"], "double", ",", "'", [1234.56, 7.5]),
    "point and commas": (["1,234.56", "7.5", "-1,234,567.8"], "double", ".", ",", [1234.56, 7.5, -1234567.8]),
    "point and apostrophes": (["1'234'567", "7"], "int64", ".", "'", [1234567, 7]),
    "comma and many digits": (["0,123456789012345678", "1"], "decimal128(19, 18)", ",", "",
                              [decimal.Decimal("0.123456789012345678"), decimal.Decimal("1.000000000000000000")]),
    "comma and spellings of null": (["1,5", "NA", "-"], "double", ",", "", [1.5, None, None]),
    # what no rule makes a number of
    "comma and point, mixed": (["1,5", "1.5"], "string", ".", "", None),
    "comma, three digits": (["1,234", "12,345"], "string", ".", "", None),
    "with and without marks": (["1.234,56", "1234,56"], "string", ",", ".", None),
    "one apostrophe": (["1'234", "7"], "string", ".", "", None),
    "groups of two": (["12.34.567", "7"], "string", ".", "", None),
    "a group that begins with zero": (["0.123.456", "7"], "string", ".", "", None),
    "two marks between thousands": (["1.234.567", "1 234 567"], "string", ".", "", None),
    "addresses": (["192.168.100.200", "10.100.100.100"], "string", ".", "", None),
    "dates with points": (["31.12.1999", "01.02.2003"], "string", ".", "", None),
    "leading zeros and a comma": (["007,5", "1,5"], "string", ".", "", None),
}


@pytest.mark.parametrize("mode", ["sample", "full"])
@pytest.mark.parametrize("rule", MARKED)
def test_marks_of_numbers(scratch, rule, mode):
    texts, kind, point, thousands, values = MARKED[rule]
    lines = "".join(f"{i};{text};word {i}\n" for i, text in enumerate(texts * 20))
    path = write(scratch, "id;value;text\n" + lines)
    dialect = program.run("sniff", path, "--json", "--infer", mode).json()["dialect"]
    assert (dialect["decimal"], dialect["thousands"]) == (point, thousands)
    table, report = ingest(scratch, path, "--infer", mode)
    assert str(table.schema.field("value").type) == kind, report["inferred"]
    got = table["value"].to_pylist()[:len(texts)]
    assert [repr(v) for v in got] == [repr(v) for v in (texts if values is None else values)]
    assert str(table.schema.field("id").type) == "int64"


def test_one_mark_that_may_be_two_things_is_text_and_told(scratch):
    """Another column shows what points are; in this one they could stand before fractions all the same."""
    path = write(scratch, "a;b\n" + "1.234;1.234,56\n987;5,5\n" * 20)
    table, report = ingest(scratch, path)
    assert [str(t) for t in table.schema.types] == ["string", "double"]
    assert "--thousands" in report["inferred"][0]["reason"]
    assert "column 1 stays text" in program.run("sniff", path).stdout.decode()
    declared, _ = ingest(scratch, path, "--thousands", ".")
    assert declared["a"].to_pylist()[:2] == [1234, 987] and declared["b"].to_pylist()[:2] == [1234.56, 5.5]


def test_the_mark_that_more_columns_show_wins(scratch):
    path = write(scratch, "a;b;c\n" + "1,5;2,5;3.5\n" * 20)
    table, _ = ingest(scratch, path)
    assert [str(t) for t in table.schema.types] == ["double", "double", "string"]
    assert "kept as text" in program.run("sniff", path).stdout.decode()


@pytest.mark.parametrize("early,late,kind", [
    ("1,5", "1.5", "string"), ("1,5", "1.234,5", "string"), ("1,5", "7", "double"), ("1.234,5", "1234,5", "string"),
    ("1.234,5", "12,25", "double"), ("123", "1.234", "string"), ("123", "1234567", "int64"), ("1.234", "1.234.567", "int64"),
    ("123", "1,5", "double"), ("1,5", "0,123456789012345678", "decimal128(19, 18)"), ("1,5", "+1,5", "string"),
    ("1,5", "1,", "string"), ("1,5", "00,5", "string"), ("-1,5", "-0", "double")])
def test_late_marks(scratch, early, late, kind):
    """The types of a sample and of all values are the same, and each text is given back with the marks that were found."""
    marks = "1,5;1.234,5\n" if early == "1.234,5" or kind == "int64" or late == "1.234" else "1,5;0,5\n"
    path = write(scratch, "value;mark;other\n" + "".join(f"{text};{marks}" for text in [early] * 50_000 + [late] + [early] * 50_000))
    table = both_ways(scratch, path)
    assert str(table.schema.field("value").type) == kind
    texts = [early] * 50_000 + [late] + [early] * 50_000
    def read(text):
        return decimal.Decimal(text.replace(".", "").replace(",", "."))
    values = table["value"].to_pylist()
    if kind == "string":
        assert values == texts
    else:
        assert [decimal.Decimal(repr(v)) if isinstance(v, float) else v for v in values] == [read(text) for text in texts]


def test_the_file_of_a_broken_promise_is_named(scratch):
    """Where an earlier file of the same unit has more rejects than are kept."""
    first = write(scratch, "id,name\n" + "".join(f"{i},n\n" for i in range(20)) + "1\n" * 8, "a.csv")
    second = write(scratch, "id,name\n" + "".join(f"{i},n\n" for i in range(75_000)) + "abc,x\n" + "1,n\n" * 200_000, "b.csv")
    out = scratch + "/out.parquet"
    done = program.run("ingest", first, second, "-o", out, "--infer", "sample", "--on-error", "skip", "-v")
    assert done.code == 1 and "b.csv:75002" in done.stderr and "a.csv:75002" not in done.stderr, done


def test_a_sniffed_schema_keeps_the_marks(scratch):
    path = write(scratch, "a;b;c\n" + "1234;1.234,56;x\n987;5,5;y\n" * 20)
    schema = write(scratch, program.run("sniff", path).stdout, "s.toml")
    table, _ = ingest(scratch, path, "--schema", schema)
    assert table.to_pydict() == {"a": [1234, 987] * 20, "b": [1234.56, 5.5] * 20, "c": ["x", "y"] * 20}
    other = write(scratch, "a;b;c\n1.234;5;x\n", "b.csv")
    assert_clear(program.run("ingest", other, "-o", scratch + "/y.parquet", "--schema", schema), "b.csv")


def surprise_file(scratch, rows, late):
    lines = "".join(f"{i},{i % 7}\n" for i in range(rows)) + "".join(f"{rows + i},{text}\n" for i, text in enumerate(late))
    return write(scratch, "id,value\n" + lines)


@pytest.mark.parametrize("late,kind", [
    (["12.7", "007", "1_000", "9223372036854775808"], "string"),
    (["12.7"], "double"),
    (["9223372036854775807"], "int64"),
    (["9223372036854775808"], "uint64"),
    (["007"], "string"),
    (["NA"], "int64"),
])
def test_late_surprise(scratch, late, kind):
    """No value changes, and the report names the record that forced the type."""
    rows = 1_000_000
    path = surprise_file(scratch, rows, late + ["1"] * 300_000)
    table, report = ingest(scratch, path)
    assert str(table.schema.field("value").type) == kind
    assert table.num_rows == rows + len(late) + 300_000
    column = report["inferred"][1]
    if kind != "int64":
        assert column["forced_by"] == {"file": path, "record": rows + 1, "line": rows + 2}
    texts = [str(i % 7) for i in range(rows)] + late + ["1"] * 300_000
    values = table["value"].cast(pa.string()).to_pylist() if kind != "double" else [
        repr(v) if v != int(v) else str(int(v)) for v in table["value"].to_pylist()]
    assert [t for t, v in zip(texts, values) if t != v and t != "NA"] == []
    full, report = ingest(scratch, path, "--infer", "full")
    assert full.schema.equals(table.schema) and full.equals(table)
    if kind != "int64":
        assert report["inferred"][1]["forced_by"] == column["forced_by"]


@pytest.mark.parametrize("workers", ["1", "8"])
def test_full_inference_names_file_record_and_line(scratch, workers):
    """Rejected records, blank lines and files before it count as they do in reports; names of columns are no trap."""
    os.makedirs(scratch + "/in")
    for i in range(9):
        write(scratch, "record,line\n" + "1,2\n" * 50 + "1\n" * i, f"in/{i}.csv")
    write(scratch, "record,line\n1,2\n\n1\n1,2\n1,2.5\n1,x\n", "in/x.csv")
    _, report = ingest(scratch, scratch + "/in", "--infer", "full", "--on-error", "skip", "--unit-bytes", "64",
                       "--workers", workers, code=1)
    assert [c["forced_by"] for c in report["inferred"]] == [
        None, {"file": scratch + "/in/x.csv", "record": 4, "line": 6}]


@pytest.mark.parametrize("policy", [[], ["--on-error", "skip"], ["--on-error", "null"]])
def test_a_broken_promise_is_never_a_reject(scratch, policy):
    """Beside records that are faulty, and for any policy of those."""
    lines = ["1,2\n"] * 200_000 + ["1\n"] * (10 if policy else 0) + ["1,x\n"] + ["1,2\n"] * 200_000
    path = write(scratch, "a,b\n" + "".join(lines))
    table, report = ingest(scratch, path, *policy, code=1 if policy else 0)
    assert str(table.schema.field("b").type) == "string" and table.num_rows == 400_001
    assert report["rows_rejected"] == (10 if policy else 0) and report["values_nulled"] == 0


def test_sniff_gives_a_schema_file(scratch):
    path = write(scratch, "when;price;what\n2024-01-31;12.5;\"a;b\"\n2024-02-01;NA;c\n2024-02-02;1;d\n")
    done = program.run("sniff", path)
    assert done.code == 0, done
    schema = write(scratch, done.stdout, "s.toml")
    table, _ = ingest(scratch, path, "--schema", schema)
    assert [str(t) for t in table.schema.types] == ["date32[day]", "double", "string"]
    assert table["price"].to_pylist() == [12.5, None, 1.0] and table["what"].to_pylist() == ["a;b", "c", "d"]
    found = program.run("sniff", path, "--json").json()
    assert found["dialect"]["delimiter"] == ";" and found["dialect"]["header"] and found["confidence"] > 0.8


def test_no_guess_where_nothing_is_sure(scratch):
    path = write(scratch, "a,b;c\nd;e,f\n")
    assert_clear(program.run("sniff", path), "a.csv", "--delimiter")
    assert_clear(program.run("ingest", path, "-o", scratch + "/x.parquet"), "--delimiter")
    assert outcome.tree(scratch) == ["a.csv"]


@pytest.mark.parametrize("other", ["a;b\n1;2\n3;4\n", "a,c\n1,2\n", "a,b,c\n1,2,3\n", "a\n1\n"])
def test_a_file_that_disagrees_is_named_before_anything_is_written(scratch, other):
    os.makedirs(scratch + "/in")
    write(scratch, "a,b\n1,2\n3,4\n5,6\n", "in/1.csv")
    write(scratch, other, "in/2.csv")
    done = program.run("ingest", scratch + "/in", "-o", scratch + "/x.parquet")
    assert_clear(done, "2.csv")
    assert outcome.tree(scratch) == ["in/", "in/1.csv", "in/2.csv"]


def test_doubled_and_missing_names(scratch):
    table, _ = ingest(scratch, write(scratch, "# made by hand\na,a,,b\n1,2,3,x\n4,5,6,y\n7,8,9,z\n"))
    assert table.column_names == ["a", "a_2", "column_3", "b"] and table["a_2"].to_pylist() == [2, 5, 8]


def test_select_and_rename_what_is_found(scratch):
    path = write(scratch, "a,b\n1,x\n2,y\n3,z\n")
    table, _ = ingest(scratch, path, "--select", "b,a", "--rename", "a=n")
    assert table.column_names == ["b", "n"] and table["n"].to_pylist() == [1, 2, 3]
    assert_clear(program.run("ingest", path, "-o", scratch + "/y.parquet", "--rename", "z=n"), "'z'")


LATE = "id,note\n" + "".join(f"{i},n{i}\n" for i in range(60_000)) + "007,late\n"


@contextlib.contextmanager
def fed_fifo(path, text):
    """A named pipe that gives `text` to whoever reads it."""
    os.mkfifo(path)
    with subprocess.Popen(["sh", "-c", f"cat > '{path}'"], stdin=subprocess.PIPE) as writer:
        feeding = threading.Thread(target=lambda: writer.communicate(text))
        feeding.start()
        yield path
        feeding.join()


@pytest.mark.parametrize("packed", [bytes, gzip.compress, lambda text: text.decode().encode("utf-16")],
                         ids=["text", "gzip", "utf-16"])
@pytest.mark.parametrize("way", ["pipe", "file", "begun", "named"])
def test_what_can_be_read_only_once_is_kept_and_found_alike(scratch, way, packed):
    """A promise that the last value breaks: all of the input is read three times."""
    text = packed(LATE.encode())
    path = write(scratch, text)
    expected, report = ingest(scratch, path)
    os.rename(scratch + "/x.parquet", scratch + "/file.parquet")
    assert expected["id"][-1].as_py() == "007" and report["inferred"][0]["forced_by"]["record"] == 60_001
    flags = ("-o", scratch + "/x.parquet", "--report", scratch + "/r2.json")
    if way == "pipe":
        done = program.run("ingest", "-", *flags, stdin=text)
    elif way == "named":
        with fed_fifo(scratch + "/fifo", text) as fifo:
            done = program.run("ingest", fifo, *flags)
    else:
        write(scratch, b"skipped" + text if way == "begun" else text, "stdin")
        with open(scratch + "/stdin", "rb") as file:
            file.seek(7 if way == "begun" else 0)
            done = program.run("ingest", "-", *flags, stdin=file)
    assert done.code == 0, done
    assert outcome.digest(scratch + "/x.parquet") == outcome.digest(scratch + "/file.parquet")
    with open(scratch + "/r2.json") as file:
        files = json.load(file)["files"]
    assert files[0]["path"] == (scratch + "/fifo" if way == "named" else "-") and files[0]["rows"] == 60_001


def test_standard_input_is_sniffed_scanned_and_streamed(scratch):
    text = b"a;b\n1;2,5\n3;4,5\n5;6,5\n"
    sniffed = program.run("sniff", "-", stdin=text)
    assert sniffed.code == 0 and 'delimiter = ";"' in sniffed.stdout.decode(), sniffed
    assert program.run("scan", "-", "--json", stdin=text).json()["rows"] == 3
    streamed = program.run("ingest", "-", "-o", "-", stdin=text)
    assert streamed.code == 0, streamed
    assert pa.ipc.open_stream(streamed.stdout).read_all().to_pydict() == {"a": [1, 3, 5], "b": [2.5, 4.5, 6.5]}


def test_an_archive_on_standard_input(scratch):
    with zipfile.ZipFile(scratch + "/a.zip", "w") as file:
        file.writestr("in.csv", "a,b\n1,2\n3,4\n")
    with open(scratch + "/a.zip", "rb") as file:
        done = program.run("scan", "-", "--json", stdin=file.read())
    assert done.json()["rows"] == 2, done


def test_no_room_for_what_is_kept(scratch):
    text = LATE.encode() * 8
    done = program.run("ingest", "-", "-o", scratch + "/x.parquet", stdin=text, env={"TMPDIR": scratch + "/none"})
    assert_clear(done, "TMPDIR")
    with small_filesystem("1m") as folder:
        done = program.run("ingest", "-", "-o", scratch + "/x.parquet", stdin=text, env={"TMPDIR": folder})
        assert_clear(done, "No space left", "TMPDIR")
    assert not os.path.exists(scratch + "/x.parquet")


def test_one_pipe_twice(scratch):
    assert_clear(program.run("ingest", "-", "-", "-o", scratch + "/x.parquet", stdin=b"a,b\n1,2\n"), "twice")


def test_infer_none_keeps_every_text(scratch):
    table, _ = ingest(scratch, write(scratch, "a,b\n1,007\n2,NA\n3,\n"), "--infer", "none")
    assert table.to_pydict() == {"a": ["1", "2", "3"], "b": ["007", "NA", None]}


def test_compressed_and_small_files_too(scratch):
    import gzip
    with gzip.open(scratch + "/a.csv.gz", "wb") as file:
        file.write(b"a|b\n" + b"1|2.5\n" * 100_000)
    table, _ = ingest(scratch, scratch + "/a.csv.gz")
    assert [str(t) for t in table.schema.types] == ["int64", "double"] and table.num_rows == 100_000


def test_multi_line_fields_that_look_like_records(scratch):
    """The same count under every policy and for any number of workers."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", "note", "n"])
    for i in range(3000):
        writer.writerow([i, "\n".join(f'{k},"x",{k}' for k in range(i % 30)), i])
    path = write(scratch, buffer.getvalue())
    for policy in ("fail", "skip", "null"):
        for workers in ("1", "2", "16"):
            table, _ = ingest(scratch, path, "--on-error", policy, "--workers", workers, "--unit-bytes", "20000")
            assert table.num_rows == 3000 and table["n"].to_pylist() == list(range(3000))


def both_ways(scratch, path, *flags, code=0):
    """The table of --infer sample, which that of --infer full must equal, types and all."""
    tables = [ingest(scratch, path, "--infer", mode, *flags, code=code)[0] for mode in ("sample", "full")]
    assert tables[0].schema.equals(tables[1].schema) and tables[0].equals(tables[1])
    return tables[0]


def test_rejected_records_say_nothing_of_types(scratch):
    path = write(scratch, "a,b\n" + "1,2\n" * 50 + '1,x"y\n1,z,3\n' + "1,2\n" * 300_000)
    table = both_ways(scratch, path, "--quote", '"', "--on-error", "skip", code=1)
    assert [str(t) for t in table.schema.types] == ["int64", "int64"] and table.num_rows == 300_050


def test_a_sample_that_begins_inside_quotes(scratch):
    """Long quoted fields hold lines that look like records of other types."""
    fake = "\n".join("not,a,number" for _ in range(60_000))
    lines = ["id,note,n"] + [f'{i},"{fake if i % 50 == 25 else "short"}",{i}' for i in range(100)]
    table = both_ways(scratch, write(scratch, "\n".join(lines) + "\n"))
    assert [str(t) for t in table.schema.types] == ["int64", "string", "int64"] and table.num_rows == 100


@pytest.mark.parametrize("ident", ["2024-01-28T15:00:00Z", ""], ids=["long", "short"])
@pytest.mark.parametrize("note", ["a\nnote\n", "a note\n", "\n", 'a ""note""\n'], ids=ascii)
def test_quoted_texts_that_end_in_a_line_break(scratch, note, ident):
    """The samples below the head begin at every byte of a record: as many are put behind them."""
    for i in range(45):
        rows = [f'{ident}{n % 9},"{note}",1900-12-20\n' for n in range(1000 + i % 30)]
        path = write(scratch, "id,note,day\n" + "".join(rows) + f'{ident}1,"{"x" * i}{note}",1900-12-20\n')
        table, _ = ingest(scratch, path)
        assert table.column_names == ["id", "note", "day"] and table.num_rows == len(rows) + 1
        assert table["note"].to_pylist()[-1] == "x" * i + note.replace('""', '"')


def test_quoted_spellings_of_null(scratch):
    path = write(scratch, "a,b\n" + '1,"none"\n2,5\n' * 200_000)
    assert str(both_ways(scratch, path, "--nulls", "none,").schema.field("b").type) == "int64"


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_other_terminators(scratch, end):
    table = both_ways(scratch, write(scratch, "a report" + end + "a;b" + end + ("1;x" + end) * 200_000))
    assert table.column_names == ["a", "b"] and table["a"].to_pylist() == [1] * 200_000


def test_columns_by_position_need_the_same_order(scratch):
    os.makedirs(scratch + "/in")
    write(scratch, "a,a,b\n1,2,3\n4,5,6\n7,8,9\n", "in/1.csv")
    write(scratch, "b,a,a\n3,1,2\n6,4,5\n", "in/2.csv")
    assert_clear(program.run("ingest", scratch + "/in", "-o", scratch + "/x.parquet"), "2.csv", "order")
    write(scratch, "a,a,b\n3,1,2\n6,4,5\n", "in/2.csv")
    assert ingest(scratch, scratch + "/in")[0]["b"].to_pylist() == [3, 6, 9, 2, 5]


def test_columns_by_name_may_stand_in_another_order(scratch):
    os.makedirs(scratch + "/in")
    write(scratch, "a,b\n1,2\n3,4\n5,6\n", "in/1.csv")
    write(scratch, "b,a\n20,10\n", "in/2.csv")
    assert ingest(scratch, scratch + "/in")[0].to_pydict() == {"a": [1, 3, 5, 10], "b": [2, 4, 6, 20]}
    write(scratch, "b,a\nx,10\n", "in/2.csv")
    for mode in "sample", "full":
        assert ingest(scratch, scratch + "/in", "--infer", mode)[0].to_pydict() == {
            "a": [1, 3, 5, 10], "b": ["2", "4", "6", "x"]}


def test_explain_shows_what_is_found(scratch):
    path = write(scratch, "a,b\n1,x\n2,y\n3,z\n")
    plan = program.run("explain", path, "--json").json()
    assert [(c["column"], c["type"]) for c in plan["inferred"]] == [("a", "int64"), ("b", "string")]
    assert b"int64" in program.run("explain", path).stdout


def test_wide_tables_in_rare_dialects(scratch):
    columns = 5000
    row = "||".join(str(i) for i in range(columns))
    path = write(scratch, "||".join(f"c{i}" for i in range(columns)) + "\n" + (row + "\n") * 3)
    table = ingest(scratch, path, "--delimiter", "||")[0]
    assert table.num_columns == columns and table[f"c{columns - 1}"].to_pylist() == [columns - 1] * 3


def test_nulls_that_are_declared_are_all(scratch):
    path = write(scratch, "a\n1\n\\N\n3\n")
    assert ingest(scratch, path, "--escape", "\\")[0]["a"].to_pylist() == [1, None, 3]
    assert ingest(scratch, path, "--escape", "\\", "--nulls", "")[0]["a"].to_pylist() == ["1", "N", "3"]


@pytest.mark.parametrize("mode", ["sample", "full"])
@pytest.mark.parametrize("text", [b"1\\2", b'"1\\2"', b'"1""2"', b"2024-01\\-01"])
def test_what_has_an_escape_in_it_is_text(scratch, text, mode):
    rows = b"".join(b"%d,x\n" % i for i in range(20000))
    path = write(scratch, b"a,b\n13,x\n" + text + b",y\n" + rows)
    table = ingest(scratch, path, "--escape", "\\", "--infer", mode)[0]
    assert table.schema.field("a").type == pa.string()
    values = table["a"].to_pylist()
    assert values[:2] == ["13", text.decode().strip('"').replace("\\", "").replace('""', '"')] and values[-1] == "19999"


@pytest.mark.parametrize("mode", ["sample", "full"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_small_file_names_the_record_too(scratch, mode, end):
    """Preamble, comments, blank lines, inner lines and faulty records count as they do in reports."""
    lines = ["made by hand", "a,b", "1,x", "", '2,"two', 'lines"', "9", "3,z", "4.5,z", "5,z", "n,z"] + ["6,z"] * 20
    path = write(scratch, end.join(lines) + end)
    _, report = ingest(scratch, path, "--skip-rows", "1", "--infer", mode, "--on-error", "skip", code=1)
    assert [c["type"] for c in report["inferred"]] == ["string", "string"]
    assert [c["forced_by"] for c in report["inferred"]] == [{"file": path, "record": 5, "line": 9}, None]


@pytest.mark.parametrize("rule,late,values", [
    (["--short-records", "pad"], "x,2", ["x", "2", None]), (["--long-records", "truncate"], "1,2,x,4", ["1", "2", "x"]),
    (["--long-records", "collect"], "1,2,3,4", ["1", "2", "3,4"])], ids=["pad", "truncate", "collect"])
def test_records_that_are_bent_have_their_say(scratch, rule, late, values):
    """A stream of small units has gone out in part before the last value is met."""
    path = write(scratch, "a,b,c\n" + "1,2,3\n" * 30 + late + "\n")
    table = both_ways(scratch, path, *rule)
    assert [None if v is None else str(v) for v in table.slice(30).to_pylist()[0].values()] == values
    streamed = program.run("ingest", path, "-o", "-", *rule, "--unit-bytes", "64", "-q")
    assert streamed.code == 0, streamed
    assert pa.ipc.open_stream(streamed.stdout).read_all().to_pydict() == table.to_pydict()
    sniffed = program.run("sniff", path, "--json", *rule).json()
    assert [c["type"] for c in sniffed["columns"]] == [str(t) for t in table.schema.types]


def test_empty_lines_of_one_column_have_their_say(scratch):
    path = write(scratch, "a\n" + "1\n" * 30 + "\n" + "1\n" * 30)
    done = program.run("ingest", path, "-o", "-", "--header", "--delimiter", ",", "--nulls", "NA", "--unit-bytes", "64", "-q")
    assert done.code == 0, done
    assert pa.ipc.open_stream(done.stdout).read_all()["a"].to_pylist() == ["1"] * 30 + [""] + ["1"] * 30


@pytest.mark.parametrize("first,second", [(1, 2), (2, 1)])
@pytest.mark.parametrize("above", ["\n", "# made by hand\n"])
def test_headers_by_position_end_with_the_same_line(scratch, first, second, above):
    """As many lines are skipped in all files: no row is taken for a header, and no header for a row."""
    paths = {1: write(scratch, above + "a,a\n1,2\n3,4\n5,6\n", "1.csv"), 2: write(scratch, "a,a\n7,8\n9,10\n11,12\n", "2.csv")}
    done = program.run("ingest", paths[first], paths[second], "-o", scratch + "/x.parquet")
    assert_clear(done, f"{second}.csv")
    write(scratch, above + "a,a\n7,8\n9,10\n11,12\n", "2.csv")
    assert ingest(scratch, paths[1], paths[2])[0].to_pydict() == {"a": [1, 3, 5, 7, 9, 11], "a_2": [2, 4, 6, 8, 10, 12]}


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["text", "gzip"])
def test_a_long_header_is_compared_too(scratch, packed):
    names = [f"column {i}" for i in range(1500)]
    names[7] = names[6]
    rows = (",".join(str(i) for i in range(1500)) + "\n") * 3
    first = write(scratch, ",".join(names) + "\n" + rows)
    second = write(scratch, packed((",".join(names) + "\n" + rows).encode()), "b.csv")
    assert ingest(scratch, first, second)[0].num_rows == 6
    names[1300], names[1400] = names[1400], names[1300]
    write(scratch, packed((",".join(names) + "\n" + rows).encode()), "b.csv")
    assert_clear(program.run("ingest", first, second, "-o", scratch + "/y.parquet"), "b.csv", "order")


@pytest.mark.parametrize("text", ["id,name\n4,x\n5,y\n6,z\n", "id,name\n"], ids=["rows", "no rows"])
def test_a_header_where_the_first_file_has_none(scratch, text):
    first, second = write(scratch, "1,x\n2,y\n3,z\n", "1.csv"), write(scratch, text, "2.csv")
    assert_clear(program.run("ingest", first, second, "-o", scratch + "/x.parquet"), "2.csv", "--header", "--no-header")
    assert ingest(scratch, first, second, "--no-header")[0]["column_1"].to_pylist()[:4] == ["1", "2", "3", "id"]
    write(scratch, "NA,x\n5,y\n", "2.csv")
    assert ingest(scratch, first, second)[0]["column_1"].to_pylist() == [1, 2, 3, None, 5]


def test_names_that_are_not_utf8_are_no_schema(scratch):
    path = write(scratch, b"a\xff,b\n" + "".join(f"{i},é\n" for i in range(5)).encode())
    assert_clear(program.run("sniff", path), "name of column 1", "UTF-8")
