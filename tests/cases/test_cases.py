"""Every case of the table, through read sizes, unit sizes, numbers of workers and SIMD levels: the expected rows and
rejects, and the same bytes each time. A few covering combinations; all of them with HEADRACE_LONG=1."""
import itertools
import os

import pytest

from cases import ALL
from oracle.reference import Reader
from support import check, outcome, program
from support.job import CHUNKS, WORKERS, Config, Job, assert_same, tiny_unit

LEVELS = program.simd_levels()
INDEX = {case.id: i for i, case in enumerate(ALL)}


def size_of(case):
    return sum(map(len, case.files))


def covering(index):
    """Six runs; over seven cases they meet every read size at every number of workers."""
    chunk = lambda step: CHUNKS[(index + step) % len(CHUNKS)]
    unit = tiny_unit(size_of(ALL[index]))
    other = ("7", "64", "300")[index % 3] if unit == "1" else "300"
    return [Config(1, "32MiB", LEVELS[-1]), Config(2, chunk(0), LEVELS[0]), Config(1, chunk(1), LEVELS[0], unit),
            Config(8, chunk(2), LEVELS[-1], unit), Config(2, chunk(4), LEVELS[-1], unit),
            Config(8, chunk(5), LEVELS[0], other)]


def everything(case):
    units = ["", tiny_unit(size_of(case))] + (["7", "64", "300"] if tiny_unit(size_of(case)) == "1" else ["300"])
    return [Config(*parts) for parts in itertools.product(WORKERS, CHUNKS, LEVELS, units)]


def expectation(case, job):
    """The case's own expectation as a reference Result, with the paths of this run."""
    result = Reader(case.schema, case.dialect, case.select, case.on_error).read(list(zip(job.paths, case.files)))
    result.columns = case.expected_columns()
    return result


def check_case(case, folder, configs):
    job = Job(folder, case.files, case.columns_argument(folder), case.dialect, case.select, case.on_error)
    want = expectation(case, job)
    first = job.run(configs[0])
    assert first.run.code == check.exit_code(want), first.run
    types = {c.name: c.type for c in case.kept()}
    check.assert_table(first.output, want.columns, types)
    check.assert_rejects(first.rejects, want.rejects)
    check.assert_report(first.report, want, case.files)
    others = job.run_all(configs[1:])
    assert_same([first] + others)
    for done in others:
        if done.config.unit and done.config == next(o.config for o in others if o.config.unit == done.config.unit):
            check.assert_table(done.output, want.columns, types)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case(case, scratch):
    check_case(case, scratch, covering(INDEX[case.id]))


@pytest.mark.long
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_case_everywhere(case, scratch):
    check_case(case, scratch, everything(case))


@pytest.mark.parametrize("case", [c for c in ALL if c.rejects and c.on_error == "quarantine"][::3], ids=lambda c: c.id)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_rejects_lie_where_they_say(case, form, scratch):
    """Seeking to the offset gives the raw bytes, whatever they are; the line agrees with `sed -n`."""
    job = Job(scratch, case.files, case.columns_argument(scratch), case.dialect, case.select, rejects_form=form)
    want = expectation(case, job)
    done = job.run(Config(2, "7"))
    check.assert_rejects(done.rejects, want.rejects)
    for row in outcome.read_rejects(done.rejects):
        with open(row["file"], "rb") as file:
            file.seek(row["offset"])
            assert file.read(min(row["raw_length"], 4096)) == row["raw"]
        with open(row["file"], "rb") as file:
            lines = file.read().split(b"\n")
        first_line = row["raw"].split(b"\n")[0]
        assert first_line in lines[row["line"] - 1]


@pytest.mark.parametrize("case", [c for c in ALL if c.rejects and c.on_error == "quarantine"][::4], ids=lambda c: c.id)
def test_fail_tells_the_first_fault(case, scratch):
    """Under `fail` nothing is published, and the first fault in source order is told, the same for every Config."""
    job = Job(scratch, case.files, case.columns_argument(scratch), case.dialect, case.select, on_error="fail")
    want = expectation(case, job).rejects[0]
    messages = set()
    unit = tiny_unit(size_of(case))
    for config in (Config(1), Config(8, "3", LEVELS[0], unit), Config(2, "64", LEVELS[-1], unit)):
        done = job.run(config)
        assert done.run.code == 2, done.run
        assert not os.path.exists(done.output)
        messages.add(done.run.stderr)
    assert len(messages) == 1, messages
    message = messages.pop()
    assert len(message.rstrip("\n").split("\n")) <= 4, message
    assert os.path.basename(want["file"]) in message, message
    assert f"line {want['line']}" in message, message
    assert str(want["field_offset"]) in message, message
    assert want["column"] is None or want["column"] in message, message


@pytest.mark.parametrize("case", [c for c in ALL if c.rejects and c.on_error == "quarantine"][::6], ids=lambda c: c.id)
def test_skip_is_quarantine_without_a_file(case, scratch):
    job = Job(scratch, case.files, case.columns_argument(scratch), case.dialect, case.select, on_error="skip")
    want = expectation(case, job)
    done = job.run(Config(2, "7"))
    assert done.run.code == 1, done.run
    check.assert_table(done.output, want.columns, {c.name: c.type for c in case.kept()})
    check.assert_report(done.report, want, case.files)
