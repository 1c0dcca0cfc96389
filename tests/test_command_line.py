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
        (["scan", odd, "--columns", COLUMNS], 4), (["ingest", odd, "-o", "x\ny"], 3), (["ingest", odd, "-o", "e\nmpty"], 3),
        (["ingest", odd, "-o", "o\nut.parquet"], 1), (["ingest", odd, "-o", "n\no/x.parquet"], 1),
        (["scan", odd, "--report", "x\ny"], 3), (["scan", odd, "--report", "n\no/r.json"], 1),
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
