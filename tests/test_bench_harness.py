"""What the benchmarks share: folders of others are left alone, and figures say where they are from."""
import os
import subprocess
import sys

from support import program

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
        done = run(*START, "--data", str(data), "--plots", str(tmp_path), *keep)
        assert done.returncode == 0 and data.exists() == bool(keep), done.stdout + done.stderr


def test_the_tuners_disk_stays(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    done = run("tuning/scenarios.py", "--only", "tiny", "--rounds", "1", "--seconds", "0.1", "--frozen-seconds", "0.01",
               "--disk", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path) == ["thesis.txt"]
