"""The benchmark of growth, in small: tables, figures and plots are made, and wrong counts are told."""
import importlib.util
import json
import os
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from support import program

FOLDER = os.path.join(program.ROOT, "bench", "growth")
SMALL = ["--runs", "2", "--sizes", "0.0002,0.0004,0.0008", "--distinct", "0.0004", "--columns", "1,7",
         "--column-size", "0.0001", "--workers", "1,2,64", "--worker-size", "0.0004", "--start-runs", "3"]


def bench(*words, build=os.path.dirname(program.BIN)):
    command = [sys.executable, os.path.join(FOLDER, "run.py"), *SMALL, "--build", build, *words]
    return subprocess.run(command, capture_output=True, text=True)


def test_figures(tmp_path):
    figures_path, plots = tmp_path / "growth.json", tmp_path / "plots"
    has_plots = importlib.util.find_spec("matplotlib") is not None
    words = ["--data", str(tmp_path / "data"), "--json", str(figures_path)]
    done = bench(*words, *(["--plots", str(plots)] if has_plots else []))
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("bytes, scan", "bytes, one zstd Parquet file", "columns of float64", "columns of uint32",
                 "workers, scan", "start: a job of one record", "more workers than CPUs"):
        assert line in done.stdout
    assert not (tmp_path / "data").exists()

    figures = json.loads(figures_path.read_text())
    assert figures["wrong"] == [] and {"cpu", "cpus", "commit", "date"} <= set(figures)
    series = figures["series"]
    assert list(series) == ["bytes", "columns", "workers", "start"]
    for job in ("scan", "parquet"):
        points, steps = series["bytes"]["jobs"][job]["points"], series["bytes"]["jobs"][job]["marginal"]
        assert [len(point["seconds"]) for point in points] == [2, 2, 2]
        assert points[1]["rows"] == 2 * points[0]["rows"] and points[2]["rows"] == 4 * points[0]["rows"]
        assert points[2]["bytes"] == 2 * points[1]["bytes"], "the larger size is the same files again"
        for less, more, step in zip(points, points[1:], steps):
            grown = (more["bytes"] - less["bytes"]) / 1e9
            each = [(b - a) / grown for a, b in zip(less["seconds"], more["seconds"])]
            assert step["median"] == pytest.approx(sum(each) / 2) and (step["min"], step["max"]) == (min(each), max(each))
        assert [point["workers"] for point in series["workers"]["jobs"][job]["points"]] == [1, 2, 64]
    for kind in series["columns"]["kinds"].values():
        assert [point["columns"] for point in kind["points"]] == [1, 1, 7, 7]
        for once, twice in zip(kind["points"][::2], kind["points"][1::2]):
            assert once["bytes"] >= 100_000 and once["rows"] > 0
            assert (twice["bytes"], twice["rows"]) == (2 * once["bytes"], 2 * once["rows"])
        assert [step["columns"] for step in kind["marginal"]] == [1, 7]
    assert all(len(point["seconds"]) == 3 for point in series["start"]["points"])

    if has_plots:
        for name in series:
            assert xml.etree.ElementTree.parse(plots / f"growth-{name}.svg").getroot().tag.endswith("svg")
            assert (plots / f"growth-{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_lost_unit_is_told(tmp_path):
    """A Headrace that says one row less than there are: the bench says so and ends with 1."""
    liar = tmp_path / "headrace"
    liar.write_text(f"""#!{sys.executable}
import json, subprocess, sys
done = subprocess.run([{program.BIN!r}, *sys.argv[1:]], stdout=subprocess.PIPE, check=True)
if sys.argv[1] == "scan":
    table = json.loads(done.stdout)
    table["rows"] -= 1
    print(json.dumps(table))
""")
    liar.chmod(0o755)
    words = ["--series", "start", "--data", str(tmp_path / "data"), "--json", str(tmp_path / "f.json")]
    done = bench(*words, build=str(tmp_path))
    assert done.returncode == 1 and "WRONG: scan, one record: 0 rows counted, 1 written" in done.stdout, done.stdout
    assert json.loads((tmp_path / "f.json").read_text())["wrong"] == ["scan, one record: 0 rows counted, 1 written"]


@pytest.mark.parametrize("words, says", [
    (["--series", "bits"], "there is no series bits"),
    (["--sizes", "2,1"], "must be two or more, and rise"),
    (["--cold", "/dev/shm/headrace-cold"], "cannot be cold"),
])
def test_wrong_words(words, says):
    if words[0] == "--cold" and not os.path.isdir("/dev/shm"):
        pytest.skip("no tmpfs")
    done = bench(*words)
    assert done.returncode == 2 and says in done.stderr
