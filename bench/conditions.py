"""Conditions that a benchmark makes: slow sources and sinks, CPU quotas, neighbours."""
import contextlib
import os
import subprocess
import sys
import time

CGROUP = "/sys/fs/cgroup/cpu"
BLOCK_CGROUP = "/sys/fs/cgroup/blkio"
SPLICE_BYTES = 1 << 20
PERIOD_US = 100_000


def can_set_quotas():
    return os.access(CGROUP, os.W_OK)


@contextlib.contextmanager
def cgroup(controller):
    """Yield the folder of a cgroup v1."""
    folder = os.path.join(controller, f"headrace-bench-{os.getpid()}")
    os.mkdir(folder)
    try:
        yield folder
    finally:
        for _ in range(100):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
                return
            time.sleep(0.02)


def enter(folder):
    """To be called in the process that is to belong to a cgroup, as a preexec_fn."""
    with open(os.path.join(folder, "tasks"), "w", encoding="ascii") as file:
        file.write("0")


class Quota:
    """A cgroup v1 of a CPU quota."""

    def __init__(self, folder, cpus):
        self.folder = folder
        self.set(cpus)

    def set(self, cpus):
        with open(os.path.join(self.folder, "cpu.cfs_quota_us"), "w", encoding="ascii") as file:
            file.write(str(int(PERIOD_US * cpus)))

    def enter(self):
        """As a preexec_fn of what is to be held back."""
        enter(self.folder)


@contextlib.contextmanager
def quota(cpus):
    with cgroup(CGROUP) as folder:
        yield Quota(folder, cpus)


def can_hold_disks_back():
    return os.access(BLOCK_CGROUP, os.W_OK)


@contextlib.contextmanager
def slow_disk(path, rate):
    """Yield what is to be called in a process (preexec_fn) that is to read `path`'s disk at `rate` bytes a second."""
    disk = os.stat(path).st_dev
    with cgroup(BLOCK_CGROUP) as folder:
        with open(os.path.join(folder, "blkio.throttle.read_bps_device"), "w", encoding="ascii") as file:
            file.write(f"{os.major(disk)}:{os.minor(disk)} {int(rate)}")
        yield lambda: enter(folder)


def forget(path):
    """Make the system's cache forget a file (a host below may still have it)."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@contextlib.contextmanager
def neighbours(count):
    """Processes that burn CPU."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def feed(path, pipe, rate, seconds):
    """Write whole records of a file to a pipe, `rate` bytes a second, over and over; then close it."""
    begun, sent = time.monotonic(), 0
    with open(path, "rb") as file, contextlib.suppress(BrokenPipeError):
        while time.monotonic() - begun < seconds:
            part = file.read(64 << 10) + file.readline()
            if not part:
                file.seek(0)
                continue
            pipe.write(part)
            sent += len(part)
            time.sleep(max(0.0, sent / rate - (time.monotonic() - begun)))
    with contextlib.suppress(BrokenPipeError):
        pipe.close()


def feed_freely(path, pipe, seconds):
    """Give a pipe a file's pages, over and over, as quickly as they are taken; hardly any CPU time goes into it."""
    begun = time.monotonic()
    with open(path, "rb") as file, contextlib.suppress(BrokenPipeError):
        while time.monotonic() - begun < seconds:
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            while os.splice(file.fileno(), pipe.fileno(), SPLICE_BYTES):
                pass
    pipe.close()


def drain_freely(pipe):
    """Throw away what comes through a pipe, as quickly as it comes; hardly any CPU time goes into it."""
    with open(os.devnull, "wb") as nothing:
        while os.splice(pipe.fileno(), nothing.fileno(), SPLICE_BYTES):
            pass


def drain(pipe, rate):
    """Read a pipe to its end, `rate` bytes a second."""
    begun, got = time.monotonic(), 0
    while part := pipe.read1(256 << 10):
        got += len(part)
        time.sleep(max(0.0, got / rate - (time.monotonic() - begun)))
