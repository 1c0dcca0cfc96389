"""[[file]] tables: files of one job that are written in different ways."""
import gzip
import json
import os

import pyarrow.parquet as pq
import pytest

from support import outcome, program
from support.message import assert_clear

COLUMNS = '\n[[column]]\nname = "a"\ntype = "int64"\n[[column]]\nname = "x"\ntype = "float64"\n[[column]]\nname = "t"\ntype = "string"\n'
TRUTH = [(1, 1.5, "ü,"), (2, None, "b;"), (3, -1234.25, "c")]
HOME = '[dialect]\nheader = true\n'


def text(delimiter, header=True, decimal=".", end="\n", null="", before="", quote='"'):
    lines = [delimiter.join("axt")] if header else []
    for a, x, t in TRUTH:
        number = null if x is None else str(x).replace(".", decimal)
        number = f'"{number}"' if delimiter in number else number
        lines.append(delimiter.join([str(a), number, quote + t + quote]))
    return before + end.join(lines) + end


def write(scratch, name, content):
    path = os.path.join(scratch, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


def schema(scratch, *files, dialect=HOME):
    return write(scratch, "s.toml", "format = 1\n" + dialect + "".join("\n[[file]]\n" + file + "\n" for file in files) + COLUMNS)


def read(scratch, inputs, path, *flags):
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", *inputs, "-o", out, "--overwrite", "--schema", path, *flags)
    assert done.code == 0, done
    with open(out, "rb") as file:
        return [tuple(row.values()) for row in pq.ParquetFile(out).read().to_pylist()], file.read()


WAYS = [
    ("delimiter", text(";"), 'delimiter = ";"'),
    ("header", text(",", header=False), "header = false"),
    ("decimal", text(";", decimal=","), 'delimiter = ";"\ndecimal = ","'),
    ("nulls", text(",", null="n/a"), 'nulls = ["n/a"]'),
    ("rows above", text(",", before="made by\nx\n"), "skip_rows = 2"),
    ("footer", text(",") + "end of file\n", "skip_footer = 1"),
    ("quote", text("\t", quote="'"), 'delimiter = "\\t"\nquote = "\'"'),
    ("terminator", text(",", end="\r"), ""),
    ("latin-1", text(",").encode("latin-1"), 'encoding = "latin-1"'),
    ("several bytes", text("||"), 'delimiter = "||"'),
    ("gzip", gzip.compress(text(";").encode()), 'delimiter = ";"'),
]


@pytest.mark.parametrize("name,content,keys", WAYS, ids=[way[0] for way in WAYS])
def test_one_file_of_three_is_written_in_another_way(scratch, name, content, keys):
    """Between two files of the job's dialect, in one unit with them where it is a plain one; workers and reads apart."""
    inputs = [write(scratch, "in/1.csv", text(",")), write(scratch, "in/2-odd.csv", content), write(scratch, "in/3.csv", text(","))]
    path = schema(scratch, 'match = "*-odd.csv"\n' + keys)
    rows, data = read(scratch, inputs, path)
    assert rows == TRUTH * 3
    for flags in (["--workers", "8", "--chunk", "16"], ["--workers", "2", "--chunk", "1"]):
        assert read(scratch, inputs, path, *flags)[1] == data
    cut, small = read(scratch, inputs, path, "--unit-bytes", "20", "--workers", "8")
    assert cut == TRUTH * 3 and read(scratch, inputs, path, "--unit-bytes", "20", "--workers", "1")[1] == small


def test_all_ways_in_one_job(scratch):
    inputs = [write(scratch, f"in/{i:02}.csv", content) for i, (_, content, _) in enumerate(WAYS)]
    path = schema(scratch, *(f'match = "{i:02}.csv"\n{keys}' for i, (_, _, keys) in enumerate(WAYS)))
    assert read(scratch, inputs, path)[0] == TRUTH * len(WAYS)
    where = read(scratch, inputs, path, "--where", "x < -1000 AND t = 'c'", "--record-number-column", "n")[0]
    assert where == [(*TRUTH[2], 3)] * len(WAYS)


@pytest.mark.parametrize("pattern,matches", [
    ("b.csv", True), ("*.csv", True), ("old/*.csv", True), ("*/b.csv", True), ("in/old/b.csv", True), ("[ab].csv", True),
    ("old", False), ("in/*.csv", False), ("old/", False), ("B.csv", False), ("b", False)])
def test_patterns(scratch, pattern, matches):
    """Of the file's name, or with a slash of its path or the end of it; a star stands for no slash there."""
    inputs = [write(scratch, "in/old/b.csv", text(";"))]
    done = program.run("scan", *inputs, "--schema", schema(scratch, f'match = "{pattern}"\ndelimiter = ";"'), "-q")
    assert (done.code == 0) == matches, done


def test_the_first_pattern_counts_and_flags_hold_for_the_rest(scratch):
    inputs = [write(scratch, "in/a.csv", text(";")), write(scratch, "in/b.csv", text("|"))]
    path = schema(scratch, 'match = "a.csv"\ndelimiter = ";"', 'match = "*.csv"\nquote = "\\""', 'match = "a*"\nheader = false')
    assert read(scratch, inputs, path, "--delimiter", "|")[0] == TRUTH * 2


def test_rejects_tell_what_the_file_s_own_rules_refuse(scratch):
    """A decimal comma is a value in one file, and bad in the other."""
    inputs = [write(scratch, "in/a.csv", "a;x;t\n1;1,5;u\n"), write(scratch, "in/b.csv", "a;x;t\n1;1,5;u\n")]
    path = schema(scratch, 'match = "a.csv"\ndecimal = ","', dialect='[dialect]\nheader = true\ndelimiter = ";"\n')
    out = scratch + "/x.parquet"
    done = program.run("ingest", *inputs, "-o", out, "--schema", path, "--rejects", scratch + "/r.jsonl")
    assert done.code == 1
    assert outcome.read_table(out).to_pylist() == [{"a": 1, "x": 1.5, "t": "u"}]
    with open(scratch + "/r.jsonl") as file:
        assert "b.csv" in file.read()


@pytest.mark.parametrize("file,words", [
    ("delimiter = ';'", "match"), ("match = 'a'\ncolour = 'x'", "colour"), ("match = 'a'\ndelimiter = '\"'", "'a'"),
    ("match = 3", "match"), ("match = 'a'\ndecimal = ','\nthousands = ','", "'a'")])
def test_faults_of_the_table(scratch, file, words):
    path = schema(scratch, file)
    assert_clear(program.run("scan", write(scratch, "a.csv", text(",")), "--schema", path), words)


def test_columns_must_be_declared(scratch):
    path = write(scratch, "s.toml", 'format = 1\n[[file]]\nmatch = "*"\ndelimiter = ";"\n')
    assert_clear(program.run("scan", write(scratch, "a.csv", text(";")), "--schema", path), "[[file]]", "--columns")


def test_a_pattern_that_counts_for_no_input_is_told(scratch):
    """The second is never reached, for the first matches all that it matches."""
    path = write(scratch, "in/a.csv", text(";"))
    tables = ['match = "*.csv"\ndelimiter = ";"', 'match = "in/a.*"\ndelimiter = "|"']
    report = scratch + "/r.json"
    flags = ("-o", scratch + "/x.parquet", "--overwrite", "--report", report, "--schema", schema(scratch, *tables))
    done = program.run("ingest", path, *flags)
    told = "[[file]] 'in/a.*' is the dialect of no input"
    assert done.code == 0 and f"note: {told}\n" in done.stderr and "'*.csv'" not in done.stderr, done
    with open(report) as file:
        assert json.load(file)["notes"] == [told]
    assert "note:" not in program.run("ingest", path, *flags, "-q").stderr
