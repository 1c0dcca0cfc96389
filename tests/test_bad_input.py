"""Bad input tried as a new user would: a clear message, the right exit code, nothing half-written."""
import gzip
import json
import os
import random
import resource
import subprocess
import zlib

import pytest

from support import machine, outcome, program
from support.message import assert_clear

COLUMNS = "n:int64,word:string"
ROWS = b"1,a\n2,b\n3,c\n"


@pytest.fixture
def box(scratch):
    return Box(scratch)


class Box:
    """A folder with inputs below `in` and outputs below `out`."""

    def __init__(self, folder):
        self.inputs, self.outputs = os.path.join(folder, "in"), os.path.join(folder, "out")
        os.makedirs(self.inputs)
        os.makedirs(self.outputs)

    def write(self, name, data):
        path = os.path.join(self.inputs, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def out(self, name="x.parquet"):
        return os.path.join(self.outputs, name)

    def ingest(self, *inputs, out=None, columns=COLUMNS, flags=(), **options):
        return program.run("ingest", *inputs, "-o", out or self.out(), "--columns", columns, *flags, **options)

    def assert_nothing_written(self):
        assert outcome.tree(self.outputs) == []


def test_no_such_file(box):
    assert_clear(box.ingest(box.inputs + "/missing.csv"), "missing.csv", "No such file")
    assert_clear(box.ingest(box.write("a.csv", ROWS), box.inputs + "/missing.csv"), "missing.csv")
    assert_clear(program.run("scan", box.inputs + "/missing.csv", "--columns", COLUMNS), "missing.csv")
    box.assert_nothing_written()


@pytest.mark.parametrize("name", ["n" * 300, "a/" * 3000, "loop", "loop/*.csv", "loop/below"])
def test_names_that_the_system_refuses(box, name):
    """As input, as output and as rejects file: an error, never a crash."""
    os.symlink("loop", box.inputs + "/loop")
    bad, good = os.path.join(box.inputs, name), box.write("a.csv", ROWS)
    assert_clear(box.ingest(bad), name[:100])
    assert_clear(box.ingest(good, out=bad + ".parquet" if name != "loop" else bad + "/x.parquet"), name[:4])
    assert_clear(box.ingest(good, flags=["--rejects", bad + "/x.csv"]), name[:4])
    box.assert_nothing_written()


def test_a_folder_with_links_to_themselves(box):
    box.write("a.csv", ROWS)
    os.symlink("loop", box.inputs + "/loop")
    assert_clear(box.ingest(box.inputs), "loop")
    box.assert_nothing_written()


def test_scan_lists_rejects_too(box):
    path = box.write("a.csv", ROWS + b"x,y\n")
    done = program.run("scan", path, "--columns", COLUMNS, "--rejects", box.out("bad.jsonl"))
    assert done.code == 1 and len(outcome.read_rejects(box.out("bad.jsonl"))) == 1, done


def test_the_same_bad_record_in_two_files(box):
    """Small files share a unit; each of their rejects has its raw text."""
    paths = [box.write(f"{i}.csv", b"1,a\nx,y\n" * 2) for i in range(3)]
    done = box.ingest(*paths, flags=["--rejects", box.out("bad.jsonl")])
    assert done.code == 1, done
    assert [r["raw"] for r in outcome.read_rejects(box.out("bad.jsonl"))] == [b"x,y"] * 6


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow"])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["empty", "blank", "bom"])
def test_empty_file(box, form, data):
    """An empty file is a table of no rows, with its columns."""
    done = box.ingest(box.write("empty.csv", data), out=box.out(form))
    assert done.code == 0, done
    table = outcome.read_table(box.out(form))
    assert table.num_rows == 0 and table.column_names == ["n", "word"]


def test_empty_file_with_header(box):
    """There is no header to match: an error that names the file, or a table of no rows; never a crash."""
    done = box.ingest(box.write("empty.csv", b""), flags=["--header"])
    if done.code == 0:
        assert outcome.read_table(box.out()).num_rows == 0
    else:
        assert_clear(done, "empty.csv")
        box.assert_nothing_written()


@pytest.mark.parametrize("columns", [["--columns", COLUMNS], []], ids=["declared", "found"])
@pytest.mark.parametrize("gzipped", [False, True])
def test_more_files_than_descriptors(box, gzipped, columns):
    """Files are open only while they are read."""
    for i in range(300):
        data = b"n,word\n" + ROWS
        box.write(f"{i:03}.csv", gzip.compress(data) if gzipped else data)
    script = 'ulimit -n 64; exec "$@"'
    words = ["bash", "-c", script, "-", program.BIN, "ingest", box.inputs, "-o", box.out(), "--header", *columns]
    done = subprocess.run(words, capture_output=True, env=program.environment(), text=True, timeout=program.TIMEOUT_S)
    assert done.returncode == 0, done
    assert outcome.read_table(box.out()).num_rows == 900


def test_empty_glob(box):
    assert_clear(box.ingest(box.inputs + "/*.csv"), "*.csv")
    box.assert_nothing_written()


def test_directory_without_files(box):
    assert_clear(box.ingest(box.inputs), box.inputs)
    os.makedirs(box.inputs + "/below")
    assert_clear(box.ingest(box.inputs), box.inputs)
    box.assert_nothing_written()


def test_no_final_newline(box):
    done = box.ingest(box.write("a.csv", ROWS[:-1]), box.write("b.csv", ROWS[:-1]))
    assert done.code == 0, done
    assert outcome.plain_table(outcome.read_table(box.out())) == {"n": [1, 2, 3] * 2, "word": [b"a", b"b", b"c"] * 2}


@pytest.mark.parametrize("seed", range(4))
def test_binary_file(box, seed):
    data = random.Random(seed).randbytes(100_000)
    path = box.write("picture.png", b"\x89PNG\r\n\x1a\n" + data)
    assert_clear(box.ingest(path), "picture.png")
    assert_clear(program.run("scan", path, "--columns", COLUMNS), "picture.png")
    box.assert_nothing_written()
    done = box.ingest(path, flags=["--on-error", "skip", "-q"])
    assert done.code in (1, 2), done


def test_program_file_is_no_text(box):
    assert_clear(box.ingest(program.BIN), os.path.basename(program.BIN))
    box.assert_nothing_written()


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_truncated_gzip(box, keep):
    text = b"".join(b"%d,word %d\n" % (n, n * 7919 % 10007) for n in range(20_000))
    packed = gzip.compress(text)
    path = box.write("cut.csv.gz", packed[:int(len(packed) * keep)])
    assert_clear(box.ingest(path), "cut.csv.gz")
    box.assert_nothing_written()
    bad = box.out("bad.jsonl")
    done = box.ingest(path, flags=["--on-file-error", "keep", "--rejects", bad, "-q", "--report", box.out("r.json")])
    assert done.code == 1, done
    table = outcome.read_table(box.out())
    assert table.column("n").to_pylist() == list(range(table.num_rows))
    # All whole records of the text that the bytes still hold, as zlib finds it.
    there = zlib.decompressobj(31).decompress(packed[:int(len(packed) * keep)])
    assert table.num_rows == there.count(b"\n") < 20_000
    (reject,) = outcome.read_rejects(bad)
    assert reject["kind"] == "damaged_file" and reject["file"].endswith("cut.csv.gz")
    kept = text.split(b"\n")[:table.num_rows]
    assert reject["offset"] == len(b"\n".join(kept)) + 1
    assert reject["line"] == table.num_rows + 1 == reject["record"]


def test_garbage_after_gzip_and_several_members(box):
    two = gzip.compress(ROWS) + gzip.compress(ROWS)
    done = box.ingest(box.write("two.csv.gz", two))
    assert done.code == 0 and outcome.read_table(box.out()).num_rows == 6, done


def test_damaged_gzip(box):
    packed = bytearray(gzip.compress(b"".join(b"%d,w%d\n" % (n, n) for n in range(50_000))))
    packed[len(packed) // 2] ^= 0xFF
    assert_clear(box.ingest(box.write("bad.csv.gz", bytes(packed))), "bad.csv.gz")
    box.assert_nothing_written()


def test_expansion_is_limited(box):
    """A megabyte of gzip that is a gigabyte of text is refused, unless it is allowed."""
    path = box.write("bomb.csv.gz", gzip.compress(b"1,a\n" * (8 << 20)))
    assert os.path.getsize(path) * 1000 < 32 << 20
    assert_clear(box.ingest(path), "bomb.csv.gz")
    box.assert_nothing_written()


def test_no_permission(box):
    nobody = machine.as_nobody()
    path = box.write("secret.csv", ROWS)
    os.chmod(path, 0o600)
    os.chmod(os.path.dirname(box.inputs), 0o755)
    open_path = box.write("open.csv", ROWS)

    def as_nobody(*words):
        done = subprocess.run([*nobody, program.BIN, *words], capture_output=True, env=program.environment(), check=False)
        return program.Run([*nobody, program.BIN, *words], done.returncode, done.stdout, done.stderr.decode())

    if as_nobody("--version").code != 0:
        pytest.skip("another user cannot run the program where it lies")
    assert_clear(as_nobody("ingest", path, "-o", box.out(), "--columns", COLUMNS), "secret.csv", "Permission denied")
    assert_clear(as_nobody("ingest", open_path, "-o", box.out(), "--columns", COLUMNS), box.outputs, "Permission denied")
    box.assert_nothing_written()


@pytest.mark.parametrize("form", ["no/such/x.parquet", "no/such/x.arrow", "no/such/dir/"])
def test_missing_output_folder(box, form):
    done = box.ingest(box.write("a.csv", ROWS), out=box.out(form))
    assert_clear(done, "no/such")
    box.assert_nothing_written()


def test_missing_folder_of_rejects_and_report(box):
    path = box.write("a.csv", b"x,a\n")
    assert_clear(box.ingest(path, flags=["--rejects", box.out("no/bad.csv")]), "no/bad.csv")
    assert_clear(box.ingest(path, flags=["--report", box.out("no/r.json")]), "no/r.json")
    box.assert_nothing_written()


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/", "hive/"])
def test_full_disk(box, form):
    path = box.write("big.csv", b"".join(b"%d,%x\n" % (n, n * 2654435761 % 2**61) for n in range(200_000)))
    flags = ["--partition-by", "n"] if form == "hive/" else []
    source = box.write("hive.csv", b"".join(b"%d,%d\n" % (n % 7, n * 2654435761 % 2**61) for n in range(200_000)))
    with machine.small_filesystem("400k") as folder:
        done = box.ingest(source if flags else path, out=os.path.join(folder, form), flags=[*flags, "--compression", "none"])
        assert_clear(done, "No space left on device")
        assert outcome.tree(folder) == []


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
@pytest.mark.parametrize("rejects", [False, True])
def test_limit_of_file_sizes(box, form, rejects):
    """`ulimit -f`: the write fails, and no signal ends the program."""
    rows = b"%x z,%x\n" if rejects else b"%d,%x\n"
    path = box.write("big.csv", b"".join(rows % (n, n * 2654435761 % 2**61) for n in range(100_000)))
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    flags = ["--rejects", box.out("bad.jsonl")] if rejects else []
    done = box.ingest(path, out=box.out(form), flags=["--compression", "none", *flags], preexec_fn=limit)
    assert_clear(done, "File too large", "bad.jsonl" if rejects else form)
    box.assert_nothing_written()


def test_full_disk_leaves_the_older_output(box):
    path = box.write("big.csv", b"".join(b"%d,%x\n" % (n, n * 2654435761 % 2**61) for n in range(200_000)))
    with machine.small_filesystem("400k") as folder:
        out = os.path.join(folder, "x.parquet")
        assert box.ingest(box.write("small.csv", ROWS), out=out).code == 0
        before = outcome.digest(out)
        assert_clear(box.ingest(path, out=out, flags=["--overwrite", "--compression", "none"]), "No space left on device")
        assert outcome.tree(folder) == ["x.parquet"] and outcome.digest(out) == before


def test_full_disk_of_rejects(box):
    path = box.write("bad.csv", b"".join(b"%x z,%x\n" % (n, n * 2654435761 % 2**61) for n in range(100_000)))
    with machine.small_filesystem("400k") as folder:
        bad = os.path.join(folder, "bad.jsonl")
        assert_clear(box.ingest(path, flags=["--rejects", bad]), "No space left on device")
        assert outcome.tree(folder) == []
    box.assert_nothing_written()


def test_duplicate_column_names(box):
    path = box.write("a.csv", ROWS)
    assert_clear(box.ingest(path, columns="n:int64,n:string"), "'n'")
    assert_clear(box.ingest(path, flags=["--rename", "word=n"]), "'n'")
    assert_clear(box.ingest(path, flags=["--select", "n,n"]), "n")
    twice = box.write("twice.csv", b"n,word,n\n1,a,2\n")
    assert_clear(box.ingest(twice, flags=["--header"]), "twice.csv", "'n'")
    box.assert_nothing_written()


def test_missing_column_in_header(box):
    path = box.write("h.csv", b"n,wort\n1,a\n")
    done = box.ingest(path, flags=["--header"])
    drift, done.stderr = done.stderr.split("\n", 1)  # all files that differ, then the error of the first
    assert drift.startswith("drift: ") and "missing word" in drift
    assert_clear(done, "h.csv", "word", "wort")
    box.assert_nothing_written()


@pytest.mark.parametrize("columns", ["n:int64", "n:int64,word:string,more:string"])
def test_wrong_column_count(box, columns):
    done = box.ingest(box.write("a.csv", ROWS), columns=columns)
    assert_clear(done, "a.csv", "line 1", "1,a")
    box.assert_nothing_written()


def test_wrong_delimiter(box):
    assert_clear(box.ingest(box.write("a.csv", b"1\ta\n")), "a.csv", "--delimiter")
    box.assert_nothing_written()


def test_bad_values_do_not_make_a_begin_wrong(scratch):
    """Units that begin where a record does, and hold thousands of bad values, are not carried again."""
    with open(scratch + "/a.csv", "w") as file:
        file.write("N/A,1,2\n" * 300_000)
    done = program.run("ingest", scratch + "/a.csv", "-o", scratch + "/x.parquet", "--columns", "a:int32,b:int32,c:int32",
                       "--on-error", "null", "--unit-bytes", "256KiB", "--report", scratch + "/r.json", "-q")
    assert done.code == 1, done
    with open(scratch + "/r.json") as file:
        report = json.load(file)
    assert (report["units"], report["units_redone"]) == (10, 0)


def test_bad_value_near_the_end(box):
    data = b"1,a\n" * 200_000 + b"x,y\n" + b"1,a\n"
    done = box.ingest(box.write("a.csv", data))
    assert_clear(done, "a.csv", "line 200001", "800000", "n", "x,y")
    box.assert_nothing_written()


@pytest.mark.parametrize("where", ["glob", "folder", "input itself", "rejects"])
def test_output_among_its_inputs(box, where):
    path = box.write("a.csv", ROWS)
    before = outcome.tree_digest(box.inputs)
    if where == "glob":
        done = box.ingest(box.inputs + "/*", out=box.inputs + "/x.parquet")
    elif where == "folder":
        done = box.ingest(box.inputs, out=box.inputs + "/x.parquet")
    elif where == "input itself":
        os.rename(path, box.inputs + "/a.parquet")
        before = outcome.tree_digest(box.inputs)
        done = box.ingest(box.inputs + "/a.parquet", out=box.inputs + "/a.parquet", flags=["--overwrite"])
    else:
        done = box.ingest(box.inputs + "/*", flags=["--rejects", box.inputs + "/bad.csv"])
    assert_clear(done, box.inputs)
    assert outcome.tree_digest(box.inputs) == before
    box.assert_nothing_written()


def test_output_exists(box):
    path = box.write("a.csv", ROWS)
    with open(box.out(), "wb") as file:
        file.write(b"mine")
    assert_clear(box.ingest(path), "x.parquet", "--overwrite")
    with open(box.out(), "rb") as file:
        assert file.read() == b"mine"
    assert outcome.tree(box.outputs) == ["x.parquet"]
    assert box.ingest(path, flags=["--overwrite"]).code == 0
    assert outcome.read_table(box.out()).num_rows == 3


def test_files_of_two_terminator_families(box):
    done = box.ingest(box.write("a.csv", ROWS), box.write("mac.csv", ROWS.replace(b"\n", b"\r")))
    assert_clear(done, "mac.csv", "--terminator")
    box.assert_nothing_written()


def test_open_quote_names_where_it_opened(box):
    done = box.ingest(box.write("a.csv", b'1,a\n2,"b\n3,c\n'))
    assert_clear(done, "a.csv", "line 2", "byte 6")
    box.assert_nothing_written()


def test_long_line_is_told_not_kept(box):
    path = box.write("long.csv", b"1,a\n2," + b"x" * (20 << 20) + b"\n3,c\n")
    assert_clear(box.ingest(path), "long.csv", "line 2", "--max-record-bytes")
    done = box.ingest(path, flags=["--rejects", box.out("bad.jsonl"), "-q"])
    assert done.code == 1, done
    (reject,) = outcome.read_rejects(box.out("bad.jsonl"))
    assert reject["raw_length"] == (20 << 20) + 2 and len(reject["raw"]) == 4096 and reject["kind"] == "record_too_long"
    assert outcome.read_table(box.out())["n"].to_pylist() == [1, 3]


def test_control_bytes_are_escaped_on_a_terminal(box):
    path = box.write("esc\x1b[31m.csv", b"\x1b[2Jx,\x07\n")
    assert_clear(box.ingest(path))
    assert_clear(box.ingest(box.inputs + "/no\nsuch\x1b.csv"))


def test_colliding_names_of_a_folder(box):
    os.makedirs(box.inputs + "/b")
    done = box.ingest(box.write("a.csv", ROWS), box.write("b/a.csv", ROWS), out=box.out("dir/"))
    assert_clear(done, "a.csv")
    box.assert_nothing_written()
