"""What the words of a command line mean, alone and together, and how what is wrong with them is told."""
import json
import os
import re
import resource
import signal
import subprocess
import time

import pytest

from support import outcome, program
from support.message import assert_clear

COLUMNS = "n:int64,word:string"
ROWS = b"1,a\n2,b\n3,c\n"


def write(scratch, name, data=ROWS):
    path = os.path.join(scratch, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    return path


@pytest.fixture
def a_csv(scratch):
    return write(scratch, "a.csv")


def scan(*words, **options):
    return program.run("scan", "--columns", COLUMNS, *words, **options)


# --- values -----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("unit, shown", [("100KiB", "100 KiB"), ("512", "512 B"), ("1", "1 B"), ("3MiB", "3 MiB")])
def test_a_memory_limit_that_is_too_small(a_csv, unit, shown):
    """The least that is told is enough."""
    done = scan(a_csv, "--memory-limit", "1000", "--unit-bytes", unit)
    assert_clear(done, "--memory-limit 1000 B", f"with units of {shown}\n", "fix: ")
    needed = re.search(r"needs (\d+) MiB", done.stderr)[1]
    assert scan(a_csv, "--memory-limit", needed + "MiB", "--unit-bytes", unit).code == 0
    done = scan(a_csv, "--worker-memory", "1KiB", "--unit-bytes", unit)
    assert_clear(done, "--worker-memory 1 KiB", f"with units of {shown}\n", "fix: ")
    needed = re.search(r"needs (\d+) MiB", done.stderr)[1]
    assert scan(a_csv, "--worker-memory", needed + "MiB", "--unit-bytes", unit).code == 0


@pytest.mark.parametrize("workers", ["2", "3", "1000"])
def test_more_memory_a_worker_than_can_be_counted(a_csv, workers):
    assert scan(a_csv, "--worker-memory", str(2**63 - 1), "--workers", workers).code == 0


def test_a_rejects_file_without_a_name(scratch):
    """As of a variable that is not set: the bad record is not dropped."""
    path = write(scratch, "a.csv", ROWS + b"x,y\n")
    assert_clear(scan(path, "--rejects="), "--rejects", "empty")
    assert_clear(program.run("ingest", path, "-o", scratch + "/x.parquet", "--rejects", ""), "--rejects", "empty")
    assert outcome.tree(scratch) == ["a.csv"]


@pytest.mark.parametrize("flags", [["--missing-columns", "null"], ["--extra-columns", "ignore"]], ids=" ".join)
def test_how_columns_are_matched_needs_columns_and_a_header(scratch, flags):
    path, lock = write(scratch, "a.csv", b"n,word\n1,a\n2,b\n"), scratch + "/l.toml"
    assert_clear(program.run("scan", path, *flags), flags[0], "no effect", "fix: ", "--columns")
    assert_clear(program.run("scan", path, "--header", *flags), flags[0], "no effect")
    assert_clear(scan(path, *flags), flags[0], "no effect", "fix: add --header")
    assert scan(path, "--header", *flags).code == 0
    for _ in range(2):  # the first run writes the lock file, which declares the columns of the second one
        assert program.run("scan", path, "--lock", lock, *flags).code == 0
    write(scratch, "s.toml", b"format = 1\n[[file]]\nmatch = 'a.csv'\nheader = true\n"
                             b"[[column]]\nname = 'n'\ntype = 'int8'\n")
    assert program.run("scan", path, "--schema", scratch + "/s.toml", *flags).code == 0


def test_a_seed_needs_a_sample(a_csv):
    assert_clear(scan(a_csv, "--sample-seed", "3"), "--sample-seed", "no effect", "fix: add --sample")
    assert scan(a_csv, "--sample-seed", "3", "--sample", "50%").code == 0


def test_arguments_in_brackets(scratch):
    for name in ("[a,b]", "[]", "a", "b"):
        write(scratch, name, b"1|%s\n" % name.encode())
    for words in (["[a,b]"], ["--", "[a,b]"], ["[]"], ["--", "[]"]):
        done = program.run("scan", "--columns", COLUMNS, "--delimiter", "|", "--json", *words, cwd=scratch)
        assert done.code == 0 and done.json()["columns"][1]["max"] == words[-1], done


def test_letters_of_flags(a_csv, scratch):
    assert program.run("ingest", a_csv, "-qo", "x.parquet", cwd=scratch).stderr == ""
    assert program.run("ingest", a_csv, "-qvoy.parquet", cwd=scratch).code == 0
    assert outcome.tree(scratch) == ["a.csv", "x.parquet", "y.parquet"]
    assert_clear(program.run("ingest", a_csv, "-qo"), "--output needs a value")
    assert_clear(scan(a_csv, "-q=1"), "-q takes no value")
    assert_clear(scan(a_csv, "-qx"), "unknown flag -x")
    assert_clear(scan(a_csv, "-json"), "unknown flag -json", "--json")


def test_gen_without_a_data_set():
    for words in (["gen"], ["gen", "--help"], ["gen", "-o", "x"], ["help", "gen"]):
        assert_clear(program.run(*words), "gen needs the name of a data set", "fix: headrace gen milan")


# --- lists ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("line, told", [("missing.csv", "No such file"), ("no*.csv", "no file matches"),
                                        ("empty", "no file in directory"), ("cut.zip", "cannot read the archive")])
@pytest.mark.parametrize("command", ["scan", "ingest", "sniff", "explain", "bench"])
def test_what_is_wrong_in_a_list_is_found(a_csv, scratch, command, line, told):
    write(scratch, "cut.zip", b"PK\x03\x04" + bytes(100))
    os.makedirs(scratch + "/empty")
    write(scratch, "l.txt", f"# a comment\n\na.csv\r\n{line}\na.csv\n".encode())
    more = ["-o", "x.parquet"] if command == "ingest" else []
    assert_clear(program.run(command, "@l.txt", *more, cwd=scratch), told, f"'{line}'", "\n  at l.txt, line 4\n")
    with open(scratch + "/l.txt", "rb") as file:
        done = program.run("scan", "@-", stdin=file, cwd=scratch)
    assert_clear(done, f"'{line}'", "at standard input, line 4\n")


def test_what_no_list_names_has_no_line(a_csv, scratch):
    write(scratch, "l.txt", b"a.csv\n")
    done = program.run("scan", "@l.txt", "b.csv", cwd=scratch)
    assert_clear(done, "b.csv")
    assert "l.txt" not in done.stderr


def test_a_list_with_nul_bytes(a_csv, scratch):
    """As `find -print0` writes it: not the first name alone is read."""
    write(scratch, "l.txt", b"# all\na.csv\0a.csv\0")
    assert_clear(scan("@l.txt", cwd=scratch), "NUL", "at l.txt, line 2", "fix: ")


def test_a_byte_order_mark_is_no_part_of_a_list(a_csv, scratch):
    write(scratch, "l.txt", b"\xef\xbb\xbfa.csv\r\n")
    assert scan("@l.txt", cwd=scratch).code == 0


def test_standard_input_is_no_list_and_input(scratch):
    for words, text in ((["@-", "-"], b"a.csv\n"), (["@-"], b"-\n")):
        assert_clear(scan(*words, stdin=text), "standard input is named as a list")


def interrupted(*words, wait=0.4, number=signal.SIGINT, **popen):
    process = program.start(*words, **popen)
    time.sleep(wait)
    assert process.poll() is None, process.communicate()
    process.send_signal(number)
    try:
        return process.wait(timeout=10)
    finally:
        process.kill()


def test_a_signal_ends_the_wait_for_a_list():
    read_end, write_end = os.pipe()
    assert interrupted("scan", "@-", stdin=read_end) == 130
    os.close(read_end), os.close(write_end)


# --- names ------------------------------------------------------------------------------------------------------------

def test_line_ends_in_names_are_shown(scratch):
    """Each message is of as many lines as it has parts."""
    odd = write(scratch, "o\nd.csv", b"n,x\n1,a\n")
    plain = write(scratch, "a.csv", b"n,word\n1,a\n2,b\n")
    os.makedirs(scratch + "/e\nmpty")
    os.symlink(plain, scratch + "/o\nut.parquet")
    write(scratch, "l\nst", b"a.csv\nmis\nsing.csv\n")
    lines = [
        (["scan", "no\nsuch"], 1), (["scan", "no\nsuch*"], 1), (["scan", "e\nmpty"], 1), (["scan", "@no\nsuch"], 1),
        (["scan", "@l\nst"], 2), (["scan", "a.csv", odd], 1), (["scan", odd, "--header", "--columns", COLUMNS], 2),
        (["scan", odd, "--columns", COLUMNS], 4), (["ingest", odd, "-o", "x\ny"], 3),
        (["ingest", odd, "-o", "e\nmpty"], 3), (["ingest", odd, "-o", "o\nut.parquet"], 1),
        (["ingest", odd, "-o", "n\no/x.parquet"], 1), (["scan", odd, "--report", "x\ny"], 3), (["scan", odd, "--report", "n\no/r.json"], 1),
        (["scan", odd, "--metrics", "n\no/m.jsonl"], 1), (["scan", odd, "--rejects", "x\ny"], 2),
        (["scan", odd, "--schema", "n\no.toml"], 1), (["scan", odd, "--lock", "n\no"], 3), (["verify", "n\no"], 1),
        (["scan", odd, "--columns", "a\nb:int33"], 3), (["scan", "a.csv", "--columns", COLUMNS, "--select", "a\nb"], 1),
        (["scan", "a.csv", "--columns", COLUMNS, "--where", "n ~\n1"], 3), (["gen", "milan", "-o", "a.csv/n\no"], 1),
        (["explain", "--topology", "n\no"], 1), (["bench", odd, "--columns", COLUMNS], 4)]
    for words, count in lines:
        done = program.run(*words, cwd=scratch)
        told = [line for line in done.stderr.splitlines() if not line.startswith("drift: ")]
        assert done.code == 2 and len(told) == count, (count, str(done))
        assert any("\\n" in line for line in told), done


# --- files of a job ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("given", ["in", "in/*", "**"])
def test_metrics_are_no_input_of_their_own_run(scratch, given):
    """They are there before the inputs are looked at."""
    write(scratch, "in/a.csv", b"n;w\n1;x\n")
    done = program.run("scan", given, "--metrics", "in/m.jsonl", "-q", cwd=scratch)
    assert_clear(done, f"'in/m.jsonl' lies inside the input '{given}'", "fix: ")
    assert outcome.tree(scratch) == ["in/", "in/a.csv"]
    assert program.run("scan", "in", "--metrics", "in/.m.jsonl", "-q", cwd=scratch).code == 0  # no folder stands for it
    assert program.run("scan", "in/a.csv", "--metrics", "in/m.jsonl", "-q", cwd=scratch).code == 0


@pytest.mark.parametrize("flag, name", [("--report", "r.json"), ("--lock", "l.toml")])
@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
def test_a_report_that_cannot_be_written_fails_the_run(scratch, flag, name, form):
    """Nothing has its name before that has been written."""
    columns = [f"a_column_with_a_long_name_{i}" for i in range(30)]
    path = write(scratch, "a.csv", "\n".join([",".join(columns)] + [",".join("1" * 30)] * 3).encode() + b"\n")
    words = ["ingest", path, "-o", os.path.join(scratch, form), "--select", columns[0], "--compression", "none", flag,
             os.path.join(scratch, name), "--on-error", "quarantine", "--rejects", scratch + "/bad.csv"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1800, 1800))
    assert_clear(program.run(*words, preexec_fn=limit), f"{scratch}/{name}", "File too large")
    assert outcome.tree(scratch) == ["a.csv"]
    assert program.run(*words).code == 0
    with open(os.path.join(scratch, name), encoding="utf-8") as file:
        assert columns[-1] in file.read()


def test_json_that_cannot_be_written_is_told(a_csv, scratch):
    """The output has its name by then, and the message says so."""
    out = scratch + "/x.parquet"
    with open("/dev/full", "wb") as full:
        words = program.command(["ingest", a_csv, "-o", out, "--json"])
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, env=program.environment(), text=True,
                              check=False)
    assert done.returncode == 2, done
    assert done.stderr == ("headrace: the output is complete, but not what it prints: cannot write to standard output: "
                           "No space left on device\n")
    assert program.run("verify", out).code == 0


def test_the_report_is_what_is_printed(a_csv, scratch):
    done = program.run("ingest", a_csv, "-o", scratch + "/x.parquet", "--json", "--report", scratch + "/r.json")
    with open(scratch + "/r.json", encoding="utf-8") as file:
        assert json.load(file) == done.json()


# --- what is told -----------------------------------------------------------------------------------------------------

def test_rejects_of_found_columns_have_names(scratch):
    done = program.run("scan", write(scratch, "a.csv", b"n,word\n1,\xc3\xa9\n2,\xff\n"), "--on-error", "skip")
    assert done.code == 1 and "a.csv:3: invalid_utf8 word: 2,\\xff\n" in done.stderr, done


def test_headers_that_differ_are_told_once(scratch):
    """Also where a late value makes the job begin again."""
    write(scratch, "a.csv", b"n,w\n" + b"1,x\n" * 400_000)
    write(scratch, "b.csv", b"w,n\n" + b"x,1\n" * 300_000 + b"x,1.5\n" + b"x,1\n" * 100_000)
    done = program.run("scan", "a.csv", "b.csv", cwd=scratch)
    assert done.code == 0 and "widened   n to float64" in done.stderr, done
    assert done.stderr.count("drift: ") == 1, done


def test_completion_of_names_with_spaces(scratch):
    for name in ("a b.csv", "a*.csv"):
        write(scratch, name)
    script = program.run("completion", "bash").stdout.decode() + """
complete_as() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _headrace; printf '%s\\n' "${COMPREPLY[@]}"; }
complete_as headrace scan a; complete_as headrace ingest -o a; complete_as headrace scan --io m
"""
    done = subprocess.run(["bash", "-c", script], cwd=scratch, capture_output=True, text=True, check=True)
    assert sorted(done.stdout.splitlines()) == ["a b.csv", "a b.csv", "a*.csv", "a*.csv", "mmap"]


# --- bench ------------------------------------------------------------------------------------------------------------

def test_bench_reads_no_list_from_standard_input(a_csv):
    assert_clear(program.run("bench", "@-", stdin=a_csv.encode()), "@-", "fix: ")


def test_a_signal_ends_a_bench(scratch):
    """Also the scan that it runs, which a signal to one process alone does not reach."""
    os.mkfifo(scratch + "/never")
    os.makedirs(scratch + "/tmp")
    code = interrupted("bench", scratch + "/never", "--columns", COLUMNS, wait=2, number=signal.SIGTERM,
                       env={"TMPDIR": scratch + "/tmp"})
    assert code == 143 and os.listdir(scratch + "/tmp") == []
