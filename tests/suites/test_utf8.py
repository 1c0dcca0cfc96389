"""UTF-8 validity: each case unquoted and quoted, first, middle and last in its record, at every offset of a vector,
across the cuts of small reads, and as the last bytes of a file."""
import os

import pytest

from suites import common
from support import outcome
from support.job import Config, Job, assert_same

COLUMNS = "a:string,b:string,c:string"
CONFIGS = [Config(1), Config(2, "1", common.LEVELS[0], "4096"), Config(8, "61", common.LEVELS[-1], "4096"),
           Config(2, "4096", common.LEVELS[-1], "4096")]


def test_cases_are_known():
    cases = common.need("utf8")["cases"]
    common.assert_known("utf8", [case["id"] for case in cases])
    common.tell("utf8", len(cases), {})


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("quoted", [False, True])
def test_in_records(place, quoted, scratch):
    data, rows, rejects = bytearray(b"x,y,z\n"), [(b"x", b"y", b"z")], []
    record = 1
    for i, case in enumerate(common.need("utf8")["cases"]):
        text = bytes.fromhex(case["hex"])
        for pad in range(i % 3, 66, 3):
            record += 1
            fields = [b"p" * pad, b"q", b"r"]
            if place == 0:
                fields[1] = fields[0]
            fields[place] = text
            shown = list(fields)
            if quoted:
                shown[place] = b'"' + text + b'"'
            start = len(data)
            data += b",".join(shown) + b"\n"
            if case["valid"]:
                rows.append(tuple(field or None for field in fields))
            else:
                field_offset = start + sum(len(field) + 1 for field in shown[:place])
                rejects.append((record, record, start, field_offset, "abc"[place], "invalid_utf8"))
    job = Job(scratch, [bytes(data)], COLUMNS, rejects_form="parquet")
    outcomes = job.run_all(CONFIGS)
    assert_same(outcomes)
    table = outcome.plain_table(outcome.read_table(outcomes[0].output))
    assert list(zip(*table.values())) == rows
    assert outcome.reject_keys(outcome.read_rejects(outcomes[0].rejects)) == rejects
    print(f"{record} records")


@pytest.mark.parametrize("kind", ["string", "dictionary(string)", "binary"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_at_the_end_of_a_file(kind, end, scratch):
    """A truncated sequence just before the end is still invalid; binary columns take any bytes."""
    cases = common.need("utf8")["cases"]
    names = [f"{i:03}.csv" for i in range(len(cases))]
    files = [b"1,v" + bytes.fromhex(case["hex"]) + end for case in cases]
    job = Job(scratch, files, f"n:int8,s:{kind}", names=names, rejects_form="parquet")
    outcomes = job.run_all([Config(1), Config(2, "1", common.LEVELS[0], "64")])
    assert_same(outcomes)
    valid = [kind == "binary" or case["valid"] for case in cases]
    table = outcome.plain_table(outcome.read_table(outcomes[0].output))
    assert table["s"] == [b"v" + bytes.fromhex(case["hex"]) for case, ok in zip(cases, valid) if ok]
    rejects = outcome.read_rejects(outcomes[0].rejects)
    assert [os.path.basename(r["file"]) for r in rejects] == [name for name, ok in zip(names, valid) if not ok]
    assert all((r["kind"], r["field_offset"]) == ("invalid_utf8", 2) for r in rejects)
