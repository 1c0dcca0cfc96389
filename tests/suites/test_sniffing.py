"""The dialects of the suites' files, found without a flag: right, or refused, or not sure."""
import os

import pytest

from suites import common
from support import program

# DuckDB's answer is another one, and ours is sure.
OTHER = {
    "inputs/17738.csv": "DuckDB takes it for one column; the table below seven lines of text has six",
    "inputs/error/mismatch/bad.csv": "a delimiter at each line's end makes a fourth column, which DuckDB drops",
    "inputs/error/mismatch/big_bad.csv": "', ' stands in every row; DuckDB keeps the space in the values",
    "inputs/thousands_separator/simple_quoted.csv": "one column in quotes: any delimiter will do",
}


def sniff(path):
    done = program.run("sniff", path, "--json")
    return done.json() if done.code == 0 else None


@pytest.mark.parametrize("case", common.cases_of("csv-spectrum"))
def test_csv_spectrum(case):
    found = sniff(os.path.join(common.folder("csv-spectrum"), case["input"]))
    assert found["dialect"]["delimiter"] == "," and [c["name"] for c in found["columns"]] == case["records"][0]


def test_duckdb():
    suite, right, refused = common.need("duckdb"), 0, 0
    cases = {case["input"]: case["dialect"] for case in suite["reads"] + suite["rejects"] if case["dialect"]}
    for name, dialect in cases.items():
        found = sniff(os.path.join(common.folder("duckdb"), name))
        refused += found is None
        agrees = found is not None and (found["dialect"]["delimiter"], found["dialect"]["header"], len(found["columns"])) == (
            dialect["delimiter"], dialect["header"], len(dialect["columns"]))
        right += agrees
        sure = found is not None and found["confidence"] > 0.9
        assert agrees or not sure or name in OTHER, (name, found, dialect)
    print(f"{right} of {len(cases)} as DuckDB, {refused} refused")
    assert right >= 35
