"""csv-spectrum: records and fields, byte for byte."""
import os

import pytest

from oracle.reference import Dialect
from suites import common
from support import outcome
from support.job import CHUNKS, Config, Job, assert_same, smallest_unit

# Read without quoting, as its quotes stand in unquoted fields, which is a fault by default.
WITHOUT_QUOTES = {"location_coordinates": "quotes stand in unquoted fields: read with --quote none"}


def test_cases_are_known():
    common.assert_known("csv-spectrum", [case["id"] for case in common.need("csv-spectrum")["cases"]], WITHOUT_QUOTES)
    common.tell("csv-spectrum", 12, {}, "(1 of them with --quote none)")


@pytest.mark.parametrize("case", common.cases_of("csv-spectrum"))
def test_case(case, scratch):
    header, *records = case["records"]
    path = os.path.join(common.folder("csv-spectrum"), case["input"])
    dialect = Dialect(header=True, quote=b"" if case["id"] in WITHOUT_QUOTES else b'"')
    job = Job(scratch, [path], ",".join(f"{name}:string" for name in header), dialect, on_error="fail")
    configs = [Config(1)] + [Config((1, 2, 8)[i % 3], chunk, common.LEVELS[i % 2 - 1], smallest_unit())
                             for i, chunk in enumerate(CHUNKS)]
    outcomes = job.run_all(configs)
    assert outcomes[0].run.code == 0, outcomes[0].run
    assert_same(outcomes)
    got = outcome.plain_table(outcome.read_table(outcomes[0].output))
    want = {name: [record[i].encode() for record in records] for i, name in enumerate(header)}
    assert {name: [value or b"" for value in values] for name, values in got.items()} == want


def test_strict_by_default(scratch):
    common.need("csv-spectrum")
    path = os.path.join(common.folder("csv-spectrum"), "csvs", "location_coordinates.csv")
    columns = "Contact Phone Number:string,Location Coordinates:string,Cities:string,Counties:string"
    done = Job(scratch, [path], columns, Dialect(header=True)).run(Config(2))
    (reject,) = outcome.read_rejects(done.rejects)
    assert reject["kind"] == "quote_in_field" and reject["line"] == 2
