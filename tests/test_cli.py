"""The command line is a contract: exit codes, JSON keys, forms of input and output, which other programs rely on."""
import bz2
import gzip
import itertools
import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest

from support import outcome, program
from support.message import assert_clear

COLUMNS = "id:uint32,day:date,price:decimal(9,2),name:string"
ROWS = b'1,2013-11-01,9.50,"a,b"\n2,2013-11-02,,c\n3,,0.25,\n4,1969-12-31,-1.00,""\n'
TABLE = {"id": [1, 2, 3, 4], "name": [b"a,b", b"c", None, b""]}


@pytest.fixture
def a_csv(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(ROWS)
    return path


def ingest(path, out, *flags, columns=COLUMNS, **options):
    return program.run("ingest", path, "-o", out, "--columns", columns, *flags, **options)


def test_exit_codes(a_csv, scratch):
    out = lambda name: os.path.join(scratch, name + ".parquet")
    assert ingest(a_csv, out("clean")).code == 0
    bad = os.path.join(scratch, "bad.csv")
    with open(bad, "wb") as file:
        file.write(ROWS + b"x,2013-11-01,1,y\n1\n")
    assert ingest(bad, out("fail")).code == 2
    assert ingest(bad, out("skip"), "--on-error", "skip").code == 1
    assert ingest(bad, out("null"), "--on-error", "null").code == 1
    assert ingest(bad, out("quarantine"), "--rejects", os.path.join(scratch, "r.csv")).code == 1
    for words in ([], ["nonsense"], ["ingest"], ["ingest", a_csv],
                  ["ingest", a_csv, "-o", out("x"), "--columns", COLUMNS, "--nonsense"],
                  ["ingest", a_csv, "-o", out("x"), "--columns", "id:int33"],
                  ["ingest", a_csv, "-o", out("x"), "--columns", COLUMNS, "--workers", "0"],
                  ["ingest", a_csv, "-o", "x.unknown", "--columns", COLUMNS], ["verify"],
                  ["verify", out("missing")], ["gen", "nonsense"]):
        assert program.run(*words).code == 2, words
    for words in (["--help"], ["--version"], ["ingest", "--help"], ["scan", "--help"], ["explain"]):
        done = program.run(*words)
        assert done.code == 0 and done.stdout, done


@pytest.mark.parametrize("flag", ["--dtypes", "--io", "--prefetch",
                                  "--level", "--resume", "--metrics"])
def test_a_flag_that_is_not_built_is_not_accepted(a_csv, scratch, flag):
    assert_clear(ingest(a_csv, os.path.join(scratch, "x.parquet"), flag), flag)


def test_scan_takes_smaller_units(scratch):
    """4 MiB where nothing else is asked for; other commands, and --unit-bytes, have theirs."""
    path, report = os.path.join(scratch, "a.csv"), os.path.join(scratch, "r.json")
    with open(path, "wb") as file:
        file.write(b"1234567,some text\n" * (20 * 2**20 // 18))

    def units(*words):
        done = program.run(*words, "--columns", "a:int32,b:string", "--report", report, "-q")
        assert done.code == 0, done
        with open(report, encoding="utf-8") as file:
            return json.load(file)["units"]

    assert units("scan", path) == 5
    assert units("scan", path, "--unit-bytes", "32MiB") == 1
    assert units("ingest", path, "-o", os.path.join(scratch, "x.parquet")) == 1


@pytest.mark.parametrize("words", [["--workers", "-1"], ["--chunk", "0"], ["--unit-bytes", "0"], ["--delimiter", "ab"],
                                   ["--delimiter", ""], ["--delimiter", "\n"], ["--quote", ","], ["--compression", "brotli"],
                                   ["--compression", "zstd:99"], ["--on-error", "maybe"], ["--max-rejects", "x"],
                                   ["--skip-rows", "-1"], ["--select", "nothing"], ["--rename", "nothing=x"],
                                   ["--terminator", "crlf"], ["--partition-by", "id"], ["--memory-limit", "10MB"],
                                   ["--comment", '"'], ["--max-record-bytes", "0"], ["--columns", "a"],
                                   ["--columns", "a:decimal(40,2)"], ["--columns", "a:timestamp[h]"], ["--columns", ""],
                                   ["--file-order", "random"]], ids=" ".join)
def test_wrong_values_are_told(a_csv, scratch, words):
    assert_clear(ingest(a_csv, os.path.join(scratch, "x.parquet"), *words))
    assert outcome.tree(scratch) == ["a.csv"]


@pytest.mark.parametrize("level", ["neon" if program.simd_levels()[-1] != "neon" else "avx2", "avx", "AVX2", "best"])
def test_a_level_that_the_machine_lacks_is_refused(a_csv, scratch, level):
    """A forced level is a promise: no job runs with another one."""
    env = {"HEADRACE_SIMD": level}
    for done in (ingest(a_csv, os.path.join(scratch, "x.parquet"), env=env), program.run("scan", a_csv, env=env),
                 program.run("explain", env=env)):
        assert_clear(done, f"'{level}'", "plain")
    assert outcome.tree(scratch) == ["a.csv"]


@pytest.mark.parametrize("level", program.simd_levels())
def test_a_forced_level_is_explained(level):
    hardware = {knob["name"]: knob for knob in program.run("explain", "--json", env={"HEADRACE_SIMD": level}).json()["hardware"]}
    assert hardware["simd"]["value"] == level and hardware["simd"]["origin"] == "user"
    hardware = {knob["name"]: knob for knob in program.run("explain", "--json").json()["hardware"]}
    assert hardware["simd"]["value"] == program.simd_levels()[-1] and hardware["simd"]["origin"] == "detected"


def test_columns_that_cannot_be_found_name_the_flag(scratch):
    empty = os.path.join(scratch, "a.csv")
    open(empty, "wb").close()
    assert_clear(program.run("ingest", empty, "-o", os.path.join(scratch, "x.parquet")), "--columns", "--schema")
    assert_clear(program.run("scan", empty), "--columns", "--schema")


def test_scan_json(a_csv):
    done = program.run("scan", a_csv, "--columns", COLUMNS, "--json")
    assert done.code == 0, done
    got = done.json()
    assert list(got) == ["rows", "bytes", "seconds", "columns"]
    assert got["rows"] == 4 and got["bytes"] == len(ROWS) and got["seconds"] >= 0
    by_name = {c["name"]: c for c in got["columns"]}
    assert all(list(c) == ["name", "type", "count", "nulls", "min", "max", "sum"] for c in got["columns"])
    want = {"name": "id", "type": "uint32", "count": 4, "nulls": 0, "min": 1, "max": 4}
    assert by_name["id"] in ({**want, "sum": "10"}, {**want, "sum": 10})
    assert (by_name["day"]["min"], by_name["day"]["max"], by_name["day"]["sum"]) == ("1969-12-31", "2013-11-02", None)
    assert (by_name["price"]["min"], by_name["price"]["max"], by_name["price"]["sum"]) == ("-1.00", "9.50", "8.75")
    assert (by_name["name"]["min"], by_name["name"]["max"], by_name["name"]["nulls"]) == ("", "c", 1)


def test_scan_sums_are_exact(scratch):
    path = os.path.join(scratch, "big.csv")
    with open(path, "wb") as file:
        file.write(b"18446744073709551615,-9223372036854775808,0.1\n" * 1000)
    got = program.run("scan", path, "--columns", "u:uint64,i:int64,f:float64", "--json", "--unit-bytes", "4096").json()
    sums = {c["name"]: c["sum"] for c in got["columns"]}
    assert int(sums["u"]) == (2**64 - 1) * 1000 and int(sums["i"]) == -(2**63) * 1000
    assert isinstance(sums["u"], str) and isinstance(sums["i"], str)
    assert isinstance(got["columns"][0]["max"], str)
    for workers, chunk in itertools.product("128", ("1", "100", "1MiB")):
        again = program.run("scan", path, "--columns", "u:uint64,i:int64,f:float64", "--json", "--unit-bytes", "4096",
                            "--workers", workers, "--chunk", chunk).json()
        assert again["columns"] == got["columns"]


def test_scan_of_chosen_columns_skips_the_others(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b"1,x\n2,y\n")
    got = program.run("scan", path, "--columns", "a:int8,b:int8", "--select", "a", "--json")
    assert got.code == 0 and [c["name"] for c in got.json()["columns"]] == ["a"], got


def test_scan_is_a_table_for_people(a_csv):
    done = program.run("scan", a_csv, "--columns", COLUMNS)
    assert done.code == 0
    for word in ("id", "uint32", "day", "1969-12-31", "8.75"):
        assert word.encode() in done.stdout
    assert b"\x1b" not in done.stdout and "\x1b" not in done.stderr


def test_report(a_csv, scratch):
    path, out = os.path.join(scratch, "r.json"), os.path.join(scratch, "x.parquet")
    assert ingest(a_csv, out, "--report", path, "--workers", "2").code == 0
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    assert {"format", "rows_read", "rows_written", "rows_rejected", "rows_skipped", "values_nulled", "bytes_read", "seconds",
            "files", "config", "decisions", "verdict", "outputs", "verified"} <= set(report)
    assert report["format"] == 1 and report["rows_read"] == report["rows_written"] == 4
    (file_entry,), (output,) = report["files"], report["outputs"]
    bent = {"records_padded", "records_truncated", "records_collected", "records_lenient"}
    assert bent <= set(report) and set(file_entry) == {"path", "bytes", "rows", "rejected", "seconds", "complete"} | bent
    assert file_entry["path"] == a_csv
    assert set(output) == {"path", "rows", "bytes", "checksum"}
    assert output["path"] == out and output["rows"] == 4 and output["bytes"] == os.path.getsize(out)
    knobs = {knob["name"]: knob for knob in report["config"]}
    assert all(set(knob) == {"name", "value", "origin", "reason"} for knob in report["config"])
    assert knobs["workers"]["origin"] == "user" and str(knobs["workers"]["value"]) == "2"
    assert {"workers", "chunk", "memory"} <= {name.replace("_", "-").split("-")[0] for name in knobs}


def test_explain_json(a_csv):
    done = program.run("explain", a_csv, "--columns", COLUMNS, "--json")
    assert done.code == 0, done
    config = done.json()["config"]
    assert all(set(knob) == {"name", "value", "origin", "reason"} and knob["reason"] for knob in config)
    assert {knob["origin"] for knob in config} <= {"default", "user", "detected", "tuned", "level", "saved"}
    assert program.run("explain", "--json").code == 0


def test_json_of_ingest_is_the_report(a_csv, scratch):
    done = ingest(a_csv, os.path.join(scratch, "x.parquet"), "--json")
    assert done.code == 0 and done.json()["rows_written"] == 4, done


def test_quiet_and_progress(a_csv, scratch):
    done = ingest(a_csv, os.path.join(scratch, "x.parquet"), "-q")
    assert (done.code, done.stdout, done.stderr) == (0, b"", "")
    done = ingest(a_csv, os.path.join(scratch, "y.parquet"))
    assert done.stdout == b"" and "4" in done.stderr and "\x1b" not in done.stderr
    assert ingest(a_csv, os.path.join(scratch, "z.parquet"), "--progress", "always").code == 0
    assert ingest(a_csv, os.path.join(scratch, "v.parquet"), "-v").code == 0


def _pack(data, codec):
    if codec == "gz":
        return gzip.compress(data)
    if codec == "bz2":
        return bz2.compress(data)
    return pa.compress(data, codec={"zst": "zstd", "lz4": "lz4"}[codec], asbytes=True)


@pytest.mark.parametrize("codec", ["gz", "zst", "bz2", "lz4"])
@pytest.mark.parametrize("named", [True, False])
def test_compressed_by_content(scratch, codec, named):
    path = os.path.join(scratch, "a.csv" + (f".{codec}" if named else ""))
    data = ROWS * 5000
    if codec == "lz4":  # the frame format, as the lz4 program writes it
        with pa.CompressedOutputStream(path, "lz4") as file:
            file.write(data)
    else:
        with open(path, "wb") as file:
            file.write(_pack(data, codec))
    done = ingest(path, os.path.join(scratch, "x.parquet"), "--report", os.path.join(scratch, "r.json"))
    assert done.code == 0, done
    assert outcome.plain_table(outcome.read_table(os.path.join(scratch, "x.parquet")))["id"] == TABLE["id"] * 5000
    with open(os.path.join(scratch, "r.json"), encoding="utf-8") as file:
        assert json.load(file)["bytes_read"] == len(data)


def test_name_of_a_codec_and_plain_content(scratch):
    path = os.path.join(scratch, "a.csv.gz")
    with open(path, "wb") as file:
        file.write(ROWS)
    assert ingest(path, os.path.join(scratch, "x.parquet")).code == 0


def test_stdin(scratch):
    out = os.path.join(scratch, "x.parquet")
    assert ingest("-", out, stdin=ROWS).code == 0
    assert outcome.plain_table(outcome.read_table(out))["name"] == TABLE["name"]
    assert ingest("-", os.path.join(scratch, "y.parquet"), stdin=gzip.compress(ROWS)).code == 0
    assert ingest("-", os.path.join(scratch, "z.parquet"), stdin=b"").code == 0
    assert program.run("scan", "-", "--columns", COLUMNS, "--json", stdin=ROWS).json()["rows"] == 4


def test_fifo(scratch):
    path = os.path.join(scratch, "pipe")
    os.mkfifo(path)
    process = program.start("ingest", path, "-o", os.path.join(scratch, "x.parquet"), "--columns", COLUMNS)
    with open(path, "wb") as file:
        file.write(ROWS)
    _, errors = process.communicate(timeout=program.TIMEOUT_S)
    assert process.returncode == 0, errors


def test_globs_and_directories_are_sorted_by_bytes(scratch):
    os.makedirs(os.path.join(scratch, "in"))
    names = ["b.csv", "a.csv", "B.csv", "a1.csv", "\u00e4.csv", "a 2.csv"]
    for i, name in enumerate(names):
        with open(os.path.join(scratch, "in", name), "wb") as file:
            file.write(b"%d\n" % i * (len(names) - i))
    in_order = [names.index(name) for name in sorted(names, key=os.fsencode)]

    def order_of(*words):
        out = os.path.join(scratch, "x.parquet")
        done = program.run("ingest", *words, "-o", out, "--columns", "n:int8", "--overwrite")
        assert done.code == 0, done
        return list(dict.fromkeys(outcome.read_table(out)["n"].to_pylist()))

    folder = os.path.join(scratch, "in")
    assert order_of(folder) == order_of(folder + "/*.csv") == in_order
    given = [os.path.join(folder, name) for name in names]
    assert order_of(*given) == list(range(6))
    assert order_of(*given, "--file-order", "name") == in_order
    assert order_of(*reversed(given), "--file-order", "largest") == list(range(6))


def test_select_and_rename(a_csv, scratch):
    out = os.path.join(scratch, "x.parquet")
    assert ingest(a_csv, out, "--select", "name,id", "--rename", "id=number").code == 0
    table = outcome.read_table(out)
    assert table.column_names == ["name", "number"] and table["number"].to_pylist() == TABLE["id"]


def test_tsv_by_name(scratch):
    path = os.path.join(scratch, "a.tsv")
    with open(path, "wb") as file:
        file.write(b"1\ta,b\n")
    out = os.path.join(scratch, "x.parquet")
    assert ingest(path, out, columns="n:int8,s:string").code == 0
    assert outcome.read_table(out)["s"].to_pylist() == ["a,b"]
    assert ingest(path, out, "--overwrite", "--delimiter", ",", columns="n:string,s:string").code == 0


SCHEMA = b"""format = 1
[dialect]
delimiter = ";"
header = true
comment = "#"
nulls = ["NA", ""]
[[column]]
name = "n"
type = "int16"
rename = "number"
[[column]]
name = "when"
type = "timestamp[ms]"
format = "epoch_s"
[[column]]
name = "word"
type = "string"
nulls = ["none"]
"""


def test_schema_file(scratch):
    for name, data in (("s.toml", SCHEMA), ("a.csv", b"# note\nword;n;when\nNA;1;1383264000\nnone;NA;\n;3;0\n")):
        with open(os.path.join(scratch, name), "wb") as file:
            file.write(data)
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", scratch + "/a.csv", "-o", out, "--schema", scratch + "/s.toml")
    assert done.code == 0, done
    assert outcome.plain_table(outcome.read_table(out)) == {
        "number": [1, None, 3], "when": [1383264000000, None, 0], "word": [b"NA", None, b""]}
    done = program.run("ingest", scratch + "/a.csv", "-o", out, "--overwrite", "--schema", scratch + "/s.toml", "--nulls",
                       "NA,,none")
    assert outcome.plain_table(outcome.read_table(out))["word"] == [b"NA", None, b""], done  # a column's own list stays


@pytest.mark.parametrize("line, word", [("format = 2", "format"), ("type = 'int33'", "int33"), ("nonsense = 1", "nonsense"),
                                        ("[[column", ""), ("quote = 'ab'", "quote")])
def test_schema_file_faults_are_told(a_csv, scratch, line, word):
    path = os.path.join(scratch, "bad.toml")
    with open(path, "wb") as file:
        file.write({"format = 2": b"format = 2\n[[column]]\nname = 'a'\ntype = 'int8'\n"}.get(
            line, b"format = 1\n" + (b"[dialect]\n" if "delim" in line else b"[[column]]\nname = 'a'\n") + line.encode() + b"\n"))
    assert_clear(program.run("ingest", a_csv, "-o", scratch + "/x.parquet", "--schema", path), "bad.toml", word)


def test_marks_of_numbers(scratch):
    path, out = os.path.join(scratch, "a.csv"), os.path.join(scratch, "x.parquet")
    with open(path, "wb") as file:
        file.write("1.234,5;1.000;7\n0,5;12;8\n".encode())
    columns = "a:float64,b:int32,c:string"
    marks = ["--delimiter", ";", "--decimal", ",", "--thousands", "."]
    done = program.run("ingest", path, "-o", out, "--columns", columns, *marks)
    assert done.code == 0, done
    assert outcome.read_table(out).to_pydict() == {"a": [1234.5, 0.5], "b": [1000, 12], "c": ["7", "8"]}
    for flags, word in ((["--decimal", ";"], "--decimal"), (["--thousands", "x"], "--thousands"),
                        (["--decimal", ",", "--thousands", ","], "column 'a'"),
                        (["--decimal", ",", "--quote", "none"], "column 'a'")):
        assert_clear(program.run("ingest", path, "-o", out, "--overwrite", "--columns", columns, *flags), word)


def test_unknown_zone_is_told_before_reading(a_csv, scratch):
    done = program.run("ingest", a_csv, "-o", scratch + "/x.parquet", "--columns", "a:timestamp[s, Europe/Atlantis]")
    assert_clear(done, "Europe/Atlantis", "column 'a'")


@pytest.mark.parametrize("count, code", [("0", 2), ("2", 2), ("3", 1), ("29%", 2), ("30%", 1), ("100%", 1)])
def test_max_rejects(scratch, count, code):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b"1\n2\nx\n4\n5\ny\n7\n8\nz\n10\n")
    done = program.run("ingest", path, "-o", scratch + "/x.parquet", "--columns", "n:int8", "--rejects", scratch + "/r.jsonl",
                       "--max-rejects", count)
    assert done.code == code, done
    assert outcome.tree(scratch) == (["a.csv"] if code == 2 else ["a.csv", "r.jsonl", "x.parquet"])


def test_completion_of_a_shell_line(a_csv, scratch):
    """A result on stdout and messages on stderr, as in a pipeline."""
    reader = "import sys, pyarrow as pa; print(pa.ipc.open_stream(sys.stdin.buffer).read_all().num_rows)"
    producer = program.start("ingest", a_csv, "-o", "-", "--columns", COLUMNS, "-q")
    done = subprocess.run([sys.executable, "-c", reader], stdin=producer.stdout, capture_output=True, check=True)
    producer.communicate()
    assert done.stdout == b"4\n" and producer.returncode == 0



def test_no_library_is_looked_for_in_the_current_directory():
    """An empty path of libraries, as between two colons, is the current directory to the loader."""
    shown = subprocess.run(["readelf", "-d", program.BIN], capture_output=True, text=True, check=True).stdout
    paths = [path for line in shown.splitlines() if "PATH)" in line
             for path in line[line.index("[") + 1:line.rindex("]")].split(":")]
    assert all(path.startswith(("/", "$ORIGIN/")) for path in paths), paths
