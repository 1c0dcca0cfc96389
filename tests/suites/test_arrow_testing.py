"""arrow-testing: fuzz inputs that must not crash anything, and tables whose facts are known."""
import hashlib
import math
import os

import pytest

from oracle.reference import Dialect, read_files, columns_of
from suites import common
from support import check, outcome, program
from support.job import Config, Job, assert_same

TYPES = {"timestamp": "timestamp[ms]"}


def test_cases_are_known():
    common.assert_known("arrow-testing", [case["id"] for case in common.need("arrow-testing")["cases"]])
    common.tell("arrow-testing", 10, {})


def cases(kind):
    return [case for case in common.cases_of("arrow-testing") if not case.values[0] or
            case.values[0]["expect"]["kind"] == kind]


@pytest.mark.parametrize("case", cases("no_crash"))
@pytest.mark.parametrize("columns", ["a:string", "a:string,b:string", "a:int64,b:float64,c:string,d:date"])
@pytest.mark.parametrize("on_error", ["quarantine", "null", "fail"])
def test_no_crash(case, columns, on_error, scratch):
    """Rows or a clear error, the same for every read size and number of workers; and what the slow reader says."""
    path = os.path.join(common.folder("arrow-testing"), case["input"])
    size = os.path.getsize(path)
    unit = "512" if size < 20_000 else "65536"
    job = Job(scratch, [path], columns, on_error=on_error)
    chunk = "1" if size < 20_000 else "61"
    outcomes = job.run_all([Config(1), Config(2, chunk, common.LEVELS[0], unit), Config(8, "64", common.LEVELS[-1], unit)])
    assert_same(outcomes)
    done = outcomes[0]
    assert done.run.code in (0, 1, 2), done.run
    if done.run.code == 2:
        assert len({o.run.stderr for o in outcomes}) == 1
        assert len(done.run.stderr.rstrip("\n").split("\n")) <= 4
        assert not os.path.exists(done.output)
    if on_error != "fail" and size < 100_000:
        want = read_files([path], columns_of(columns), Dialect(), on_error=on_error)
        check.assert_table(done.output, want.columns, {})
        check.assert_rejects(done.rejects, want.rejects)
    header = program.run("scan", path, "--columns", columns, "--header", "--on-error", "skip", "-q")
    assert header.code in (0, 1, 2), header


@pytest.mark.parametrize("case", cases("facts"))
def test_facts(case, scratch):
    path = os.path.join(common.folder("arrow-testing"), case["input"])
    facts = case["expect"]
    columns = ",".join(f"{c['name']}:{TYPES.get(c['type'], c['type'])}" for c in facts["columns"])
    job = Job(scratch, [path], columns, Dialect(header=True), on_error="fail")
    done = job.run(Config(2, "7", "", "1000"))
    assert done.run.code == 0, done.run
    table = outcome.read_table(done.output)
    assert table.num_rows == facts["rows"]
    texts = Job(scratch, [path], ",".join(f"{c['name']}:string" for c in facts["columns"]), Dialect(header=True),
                on_error="fail").run(Config(8, "64"))
    raw = outcome.plain_table(outcome.read_table(texts.output))
    for fact in facts["columns"]:
        assert hashlib.sha256(b"\n".join(raw[fact["name"]])).hexdigest() == fact["sha256"], fact
        values = table.column(fact["name"]).to_pylist()
        shown = [v if isinstance(v, (int, float, str)) else v.isoformat(*([" ", "milliseconds"] if fact["type"] == "timestamp"
                                                                         else [])) for v in values]
        assert len(set(shown)) == fact["distinct"], fact
        low, high = (float(fact[k]) if fact["type"] == "float64" else fact[k] for k in ("min", "max"))
        assert min(shown, key=_order) == low and max(shown, key=_order) == high, fact
        if fact["type"] == "float64" and "sum" in fact:
            assert math.fsum(values) == float(fact["sum"]), fact
        elif "sum" in fact:
            assert sum(values) == int(fact["sum"]), fact
    scan = program.run("scan", path, "--columns", columns, "--header", "--json").json()
    for fact, column in zip(facts["columns"], scan["columns"]):
        if fact["type"].startswith(("int", "uint")):
            assert (int(column["min"]), int(column["max"]), int(column["sum"])) == (fact["min"], fact["max"], int(fact["sum"]))


def _order(value):
    return value.encode() if isinstance(value, str) else value


