"""Memory stays under the stated cap, also on one endless line, on a quote that never closes and on expanding input."""
import gzip
import json
import os
import statistics
import subprocess
import sys

import pytest

from support import outcome, program
from support.message import assert_clear

pytestmark = pytest.mark.skipif(program.SANITIZED, reason="sanitizers take memory of their own")
LIMIT_MIB = 256
LONG = os.environ.get("HEADRACE_LONG", "") not in ("", "0")
SIZE = (1 << 30) if LONG else (160 << 20)


# Its own parent, so that the peak is the program's and not that of this large process before it became the program.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def run_measured(*words):
    """(Run, peak resident MiB) of the program. What it writes to stdout is thrown away."""
    done = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, *program.command(words)], env=program.environment(),
                          capture_output=True, timeout=program.TIMEOUT_S, check=True)
    code, peak_kib = map(int, done.stdout.split())
    run = program.Run(program.command(words), code, b"", done.stderr.decode())
    program.check_sound(run)
    return run, peak_kib / 1024


def write(path, chunks):
    with open(path, "wb") as file:
        for chunk in chunks:
            file.write(chunk)


@pytest.mark.parametrize("workers", ["1", "8"])
@pytest.mark.parametrize("start", [b"1,", b'1,"'], ids=["endless line", "open quote"])
def test_one_endless_record(scratch, start, workers):
    path = os.path.join(scratch, "a.csv")
    block = b"z" * (1 << 20) if start == b"1," else (b"z,y\n" * (1 << 18))
    write(path, [b"0,a\n", start] + [block] * (SIZE >> 20) + ([b"\n2,b\n"] if start == b"1," else []))
    bad = os.path.join(scratch, "bad.jsonl")
    done, peak = run_measured("ingest", path, "-o", scratch + "/x.parquet", "--columns", "n:int32,s:string", "--rejects", bad,
                              "--memory-limit", f"{LIMIT_MIB}MiB", "--workers", workers, "-q")
    assert done.code == 1, done
    (reject,) = outcome.read_rejects(bad)
    assert reject["kind"] == ("record_too_long" if start == b"1," else "unclosed_quote")
    assert (reject["offset"], reject["line"], reject["field_offset"]) == (4, 2, 4 if start == b"1," else 6)
    assert reject["raw_length"] == len(start) + SIZE
    assert outcome.read_table(scratch + "/x.parquet")["n"].to_pylist() == ([0, 2] if start == b"1," else [0])
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"
    failed, peak = run_measured("ingest", path, "-o", scratch + "/y.parquet", "--columns", "n:int32,s:string", "--memory-limit",
                                f"{LIMIT_MIB}MiB", "--workers", workers)
    assert_clear(failed, "a.csv", "line 2")
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "-"])
@pytest.mark.parametrize("workers", ["1", "2", "8"])
def test_a_large_file_of_texts(scratch, form, workers):
    path = os.path.join(scratch, "a.csv")
    write(path, (b"".join(b"%d,%x,%x\n" % (i * 4096 + j, (i * 4096 + j) * 2654435761 % 2**61, j * 40503) for j in range(4096))
                 for i in range(SIZE >> 17 if LONG else 1000)))
    out = form if form == "-" else os.path.join(scratch, form)
    done, peak = run_measured("ingest", path, "-o", out, "--columns", "n:int64,s:string,t:string", "--memory-limit",
                              f"{LIMIT_MIB}MiB", "--workers", workers, "-q")
    assert done.code == 0, done.stderr
    print(f"{os.path.getsize(path) >> 20} MiB of text, {form}, {workers} workers: peak {peak:.0f} MiB")
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"


def many_names(scratch, path, count):
    """A folder with a file under so many names."""
    folder = os.path.join(scratch, f"in{count}")
    os.makedirs(folder)
    for i in range(count):
        os.symlink(path, os.path.join(folder, f"{i:04}.csv"))
    return folder


def numbers_and_words(path, blocks):
    write(path, (b"".join(b"%d,%d.25,word %d\n" % (n, n * 7919 % 100_003, n % 997) for n in range(i << 14, (i + 1) << 14))
                 for i in range(blocks)))


def test_many_small_inputs_that_become_a_file_each(scratch):
    """Their footers, a kilobyte a column, are not kept until the end."""
    os.mkdir(scratch + "/in")
    for i in range(4_000):
        write(f"{scratch}/in/{i}.csv", [",".join(str(i * j % 977) for j in range(40)).encode() + b"\n"])
    done, peak = run_measured("ingest", scratch + "/in", "-o", scratch + "/out/", "--columns",
                              ",".join(f"c{j}:int32" for j in range(40)), "--workers", "1")
    assert done.code == 0, done
    assert peak <= 100, f"{peak:.0f} MiB"


def assert_limits_hold(scratch, words, *told):
    """What is kept until the end is too much for 96 MiB, and not for 288."""
    failed, peak = run_measured(*words, "--memory-limit", "96MiB")
    assert_clear(failed, *told)
    assert outcome.tree(scratch) == ["a.csv"]
    assert peak <= 96, f"{peak:.0f} MiB"
    done, peak = run_measured(*words, "--memory-limit", "288MiB")
    assert done.code == 0, done
    assert peak <= 288, f"{peak:.0f} MiB"


@pytest.mark.parametrize("kind,columns,rows,value", [
    ("int32", 30, 2_000, lambda i, j: b"%d" % (i * j % 977)),
    ("string", 10, 200, lambda i, j: b"%015x" % (i * 2654435761 * (j + 1) % 2**60) + b"x" * 3_985)], ids=["int32", "long texts"])
def test_the_footer_of_one_file_counts(scratch, kind, columns, rows, value):
    """It is written last: 1 KiB a column of each row group and four times its extremes, and as much again to write it."""
    path, out = os.path.join(scratch, "a.csv"), os.path.join(scratch, "x.parquet")
    words = ["ingest", path, "-o", out, "--columns", ",".join(f"c{j}:{kind}" for j in range(columns)), "--unit-bytes", "20",
             "--workers", "1", "-q", "--overwrite"]
    write(path, (b",".join(value(i, j) for j in range(columns)) + b"\n" for i in range(rows)))
    assert_limits_hold(scratch, words, "the output's footer is written last", "MiB",
                       "\n  fix: raise --memory-limit or --unit-bytes\n")


@pytest.mark.parametrize("form", ["x.arrow", "-"])
def test_the_dictionaries_of_arrow_ipc_count(scratch, form):
    path, out = os.path.join(scratch, "a.csv"), form if form == "-" else os.path.join(scratch, form)
    write(path, (b"".join(b"%d,%08x\n" % (n % 7, n * 2654435761 % 2**32) for n in range(i << 14, (i + 1) << 14))
                 for i in range(40)))
    words = ["ingest", path, "-o", out, "--columns", "few:dictionary(string),many:dictionary(string)", "--unit-bytes", "256KiB",
             "--workers", "1", "-q"]
    assert_limits_hold(scratch, words, "dictionaries grow", "'many' most",
                       "\n  fix: raise --memory-limit, or declare 'many' as string\n")


def test_a_bloom_filter_takes_memory_by_distinct_values(scratch):
    path, schema = os.path.join(scratch, "a.csv"), os.path.join(scratch, "schema.toml")
    write(path, [b"1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n" * 100_000] * 8)
    peaks = {}
    for wanted in ("false", "true"):
        write(schema, [b'format = 1\n[[column]]\nname = "n"\ntype = "int8"\nencoding = "plain"\nbloom_filter = %s\n'
                       % wanted.encode()])
        done, peaks[wanted] = run_measured("ingest", path, "-o", scratch + "/x.parquet", "--schema", schema, "--workers", "1",
                                           "--overwrite", "-q")
        assert done.code == 0, done
    assert peaks["true"] <= peaks["false"] + 16, peaks


def test_partitions_that_go_on_from_unit_to_unit(scratch):
    """Their footers are written last, and count as what workers hold does."""
    path, out = os.path.join(scratch, "a.csv"), os.path.join(scratch, "out/")
    write(path, [b"".join(b"%d%s\n" % (n % 1_000, b",%d" % (n * 7919 % 977) * 20) for n in range(40_000))])
    words = ["ingest", path, "-o", out, "--columns", "k:int32," + ",".join(f"c{j}:int32" for j in range(20)),
             "--partition-by", "k", "--memory-limit", "192MiB", "--workers", "2", "--compression", "none", "-q"]
    done, peak = run_measured(*words, "--unit-bytes", "1MiB")
    assert done.code == 0 and len(os.listdir(out)) == 1_000, done
    assert peak <= 192, f"{peak:.0f} MiB"
    done, peak = run_measured(*words, "--unit-bytes", "400KiB", "--overwrite")
    assert_clear(done, "footers", "fix: ", "--unit-bytes", "partition by")
    assert peak <= 192, f"{peak:.0f} MiB"


@pytest.mark.parametrize("io", ["read", "mmap", "uring"])
@pytest.mark.parametrize("form", ["x.parquet", "out/"])
def test_many_gigabytes_under_a_cap(scratch, form, io):
    """One file under many names: the peak stays under the cap, and does not grow with the number of files."""
    path = os.path.join(scratch, "a.csv")
    numbers_and_words(path, 170 if LONG else 85)
    few, names = (60, (20 << 30) // os.path.getsize(path)) if LONG else (2, 12)  # a long run fills the ring, two do not
    peaks = {}
    for count in (few, names):
        done, peaks[count] = run_measured("ingest", many_names(scratch, path, count), "-o", os.path.join(scratch, form),
                                          "--overwrite", "--columns", "n:int64,x:float64,word:string", "--memory-limit",
                                          f"{LIMIT_MIB}MiB", "--io", io, "--batch-files", "1", "-q")
        assert done.code == 0, done.stderr
        print(f"{count} x {os.path.getsize(path) >> 20} MiB, {form}, {io}: peak {peaks[count]:.0f} MiB")
    assert max(peaks.values()) <= LIMIT_MIB, peaks
    assert peaks[names] <= 1.05 * peaks[few] + 4, peaks


@pytest.mark.skipif(not LONG, reason="long form: set HEADRACE_LONG=1")
@pytest.mark.parametrize("limit_mib", [LIMIT_MIB, 1024])
def test_memory_settles(scratch, limit_mib):
    """Of 20 GB, resident memory in the last third of the run is that of the first; the tuner may take workers, with theirs."""
    path, lines = os.path.join(scratch, "a.csv"), os.path.join(scratch, "lines.jsonl")
    numbers_and_words(path, 170)
    folder = many_names(scratch, path, (20 << 30) // os.path.getsize(path))
    done, peak = run_measured("ingest", folder, "-o", os.path.join(scratch, "x.parquet"), "--columns",
                              "n:int64,x:float64,word:string", "--memory-limit", f"{limit_mib}MiB", "--batch-files", "1",
                              "-q", "--no-tune", "--metrics", lines, "--metrics-interval", "0.05")
    assert done.code == 0, done.stderr
    assert peak <= limit_mib, f"{peak:.0f} MiB"
    with open(lines, encoding="utf-8") as file:
        samples = [line for line in map(json.loads, file) if line["kind"] == "sample" and line["files_done"] > 0]
    resident = [line["rss_bytes"] / 2**20 for line in samples]
    third = len(resident) // 3
    assert third >= 30, len(resident)
    early, late = statistics.median(resident[:third]), statistics.median(resident[-third:])
    print(f"cap {limit_mib} MiB, peak {peak:.0f}, resident in the first third {early:.0f}, in the last {late:.0f}")
    assert late <= 1.05 * early + 4, (early, late)


def test_expanding_input(scratch):
    path = os.path.join(scratch, "a.csv.gz")
    with gzip.open(path, "wb", compresslevel=1) as file:
        for i in range(SIZE >> 20):
            file.write(b"%d,text\n" % i * ((1 << 20) // 12))
    done, peak = run_measured("ingest", path, "-o", scratch + "/x.parquet", "--columns", "n:int64,s:string", "--memory-limit",
                              f"{LIMIT_MIB}MiB", "-q")
    assert done.code == 0, done
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"


@pytest.mark.parametrize("on_error,rejects", [("skip", None), ("null", None), ("quarantine", "bad.parquet"), ("null", "bad.csv")])
def test_nothing_but_rejects(scratch, on_error, rejects):
    """Ten million short bad records: what is known of them is bounded too."""
    path = os.path.join(scratch, "a.csv")
    write(path, [b"z,y\n" * (10 << 20)])
    done, peak = run_measured("ingest", path, "-o", scratch + "/x.parquet", "--columns", "n:int64,s:string", "--memory-limit",
                              f"{LIMIT_MIB}MiB", "--on-error", on_error, "-q",
                              *(["--rejects", os.path.join(scratch, rejects)] if rejects else []))
    assert done.code == 1, done
    assert outcome.tree(scratch) == sorted(["a.csv", "x.parquet"] + ([rejects] if rejects else []))
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"


@pytest.mark.parametrize("on_error", ["null", "skip", "fail"])
def test_a_wide_table_of_bad_values(scratch, on_error):
    """Each bad value of a window had a copy of its record: 600 MiB for a file of 5 MB."""
    columns, path = 4096, os.path.join(scratch, "a.csv")
    write(path, [b",".join([b"x"] * columns) + b"\n"] * 600)
    write(scratch + "/s.toml", [b"format = 1\n"] + [b"[[column]]\nname = 'c%d'\ntype = 'int32'\n" % i for i in range(columns)])
    done, peak = run_measured("ingest", path, "-o", scratch + "/x.arrow", "--schema", scratch + "/s.toml", "--on-error",
                              on_error, "--workers", "1", "--unit-bytes", "1MiB", "-q")
    assert done.code == (2 if on_error == "fail" else 1), done
    assert peak <= 160, f"{peak:.0f} MiB"


def test_thousands_of_columns_of_a_zone(scratch):
    """Each had a table of the zone's clock changes of its own: 52 KiB."""
    columns = 4000
    write(scratch + "/a.csv", [b",".join([b"2024-05-01 12:00:00"] * columns) + b"\n"] * 5)
    write(scratch + "/s.toml", [b"format = 1\n"] + [b"[[column]]\nname = 'c%d'\ntype = 'timestamp[us, Europe/Rome]'\n" % i
                                                   for i in range(columns)])
    done, peak = run_measured("scan", scratch + "/a.csv", "--schema", scratch + "/s.toml", "--workers", "1", "-q")
    assert done.code == 0, done
    assert peak <= 120, f"{peak:.0f} MiB"


def test_many_small_files(scratch):
    """What was read of a file's head is given back before the job ends."""
    os.makedirs(scratch + "/in")
    for i in range(3000):
        write(f"{scratch}/in/{i}.csv", [b"%d,a\n" % i * 100])
    done, peak = run_measured("scan", scratch + "/in", "--columns", "n:int64,s:string", "--no-header", "-q")
    assert done.code == 0, done
    assert peak <= 150, f"{peak:.0f} MiB"


def test_a_cap_that_is_too_small_is_refused_at_once(scratch):
    path = os.path.join(scratch, "a.csv")
    write(path, [b"1,a\n"])
    done = program.run("ingest", path, "-o", scratch + "/x.parquet", "--columns", "n:int64,s:string", "--memory-limit", "1MiB")
    assert_clear(done, "--memory-limit")
    assert outcome.tree(scratch) == ["a.csv"]


def test_the_teams_job_needs_300_mib(scratch):
    assert program.run("gen", "milan", "-o", scratch + "/m", "--days", "2", "--rows", "1500000").code == 0
    example = os.path.join(program.ROOT, "examples", "milan.toml")
    done, peak = run_measured("ingest", scratch + "/m", "-o", scratch + "/x.parquet", "--schema", example, "-q")
    assert done.code == 0, done
    print(f"peak {peak:.0f} MiB")
    assert peak <= 300


def digits(path, megabytes):
    """A digit and a delimiter a field: as int64 four times as large as their text."""
    rows = b"".join(b",".join(b"%d" % ((i * 7 + c * c) % 10) for c in range(20)) + b"\n" for i in range(5000))
    write(path, [rows] * (megabytes * 1_000_000 // len(rows)))


DIGITS = ",".join(f"c{i}:int64" for i in range(20))


@pytest.mark.parametrize("form,codec", [("x.parquet", "zstd"), ("x.arrow", "none"), ("x.arrow", "zstd")])
@pytest.mark.parametrize("workers", ["2", "8"])
def test_columns_that_are_larger_than_their_text(scratch, form, codec, workers):
    """Units are given up where there is no room for them beside others: under a cap the same bytes come out."""
    path, out = os.path.join(scratch, "a.csv"), os.path.join(scratch, form)
    digits(path, 280)
    words = ["ingest", path, "-o", out, "--overwrite", "--columns", DIGITS, "--no-header", "--workers", workers, "-q",
             "--compression", codec]
    peaks, sums = {}, {}
    for limit in (400, 700, 4096):
        done, peaks[limit] = run_measured(*words, "--memory-limit", f"{limit}MiB")
        assert done.code == 0, done.stderr
        sums[limit] = outcome.digest(out)
    print(f"{form}, {codec}, {workers} workers: peaks {peaks}")
    assert all(peak <= limit for limit, peak in peaks.items()), peaks
    assert len(set(sums.values())) == 1, sums


def test_a_unit_that_does_not_fit_by_itself(scratch):
    path = os.path.join(scratch, "a.csv")
    digits(path, 100)
    words = ["ingest", path, "-o", os.path.join(scratch, "x.arrow"), "--columns", DIGITS, "--no-header"]
    failed, peak = run_measured(*words, "--memory-limit", f"{LIMIT_MIB}MiB")
    assert_clear(failed, "a.csv", "memory limit", "--unit-bytes")
    assert outcome.tree(scratch) == ["a.csv"]
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"
    done, peak = run_measured(*words, "--memory-limit", f"{LIMIT_MIB}MiB", "--unit-bytes", "8MiB", "-q")
    assert done.code == 0, done.stderr
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow"])
def test_a_milan_job_keeps_all_workers_under_256_mib(scratch, form):
    assert program.run("gen", "milan", "-o", scratch + "/m", "--days", "2", "--rows", "1500000").code == 0
    example = os.path.join(program.ROOT, "examples", "milan.toml")
    report = os.path.join(scratch, "report.json")
    done, peak = run_measured("ingest", scratch + "/m", "-o", os.path.join(scratch, form), "--schema", example, "-q",
                              "--memory-limit", f"{LIMIT_MIB}MiB", "--workers", "2", "--report", report)
    assert done.code == 0, done.stderr
    with open(report, encoding="utf-8") as file:
        facts = json.load(file)
    assert {knob["name"]: knob["value"] for knob in facts["config"]}["workers"] == "2"
    assert facts["max_units_in_flight"] == 2
    assert peak <= LIMIT_MIB, f"{peak:.0f} MiB"
