"""52,977 decimal texts as columns of float64 and float32, bit for bit, unquoted and quoted."""
import hashlib
import os
import re
import struct

import pytest

from suites import common
from support import outcome
from support.job import Config, Job, assert_same

# Not values here: overflow to infinity and underflow of a non-zero value to zero (semantics.md).
REFUSED = "overflow to infinity or underflow to zero: a bad value here"


def lines_of(case):
    with open(os.path.join(common.folder("floats"), case["input"]), "rb") as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == case["sha256"]
    return data.split(b"\n")[:-1]


def wanted(bits, text, width):
    """The packed bits, or None where the text is a bad value."""
    value = struct.unpack("<d" if width == 64 else "<f", struct.pack("<Q" if width == 64 else "<I", bits))[0]
    nonzero = re.search(rb"[1-9]", text.lower().partition(b"e")[0])
    if value in (float("inf"), float("-inf")) or (value == 0 and nonzero):
        return None
    return struct.pack("<d" if width == 64 else "<f", value)


def test_cases_are_known():
    cases = common.need("floats")["cases"]
    common.assert_known("floats", [case["id"] for case in cases])
    assert sum(case["lines"] for case in cases) == 52_977


@pytest.mark.parametrize("case", common.cases_of("floats"))
def test_column(case, scratch):
    lines = lines_of(case)
    texts = [line[31:] for line in lines]
    assert len(texts) == case["lines"]
    doubles = [wanted(int(line[14:30], 16), text, 64) for line, text in zip(lines, texts)]
    singles = [wanted(int(line[5:13], 16), text, 32) for line, text in zip(lines, texts)]
    data = b"".join(b'%d,%s,"%s",%s\n' % (i, text, text, text) for i, text in enumerate(texts))
    job = Job(scratch, [data], "n:int32,d:float64,q:float64,f:float32", on_error="null", rejects_form="parquet")
    outcomes = job.run_all([Config(2, "", level, unit) for level in common.LEVELS for unit in ("", "64KiB")] +
                           [Config(8, "61", common.LEVELS[0], "64KiB")])
    assert_same(outcomes)
    table = outcome.plain_table(outcome.read_table(outcomes[0].output))
    assert table["n"] == list(range(len(texts)))
    for name, want in (("d", doubles), ("q", doubles), ("f", singles)):
        wrong = [(texts[i], a, b) for i, (a, b) in enumerate(zip(table[name], want)) if a != b]
        assert not wrong, f"{len(wrong)} in {name}: {wrong[:5]}"
    rejects = outcome.read_rejects(outcomes[0].rejects)
    refused = 2 * doubles.count(None) + singles.count(None)
    assert len(rejects) == refused and {r["kind"] for r in rejects} <= {"float_range"}
    common.tell(f"floats/{case['id']}", 3 * len(texts) - refused, [REFUSED] * refused, "values")
