"""The benchmark of the ledger: what it claims from ratios, and that two builds must give the same."""
import importlib.util
import json
import os
import random
import stat
import subprocess
import sys

import pytest

from support import program

SCRIPT = os.path.join(program.ROOT, "bench", "ledger", "run.py")
spec = importlib.util.spec_from_file_location("bench_ledger", SCRIPT)
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)


def test_interval_by_order_statistics():
    """The ranks that tables give for 95 %, for any order of the values."""
    for n, low, high in ((6, 1, 6), (8, 1, 8), (9, 2, 8), (30, 10, 21), (40, 14, 27), (100, 40, 61)):
        values = list(range(1, n + 1))
        random.Random(n).shuffle(values)
        assert bench.interval(values) == (low, high)
    assert bench.interval([1, 2, 3, 4, 5]) is None


@pytest.mark.parametrize("low, high, pairs, says", [
    (1.00, 1.02, 30, "met"),
    (1.04, 1.06, 30, "NOT met"),
    (1.00, 1.06, 30, "unresolved"),
    (1.00, 1.02, 29, "unresolved"),
    (1.04, 1.06, 29, "unresolved"),
])
def test_verdict(low, high, pairs, says):
    assert bench.verdict([low + (high - low) * i / (pairs - 1) for i in range(pairs)]) == says


def other_build(path, change=""):
    """A stand-in for the build without a ledger: ours, with another version, and perhaps another result."""
    path.write_text(f"""#!{sys.executable}
import json, subprocess, sys
if sys.argv[1] == "--version":
    sys.exit(print("headrace 0+without-ledger.not-for-use"))
assert "--rejects" not in sys.argv and "--manifest" not in sys.argv
done = subprocess.run([{program.BIN!r}, *sys.argv[1:]], stdout=subprocess.PIPE, check=True)
if sys.argv[1] == "scan":
    table = json.loads(done.stdout)
    {change or "pass"}
    print(json.dumps(table))
""")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def run(tmp_path, without, *words):
    command = [sys.executable, SCRIPT, "--build", os.path.dirname(program.BIN), "--without", str(without), "--runs", "2",
               "--size", "0.0005", "--data", str(tmp_path / "data"), "--json", str(tmp_path / "f.json"), *words]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize("change, code, says", [
    ("", 0, ""),
    ('table["rows"] -= 1', 1, "WRONG: scan, without ledger: 6493 rows counted, 6494 written"),
    ('table["columns"][3]["sum"] = 1', 1, "WRONG: scan: the builds give other results"),
])
def test_builds_must_agree(tmp_path, change, code, says):
    done = run(tmp_path, other_build(tmp_path / "other", change))
    assert done.returncode == code and says in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("unresolved") == 2 and not (tmp_path / "data").exists()
    figures = json.loads((tmp_path / "f.json").read_text())
    assert [len(times) for job in figures["jobs"].values() for times in job["seconds"].values()] == [2, 2, 2, 2]
    assert bool(figures["wrong"]) == bool(code) and figures["rows"] == 6494


def test_the_same_build_twice_is_refused(tmp_path):
    done = run(tmp_path, program.BIN)
    assert done.returncode == 2 and "these are not the two builds" in done.stderr


def test_the_build_without_a_ledger_says_so():
    path = os.path.join(os.path.dirname(program.BIN), "headrace_without_ledger")
    if not os.path.exists(path):
        pytest.skip("not built: cmake --build --preset release --target headrace_without_ledger")
    assert "+without-ledger.not-for-use" in subprocess.check_output([path, "--version"], text=True)
