"""What the system refuses: bytes of a plain file, as on a bad disk, threads, and memory."""
import gzip
import os
import resource
import shutil
import subprocess

import pytest

from support import outcome, program

ROWS = 150_000
COLUMNS = "id:int64,name:string"
SUPPORT = os.path.join(os.path.dirname(__file__), "support")


def built(name, folder):
    if program.SANITIZED or not shutil.which("cc"):
        pytest.skip("a sanitizer that wants to be loaded first, or no C compiler")
    path = str(folder / f"{name}.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", path, os.path.join(SUPPORT, f"{name}.c"), "-ldl"], check=True)
    return path


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory):
    return built("unreadable", tmp_path_factory.mktemp("preload"))


@pytest.fixture
def data(scratch):
    path = os.path.join(scratch, "bad.csv")
    with open(path, "wb") as file:
        file.write(b"".join(b'%d,"name\n%d"\n' % (n, n * n) for n in range(ROWS)))
    return path


def ingest(preloaded, at, *words, **more):
    return program.run("ingest", *words, "--columns", COLUMNS, "--overwrite", "-q",
                       env={"LD_PRELOAD": preloaded, "UNREADABLE_FILE": "bad.csv", "UNREADABLE_AT": str(at), **more})


# Any way to cut the text.
KNOBS = [["--unit-bytes", unit, "--chunk", chunk, "--workers", workers] for unit, chunk, workers in
         (("32MiB", "64KiB", "1"), ("32MiB", "8MiB", "1"), ("1MiB", "1MiB", "1"), ("256KiB", "64KiB", "3"))]


@pytest.mark.parametrize("at", [0, 4096, 1_048_576 - 4096, 1_048_576, 1_500_000, 2_097_152 - 100])
@pytest.mark.parametrize("more", [[], ["--record-number-column", "n"], ["--rows", "1000000"]], ids=["plain", "numbers", "rows"])
def test_whole_records_before_what_cannot_be_read_are_kept(preloaded, data, scratch, at, more):
    """The same rows and one reject, for any size of reads and units and any number of workers."""
    good = os.path.join(scratch, "good.csv")
    with open(good, "wb") as file:
        file.write(b'-1,"last"\n')
    with open(data, "rb") as file:
        before = file.read(at)
    kept = before[:before.rfind(b'"\n') + 2].count(b'"\n')
    out, rejects = os.path.join(scratch, "x.parquet"), os.path.join(scratch, "r.csv")
    rows = []
    for knobs in KNOBS:
        done = ingest(preloaded, at, data, good, "-o", out, "--on-file-error", "keep", "--rejects", rejects, "--max-rejects", "1",
                      *knobs, *more)
        if at < 65536:  # there is no head to begin with
            assert done.code == 2 and "bad.csv" in done.stderr, done
            continue
        assert done.code == 1, done
        table = outcome.plain_table(outcome.read_table(out))
        assert table["id"] == [*range(kept), -1], knobs
        with open(rejects, encoding="utf-8") as file:
            rows.append(file.read())
    assert len(set(rows)) <= 1 and all(text.count("damaged_file") == 1 for text in rows), rows


def test_a_read_that_fails_once_is_no_damage(preloaded, data, scratch):
    out = os.path.join(scratch, "x.parquet")
    for knobs in KNOBS:
        for times in "12":
            done = ingest(preloaded, 2_500_000, data, "-o", out, "--on-file-error", "keep", *knobs, UNREADABLE_TIMES=times)
            assert done.code == 0, done
            assert outcome.plain_table(outcome.read_table(out))["id"] == [*range(ROWS)], knobs


def test_a_fault_behind_the_damage_is_none(preloaded, data, scratch):
    """Nor does what lies there end what --rows asks for."""
    with open(data, "r+b") as file:
        file.seek(1_200_000)
        file.write(b'\nx,"y"\n')
    good, out = os.path.join(scratch, "good.csv"), os.path.join(scratch, "x.parquet")
    with open(good, "wb") as file:
        file.write(b'-1,"last"\n')
    for more in ([], ["--record-number-column", "n"], ["--rows", "9000"], ["--rows", "100000"]):
        for knobs in (*KNOBS, ["--unit-bytes", "1MiB", "--chunk", "64KiB", "--workers", "3"]):
            done = ingest(preloaded, 100_000, data, good, "-o", out, "--on-file-error", "keep", *knobs, *more)
            assert done.code == 1, (done, more)
            assert outcome.plain_table(outcome.read_table(out))["id"][-1] == -1, (knobs, more)


@pytest.mark.parametrize("at", [900_000, 1_100_000, 420_000])
def test_a_record_that_is_too_long_before_the_damage(preloaded, scratch, at):
    data, out, rejects = (os.path.join(scratch, name) for name in ("bad.csv", "x.parquet", "r.csv"))
    with open(data, "wb") as file:
        file.write(b"".join(b"%d,n\n" % n for n in range(40_000)) + b"7," + b"y" * 300_000 + b"\n")
        file.write(b"".join(b"%d,n\n" % n for n in range(150_000)))
    seen = set()
    for knobs in KNOBS:
        done = ingest(preloaded, at, data, "-o", out, "--on-file-error", "keep", "--on-error", "quarantine", "--rejects", rejects,
                      "--max-record-bytes", "100000", *knobs)
        assert done.code == 1, done
        with open(rejects, encoding="utf-8") as file:
            seen.add((outcome.plain_table(outcome.read_table(out))["id"][-1], file.read()))
    assert len(seen) == 1, [(last, text[:300]) for last, text in seen]


def test_without_keep_the_job_fails(preloaded, data, scratch):
    done = ingest(preloaded, 1_500_000, data, "-o", os.path.join(scratch, "x.parquet"))
    assert done.code == 2 and "bad.csv" in done.stderr and "Input/output error" in done.stderr, done
    assert outcome.tree(scratch) == ["bad.csv"]


def other_form(data, scratch, form):
    """The path of the same text in another form."""
    if form == "plain":
        return data
    with open(data, "rb") as file:
        text = file.read()
    path = os.path.join(scratch, "other.csv")
    half = text.index(b'"\n', len(text) // 2) + 2
    with open(path, "wb") as file:
        file.write({"gzip": lambda: gzip.compress(text, 1), "utf-16": lambda: text.decode().encode("utf-16"),
                    "gzip members": lambda: gzip.compress(text[:half], 1) + gzip.compress(text[half:], 1)}[form]())
    return path


@pytest.mark.parametrize("form", ["plain", "gzip", "utf-16", "gzip members"])
def test_threads_that_the_system_refuses(data, scratch, tmp_path, form):
    """With fewer threads the same result, or an error that says so; never a crash, and nothing is left behind."""
    preload, path = built("few_threads", tmp_path), other_form(data, scratch, form)
    out, ended = os.path.join(str(tmp_path), "x.parquet"), {}
    for threads in (*range(9), 1000):
        done = program.run("ingest", path, path, "-o", out, "--columns", COLUMNS, "--overwrite", "-q", "--workers", "4",
                           "--unit-bytes", "256KiB", "--prefetch", "2", "--verify",
                           env={"LD_PRELOAD": preload, "THREADS": str(threads)})
        assert done.code == 0 or (done.code == 2 and "starts no more threads" in done.stderr), done
        if done.code == 0:
            ended[outcome.digest(out)] = threads
            os.remove(out)
        assert [name for name in os.listdir(tmp_path) if not name.endswith(".so")] == []
    assert list(ended.values()) == [1000], "all that succeed give the same bytes"


@pytest.mark.parametrize("form, more", [("plain", []), ("plain", ["--rows", "200000"]), ("plain", ["--record-number-column", "n"]),
                                        ("gzip", []), ("gzip members", ["--rows", "200000"])])
def test_memory_that_the_system_refuses(data, scratch, tmp_path, form, more):
    """Each large request in turn: an error that says so, or the same result; never a crash, and nothing is left behind."""
    preload, path = built("no_memory", tmp_path), other_form(data, scratch, form)
    out, digests, failed = os.path.join(str(tmp_path), "x.parquet"), set(), 0
    for refused in (*range(40), *range(40, 400, 12), 1_000_000):
        done = program.run("ingest", path, path, "-o", out, "--columns", COLUMNS, "--overwrite", "-q", "--workers", "3",
                           "--unit-bytes", "256KiB", *more,
                           env={"LD_PRELOAD": preload, "LARGE": "30000", "REFUSED": str(refused)})
        assert done.code == 0 or (done.code == 2 and "memory" in done.stderr), (refused, done)
        failed += done.code == 2
        if done.code == 0:
            digests.add(outcome.digest(out))
            os.remove(out)
        assert [name for name in os.listdir(tmp_path) if not name.endswith(".so")] == []
    assert failed > 20 and len(digests) == 1, (failed, digests)


@pytest.mark.parametrize("more", [["--rows", "400000"], ["--record-number-column", "n"]], ids=["rows", "numbers"])
def test_an_output_that_fails_ends_units_that_wait_for_others(data, scratch, tmp_path, more):
    """Of several streams: those before them may never be carried, and nobody is to wait for them."""
    path, out = other_form(data, scratch, "gzip members"), os.path.join(str(tmp_path), "x.parquet")
    for limit in (10_000, 50_000):
        for _ in range(12):
            done = program.run("ingest", path, path, path, "-o", out, "--write", "buffered", "--columns", COLUMNS, "-q",
                               "--workers", "4", "--unit-bytes", "64KiB", *more, timeout=30,
                               preexec_fn=lambda size=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
            assert done.code == 2 and "File too large" in done.stderr, done
    assert os.listdir(tmp_path) == []
