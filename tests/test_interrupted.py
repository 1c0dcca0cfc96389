"""Runs that end in the middle: signals, closed pipes, files that change, `kill -9`. What stands under a final name is
always complete, and a run that could clean up leaves nothing."""
import gzip
import io
import os
import signal
import subprocess
import tarfile
import time

import pytest

from support import outcome, program

COLUMNS = "n:int64,word:string,x:float64"
ROWS = 150_000 if program.SANITIZED else 900_000
SLOW = ["--workers", "2", "--chunk", "128", "--unit-bytes", "1MiB"]  # some seconds of small reads


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(tmp_path_factory.mktemp("interrupted"))
    path = os.path.join(folder, f"headrace-interrupted-{os.getpid()}.csv")
    with open(path, "wb") as file:
        for first in range(0, ROWS, 10_000):
            file.write(b"".join(b"%d,some word %d,%d.5\n" % (n, n % 97, n) for n in range(first, first + 10_000)))
    yield path
    os.unlink(path)


def words(data, out, *flags):
    return ["ingest", data, "-o", out, "--columns", COLUMNS, "-q", *flags]


def wait_until(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None or condition():
            return
        time.sleep(0.002)
    raise AssertionError("the program did not get so far")


def has_open(process, path):
    """Whether the process has `path` open and works with threads already."""
    try:
        folder = f"/proc/{process.pid}/fd"
        return any(os.path.realpath(os.path.join(folder, fd)) == os.path.realpath(path) for fd in os.listdir(folder))
    except OSError:
        return False


def has_read(process, count, io="read"):
    """Whether the process has made at least `count` reads, or has been at it for a while where reads do not show."""
    try:
        with open(f"/proc/{process.pid}/{'io' if io == 'read' else 'stat'}") as file:
            text = file.read()
        if io != "read":
            return int(text.rsplit(")", 1)[1].split()[11]) >= os.sysconf("SC_CLK_TCK") // 20  # CPU time
        return int(text.split("syscr: ")[1].split()[0]) >= count
    except (OSError, IndexError):
        return False


def begin(data, out, *flags, **popen):
    process = program.start(*words(data, out, *SLOW, *flags), **popen)
    io = flags[flags.index("--io") + 1] if "--io" in flags else "read"
    wait_until(lambda: has_open(process, data) and has_read(process, 3000, io), process)
    assert process.poll() is None, f"over too soon: {process.communicate()}"
    return process


def end(process):
    stdout, stderr = process.communicate(timeout=program.TIMEOUT_S)
    run = program.Run([str(word) for word in process.args], process.returncode, stdout, stderr.decode())
    program.check_sound(run)
    return run


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
def test_signal(data, scratch, form, number, code):
    process = begin(data, os.path.join(scratch, form), "--rejects", os.path.join(scratch, "bad.csv"), "--report",
                    os.path.join(scratch, "r.json"), "--manifest")
    process.send_signal(number)
    sent = time.monotonic()
    run = end(process)
    assert run.code == code, run
    assert time.monotonic() - sent < (60 if program.SANITIZED else 5)
    assert outcome.tree(scratch) == [], run
    assert len(run.stderr.rstrip("\n").split("\n")) <= 4


def test_signal_leaves_the_older_output(data, scratch):
    out = os.path.join(scratch, "x.parquet")
    small = os.path.join(scratch, "small.csv")
    with open(small, "wb") as file:
        file.write(b"1,a,0.5\n")
    assert program.run(*words(small, out)).code == 0
    before = outcome.digest(out)
    process = begin(data, out, "--overwrite")
    process.send_signal(signal.SIGINT)
    assert end(process).code == 130
    assert outcome.digest(out) == before and outcome.tree(scratch) == ["small.csv", "x.parquet"]


def test_signal_during_scan(data):
    process = program.start("scan", data, "--columns", COLUMNS, "--workers", "2", "--chunk", "128", "--json")
    wait_until(lambda: has_open(process, data) and has_read(process, 3000), process)
    process.send_signal(signal.SIGTERM)
    run = end(process)
    assert run.code == 143 and run.stdout == b"", run


def test_signal_while_it_waits_for_stdin(scratch):
    process = program.start(*words("-", os.path.join(scratch, "x.parquet")), stdin=subprocess.PIPE)
    process.stdin.write(b"1,a,0.5\n")
    process.stdin.flush()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    finally:
        process.stdin.close()
        process.stdin = None
    assert end(process).code == 130
    assert outcome.tree(scratch) == []


def test_closed_pipe(data):
    """`headrace … -o - | head -c 1000`: quiet, 141."""
    process = program.start(*words(data, "-"))
    assert process.stdout.read(1000)
    process.stdout.close()
    process.stdout = None
    _, stderr = process.communicate(timeout=program.TIMEOUT_S)
    assert process.returncode == 141, stderr
    assert stderr == b""


def test_closed_pipe_of_results(data):
    read_end, write_end = os.pipe()
    os.close(read_end)
    with open(os.devnull, "rb") as nothing:
        done = subprocess.run(program.command(["scan", data, "--columns", COLUMNS, "-q"]), stdout=write_end, stdin=nothing,
                              stderr=subprocess.PIPE, env=program.environment(), check=False)
    os.close(write_end)
    assert done.returncode == 141 and done.stderr == b"", done


def test_failed_stream_has_no_end_marker(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b"1,a,0.5\n" * 100_000 + b"x,y,z\n")
    done = program.run(*words(path, "-", "--unit-bytes", "64KiB"))
    assert done.code == 2, done
    assert not done.stdout.endswith(b"\xff\xff\xff\xff\0\0\0\0")


def stopped_copy(data, scratch, *flags):
    """A run on a copy of the data, halted in the middle."""
    copy = os.path.join(scratch, "copy.csv")
    with open(data, "rb") as source, open(copy, "wb") as file:
        file.write(source.read())
    out = os.path.join(scratch, "out")
    os.makedirs(out)
    process = begin(copy, os.path.join(out, "x.parquet"), *flags)
    process.send_signal(signal.SIGSTOP)
    return process, copy, out


@pytest.mark.parametrize("io", ["read", "mmap", "uring"])
@pytest.mark.parametrize("on_error", ["fail", "skip"])
@pytest.mark.parametrize("share", [0, 0.1, 0.9])
def test_file_that_shrinks(data, scratch, share, on_error, io):
    process, copy, out = stopped_copy(data, scratch, "--on-error", on_error, "--io", io)
    os.truncate(copy, int(os.path.getsize(copy) * share))
    process.send_signal(signal.SIGCONT)
    run = end(process)
    assert run.code == 2, run
    assert "copy.csv" in run.stderr and "changed" in run.stderr, run
    assert len(run.stderr.rstrip("\n").split("\n")) <= 4
    assert outcome.tree(out) == []


@pytest.mark.parametrize("what", ["grows", "is rewritten"])
def test_file_that_changes(data, scratch, what):
    process, copy, out = stopped_copy(data, scratch)
    with open(copy, "r+b") as file:
        if what == "grows":
            file.seek(0, 2)
        file.write(b"7,seven,7.5\n")
    process.send_signal(signal.SIGCONT)
    run = end(process)
    assert run.code == 2, run
    assert "copy.csv" in run.stderr and "changed" in run.stderr, run
    assert outcome.tree(out) == []


@pytest.mark.parametrize("what", ["shrinks", "grows", "is another"])
@pytest.mark.parametrize("form", ["gzip", "utf-16", "latin-1", "tar"])
def test_a_stream_of_a_file_that_changes(scratch, form, what):
    """Decompressed or converted text shows no byte of the file: it is compared with what was planned."""
    def bytes_of(rows):
        text = b"".join(b"%d,v\n" % n for n in range(rows))
        if form == "tar":
            archive = io.BytesIO()
            with tarfile.open(fileobj=archive, mode="w") as tar:
                member = tarfile.TarInfo("m.csv")
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text))
            return archive.getvalue()
        return gzip.compress(text) if form == "gzip" else text.decode().encode(form)

    path, fifo = os.path.join(scratch, "a.csv"), os.path.join(scratch, "hold")
    with open(path, "wb") as file:
        file.write(bytes_of(50_000))
    os.mkfifo(fifo)
    encoding = ["--encoding", form] if form == "latin-1" else []
    process = program.start("scan", fifo, path, "--columns", "n:int64,w:string", "-q", "--workers", "1", *encoding)
    with open(fifo, "wb") as hold:  # the run has planned its inputs when it opens the pipe
        time.sleep(0.3)
        with open(path, "ab" if what == "grows" else "wb") as file:
            more = bytes_of({"shrinks": 20_000, "grows": 10, "is another": 60_000}[what])
            file.write(more[2:] if what == "grows" and form == "utf-16" else more)  # no second byte order mark
        hold.write(b"1,1\n")
    run = end(process)
    assert run.code == 2 and "a.csv" in run.stderr and "changed" in run.stderr, run


def _moments(data, scratch, count):
    began = time.monotonic()
    assert program.run(*words(data, os.path.join(scratch, "time.parquet"), "--overwrite")).code == 0
    whole = time.monotonic() - began
    return [whole * (i + 0.5) / (count - 3) for i in range(count)]


def _finished(path, size):
    """Whether a complete output stands under its final name; fails where a broken one does."""
    if not os.path.exists(path):
        return False
    if os.path.isdir(path):
        return sum(outcome.read_table(os.path.join(path, name)).num_rows for name in os.listdir(path)) == size
    assert outcome.read_table(path).num_rows == size
    return True


@pytest.mark.parametrize("form", ["x.parquet", "x.arrow", "dir/"])
def test_kill_9_at_20_moments(data, scratch, form):
    out = os.path.join(scratch, form)
    complete = 0
    for moment in _moments(data, scratch, 20):
        process = program.start(*words(data, out, "--manifest"))
        time.sleep(moment)
        process.kill()
        process.communicate()
        if _finished(out.rstrip("/"), ROWS):
            complete += 1
            assert program.run("verify", out).code == 0
            subprocess.run(["rm", "-rf", out.rstrip("/")], check=True)
            for name in outcome.tree(scratch):
                if name.endswith(".manifest.json"):
                    os.unlink(os.path.join(scratch, name))
    print(f"{form}: {20 - complete} killed before the end, {complete} after")
    assert complete < 20
    # What killed runs left behind is in nobody's way.
    done = program.run(*words(data, out, "--overwrite"))
    assert done.code == 0, done
    assert _finished(out.rstrip("/"), ROWS)


def test_kill_9_never_hurts_an_older_output(data, scratch):
    out = os.path.join(scratch, "x.parquet")
    small = os.path.join(scratch, "small.csv")
    with open(small, "wb") as file:
        file.write(b"1,a,0.5\n")
    moments = _moments(data, scratch, 20)
    for moment in moments:
        assert program.run(*words(small, out, "--overwrite")).code == 0
        process = program.start(*words(data, out, "--overwrite"))
        time.sleep(moment)
        process.kill()
        process.communicate()
        assert outcome.read_table(out).num_rows in (1, ROWS)
