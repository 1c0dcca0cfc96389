"""How outputs appear: modes, names, links, what lies there already; odd paths in messages and JSON."""
import json
import os
import shutil
import stat
import subprocess

import pytest

from support import outcome, program
from support.message import assert_clear

COLUMNS = "n:int64,word:string"
ROWS = b"1,a\n2,b\nx,c\n"


@pytest.fixture
def a_csv(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(ROWS)
    return path


def ingest(path, out, *flags, **options):
    return program.run("ingest", path, "-o", out, "--columns", COLUMNS, *flags, **options)


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_files_have_the_modes_that_the_user_asked_for(a_csv, scratch, mask):
    """As any other program's files: 0666 and 0777 less the umask."""
    done = ingest(a_csv, scratch + "/x.parquet", "--rejects", scratch + "/bad.csv", "--report", scratch + "/r.json", "--manifest",
                  umask=mask)
    assert done.code == 1, done
    assert ingest(a_csv, scratch + "/x.arrow", "--on-error", "skip", umask=mask).code == 1
    assert ingest(a_csv, scratch + "/dir/", "--on-error", "skip", umask=mask).code == 1
    assert ingest(a_csv, scratch + "/hive/", "--on-error", "skip", "--partition-by", "word", umask=mask).code == 1
    for name in outcome.tree(scratch):
        if name != "a.csv":
            want = (0o777 if name.endswith("/") else 0o666) & ~mask
            got = stat.S_IMODE(os.stat(os.path.join(scratch, name)).st_mode)
            assert got == want, f"{name}: {got:o}, not {want:o}"


def test_overwrite_keeps_nothing_of_the_old(a_csv, scratch):
    for form in ("x.parquet", "x.arrow", "dir/"):
        out = os.path.join(scratch, form)
        assert ingest(a_csv, out, "--on-error", "skip").code == 1
        again = ingest(a_csv, out, "--on-error", "null", "--overwrite")
        assert again.code == 1, again
    assert sorted(os.listdir(scratch)) == ["a.csv", "dir", "x.arrow", "x.parquet"]
    assert outcome.read_table(scratch + "/x.parquet").num_rows == 3


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
def test_a_manifest_that_was_left_vouches_for_no_other(a_csv, scratch, form):
    out = os.path.join(scratch, form)
    manifest = out.rstrip("/") + ".manifest.json"
    assert ingest(a_csv, out, "--on-error", "skip", "--manifest").code == 1
    assert_clear(ingest(a_csv, out, "--on-error", "skip"), f"'{out}' exists already", "--overwrite")
    shutil.rmtree(out) if form.endswith("/") else os.unlink(out)
    before = outcome.tree_digest(scratch)
    assert_clear(ingest(a_csv, out, "--on-error", "null"), f"'{manifest}' exists already", "fix: ", "--overwrite")
    assert outcome.tree_digest(scratch) == before
    assert ingest(a_csv, out, "--on-error", "null", "--overwrite").code == 1
    assert os.path.exists(out) and not os.path.exists(manifest)
    assert program.run("verify", out).code == 0


@pytest.mark.parametrize("flags", [["--manifest", "--overwrite"], ["--manifest"], ["--overwrite"], []], ids=" ".join)
def test_a_folder_under_the_name_of_the_manifest(a_csv, scratch, flags):
    """Told at the start: a bad value, which the input has, is not what is told."""
    os.mkdir(scratch + "/x.parquet.manifest.json")
    assert_clear(ingest(a_csv, scratch + "/x.parquet", *flags), "x.parquet.manifest.json", "is a folder")
    assert outcome.tree(scratch) == ["a.csv", "x.parquet.manifest.json/"]


def test_a_name_too_long_for_a_manifest(a_csv, scratch):
    out = f"{scratch}/{'x' * 240}.parquet"
    assert_clear(ingest(a_csv, out, "--on-error", "skip", "--manifest"), "name too long")
    assert ingest(a_csv, out, "--on-error", "skip").code == 1
    assert ingest(a_csv, out, "--on-error", "skip", "--overwrite").code == 1


def test_a_failed_run_leaves_older_side_files_alone(a_csv, scratch):
    for name in ("bad.csv", "r.json"):
        with open(os.path.join(scratch, name), "wb") as file:
            file.write(b"old")
    done = ingest(a_csv, scratch + "/x.parquet", "--rejects", scratch + "/bad.csv")
    assert_clear(done, "bad.csv", "--overwrite")
    done = ingest(a_csv, scratch + "/x.parquet", "--report", scratch + "/r.json")
    assert_clear(done, "a.csv")
    for name in ("bad.csv", "r.json"):
        with open(os.path.join(scratch, name), "rb") as file:
            assert file.read() == b"old"
    assert outcome.tree(scratch) == ["a.csv", "bad.csv", "r.json"]


@pytest.mark.parametrize("form, other", [
    ("x.parquet", "file"), ("x.arrow", "file"), ("dir/", "folder"), ("x.parquet", "manifest"),
    ("x.parquet", "folder --overwrite"), ("dir/", "file --overwrite")])
@pytest.mark.parametrize("flags", [[], ["--manifest"]], ids=" ".join)
def test_a_name_that_is_taken_meanwhile(scratch, form, other, flags):
    """Rejects and manifest of an output that is not published are not, either."""
    out = os.path.join(scratch, form.rstrip("/"))
    kind, *more = other.split()
    process = program.start("ingest", "-", "-o", os.path.join(scratch, form), "--columns", COLUMNS, "--rejects",
                            scratch + "/bad.csv", "-q", *flags, *more, stdin=subprocess.PIPE)
    process.stdin.write(ROWS * 200_000)  # more than is read before the output is begun
    process.stdin.flush()
    while not any(name.endswith(".tmp") for name in os.listdir(scratch)):
        assert process.poll() is None, process.communicate()
    name = out + ".manifest.json" if kind == "manifest" else out
    os.mkdir(name) if kind == "folder" else open(name, "wb").close()
    _, stderr = process.communicate(timeout=program.TIMEOUT_S)
    assert process.returncode == 2 and os.path.basename(name).encode() in stderr, stderr
    assert [found.rstrip("/") for found in outcome.tree(scratch)] == [os.path.basename(name)]


def test_max_rejects_publishes_nothing(a_csv, scratch):
    done = ingest(a_csv, scratch + "/x.parquet", "--rejects", scratch + "/bad.csv", "--max-rejects", "0", "--manifest")
    assert_clear(done, "--max-rejects")
    assert outcome.tree(scratch) == ["a.csv"]


def test_output_that_is_a_directory(a_csv, scratch):
    os.makedirs(scratch + "/x.parquet/sub")
    done = ingest(a_csv, scratch + "/x.parquet", "--overwrite", "--on-error", "skip")
    assert_clear(done, "x.parquet")
    assert outcome.tree(scratch) == ["a.csv", "x.parquet/", "x.parquet/sub/"]


def test_directory_output_that_is_a_file(a_csv, scratch):
    with open(scratch + "/dir", "wb") as file:
        file.write(b"mine")
    done = ingest(a_csv, scratch + "/dir/", "--on-error", "skip")
    assert_clear(done, "dir")
    with open(scratch + "/dir", "rb") as file:
        assert file.read() == b"mine"
    assert outcome.tree(scratch) == ["a.csv", "dir"]


def test_dangling_link_as_output(a_csv, scratch):
    """A link counts as an existing output; nothing is written through it."""
    os.symlink(scratch + "/elsewhere.parquet", scratch + "/x.parquet")
    done = ingest(a_csv, scratch + "/x.parquet", "--on-error", "skip")
    assert_clear(done, "x.parquet")
    assert not os.path.exists(scratch + "/elsewhere.parquet")


def test_the_same_file_twice(a_csv, scratch):
    assert ingest(a_csv, scratch + "/x.parquet", a_csv, "--on-error", "skip").code == 1
    assert outcome.read_table(scratch + "/x.parquet")["n"].to_pylist() == [1, 2, 1, 2]
    assert_clear(ingest(a_csv, scratch + "/dir/", a_csv, "--on-error", "skip"), "a.csv")
    assert outcome.tree(scratch) == ["a.csv", "x.parquet"]


def test_rejects_and_output_at_one_place(a_csv, scratch):
    for rejects in (scratch + "/x.parquet", scratch + "/./x.parquet"):
        assert_clear(ingest(a_csv, scratch + "/x.parquet", "--rejects", rejects), "x.parquet")
        assert outcome.tree(scratch) == ["a.csv"]


def test_a_rejects_file_of_no_known_form(a_csv, scratch):
    assert_clear(ingest(a_csv, scratch + "/x.parquet", "--rejects", scratch + "/bad.txt"), "bad.txt")
    assert outcome.tree(scratch) == ["a.csv"]


def test_odd_paths(scratch):
    """Spaces, quotes, line ends and bytes that are no UTF-8, in messages, reports and rejects."""
    folder = os.fsencode(scratch)
    path = os.path.join(folder, b"o'd\n d\xff \"name\".csv")
    with open(path, "wb") as file:
        file.write(ROWS)
    out = os.path.join(folder, b"\xfe out.parquet")
    words = [b"ingest", path, b"-o", out, b"--columns", COLUMNS.encode(), b"--rejects", folder + b"/bad.jsonl", b"--report",
             folder + b"/r.json", b"--manifest"]
    done = subprocess.run([program.BIN.encode(), *words], capture_output=True, env=program.environment(), check=False)
    assert done.returncode == 1, done
    done.stderr.decode("utf-8")
    with open(scratch + "/r.json", encoding="utf-8") as file:
        report = json.load(file)
    assert "\\xff" in report["files"][0]["path"] and "\\xfe" in report["outputs"][0]["path"]
    (reject,) = outcome.read_rejects(scratch + "/bad.jsonl")
    assert "\\xff" in reject["file"] and reject["line"] == 3
    verified = subprocess.run([program.BIN.encode(), b"verify", out], capture_output=True, env=program.environment(), check=False)
    assert verified.returncode == 0, verified


def test_a_name_that_begins_with_a_dash(scratch):
    path = os.path.join(scratch, "-n.csv")
    with open(path, "wb") as file:
        file.write(b"1,a\n")
    done = program.run("ingest", "-o", "x.parquet", "--columns", COLUMNS, "--", "-n.csv", cwd=scratch)
    assert done.code == 0, done
    assert program.run("ingest", "./-n.csv", "-o", "y.parquet", "--columns", COLUMNS, cwd=scratch).code == 0


def test_relative_paths(a_csv, scratch):
    assert ingest("a.csv", "x.parquet", "--on-error", "skip", cwd=scratch).code == 1
    assert ingest("./*.csv", "sub/../y.parquet", "--on-error", "skip", cwd=scratch).code in (1, 2)
    assert ingest("a.csv", "dir/", "--on-error", "skip", "--manifest", cwd=scratch).code == 1
    assert program.run("verify", "dir/", cwd=scratch).code == 0
    assert program.run("verify", "x.parquet", cwd=scratch).code == 0


def test_hidden_files_of_a_folder_are_no_inputs(a_csv, scratch):
    os.makedirs(scratch + "/in/below")
    os.rename(a_csv, scratch + "/in/a.csv")
    for name in (".hidden.csv", "_SUCCESS"):
        with open(os.path.join(scratch, "in", name), "wb") as file:
            file.write(b"9,z\n")
    assert ingest(scratch + "/in", scratch + "/x.parquet", "--on-error", "skip").code == 1
    assert outcome.read_table(scratch + "/x.parquet")["n"].to_pylist() == [1, 2]


def everything_in(folder):
    return {os.path.join(root, name): open(os.path.join(root, name), "rb").read() for root, _, names in os.walk(folder) for name in names}


@pytest.mark.parametrize("flags", [[], ["--overwrite"], ["--overwrite", "--manifest", "--rows-per-file", "1"],
                                   ["--overwrite", "--partition-by", "p"]], ids=" ".join)
@pytest.mark.parametrize("inputs", [["{d}/a.csv"], ["{d}/*.csv"], ["{d}"], ["{d}/sub"], ["{d}/t.tar"], ["./{d}/../{d}/a.csv"],
                                    ["other.csv", "link/a.csv"]], ids=" ".join)
def test_a_folder_is_never_written_over_its_own_inputs(scratch, inputs, flags):
    """An output that is a folder replaces all that was in it."""
    folder = os.path.join(scratch, "data")
    os.makedirs(folder + "/sub")
    os.symlink("data", os.path.join(scratch, "link"))
    for name in ("data/a.csv", "data/sub/c.csv", "other.csv"):
        with open(os.path.join(scratch, name), "w", encoding="utf-8") as file:
            file.write("1,a\n2,b\n")
    subprocess.run(["tar", "cf", "data/t.tar", "other.csv"], cwd=scratch, check=True)
    before = everything_in(scratch)
    for out in ("data/", os.path.join(scratch, "data") + "/", "link/", "data/sub/../"):
        done = program.run("ingest", *(path.format(d="data") for path in inputs), "-o", out, "--columns", "n:int32,p:string", "-q",
                           *flags, cwd=scratch)
        assert done.code == 2, done
        assert everything_in(scratch) == before, out


@pytest.mark.parametrize("flag, name", [("--rejects", "r.jsonl"), ("--metrics", "m.jsonl"), ("--report", "r.json"), ("--lock", "l.toml"),
                                        ("--rejects", "sub/r.csv"), ("--schema", "s.toml")])
def test_nothing_of_the_job_lies_in_a_folder_that_it_replaces(a_csv, scratch, flag, name):
    folder = os.path.join(scratch, "od")
    os.makedirs(folder + "/sub")
    with open(folder + "/s.toml", "w", encoding="utf-8") as file:
        file.write('format = 1\n[[column]]\nname = "a"\ntype = "string"\n')
    before = everything_in(scratch)
    for out in (folder + "/", scratch + "/od/sub/../"):
        done = program.run("ingest", a_csv, "-o", out, "--overwrite", flag, os.path.join(folder, name), "-q")
        assert_clear(done, os.path.join(folder, name), "lies in the output")
        assert everything_in(scratch) == before


@pytest.mark.parametrize("flags", [["--report", "{o}.manifest.json"], ["--manifest", "--report", "./{o}.manifest.json"],
                                   ["--schema", "s.json", "--report", "s.json"], ["--rejects", "./m.jsonl", "--metrics", "m.jsonl"],
                                   ["@list.json", "--report", "list.json"]], ids=" ".join)
def test_two_files_of_a_job_are_not_one(a_csv, scratch, flags):
    with open(scratch + "/s.json", "w", encoding="utf-8") as file:
        file.write('format = 1\n[[column]]\nname = "a"\ntype = "string"\n')
    with open(scratch + "/list.json", "w", encoding="utf-8") as file:
        file.write(a_csv + "\n")
    before = everything_in(scratch)
    for out in ("x.parquet", "dir/"):
        done = program.run("ingest", a_csv, "-o", out, "--overwrite", *(flag.format(o=out.rstrip("/")) for flag in flags), "-q",
                           cwd=scratch)
        assert_clear(done, "name the same file")
        assert everything_in(scratch) == before
