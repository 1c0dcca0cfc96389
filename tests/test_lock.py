"""Lock files and strict columns: what was found once holds for later files, or is refused; and narrow types."""
import json
import os

import pyarrow.parquet as pq
import pytest

from support import outcome, program
from support.message import assert_clear


def write(scratch, text, name="a.csv"):
    path = os.path.join(scratch, name)
    with open(path, "w", newline="") as file:
        file.write(text)
    return path


def ingest(scratch, path, *flags, code=0):
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", path, "-o", out, "--overwrite", "--report", scratch + "/r.json", *flags)
    assert done.code == code, done
    with open(scratch + "/r.json") as file:
        return pq.ParquetFile(out).read(), json.load(file)


TABLE = "id;price;day\n" + "".join(f"{i};{i}.5;2024-01-{i % 28 + 1:02}\n" for i in range(50))


def test_the_first_run_writes_the_lock_and_later_ones_keep_to_it(scratch):
    lock = scratch + "/l.toml"
    first, _ = ingest(scratch, write(scratch, TABLE), "--lock", lock)
    with open(lock) as file:
        text = file.read()
    # Alone, this file would have other types, and no day.
    later = write(scratch, "id;price;day\n7;8;\n", "b.csv")
    alone, _ = ingest(scratch, later)
    assert alone.schema != first.schema
    table, _ = ingest(scratch, later, "--lock", lock)
    assert table.schema == first.schema and table.to_pylist() == [{"id": 7, "price": 8.0, "day": None}]
    with open(lock) as file:
        assert file.read() == text


def test_a_delimiter_that_is_no_text_has_a_lock(scratch):
    """The file could be written and not be read."""
    path = os.path.join(scratch, "fe.csv")
    with open(path, "wb") as file:
        file.write(b"a\xfeb\n" + b"1\xfe2\n" * 5)
    flags = ["--delimiter", "\\xfe", "--encoding", "utf-8", "--lock", scratch + "/l.toml"]
    for _ in range(2):
        table, _ = ingest(scratch, path, *flags)
        assert table.to_pylist() == [{"a": 1, "b": 2}] * 5


@pytest.mark.parametrize("row,kind", [("007;1.5;2024-01-01", "loose_text"), ("+7;1.5;2024-01-01", "loose_text"),
                                      ("7;0.12345678901234567891;2024-01-01", "loose_text"),
                                      ("7;1.5;2024-02-30", "bad_date"), ("x;1.5;2024-01-01", "bad_integer"),
                                      ("7;1.5", "too_few_fields")])
def test_a_value_that_the_lock_would_change_is_refused(scratch, row, kind):
    lock = scratch + "/l.toml"
    ingest(scratch, write(scratch, TABLE), "--lock", lock)
    later = write(scratch, "id;price;day\n1;1.5;2024-01-01\n" + row + "\n", "b.csv")
    os.remove(scratch + "/x.parquet")
    assert_clear(program.run("ingest", later, "-o", scratch + "/x.parquet", "--lock", lock), "b.csv", "line 3")
    assert not os.path.exists(scratch + "/x.parquet")
    table, _ = ingest(scratch, later, "--lock", lock, "--rejects", scratch + "/bad.jsonl", code=1)
    assert table.num_rows == 1
    with open(scratch + "/bad.jsonl") as file:
        assert [json.loads(line)["kind"] for line in file] == [kind]


def test_another_dialect_or_header_than_the_lock_has_is_an_error(scratch):
    lock = scratch + "/l.toml"
    ingest(scratch, write(scratch, TABLE), "--lock", lock)
    done = program.run("scan", write(scratch, "id,price,day\n1,2.5,2024-01-01\n", "b.csv"), "--lock", lock, "-q")
    assert_clear(done, "b.csv")
    done = program.run("scan", write(scratch, "id;price\n1;2.5\n", "c.csv"), "--lock", lock, "-q")
    assert_clear(done, "c.csv", "day")


def test_no_lock_is_written_where_the_run_fails(scratch):
    path = write(scratch, TABLE + "1;2\n")
    done = program.run("ingest", path, "-o", scratch + "/x.parquet", "--lock", scratch + "/l.toml")
    assert done.code == 2 and outcome.tree(scratch) == ["a.csv"]


@pytest.mark.parametrize("flags,words", [
    (["--lock", "l.toml", "--columns", "a:int8"], "--columns"),
    (["--lock", "l.txt"], ".toml"),
    (["--columns", "a:int8", "--dtypes", "optimized"], "--dtypes")])
def test_flags_that_do_not_go_together(scratch, flags, words):
    flags = [scratch + "/" + f if f.startswith("l.") else f for f in flags]
    assert_clear(program.run("scan", write(scratch, TABLE), *flags), words)


def test_the_lock_is_no_input(scratch):
    os.makedirs(scratch + "/in")
    write(scratch, TABLE, "in/a.csv")
    lock = scratch + "/in/l.toml"
    assert program.run("scan", scratch + "/in", "--lock", lock).code == 0
    assert_clear(program.run("scan", scratch + "/in", "--lock", lock), "l.toml", "inputs")


def test_strict_is_for_types_whose_texts_are_known(scratch):
    path = write(scratch, "1\n")
    for column in ['type = "float32"', 'type = "float64"\nformat = "percent"']:
        schema = write(scratch, 'format = 1\n[[column]]\nname = "a"\nstrict = true\n' + column + "\n", "s.toml")
        assert_clear(program.run("scan", path, "--schema", schema), "s.toml", "strict")


NARROW = [
    (["0", "255"], "uint8"), (["0", "256"], "uint16"), (["-1", "127"], "int8"), (["-1", "128"], "int16"),
    (["-129", "0"], "int16"), (["65536", "0"], "uint32"), (["-1", "65536"], "int32"), (["4294967296", "1"], "int64"),
    (["-2147483649", "1"], "int64"), (["18446744073709551615", "1"], "uint64"), (["007", "12"], "dictionary"),
    (["1.5", "2"], "double"), (["", ""], "string"),
]


@pytest.mark.parametrize("infer", ["sample", "full"])
@pytest.mark.parametrize("texts,kind", NARROW)
def test_narrow_types_hold_every_value(scratch, texts, kind, infer):
    """The value that needs the width stands at the end, and the wide run gives the same values."""
    rows = [texts[1]] * 40_000 + [texts[0]]
    path = write(scratch, "v,n\n" + "".join(f"{text},{i}\n" for i, text in enumerate(rows)))
    table, report = ingest(scratch, path, "--dtypes", "optimized", "--infer", infer)
    assert str(table.schema.field("v").type).startswith(kind), report["inferred"]
    assert str(table.schema.field("n").type) == "uint16"
    wide, _ = ingest(scratch, path, "--dtypes", "wide")
    assert table["v"].to_pylist() == wide["v"].to_pylist()


def test_texts_that_do_not_repeat_stay_strings(scratch):
    path = write(scratch, "a,b\n" + "".join(f"x{i},y{i % 100}\n" for i in range(3000)))
    table, report = ingest(scratch, path, "--dtypes", "optimized")
    assert [str(t).split("<")[0] for t in table.schema.types] == ["string", "dictionary"]
    assert report["inferred"][1]["type"] == "dictionary(string)"
    assert "100 distinct texts in 3000 values" in report["inferred"][1]["reason"]
