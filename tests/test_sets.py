"""Sets of files: added columns, folders of the path, headers that differ, lists, deep globs, folders below folders."""
import gzip
import os
import subprocess

import pyarrow.parquet as pq
import pytest

from oracle.generator import Plan, generate
from oracle.reference import Reader, Wanted, wanted_flags
from support import check, machine, outcome, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same, tiny_unit
from support.message import assert_clear

LEVELS = program.simd_levels()
ADDED = (("path", "file"), ("number", "record"), ("at_line", "line"))
ADDED_FLAGS = ["--filename-column", "path", "--record-number-column", "number", "--line-number-column", "at_line"]
ADDED_TYPES = {"path": "dictionary(string)", "number": "int64", "at_line": "int64"}


def put(folder, files):
    for name, data in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)


def table(path):
    return outcome.plain_table(outcome.read_table(path))


def ingest(folder, *words, columns="a:int32,b:string", **kind):
    out = os.path.join(folder, "out.arrow")
    if os.path.exists(out):
        os.remove(out)
    return program.run("ingest", *words, "-o", out, "--columns", columns, cwd=folder, **kind), out


# --- Columns that are added


@pytest.mark.parametrize("seed", range(24))
def test_added_columns_are_exact(seed, scratch):
    """Quoted line ends, faults, blank lines and comments across every cut: numbers are those of the rejects table."""
    plan = Plan(seed + 4400, rows=(40, 150, 400)[seed % 3], files=1 + seed % 4, on_error=("quarantine", "null")[seed % 4 == 0])
    truth, paths = generate(plan, scratch)
    wanted = [Wanted(), Wanted(sample=60.0), Wanted(records=seed * 5)][seed % 3]
    names = [c.name for c in truth.columns] if truth.select is None else truth.select
    want = Reader(truth.columns, truth.dialect, names, plan.on_error, wanted, ADDED).read(list(zip(paths, truth.files)))
    job = Job(scratch, paths, truth.columns_text(), truth.dialect, names + [name for name, _ in ADDED], plan.on_error,
              ADDED_FLAGS + wanted_flags(wanted), form=("parquet", "arrow")[seed % 2])
    unit = tiny_unit(sum(map(len, truth.files)))
    outcomes = [job.run(config) for config in (
        Config(1), Config(8, CHUNKS[seed % 7], LEVELS[0]), Config(WORKERS[seed % 3], CHUNKS[(seed + 3) % 7], LEVELS[-1], unit),
        Config(8, CHUNKS[(seed + 5) % 7], LEVELS[-1], unit), Config(8, "", LEVELS[0], "300"))]
    first = outcomes[0]
    assert first.run.code == check.exit_code(want), first.run
    check.assert_table(first.output, want.columns, {c.name: c.type for c in truth.columns if c.name in want.columns} | ADDED_TYPES)
    check.assert_rejects(first.rejects, want.rejects)
    assert_same(outcomes)


def test_added_columns_of_streams(scratch):
    """The numbers of a compressed file and of standard input are those of the same text in a plain file."""
    data = b"".join(b'%d,"x\ny"\n\n' % i if i % 3 else b"%d,z\nbad\n" % i for i in range(3000))
    put(scratch, {"t.csv": data, "t.csv.gz": gzip.compress(data)})
    tables = []
    for words, stdin in ((["t.csv"], b""), (["t.csv.gz"], b""), (["-"], data)):
        done, out = ingest(scratch, *words, "--on-error", "skip", "--unit-bytes", "1000", "--workers", "8", *ADDED_FLAGS, stdin=stdin)
        assert done.code == 1, done
        tables.append(table(out))
        assert set(tables[-1].pop("path")) == {words[0].encode()}
    assert tables[0] == tables[1] == tables[2]
    assert tables[0]["number"][:3] == [1, 3, 4] and tables[0]["at_line"][:3] == [1, 3, 6]


def test_added_columns_go_everywhere(scratch):
    """As a partition, renamed, selected alone; and statistics."""
    put(scratch, {"x.csv": b"1,a\n2,b\n", "y.csv": b"3,c\n"})
    flags = ["--columns", "a:int32,b:string", "--filename-column", "f", "--record-number-column", "n"]
    done = program.run("ingest", "x.csv", "y.csv", "-o", "hive/", *flags, "--partition-by", "f", cwd=scratch)
    assert done.code == 0, done
    assert sorted(os.listdir(scratch + "/hive")) == ["f=x.csv", "f=y.csv"]
    done, out = ingest(scratch, "x.csv", "y.csv", "--filename-column", "f", "--record-number-column", "n", "--rename", "f=g",
                       "--select", "n,f")
    assert done.code == 0 and table(out) == {"n": [1, 2, 1], "g": [b"x.csv", b"x.csv", b"y.csv"]}, done
    done = program.run("scan", "x.csv", "y.csv", *flags, "--select", "n", "--json", cwd=scratch)
    assert done.json()["columns"][0]["sum"] == "4", done
    done, _ = ingest(scratch, "x.csv", "--filename-column", "a")
    assert done.code == 2 and "'a'" in done.stderr, done
    done, _ = ingest(scratch, "x.csv", "--record-number-column", "n", "--where", "n > 1")
    assert done.code == 2 and "'n'" in done.stderr and "--rows" in done.stderr, done
    done, out = ingest(scratch, "x.csv", "y.csv", "--filename-column", "f", "--where", "f = 'y.csv'")
    assert done.code == 0 and table(out)["a"] == [3], done


# --- Folders of the path


def test_hive_input(scratch):
    put(scratch, {"t/year=2024/city=New%20York/x.csv": b"1,a\n2,b\n", "t/year=2025/city=__HIVE_DEFAULT_PARTITION__/y.csv": b"3,c\n"})
    done, out = ingest(scratch, "t", "--recursive", "--hive-input", columns="a:int32,year:int16,b:string")
    assert done.code == 0, done
    assert table(out) == {"a": [1, 2, 3], "year": [2024, 2024, 2025], "b": [b"a", b"b", b"c"],
                          "city": [b"New York", b"New York", None]}
    assert str(outcome.read_table(out).schema.field("year").type) == "int16"
    done, out = ingest(scratch, "t/**/*.csv", "--hive-input", "--where", "year = '2025'", "--select", "city,a", "--rename", "city=c")
    assert done.code == 0 and table(out) == {"c": [None], "a": [3]}, done
    done = program.run("ingest", "t/**/*.csv", "-o", "again/", "--columns", "a:int32,b:string", "--hive-input", "--partition-by",
                       "year,city", cwd=scratch)
    assert done.code == 0, done
    assert [name for name in outcome.tree(scratch + "/again") if name.endswith("parquet")] == [
        "year=2024/city=New%20York/part-0.parquet", "year=2025/city=__HIVE_DEFAULT_PARTITION__/part-0.parquet"]


def test_hive_input_that_is_refused(scratch):
    put(scratch, {"a=1/x.csv": b"b\n1\n", "a=x/x.csv": b"b\n1\n", "c=1/x.csv": b"b\n1\n", "b=1/x.csv": b"b\n1\n"})
    for words, columns, told in ((["a=1/x.csv", "c=1/x.csv"], "b:int8", "different"), (["a=x/x.csv"], "b:int8,a:int8", "a=x"),
                                 (["b=1/x.csv", "--header"], "z:int8", "'b'"), (["a=1/x.csv"], "a:int8", "no declared column")):
        done, out = ingest(scratch, *words, "--hive-input", columns=columns)
        assert done.code == 2 and told in done.stderr and not os.path.exists(out), done
        assert len(done.stderr.rstrip("\n").split("\n")) <= 4, done


# --- Headers that differ


SETS = {"1.csv": b"a,b\n1,x\n", "2.csv": b"b,a\ny,2\n", "3.csv": b"a,c\n3,z\n", "4.csv": b"", "5.csv": b"a,b,c\n5,w,v\n"}
DRIFT = [{"path": "2.csv", "missing": [], "extra": [], "reordered": True},
         {"path": "3.csv", "missing": ["b"], "extra": ["c"], "reordered": False},
         {"path": "5.csv", "missing": [], "extra": ["c"], "reordered": False}]


def test_union_by_name(scratch):
    put(scratch, SETS)
    report = os.path.join(scratch, "report.json")
    for extra in ([], ["--workers", "8", "--chunk", "1", "--unit-bytes", "1"]):
        done, out = ingest(scratch, *SETS, "--header", "--missing-columns", "null", "--report", report, *extra)
        assert done.code == 0, done
        assert table(out) == {"a": [1, 2, 3, 5], "b": [b"x", b"y", None, b"w"]}
        lines = [line for line in done.stderr.split("\n") if line.startswith("drift: ")]
        assert lines == ["drift: 2.csv: other order", "drift: 3.csv: missing b; extra c", "drift: 5.csv: extra c"]
    import json
    with open(report, encoding="utf-8") as file:
        assert json.load(file)["drift"] == DRIFT
    plan = program.run("explain", *SETS, "--columns", "a:int32,b:string", "--header", "--missing-columns", "null", "--json", cwd=scratch)
    assert plan.json()["drift"] == DRIFT, plan


def test_every_type_may_be_missing(scratch):
    kinds = ["bool", "int8", "uint64", "float32", "decimal(30,2)", "string", "binary", "date", "timestamp[us]", "time[ms]",
             "duration[s]", "dictionary(string)"]
    columns = "a:int32," + ",".join(f"c{i}:{kind}" for i, kind in enumerate(kinds))
    put(scratch, {"1.csv": b"a\n" + b"1\n" * 100, "2.csv": b"a\n2\n"})
    for form in ("parquet", "arrow"):
        out = os.path.join(scratch, "x." + form)
        done = program.run("ingest", "1.csv", "2.csv", "-o", out, "--columns", columns, "--header", "--missing-columns", "null",
                           cwd=scratch)
        assert done.code == 0 and done.stderr.count("drift") == 2, done
        made = table(out)
        assert made["a"] == [1] * 100 + [2] and all(made[f"c{i}"] == [None] * 101 for i in range(len(kinds)))


def test_headers_are_refused_before_anything_is_written(scratch):
    put(scratch, SETS)
    done, out = ingest(scratch, *SETS, "--header")
    assert done.code == 2 and "3.csv" in done.stderr and "--missing-columns null" in done.stderr, done
    assert "drift: 5.csv: extra c" in done.stderr and not os.path.exists(out)
    done, out = ingest(scratch, *SETS, "--header", "--missing-columns", "null", "--extra-columns", "error")
    assert done.code == 2 and "3.csv" in done.stderr and "not declared: c" in done.stderr, done
    done, _ = ingest(scratch, "1.csv", "--header", "--missing-columns", "null", "--no-nulls")
    assert done.code == 2 and "--no-nulls" in done.stderr, done


# --- Which files


def test_lists(scratch):
    put(scratch, {"a.csv": b"1,x\n", "b b.csv": b"2,y\n", "d/c.csv": b"3,z\n", "list.txt": b"# all\nb b.csv\r\n\nd\n*a.csv\n"})
    done, out = ingest(scratch, "@list.txt")
    assert done.code == 0 and table(out)["a"] == [2, 3, 1], done
    done, out = ingest(scratch, "a.csv", "@-", stdin=b"d/c.csv\n")
    assert done.code == 0 and table(out)["a"] == [1, 3], done
    for words, told in ((["@nothing.txt"], "nothing.txt"), (["@a.csv"], "1,x"), (["@-", "-"], "standard input"), (["@"], "@FILE")):
        done, _ = ingest(scratch, *words)
        assert done.code == 2 and told in done.stderr, done


def test_deep_globs_and_folders_below_folders(scratch):
    files = {"t/a.csv": b"1,\n", "t/x/b.csv": b"2,\n", "t/x/y/c.csv": b"3,\n", "t/x/.h/d.csv": b"4,\n", "t/_u/e.csv": b"5,\n",
             "t/x/f.txt": b"6,\n"}
    put(scratch, files)
    os.symlink(os.path.join(scratch, "t"), os.path.join(scratch, "t/x/loop"))
    for words, want in ((["t/**/*.csv"], [5, 1, 2, 3]), (["**/b.csv"], [2]), (["t/**"], [5, 1, 2, 6, 3]), (["t/*/**/c.csv"], [3]),
                        (["t", "--recursive"], [1, 2, 6, 3]), (["t"], [1])):
        done, out = ingest(scratch, *words)
        assert done.code == 0 and table(out)["a"] == want, done
    for out in ("t/x/y/new.parquet", "t/new.parquet"):
        for words in (["t", "--recursive"], ["t/**/*.parquet", "t/a.csv"], ["t/**"]):
            done = program.run("ingest", *words, "-o", out, "--columns", "a:int32,b:string", cwd=scratch)
            assert done.code == 2 and ("lies inside" in done.stderr or "no file matches" in done.stderr), done
    done, _ = ingest(scratch, "t/**/*.zip")
    assert done.code == 2 and "no file matches" in done.stderr, done


def test_a_deep_glob_that_runs_out_of_descriptors(scratch):
    """The folders that it could not list were passed over, and their rows lost."""
    put(scratch, {"d/" * depth + "x.csv": b"%d,x\n" % depth for depth in range(1, 41)})
    words = ["bash", "-c", 'ulimit -n 30; exec "$@"', "-", program.BIN, "scan", "d/**/*.csv", "--columns", "a:int32,b:string",
             "--workers", "1"]
    done = subprocess.run(words, capture_output=True, env=program.environment(), cwd=scratch, timeout=program.TIMEOUT_S, check=False)
    assert_clear(program.Run(words, done.returncode, done.stdout, done.stderr.decode()), "d/**/*.csv", "cannot list 'd/d/",
                 "Too many open files")
    done, out = ingest(scratch, "d/**/*.csv")
    assert done.code == 0 and sorted(table(out)["a"]) == list(range(1, 41)), done


@pytest.mark.parametrize("pattern", ["d/*/*.csv", "d/**/*.csv", "d/**/x.csv"])
def test_a_glob_over_a_folder_that_is_locked(scratch, pattern):
    nobody = machine.as_nobody()
    put(scratch, {"d/a/x.csv": b"1,x\n", "d/b/x.csv": b"2,x\n"})
    os.chmod(scratch, 0o755)

    def scan():
        words = [*nobody, program.BIN, "scan", pattern, "--columns", "a:int32,b:string"]
        done = subprocess.run(words, capture_output=True, env=program.environment(), cwd=scratch, check=False)
        return program.Run(words, done.returncode, done.stdout, done.stderr.decode())

    if scan().code != 0:
        pytest.skip("another user cannot run the program where it lies")
    os.chmod(scratch + "/d/b", 0)
    assert_clear(scan(), f"cannot expand '{pattern}'", "'d/b", "Permission denied")


@pytest.mark.parametrize("pattern", ["d/loop/*.csv", "d/*/**/*.csv"])
def test_a_glob_tells_of_a_folder_that_it_cannot_list(scratch, pattern):
    """Neither a file nor a link to nothing is a folder that hides files."""
    put(scratch, {"d/a/x.csv": b"1,x\n", "d/file": b"2,x\n"})
    os.symlink("nowhere", os.path.join(scratch, "d/gone"))
    done, out = ingest(scratch, "d/*/**/*.csv")
    assert done.code == 0 and table(out)["a"] == [1], done
    os.symlink("loop", os.path.join(scratch, "d/loop"))
    done, _ = ingest(scratch, pattern)
    assert_clear(done, f"cannot expand '{pattern}'", "cannot list 'd/loop'")


@pytest.mark.parametrize("pattern", ["d/*.csv", "d/**/*.csv", "d/**", "d/**/gone.csv"])
def test_a_link_to_nothing_that_matches_is_an_error(scratch, pattern):
    put(scratch, {"d/a.csv": b"1,x\n", "d/e/gone.csv": b"2,x\n"})
    os.symlink("nowhere", os.path.join(scratch, "d/gone.csv"))
    done, _ = ingest(scratch, pattern)
    assert_clear(done, "d/gone.csv", "No such file")


@pytest.mark.parametrize("second", ["two.fifo", "./two.fifo", "link", "*.fifo"])
def test_a_pipe_that_is_named_twice(scratch, second):
    """Two workers read from it at once, and rows were torn."""
    os.mkfifo(os.path.join(scratch, "two.fifo"))
    os.symlink("two.fifo", os.path.join(scratch, "link"))
    done, _ = ingest(scratch, "two.fifo", second, "--workers", "2", timeout=20)
    assert_clear(done, "is named twice, and can be read only once", "fix: ")


def test_standard_input_under_two_names(scratch):
    done, out = ingest(scratch, "-", "/dev/stdin", stdin=b"1,x\n")
    assert_clear(done, "'/dev/stdin' is named twice")
    assert not os.path.exists(out)


@pytest.mark.parametrize("way", ["read", "mmap"])
def test_a_file_whose_size_is_said_to_be_zero(scratch, way):
    path = "/proc/filesystems"
    if not os.path.exists(path) or os.path.getsize(path) != 0:
        pytest.skip("needs /proc/filesystems")
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    done, out = ingest(scratch, path, "--delimiter", "|", "--io", way, columns="a:string")
    assert done.code == 0 and lines and table(out)["a"] == lines, done
