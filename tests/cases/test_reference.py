"""The slow reader agrees with the cases written by hand, and with Python's csv where that has the same rules."""
import csv
import io
import random

import pytest

from cases import ALL
from oracle.reference import Column, Dialect, Reader
from support.outcome import reject_keys


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_reference_agrees_with_case(case):
    files = [(f"{i}.csv", data) for i, data in enumerate(case.files)]
    result = Reader(case.schema, case.dialect, case.select, case.on_error).read(files)
    assert result.columns == case.expected_columns()
    got = [(*key, int(reject["file"][0])) for key, reject in zip(reject_keys(result.rejects), result.rejects)]
    assert got == case.rejects
    assert result.rows_skipped == case.skipped
    assert result.rows_read == result.rows_written + result.rows_rejected + result.rows_skipped
    assert result.values_nulled == case.nulled()


def test_reference_agrees_with_python_csv():
    source = random.Random(20131101)
    compared = 0
    for _ in range(400):
        width = source.randint(2, 5)
        alphabet = ['"', ",", "\n", "\r\n", "x", "yy", "", " ", "\u00e9"]
        rows = [["".join(source.choices(alphabet, k=source.randint(0, 6))) for _ in range(width)]
                for _ in range(source.randint(1, 30))]
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=source.choice(["\n", "\r\n"])).writerows(rows)
        columns = [Column(f"c{i}", "string") for i in range(width)]
        result = Reader(columns, Dialect()).read([("x", text.getvalue().encode())])
        assert not result.rejects
        assert [list(r) for r in zip(*result.columns.values())] == [[v.encode() for v in row] for row in rows]
        compared += len(rows) * width
    print(f"{compared} fields")
