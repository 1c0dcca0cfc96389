"""What the benchmarks share: folders of others are left alone, saved settings too, wrong results are told, and figures say
where they are from."""
import json
import os
import shutil
import subprocess
import sys

import pytest

from support import program

for module in ("duckdb", "polars", "pyarrow"):
    pytest.importorskip(module)

BENCH = os.path.join(program.ROOT, "bench")
BUILD = os.path.dirname(program.BIN)
START = ["growth/run.py", "--build", BUILD, "--series", "start", "--runs", "1", "--start-runs", "1"]


def run(script, *words):
    command = [sys.executable, os.path.join(BENCH, script), *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "HEADRACE_BIN": program.BIN})


def test_a_folder_of_others_is_not_removed(tmp_path):
    """All of the folder for data goes in the end, so it must be the benchmark's own."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "thesis.txt").write_text("years of work")
    done = run(*START, "--data", str(data))
    assert done.returncode == 2 and "holds other files" in done.stderr, done.stderr
    assert (data / "thesis.txt").read_text() == "years of work"
    (data / "thesis.txt").unlink()
    for keep in (["--keep"], []):  # an empty one, then that of a benchmark
        done = run(*START, "--data", str(data), *keep)
        assert done.returncode == 0 and data.exists() == bool(keep), done.stdout + done.stderr


def test_the_tuners_disk_stays(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = run("tuning/scenarios.py", "--only", "tiny", "--rounds", "1", "--seconds", "0.1", "--frozen-seconds", "0.01",
               "--disk", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path) == ["thesis.txt"]


def wrapper(folder, line):
    """A headrace that does `line` of shell first."""
    tool = folder / "headrace"
    tool.write_text(f"#!/bin/sh\n{line}\nexec '{program.BIN}' \"$@\"\n")
    tool.chmod(0o755)
    return tool


@pytest.mark.parametrize("script", ["tuning/knobs.py", "tuning/levels.py", "monitoring/run.py"])
def test_what_was_saved_is_not_in_the_figures(script, tmp_path):
    """A tuner that ran before has no part in what the knobs' defaults are worth."""
    told, text = tmp_path / "told", tmp_path / "a.tsv"
    tool = wrapper(tmp_path, f'[ "$1" = gen ] || echo "$XDG_CACHE_HOME" >> {told}')
    text.write_text("1\t1383260400000\t39\t0.5\t0.5\t0.5\t0.5\t0.5\n")
    words = [str(text), "--runs", "6"] if script.startswith("monitoring") else ["--rows", "2000", "--rounds", "1"]
    done = subprocess.run([sys.executable, os.path.join(BENCH, script), *words], capture_output=True, text=True,
                          env={**os.environ, "HEADRACE_BIN": str(tool), "XDG_CACHE_HOME": str(tmp_path)})
    assert told.exists() and set(told.read_text().split()) == {"/dev/null"}, done.stdout + done.stderr


@pytest.mark.parametrize("tools, fault", [("polars", "rows"), ("duckdb", "rows"), ("duckdb", "peer")])
def test_whole_jobs_must_agree(tools, fault, tmp_path):
    """A Parquet file that lacks rows, ours or a peer's, ends the benchmark of whole jobs."""
    script, build = os.path.join(BENCH, "macro", "run.py"), BUILD
    if fault == "rows":
        (tmp_path / "bin").mkdir()
        build = wrapper(tmp_path / "bin", '[ "$1" = ingest ] && set -- "$@" --rows 19000').parent
    else:
        shutil.copytree(BENCH, tmp_path / "bench", ignore=shutil.ignore_patterns("results"))
        os.symlink(os.path.join(program.ROOT, "examples"), tmp_path / "examples")
        peers, script = tmp_path / "bench/macro/peers.py", tmp_path / "bench/macro/run.py"
        peers.write_text(peers.read_text().replace("FROM {source}) TO", "FROM {source} WHERE square_id <> 1) TO"))
    words = ["--rows", "20000", "--runs", "1", "--jobs", "parquet", "--tools", tools, "--build", str(build)]
    done = subprocess.run([sys.executable, str(script), *words, "--data", str(tmp_path / "data")], capture_output=True,
                          text=True)
    told = f"parquet: {'headrace' if fault == 'rows' else tools} gives rows = "
    assert done.returncode == 1 and told in done.stderr, done.stdout + done.stderr


def test_whole_jobs_say_where_they_are_from(tmp_path):
    figures = tmp_path / "f.json"
    done = run("macro/run.py", "--rows", "20000", "--runs", "1", "--jobs", "scan,parquet", "--tools", "polars",
               "--build", BUILD, "--data", str(tmp_path / "data"), "--json", str(figures))
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(figures.read_text())
    assert {"cpu", "cpus", "commit", "date"} <= set(told) and list(told["jobs"]) == ["scan", "parquet"]


def test_the_memory_of_row_groups_is_the_programs(tmp_path):
    figures = tmp_path / "f.json"
    done = run("row_groups/run.py", "--rows", "2000", "--runs", "1", "--spans", "1MiB", "--compat", "wide",
               "--build", BUILD, "--data", str(tmp_path / "data"), "--json", str(figures))
    assert done.returncode == 0, done.stderr
    (line,) = json.loads(figures.read_text())["figures"].values()
    assert line["row_groups"] == 1 and line["bytes"] > 0
    assert program.SANITIZED or line["runs"][0][2] < 50, "not that of the benchmark, which starts it"
