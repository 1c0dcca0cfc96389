"""The benchmark of Parquet: every cell works, and no wrong file is called right, were two rows only exchanged."""
import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest

from support import program

for module in ("duckdb", "numpy", "polars", "pyarrow"):
    pytest.importorskip(module)

SCRIPT = os.path.join(program.ROOT, "bench", "parquet", "run.py")
sys.path[:0] = [os.path.dirname(SCRIPT)]
spec = importlib.util.spec_from_file_location("bench_parquet", SCRIPT)
bench = importlib.util.module_from_spec(spec)
sys.modules["bench_parquet"] = bench  # its dataclasses look for it
spec.loader.exec_module(bench)


def run(tmp_path, build, *words):
    command = [sys.executable, SCRIPT, "--build", str(build), "--runs", "1", "--bytes", "200000", "--shape-bytes", "200000",
               "--data", str(tmp_path / "data"), "--json", str(tmp_path / "f.json"), *words]
    return subprocess.run(command, capture_output=True, text=True)


def program_in(folder, script=None):
    """A folder with a `headrace`: the one under test, or a script."""
    folder.mkdir()
    tool = folder / "headrace"
    if script is None:
        tool.symlink_to(program.BIN)
    else:
        tool.write_text(f"#!{sys.executable}\n" + script)
        tool.chmod(0o755)
    return folder


def yardstick(path):
    """A stand-in for the program of --limit."""
    columns = ",".join(f"c{i}:{kind}" for i, kind in enumerate(bench.MILAN))
    path.write_text(f"""#!{sys.executable}
import subprocess, sys
text, output, codec, level, threads = sys.argv[1:]
sys.exit(subprocess.call([{program.BIN!r}, "ingest", text, "-o", output, "--columns", {columns!r}, "--delimiter", "\\t",
                          "--compression", codec + ":" + level, "--workers", threads, "-q"]))
""")
    path.chmod(0o755)
    return path


def lines_of(tmp_path, *words):
    """The lines of a run in which everything is right."""
    done = run(tmp_path, program_in(tmp_path / "bin"), *words)
    assert done.returncode == 0 and "WRONG" not in done.stdout and "cannot" not in done.stdout, done.stdout + done.stderr
    assert not (tmp_path / "data").exists()
    return json.loads((tmp_path / "f.json").read_text())["lines"]


@pytest.mark.parametrize("jobs", ["lineitem,ipc-zstd", pytest.param(",".join(bench.JOBS), marks=pytest.mark.long)])
def test_every_cell_works(tmp_path, jobs):
    lines = lines_of(tmp_path, "--jobs", jobs)
    assert [line["job"] for line in lines.values()] == jobs.split(",")
    for line in lines.values():
        job = bench.JOBS[line["job"]]
        assert set(line["tools"]) == {*job.ours, *job.peers}
        best, least = line["tools"][line["fastest"]]["median"], line["figures"][line["smallest"]]["bytes"]
        assert best == min(line["tools"][tool]["median"] for tool in job.peers)
        assert least == min(line["figures"][tool]["bytes"] for tool in job.peers)
        for tool in job.ours:
            told = line["tools"][tool]
            assert (told["ratio"], told["limit_ratio"]) == (best / told["median"], None)
            assert told["size_ratio"] == line["figures"][tool]["bytes"] / least


def test_a_disk_and_a_yardstick(tmp_path):
    """A peer's file on a disk is synced, and one line counts that; a yardstick takes its turns."""
    words = ["--jobs", "random", "--tools", "polars,pyarrow", "--limit", str(yardstick(tmp_path / "limit"))]
    lines = lines_of(tmp_path, *words, "--disk", str(tmp_path / "disk"))
    assert not list((tmp_path / "disk").iterdir())
    assert list(lines) == ["random, memory", "random, disk, no fsync of peers", "random, disk, fsync"]
    for line in lines.values():
        tools = line["tools"]
        assert tools[bench.OURS]["limit_ratio"] == tools[bench.LIMIT]["median"] / tools[bench.OURS]["median"]
        assert line["fastest"] != bench.LIMIT and line["smallest"] != bench.LIMIT
        for tool, figure in line["figures"].items():
            by_bench = line["place"] != "memory" and tool not in (bench.OURS, bench.OUR_LATEST)
            assert (sum(figure["sync_seconds"]) > 0) == by_bench
    medians = [[line["tools"][tool]["median"] for tool in ("polars", bench.OURS)] for line in lines.values()]
    assert medians[1][0] < medians[2][0] and medians[1][1] == medians[2][1]


def liar(change):
    """A headrace that does its job on text whose first records are changed."""
    return f"""import subprocess, sys
words = sys.argv[1:]
if words[0] == "ingest":
    with open(words[-1], "rb") as file:
        lines = file.read().splitlines(keepends=True)
    {change}
    words[-1] += ".changed"
    with open(words[-1], "wb") as file:
        file.writelines(lines)
sys.exit(subprocess.call([{program.BIN!r}, *words]))
"""


@pytest.mark.parametrize("change, says", [
    ("lines[0], lines[1] = lines[1], lines[0]", r"WRONG: c\d is \[.*\], not \["),
    ("del lines[0]", r"WRONG: (\d+) rows, not \d+"),
    ("lines[5] = b'1' + lines[5]", r"WRONG: c0 is \d+, not \d+"),
])
def test_wrong_files_are_told(tmp_path, change, says):
    done = run(tmp_path, program_in(tmp_path / "bin", liar(change)), "--jobs", "random", "--tools", "polars,duckdb")
    ours = [line for line in done.stdout.splitlines() if line.startswith("| headrace")]
    assert done.returncode == 1 and len(ours) == 2 and all(re.search(says, line) for line in ours), done.stdout + done.stderr
    assert "| random, memory | headrace | no right result |" in done.stdout
    assert re.search(r"\| polars \| \d", done.stdout), "its peers stand"


def test_a_peer_that_fails_is_told(tmp_path):
    limit = tmp_path / "limit"
    limit.write_text("#!/bin/sh\necho out of luck >&2\nexit 3\n")
    limit.chmod(0o755)
    done = run(tmp_path, program_in(tmp_path / "bin"), "--jobs", "random", "--tools", "polars", "--limit", str(limit))
    assert done.returncode == 0 and "| limit | cannot: out of luck |" in done.stdout, done.stdout + done.stderr
