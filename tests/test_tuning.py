"""The knobs of the tuning guide (docs/tuning.md): each has its value, says where it comes from and why, and is real."""
import ctypes
import json
import os
import re
import shutil
import struct
import subprocess
from contextlib import contextmanager

import pytest

from support import machine, outcome, program
from support.message import assert_clear

COLUMNS = "n:int64,word:string,x:float64"
TOPOLOGIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "topologies")
MIB = 1 << 20


def write_rows(path, rows):
    with open(path, "wb") as file:
        file.write(b"".join(b"%08d,word %04d,%d.5\n" % (n, n % 1000, n % 10) for n in range(rows)))
    return path


@pytest.fixture
def csv(scratch):
    return write_rows(os.path.join(scratch, "a.csv"), 100_000)


def explain(*words, **run):
    done = program.run("explain", *words, "--json", **run)
    assert done.code == 0, done
    plan = done.json()
    return {line["name"]: line for line in plan["config"]}, {line["name"]: line for line in plan["hardware"]}


def fake_machine(folder, files):
    """A root of /proc and /sys for HEADRACE_MACHINE_ROOT."""
    for path, text in files.items():
        path = folder + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    return {"HEADRACE_MACHINE_ROOT": folder}


def v2(folder, cpu_max="max 100000", memory_max="max", memory_current="0", cpus="0-7", available_kib=16 << 20):
    """A machine of 8 CPUs and 16 GiB whose process is in a cgroup v2 two levels down; the limits are the outer one's."""
    group = "/sys/fs/cgroup/batch.slice"
    return fake_machine(folder, {
        "/proc/self/status": f"Cpus_allowed_list:\t{cpus}\n",
        "/proc/meminfo": f"MemTotal: {32 << 20} kB\nMemAvailable: {available_kib} kB\n",
        "/proc/self/cgroup": "0::/batch.slice/job.scope\n",
        "/proc/self/mountinfo": "31 24 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
        group + "/cpu.max": cpu_max + "\n", group + "/memory.max": memory_max + "\n",
        group + "/memory.current": memory_current + "\n", group + "/job.scope/cpu.max": "max 100000\n"})


@pytest.mark.parametrize("cpu_max, cpus, auto", [("max 100000", "0-7", 8), ("50000 100000", "0-7", 1), ("250000 100000", "0-7", 3),
                                                 ("max 100000", "3", 1), ("400000 100000", "0,2", 2)])
def test_workers_auto_honours_quota_and_affinity(scratch, csv, cpu_max, cpus, auto):
    env = v2(scratch, cpu_max, cpus=cpus)
    knobs, hardware = explain(csv, "--columns", COLUMNS, "--unit-bytes", "1KiB", env=env)
    assert int(knobs["workers"]["value"]) == auto and knobs["workers"]["origin"] == "detected", knobs["workers"]
    assert int(hardware["cpus"]["value"]) == auto
    if cpu_max[0] != "m":
        assert "quota of" in knobs["workers"]["reason"] and "batch.slice" in knobs["workers"]["reason"]
        assert float(hardware["quota_cpus"]["value"]) == int(cpu_max.split()[0]) / 100_000


@pytest.mark.parametrize("cpus, mode, workers", [("0-7", "conservative", 6), ("0-7", "aggressive", 10), ("0", "conservative", 1),
                                                 ("0-1", "conservative", 1), ("0-7", "memory-limited", 8),
                                                 ("0-7", "5", 5)])
def test_worker_modes(scratch, csv, cpus, mode, workers):
    knobs, _ = explain(csv, "--columns", COLUMNS, "--workers", mode, env=v2(scratch, cpus=cpus))
    assert int(knobs["workers"]["value"]) == workers, knobs["workers"]
    assert knobs["workers"]["origin"] == "user" and f"--workers {mode}" in knobs["workers"]["reason"]


@pytest.mark.parametrize("gib, workers", [(9, 4), (5, 2), (1, 1)])
def test_workers_by_memory(scratch, csv, gib, workers):
    env = v2(scratch, memory_max=str(gib << 30))
    knobs, hardware = explain(csv, "--columns", COLUMNS, "--workers", "memory-limited", env=env)
    assert int(knobs["workers"]["value"]) == workers, knobs["workers"]
    assert int(hardware["memory_limit_bytes"]["value"]) == gib << 30
    assert int(knobs["memory-limit"]["value"]) == (gib << 30) // 2, knobs["memory-limit"]


def test_half_a_core_and_512_mib(scratch, csv):
    env = v2(scratch, "50000 100000", str(512 * MIB), memory_current=str(20 * MIB))
    knobs, _ = explain(csv, "--columns", COLUMNS, "--unit-bytes", "1MiB", env=env)
    assert knobs["workers"]["value"] == "1" and "0.5" in knobs["workers"]["reason"], knobs["workers"]
    assert int(knobs["memory-limit"]["value"]) == 246 * MIB
    done = program.run("ingest", csv, "-o", scratch + "/x.parquet", "--columns", COLUMNS, "-q", env=env)
    assert done.code == 0 and outcome.read_table(scratch + "/x.parquet").num_rows == 100_000, done


@contextmanager
def cgroup_v1(controller, **files):
    """A cgroup of the machine itself; skips where none can be made."""
    machine.need_root()
    folder = f"/sys/fs/cgroup/{controller}/headrace-test-{os.getpid()}"
    if not os.path.exists(f"/sys/fs/cgroup/{controller}/tasks"):
        pytest.skip(f"no cgroup v1 {controller} here")
    try:
        os.mkdir(folder)
    except OSError as error:
        pytest.skip(f"cannot make a cgroup here: {error}")
    try:
        for name, value in files.items():
            with open(os.path.join(folder, name.replace("__", ".")), "w", encoding="ascii") as file:
                file.write(str(value))
        yield lambda: open(folder + "/tasks", "w", encoding="ascii").write("0")
    finally:
        os.rmdir(folder)


def test_live_quota_and_memory_limit_of_cgroup_v1(scratch, csv):
    with cgroup_v1("cpu", cpu__cfs_quota_us=50_000) as join_cpu, \
            cgroup_v1("memory", memory__limit_in_bytes=512 * MIB) as join_memory:
        def join():
            join_cpu()
            join_memory()
        knobs, hardware = explain(csv, "--columns", COLUMNS, "--unit-bytes", "1MiB", preexec_fn=join)
        assert float(hardware["quota_cpus"]["value"]) == 0.5 and hardware["cpus"]["value"] == "1"
        assert knobs["workers"]["value"] == "1" and "quota" in knobs["workers"]["reason"], knobs
        assert int(hardware["memory_limit_bytes"]["value"]) == 512 * MIB
        assert 128 * MIB < int(knobs["memory-limit"]["value"]) <= 256 * MIB
        report = scratch + "/r.json"
        done = program.run("ingest", csv, "-o", scratch + "/x.parquet", "--columns", COLUMNS, "-q", "--report", report,
                           preexec_fn=join)
        assert done.code == 0, done
        with open(report, encoding="utf-8") as file:
            assert 0 < json.load(file)["peak_memory_bytes"] <= (1 << 40 if program.SANITIZED else 256 * MIB)


def test_live_affinity(csv):
    one = min(os.sched_getaffinity(0))
    _, hardware = explain(csv, "--columns", COLUMNS, preexec_fn=lambda: os.sched_setaffinity(0, {one}))
    assert hardware["affinity_cpus"]["value"] == hardware["cpus"]["value"] == "1"


def test_chunk_in_rows_is_measured_on_a_sample(csv):
    row_bytes = len("00000000,word 0000,0.5\n")
    for rows in (1, 1000, 50_000):
        knobs, _ = explain(csv, "--columns", COLUMNS, "--chunk", f"{rows}r")
        assert int(knobs["chunk"]["value"]) == rows * row_bytes and knobs["chunk"]["origin"] == "user", knobs["chunk"]


@pytest.mark.parametrize("chunk, value", [("small", 256 << 10), ("medium", 2 << 20), ("large", 16 << 20), ("whole", 32 << 20),
                                          ("4MiB", 4 << 20)])
def test_named_chunks(csv, chunk, value):
    knobs, _ = explain(csv, "--columns", COLUMNS, "--chunk", chunk)
    assert int(knobs["chunk"]["value"]) == value


def test_chunk_adapts_to_file_and_memory(scratch, csv):
    small = write_rows(os.path.join(scratch, "small.csv"), 10)
    assert int(explain(small, "--columns", COLUMNS)[0]["chunk"]["value"]) == 64 << 10
    assert int(explain(csv, "--columns", COLUMNS)[0]["chunk"]["value"]) == 1 << 20
    tight = ["--columns", COLUMNS, "--unit-bytes", "1KiB", "--memory-limit", f"{64 * MIB + 4 * MIB + 500_000}"]
    knobs, _ = explain(csv, *tight)
    assert int(knobs["chunk"]["value"]) < 1 << 20 and "memory" in knobs["chunk"]["reason"], knobs["chunk"]
    assert_clear(program.run("scan", csv, *tight, "--chunk", "1MiB"), "--memory-limit")


def reads(*words, syscalls):
    """How often the program makes each of the system calls, by strace."""
    if program.SANITIZED or not shutil.which("strace"):
        pytest.skip("no strace here, or a sanitizer that it disturbs")
    done = subprocess.run(["strace", "-f", "-c", "-e", "trace=" + ",".join(syscalls), *program.command(words)],
                          capture_output=True, env=program.environment(), check=False, timeout=program.TIMEOUT_S)
    assert done.returncode == 0, done
    counts = dict.fromkeys(syscalls, 0)
    for line in done.stderr.decode().split("\n"):
        fields = line.split()
        if fields and fields[-1] in counts:
            counts[fields[-1]] = int(fields[3])
    return counts


@pytest.mark.parametrize("io", ["read", "mmap", "uring"])
def test_ways_to_read_are_told_and_used(csv, io):
    knobs, hardware = explain(csv, "--columns", COLUMNS, "--io", io)
    assert knobs["io"]["value"] == (io if io != "uring" or hardware["io_uring"]["value"] == "yes" else "read"), knobs["io"]
    counts = reads("scan", csv, "--columns", COLUMNS, "--io", io, "--workers", "1", "--chunk", "64KiB", "-q",
                   syscalls=["pread64", "mmap", "io_uring_enter"])
    chunks = os.path.getsize(csv) // (64 << 10)
    if io == "read":
        assert counts["pread64"] > chunks and counts["io_uring_enter"] == 0, counts
    elif io == "mmap":
        assert counts["mmap"] > chunks and counts["pread64"] < chunks, counts
    elif hardware["io_uring"]["value"] == "yes":
        assert counts["io_uring_enter"] > chunks and counts["pread64"] < chunks, counts


def is_on_a_disk(folder):
    device = os.stat(folder).st_dev
    return os.path.exists(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")


@pytest.mark.parametrize("ending, flags", [("parquet", ["--compression", "none"]), ("arrow", [])])
def test_ways_to_write_are_told_and_used(scratch, tmp_path, ending, flags):
    """Past the page cache on a disk; as usual in memory, in folders and where it is asked for. The bytes are the same."""
    csv, disk, made = os.path.join(scratch, "many.csv"), str(tmp_path), {}
    with open(csv, "wb") as file:
        file.write(b"".join(b"%d,%x,%d.5\n" % (n * 7919**3 % 2**62, n * 7919**5 % 2**60, n) for n in range(400_000)))
    for folder, way in ((disk, "auto"), (disk, "direct"), (disk, "buffered"), (scratch, "direct")):
        out = os.path.join(folder, f"{way}.{ending}")
        command = [csv, "-o", out, "--columns", COLUMNS, "--write", way, "--workers", "1", *flags]
        wanted = "direct" if folder == disk and way != "buffered" and is_on_a_disk(disk) else "buffered"
        knobs, _ = explain(*command)
        if way != "direct" or folder == scratch or is_on_a_disk(disk):  # on what is no known disk it is as was asked for
            assert knobs["write"]["value"] == wanted, knobs["write"]
        counts = reads("ingest", *command, "-q", syscalls=["pwrite64"])
        assert os.path.getsize(out) > 6 << 20, "more than a block"
        assert (counts["pwrite64"] > 1) == (knobs["write"]["value"] == "direct"), (way, counts)
        made[outcome.digest(out)] = way
    assert len(made) == 1, made
    knobs, _ = explain(csv, "-o", os.path.join(disk, "folder/"), "--columns", COLUMNS, "--write", "direct")
    assert knobs["write"]["value"] == "buffered" and "not one file" in knobs["write"]["reason"]


def forbid_io_uring():
    """As containers do: a seccomp filter under which io_uring_setup fails."""
    filters = b"".join(struct.pack("HBBI", *line) for line in
                       [(0x20, 0, 0, 0), (0x15, 0, 1, 425), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)])
    buffer = ctypes.create_string_buffer(filters, len(filters))
    program_of_4 = ctypes.create_string_buffer(struct.pack("H6xQ", 4, ctypes.addressof(buffer)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program_of_4, 0, 0) != 0:
        os._exit(99)


def test_io_uring_that_is_forbidden_is_read_and_told(scratch, csv):
    knobs, hardware = explain(csv, "--columns", COLUMNS, "--io", "uring", preexec_fn=forbid_io_uring)
    assert knobs["io"]["value"] == "read" and "uring was asked for" in knobs["io"]["reason"], knobs["io"]
    assert "Operation not permitted" in knobs["io"]["reason"] and hardware["io_uring"]["value"] == "no"
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", csv, "-o", out, "--columns", COLUMNS, "--io", "uring", "-q", preexec_fn=forbid_io_uring)
    assert done.code == 0 and outcome.read_table(out).num_rows == 100_000, done


def test_prefetch_asks_for_the_next_files(scratch):
    paths = [write_rows(os.path.join(scratch, f"{i}.csv"), 20_000) for i in range(6)]
    words = ["scan", *paths, "--columns", COLUMNS, "-q"]
    asked = reads(*words, "--prefetch", "2", syscalls=["fadvise64"])["fadvise64"]
    assert asked >= 5 * os.path.getsize(paths[0]) // (128 << 10) // 2, asked
    assert reads(*words, "--prefetch", "0", syscalls=["fadvise64"])["fadvise64"] == 0
    knobs, _ = explain(*paths, "--columns", COLUMNS, "--prefetch", "7")
    assert knobs["prefetch"]["value"] == "7" and knobs["prefetch"]["origin"] == "user"
    knobs, _ = explain(paths[0], "--columns", COLUMNS)
    assert knobs["prefetch"]["value"] == "0", knobs["prefetch"]


def test_batches_give_memory_back(scratch):
    paths = [write_rows(os.path.join(scratch, f"{i}.csv"), 2_000) for i in range(12)]
    words = ["ingest", *paths, "-o", scratch + "/out/", "--columns", COLUMNS, "-q", "--workers", "1"]
    often = reads(*words, "--batch-files", "1", syscalls=["madvise", "brk", "munmap"])
    subprocess.run(["rm", "-rf", scratch + "/out"], check=True)
    never = reads(*words, "--batch-files", "1000", syscalls=["madvise", "brk", "munmap"])
    assert sum(often.values()) >= sum(never.values()) + 10, (often, never)
    assert explain(*paths, "--columns", COLUMNS, "--batch-files", "3")[0]["batch-files"]["value"] == "3"


def test_one_bad_file_never_sinks_its_neighbours(scratch):
    """Batches or not: with `--on-error skip` the other files' rows are all there."""
    paths = [write_rows(os.path.join(scratch, f"{i}.csv"), 1000) for i in range(5)]
    with open(paths[2], "wb") as file:
        file.write(b"x,y\n" * 1000)
    out = os.path.join(scratch, "x.parquet")
    done = program.run("ingest", *paths, "-o", out, "--columns", COLUMNS, "--on-error", "skip", "--batch-files", "2", "-q")
    assert done.code == 1 and outcome.read_table(out).num_rows == 4000, done


def test_buffer_of_streams(scratch, csv):
    assert explain(csv, "--columns", COLUMNS, "--buffer", "1MiB")[0]["buffer"]["value"] == str(MIB)
    knobs, _ = explain(csv, "--columns", COLUMNS, "--buffer", "1KiB")
    assert knobs["buffer"]["value"] == str(64 << 10) and knobs["buffer"]["reason"], knobs["buffer"]
    knobs, _ = explain(csv, "--columns", COLUMNS, "--buffer", "1GiB")
    assert knobs["buffer"]["value"] == str(8 * MIB), knobs["buffer"]


def test_worker_memory_sets_workers_or_limit(scratch, csv):
    env = v2(scratch)
    words = [csv, "--columns", COLUMNS, "--unit-bytes", "1MiB"]
    base, _ = explain(*words, "--memory-limit", "1GiB", env=env)
    assert int(base["worker-memory"]["value"]) == (1 << 30) // int(base["workers"]["value"])
    knobs, _ = explain(*words, "--memory-limit", "1GiB", "--worker-memory", "500MiB", env=env)
    assert knobs["workers"]["value"] == "2" and "500 MiB" in knobs["workers"]["reason"], knobs["workers"]
    knobs, _ = explain(*words, "--workers", "3", "--worker-memory", "200MiB", env=env)
    assert int(knobs["memory-limit"]["value"]) == 600 * MIB and knobs["workers"]["value"] == "3", knobs
    assert_clear(program.run("scan", *words, "--worker-memory", "1MiB", env=env), "--worker-memory", "fix:")


def test_file_order_largest_is_the_order_of_the_output(scratch):
    sizes = {"a": 10, "b": 30, "c": 20}
    paths = [write_rows(os.path.join(scratch, name + ".csv"), rows) for name, rows in sizes.items()]
    for order, names in (("given", "abc"), ("name", "abc"), ("largest", "bca")):
        out = os.path.join(scratch, order + ".parquet")
        done = program.run("ingest", *paths, "-o", out, "--columns", COLUMNS, "--file-order", order, "--filename-column", "f", "-q")
        assert done.code == 0, done
        seen = outcome.read_table(out)["f"].cast("string").to_pylist()
        assert [os.path.basename(p)[0] for p in dict.fromkeys(seen)] == list(names)


def test_levels_are_values_of_knobs(scratch, csv):
    env = v2(scratch, cpus="0-3")
    words = [csv, csv, csv, csv, csv, "--columns", COLUMNS]
    table = {}
    for level in ("baseline", "conservative", "moderate", "aggressive"):
        knobs, hardware = explain(*words, "--level", level, env=env)
        assert {knobs[name]["origin"] for name in ("workers", "chunk", "prefetch", "batch-files")} == {"level"}, knobs
        table[level] = [knobs[name]["value"] for name in ("workers", "chunk", "prefetch", "batch-files")]
    assert table == {"baseline": ["4", str(32 * MIB), "0", "5"], "conservative": ["4", str(32 * MIB), "0", "5"],
                     "moderate": ["4", str(2 * MIB), "0", "4"], "aggressive": ["6", str(2 * MIB), "2", "6"]}
    knobs, _ = explain(*words, "--level", "aggressive", "--workers", "1", "--chunk", "3MiB", env=env)
    assert (knobs["workers"]["origin"], knobs["workers"]["value"]) == ("user", "1"), "what is given is not overridden"
    assert knobs["chunk"]["value"] == str(3 * MIB)
    assert all(knob["origin"] != "level" for knob in explain(*words, "--level", "auto", env=env)[0].values())


def test_every_knob_has_value_origin_and_reason(csv):
    knobs, hardware = explain(csv, "--columns", COLUMNS)
    assert set(knobs) == {"workers", "chunk", "io", "write", "buffer", "prefetch", "batch-files", "memory-limit", "worker-memory",
                          "tune"}
    assert all(knob["value"] and knob["reason"] for knob in [*knobs.values(), *hardware.values()])
    assert {"cpu", "cpus", "affinity_cpus", "quota_cpus", "memory_available_bytes", "memory_limit_bytes", "page_bytes", "simd",
            "io_uring", "cores", "storage"} <= set(hardware)
    table = program.run("explain", csv, "--columns", COLUMNS)
    assert table.code == 0 and all(name in table.stdout.decode() for name in [*knobs, *hardware]), table


def test_the_machine_alone():
    done = program.run("explain", "--json")
    assert done.code == 0 and done.json()["config"] == [] and done.json()["hardware"], done


# --- Machines that one does not own ----------------------------------------------------------------------------------

MACHINES = {"m4-pro-14": (14, 14, "10 fast + 4 efficient", 1), "m4-max-16": (16, 16, "12 fast + 4 efficient", 1),
            "mac-studio-24": (24, 24, "16 fast + 8 efficient", 1), "mac-pro-28": (28, 28, "20 fast + 8 efficient", 1),
            "intel-hybrid-24": (24, 24, "8 fast + 16 efficient", 1), "epyc-2x64": (128, 256, "128", 2)}


def plan_for(name, *words):
    done = program.run("explain", "--topology", os.path.join(TOPOLOGIES, name + ".xml"), *words, "--json")
    if done.code == 2 and "hwloc, which is not to be found" in done.stderr:
        pytest.skip("no hwloc here")
    assert done.code == 0, done
    return done.json()


@pytest.mark.parametrize("name", MACHINES)
def test_topologies(name):
    cores, threads, kinds, packages = MACHINES[name]
    plan = plan_for(name)
    hardware = {line["name"]: line for line in plan["hardware"]}
    assert (int(hardware["cores"]["value"]), int(hardware["threads"]["value"])) == (cores, threads)
    assert hardware["cores"]["reason"] == kinds and int(hardware["packages"]["value"]) == packages
    config = {line["name"]: line for line in plan["config"]}
    is_apple = name.startswith("m")
    assert int(config["workers"]["value"]) == (min(threads, 16) if is_apple else cores)
    assert ("apple-silicon" in config["chunk"]["reason"]) == is_apple
    (planned,) = [rate for rate in plan["rates"] if rate["planned"]]
    assert planned["workers"] == int(config["workers"]["value"])
    rates = [rate["bytes_per_second"] for rate in plan["rates"]]
    assert plan["rates"][0]["workers"] == 1 and plan["rates"][0]["gain"] == 1 and max(rates) > rates[0]


def test_the_guides_rules_for_apple_silicon(scratch):
    paths = [write_rows(os.path.join(scratch, f"{i}.csv"), 100) for i in range(3)]
    plan = plan_for("mac-studio-24", *paths)
    config = {line["name"]: line for line in plan["config"]}
    assert config["workers"]["value"] == "3" and "min(files, 16)" in config["workers"]["reason"]
    assert config["chunk"]["value"] == "65000000" and config["io"]["value"] == "mmap"
    assert all("Apple Silicon Optimizations" in config[name]["reason"] for name in ("workers", "chunk", "io"))


def test_large_files_go_to_fast_cores(scratch):
    sizes = [9000, 8000, 7000, 300, 200, 100, 100, 100]
    paths = [write_rows(os.path.join(scratch, f"{i}.csv"), rows) for i, rows in enumerate(sizes)]
    placed = {os.path.basename(file["path"]): file["cores"] for file in plan_for("intel-hybrid-24", *reversed(paths))["placement"]}
    order = [placed[f"{i}.csv"] for i in range(len(sizes))]
    assert order[0] == "fast" and order[-1] == "efficient" and order == sorted(order, key=["fast", "efficient"].index), order
    assert {file["cores"] for file in plan_for("epyc-2x64", *paths)["placement"]} == {"any"}


def test_a_synthetic_description_and_what_is_none(scratch):
    path = os.path.join(scratch, "two.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write("package:2 core:4 pu:2\n")
    done = program.run("explain", "--topology", path, "--json")
    if "hwloc, which is not to be found" in done.stderr:
        pytest.skip("no hwloc here")
    hardware = {line["name"]: line["value"] for line in done.json()["hardware"]}
    assert (hardware["packages"], hardware["cores"], hardware["threads"]) == ("2", "8", "16")
    for text in ("not a topology", "<topology", "", "<xml/>"):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        assert_clear(program.run("explain", "--topology", path), "two.txt", "lstopo")
    assert_clear(program.run("explain", "--topology", path + ".none"), "two.txt.none")


def test_the_model_is_that_of_the_prediction(scratch):
    """bench/tuning/prediction.json was committed before it was measured: the program must still say the same."""
    path = os.path.join(scratch, "two.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write("core:2 pu:1")
    done = program.run("explain", "--topology", path, "--json")
    if "hwloc, which is not to be found" in done.stderr:
        pytest.skip("no hwloc here")
    with open(os.path.join(program.ROOT, "bench", "tuning", "prediction.json"), encoding="utf-8") as file:
        prediction = json.load(file)
    rates = {rate["workers"]: rate for rate in done.json()["rates"]}
    assert rates[1]["bytes_per_second"] == prediction["one_core_bytes_per_second"]
    assert rates[2]["gain"] == prediction["relative_to_one_core"]["2"]


@pytest.mark.parametrize("name", ["m4-pro-14", "epyc-2x64"])
def test_topologies_take_the_chunk_that_is_asked_for(name):
    (chunk,) = [knob for knob in plan_for(name, "--chunk", "500000r")["config"] if knob["name"] == "chunk"]
    assert int(chunk["value"]) == 500_000 * 65 and chunk["origin"] == "user" and "500000 rows" in chunk["reason"], chunk


# --- Measuring -------------------------------------------------------------------------------------------------------

def test_bench_measures_this_machine(csv):
    done = program.run("bench", csv, "--columns", COLUMNS, "--rounds", "1", "--json")
    assert done.code == 0, done
    rates = {rate["name"]: rate["bytes_per_second"] for rate in done.json()["rates"]}
    assert set(rates) == {"read", "read again", "copy", "decode", "scan"} and min(rates.values()) > 0


def test_bench_saves_the_copy_rate_for_the_verdict(scratch, csv):
    done = program.run("bench", csv, "--columns", COLUMNS, "--rounds", "1", "--json", env={"XDG_CACHE_HOME": scratch})
    (told,) = [rate["bytes_per_second"] for rate in done.json()["rates"] if rate["name"] == "copy"]
    with open(os.path.join(scratch, "headrace", "tuned.json"), encoding="utf-8") as file:
        saved = json.load(file)
    assert [round(rate) for rate in saved["copy_bytes_per_second"].values()] == [told] and saved["settings"] == {}


def test_bench_levels_prints_the_guides_table(scratch, csv):
    before = outcome.tree(scratch)
    done = program.run("bench", "--levels", csv, "--columns", COLUMNS, "--rounds=1", "--json")
    assert done.code == 0, done
    rows = {row["name"]: row for row in done.json()["levels"]}
    assert list(rows) == ["baseline", "conservative", "moderate", "aggressive", "auto", "auto, float32", "auto, --no-nulls"]
    assert [name for name, row in rows.items() if row["changes_result"]] == ["auto, float32", "auto, --no-nulls"]
    for row in rows.values():
        assert row["rows"] == 100_000 and row["rows_per_second"] > 0 and row["peak_memory_bytes"] > MIB, row
    assert rows["baseline"]["gain_over_baseline"] == 1
    assert {row["rows_per_second"] for row in done.json()["guide"]} == {6_570_000, 8_200_000, 11_800_000}
    table = program.run("bench", "--levels", csv, "--columns", COLUMNS, "--rounds", "1")
    assert table.code == 0 and re.search(rb"auto, float32 \*", table.stdout) and b"M4 Pro" in table.stdout, table
    assert outcome.tree(scratch) == before, "nothing is written"


def test_bench_says_what_the_files_do_not_allow(scratch):
    path = os.path.join(scratch, "a.csv")
    with open(path, "wb") as file:
        file.write(b"1,\n" * 1000)
    done = program.run("bench", "--levels", path, "--columns", "n:int64,s:string", "--rounds", "1", "--json")
    rows = {row["name"]: row for row in done.json()["levels"]}
    assert "no column is float64" in rows["auto, float32"]["failure"], rows
    assert "null" in rows["auto, --no-nulls"]["failure"], rows
    assert_clear(program.run("bench", "-", "--columns", "n:int8"), "fix:")
